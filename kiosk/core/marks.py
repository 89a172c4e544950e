"""What ties a database to its keys, and a rehearsal to its folder.

With another conference's keys every badge, session and device would fail without a word; with
`rehearsal = true` on a real conference the start page would give real badges away. Both are marked
at the founding and compared at every start: half a configuration does not start.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import astuple

from sqlalchemy import CheckConstraint, String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kiosk.core.db import Base
from kiosk.core.errors import Refused
from kiosk.core.keys import Keys


class InstanceMark(Base):
    """One row, written at the founding and never changed."""

    __tablename__ = "instance_mark"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Keyed hash over all keys of this instance, 64 hex digits; tells nothing about them.
    keys: Mapped[str] = mapped_column(String(64))
    #: Founded as a rehearsal.
    rehearsal: Mapped[bool] = mapped_column()


def mark_of(keys: Keys) -> str:
    """A keyed hash that only these keys give."""
    return hmac.new(b"".join(astuple(keys)), b"kiosk/instance-mark/1", hashlib.sha256).hexdigest()


def write(session: Session, keys: Keys, *, rehearsal: bool) -> None:
    """Mark a new instance, inside the unit that founds it."""
    session.execute(insert(InstanceMark).values(id=1, keys=mark_of(keys), rehearsal=rehearsal))


def ensure_fits(session: Session, keys: Keys, *, rehearsal: bool) -> None:
    """Refused: `keys_of_another_conference`, `rehearsal_differs`."""
    found = session.execute(select(InstanceMark.keys, InstanceMark.rehearsal)).one_or_none()
    if found is None:
        # A database that is just being founded.
        return
    if not hmac.compare_digest(found.keys, mark_of(keys)):
        raise Refused("keys_of_another_conference")
    if found.rehearsal != rehearsal:
        raise Refused("rehearsal_differs")
