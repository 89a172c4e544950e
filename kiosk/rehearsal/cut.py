"""The line to a gate is cut for a while, and then that of the way out; meanwhile the day goes on.

What the gates have kept is sent when the line is back, after the same people were partly seen
elsewhere: by another gate, by the desk, on the paper list, in a new badge. The pages claim when and
in which direction they read each badge; what the server makes of it must be true for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.rehearsal.crowd import Shot
from kiosk.rehearsal.gates import CutOff
from kiosk.rehearsal.preparing import turn
from kiosk.rehearsal.told import Scene
from kiosk.rehearsal.walk import Walk

#: The gate whose line is cut first, and one that goes on.
CUT, GOES_ON = 0, 1


@dataclass(frozen=True)
class _Cast:
    """Who meets the cut: late-comers, and guests of the desk where the hall is too small."""

    #: Seen by nobody else; the second goes out again.
    stays: Shot
    passes: Shot
    #: Sent on to another gate; the second goes out by the live way out.
    sent_on: Shot
    leaves: Shot
    by_hand: Shot
    new_badge: Shot
    #: Ticked on the paper list.
    on_paper: tuple[Shot, Shot]
    #: Goes out again by the live way out, which has never seen them come in.
    unseen: Shot
    #: Never comes in.
    outside: Shot


def play(walk: Walk) -> None:
    """Gate 1 is cut off; then the way out; then both lines are back."""
    cast = _cast(walk)
    gone, returns = walk.crowd.leavers[3], walk.crowd.leavers[1]
    way_in = CutOff(walk.gates, CUT, direction="in")
    # The technician turns the gate; its page cannot hear that and shows the old way to the people.
    turned = [(cast.stays, Scene.KEPT), (cast.stays, Scene.KEPT_TWICE), (cast.passes, Scene.KEPT)]
    for shot, scene in turned:
        way_in.keep(shot.at(scene))
    turn(walk, CUT, "out", reachable=False)
    way_in.keep(returns.at(Scene.KEPT_RETURN))
    way_in.keep(cast.sent_on.at(Scene.KEPT_ELSEWHERE))
    way_in.keep(cast.leaves.at(Scene.KEPT_OVERTAKEN))
    way_in.keep(cast.by_hand.at(Scene.KEPT_BY_HAND))
    way_in.keep(cast.new_badge.at(Scene.KEPT_REVOKED))
    way_in.keep(walk.crowd.replaced.at(Scene.KEPT_REPLACED))
    for shot in cast.on_paper:
        way_in.keep(shot.at(Scene.KEPT_ON_PAPER))
    way_in.keep(cast.unseen.at(Scene.KEPT_OVERTAKEN))
    way_in.keep(Shot(Scene.UNREADABLE, "?"))
    _meanwhile(walk, cast)
    way_out = CutOff(walk.gates, walk.gates.way_out, direction="out")
    way_out.keep(gone.at(Scene.KEPT_LEAVING))
    way_out.keep(cast.passes.at(Scene.KEPT_LEAVING))
    way_out.keep(walk.crowd.by_hand.at(Scene.KEPT_LEAVING_BACK))
    way_out.keep(cast.outside.at(Scene.KEPT_LEAVING_UNSEEN))
    walk.gates.one(walk.crowd.by_hand.at(Scene.STILL_IN), gate=GOES_ON)
    walk.noted.kept += way_in.send(server_direction="out")
    walk.noted.kept += way_out.send(server_direction="out")
    turn(walk, CUT, "in")


def _meanwhile(walk: Walk, cast: _Cast) -> None:
    """What the gate that is cut off cannot know."""
    gates = walk.gates
    gates.one(cast.sent_on.at(Scene.LATE_COMER), gate=GOES_ON)
    gates.one(cast.leaves.at(Scene.LATE_COMER), gate=GOES_ON)
    gates.one(cast.leaves.at(Scene.LEAVES), gate=gates.way_out)
    gates.one(cast.unseen.at(Scene.LEAVES_UNSEEN), gate=gates.way_out)
    walk.admit_by_hand(cast.by_hand.delegate_id or 0, "Cổng mất nối")
    fresh = walk.desk.new_badge(cast.new_badge.delegate_id or 0, "Mất thẻ")
    gates.one(Shot(Scene.NEW_BADGE, fresh, cast.new_badge.delegate_id), gate=GOES_ON)
    _bring_paper(walk, cast)


def _bring_paper(walk: Walk, cast: _Cast) -> None:
    """The usher's list: two were ticked, and some whom the list must not bring in."""
    numbers = walk.numbers_of(
        shot.delegate_id or 0 for shot in (*cast.on_paper, cast.sent_on, walk.crowd.replaced)
    )
    ticked = {shot.delegate_id or 0: numbers[shot.delegate_id or 0] for shot in cast.on_paper}
    others = {each: number for each, number in numbers.items() if each not in ticked}
    paper, refused = walk.desk.bring_paper(ticked, others)
    walk.noted.papers.append(paper)
    walk.note_forbidden("a number that nobody has", refused)


def _cast(walk: Walk) -> _Cast:
    def coming() -> Iterator[Shot]:
        yield from walk.crowd.at_the_cut
        while True:
            yield walk.guest_outside()

    people = coming()
    first = [next(people) for _ in range(6)]
    return _Cast(
        sent_on=first[0],
        stays=first[1],
        on_paper=(first[2], first[3]),
        by_hand=first[4],
        new_badge=first[5],
        passes=next(people),
        leaves=next(people),
        unseen=next(people),
        outside=next(people),
    )
