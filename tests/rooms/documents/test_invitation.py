"""D1 Giấy mời: what the letters say, how they lie on the page, and that a gate can read them."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import paper_reading as reading
import pytest
from conference_day import LAN, Day
from sqlalchemy import update

from kiosk.conference import badge_code, committees
from kiosk.conference.committees import Committee
from kiosk.conference.models import Conference, Delegate
from kiosk.core.db import unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.jobs import run_job
from kiosk.documents import invitation
from kiosk.documents.invitation import Invitations


def letters(day: Day, **options: object) -> Invitations:
    return invitation.facts(
        day.session,
        **{"key": day.key, "rehearsal": False, **options},  # type: ignore[arg-type]
    )


def made(found: Invitations) -> bytes:
    return invitation.job(invitation.payload(found), lambda done, total: None)


def change(day: Day, model: type, where: object, **values: object) -> None:
    with unit_of_work() as session:
        session.execute(update(model).where(where).values(**values))  # type: ignore[arg-type]


def test_everyone_gets_a_letter_in_the_order_of_the_list(day: Day) -> None:
    found = letters(day)
    assert [each.name for each in found.people] == [row.name for row in day.meeting.delegates]
    assert {each.code for each in found.people} == set(day.meeting.codes.values())


def test_a_letter_says_what_the_conference_and_the_plan_say(day: Day) -> None:
    found = letters(day)
    assert found.subject.startswith("Dự Hội nghị cán bộ, công chức")
    assert found.office == "Ủy ban nhân dân phường Hải Dương"
    assert found.head.office == ("ỦY BAN NHÂN DÂN", "PHƯỜNG HẢI DƯƠNG")
    assert found.head.symbol == "GM-UBND"
    assert found.time == "08 giờ 00 phút, thứ Năm, ngày 12 tháng 3 năm 2026"
    assert "Đảng ủy - HĐND - UBND phường, số 106" in found.venue
    assert found.signature.capacity == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    assert found.signature.name == "Phạm Thị Thanh Vân"
    assert found.recipients == ("Như trên", "Lưu: VT, VP")
    assert found.chair == "Phạm Thị Thanh Vân, Chủ tịch Ủy ban nhân dân phường Hải Dương"
    assert "bầu Ban Thanh tra nhân dân" in found.content


def test_delegate_and_guest_are_told_in_which_capacity_they_come(day: Day) -> None:
    people = {each.name: each for each in letters(day).people}
    lan = people["Phạm Thị Lan"]
    assert (lan.address, lan.called, lan.seat) == ("Bà", "bà", "A01")
    assert lan.standing == f"Đại biểu số {day.meeting.person('Phạm Thị Lan').number}"
    guest = people["Trịnh Công Thành"]
    assert guest.standing == "Khách mời"
    # "Khách mời" is a heading of the roster and nobody's office.
    assert guest.unit == ""


def test_the_clerk_dates_the_letter_unless_a_day_is_named(day: Day) -> None:
    assert letters(day).head.dated == "Hải Dương, ngày …… tháng …… năm 2026"
    dated = letters(day, dated=date(2026, 2, 3))
    assert dated.head.dated == "Hải Dương, ngày 03 tháng 02 năm 2026"


def test_one_unit_and_one_person_can_be_printed_alone(day: Day) -> None:
    person = day.meeting.person("Vũ Thị Yến")
    of_unit = letters(day, unit_id=person.unit_id)
    assert [each.unit for each in of_unit.people] == ["Phòng Văn hóa - Xã hội"] * 4
    assert [each.name for each in letters(day, delegate_id=person.id).people] == ["Vũ Thị Yến"]
    with pytest.raises(Refused, match="papers_nobody"):
        letters(day, unit_id=999)


def test_what_nobody_knows_is_left_open_and_nothing_is_invented(day: Day) -> None:
    day.set_day(day="", hour="")
    change(day, Delegate, Delegate.name == "Phạm Thị Lan", address_form=None, title="", seat=None)
    change(day, Conference, Conference.id == 1, venue="", address="", place="", month=None, plan={})
    found = letters(day)
    assert found.time == "…… giờ …… phút, ngày …… tháng …… năm ……"
    assert found.venue == "……"
    assert found.signature.capacity == ("THỦ TRƯỞNG CƠ QUAN",)
    assert found.signature.name == ""
    assert found.chair == "Lãnh đạo Ủy ban nhân dân phường Hải Dương"
    assert found.recipients[-1] == "Lưu: VT"
    lan = next(each for each in found.people if each.name == "Phạm Thị Lan")
    assert (lan.address, lan.title, lan.seat) == ("Ông/Bà", "", "")
    page = reading.texts(made(replace(found, people=(lan,))))[0]
    assert "Ông/Bà Phạm Thị Lan" in page
    assert "đề nghị ông/bà mang theo" in page
    assert "Chức vụ" not in page
    assert "Chỗ ngồi" not in page
    assert "None" not in page


def test_the_head_of_the_presidium_presides_once_there_is_one(day: Day) -> None:
    committees.add_member(
        committee=Committee.PRESIDIUM,
        delegate_id=day.meeting.person("Lê Minh Đức").id,
        by=LAN,
        clock=day.clock,
    )
    assert letters(day).chair.startswith("Phạm Thị Thanh Vân")
    head = committees.members(day.session, Committee.PRESIDIUM)[0]
    committees.make_head(member_id=head.id, by=LAN, clock=day.clock)
    assert letters(day).chair == "Ông Lê Minh Đức, Trưởng phòng"


def test_a_lost_badge_makes_the_next_letter_carry_the_new_code(day: Day) -> None:
    from kiosk.conference import badge_issue

    person = day.meeting.person("Vũ Thị Yến")
    badge_issue.replace_badge(
        delegate_id=person.id, reason="Mất thẻ", key=day.key, by=LAN, clock=day.clock
    )
    (yen,) = letters(day, delegate_id=person.id).people
    assert yen.code != day.meeting.badge_code_of("Vũ Thị Yến")
    assert badge_code.well_formed(yen.code)


def test_the_letters_are_one_page_each_and_every_code_decodes(day: Day) -> None:
    found = letters(day)
    pages = made(found)
    assert len(reading.texts(pages)) == len(found.people)
    for number, person in enumerate(found.people):
        assert reading.codes(pages, page=number) == [person.code]
        assert badge_code.grouped(person.code) in reading.texts(pages)[number]


def test_every_text_is_nfc_and_every_font_is_in_the_file(day: Day) -> None:
    pages = made(letters(day))
    for text, person in zip(reading.texts(pages), letters(day).people, strict=True):
        assert unicodedata.is_normalized("NFC", text)
        assert person.name in text
    assert reading.fonts(pages)
    assert all(reading.fonts(pages).values())
    assert all("Tinos" in name for name in reading.fonts(pages))
    assert b"pdfaid:part>2<" in pages


def test_the_state_s_name_and_motto_stand_on_one_line_each_with_a_line_below(day: Day) -> None:
    pages = made(letters(day))
    state = reading.where(pages, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    motto = reading.where(pages, "Độc lập - Tự do - Hạnh phúc")
    assert len(state) == len(motto) == 1
    # Centred on each other, and inside the right margin of 15 to 20 mm.
    assert (state[0].left + state[0].right) / 2 == pytest.approx(
        (motto[0].left + motto[0].right) / 2, abs=0.6
    )
    assert state[0].right <= 195
    assert len(reading.where(pages, "PHƯỜNG HẢI DƯƠNG")) == 1


def test_ink_keeps_the_margins_of_the_decree(day: Day) -> None:
    box = reading.ink(made(letters(day)))
    assert 29.7 <= box.left <= 35
    assert 210 - 20 <= box.right <= 210 - 15 + 0.4
    assert box.top >= 20
    assert box.bottom <= 297 - 20


def test_a_long_name_an_endless_title_and_no_badge_still_make_one_page_inside_its_margins(
    day: Day,
) -> None:
    found = letters(day)
    first = found.people[0]
    hard = (
        replace(first, name="Nguyễn Phước Bảo Quý Trần Hoàng Thượng Nghĩa Lê Đặng Ánh Tuyết"),
        replace(
            first, name="Ễ" * 120, title="Phó Trưởng phòng " * 12, unit="Ề" * 200, seat="B" * 40
        ),
        replace(first, name=unicodedata.normalize("NFD", "Hoàng Thị Ngọc Ánh"), title="", seat=""),
        replace(first, name='#read("/etc/passwd") $x$ *đậm* <script>', code=""),
    )
    pages = made(replace(found, people=hard, content="nội dung rất dài; " * 60))
    texts = reading.texts(pages)
    assert len(texts) == len(hard)
    for number in range(len(hard)):
        box = reading.ink(pages, page=number)
        assert box.left >= 29.5
        assert box.right <= 195.4
        assert box.bottom <= 277.5
        assert "Phạm Thị Thanh Vân" in texts[number]
    assert "Hoàng Thị Ngọc Ánh" in texts[2]
    assert '#read("/etc/passwd") $x$ *đậm* <script>' in texts[3]
    assert reading.codes(pages, page=3) == []
    assert "liên hệ bàn đón tiếp" in texts[3]


def test_a_rehearsal_s_letters_say_so_and_are_still_read_by_a_gate(day: Day) -> None:
    pages = made(letters(day, rehearsal=True))
    assert "DIỄN TẬP" in reading.texts(pages)[0]
    assert reading.codes(pages) == [letters(day).people[0].code]
    assert "DIỄN TẬP" not in reading.texts(made(letters(day)))[0]


def test_the_worker_makes_the_same_bytes(day: Day) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    order = invitation.payload(letters(day), at=at)
    assert run_job("invitations", order) == invitation.job(order, lambda done, total: None)
    assert asdict(letters(day))["people"][0]["name"] == order["letters"]["people"][0]["name"]
