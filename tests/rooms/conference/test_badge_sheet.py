"""Badge sheets as a gate and a clerk meet them: every code decodes, every name is whole."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from kiosk.conference import badge_code, badge_sheet
from kiosk.conference.badge_sheet import BadgeFace
from kiosk.core.errors import Refused
from kiosk.core.jobs import run_job

KEY = bytes(range(32))
HEADING = ("Hội nghị CB, CC, VC, NLĐ năm 2026", "UBND phường Hải Dương")
DPI = 150
MM = DPI / 25.4
ECONOMY = "Phòng Kinh tế, Hạ tầng và Đô thị"

NAMES = [
    "Nguyễn Thị Hoàng Phương Thảo",
    "Phạm Thị Thanh Vân",
    "Lê Minh Quân",
    "Đỗ Mạnh Cường",
    "Vũ Thị Ánh Tuyết",
    "Đặng Thị Hồng Nhung",
    "Nguyễn Thượng Nghĩa",
    "Công Tằng Tôn Nữ Hoàng Phương Thảo Nguyên",
]


def face(number, name, *, title="Chuyên viên", unit=ECONOMY, standing="delegate"):
    code = badge_code.derive(KEY, delegate_id=number, issue=1)
    return BadgeFace(number, name, title, unit, standing, code)


PEOPLE = [face(number, name) for number, name in enumerate(NAMES, start=1)]
GUEST = replace(face(99, "Hoàng Thế Vinh", standing="guest"), number=None, unit="Sở Nội vụ")


def sheet(badges, **options):
    return badge_sheet.badge_sheet(badges, **{"heading": HEADING, "watermark": None, **options})


def pages_of(made, *, dpi=DPI):
    document = pypdfium2.PdfDocument(made)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def texts_of(made):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def words(text):
    return " ".join(text.split())


def worn(image, *, degrees=7, seed=1):
    """As a tired camera sees it: tilted, out of focus, grainy, grey."""
    tilted = image.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    soft = np.asarray(tilted.filter(ImageFilter.GaussianBlur(1.2)), dtype=np.float32)
    grain = np.random.default_rng(seed).normal(0, 18, soft.shape)
    return Image.fromarray(np.clip(soft * 0.75 + 25 + grain, 0, 255).astype(np.uint8))


def codes_in(image):
    return {found.text for found in zxingcpp.read_barcodes(image)}


@pytest.mark.parametrize("watermark", [None, "DIỄN TẬP"])
@pytest.mark.parametrize("degrees", [7, -7])
def test_every_badge_decodes_from_the_page_after_blur_tilt_and_noise(watermark, degrees):
    badges = [*PEOPLE, GUEST]
    made = sheet(badges, watermark=watermark)
    seen = set()
    for page in pages_of(made):
        seen |= codes_in(worn(page, degrees=degrees))
    assert seen == {badge.code for badge in badges}


def test_four_modules_around_every_code_are_white():
    """Over the code a long name, beside it a long unit, under it the digits: none comes near."""
    long_unit = "Trung tâm Phục vụ hành chính công và Trung tâm Dịch vụ sự nghiệp công phường Hải"
    badges = [
        face(number, name, title="Phó Giám đốc phụ trách Trung tâm sự nghiệp", unit=long_unit)
        for number, name in enumerate(
            [*NAMES[:5], "ẤN NGUYỄN THỊ HOÀNG ỄN", "Gy" * 30, "Phạm Thượng Giang Quỳnh Ngọc"]
        )
    ]
    (page,) = pages_of(sheet(badges, watermark="DIỄN TẬP"))
    pixels = np.asarray(page)
    for index in range(8):
        left = 10 + 95 * (index % 2) + badge_sheet._QR_X
        top = 12.5 + 68 * (index // 2) + badge_sheet._QR_Y
        side, white = badge_sheet._QR_SIDE, badge_sheet._QR_SIDE / 21 * 4 - 0.2
        area = pixels[
            round((top - white) * MM) : round((top + side + white) * MM),
            round((left - white) * MM) : round((left + side + white) * MM),
        ].copy()
        edge = round((white - 0.2) * MM)
        area[edge:-edge, edge:-edge] = 255
        assert area.min() > 250, badges[index].name


UGLY = [
    "Công Tằng Tôn Nữ Hoàng Phương Thảo Nguyên",
    "Nguyễn Thị Thanh " * 3 + "Hoàng Yến",
    "Ễ" * 60,
    "W" * 60,
    "Nghiêng " * 8,
    "A B C D E F G H I J K L M N O P Q R S T U V X Y",
    "ỄN ỮNG ỘT Ậ ĐẶNG NGUYỄN THỊ HOÀNG PHƯƠNG THẢO",
    "Ấn Nguyễn Thượng Nghĩa",
]


@pytest.mark.parametrize("unit", ["Ủy ban nhân dân phường " * 4 + "Hải Dương", "W" * 100, ""])
@pytest.mark.parametrize("standing", ["delegate", "guest"])
def test_no_text_leaves_its_badge_or_runs_into_the_band(unit, standing):
    badges = [
        face(number, name, title="Phó Giám đốc " * 8, unit=unit, standing=standing)
        for number, name in enumerate(UGLY, start=123_450)
    ]
    (page,) = pages_of(sheet(badges))
    pixels = np.asarray(page)
    for index in range(8):
        x, y = 10 + 95 * (index % 2), 12.5 + 68 * (index // 2)

        def part(left, top, right, bottom, *, x=x, y=y):
            return pixels[
                round((y + top) * MM) : round((y + bottom) * MM),
                round((x + left) * MM) : round((x + right) * MM),
            ]

        assert part(0.6, 11.4, 5.2, 67.4).min() > 250, "left of the text"
        assert part(89.8, 11.4, 94.4, 67.4).min() > 250, "right of the text"
        assert part(0.6, 11.2, 94.4, 11.6).min() > 250, "between band and name"
        assert part(0.6, 66.6, 94.4, 67.4).min() > 250, "below the text"
        assert part(6, 12, 89, 34).min() < 60, "there is a name at all"


@pytest.mark.parametrize("name", UGLY)
def test_a_long_name_is_printed_whole_between_words_and_without_dots(name):
    (text,) = texts_of(sheet([face(1, name)]))
    assert "".join(name.split()) in "".join(text.split())
    assert "…" not in text


def test_a_long_heading_stays_beside_the_number():
    heading = (
        "Hội nghị cán bộ, công chức, viên chức, người lao động năm 2026 " * 2,
        HEADING[1] * 3,
    )
    (page,) = pages_of(sheet([face(123_456, "Lê Minh Quân")], heading=heading))
    band = np.asarray(page)[round(12.9 * MM) : round(22.5 * MM), :]
    gap = band[:, round((10 + 89 - 27.5) * MM) : round((10 + 89 - 26.3) * MM)]
    assert gap.max() < 120, "lacquer, no letter, between heading and number"


def test_names_units_and_digits_can_be_searched_in_composed_vietnamese():
    decomposed = replace(PEOPLE[0], name=unicodedata.normalize("NFD", "  Nguyễn  Thị Ễ "))
    (text,) = texts_of(sheet([decomposed, *PEOPLE[1:3], replace(GUEST, unit="Sở Nội vụ")])[:])[:1]
    found = words(text)
    assert found == unicodedata.normalize("NFC", found)
    assert "Nguyễn Thị Ễ" in found
    assert "Phạm Thị Thanh Vân" in found
    assert ECONOMY in found
    assert "Đại biểu 2" in found
    assert badge_code.grouped(PEOPLE[1].code) in found


def test_the_fonts_are_embedded_and_are_ours():
    made = sheet([*PEOPLE, GUEST])
    seen = set()
    for page in pypdf.PdfReader(io.BytesIO(made)).pages:
        for font in page["/Resources"]["/Font"].values():
            for inner in font.get_object()["/DescendantFonts"]:
                about = inner.get_object()["/FontDescriptor"].get_object()
                assert {"/FontFile2", "/FontFile3"} & set(about)
                seen.add(about["/FontName"].split("+")[-1])
    assert seen
    assert all(name.startswith("BeVietnamPro") for name in seen)
    assert b"pdfaid:part>2<" in made


def test_the_same_badges_give_the_same_bytes():
    at = datetime(2026, 3, 20, tzinfo=UTC)
    assert sheet(PEOPLE, at=at) == sheet(PEOPLE, at=at)
    assert sheet(PEOPLE) != sheet(PEOPLE[::-1])


def test_a_page_starts_anew_with_each_unit_and_guests_share_theirs():
    other = [replace(badge, unit="Văn phòng HĐND và UBND") for badge in PEOPLE[:2]]
    guests = [GUEST, replace(face(98, "Trần An", standing="guest"), unit="Sở Tài chính")]
    nine = [*PEOPLE, replace(PEOPLE[0], unit=f"  {ECONOMY} ")]
    texts = [words(text) for text in texts_of(sheet([*nine, *other, *guests]))]
    assert len(texts) == 4
    assert [text.count("Đại biểu") for text in texts] == [8, 1, 2, 0]
    assert "9 thẻ · tờ 1/2" in texts[0]
    assert "9 thẻ · tờ 2/2" in texts[1]
    assert texts[2].count("Văn phòng HĐND và UBND") == 3
    assert texts[3].count("Khách mời") == 3


def test_people_keep_the_order_of_the_caller():
    (text,) = texts_of(sheet(PEOPLE[::-1]))
    places = [words(text).index(f"Đại biểu {badge.number} ") for badge in PEOPLE[::-1]]
    assert places == sorted(places)


def test_a_rehearsal_is_written_on_every_badge():
    (text,) = texts_of(sheet(PEOPLE, watermark="DIỄN TẬP"))
    assert text.count("DIỄN TẬP") == len(PEOPLE)
    assert "DIỄN TẬP" not in texts_of(sheet(PEOPLE))[0]


def test_a_name_that_looks_like_a_program_is_only_a_name():
    hostile = '#panic("x") $a$ *b* <script>'
    (text,) = texts_of(sheet([face(1, hostile)]))
    assert words(hostile) in words(text)


def test_nothing_to_print_is_a_refusal_and_a_forged_code_an_error():
    with pytest.raises(Refused, match="no_badges"):
        sheet([])
    with pytest.raises(ValueError, match="well-formed"):
        sheet([replace(PEOPLE[0], code="12345678901234")])


def test_the_worker_process_makes_the_same_sheet():
    told = []
    at = datetime(2026, 3, 20, tzinfo=UTC)
    many = [face(number, "Lê Minh Quân") for number in range(60)]
    payload = badge_sheet.job_payload(many, heading=HEADING, watermark="DIỄN TẬP", at=at)
    json.dumps(payload)
    made = run_job("badge_sheet", payload, on_progress=lambda *step: told.append(step))
    assert made == sheet(many, watermark="DIỄN TẬP", at=at)
    assert told == [(50, 60), (60, 60)]
