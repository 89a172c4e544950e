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
from kiosk.pledge.queries import PledgeView, pledge
from kiosk.pledge.rules import on_the_wall


class Screen(StrEnum):
    """Every picture of the hall."""

    EMPTY = "empty"
    WELCOME = "welcome"
    AGENDA = "agenda"
    MOTION = "motion"
    #: Who has signed the pledge, and who has not.
    PLEDGE = "pledge"
    CLOSING = "closing"
    #: Black, for other slides.
    ASIDE = "aside"
    BREAK = "break"


def screen_of(  # noqa: PLR0911 (one line for each of the pictures, in their order)
    *,
    has_conference: bool,
    is_open: bool,
    has_ended: bool,
    has_motion: bool,
    is_voting: bool = False,
    is_signing: bool = False,
    mode: WallMode = WallMode.LIVE,
) -> Screen:
    """The one screen that is true now.

    A motion goes before everything else while the hall is asked; then what the secretary chose the
    wall for; then a result, the signing of the pledge, and the day.
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
    if has_motion:
        return Screen.MOTION
    return Screen.PLEDGE if is_signing else Screen.AGENDA


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
    screen = screen_of(
        has_conference=True,
        is_open=meeting.opened_at is not None,
        has_ended=meeting.ended_at is not None,
        has_motion=motion is not None,
        is_voting=motion is not None and motion.is_open,
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
        pledge=signed if screen is Screen.PLEDGE else None,
    )
