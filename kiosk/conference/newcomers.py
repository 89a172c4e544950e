"""People whom the desk adds on the day, inside the act of the room that decided it.

Nothing here asks who may do it or writes a line of the book: the check-in room does both, for one
act of the desk is one unit and one line.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from kiosk.conference import badge_code, badge_issue, queries, rules
from kiosk.conference.models import Badge, Delegate, RosterImport, Unit
from kiosk.conference.roster.sheet import unit_key
from kiosk.conference.roster.standing import Flags
from kiosk.core.db import changed
from kiosk.core.errors import Refused
from kiosk.core.names import fold, proper_case, sort_key, tidy


def add_person(
    session: Session,
    *,
    name: str,
    unit_id: int,
    title: str,
    address_form: str,
    standing: str,
    flags: Flags,
    key: bytes,
    at: datetime,
) -> int:
    """Put a person on the roster with the next number and a first badge; returns the id.

    Flags set here are set by hand: a later setting for the whole unit leaves them alone.

    Raises:
        Refused: `name_missing`, `text_too_long`, `standing_unknown`, `guest_never_counts`,
            `unit_unknown`.
    """
    name = proper_case(rules.short_text(tidy(name), field="Họ và tên", most=120))
    if len(fold(name)) < 2:
        raise Refused("name_missing")
    wanted = rules.standing_of(standing)
    rules.ensure_flags(wanted, flags)
    if session.get(Unit, unit_id) is None:
        raise Refused("unit_unknown")
    number = 1 + max(
        session.scalar(select(func.max(Delegate.number))) or 0,
        # Numbers of an import that was undone stand on printed badges; they are not given again.
        session.scalar(select(func.max(RosterImport.last_number))) or 0,
    )
    delegate_id = session.scalars(
        insert(Delegate)
        .values(
            number=number,
            name=name,
            sort_key=sort_key(name)[:800],
            search_key=fold(name)[:120],
            address_form=rules.short_text(tidy(address_form), field="Xưng hô", most=20) or None,
            title=rules.short_text(tidy(title), field="Chức vụ", most=200),
            unit_id=unit_id,
            seat=None,
            standing=wanted.value,
            counts_for_quorum=flags.counts_for_quorum,
            votes=flags.votes,
            elects=flags.elects,
            flags_by_hand=True,
        )
        .returning(Delegate.id)
    ).one()
    badge_issue.issue_first_badges(session, key=key, at=at)
    changed(session, "roster", "presence")
    return int(delegate_id)


def unit_named(session: Session, name: str) -> int:
    """The unit of this name, however it is spelled; a new one at the end of the list if there is
    none. Refused: `unit_missing`, `text_too_long`."""
    name = rules.short_text(tidy(name), field="Đơn vị", most=200)
    unit = unit_key(name)
    if not unit:
        raise Refused("unit_missing")
    found = session.scalar(select(Unit.id).where(Unit.key == unit[:200]))
    if found is not None:
        return found
    last = session.scalar(select(func.max(Unit.position))) or 0
    made: int = session.scalars(
        insert(Unit).values(name=name, key=unit[:200], position=last + 1).returning(Unit.id)
    ).one()
    return made


def set_flags(session: Session, delegate_id: int, flags: Flags) -> None:
    """Pass R3's flags on, or give them back, inside a substitution."""
    session.execute(
        update(Delegate)
        .where(Delegate.id == delegate_id)
        .values(
            counts_for_quorum=flags.counts_for_quorum,
            votes=flags.votes,
            elects=flags.elects,
            flags_by_hand=True,
        )
    )
    changed(session, "roster", "presence")


def revoke_badge(session: Session, delegate_id: int, *, reason: str, at: datetime) -> None:
    """The person's paper opens no gate from now on; no new one is issued."""
    session.execute(
        update(Badge)
        .where(Badge.delegate_id == delegate_id, Badge.revoked_at.is_(None))
        .values(revoked_at=at, revoke_reason=reason[:200])
    )
    changed(session, "roster")


def badge_face(session: Session, delegate_id: int, *, key: bytes) -> dict[str, Any] | None:
    """What is printed on one person's badge in force, its code included; None without a badge."""
    person = queries.delegate(session, delegate_id)
    badge = session.execute(
        select(Badge.issue, Badge.attempt).where(
            Badge.delegate_id == delegate_id, Badge.revoked_at.is_(None)
        )
    ).one_or_none()
    if badge is None:
        return None
    return {
        "number": None if person.is_guest else person.number,
        "name": person.name,
        "title": person.title,
        "unit": person.unit,
        "standing": person.standing,
        "code": badge_code.derive(
            key, delegate_id=delegate_id, issue=badge.issue, attempt=badge.attempt
        ),
    }
