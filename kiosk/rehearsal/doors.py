"""The doors are open: a crowd at the gates, and at the desk whoever is on no list or not coming."""

from __future__ import annotations

from kiosk.rehearsal.crowd import Shot
from kiosk.rehearsal.told import Scene
from kiosk.rehearsal.walk import Walk

#: What people say who call the desk; the last who calls gives no reason.
REASONS = ("Ốm", "Đi công tác", "Nghỉ phép", "Việc gia đình")
#: So many call at most.
CALLS = 12


def arrive(walk: Walk) -> None:
    """From the empty hall to the quorum."""
    walk.try_to_open()
    walk.let_in(walk.crowd.early, walk.crowd.races)
    walk.look()
    walk.try_to_open()
    _take_calls(walk)
    _receive_guests(walk)
    _seat_substitute(walk)
    # The projector's cable is pulled while people come in.
    before = walk.wall.connections
    walk.wall.cut()
    walk.let_in(walk.crowd.rest)
    walk.healed = walk.look() and walk.wall.connections > before


def _take_calls(walk: Walk) -> None:
    """Who cannot come says so; one comes after all, one calls again."""
    crowd = walk.crowd
    walk.noted.sought += [
        walk.desk.seek(walk.people[shot.delegate_id or 0]) for shot in (crowd.by_hand, crowd.absent)
    ]
    walk.report_absent(crowd.by_hand.delegate_id or 0, "with_reason", "Ốm, xin vắng")
    walk.report_absent(
        crowd.taken_back.delegate_id or 0, "with_reason", "Đi công tác", withdrawn=True
    )
    calling = crowd.missing[:CALLS]
    for place, delegate in enumerate(calling):
        walk.report_absent(delegate, "with_reason", REASONS[place % len(REASONS)])
    if len(calling) > 1:
        # The desk knows better now: the newer record replaces the older.
        walk.report_absent(calling[0], "without_reason", "")


def _receive_guests(walk: Walk) -> None:
    """Two guests on no list: one is led in by the desk, one goes to the gate with the new badge."""
    led = walk.add_guest(admit=True)
    walk.gates.one(Shot(Scene.OTHER_GATE, led.code, led.delegate_id), gate=1)
    walk.gates.one(walk.guest_outside().at(Scene.WALK_IN))
    walk.overstep(
        "a delegate added by the desk",
        "/desk/new",
        name="Nguyễn Văn Không",
        unit="new",
        new_unit="Đơn vị khác",
        standing="delegate",
        votes=1,
    )
    walk.overstep("the opening", "/console/conference/open")


def _seat_substitute(walk: Walk) -> None:
    """Somebody sits in; from then on the one who is replaced comes in by no way at all."""
    replaced = walk.crowd.replaced
    substitute = walk.seat_instead(replaced)
    path = f"/desk/people/{replaced.delegate_id}"
    desk = walk.desk.browser
    walk.forbid("the replaced one by hand", f"{path}/admit", who=desk, reason="Quên thẻ")
    walk.forbid(
        "a second substitute", f"{path}/substitute", who=desk, name="Trần Thị Hai", another_person=1
    )
    walk.gates.one(substitute)
    walk.gates.one(replaced, gate=1)
