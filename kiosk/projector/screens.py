"""Which screen the hall sees. Derived from the rooms, so no switch can be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from kiosk.agenda.queries import AgendaView, agenda
from kiosk.agenda.rules import WallMode
from kiosk.agenda.wall import WallRow, wall_state
from kiosk.ballot.report import Row, rows
from kiosk.ballot.round_queries import RoundView, open_round, shown_result
from kiosk.checkin.queries import Presence, presence
from kiosk.conference.introduced import Introductions, introductions
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.conference.queries import ConferenceRow, find_conference
from kiosk.motions.queries import MotionView, shown_motion
from kiosk.pledge.queries import PledgeView, pledge
from kiosk.pledge.rules import on_the_wall


class Screen(StrEnum):
    """Every picture of the hall."""

    EMPTY = "empty"
    WELCOME = "welcome"
    AGENDA = "agenda"
    MOTION = "motion"
    #: An election: slips issued and ballots cast, nothing else (R11).
    BALLOT = "ballot"
    #: Its figures as the tellers read them, and the result.
    RESULT = "result"
    #: Who has signed the pledge, and who has not.
    PLEDGE = "pledge"
    CLOSING = "closing"
    #: Black, for other slides.
    ASIDE = "aside"
    BREAK = "break"


def screen_of(
    *,
    has_conference: bool,
    is_open: bool,
    has_ended: bool,
    has_motion: bool,
    is_voting: bool = False,
    has_ballot: bool = False,
    has_result: bool = False,
    is_signing: bool = False,
    mode: WallMode = WallMode.LIVE,
) -> Screen:
    """The one screen that is true now.

    A motion goes before everything else while the hall is asked; then what the secretary chose the
    wall for; then an election's result, its turnout, the result of a motion, the signing of the
    pledge, and the day.
    """
    if not has_conference:
        return Screen.EMPTY
    if is_voting and is_open and not has_ended:
        return Screen.MOTION
    if mode is WallMode.ASIDE:
        return Screen.ASIDE
    if has_ended or not is_open:
        return Screen.CLOSING if has_ended else Screen.WELCOME
    news = (
        (mode is WallMode.BREAK, Screen.BREAK),
        (has_result, Screen.RESULT),
        (has_ballot, Screen.BALLOT),
        (has_motion, Screen.MOTION),
        (is_signing, Screen.PLEDGE),
    )
    return next((screen for is_there, screen in news if is_there), Screen.AGENDA)


@dataclass(frozen=True)
class Wall:
    """Everything that a screen needs, read at one moment."""

    screen: Screen
    meeting: ConferenceRow | None
    presence: Presence | None
    agenda: AgendaView | None
    motion: MotionView | None
    now: datetime
    #: What the wall is used for.
    state: WallRow
    #: Who is introduced while the opening item is on; None for every other picture.
    introduced: Introductions | None = None
    #: The round that is voted on, or whose figures are shown.
    ballot: RoundView | None = None
    rows: tuple[Row, ...] = ()
    #: Who signs; None for every other picture.
    pledge: PledgeView | None = None


def wall(session: Session, now: datetime) -> Wall:
    """What the hall sees now."""
    meeting = find_conference(session)
    if meeting is None:
        return Wall(Screen.EMPTY, None, None, None, None, now, WallRow())
    motion = shown_motion(session)
    state = wall_state(session)
    view = agenda(session, now)
    signed = pledge(session)
    result, ballot = shown_result(session), open_round(session)
    # A motion that was counted after the election's news is the newer news.
    if motion is not None and motion.closed_at is not None:
        if result is not None and motion.closed_at > (result.declared_at or motion.closed_at):
            result = None
        if ballot is not None and motion.closed_at > (ballot.opened_at or motion.closed_at):
            ballot = None
    screen = screen_of(
        has_conference=True,
        is_open=meeting.opened_at is not None,
        has_ended=meeting.ended_at is not None,
        has_motion=motion is not None,
        is_voting=motion is not None and motion.is_open,
        has_ballot=ballot is not None,
        has_result=result is not None,
        is_signing=on_the_wall(
            signed.state,
            current=view.current.kind if view.current else None,
            kinds=[item.kind for item in view.items],
        ),
        mode=state.mode,
    )
    opening = view.current is not None and view.current.kind is AgendaKind.OPENING
    people = introductions(session) if opening and screen is Screen.AGENDA else None
    return Wall(
        screen=screen,
        meeting=meeting,
        presence=presence(session),
        agenda=view,
        motion=motion,
        now=now,
        state=state,
        introduced=people if people and people.people else None,
        ballot=result if screen is Screen.RESULT else ballot,
        rows=_rows(result) if screen is Screen.RESULT and result is not None else (),
        pledge=signed if screen is Screen.PLEDGE else None,
    )


def _rows(found: RoundView) -> tuple[Row, ...]:
    """What the hall may see: the figures read out so far in that order; all by votes at the end."""
    ranked = rows(found, found.outcome())
    if found.declared_at is not None:
        return tuple(ranked)
    by_place = {row.place: row for row in ranked}
    return tuple(by_place[place] for place in found.revealed)
