"""The roster, its people, flags and badges, with real commits (lessons 49: nobody twice)."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError
from support import CONVENED, GUESTS, ROSTER, ROSTER_NAME, Clock, Meeting

from kiosk import acts
from kiosk.conference import badge_code, badge_issue, queries, services
from kiosk.conference.models import Delegate
from kiosk.conference.roster.compare import as_json, compare
from kiosk.conference.roster.reader import read_roster
from kiosk.conference.roster.standing import Flags
from kiosk.core import audit
from kiosk.core.access import THE_PROGRAM, Actor
from kiosk.core.db import db, unit_of_work
from kiosk.core.errors import Refused

SECRETARY = Actor("staff", 1, "Lan")
NONE = Flags(counts_for_quorum=False, votes=False, elects=False)
ALL = Flags(counts_for_quorum=True, votes=True, elects=True)
LAN, GUEST = "Phạm Thị Lan", "Trịnh Công Thành"


@pytest.fixture
def hall(meeting: Meeting) -> Iterator[Meeting]:
    with meeting.app.app_context():
        yield meeting


@pytest.fixture
def empty(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        with unit_of_work() as session:
            session.execute(
                text(
                    "INSERT INTO conference (id, code, title, title_block, host, venue, address,"
                    " place, seated, plan, plan_file, plan_sha256)"
                    " VALUES (1, 'x', 'x', '[]', '', '', '', '', '[]', '{}', '', '')"
                )
            )
        yield app


def key() -> bytes:
    found: bytes = current_app.extensions["kiosk_keys"].badge
    return found


def roster(*people: str) -> str:
    rows = (f"{number},{name},,Văn phòng\n" for number, name in enumerate(people, start=1))
    return "STT,Họ và tên,Chức vụ,Đơn vị\n" + "".join(rows)


def load(rows: str, *, accept: bool = False) -> services.Imported:
    data = rows.encode()
    return services.import_roster(
        read_roster(data, filename="ds.csv"),
        data=data,
        accept_rejected=accept,
        key=key(),
        by=SECRETARY,
    )


def stored() -> list[queries.DelegateRow]:
    db.session.rollback()
    return sorted(queries.delegates(db.session()), key=lambda row: row.number)


def count(table: str) -> int:
    db.session.rollback()
    return int(db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


# -- importing -----------------------------------------------------------------------------------


def test_the_roster_becomes_numbered_people_with_units_flags_and_badges(hall: Meeting) -> None:
    people = stored()
    assert [row.number for row in people] == list(range(1, 14))
    assert len(people) == CONVENED + GUESTS
    total = queries.roster_count(db.session())
    assert (total.people, total.convened, total.guests, total.elects) == (13, 12, 1, 12)
    assert [unit.name for unit in queries.units(db.session())][:2] == [
        "Văn phòng HĐND và UBND phường",
        "Phòng Văn hóa - Xã hội",
    ]
    guest = next(row for row in people if row.is_guest)
    assert (guest.counts_for_quorum, guest.votes, guest.elects) == (False, False, False)
    assert len(set(hall.codes.values())) == 13
    assert all(badge_code.well_formed(code) for code in hall.codes.values())


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_same_file_again_brings_nobody_new(hall: Meeting, form: str) -> None:
    before, badges = stored(), count("badge")
    again = load(unicodedata.normalize(form, ROSTER))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 13)
    assert stored() == before
    assert count("badge") == badges
    assert count("roster_import") == 2


def test_a_file_with_rejected_rows_stores_nobody_unless_that_is_accepted(empty: Flask) -> None:
    bad = roster("Nguyễn Văn An", "", "12345", "Lê Thị Bình")
    with pytest.raises(Refused) as said:
        load(bad)
    assert said.value.code == "roster_has_rejected"
    assert said.value.facts["rejected"] >= 1
    assert (count("delegate"), count("unit"), count("roster_import"), count("badge")) == (0,) * 4
    done = load(bad, accept=True)
    assert (done.new, done.rejected) == (2, said.value.facts["rejected"])
    assert [row.name for row in stored()] == ["Nguyễn Văn An", "Lê Thị Bình"]


@pytest.mark.parametrize("where", ["issue_first_badges", "_new_badge"])
def test_an_import_that_breaks_in_the_middle_stores_nothing(
    hall: Meeting, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    before, book = stored(), count("book_line")
    real: Callable[..., Any] = getattr(badge_issue, where)
    calls = 0

    def breaks(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if where == "issue_first_badges" or calls == 3:
            raise ZeroDivisionError("in the middle")
        return real(*given, **named)

    monkeypatch.setattr(badge_issue, where, breaks)
    more = ROSTER.replace(
        "Tổng cộng",
        "V. Tổ mới,,,,,\n1,Cao Văn Ba,Ông,,E01,\n2,Cao Văn Tư,Ông,,E02,\n3,Cao Văn Năm,Ông,,E03,\n"
        "Tổng cộng",
    ).replace("Chánh Văn phòng", "Phó Chánh Văn phòng")
    with pytest.raises(ZeroDivisionError):
        load(more)
    assert stored() == before
    assert count("unit") == 4
    assert count("book_line") == book
    monkeypatch.undo()
    assert load(more).new == 3


def test_two_imports_of_the_same_file_at_once_store_it_once(empty: Flask) -> None:
    start, file = Barrier(4), roster("Nguyễn Văn An", "Lê Thị Bình", "Trần Cảnh")

    def one(_number: int) -> int:
        with empty.app_context():
            start.wait(timeout=10)
            return load(file).new

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [0, 0, 0, 3]
    assert [row.number for row in stored()] == [1, 2, 3]
    assert count("badge") == 3


def test_two_different_files_at_once_never_give_a_number_twice(empty: Flask) -> None:
    start = Barrier(6)

    def one(number: int) -> None:
        with empty.app_context():
            start.wait(timeout=10)
            load(roster(f"Nguyễn Văn A{chr(97 + number)}", f"Lê Thị B{chr(97 + number)}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    assert [row.number for row in stored()] == list(range(1, 13))
    assert count("unit") == 1
    db.session.rollback()
    assert audit.first_break(db.session()) is None


def test_a_newer_file_adds_changes_and_removes_nobody(hall: Meeting) -> None:
    lan = hall.person(LAN)
    newer = (
        ROSTER.replace("Chánh Văn phòng", "Phó Chánh Văn phòng")
        .replace("2,Đỗ Văn Ánh,Ông,Chuyên viên,A02,\n", "")
        .replace("4,Ngô Thị Sen", "4,Người Mới Đến,Ông,,C09,\n5,Ngô Thị Sen")
    )
    done = load(newer)
    assert (done.new, done.changed, done.unchanged) == (1, 1, 11)
    assert [known.name for known in done.comparison.absent] == ["Đỗ Văn Ánh"]
    people = {row.name: row for row in stored() if row.name != "Nguyễn Văn An"}
    assert people[LAN].title == "Phó Chánh Văn phòng"
    assert (people[LAN].id, people[LAN].number) == (lan.id, lan.number)
    assert people["Người Mới Đến"].number == 14
    assert "Đỗ Văn Ánh" in people
    assert len(queries.badges_in_force(db.session())) == 14


def test_once_the_conference_is_open_the_roster_stands(hall: Meeting, clock: Clock) -> None:
    with unit_of_work() as session:
        services.note_opening(session, at=clock(), by=SECRETARY, present=12, convened=12, guests=0)
    unit = queries.units(db.session())[0].id
    person = hall.person(LAN).id
    for act in (
        lambda: load(ROSTER),
        lambda: services.set_unit_flags(unit_id=unit, flags=ALL, by=SECRETARY),
        lambda: services.set_standing(
            delegate_id=person, standing="guest", flags=NONE, by=SECRETARY
        ),
        lambda: services.change_details(
            title="Khác", day="", hour="", venue="", address="", by=SECRETARY
        ),
    ):
        with pytest.raises(Refused, match="conference_already_open"):
            act()
    # A lost badge does not wait for the end of the day.
    assert (
        badge_issue.replace_badge(delegate_id=person, reason="mất thẻ", key=key(), by=SECRETARY)
        == 2
    )


def test_a_roster_without_a_conference_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(Refused, match="conference_missing"):
        load(ROSTER)


def test_the_book_says_what_an_import_did_and_names_nobody(hall: Meeting) -> None:
    line = next(
        line for line in audit.read(db.session()) if line.event == "conference:roster:imported"
    )
    assert (line.facts["new"], line.facts["changed"], line.facts["rejected"]) == (13, 0, 0)
    assert len(line.facts["sha256"]) == 64
    assert LAN not in str(line)


def test_what_a_dry_run_says_is_what_is_stored_afterwards(hall: Meeting) -> None:
    services.set_standing(
        delegate_id=hall.person(LAN).id,
        standing="delegate",
        flags=Flags(counts_for_quorum=True, votes=False, elects=False),
        by=SECRETARY,
    )
    services.set_standing(
        delegate_id=hall.person("Lê Minh Đức").id, standing="delegate", flags=NONE, by=SECRETARY
    )
    moved = ROSTER.replace("1,Lê Minh Đức,Ông,Trưởng phòng,B01,\n", "").replace(
        "IV. Khách mời", "5,Lê Minh Đức,Ông,Trưởng phòng,B01,\nIV. Khách mời"
    )
    sheet = read_roster(moved.encode(), filename=ROSTER_NAME)
    db.session.rollback()
    said = as_json(
        sheet,
        compare(queries.known_people(db.session()), sheet),
        flags=queries.flags_by_id(db.session()),
    )
    assert (said["new"], said["changed"]) == (0, 1)
    load(moved)
    found = {row.number: row for row in stored()}
    for person in said["delegates"]:
        row = found[person["number"]]
        assert (row.unit, row.standing) == (person["unit"], person["standing"])
        assert (row.counts_for_quorum, row.votes, row.elects) == (
            person["counts_for_quorum"],
            person["votes"],
            person["elects"],
        ), row.name


def test_the_command_line_takes_rejected_rows_only_when_told(empty: Flask) -> None:
    order = {
        "data": base64.b64encode(roster("Nguyễn Văn An", "", "123").encode()).decode(),
        "file": "ds.csv",
        "dry_run": False,
        "accept_rejected": False,
    }
    refused = acts.perform("roster.import", order, by=THE_PROGRAM)
    assert refused["refused"] == "roster_has_rejected"
    assert refused["preview"]["new"] == 1
    assert stored() == []
    dry = acts.perform("roster.import", {**order, "dry_run": True}, by=THE_PROGRAM)
    assert (dry["new"], stored()) == (1, [])
    done = acts.perform("roster.import", {**order, "accept_rejected": True}, by=THE_PROGRAM)
    assert (done["new"], len(stored())) == (1, 1)
    assert list(done) == [
        "new",
        "changed",
        "unchanged",
        "skipped",
        "rejected",
        "suspicious",
        "delegates",
    ]


# -- standing and flags (R2, R3) -----------------------------------------------------------------


@pytest.mark.parametrize("flag", ["counts_for_quorum", "votes", "elects"])
def test_a_guest_with_a_flag_is_refused_by_the_service_and_by_the_database(
    hall: Meeting, flag: str
) -> None:
    flags = Flags(**{**vars_of(NONE), flag: True})
    person = hall.person(GUEST).id
    with pytest.raises(Refused, match="guest_never_counts"):
        services.set_standing(delegate_id=person, standing="guest", flags=flags, by=SECRETARY)
    with pytest.raises(IntegrityError, match="guests_never_count"), unit_of_work() as session:
        session.execute(update(Delegate).where(Delegate.id == person).values({flag: True}))
    with pytest.raises(IntegrityError, match="standing_known"), unit_of_work() as session:
        session.execute(update(Delegate).where(Delegate.id == person).values(standing="teller"))


def vars_of(flags: Flags) -> dict[str, bool]:
    return {
        "counts_for_quorum": flags.counts_for_quorum,
        "votes": flags.votes,
        "elects": flags.elects,
    }


def test_a_unit_is_set_as_one_but_guests_and_those_set_by_hand_stay(hall: Meeting) -> None:
    lan = hall.person(LAN)
    services.set_standing(delegate_id=lan.id, standing="delegate", flags=NONE, by=SECRETARY)
    with unit_of_work() as session:
        session.execute(update(Delegate).where(Delegate.name == GUEST).values(unit_id=lan.unit_id))
    only_elects = Flags(counts_for_quorum=False, votes=False, elects=True)
    assert services.set_unit_flags(unit_id=lan.unit_id, flags=only_elects, by=SECRETARY) == 3
    people = {row.name: row for row in stored() if row.unit_id == lan.unit_id}
    assert vars_of_row(people[LAN]) == vars_of(NONE)
    assert vars_of_row(people[GUEST]) == vars_of(NONE)
    assert vars_of_row(people["Đỗ Văn Ánh"]) == vars_of(only_elects)
    with pytest.raises(Refused, match="unit_unknown"):
        services.set_unit_flags(unit_id=99, flags=ALL, by=SECRETARY)


def vars_of_row(row: queries.DelegateRow) -> dict[str, bool]:
    return {
        "counts_for_quorum": row.counts_for_quorum,
        "votes": row.votes,
        "elects": row.elects,
    }


def test_flags_set_by_hand_survive_the_same_file(hall: Meeting) -> None:
    services.set_standing(
        delegate_id=hall.person(LAN).id, standing="guest", flags=NONE, by=SECRETARY
    )
    load(ROSTER.replace("Chánh Văn phòng", "Phó Chánh Văn phòng"))
    lan = next(row for row in stored() if row.name == LAN)
    assert (lan.standing, lan.title) == ("guest", "Phó Chánh Văn phòng")
    assert vars_of_row(lan) == vars_of(NONE)


def test_unknown_people_and_standings_are_refused(hall: Meeting) -> None:
    with pytest.raises(Refused, match="delegate_unknown"):
        services.set_standing(delegate_id=999, standing="guest", flags=NONE, by=SECRETARY)
    with pytest.raises(Refused, match="standing_unknown"):
        services.set_standing(delegate_id=1, standing="vip", flags=NONE, by=SECRETARY)


# -- badges --------------------------------------------------------------------------------------


def test_a_replaced_badge_is_another_code_and_one_is_in_force(hall: Meeting) -> None:
    lan = hall.person(LAN).id
    for issue in (2, 3):
        assert (
            badge_issue.replace_badge(delegate_id=lan, reason="mất thẻ", key=key(), by=SECRETARY)
            == issue
        )
    db.session.rollback()
    badges = queries.badges_of(db.session(), lan)
    assert [badge.issue for badge in badges] == [3, 2, 1]
    assert [badge.revoked_at is None for badge in badges] == [True, False, False]
    assert {badge.revoke_reason for badge in badges[1:]} == {"mất thẻ"}
    printed = {
        face["name"]: face["code"] for face in badge_issue.badge_faces(db.session(), key=key())
    }
    assert printed[LAN] == badge_code.derive(key(), delegate_id=lan, issue=3)
    assert printed[LAN] != hall.codes[lan]


@pytest.mark.parametrize("reason", ["", "  ", "ab", "\0\0\0\0"])
def test_a_new_badge_needs_a_reason(hall: Meeting, reason: str) -> None:
    with pytest.raises(Refused, match="badge_reason_missing"):
        badge_issue.replace_badge(delegate_id=1, reason=reason, key=key(), by=SECRETARY)
    assert count("badge") == 13


def test_ten_desks_replacing_one_badge_leave_one_in_force(hall: Meeting) -> None:
    lan, start = hall.person(LAN).id, Barrier(10)

    def desk(_number: int) -> int:
        with hall.app.app_context():
            start.wait(timeout=10)
            return badge_issue.replace_badge(
                delegate_id=lan, reason="mất thẻ", key=key(), by=SECRETARY
            )

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(desk, range(10))) == list(range(2, 12))
    db.session.rollback()
    in_force = [each for each in queries.badges_of(db.session(), lan) if each.revoked_at is None]
    assert [each.issue for each in in_force] == [11]


def test_the_database_itself_keeps_one_badge_in_force(hall: Meeting) -> None:
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(
            text(
                "INSERT INTO badge (delegate_id, issue, attempt, code_hash, issued_at,"
                " revoke_reason) VALUES (1, 9, 0, x'00', '2026-03-12', '')"
            )
        )


def test_two_people_with_the_same_twelve_digits_get_different_badges(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = badge_code.derive

    def poor(key_: bytes, *, delegate_id: int, issue: int, attempt: int = 0) -> str:
        # A key so unlucky that everyone's first and second try is the same.
        who = 0 if attempt < 2 else delegate_id
        return real(key_, delegate_id=who, issue=issue, attempt=attempt)

    monkeypatch.setattr(badge_code, "derive", poor)
    load(roster("Nguyễn Văn An", "Lê Thị Bình", "Trần Cảnh"))
    db.session.rollback()
    attempts = sorted(badge.attempt for badge in queries.badges_in_force(db.session()))
    assert attempts == [0, 1, 2]
    faces = badge_issue.badge_faces(db.session(), key=key())
    assert len({face["code"] for face in faces}) == 3
    for face in faces:
        holder = queries.badge_holder(db.session(), badge_code.stored_hash(key(), face["code"]))
        assert holder is not None
        assert holder.name == face["name"]


def test_an_empty_roster_prints_no_badges(empty: Flask) -> None:
    with pytest.raises(Refused, match="no_badges"):
        badge_issue.badge_faces(db.session(), key=key())


def test_a_number_is_unique_in_the_database(hall: Meeting) -> None:
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(
            insert(Delegate).values(
                number=1,
                name="Ai đó",
                sort_key="a",
                search_key="ai do",
                unit_id=1,
                standing="delegate",
                counts_for_quorum=True,
                votes=True,
                elects=True,
            )
        )


# -- the meeting ---------------------------------------------------------------------------------


def details(**more: str) -> None:
    form = {"title": "Hội nghị", "day": "", "hour": "", "venue": "", "address": ""}
    services.change_details(**{**form, **more}, by=SECRETARY)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "", "title_missing"),
        ("title", "\0 \u200b", "title_missing"),
        ("title", "x" * 301, "text_too_long"),
        ("day", "30/02/2026", "day_wrong"),
        ("hour", "25:00", "hour_wrong"),
        ("venue", "x" * 301, "text_too_long"),
        ("address", "x" * 1_000_000, "text_too_long"),
    ],
)
def test_wrong_details_change_nothing(hall: Meeting, field: str, value: str, code: str) -> None:
    before = queries.conference(db.session())
    with pytest.raises(Refused, match=code):
        details(**{field: value})
    db.session.rollback()
    assert queries.conference(db.session()) == before


def test_details_are_tidied_and_stored(hall: Meeting) -> None:
    details(
        title=unicodedata.normalize("NFD", " Hội  nghị\u00a0mới "), day="12/3/2026", hour="8h00"
    )
    db.session.rollback()
    found = queries.conference(db.session())
    assert (found.title, str(found.day), found.hour) == ("Hội nghị mới", "2026-03-12", "08:00")


def test_there_is_one_conference_in_one_database(hall: Meeting) -> None:
    with pytest.raises(IntegrityError, match="only_one"), unit_of_work() as session:
        session.execute(
            text(
                "INSERT INTO conference (id, code, title, title_block, host, venue, address,"
                " place, seated, plan, plan_file, plan_sha256)"
                " VALUES (2, 'x', 'x', '[]', '', '', '', '', '[]', '{}', '', '')"
            )
        )


def test_people_are_found_without_marks_and_listed_in_vietnamese_order(hall: Meeting) -> None:
    session = db.session()
    names = [row.name for row in queries.delegates(session, search="nguyen an")]
    assert names == ["Nguyễn Văn An", "Nguyễn Văn An"]
    assert [row.name for row in queries.delegates(session, search="ĐỖ ánh")] == ["Đỗ Văn Ánh"]
    office = [row.name for row in queries.delegates(session, unit_id=1)]
    assert office == ["Đỗ Văn Ánh", "Trần Quốc Bảo", LAN, "Nguyễn Thị Hồng Nhung"]
