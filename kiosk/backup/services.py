"""The one act of this room on a conference that is in use: noting that its key was replaced."""

from __future__ import annotations

from kiosk.backup.events import BackupEvent
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import unit_of_work


def note_key_made(*, recipient: str, by: Actor, clock: Clock = utc_now) -> None:
    """Write into the book who can open the copies from now on: the public half of the key."""
    with unit_of_work() as session:
        audit.record(session, BackupEvent.KEY_MADE, by=by, clock=clock, recipient=recipient)
