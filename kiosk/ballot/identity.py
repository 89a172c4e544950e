"""Tellers, witnesses and voters are known by their badge: they have no account (design 3)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kiosk.conference import badge_code
from kiosk.conference import queries as people
from kiosk.conference.queries import Scanned
from kiosk.core.errors import Refused


def scanned(session: Session, raw: str, *, key: bytes) -> Scanned:
    """The person whose badge in force was scanned.

    Raises:
        Refused: `ballot_badge_unreadable`, `ballot_badge_unknown` (also for a replaced badge).
    """
    code = badge_code.clean(raw)
    if code is None:
        raise Refused("ballot_badge_unreadable")
    found = people.badge_holder(session, badge_code.stored_hash(key, code))
    if found is None or found.revoked:
        raise Refused("ballot_badge_unknown")
    return found
