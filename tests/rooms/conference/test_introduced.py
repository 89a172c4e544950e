"""Who is introduced at the opening: one truth for wall, the chair's words and the plan's page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from support import Browser, Meeting

from kiosk.agenda import queries as agenda
from kiosk.agenda import script
from kiosk.agenda import services as walk
from kiosk.checkin import services as checkin
from kiosk.conference import committees, introduced, rules
from kiosk.conference.committees import Committee
from kiosk.conference.models import Conference, Delegate
from kiosk.core.access import Actor, Role
from kiosk.core.clock import utc_now
from kiosk.core.db import db, unit_of_work
from kiosk.projector.screens import wall

LAN = Actor(kind="staff", id=1, name="Lan")
SIGNER = "Phạm Thị Thanh Vân"
HEAD, MEMBER, CLERK = "Phạm Thị Lan", "Lê Minh Đức", "Ngô Thị Sen"


def type_in(app: Flask, *lines: str) -> None:
    with app.app_context(), unit_of_work() as session:
        seated = rules.seated_of("\n".join(lines))
        session.execute(update(Conference).values(seated=seated))


def seat(meeting: Meeting, body: Committee, name: str) -> int:
    with meeting.app.app_context():
        committees.add_member(committee=body, delegate_id=meeting.person(name).id, by=LAN)
        db.session.rollback()
        return committees.members(db.session(), body)[-1].id


def fill(meeting: Meeting) -> None:
    """A chair who is not the first, a member, a secretary."""
    seat(meeting, Committee.PRESIDIUM, MEMBER)
    head = seat(meeting, Committee.PRESIDIUM, HEAD)
    seat(meeting, Committee.SECRETARIES, CLERK)
    seat(meeting, Committee.TELLERS, "Trần Quốc Bảo")
    with meeting.app.app_context():
        committees.make_head(member_id=head, by=LAN)


def names(app: Flask) -> list[str]:
    with app.app_context():
        return [each.name for each in introduced.introductions(db.session()).people]


def on_the_wall(meeting: Meeting) -> list[str]:
    with meeting.app.app_context():
        shown = wall(db.session(), utc_now()).introduced
        return [each.name for each in shown.people] if shown is not None else []


def start_the_opening(meeting: Meeting) -> None:
    with meeting.app.app_context():
        for person in meeting.delegates[:12]:
            checkin.admit_by_hand(delegate_id=person.id, reason="Quên thẻ", by=LAN)
        walk.open_conference(by=LAN)
        walk.next_item(seen=None, by=LAN)


@pytest.mark.parametrize(
    ("capacity", "body"),
    [
        ("Chủ tọa", "presidium"),
        ("Chủ toạ Hội nghị", "presidium"),
        ("Đoàn Chủ tịch", "presidium"),
        ("thành viên đoàn chủ tịch", "presidium"),
        ("Thư ký", "secretaries"),
        ("Tổ thư ký Hội nghị", "secretaries"),
        ("Chủ tịch UBMTTQ phường", ""),
        ("Chủ tịch UBND phường", ""),
        ("Bí thư Đảng ủy", ""),
        ("", ""),
    ],
)
def test_a_typed_line_stands_for_a_body_only_by_the_bodys_own_name(
    capacity: str, body: str
) -> None:
    assert rules.body_of_capacity(capacity) == body


def test_without_committees_the_typed_lines_are_introduced_and_the_signer_presides(
    meeting: Meeting,
) -> None:
    assert names(meeting.app) == [SIGNER]
    type_in(meeting.app, "Trịnh Công Thành - Khách mời", f"{SIGNER} - Chủ tọa")
    assert names(meeting.app) == [SIGNER, "Trịnh Công Thành"]


def test_committees_come_first_and_overtake_the_lines_that_stood_for_them(
    meeting: Meeting,
) -> None:
    type_in(
        meeting.app,
        f"{SIGNER} - Chủ tọa",
        "LÊ MINH ĐỨC - Trưởng phòng",
        "Hoàng Thế Vinh - Thư ký",
        "Trịnh Công Thành - Phó Chủ tịch UBMTTQ",
    )
    seat(meeting, Committee.PRESIDIUM, MEMBER)
    # Nobody is on the secretaries yet: the typed one still stands.
    assert names(meeting.app) == [MEMBER, "Hoàng Thế Vinh", "Trịnh Công Thành"]
    seat(meeting, Committee.SECRETARIES, CLERK)
    assert names(meeting.app) == [MEMBER, CLERK, "Trịnh Công Thành"]
    with meeting.app.app_context():
        left_out = introduced.introductions(db.session()).left_out
    assert [name for name, _ in left_out] == [SIGNER, "LÊ MINH ĐỨC", "Hoàng Thế Vinh"]


def test_the_wall_the_words_and_the_plans_page_say_the_same(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    type_in(meeting.app, f"{SIGNER} - Chủ tọa", "Trịnh Công Thành - Phó Chủ tịch UBMTTQ")
    fill(meeting)
    expected = [MEMBER, HEAD, CLERK, "Trịnh Công Thành"]
    assert names(meeting.app) == expected
    secretary = signed_in(Role.SECRETARY)
    plan = secretary.get("/console/plan").get_data(as_text=True)
    listed = plan[plan.index('id="introduced"') :]
    places = [listed.index(f"<strong>{name}</strong>") for name in expected]
    assert places == sorted(places)
    assert f"{SIGNER} (Chủ tọa)" in listed

    assert on_the_wall(meeting) == []  # not before the opening item is on
    start_the_opening(meeting)
    assert on_the_wall(meeting) == expected
    shown = secretary.get("/projector").get_data(as_text=True)
    assert f"<strong>{HEAD}</strong>Chủ tọa, Chánh Văn phòng" in shown
    assert f"<strong>{CLERK}</strong>Thư ký, Nhân viên" in shown
    assert SIGNER not in shown

    with meeting.app.app_context():
        session = db.session()
        opening = agenda.items(session)[0]
        words = script.words_of(session, opening.id).text
    assert (
        f"Đoàn Chủ tịch gồm ông {MEMBER}, Trưởng phòng; bà {HEAD}, Chánh Văn phòng, chủ tọa."
        in words
    )
    assert f"Thư ký gồm bà {CLERK}, Nhân viên." in words
    assert "Trịnh Công Thành, Phó Chủ tịch UBMTTQ." in words
    assert SIGNER not in words
    assert "{" not in words


def test_the_typed_lines_stand_one_below_the_other_and_are_saved_as_they_were(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    lines = ["Nguyễn Quốc Hội - Bí thư Đảng ủy", "Trần Thị Khách", "Lê Xa - Sở Nội vụ"]
    type_in(meeting.app, *lines)
    page = signed_in(Role.SECRETARY).get("/console/plan").get_data(as_text=True)
    field = re.search(r'name="seated"[^>]*>(.*?)</textarea>', page, re.S)
    assert field is not None
    assert field[1].splitlines() == lines


def test_with_nobody_chosen_the_words_are_the_usual_ones(meeting: Meeting) -> None:
    type_in(meeting.app)
    with meeting.app.app_context():
        session = db.session()
        words = script.words_of(session, agenda.items(session)[0].id).text
    assert "xin giới thiệu Đoàn Chủ tịch. Giúp việc cho Đoàn Chủ tịch có Thư ký." in words
    assert "{" not in words


def test_a_change_of_the_bodies_reaches_the_wall_and_the_words_by_the_stream(
    meeting: Meeting,
) -> None:
    topics = meeting.app.extensions["kiosk_live"].topics
    for name in ("wall", "preview", "script"):
        assert "committees" in topics[name].facts


def test_more_people_than_the_wall_holds_end_in_a_number(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    type_in(meeting.app, *(f"Khách Số{number}" for number in range(10)))
    for person in meeting.delegates[:12]:
        if person.name != "Nguyễn Văn An":
            seat(meeting, Committee.PRESIDIUM, person.name)
    start_the_opening(meeting)
    shown = signed_in(Role.CHAIR).get("/projector").get_data(as_text=True)
    assert shown[shown.index('class="seated') :].count("<li>") == 14
    assert "và 7 người khác" in shown


def test_the_plans_signer_is_suggested_while_the_presidium_is_empty(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    secretary = signed_in(Role.SECRETARY)
    page = secretary.get("/console/committees").get_data(as_text=True)
    assert f"Người ký kế hoạch là {SIGNER}, chưa có trong danh sách đại biểu." in page
    with meeting.app.app_context(), unit_of_work() as session:
        session.execute(
            update(Delegate)
            .where(Delegate.id == meeting.person(HEAD).id)
            .values(name=SIGNER.upper())
        )
    page = secretary.get("/console/committees").get_data(as_text=True)
    suggested = page[page.index('id="suggested"') :]
    assert f"/console/committees/presidium/add/{meeting.person(HEAD).id}" in suggested
    assert "Gợi ý: người ký kế hoạch" in suggested
    answer = secretary.post(f"/console/committees/presidium/add/{meeting.person(HEAD).id}", {})
    assert answer.status_code in {200, 204}
    page = secretary.get("/console/committees").get_data(as_text=True)
    assert 'id="suggested"' not in page
