"""Which screen the hall sees. Derived from the rooms, so no switch can be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from kiosk.agenda.queries import AgendaView, agenda
from kiosk.agenda.rules import WallMode
from kiosk.agenda.wall import WallRow, wall_state
from kiosk.checkin.queries import Presence, presence
from kiosk.conference.introduced import Introductions, introductions
from kiosk.conference.plan.kinds import AgendaKind
from kiosk.conference.queries import ConferenceRow, find_conference
from kiosk.motions.queries import MotionView, shown_motion


class Screen(StrEnum):
    """Every picture of the hall."""

    EMPTY = "empty"
    WELCOME = "welcome"
    AGENDA = "agenda"
    MOTION = "motion"
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
    mode: WallMode = WallMode.LIVE,
) -> Screen:
    """The one screen that is true now.

    A motion goes before everything else while the hall is asked; then what the secretary chose the
    wall for; then a result, and the day.
    """
    if not has_conference:
        return Screen.EMPTY
    if is_voting and is_open and not has_ended:
        return Screen.MOTION
    if mode is WallMode.ASIDE:
        return Screen.ASIDE
    if has_ended or not is_open:
        return Screen.CLOSING if has_ended else Screen.WELCOME
    if mode is WallMode.BREAK:
        return Screen.BREAK
    return Screen.MOTION if has_motion else Screen.AGENDA


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


def wall(session: Session, now: datetime) -> Wall:
    """What the hall sees now."""
    meeting = find_conference(session)
    if meeting is None:
        return Wall(Screen.EMPTY, None, None, None, None, now, WallRow())
    motion = shown_motion(session)
    state = wall_state(session)
    screen = screen_of(
        has_conference=True,
        is_open=meeting.opened_at is not None,
        has_ended=meeting.ended_at is not None,
        has_motion=motion is not None,
        is_voting=motion is not None and motion.is_open,
        mode=state.mode,
    )
    view = agenda(session, now)
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
    )
