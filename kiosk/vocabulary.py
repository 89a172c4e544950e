"""Every room's events and refusals, for whoever must put a refusal into words without the app."""

from kiosk.agenda import events as agenda
from kiosk.backup import events as backup
from kiosk.ballot import engine_events as ballot_engine
from kiosk.ballot import events as ballot
from kiosk.ballot import round_events as ballot_rounds
from kiosk.checkin import events as checkin
from kiosk.closing import events as closing
from kiosk.conference import events as conference
from kiosk.conference import file_events as files
from kiosk.conference import preparation_events as preparation
from kiosk.devices import events as devices
from kiosk.doctor import events as doctor
from kiosk.documents import events as documents
from kiosk.motions import events as motions
from kiosk.pledge import events as pledge
from kiosk.rehearsal import events as rehearsal
from kiosk.staff import events as staff
from kiosk.tls import events as tls

ALL = (
    staff,
    conference,
    files,
    preparation,
    devices,
    checkin,
    agenda,
    motions,
    ballot,
    ballot_rounds,
    ballot_engine,
    pledge,
    documents,
    closing,
    backup,
    tls,
    doctor,
    rehearsal,
)
