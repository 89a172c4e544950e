"""Plans of other wards: one typed without wrapping, one from Word with automatic numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kiosk.conference.plan import Plan, read_plan

UNWRAPPED = Path(__file__).parent / "fixtures" / "ke-hoach-phuong-an-phu.txt"

AGENDA = (
    "Ổn định tổ chức, chào cờ",
    "Tuyên bố lý do, giới thiệu đại biểu",
    "Bầu Đoàn Chủ tịch, cử thư ký Hội nghị",
    "Báo cáo kiểm điểm của người đứng đầu năm 2026",
    "Báo cáo công khai tài chính và thực hiện dân chủ ở cơ sở",
    "Công khai các nội dung theo Điều 53, lấy ý kiến đại biểu",
    "Tham luận của các đơn vị",
    "Bầu Ban Thanh tra nhân dân",
    "Phát động phong trào thi đua năm 2027",
    "Ký giao ước thi đua",
    "Thông qua Nghị quyết, bế mạc Hội nghị",
)
NUMBERING = """
<w:abstractNum xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>
  <w:lvl w:ilvl="0">
    <w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1">
    <w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>
  <w:lvl w:ilvl="2">
    <w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2.%3."/></w:lvl>
  <w:lvl w:ilvl="3">
    <w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xf0b7;"/></w:lvl>
</w:abstractNum>
"""


@pytest.fixture(scope="module")
def unwrapped() -> Plan:
    return read_plan(UNWRAPPED.read_bytes(), filename=UNWRAPPED.name)


def test_an_unwrapped_plan_with_lettered_items_reads_whole(unwrapped: Plan):
    assert [(item.number, item.kind.value) for item in unwrapped.agenda] == [
        (1, "opening"),
        (2, "report"),
        (3, "disclosure"),
        (4, "election"),
        (5, "speech"),
        (6, "pledge"),
        (7, "resolution"),
    ]
    assert unwrapped.agenda[4].title == "Phát biểu chỉ đạo của lãnh đạo Đảng ủy phường"
    assert unwrapped.unread == ()


def test_an_unwrapped_plan_gives_day_hour_place_and_board(unwrapped: Plan):
    said = unwrapped.as_json()
    assert (said["month"], said["date"], said["time"]) == ("2027-03", "2027-03-12", "08:00")
    assert (said["venue"], said["address"]) == (
        "Hội trường UBND phường",
        "số 12 đường Trần Não, phường An Phú Tây",
    )
    assert said["seats"] == {"min": 5, "max": 7}
    assert said["recognition_days"] == 5
    assert said["host"] == "Ủy ban nhân dân phường An Phú Tây"
    assert len(said["legal_bases"]) == 3
    assert len(said["purposes"]) == 3
    assert len(said["invitees"]) == 3


def test_letterhead_and_signature_in_two_columns_come_apart(unwrapped: Plan):
    said = unwrapped.as_json()
    assert said["recipients"] == [
        "Đảng ủy phường (để báo cáo)",
        "Các phòng, ban, đơn vị",
        "Lưu: VT",
    ]
    assert said["signer"] == {
        "capacity": "TM. ỦY BAN NHÂN DÂN - KT. CHỦ TỊCH - PHÓ CHỦ TỊCH",
        "name": "Lê Quang Minh Đức",
    }


def test_a_unit_inside_a_sentence_is_found(unwrapped: Plan):
    assert [(duty.unit, len(duty.items)) for duty in unwrapped.duties] == [
        ("Văn phòng HĐND và UBND phường", 2),
        ("Phòng Kinh tế, Hạ tầng và Đô thị", 2),
        ("Tổ bầu cử", 2),
    ]
    assert unwrapped.duties[0].items[0] == "Chủ trì, phối hợp với các đơn vị chuẩn bị Hội nghị"


class _Word:
    """A Word file in the making, with one multilevel list of automatic numbers."""

    def __init__(self) -> None:
        import docx
        from docx.oxml import OxmlElement, parse_xml
        from docx.oxml.ns import qn

        self.qn, self.element = qn, OxmlElement
        self.document = docx.Document()
        self.numbering = self.document.part.numbering_part.element
        self.numbering.insert(0, parse_xml(NUMBERING))
        self.list(90)

    def list(self, num_id: int, restart_at: int | None = None, level: int = 1) -> None:
        num = self.element("w:num")
        num.set(self.qn("w:numId"), str(num_id))
        target = self.element("w:abstractNumId")
        target.set(self.qn("w:val"), "90")
        num.append(target)
        if restart_at is not None:
            override = self.element("w:lvlOverride")
            override.set(self.qn("w:ilvl"), str(level))
            start = self.element("w:startOverride")
            start.set(self.qn("w:val"), str(restart_at))
            override.append(start)
            num.append(override)
        self.numbering.append(num)

    def add(self, text: str, level: int | None = None, num_id: int = 90) -> Any:
        paragraph = self.document.add_paragraph()
        for at, line in enumerate(text.split("\n")):
            run = paragraph.add_run()
            if at:
                run.add_break()
            run.add_text(line)
        if level is not None:
            properties = paragraph._p.get_or_add_pPr()
            numbered = properties.get_or_add_numPr()
            numbered.get_or_add_ilvl().val = level
            numbered.get_or_add_numId().val = num_id
        return paragraph

    def table(self, *rows: Sequence[str]) -> None:
        table = self.document.add_table(len(rows), len(rows[0]))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                first, *more = text.split("\n")
                cell = table.cell(at, column)
                cell.paragraphs[0].text = first
                for line in more:
                    cell.add_paragraph(line)

    def bytes(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()


def numbered_word_plan() -> bytes:
    word = _Word()
    word.table(
        ("UBND XÃ ĐÔNG SƠN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"),
        ("Số: 12/KH-UBND", "Đông Sơn, ngày 20 tháng 01 năm 2027"),
    )
    word.add("KẾ HOẠCH")
    word.add("Tổ chức Hội nghị cán bộ, công chức,\nviên chức, người lao động năm 2027")
    word.add("Căn cứ Luật Thực hiện dân chủ ở cơ sở ngày 10/11/2022;")
    word.add("UBND xã Đông Sơn xây dựng kế hoạch tổ chức Hội nghị như sau:")
    word.add("MỤC ĐÍCH, YÊU CẦU", 0)
    word.add("Đánh giá kết quả công tác năm 2026.", 3)
    word.add("Bầu Ban Thanh tra nhân dân gồm 05 thành viên.", 3)
    word.add("CHƯƠNG TRÌNH", 0)
    for at, title in enumerate(AGENDA):
        # The fourth item is broken by Shift+Enter in the middle.
        broken = title.replace(" của ", " của\n") if at == 3 else title
        word.add(f"{broken};", 1)
    word.add("THỜI GIAN, ĐỊA ĐIỂM, THÀNH PHẦN", 0)
    word.list(91, restart_at=1)
    word.add("Thời gian: 14 giờ 05 phút, ngày 18 tháng 02 năm 2027.", 1, 91)
    word.add("Địa điểm:\tNhà văn hóa xã (thôn 3, xã Đông Sơn).", 1, 91)
    word.add("Thành phần:", 1, 91)
    word.add("Lãnh đạo Đảng ủy, HĐND xã;", 3, 91)
    word.add("Toàn thể cán bộ, công chức, viên chức.", 3, 91)
    word.add("TỔ CHỨC THỰC HIỆN", 0, 91)
    word.add("Tiêu đề Hội nghị", 1, 91)
    word.add("UBND XÃ ĐÔNG SƠN\nHỘI NGHỊ\nCán bộ, công chức, viên chức năm 2027")
    word.add("Phân công", 1, 91)
    word.add("Văn phòng HĐND và UBND xã", 2, 91)
    word.add("Chuẩn bị hội trường.", 3, 91)
    word.add("Gửi giấy mời.", 3, 91)
    word.add("Phòng Văn hóa - Xã hội", 2, 91)
    word.add("Chuẩn bị tài liệu.", 3, 91)
    word.add("KINH PHÍ", 0, 91)
    word.add("Từ ngân sách xã.")
    word.add("Trên đây là Kế hoạch tổ chức Hội nghị./.")
    word.table(
        (
            "Nơi nhận:\n- Đảng ủy xã;\n- Các phòng;\n- Lưu: VT.",
            "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n\nTrần Thị Bích Ngọc",
        )
    )
    return word.bytes()


@pytest.fixture(scope="module")
def word_plan() -> Plan:
    return read_plan(numbered_word_plan(), filename="ke-hoach.docx")


def test_automatic_numbers_of_word_are_the_numbers_of_the_items(word_plan: Plan):
    assert [(item.number, item.title) for item in word_plan.agenda] == list(
        enumerate(AGENDA, start=1)
    )
    assert [item.kind.value for item in word_plan.agenda] == [
        "opening",
        "opening",
        "opening",
        "report",
        "report",
        "disclosure",
        "speech",
        "election",
        "emulation",
        "pledge",
        "resolution",
    ]


def test_tables_soft_breaks_and_bullets_of_word_read_in_order(word_plan: Plan):
    said = word_plan.as_json()
    assert said["unread"] == []
    assert said["title"] == "Tổ chức Hội nghị cán bộ, công chức, viên chức, người lao động năm 2027"
    assert said["host"] == "UBND xã Đông Sơn"
    assert (said["date"], said["time"]) == ("2027-02-18", "14:05")
    assert (said["venue"], said["address"]) == ("Nhà văn hóa xã", "thôn 3, xã Đông Sơn")
    assert said["title_block"] == [
        "UBND XÃ ĐÔNG SƠN",
        "HỘI NGHỊ",
        "Cán bộ, công chức, viên chức năm 2027",
    ]
    assert said["seats"] == {"min": 5, "max": 5}
    assert said["recognition_days"] is None
    assert len(said["purposes"]) == 2
    assert len(said["invitees"]) == 2
    assert [(duty["unit"], len(duty["items"])) for duty in said["duties"]] == [
        ("Văn phòng HĐND và UBND xã", 2),
        ("Phòng Văn hóa - Xã hội", 1),
    ]
    assert said["recipients"] == ["Đảng ủy xã", "Các phòng", "Lưu: VT"]
    assert said["signer"] == {
        "capacity": "TM. ỦY BAN NHÂN DÂN - CHỦ TỊCH",
        "name": "Trần Thị Bích Ngọc",
    }
    assert said["budget"] == "Từ ngân sách xã"


def test_an_agenda_in_a_table_of_word_reads_by_its_columns():
    word = _Word()
    word.add("KẾ HOẠCH")
    word.add("Tổ chức Hội nghị năm 2027")
    word.add("I. CHƯƠNG TRÌNH HỘI NGHỊ")
    word.table(
        ("TT", "Thời gian", "Nội dung", "Người thực hiện"),
        ("1", "8h00", "Khai mạc", "Ban Tổ chức"),
        ("2", "8h15", "Báo cáo tổng kết", "Văn phòng"),
        ("3", "9h00", "Thông qua Nghị quyết", "Thư ký"),
    )
    word.add("II. KINH PHÍ: Từ ngân sách.")
    plan = read_plan(word.bytes(), filename="x.docx")
    assert [item.title for item in plan.agenda] == [
        "Khai mạc",
        "Báo cáo tổng kết",
        "Thông qua Nghị quyết",
    ]
    assert plan.budget == "Từ ngân sách"


def test_what_a_file_is_its_content_says_and_not_its_name(word_plan: Plan, unwrapped: Plan):
    assert read_plan(numbered_word_plan(), filename="ke-hoach.txt") == word_plan
    assert read_plan(UNWRAPPED.read_bytes(), filename="ke-hoach.docx") == unwrapped


def test_a_timetable_of_word_without_numbers_reads_by_its_columns():
    word = _Word()
    for line in ("KẾ HOẠCH", "Tổ chức Hội nghị cán bộ năm 2027", "CHƯƠNG TRÌNH HỘI NGHỊ"):
        word.add(line)
    word.table(
        ("Thời gian", "Nội dung", "Người thực hiện"),
        ("8h00 - 8h15", "Chào cờ, khai mạc", "Văn phòng"),
        ("8h15 - 9h00", "Báo cáo tổng kết", "Chủ tịch"),
        ("9h00", "Thông qua Nghị quyết", "Thư ký"),
    )
    plan = read_plan(word.bytes(), filename="ke-hoach.docx")
    titles = [item.title for item in plan.agenda]
    assert titles == ["Chào cờ, khai mạc", "Báo cáo tổng kết", "Thông qua Nghị quyết"]
    assert plan.doubts == ()
