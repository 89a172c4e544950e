"""In and out, undone leavings, late scans, and presence at any moment against a naive model."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from door import Door
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.checkin import queries, services
from kiosk.checkin.rules import Outcome
from kiosk.core.access import THE_PROGRAM, Kind
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.devices import services as devices

LAN, AN, DUC = "Phạm Thị Lan", "Đỗ Văn Ánh", "Lê Minh Đức"
GUEST = "Trịnh Công Thành"


def test_who_leaves_is_let_go_and_who_comes_back_has_returned(door: Door) -> None:
    assert door.scan(LAN).outcome is Outcome.ADMITTED
    door.clock.later(minutes=30)
    left = door.scan(LAN, at=door.out)
    assert left.outcome is Outcome.LEFT
    assert door.present() == 0
    door.clock.later(minutes=5)
    assert door.scan(LAN, at=door.south).outcome is Outcome.RETURNED
    assert door.present() == 1
    assert door.events()[-3:] == [
        "checkin:stay:entered",
        "checkin:stay:left",
        "checkin:stay:entered",
    ]


def test_a_guest_leaves_and_comes_back_as_a_guest(door: Door) -> None:
    assert door.scan(GUEST).outcome is Outcome.GUEST
    assert door.scan(GUEST, at=door.out).outcome is Outcome.LEFT
    assert door.scan(GUEST, at=door.south).outcome is Outcome.GUEST


def test_a_way_out_records_nothing_for_who_never_came_in(door: Door) -> None:
    answer = door.scan(LAN, at=door.out)
    assert (answer.outcome, answer.detail) == (Outcome.REFUSED, "not_inside")
    assert door.present() == 0
    assert queries.stays_of(db.session(), door.id_of(LAN)) == []


def test_the_same_scan_has_the_same_answer_for_ever_also_at_a_way_out(door: Door) -> None:
    door.scan(LAN)
    first = door.scan(LAN, at=door.out, scan_id="one-and-the-same")
    door.clock.later(hours=1)
    door.scan(LAN, at=door.south)
    again = door.scan(LAN, at=door.out, scan_id="one-and-the-same")
    assert first.outcome is again.outcome is Outcome.LEFT
    assert again.repeated
    assert door.present() == 1  # the answer is given again, not the act


def test_ten_seconds_at_one_gate_are_one_leaving_and_a_turned_gate_starts_anew(door: Door) -> None:
    door.scan(LAN)
    door.clock.later(seconds=3)
    assert door.scan(LAN).outcome is Outcome.ADMITTED  # the same arrival, said again
    devices.set_direction(device_id=door.north, direction="out", by=THE_PROGRAM)
    door.clock.later(seconds=3)
    left = door.scan(LAN)
    assert (left.outcome, left.repeated) == (Outcome.LEFT, False)
    door.clock.later(seconds=3)
    lying = door.scan(LAN)
    assert (lying.outcome, lying.repeated) == (Outcome.LEFT, True)
    door.clock.later(seconds=20)
    assert door.scan(LAN).detail == "not_inside"


def test_a_leaving_that_was_wrong_is_taken_back_and_the_stay_goes_on(door: Door) -> None:
    door.scan(LAN)
    came = door.clock.now
    door.clock.later(minutes=10)
    left = door.scan(LAN, at=door.out)
    assert left.stay_id is not None
    door.clock.later(minutes=1)
    services.undo_leaving(
        stay_id=left.stay_id,
        reason="Chỉ ra ngoài hành lang",
        by=door.desk,
        device_id=door.out,
        within_minutes=5,
        clock=door.clock,
    )
    assert door.present() == 1
    stay = queries.stays_of(db.session(), door.id_of(LAN))[0]
    assert (stay.entered_at, stay.left_at) == (came, None)
    undone = queries.latest_undone(db.session())[0]
    assert (undone.what, undone.reason, undone.by_name) == (
        "leaving",
        "Chỉ ra ngoài hành lang",
        "Bàn 1",
    )
    door.clock.later(seconds=2)
    assert not door.scan(LAN, at=door.out).repeated  # leaves again: a new leaving


def test_what_may_not_be_taken_back_is_refused(door: Door) -> None:
    entered = door.scan(LAN)
    assert entered.stay_id is not None

    def back(**more: object) -> None:
        given: dict[str, object] = {
            "stay_id": entered.stay_id,
            "reason": "nhầm người",
            "by": door.desk,
            "clock": door.clock,
        }
        services.undo_leaving(**{**given, **more})  # type: ignore[arg-type]

    with pytest.raises(Refused, match="stay_not_left"):
        back()
    door.scan(LAN, at=door.out)
    with pytest.raises(Refused, match="undo_not_yours"):
        back(device_id=door.north)
    with pytest.raises(Refused, match="reason_missing"):
        back(reason="")
    with pytest.raises(Refused, match="stay_unknown"):
        back(stay_id=99_999)
    door.clock.later(minutes=30)
    with pytest.raises(Refused, match="undo_too_late"):
        back(device_id=door.out, within_minutes=5)
    door.scan(LAN, at=door.south)
    with pytest.raises(Refused, match="returned_since"):
        back()
    assert door.present() == 1


def test_an_old_leaving_is_not_taken_back_after_a_newer_stay_is_over(door: Door) -> None:
    entered = door.scan(LAN)
    door.clock.later(minutes=1)
    door.scan(LAN, at=door.out)
    door.clock.later(minutes=1)
    newer = door.scan(LAN, at=door.south)
    door.clock.later(minutes=1)
    door.scan(LAN, at=door.out)
    assert entered.stay_id is not None
    assert newer.stay_id is not None

    def take_back(stay_id: int) -> None:
        services.undo_leaving(stay_id=stay_id, reason="Ghi nhầm", by=door.desk, clock=door.clock)

    with pytest.raises(Refused, match="returned_since"):
        take_back(entered.stay_id)
    assert door.present() == 0  # she has come and gone since
    # Once the newer entry is known to be somebody else's badge, the older leaving may be a mistake.
    services.undo(
        stay_id=newer.stay_id, reason="Thẻ của người khác", by=door.desk, clock=door.clock
    )
    take_back(entered.stay_id)
    assert door.present() == 1


# -- a gate that was cut off -----------------------------------------------------------------------


def iso(moment: datetime) -> str:
    return moment.isoformat()


def test_a_late_scan_is_recorded_at_the_servers_time_with_the_gates_claim_beside_it(
    door: Door,
) -> None:
    claimed = door.clock.now
    door.clock.later(minutes=20)
    answer = door.scan(LAN, claimed=iso(claimed), shown="in")
    assert answer.outcome is Outcome.ADMITTED
    arrival = door.row(LAN).arrival
    assert arrival is not None
    assert (arrival.at, arrival.claimed_at) == (door.clock.now, claimed)
    assert queries.latest_scans(db.session())[0].claimed_at == claimed
    # Nobody was present in between: presence never follows a claim.
    assert queries.presence(db.session(), at=claimed + timedelta(minutes=10)).present == 0


def test_both_gates_read_one_badge_while_one_was_cut_and_there_is_one_stay(door: Door) -> None:
    claimed = door.clock.now
    door.clock.later(minutes=1)
    assert door.scan(LAN, at=door.south).outcome is Outcome.ADMITTED
    door.clock.later(minutes=10)
    assert door.scan(LAN, claimed=iso(claimed), shown="in").outcome is Outcome.ALREADY
    assert len(queries.stays_of(db.session(), door.id_of(LAN))) == 1


def test_a_late_leaving_does_not_throw_out_who_has_come_back(door: Door) -> None:
    door.scan(LAN)
    door.clock.later(minutes=10)
    claimed = door.clock.now
    door.clock.later(minutes=10)
    assert door.scan(LAN, at=door.south).outcome is Outcome.ALREADY
    door.clock.later(minutes=10)
    late = door.scan(LAN, at=door.out, claimed=iso(claimed), shown="out")
    assert (late.outcome, late.detail) == (Outcome.REFUSED, "overtaken")
    assert door.present() == 1


def test_a_late_arrival_does_not_bring_back_who_has_left(door: Door) -> None:
    claimed = door.clock.now
    door.clock.later(minutes=10)
    door.scan(LAN, at=door.south)
    door.clock.later(minutes=10)
    door.scan(LAN, at=door.out)
    door.clock.later(minutes=10)
    late = door.scan(LAN, claimed=iso(claimed), shown="in")
    assert (late.outcome, late.detail) == (Outcome.REFUSED, "overtaken")
    assert door.present() == 0


def test_late_arrival_and_late_leaving_in_their_order_are_both_believed(door: Door) -> None:
    came = door.clock.now
    left = door.clock.later(minutes=10)
    door.clock.later(minutes=20)
    assert door.scan(LAN, claimed=iso(came), shown="in").outcome is Outcome.ADMITTED
    assert door.scan(LAN, at=door.out, claimed=iso(left), shown="out").outcome is Outcome.LEFT


def test_two_late_reads_of_one_badge_are_one_arrival_by_the_gates_own_clock(door: Door) -> None:
    first = door.clock.now
    door.clock.later(minutes=20)
    assert door.scan(LAN, claimed=iso(first), shown="in").outcome is Outcome.ADMITTED
    same = door.scan(LAN, claimed=iso(first + timedelta(seconds=4)), shown="in")
    assert (same.outcome, same.repeated) == (Outcome.ADMITTED, True)
    later = door.scan(LAN, claimed=iso(first + timedelta(minutes=9)), shown="in")
    assert (later.outcome, later.repeated) == (Outcome.ALREADY, False)


@pytest.mark.parametrize("claimed", ["", "gần đây", "2026-03-12T07:30:00", "x" * 9000])
def test_a_claim_that_is_none_leaves_the_scan_as_any_other(door: Door, claimed: str) -> None:
    answer = door.scan(LAN, claimed=claimed, shown="out")
    assert (answer.outcome, answer.claimed_at) == (Outcome.ADMITTED, None)


@pytest.mark.parametrize("off", [timedelta(days=-400), timedelta(hours=2)])
def test_a_late_scan_of_a_gate_with_a_broken_clock_changes_nothing_that_is_known(
    door: Door, off: timedelta
) -> None:
    broken = iso(door.clock.now + off)
    # Nothing is known about her: she has come, whenever that was.
    assert door.scan(LAN, claimed=broken, shown="in").outcome is Outcome.ADMITTED
    assert door.row(LAN).arrival.claimed_at is None  # type: ignore[union-attr]
    # He came and went; a kept scan of no known hour must not bring him back, nor throw him out.
    door.scan(AN)
    door.clock.later(minutes=10)
    out = door.scan(AN, at=door.out, claimed=broken, shown="out")
    assert (out.outcome, out.detail) == (Outcome.REFUSED, "overtaken")
    assert door.scan(AN, at=door.out).outcome is Outcome.LEFT
    door.clock.later(minutes=10)
    back = door.scan(AN, claimed=broken, shown="in")
    assert (back.outcome, back.detail) == (Outcome.REFUSED, "overtaken")
    assert door.present() == 1


def test_a_late_arrival_does_not_bring_back_whom_the_desk_has_taken_out(door: Door) -> None:
    claimed = door.clock.now
    door.clock.later(minutes=2)
    stay = door.scan(LAN, at=door.south).stay_id
    door.clock.later(minutes=2)
    assert stay is not None
    services.undo(stay_id=stay, reason="Đại biểu quay ra", by=door.desk, clock=door.clock)
    door.clock.later(minutes=10)
    late = door.scan(LAN, claimed=iso(claimed), shown="in")
    assert (late.outcome, late.detail) == (Outcome.REFUSED, "overtaken")
    assert door.present() == 0
    # What she does after the desk's word is newer than it.
    again = door.scan(LAN, claimed=iso(door.clock.now - timedelta(minutes=5)), shown="in")
    assert again.outcome is Outcome.ADMITTED


def test_a_late_leaving_does_not_throw_out_whom_the_desk_has_kept_inside(door: Door) -> None:
    door.scan(LAN)
    claimed = door.clock.later(minutes=10)
    door.clock.later(minutes=1)
    left = door.scan(LAN, at=door.out)
    door.clock.later(minutes=1)
    assert left.stay_id is not None
    services.undo_leaving(
        stay_id=left.stay_id, reason="Chỉ ra ngoài hành lang", by=door.desk, clock=door.clock
    )
    door.clock.later(minutes=10)
    late = door.scan(LAN, at=door.south, claimed=iso(claimed), shown="out")
    assert (late.outcome, late.detail) == (Outcome.REFUSED, "overtaken")
    assert door.present() == 1


def test_in_out_in_kept_by_one_gate_are_three_facts_in_their_order(door: Door) -> None:
    claims = [door.clock.later(minutes=1) for _ in range(3)]
    door.clock.later(minutes=20)
    ways = [(door.north, "in"), (door.out, "out"), (door.north, "in")]
    said = [
        door.scan(LAN, at=at, claimed=iso(claim), shown=shown).outcome
        for claim, (at, shown) in zip(claims, ways, strict=True)
    ]
    assert said == [Outcome.ADMITTED, Outcome.LEFT, Outcome.RETURNED]
    assert door.present() == 1


def test_only_a_gate_can_be_turned_and_only_in_or_out(door: Door) -> None:
    for direction in ("", "both", "IN"):
        with pytest.raises(Refused, match="direction_unknown"):
            devices.set_direction(device_id=door.north, direction=direction, by=THE_PROGRAM)
    tokens = door.app.extensions["kiosk_keys"].tokens
    wall = devices.add_device(kind=Kind.PROJECTOR, name="Tường", by=THE_PROGRAM, key=tokens)
    with pytest.raises(Refused, match="device_no_gate"):
        devices.set_direction(device_id=wall.id, direction="out", by=THE_PROGRAM)
    with pytest.raises(Refused, match="device_unknown"):
        devices.set_direction(device_id=999, direction="out", by=THE_PROGRAM)


# -- presence at any moment ------------------------------------------------------------------------

acts = st.lists(
    st.tuples(
        st.sampled_from(["in", "out", "undo_in", "undo_out"]),
        st.sampled_from([LAN, AN, DUC]),
        st.integers(11, 600),
    ),
    max_size=14,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(day=acts)
def test_presence_at_any_moment_is_what_a_naive_model_says(
    door: Door, day: list[tuple[str, str, int]]
) -> None:
    # The model: a list of [from, until] for each person; an undone entry is struck out.
    for stay in [row for name in (LAN, AN, DUC) for row in stays(door, name)]:
        if stay.undone_at is None:
            services.undo(stay_id=stay.id, reason="bài trước", by=door.desk, clock=door.clock)
    model: dict[str, list[list[datetime | None]]] = {LAN: [], AN: [], DUC: []}
    begun = door.clock.later(minutes=1)
    moments = [begun]
    for act, name, seconds in day:
        now = door.clock.later(seconds=seconds)
        moments.append(now)
        spans = model[name]
        inside = bool(spans) and spans[-1][1] is None
        newest = stays(door, name)[0] if spans else None
        if act == "in":
            outcome = door.scan(name).outcome
            assert (outcome in {Outcome.ADMITTED, Outcome.RETURNED}) == (not inside)
            if not inside:
                spans.append([now, None])
        elif act == "out":
            assert (door.scan(name, at=door.out).outcome is Outcome.LEFT) == inside
            if inside:
                spans[-1][1] = now
        elif newest is not None and newest.undone_at is None:
            if act == "undo_in":
                services.undo(stay_id=newest.id, reason="nhầm", by=door.desk, clock=door.clock)
                spans.pop()
            elif not inside:
                services.undo_leaving(
                    stay_id=newest.id, reason="nhầm", by=door.desk, clock=door.clock
                )
                spans[-1][1] = None
    for moment in moments:
        expected = sum(
            any(a is not None and a <= moment and (b is None or moment < b) for a, b in spans)
            for spans in model.values()
        )
        assert queries.presence(db.session(), at=moment).present == expected
    assert door.present() == sum(any(b is None for _, b in spans) for spans in model.values())


def stays(door: Door, name: str) -> list[queries.StayRow]:
    """Stays that were not undone, newest first."""
    found = queries.stays_of(db.session(), door.id_of(name))
    return [row for row in found if row.undone_at is None]
