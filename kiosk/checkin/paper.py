"""Bringing the paper fall-back list back: numbers that were ticked while the gates were cut off.

From the mark "from here on paper" the list is the record; its numbers are typed here, shown with
their names, and stored in one unit. The recorded time is the server's own; the time that the paper
gives stands beside it, as a cut-off gate's claim does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from kiosk.checkin import queries, rules, stays
from kiosk.checkin.attendance import AttendanceRow
from kiosk.checkin.events import CheckinEvent
from kiosk.checkin.models import Scan, Stay
from kiosk.conference import finding
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import HALL, Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused

#: The reason that the stay keeps.
FROM_PAPER = "Danh sách giấy"


@dataclass(frozen=True)
class PaperPreview:
    """What typed numbers would do. Only `fresh` is ever stored."""

    #: What the paper says about the time; None where it says nothing.
    claimed_at: datetime | None
    #: Who would be recorded as present.
    fresh: tuple[AttendanceRow, ...]
    #: Recorded as present already; nothing changes for them.
    present: tuple[AttendanceRow, ...]
    #: Not admitted: somebody sits in for them, or they sit in for nobody any more.
    barred: tuple[AttendanceRow, ...]
    #: Numbers that nobody has.
    unknown: tuple[int, ...]
    #: Numbers typed more than once; they count once.
    doubles: tuple[int, ...]
    #: Pieces that are no number.
    unread: tuple[str, ...]

    @property
    def trouble(self) -> int:
        """How many entries cannot be stored whatever the desk does."""
        return len(self.unknown) + len(self.unread)


def preview(session: Session, *, numbers: str, time: str, clock: Clock = utc_now) -> PaperPreview:
    """Who the typed numbers are. Nothing is stored.

    Raises:
        Refused: `paper_empty`, `paper_too_long`, `paper_time_wrong`.
    """
    claimed_at = rules.paper_time(time, now=clock(), hall=HALL)
    typed = rules.paper_numbers(numbers)
    if not typed.numbers and not typed.unread:
        raise Refused("paper_empty")
    ids = finding.by_number(session, typed.numbers)
    known = [ids[number] for number in typed.numbers if number in ids]
    fresh, present, barred = [], [], []
    claims = _claims_of_leaving(session, known)
    for row in queries.attendance_of(session, known):
        if _is_here(row, claimed_at, claims):
            present.append(row)
        elif row.substitute is not None or queries.has_ended_substitution(session, row.person.id):
            barred.append(row)
        else:
            fresh.append(row)
    return PaperPreview(
        claimed_at=claimed_at,
        fresh=tuple(fresh),
        present=tuple(present),
        barred=tuple(barred),
        unknown=tuple(number for number in typed.numbers if number not in ids),
        doubles=typed.doubles,
        unread=typed.unread,
    )


def _is_here(
    row: AttendanceRow,
    claimed_at: datetime | None,
    claims: Mapping[tuple[int, datetime], datetime],
) -> bool:
    """Whether the paper says nothing new: inside, or gone again after the paper's time."""
    if row.arrival is None:
        return False
    left = row.arrival.left_at
    if left is None or claimed_at is None:
        return True
    return claimed_at <= claims.get((row.person.id, left), left)


def _claims_of_leaving(
    session: Session, ids: Collection[int]
) -> dict[tuple[int, datetime], datetime]:
    """What gates claim that told a leaving late, by person and recorded moment.

    The recorded moment is the server's, when the line was back. Against that, somebody who came
    back while everything was cut off would seem to have left after the paper was ticked.
    """
    rows = session.execute(
        select(Stay.delegate_id, Stay.left_at, Scan.claimed_at)
        .join(Scan, and_(Scan.stay_id == Stay.id, Scan.at == Stay.left_at))
        .where(
            Stay.delegate_id.in_(ids),
            Scan.outcome == rules.Outcome.LEFT.value,
            Scan.claimed_at.is_not(None),
        )
    )
    return {(who, left): claim for who, left, claim in rows if left and claim}


def merge(
    *,
    numbers: str,
    time: str,
    accept_unknown: bool,
    by: Actor,
    clock: Clock = utc_now,
) -> PaperPreview:
    """Store what was previewed, in one unit; returns what was done.

    Who has come through a gate since the preview is left as it is. The same list again stores
    nobody.

    Raises:
        Refused: `paper_has_unknown` unless accepted, `conference_ended`, and what `preview`
            refuses.
    """
    with unit_of_work() as session:
        if not stays.doors_open(session):
            raise Refused("conference_ended")
        done = preview(session, numbers=numbers, time=time, clock=clock)
        if done.trouble and not accept_unknown:
            raise Refused("paper_has_unknown", unknown=done.trouble)
        now = clock()
        for row in done.fresh:
            stays.enter(
                session,
                row.person.id,
                at=now,
                way="paper",
                claimed_at=done.claimed_at,
                by=by,
                reason=FROM_PAPER,
            )
        if done.fresh:
            changed(session, "scans")
            audit.record(
                session,
                CheckinEvent.MERGED,
                by=by,
                clock=lambda: now,
                people=len(done.fresh),
                delegates=[row.person.id for row in done.fresh],
                claimed_at=done.claimed_at.isoformat() if done.claimed_at else None,
            )
        return done
