"""Which screen the hall sees. Derived from the rooms, so no switch can be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from kiosk.agenda.queries import AgendaView, agenda
from kiosk.checkin.queries import Presence, presence
from kiosk.conference.queries import ConferenceRow, find_conference
from kiosk.motions.queries import MotionView, shown_motion


class Screen(StrEnum):
    """Every picture of the hall."""

    EMPTY = "empty"
    WELCOME = "welcome"
    AGENDA = "agenda"
    MOTION = "motion"
    CLOSING = "closing"


def screen_of(*, has_conference: bool, is_open: bool, has_ended: bool, has_motion: bool) -> Screen:
    """The one screen that is true now; a motion goes before everything else while open."""
    if not has_conference:
        return Screen.EMPTY
    if has_ended:
        return Screen.CLOSING
    if not is_open:
        return Screen.WELCOME
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


def wall(session: Session, now: datetime) -> Wall:
    """What the hall sees now."""
    meeting = find_conference(session)
    if meeting is None:
        return Wall(Screen.EMPTY, None, None, None, None, now)
    motion = shown_motion(session)
    screen = screen_of(
        has_conference=True,
        is_open=meeting.opened_at is not None,
        has_ended=meeting.ended_at is not None,
        has_motion=motion is not None,
    )
    return Wall(
        screen=screen,
        meeting=meeting,
        presence=presence(session),
        agenda=agenda(session, now),
        motion=motion,
        now=now,
    )
