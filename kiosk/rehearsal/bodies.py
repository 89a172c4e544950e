"""Who runs the day, and what the plan asked for: put down while the first report is read."""

from __future__ import annotations

import re

from kiosk.rehearsal.walk import Walk

_DUTY = re.compile(r"/console/duties/(\d+)/done")
_MEMBER = re.compile(r"/console/committees/members/(\d+)/head")


def put_down(walk: Walk) -> None:
    """The bodies that the hall has approved, and the last lines of the checklist."""
    _seat(walk)
    _tick(walk)


def _seat(walk: Walk) -> None:
    """Two in front, three tellers; the second of each leads."""
    visits = (*walk.crowd.rest, *walk.crowd.early)
    here = [walk.people.get(visit.shots[0].delegate_id or 0) for visit in visits]
    delegates = [each.id for each in here if each is not None]
    for body, size in (("presidium", 2), ("tellers", 3)):
        members = delegates[:size]
        for delegate in members:
            walk.secretary.must(f"/console/committees/{body}/add/{delegate}")
        board = walk.secretary.page("/console/committees")
        # Buttons of those who do not lead yet, in their order on the page of this body.
        part = board[board.index(f'id="body-{body}"') :]
        member = _MEMBER.findall(part)[1]
        walk.secretary.must(f"/console/committees/members/{member}/head")
        walk.noted.bodies += [(body, each, each == members[1]) for each in members]


def _tick(walk: Walk) -> None:
    """The first duties of the plan get an owner; one is done, one was ticked too early."""
    duties = list(dict.fromkeys(map(int, _DUTY.findall(walk.secretary.page("/console/plan")))))[:2]
    owner = walk.people[walk.crowd.late[0].delegate_id or 0].name
    for place, duty in enumerate(duties):
        walk.secretary.must(f"/console/duties/{duty}", owner=owner, due="")
        for done in {0: [1], 1: [1, 0]}.get(place, []):
            walk.secretary.must(f"/console/duties/{duty}/done", done=done)
        walk.noted.duties.append((duty, owner, place == 0))
