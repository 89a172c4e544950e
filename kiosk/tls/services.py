"""The one act of this package on a conference: noting that a certificate was made."""

from __future__ import annotations

from kiosk.core import audit
from kiosk.core.access import THE_PROGRAM
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import unit_of_work
from kiosk.tls.events import TlsEvent
from kiosk.tls.rules import Issued


def note_made(*, issued: Issued, why: str, new_authority: bool, clock: Clock = utc_now) -> None:
    """Write into the book which authority signs for this hall and what its leaf carries.

    `why` is a word of `rules.needs_renewal`.
    """
    with unit_of_work() as session:
        if new_authority:
            audit.record(
                session,
                TlsEvent.AUTHORITY_MADE,
                by=THE_PROGRAM,
                clock=clock,
                fingerprint=issued.authority,
            )
        audit.record(
            session,
            TlsEvent.CERTIFICATE_MADE,
            by=THE_PROGRAM,
            clock=clock,
            why=why,
            names=list(issued.names),
            addresses=list(issued.addresses),
            not_after=issued.not_after.isoformat(),
            authority=issued.authority,
        )
