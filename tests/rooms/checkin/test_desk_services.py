"""The desk: absences, walk-ins, substitutes, the paper list; and totals that always add up."""

from __future__ import annotations

import random

import pytest
from door import Door
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.checkin import desk, paper, queries, rules, services
from kiosk.checkin.desk import Newcomer
from kiosk.checkin.rules import Outcome, Passing
from kiosk.conference import newcomers
from kiosk.conference import queries as people
from kiosk.core.clock import in_hall
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.devices import queries as devices

LAN, ANH, DUC = "Phạm Thị Lan", "Đỗ Văn Ánh", "Lê Minh Đức"
GUEST = "Trịnh Công Thành"
ALL = Passing(counts_for_quorum=True, votes=True, elects=True)


def code_of(door: Door, delegate_id: int) -> str:
    face = newcomers.badge_face(db.session(), delegate_id, key=door.key)
    assert face is not None
    return str(face["code"])


def walk_in(door: Door, name: str, **more: object) -> int:
    given: dict[str, object] = {
        "standing": "guest",
        "asked": ALL,
        "admit": True,
        "may_add_delegates": False,
        "key": door.key,
        "by": door.desk,
        "clock": door.clock,
    }
    form = more.pop("form", None) or Newcomer(name=name, unit="Sở Nội vụ")
    return desk.walk_in(form, **{**given, **more})  # type: ignore[arg-type]


def seat(door: Door, replaced: str, name: str = "Trần Văn Thay", **more: object) -> int:
    given: dict[str, object] = {
        "passes": rules.PASSES_BY_DEFAULT,
        "admit": False,
        "key": door.key,
        "by": door.desk,
        "clock": door.clock,
    }
    return desk.substitute(
        Newcomer(name=name),
        replaced_id=door.id_of(replaced),
        **{**given, **more},  # type: ignore[arg-type]
    )


def open_hall(door: Door) -> None:
    from kiosk.conference import services as conference
    from kiosk.core.db import unit_of_work

    with unit_of_work() as session:
        services.fix_base_from_roster(session, by=door.desk, clock=door.clock)
        conference.note_opening(
            session, at=door.clock.now, by=door.desk, present=12, convened=12, guests=0
        )


# -- walk-ins --------------------------------------------------------------------------------------


def test_a_guest_who_walks_in_is_present_with_a_badge_that_works_at_once(door: Door) -> None:
    made = walk_in(door, "LÊ THỊ MỚI")
    person = people.delegate(db.session(), made)
    assert (person.name, person.unit, person.standing) == ("Lê Thị Mới", "Sở Nội vụ", "guest")
    assert (person.counts_for_quorum, person.votes, person.elects) == (False, False, False)
    assert queries.presence(db.session()).guests == 1
    assert door.scan(code_of(door, made)).outcome is Outcome.ALREADY


def test_a_delegate_is_added_by_a_secretary_alone_and_before_the_opening_the_base_follows(
    door: Door,
) -> None:
    with pytest.raises(Refused, match="delegate_by_secretary"):
        walk_in(door, "Lê Thị Mới", standing="delegate")
    walk_in(door, "Lê Thị Mới", standing="delegate", may_add_delegates=True)
    presence = queries.presence(db.session())
    assert (presence.convened, presence.present) == (13, 1)


def test_after_the_opening_a_new_delegate_changes_neither_base_nor_quorum(door: Door) -> None:
    open_hall(door)
    made = walk_in(door, "Lê Thị Mới", standing="delegate", may_add_delegates=True)
    presence = queries.presence(db.session())
    assert (presence.convened, presence.present, presence.votes) == (12, 0, 1)
    assert not people.delegate(db.session(), made).counts_for_quorum


def test_a_second_press_or_a_namesake_is_asked_about_first(door: Door) -> None:
    walk_in(door, "Lê Thị Mới")
    with pytest.raises(Refused, match="person_here_already"):
        walk_in(door, "Lê thị mới")
    form = Newcomer(name="Lê Thị Mới", unit="Sở Nội vụ", another_person=True)
    walk_in(door, "", form=form)
    assert len(people.delegates(db.session())) == 15


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (Newcomer(name="  ", unit="A"), "name_missing"),
        (Newcomer(name="\u200b", unit="A"), "name_missing"),
        (Newcomer(name="x" * 121, unit="A"), "text_too_long"),
        (Newcomer(name="Lê Mới", unit=" "), "unit_missing"),
        (Newcomer(name="Lê Mới", unit="x" * 201), "text_too_long"),
        (Newcomer(name="Lê Mới", unit_id=999), "unit_unknown"),
        (Newcomer(name="Lê Mới", unit="A", title="x" * 201), "text_too_long"),
    ],
)
def test_a_form_that_is_wrong_adds_nobody(door: Door, form: Newcomer, code: str) -> None:
    with pytest.raises(Refused, match=code):
        walk_in(door, "", form=form)
    assert len(people.delegates(db.session())) == 13
    assert "Sở Nội vụ" not in [unit.name for unit in people.units(db.session())]


# -- substitutes -----------------------------------------------------------------------------------


def test_a_substitute_takes_the_place_and_the_replaced_person_cannot_come_too(door: Door) -> None:
    made = seat(door, LAN)
    presence = queries.presence(db.session())
    assert presence.convened == 12
    row = door.row(LAN)
    assert (row.state, row.counts_as) == ("with_reason", "with_reason")
    assert row.absence is not None
    assert row.absence.reason == rules.REPLACED_REASON
    answer = door.scan(LAN)
    assert (answer.outcome, answer.detail, answer.substitute) == (
        Outcome.REFUSED,
        "replaced",
        "Trần Văn Thay",
    )
    with pytest.raises(Refused, match="has_a_substitute"):
        services.admit_by_hand(
            delegate_id=door.id_of(LAN), reason="quên thẻ", by=door.desk, clock=door.clock
        )
    assert door.scan(code_of(door, made)).outcome is Outcome.ADMITTED
    after = queries.presence(db.session())
    assert (after.convened, after.present, after.votes, after.elects) == (12, 1, 1, 0)


def test_a_quorum_that_does_not_pass_on_stays_with_the_one_who_is_absent(door: Door) -> None:
    passes = Passing(counts_for_quorum=False, votes=True, elects=True)
    seat(door, LAN, passes=passes, admit=True)
    presence = queries.presence(db.session())
    assert (presence.convened, presence.present, presence.votes, presence.elects) == (12, 0, 1, 1)
    listed = queries.attendance(db.session())
    assert (listed.convened, listed.absent_with_reason, listed.others) == (12, 1, 1)


def test_who_was_in_the_hall_is_not_replaced_and_nobody_twice(door: Door) -> None:
    door.scan(ANH)
    with pytest.raises(Refused, match="replaced_was_inside"):
        seat(door, ANH)
    with pytest.raises(Refused, match="guest_needs_no_substitute"):
        seat(door, GUEST)
    made = seat(door, LAN)
    with pytest.raises(Refused, match="has_a_substitute"):
        seat(door, LAN, "Người Khác Nữa")
    with pytest.raises(Refused, match="is_a_substitute"):
        desk.substitute(
            Newcomer(name="Người Khác Nữa"),
            replaced_id=made,
            passes=ALL,
            admit=False,
            key=door.key,
            by=door.desk,
        )


def test_when_the_replaced_person_comes_after_all_everything_is_as_before(door: Door) -> None:
    before = queries.presence(db.session())
    made = seat(door, LAN)
    link = door.row(LAN).substitute
    assert link is not None
    old = code_of(door, made)
    desk.end_substitution(
        substitution_id=link.substitution_id, reason="đến dự", by=door.desk, clock=door.clock
    )
    assert queries.presence(db.session()) == before
    assert door.row(LAN).state == "expected"
    assert door.scan(old).outcome is Outcome.REVOKED
    with pytest.raises(Refused, match="substitution_ended_already"):
        services.admit_by_hand(delegate_id=made, reason="quên thẻ", by=door.desk)
    assert door.scan(LAN).outcome is Outcome.ADMITTED
    with pytest.raises(Refused, match="substitution_unknown"):
        desk.end_substitution(substitution_id=link.substitution_id, reason="đến dự", by=door.desk)


def test_a_new_badge_does_not_bring_an_ended_substitute_in(door: Door) -> None:
    from kiosk.conference import badge_issue

    made = seat(door, LAN)
    link = door.row(LAN).substitute
    assert link is not None
    desk.end_substitution(substitution_id=link.substitution_id, reason="đến dự", by=door.desk)
    badge_issue.replace_badge(delegate_id=made, reason="mất thẻ", key=door.key, by=door.desk)
    answer = door.scan(code_of(door, made))
    assert (answer.outcome, answer.detail) == (Outcome.REFUSED, "no_place")


def test_a_substitution_is_not_ended_while_the_substitute_was_in_the_hall(door: Door) -> None:
    seat(door, LAN, admit=True)
    link = door.row(LAN).substitute
    assert link is not None
    with pytest.raises(Refused, match="substitute_was_inside"):
        desk.end_substitution(substitution_id=link.substitution_id, reason="đến dự", by=door.desk)


# -- absences --------------------------------------------------------------------------------------


def absent(door: Door, name: str, kind: str = "with_reason", reason: str = "Ốm") -> None:
    desk.record_absence(
        delegate_id=door.id_of(name), kind=kind, reason=reason, by=door.desk, clock=door.clock
    )


def test_an_arrival_wins_over_an_absence_and_the_book_keeps_both_facts(door: Door) -> None:
    absent(door, LAN)
    assert door.row(LAN).counts_as == "with_reason"
    entered = door.scan(LAN)
    row = door.row(LAN)
    assert (row.counts_as, row.absence is not None) == ("present", True)
    assert door.events()[-2:] == ["checkin:absence:recorded", "checkin:stay:entered"]
    with pytest.raises(Refused, match="absent_is_present"):
        absent(door, LAN)
    assert entered.stay_id is not None
    services.undo(stay_id=entered.stay_id, reason="nhầm thẻ", by=door.desk, clock=door.clock)
    assert door.row(LAN).counts_as == "with_reason"


def test_a_newer_absence_replaces_the_older_and_can_be_taken_back(door: Door) -> None:
    absent(door, LAN)
    absent(door, LAN, "without_reason", "")
    assert door.row(LAN).counts_as == "without_reason"
    desk.withdraw_absence(delegate_id=door.id_of(LAN), by=door.desk, clock=door.clock)
    assert door.row(LAN).state == "expected"
    with pytest.raises(Refused, match="absence_unknown"):
        desk.withdraw_absence(delegate_id=door.id_of(LAN), by=door.desk)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10_000))
def test_the_totals_of_the_list_always_add_up(door: Door, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (a test's dice)
    for step in range(8):
        person = chance.choice(people.delegates(db.session()))
        device = chance.choice([door.north, door.south, door.out])
        try:
            match chance.randrange(5):
                case 0:
                    door.scan(code_of(door, person.id), at=device)
                case 1:
                    kind = chance.choice(["with_reason", "without_reason"])
                    desk.record_absence(delegate_id=person.id, kind=kind, reason="Ốm", by=door.desk)
                case 2:
                    passes = Passing(*(chance.random() < 0.5 for _ in range(3)))
                    desk.substitute(
                        Newcomer(name=f"Người {seed} {step}", another_person=True),
                        replaced_id=person.id,
                        passes=passes,
                        admit=chance.random() < 0.5,
                        key=door.key,
                        by=door.desk,
                    )
                case 3:
                    paper.merge(
                        numbers=str(person.number), time="", accept_unknown=False, by=door.desk
                    )
                case _:
                    standing = queries.stays_of(db.session(), person.id)
                    if standing:
                        services.undo(stay_id=standing[0].id, reason="nhầm", by=door.desk)
        except (Refused, AssertionError):
            pass
        door.clock.later(minutes=1)
    listed = queries.attendance(db.session())
    assert listed.convened == (
        listed.present + listed.absent_with_reason + listed.absent_without_reason
    )
    assert listed.convened == people.roster_count(db.session()).convened == 12
    came = sum(row.arrival is not None for row in listed.rows)
    assert came == listed.present + listed.guests + listed.others
    inside = sum(row.state == "inside" for row in listed.rows)
    assert inside == len(queries.inside_ids(db.session()))


# -- the paper list --------------------------------------------------------------------------------


def merge(door: Door, numbers: str, **more: object) -> paper.PaperPreview:
    given: dict[str, object] = {"time": "", "accept_unknown": False, "by": door.desk}
    return paper.merge(numbers=numbers, clock=door.clock, **{**given, **more})  # type: ignore[arg-type]


def test_the_paper_list_is_stored_in_one_unit_with_its_time_beside_the_servers(
    door: Door,
) -> None:
    door.scan(LAN)
    numbers = ",".join(str(door.meeting.person(name).number) for name in (LAN, ANH, DUC))
    seen = paper.preview(db.session(), numbers=numbers, time="7:10", clock=door.clock)
    assert [row.person.name for row in seen.fresh] == [ANH, DUC]
    assert [row.person.name for row in seen.present] == [LAN]
    assert door.present() == 1  # a preview stores nothing
    done = merge(door, numbers, time="7:10")
    assert len(done.fresh) == 2
    arrival = door.row(ANH).arrival
    assert arrival is not None
    assert (arrival.way, arrival.at, arrival.by) == ("paper", door.clock.now, "Bàn 1")
    assert arrival.claimed_at == door.clock.now.replace(hour=0, minute=10)
    assert door.events()[-1] == "checkin:paper:merged"
    assert len(merge(door, numbers).fresh) == 0  # the same list again stores nobody


def test_unknown_numbers_store_nobody_unless_someone_has_looked(door: Door) -> None:
    with pytest.raises(Refused, match="paper_has_unknown"):
        merge(door, "1, 2, 99, hai")
    assert door.present() == 0
    done = merge(door, "1, 2, 2, 99, hai", accept_unknown=True)
    assert (len(done.fresh), done.unknown, done.unread, done.doubles) == (2, (99,), ("hai",), (2,))


def test_the_paper_does_not_admit_who_was_replaced_and_needs_at_least_a_number(door: Door) -> None:
    seat(door, LAN)
    done = merge(door, str(door.meeting.person(LAN).number))
    assert (len(done.fresh), len(done.barred)) == (0, 1)
    for empty in ("", " ,;\n"):
        with pytest.raises(Refused, match="paper_empty"):
            merge(door, empty)


def test_attendance_says_how_each_person_came(door: Door) -> None:
    door.scan(LAN)
    services.admit_by_hand(
        delegate_id=door.id_of(ANH), reason="Quên thẻ", by=door.desk, clock=door.clock
    )
    rows = {row.person.name: row for row in queries.attendance(db.session()).rows}
    lan, anh = rows[LAN].arrival, rows[ANH].arrival
    assert lan is not None
    assert anh is not None
    assert (lan.way, lan.gate, lan.by) == ("badge", "Cổng 1", "")
    assert (anh.way, anh.gate, anh.by, anh.reason) == ("hand", "", "Bàn 1", "Quên thẻ")
    assert devices.direction_of(db.session(), door.out) == "out"


def test_the_search_puts_given_names_first(door: Door) -> None:
    found = [row.person.name for row in queries.find_people(db.session(), "an")]
    assert found[:2] == ["Nguyễn Văn An", "Nguyễn Văn An"]
    assert set(found[2:4]) == {"Đỗ Văn Ánh", "Hoàng Thị Ngọc Ánh"}
    assert [row.person.number for row in queries.find_people(db.session(), "7")] == [7]
    assert queries.find_people(db.session(), "' OR 1=1 --") == []


def test_the_paper_brings_back_who_left_by_a_gate_that_told_it_late(door: Door) -> None:
    door.scan(LAN)
    left = door.clock.later(minutes=10)
    back = door.clock.later(minutes=10)
    door.clock.later(minutes=30)
    # Out at the gate that was cut off, in again by the paper; the gate's line is back first.
    late = door.scan(LAN, at=door.out, claimed=left.isoformat(), shown="out")
    assert late.outcome is rules.Outcome.LEFT
    number, time = str(door.meeting.person(LAN).number), f"{in_hall(back):%H:%M}"
    done = merge(door, number, time=time)
    assert [row.person.name for row in done.fresh] == [LAN]
    assert door.present() == 1
    # What the paper says of a moment before the leaving is nothing new.
    door.clock.later(minutes=10)
    door.scan(LAN, at=door.out)
    assert len(merge(door, number, time=time).fresh) == 0
