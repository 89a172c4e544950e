"""The conference itself: nine items, one left waiting, people who come and go, two votes."""

from __future__ import annotations

import re
from functools import partial

from kiosk.core.errors import Refused
from kiosk.rehearsal import bodies, cut, lists, minutes, signing
from kiosk.rehearsal.election.holding import Election
from kiosk.rehearsal.reception import Reception
from kiosk.rehearsal.told import Added, Scene
from kiosk.rehearsal.walk import Walk

#: People go out during this item.
GO_OUT = 2
#: The item during which the hall votes by hands.
VOTES = 3
#: Late-comers arrive during this item, and two secretaries write its notes.
COME_LATE = minutes.DISCUSSED
#: The item that is left waiting while others go on: the election, as on the real day.
WAITS = 5
#: A gate is cut off during this item.
CUT_OFF = 6
#: The work of the waiting one goes on after this item.
RESUMED_AFTER = 7
#: The second vote: all minus those against.
VOTES_AGAIN = 8

_IN_FAVOUR = re.compile(r'name="in_favour"[^>]*value="(\d+)"')


def sit(walk: Walk) -> None:
    """From the opening to the last item."""
    walk.try_to_open()
    walk.look()
    _next(walk, seen=None)
    walk.forbid("second item at once", f"/console/agenda/{walk.items[2]}/start")
    walk.forbid("ending too early", "/console/conference/end")
    walk.forbid("another order now", f"/console/plan/items/{walk.items[9]}/move", up=1)
    _next(walk, seen=1)
    bodies.put_down(walk)
    _go_out(walk)
    _next(walk, seen=GO_OUT)
    _vote(walk)
    # The list for the doors is set and printed while nobody comes or goes.
    printing = walk.beside(partial(lists.print_for_doors, walk))
    _next(walk, seen=VOTES)
    minutes.write_together(walk)
    printing.result()
    _come_late(walk)
    _next(walk, seen=COME_LATE)
    election = Election(walk)
    election.begin()
    waits = walk.items[WAITS]
    walk.follow("wait", lambda: walk.secretary.must(f"/console/agenda/{waits}/wait"))
    _next(walk, seen=None)
    cut.play(walk)
    walk.look()
    _next(walk, seen=CUT_OFF)
    signing.sign(walk)
    election.count_slips()
    _step(walk, f"/console/agenda/{walk.items[RESUMED_AFTER]}/end")
    election.resolution_waits()
    _step(walk, f"/console/agenda/{waits}/start")
    election.finish()
    _step(walk, f"/console/agenda/{waits}/end")
    _next(walk, seen=None)
    _vote_all_minus(walk)
    # Whoever comes has come: the list of attendance is made while the last items go by.
    counting = walk.beside(partial(lists.print_attendance, walk))
    _next(walk, seen=VOTES_AGAIN)
    _next(walk, seen=len(walk.items))
    counting.result()
    walk.look()


def end(walk: Walk) -> None:
    """The end, and what people try after it."""
    walk.follow("end", lambda: walk.secretary.must("/console/conference/end"))
    minutes.write_after_the_end(walk)
    walk.settle()
    walk.gates.one(walk.crowd.absent)
    walk.forbid(
        "in by hand after the end",
        f"/desk/people/{walk.crowd.absent.delegate_id}/admit",
        who=walk.desk.browser,
        reason="Quên thẻ",
    )


def _next(walk: Walk, *, seen: int | None) -> None:
    """The one tap, pressed twice as nervous fingers do; the second must change nothing."""
    form = {} if seen is None else {"seen": walk.items[seen]}
    walk.follow("next", lambda: walk.secretary.must("/console/agenda/next", **form))
    walk.secretary.must("/console/agenda/next", **form)


def _step(walk: Walk, path: str) -> None:
    walk.follow(path, lambda: walk.secretary.must(path))


def _go_out(walk: Walk) -> None:
    """Two go out, the badge of one still lies there; one only wanted to make a call."""
    out = walk.gates.way_out
    returns, stays_away, mistaken, _ = walk.crowd.leavers
    walk.gates.one(returns, gate=out)
    walk.gates.one(stays_away, gate=out)
    walk.gates.one(stays_away.at(Scene.LEAVES_TWICE), gate=out)
    status = walk.gates.take_back(mistaken.at(Scene.LEAVES_BY_MISTAKE), gate=out)
    walk.noted.stayed.append((mistaken.delegate_id or 0, status))
    walk.gates.one(walk.guest_outside().at(Scene.LEAVES_UNSEEN), gate=out)
    walk.look()


def _come_late(walk: Walk) -> None:
    """One without a badge, whom the desk had down as absent; others at the gates; one returns."""
    crowd = walk.crowd
    walk.follow(
        "by hand", lambda: walk.admit_by_hand(crowd.by_hand.delegate_id or 0, "Quên thẻ ở nhà")
    )
    walk.forbid(
        "absent and present",
        f"/desk/people/{crowd.by_hand.delegate_id}/absence",
        who=walk.desk.browser,
        kind="without_reason",
    )
    for place, shot in enumerate(crowd.walking):
        walk.gates.one(shot, gate=place % walk.gate_count)
    walk.gates.one(crowd.leavers[0].at(Scene.RETURNS), gate=1)
    walk.look()


def _put_motion(walk: Walk, text: str) -> str:
    """Ask the hall; the address of the motion that is open now."""
    walk.follow("motion", lambda: walk.secretary.must("/console/motions", text=text))
    motion = re.search(r"/console/motions/(\d+)/count", walk.secretary.page("/console"))
    if motion is None:
        raise Refused("rehearsal_stuck", step="/console/motions", status=200)
    return f"/console/motions/{motion[1]}"


def _vote(walk: Walk) -> None:
    """A motion that half the hall wants; then a recount: one hand more, by a correction.

    Between the two somebody enters, is taken back and enters again, so that the presence of
    the vote is no longer the presence of the correction (R25).
    """
    voters = walk.must_read_presence("vote")
    path = _put_motion(walk, "Thông qua chương trình làm việc của Hội nghị")
    half = voters // 2
    hands = {"in_favour": half, "against": voters - half, "other": 0}
    walk.follow("count", lambda: walk.secretary.must(f"{path}/count", **hands))
    walk.settle()
    comes = walk.crowd.taken_back
    status = walk.gates.take_back(comes)
    walk.noted.undone.append((comes.delegate_id or 0, status))
    walk.gates.one(comes.at(Scene.READMITTED))
    walk.look()
    fixed = {"in_favour": half + 1, "against": voters - half - 1, "other": 0}
    reason = "Đếm sót một phiếu ở hàng ghế cuối"
    walk.follow(
        "correct",
        lambda: walk.secretary.must(f"{path}/correct", seen=1, reason=reason, **fixed),
    )
    walk.follow("put away", lambda: walk.secretary.must(f"{path}/put-away"))


def _vote_all_minus(walk: Walk) -> None:
    """One hand against, all others for; but while the figures are shown somebody comes in."""
    path = _put_motion(walk, "Thông qua nội dung giao ước thi đua năm 2026")
    shown = _in_favour(walk, path)
    added = Reception(walk.secretary).add(next(walk.strangers), standing="delegate", admit=True)
    walk.noted.added.append(Added(added.delegate_id, "delegate", admitted=True))
    walk.gates.whereabouts[added.delegate_id] = True
    rest = {"against": 1, "other": 0, "all_minus": 1}
    late = walk.secretary.act(f"{path}/count", in_favour=shown, **rest)
    walk.note_forbidden("all minus, and somebody came", late.status_code)
    remain = _in_favour(walk, path)
    walk.follow("count", lambda: walk.secretary.must(f"{path}/count", in_favour=remain, **rest))
    walk.follow("put away", lambda: walk.secretary.must(f"{path}/put-away"))


def _in_favour(walk: Walk, path: str) -> int:
    """What the page fills in as for, with one hand against."""
    found = _IN_FAVOUR.search(walk.secretary.must(f"{path}/all-minus", against=1, other=0).text)
    if found is None:
        raise Refused("rehearsal_stuck", step=f"{path}/all-minus", status=200)
    return int(found[1])
