"""Badges: the first of everybody, one in place of a lost one, and what is printed on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from kiosk.conference import badge_code, queries
from kiosk.conference.events import ConferenceEvent
from kiosk.conference.models import Badge, Delegate
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import tidy


def issue_first_badges(session: Session, *, key: bytes, at: datetime) -> None:
    """A badge for everyone who has none yet, inside the unit that stored them."""
    without = session.scalars(
        select(Delegate.id)
        .outerjoin(Badge, Badge.delegate_id == Delegate.id)
        .where(Badge.id.is_(None))
        .order_by(Delegate.id)
    ).all()
    taken = set(session.scalars(select(Badge.code_hash)))
    rows = []
    for delegate_id in without:
        row = _new_badge(key, delegate_id=delegate_id, issue=1, taken=taken, at=at)
        taken.add(row["code_hash"])
        rows.append(row)
    if rows:
        session.execute(insert(Badge), rows)


def replace_badge(
    *, delegate_id: int, reason: str, key: bytes, by: Actor, clock: Clock = utc_now
) -> int:
    """Revoke a badge and issue the next one in one act; returns the number of the new issue.

    The old paper stops opening the gate at this moment; the person's presence stays.
    """
    reason = tidy(reason)[:200]
    if len(reason) < 3:
        raise Refused("badge_reason_missing")
    with unit_of_work() as session:
        queries.delegate(session, delegate_id)
        issue = (
            session.scalar(select(func.max(Badge.issue)).where(Badge.delegate_id == delegate_id))
            or 0
        )
        session.execute(
            update(Badge)
            .where(Badge.delegate_id == delegate_id, Badge.revoked_at.is_(None))
            .values(revoked_at=clock(), revoke_reason=reason)
        )
        taken = set(session.scalars(select(Badge.code_hash)))
        row = _new_badge(key, delegate_id=delegate_id, issue=issue + 1, taken=taken, at=clock())
        with refusing("busy"):
            session.execute(insert(Badge).values(**row))
        audit.record(
            session,
            ConferenceEvent.BADGE_REPLACED,
            by=by,
            clock=clock,
            delegate=delegate_id,
            issue=issue + 1,
            reason=reason,
        )
        changed(session, "roster")
    return int(issue + 1)


def note_badges_printed(*, count: int, by: Actor, clock: Clock = utc_now) -> None:
    """Sheets with working codes have left the program: the book says who made them."""
    with unit_of_work() as session:
        audit.record(session, ConferenceEvent.BADGES_PRINTED, by=by, clock=clock, count=count)


def _new_badge(
    key: bytes, *, delegate_id: int, issue: int, taken: set[bytes], at: datetime
) -> dict[str, Any]:
    attempt = 0
    while True:
        code = badge_code.derive(key, delegate_id=delegate_id, issue=issue, attempt=attempt)
        digest = badge_code.stored_hash(key, code)
        if digest not in taken:
            return {
                "delegate_id": delegate_id,
                "issue": issue,
                "attempt": attempt,
                "code_hash": digest,
                "issued_at": at,
            }
        # Two people with the same twelve digits: one in two million for a thousand badges.
        attempt += 1


def badge_faces(
    session: Session,
    *,
    key: bytes,
    unit_id: int | None = None,
) -> list[dict[str, Any]]:
    """What is printed on each badge in force, codes included; for the sheet and nothing else."""
    faces: list[dict[str, Any]] = []
    for badge in queries.badges_in_force(session, unit_id=unit_id):
        person = badge.delegate
        faces.append(
            {
                "number": None if person.is_guest else person.number,
                "name": person.name,
                "title": person.title,
                "unit": person.unit,
                "standing": person.standing,
                "code": badge_code.derive(
                    key, delegate_id=person.id, issue=badge.issue, attempt=badge.attempt
                ),
            }
        )
    if not faces:
        raise Refused("no_badges")
    return faces
