"""Reading motions: the one that is open, the one on the wall, and every count of each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.agenda import queries as agendas
from kiosk.checkin import queries as presences
from kiosk.core.errors import Refused
from kiosk.core.figures import percent
from kiosk.motions import rules
from kiosk.motions.models import Motion, MotionCount
from kiosk.motions.rules import Count, MotionState, PresentSource


@dataclass(frozen=True)
class CountView:
    """One count of a motion's hands, and what it means."""

    #: 1 for the first; a correction has the next number.
    number: int
    count: Count
    #: Why it was counted in the hall, or corrected.
    reason: str
    at: datetime
    by: str
    is_adopted: bool
    #: For was filled in as all present minus the others; no hands for were counted.
    all_minus: bool = False

    @property
    def is_correction(self) -> bool:
        return self.number > 1

    @property
    def counted_in_hall(self) -> bool:
        return self.count.source is PresentSource.HALL

    @property
    def needed(self) -> int:
        """The least number for that adopts."""
        return rules.needed(self.count.present)

    def share_in_favour(self, language: str = "vi") -> str:
        """Of those present: `66,67%`."""
        return percent(self.count.in_favour, self.count.present, language)

    def share_against(self, language: str = "vi") -> str:
        return percent(self.count.against, self.count.present, language)

    def share_other(self, language: str = "vi") -> str:
        return percent(self.count.other, self.count.present, language)


@dataclass(frozen=True)
class MotionView:
    """A motion with its history."""

    id: int
    number: int
    text: str
    agenda_item_id: int | None
    #: Number of the agenda item, for people; None between two items.
    item_number: int | None
    state: MotionState
    opened_at: datetime
    closed_at: datetime | None
    withdraw_reason: str
    put_away_at: datetime | None
    #: Every count, oldest first; more than one after a correction.
    counts: tuple[CountView, ...]

    @property
    def is_open(self) -> bool:
        return self.state is MotionState.OPEN

    @property
    def result(self) -> CountView | None:
        """The count in force."""
        return self.counts[-1] if self.counts else None

    @property
    def superseded(self) -> tuple[CountView, ...]:
        """Counts that a correction has replaced, oldest first."""
        return self.counts[:-1]

    @property
    def is_shown(self) -> bool:
        """Its result stands on the wall."""
        return self.state is MotionState.CLOSED and self.put_away_at is None


_motions = select(
    Motion.id,
    Motion.number,
    Motion.text,
    Motion.agenda_item_id,
    Motion.state,
    Motion.opened_at,
    Motion.closed_at,
    Motion.withdraw_reason,
    Motion.put_away_at,
).order_by(Motion.number)


def motions(session: Session) -> list[MotionView]:
    """All motions in their order, with every count."""
    numbers = {item.id: item.number for item in agendas.items(session)}
    counts: dict[int, list[CountView]] = defaultdict(list)
    for row in session.execute(
        select(MotionCount.__table__).order_by(MotionCount.motion_id, MotionCount.number)
    ):
        counts[row.motion_id].append(
            CountView(
                number=row.number,
                count=Count(
                    in_favour=row.in_favour,
                    against=row.against,
                    other=row.other,
                    present=row.present,
                    source=PresentSource(row.present_source),
                    present_checkin=row.present_checkin,
                ),
                reason=row.reason,
                at=row.at,
                by=row.by,
                is_adopted=row.adopted,
                all_minus=row.all_minus,
            )
        )
    return [
        MotionView(
            id=row.id,
            number=row.number,
            text=row.text,
            agenda_item_id=row.agenda_item_id,
            item_number=numbers.get(row.agenda_item_id),
            state=MotionState(row.state),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            withdraw_reason=row.withdraw_reason,
            put_away_at=row.put_away_at,
            counts=tuple(counts[row.id]),
        )
        for row in session.execute(_motions)
    ]


def motion(session: Session, motion_id: int) -> MotionView:
    """One motion. Refused with `motion_unknown`."""
    found = next((view for view in motions(session) if view.id == motion_id), None)
    if found is None:
        raise Refused("motion_unknown")
    return found


def open_motion_now(session: Session) -> MotionView | None:
    """The motion that the hall is voting on."""
    return next((view for view in motions(session) if view.is_open), None)


def shown_motion(session: Session) -> MotionView | None:
    """What the wall shows: the open motion, else the newest result that nobody has put away."""
    found = motions(session)
    is_open = next((view for view in found if view.is_open), None)
    return is_open or next((view for view in reversed(found) if view.is_shown), None)


def ensure_none_open(session: Session) -> None:
    """Refused with `motion_still_open`: a question that was put to the hall needs its answer."""
    found = open_motion_now(session)
    if found is not None:
        raise Refused("motion_still_open", number=found.number, text=found.text)


@dataclass(frozen=True)
class Minus:
    """What *còn lại tán thành* would fill in at this moment."""

    in_favour: int
    against: int
    other: int
    present: int
    #: True where `present` was counted in the hall (R25).
    counted_in_hall: bool


def minus(
    session: Session, *, against: int, other: int, counted_present: int | None = None
) -> Minus:
    """All present minus those against and other, to be shown before anything is recorded.

    Raises:
        Refused: what `rules.all_minus` refuses.
    """
    present = presences.presence(session).votes if counted_present is None else counted_present
    return Minus(
        in_favour=rules.all_minus(present=present, against=against, other=other),
        against=against,
        other=other,
        present=present,
        counted_in_hall=counted_present is not None,
    )
