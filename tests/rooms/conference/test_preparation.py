"""The checklist of the plan, the bodies that run the day, and who may not stand for the board."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from support import Browser, Clock, Meeting

from kiosk.agenda import plan_import
from kiosk.conference import bars, committees, duties, rules
from kiosk.conference.committees import Committee
from kiosk.conference.plan.model import Duty, Plan
from kiosk.conference.plan.reader import read_plan
from kiosk.conference.rules import Bar
from kiosk.core import audit
from kiosk.core.access import Actor, Role
from kiosk.core.db import db, unit_of_work
from kiosk.core.errors import Refused
from kiosk.founding import real_plan

LAN = Actor(kind="staff", id=1, name="Lan")


def book(app: Flask, prefix: str) -> list[str]:
    with app.app_context():
        db.session.rollback()
        return [line.event for line in audit.read(db.session()) if line.event.startswith(prefix)]


def checklist(app: Flask) -> duties.Checklist:
    with app.app_context():
        db.session.rollback()
        return duties.checklist(db.session())


# -- duties ----------------------------------------------------------------------------------


def plan() -> Plan:
    name, data = real_plan()
    return read_plan(data, filename=name)


def take(app: Flask, wanted: Plan) -> None:
    with app.app_context():
        plan_import.import_plan(wanted, file_name="x.txt", sha256="0" * 64, by=LAN)


def test_the_real_plan_makes_a_checklist_of_fourteen_in_four_units(meeting: Meeting) -> None:
    made = checklist(meeting.app)
    assert [len(rows) for _, rows in made.units] == [6, 5, 2, 1]
    assert made.done == 0


def test_a_newer_plan_keeps_what_is_done_where_the_text_is_the_same(
    meeting: Meeting, clock: Clock
) -> None:
    app = meeting.app
    first, second, *_ = checklist(app).duties
    with app.app_context():
        duties.assign(duty_id=first.id, owner=" chị  Lan ", due="10/03/2026", by=LAN, clock=clock)
        duties.set_done(duty_id=first.id, done=True, by=LAN, clock=clock)
        duties.set_done(duty_id=second.id, done=True, by=LAN, clock=clock)
    old = plan()
    group = old.duties[0]
    changed = Duty(group.unit.upper(), (group.items[0].upper(), "Việc khác", *group.items[2:]))
    take(app, replace(old, duties=(old.duties[1], changed)))
    now = checklist(app)
    assert [len(rows) for _, rows in now.units] == [5, 6]
    kept = next(row for row in now.duties if row.id == first.id)
    assert (kept.owner, kept.due, kept.done_at, kept.done_by) == (
        "chị Lan",
        date(2026, 3, 10),
        clock.now,
        "staff:1",
    )
    assert second.id not in {row.id for row in now.duties}
    assert now.done == 1


def test_two_duties_of_one_text_are_two(meeting: Meeting) -> None:
    take(meeting.app, replace(plan(), duties=(Duty("A", ("x", "x")),)))
    first, second = checklist(meeting.app).duties
    with meeting.app.app_context():
        duties.set_done(duty_id=second.id, done=True, by=LAN)
    take(meeting.app, replace(plan(), duties=(Duty("A", ("x", "x", "y")),)))
    assert [row.id for row in checklist(meeting.app).duties][:2] == [first.id, second.id]


def test_a_tick_twice_is_one_line_in_the_book_and_can_be_taken_back(meeting: Meeting) -> None:
    app = meeting.app
    (first, *_) = checklist(app).duties
    with app.app_context():
        for done in (True, True, False, False):
            duties.set_done(duty_id=first.id, done=done, by=LAN)
    assert book(app, "conference:duty") == [
        "conference:duty:done",
        "conference:duty:opened_again",
    ]
    assert checklist(app).duties[0].done_by == ""


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"owner": "x" * 201, "due": ""}, "text_too_long"),
        ({"owner": "", "due": "31/02/2026"}, "day_wrong"),
        ({"owner": "", "due": "hôm qua"}, "day_wrong"),
    ],
)
def test_a_duty_form_that_is_wrong_gets_one_sentence(
    meeting: Meeting, signed_in: Callable[..., Browser], form: dict[str, str], code: str
) -> None:
    (first, *_) = checklist(meeting.app).duties
    answer = signed_in(Role.SECRETARY).post(f"/console/duties/{first.id}", form)
    assert answer.status_code == 422
    assert code in answer.get_data(as_text=True)
    assert checklist(meeting.app).duties[0] == first


def test_an_act_on_a_duty_draws_its_own_line_and_the_count(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    (first, *_) = checklist(meeting.app).duties
    form = {"owner": "<script>alert(1)</script>", "due": "10/03/2026"}
    html = secretary.post(f"/console/duties/{first.id}", form).get_data(as_text=True)
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    html = secretary.post(f"/console/duties/{first.id}/done", {"done": "1"}).get_data(as_text=True)
    assert html.count("<li") == 1
    assert "xong 1 trên 14" in html
    assert 'hx-swap-oob="true"' in html
    assert secretary.post("/console/duties/999/done", {"done": "1"}).status_code == 422
    page = secretary.get("/console/plan").get_data(as_text=True)
    assert "xong 1 trên 14" in page
    chair = signed_in(Role.CHAIR)
    assert "xong 1 trên 14" in chair.get("/console/plan").get_data(as_text=True)
    assert chair.post(f"/console/duties/{first.id}/done", {"done": "0"}).status_code == 403


# -- committees ------------------------------------------------------------------------------


def seated(app: Flask, body: Committee) -> list[tuple[str, bool]]:
    with app.app_context():
        db.session.rollback()
        return [(row.name, row.is_head) for row in committees.members(db.session(), body)]


def seat(meeting: Meeting, body: Committee, *names: str) -> None:
    with meeting.app.app_context():
        for name in names:
            committees.add_member(committee=body, delegate_id=meeting.person(name).id, by=LAN)


def member_id(app: Flask, name: str) -> int:
    with app.app_context():
        db.session.rollback()
        return next(row.id for row in committees.members(db.session()) if row.name == name)


THREE = ("Phạm Thị Lan", "Lê Minh Đức", "Ngô Thị Sen")


def test_people_sit_in_their_order_under_one_head(meeting: Meeting) -> None:
    app = meeting.app
    seat(meeting, Committee.TELLERS, *THREE)
    with app.app_context():
        committees.make_head(member_id=member_id(app, "Lê Minh Đức"), by=LAN)
        committees.make_head(member_id=member_id(app, "Ngô Thị Sen"), by=LAN)
        committees.move_member(member_id=member_id(app, "Ngô Thị Sen"), up=True, by=LAN)
        committees.move_member(member_id=member_id(app, "Phạm Thị Lan"), up=True, by=LAN)
    assert seated(app, Committee.TELLERS) == [
        ("Phạm Thị Lan", False),
        ("Ngô Thị Sen", True),
        ("Lê Minh Đức", False),
    ]
    assert seated(app, Committee.PRESIDIUM) == []
    assert book(app, "conference:committee") == [
        *["conference:committee:member_added"] * 3,
        *["conference:committee:head_set"] * 2,
        "conference:committee:member_moved",
    ]


def test_nobody_sits_twice_on_one_body_but_may_come_back(meeting: Meeting) -> None:
    app = meeting.app
    seat(meeting, Committee.PRESIDIUM, "Phạm Thị Lan")
    with pytest.raises(Refused) as refusal:
        seat(meeting, Committee.PRESIDIUM, "Phạm Thị Lan")
    assert refusal.value.code == "committee_member_twice"
    seat(meeting, Committee.SECRETARIES, "Phạm Thị Lan")
    with app.app_context():
        first = next(row.id for row in committees.members(db.session(), Committee.PRESIDIUM))
        committees.end_member(member_id=first, by=LAN)
        with pytest.raises(Refused, match="committee_member_unknown"):
            committees.end_member(member_id=first, by=LAN)
    seat(meeting, Committee.PRESIDIUM, "Phạm Thị Lan")
    assert seated(app, Committee.PRESIDIUM) == [("Phạm Thị Lan", False)]


def test_two_secretaries_at_once_seat_a_person_once(meeting: Meeting) -> None:
    said: list[str] = []

    def one() -> None:
        try:
            seat(meeting, Committee.TELLERS, "Lê Minh Đức")
            said.append("done")
        except Refused as refused:
            said.append(refused.code)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["committee_member_twice", "done"]


def test_nothing_moves_after_the_end(meeting: Meeting) -> None:
    app = meeting.app
    seat(meeting, Committee.TELLERS, "Lê Minh Đức")
    with app.app_context():
        with unit_of_work() as session:
            session.execute(
                text(
                    "UPDATE conference SET opened_at = '2026-03-12 01:00:00',"
                    " ended_at = '2026-03-12 04:00:00'"
                )
            )
        with pytest.raises(Refused, match="conference_ended"):
            committees.end_member(member_id=member_id(app, "Lê Minh Đức"), by=LAN)
        with pytest.raises(Refused, match="conference_ended"):
            bars.set_bar(delegate_id=1, bar="head", by=LAN)


def test_the_page_finds_people_without_marks_and_leaves_out_who_sits_there(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    seat(meeting, Committee.TELLERS, "Lê Minh Đức")
    found = secretary.get("/console/committees/tellers/find?q=minh duc").get_data(as_text=True)
    assert "Không thấy ai" in found
    found = secretary.get("/console/committees/presidium/find?q=minh duc").get_data(as_text=True)
    assert "Lê Minh Đức" in found
    assert (
        secretary.get("/console/committees/presidium/find?q=").get_data(as_text=True).strip() == ""
    )
    assert secretary.get("/console/committees/kitchen/find?q=a").status_code == 422
    person = meeting.person("Ngô Thị Sen").id
    assert secretary.post(f"/console/committees/presidium/add/{person}").status_code == 204
    assert secretary.post(f"/console/committees/presidium/add/{person}").status_code == 409
    assert secretary.post("/console/committees/presidium/add/999").status_code == 422
    page = secretary.get("/console/committees").get_data(as_text=True)
    assert "Đoàn Chủ tịch" in page
    assert "Ngô Thị Sen" in page


@pytest.mark.parametrize("role", [Role.DESK])
def test_the_page_is_closed_to_the_desk(
    meeting: Meeting, signed_in: Callable[..., Browser], role: str
) -> None:
    assert signed_in(role).get("/console/committees").status_code == 403


def test_the_chair_looks_and_does_not_touch(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    chair = signed_in(Role.CHAIR)
    seat(meeting, Committee.TELLERS, "Lê Minh Đức")
    page = chair.get("/console/committees").get_data(as_text=True)
    assert "Lê Minh Đức" in page
    assert "hx-post" not in page
    assert chair.post("/console/committees/presidium/add/1").status_code == 403


# -- who may not stand (R7) ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "bar"),
    [
        ("Chủ tịch UBND phường", Bar.HEAD),
        ("CHỦ TỊCH", Bar.HEAD),
        ("Phó Bí thư Đảng uỷ, Chủ tịch UBND phường", Bar.HEAD),
        ("Phó Chủ tịch HĐND phường", Bar.DEPUTY_HEAD),
        ("PCT UBND phường", Bar.DEPUTY_HEAD),
        ("Phó Thủ trưởng cơ quan", Bar.DEPUTY_HEAD),
        ("Phó CT UBND phường", Bar.DEPUTY_HEAD),
        ("P.CT HĐND phường", Bar.DEPUTY_HEAD),
        ("P. Chủ tịch UBND", Bar.DEPUTY_HEAD),
        ("CT UBND phường", Bar.HEAD),
        ("Chủ tịch UBND phường, Chủ tịch Hội Chữ thập đỏ", Bar.HEAD),
        ("Chủ tịch Hội Nông dân kiêm Phó Chủ tịch HĐND", Bar.DEPUTY_HEAD),
        ("KTT", Bar.CHIEF_ACCOUNTANT),
        ("Chủ tịch Hội Khuyến học phường", None),
        ("Chủ tịch Hội đồng trường", None),
        ("Chủ tịch Hội đồng nhân dân", Bar.HEAD),
        ("Trưởng phòng CT", None),
        ("Kế toán trưởng", Bar.CHIEF_ACCOUNTANT),
        ("Phó phòng, phụ trách kế toán", Bar.CHIEF_ACCOUNTANT),
        ("Chủ tịch Hội Nông dân phường", None),
        ("Phó Chủ tịch UBMTTQ phường", None),
        ("Chủ tịch Công đoàn", None),
        ("Trưởng phòng", None),
        ("Phó Chánh Văn phòng", None),
        ("Kế toán", None),
        ("Chuyên viên", None),
        ("", None),
    ],
)
def test_a_title_suggests_a_bar(title: str, bar: Bar | None) -> None:
    assert rules.suggested_bar(title) is bar


@given(st.text(max_size=60))
def test_a_suggestion_does_not_depend_on_case(title: str) -> None:
    assert rules.suggested_bar(title) in {None, Bar.HEAD, Bar.DEPUTY_HEAD, Bar.CHIEF_ACCOUNTANT}
    assert rules.suggested_bar(f"Chủ tịch UBND {title.upper()}") is rules.suggested_bar(
        f"CHỦ TỊCH UBND {title.upper()}"
    )


def test_a_suggestion_bars_nobody_until_a_person_says_so(
    meeting: Meeting, signed_in: Callable[..., Browser], clock: Clock
) -> None:
    app = meeting.app
    lan = meeting.person("Phạm Thị Lan").id
    with app.app_context():
        with unit_of_work() as session:
            session.execute(
                text("UPDATE delegate SET title = 'Phó Chủ tịch UBND phường' WHERE id = :id"),
                {"id": lan},
            )
        db.session.rollback()
        (row,) = bars.bars(db.session())
        assert (row.suggestion, row.decided) == (Bar.DEPUTY_HEAD, None)
        assert bars.barred(db.session()) == {}
    secretary = signed_in(Role.SECRETARY)
    assert "Gợi ý: Cấp phó" in secretary.get("/console/committees").get_data(as_text=True)
    answer = secretary.post(f"/console/delegates/{lan}/bar", {"bar": "deputy_head"})
    assert answer.status_code == 204
    with app.app_context():
        db.session.rollback()
        assert bars.barred(db.session()) == {lan: Bar.DEPUTY_HEAD}
        (row,) = bars.bars(db.session())
        assert row.decided_at is not None
        assert row.decided_by.startswith("staff:")
    assert secretary.post(f"/console/delegates/{lan}/bar", {"bar": "none"}).status_code == 204
    with app.app_context():
        db.session.rollback()
        assert bars.barred(db.session()) == {}
        assert bars.bars(db.session())[0].decided is Bar.NONE
    assert book(app, "conference:bar") == ["conference:bar:set"] * 2


@pytest.mark.parametrize("bar", ["", "king", "<script>", "HEAD"])
def test_a_bar_that_is_none_is_refused(
    meeting: Meeting, signed_in: Callable[..., Browser], bar: str
) -> None:
    secretary = signed_in(Role.SECRETARY)
    answer = secretary.post("/console/delegates/1/bar", {"bar": bar})
    assert answer.status_code == 422
    assert "bar_unknown" in answer.get_data(as_text=True)
    assert secretary.post("/console/delegates/999/bar", {"bar": "head"}).status_code == 422


def test_somebody_whose_title_suggests_nothing_is_found_and_barred(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    bao = meeting.person("Trần Quốc Bảo")
    found = secretary.get("/console/bars/find?q=quoc bao").get_data(as_text=True)
    assert f"/console/delegates/{bao.id}/bar" in found
    assert secretary.get("/console/bars/find?q=").get_data(as_text=True).strip() == ""
    # A guest is no candidate anyway; without a reason nothing is stored.
    assert "Trịnh" not in secretary.get("/console/bars/find?q=trinh").get_data(as_text=True)
    assert secretary.post(f"/console/delegates/{bao.id}/bar", {"bar": ""}).status_code == 422
    answer = secretary.post(f"/console/delegates/{bao.id}/bar", {"bar": "chief_accountant"})
    assert answer.status_code == 204
    with meeting.app.app_context():
        db.session.rollback()
        assert bars.barred(db.session()) == {bao.id: Bar.CHIEF_ACCOUNTANT}
    assert "Trần Quốc Bảo" in secretary.get("/console/committees").get_data(as_text=True)
    assert "Bảo" not in secretary.get("/console/bars/find?q=quoc bao").get_data(as_text=True)
    assert signed_in(Role.DESK).get("/console/bars/find?q=bao").status_code == 403


def test_whoever_sits_on_a_body_already_is_not_called_unknown(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    sen = meeting.person("Ngô Thị Sen")
    secretary.post(f"/console/committees/tellers/add/{sen.id}")
    found = secretary.get("/console/committees/tellers/find?q=sen").get_data(as_text=True)
    assert "đã có trong ban này" in found
    found = secretary.get("/console/committees/tellers/find?q=nobody").get_data(as_text=True)
    assert "Không thấy ai tên như vậy" in found
