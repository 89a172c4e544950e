"""The real plan reads whole, in every form in which such a file travels."""

from __future__ import annotations

import datetime as dt
import unicodedata
from importlib.resources import files

import pytest

from kiosk.conference.plan import Plan, read_plan
from kiosk.conference.plan.dates import when
from kiosk.core.errors import Refused

REAL = (files("kiosk") / "data" / "plan" / "ke-hoach-hoi-nghi-2026.txt").read_bytes()
KEYS = (
    "title title_block host venue address month date time legal_bases purposes agenda seats "
    "recognition_days invitees duties recipients signer budget unread doubts"
)


def read(text: str, filename: str = "ke-hoach.txt") -> Plan:
    return read_plan(text.encode(), filename=filename)


@pytest.fixture(scope="module")
def real() -> Plan:
    return read_plan(REAL, filename="ke-hoach-hoi-nghi-2026.txt")


def test_the_real_plan_has_nine_items_whole_and_in_its_own_spelling(real: Plan):
    assert [(item.number, item.kind.value, item.title) for item in real.agenda] == [
        (
            1,
            "opening",
            "Tuyên bố lý do, giới thiệu đại biểu, giới thiệu chủ tọa, thư ký hội nghị, thông qua "
            "nội dung, chương trình Hội nghị",
        ),
        (
            2,
            "report",
            "Báo cáo kiểm điểm việc đường lối chủ trương của Đảng, chính sách pháp luật, thực hiện "
            "nhiệm vụ phát triển kinh tế - xã hội và trách nhiệm của người đứng đầu năm 2025, "
            "nhiệm vụ năm 2026",
        ),
        (
            3,
            "report",
            "Báo cáo tình hình đội ngũ cán bộ, công chức, viên chức, người lao động và thực hiện "
            "dân chủ ở cơ sở tại cơ quan năm 2025 và nhiệm vụ năm 2026",
        ),
        (
            4,
            "disclosure",
            "Công khai thông tin, lấy ý kiến của cán bộ công chức, viên chức và người lao động về "
            "những nội dung quy định tại Điều 53 Luật thực hiện dân chủ ở cơ sở. Thảo luận, tham "
            "gia ý kiến, đề xuất, kiến nghị",
        ),
        (5, "election", "Bầu Ban Thanh tra nhân dân"),
        (6, "speech", "Phát biểu chỉ đạo của đồng chí Bí thư Đảng ủy"),
        (7, "emulation", "Phát biểu tiếp thu và phát động phong trào thi đua năm 2026"),
        (8, "pledge", "Tổ chức ký giao ước thi đua"),
        (9, "resolution", "Thông qua Nghị quyết Hội nghị"),
    ]


def test_the_real_plan_leaves_nothing_unread(real: Plan):
    assert real.unread == ()


def test_the_json_has_exactly_the_agreed_keys(real: Plan):
    assert list(real.as_json()) == KEYS.split()


def test_the_real_plan_knows_its_month_but_no_day_and_no_hour(real: Plan):
    said = real.as_json()
    assert (said["month"], said["date"], said["time"]) == ("2026-03", None, None)


def test_the_real_plan_names_itself_its_host_and_its_place(real: Plan):
    assert real.title == "Tổ chức Hội nghị cán bộ, công chức, viên chức, người lao động năm 2026"
    assert real.conference_title == (
        "Hội nghị cán bộ, công chức, viên chức, người lao động năm 2026"
    )
    assert real.host == "UBND phường Hải Dương"
    assert real.venue == "Hội trường A, trụ sở Đảng uỷ - HĐND- UBND phường"
    assert real.address == ("số 106 Đại lộ Trần Hưng Đạo, phường Hải Dương, thành phố Hải Phòng")
    assert real.title_block == (
        "UBND PHƯỜNG HẢI DƯƠNG",
        "HỘI NGHỊ",
        "Cán bộ, công chức, viên chức, người lao động năm 2026",
        "Hải Dương, ngày ….. tháng 3 năm 2026",
    )


def test_the_real_plan_rests_on_two_laws_and_two_letters(real: Plan):
    assert real.legal_bases == (
        "Luật Thực hiện dân chủ ở cơ sở ngày 10/11/2022",
        "Luật Sửa đổi, bổ sung một số điều của Luật Mặt trận Tổ quốc Việt Nam, Luật Công đoàn, "
        "Luật Thanh niên và Luật Thực hiện dân chủ ở cơ sở ngày 27/6/2025",
        "chỉ đạo của UBND thành phố Hải Phòng tại Công văn số 1168/VP-NVKTGS ngày 31/01/2026",
        "hướng dẫn của Sở Nội vụ tại Công văn số 528/SNV-XDCQ&CTTN ngày 30/01/2026 về việc tổ "
        "chức Hội nghị cán bộ, công chức, viên chức, người lao động",
    )


def test_the_real_plan_gives_four_units_six_five_two_and_one_duties(real: Plan):
    assert [(duty.unit, len(duty.items)) for duty in real.duties] == [
        ("Phòng Văn hoá - Xã hội", 6),
        ("Văn phòng HĐND & Ủy ban nhân dân phường", 5),
        ("Trung tâm Dịch vụ sự nghiệp công", 2),
        ("Các phòng, ban, đơn vị thuộc phường", 1),
    ]
    assert real.duties[2].items == (
        "Thông tin, tuyên truyền trước, trong và sau Hội nghi",
        "Chuẩn bị, bảo đảm trang thiết bị, điều kiện cơ sở vật chất, hội trường, các điều kiện bảo "
        "đảm khác phục vụ tổ chức Hội nghị",
    )
    assert real.duties[1].items[2] == (
        "Tham mưu Thủ trưởng cơ quan dự thảo giao ước thi đua và dự thảo Nghị quyết Hội nghị"
    )


def test_the_real_plan_has_its_figures_lists_and_signature(real: Plan):
    said = real.as_json()
    assert said["seats"] == {"min": 3, "max": 9}
    assert said["recognition_days"] == 5
    assert (len(real.purposes), len(real.invitees), len(real.recipients)) == (4, 4, 7)
    assert real.recipients[-1] == "Lưu: VT, VP"
    assert said["signer"] == {
        "capacity": "TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH",
        "name": "Phạm Thị Thanh Vân",
    }
    assert real.budget == "Từ nguồn ngân sách của phường theo quy định pháp luật"


def test_the_same_plan_reads_the_same_in_every_encoding_and_form(real: Plan):
    text = REAL.decode()
    said = real.as_json()
    forms = {
        "nfd": unicodedata.normalize("NFD", text).encode(),
        "bom": b"\xef\xbb\xbf" + REAL,
        "utf-16": text.encode("utf-16"),
        "utf-16 big": b"\xfe\xff" + text.encode("utf-16-be"),
        "crlf": text.replace("\n", "\r\n").encode(),
        "double spaces": text.replace(" ", "  ").encode(),
        "no-break spaces": text.replace(" ", "\u00a0").encode(),
        "no empty lines": "\n".join(line for line in text.splitlines() if line.strip()).encode(),
        "form feeds": text.replace("\n ", "\n\f ").encode(),
    }
    for form, data in forms.items():
        assert read_plan(data, filename="x.txt").as_json() == said, form


@pytest.mark.parametrize(
    ("text", "month", "date", "time"),
    [
        ("Dự kiến trong tháng 3/2026", "2026-03", None, None),
        ("8 giờ 00, ngày 12 tháng 3 năm 2026", "2026-03", dt.date(2026, 3, 12), dt.time(8)),
        ("08h00 ngày 12/3/2026", "2026-03", dt.date(2026, 3, 12), dt.time(8)),
        ("14 giờ 05 phút, thứ Năm, 12-03-2026", "2026-03", dt.date(2026, 3, 12), dt.time(14, 5)),
        ("7h30' sáng 05.4.2026", "2026-04", dt.date(2026, 4, 5), dt.time(7, 30)),
        ("2 giờ chiều ngày 1 tháng 3", "2026-03", dt.date(2026, 3, 1), dt.time(14)),
        ("từ 8:15 đến 11:30 ngày 29/02/2028", "2028-02", dt.date(2028, 2, 29), dt.time(8, 15)),
        ("Sáng thứ Sáu, tuần 2 tháng 5", "2026-05", None, None),
        ("Thông báo sau", None, None, None),
    ],
)
def test_days_and_hours_are_read_as_offices_write_them(text, month, date, time):
    found = when(text, year=2026)
    assert (found.month, found.date, found.time, found.is_sound) == (month, date, time, True)


@pytest.mark.parametrize(
    "words", ["ngày 31/02/2026", "ngày 00/3/2026", "tháng 13/2026", "25 giờ 00, ngày 1/3/2026"]
)
def test_a_day_or_hour_that_does_not_exist_is_reported_and_not_guessed(words: str):
    plan = read(REAL.decode().replace("Dự kiến trong tháng 3/2026", words))
    assert plan.date is None or plan.time is None
    assert [line.text.strip() for line in plan.unread] == [f"1. Thời gian: {words}."]
    assert plan.unread[0].number == 86


def test_a_strange_line_is_reported_with_its_place():
    text = REAL.decode().replace("I. MỤC ĐÍCH", "Người soạn: văn thư.\n\nI. MỤC ĐÍCH", 1)
    assert [line.text for line in read(text).unread] == ["Người soạn: văn thư."]


def test_an_agenda_alone_with_its_heading_reads_with_the_rest_empty():
    plan = read("KẾ HOẠCH\nTổ chức hội nghị\nI. CHƯƠNG TRÌNH\n1. Khai mạc\n2. Bầu cử\n")
    said = plan.as_json()
    assert [item["kind"] for item in said["agenda"]] == ["opening", "election"]
    empty = {key: value for key, value in said.items() if key not in {"title", "agenda"}}
    assert all(value in (None, []) for value in empty.values()), empty


def test_items_under_a_heading_with_a_number_of_its_own_count_anew():
    plan = read(
        "KẾ HOẠCH\nHội nghị năm 2026\n1. Mục đích\n- Bàn việc chung\n2. Chương trình hội nghị\n"
        "1. Khai mạc\n2. Báo cáo\n3. Bế mạc\n3. Kinh phí: Từ ngân sách.\n"
    )
    assert [item.title for item in plan.agenda] == ["Khai mạc", "Báo cáo", "Bế mạc"]
    assert plan.budget == "Từ ngân sách"
    assert plan.unread == ()


def test_a_number_that_a_wrap_brought_to_the_front_is_no_item():
    wrapped = "quy định tại Điều 53 Luật thực hiện dân chủ \n\nở cơ sở. Thảo luận"
    text = REAL.decode()
    assert wrapped in text
    text = text.replace(wrapped, "quy định của Luật này tại Điều\n\n53. Thảo luận")
    assert len(read(text).agenda) == 9


@pytest.mark.parametrize(
    "text",
    [
        "Xin chào",
        "1. Một\n2. Hai\n3. Ba\n",
        "Thư mời\nKính gửi ông bà\nI. NỘI DUNG\n",
        "CHƯƠNG TRÌNH\n1. Ca nhạc\n2. Trò chơi\n",
    ],
)
def test_a_text_that_is_no_plan_is_refused(text: str):
    with pytest.raises(Refused) as refusal:
        read(text)
    assert refusal.value.code == "plan_not_a_plan"
