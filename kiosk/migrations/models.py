"""Every table of the hall, imported once so that migrations see them all."""

from kiosk.agenda import models as agenda
from kiosk.ballot import models as ballot
from kiosk.checkin import models as checkin
from kiosk.conference import models as conference
from kiosk.core import audit, marks
from kiosk.devices import models as devices
from kiosk.doctor import models as doctor
from kiosk.documents import models as documents
from kiosk.motions import models as motions
from kiosk.pledge import models as pledge
from kiosk.staff import models as staff

ALL = (
    audit,
    marks,
    staff,
    conference,
    devices,
    checkin,
    agenda,
    motions,
    ballot,
    pledge,
    documents,
    doctor,
)
