"""Kinds and short names of agenda items are pure rules on their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.conference.plan import AgendaKind, kind_of, short_title
from kiosk.conference.plan.letters import fold, sentences
from kiosk.conference.plan.numbering import formatted


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Khai mạc Hội nghị", AgendaKind.OPENING),
        ("Bầu Đoàn Chủ tịch, cử thư ký", AgendaKind.OPENING),
        ("Phát biểu khai mạc", AgendaKind.OPENING),
        ("Trình bày báo cáo tổng kết phong trào thi đua", AgendaKind.REPORT),
        ("Báo cáo kết quả thực hiện Nghị quyết năm 2025", AgendaKind.REPORT),
        ("Thảo luận các báo cáo", AgendaKind.DISCLOSURE),
        ("Tiến hành bầu Ban TTND", AgendaKind.ELECTION),
        ("Công bố kết quả bầu cử", AgendaKind.ELECTION),
        ("Tham luận của các đơn vị", AgendaKind.SPEECH),
        ("Trao thưởng, biểu dương khen thưởng", AgendaKind.EMULATION),
        ("Phát động thi đua và ký giao ước", AgendaKind.PLEDGE),
        ("Thông qua Nghị quyết và bế mạc", AgendaKind.RESOLUTION),
        ("Nghỉ giải lao", AgendaKind.OTHER),
        ("", AgendaKind.OTHER),
    ],
)
def test_the_words_of_an_item_tell_its_kind(title: str, kind: AgendaKind):
    assert kind_of(title) is kind
    assert kind_of(title.upper()) is kind


@pytest.mark.parametrize(
    ("title", "short"),
    [
        (
            "Tuyên bố lý do, giới thiệu đại biểu, giới thiệu chủ tọa, thư ký hội nghị, thông qua "
            "nội dung, chương trình Hội nghị",
            "Tuyên bố lý do, thông qua chương trình",
        ),
        (
            "Báo cáo kiểm điểm việc đường lối chủ trương của Đảng, chính sách pháp luật, thực hiện "
            "nhiệm vụ phát triển kinh tế - xã hội và trách nhiệm của người đứng đầu năm 2025, "
            "nhiệm vụ năm 2026",
            "Báo cáo kiểm điểm, nhiệm vụ năm 2026",
        ),
        (
            "Báo cáo tình hình đội ngũ cán bộ, công chức, viên chức, người lao động và thực hiện "
            "dân chủ ở cơ sở tại cơ quan năm 2025 và nhiệm vụ năm 2026",
            "Báo cáo đội ngũ, thực hiện dân chủ",
        ),
        (
            "Công khai thông tin, lấy ý kiến của cán bộ công chức, viên chức và người lao động về "
            "những nội dung quy định tại Điều 53 Luật thực hiện dân chủ ở cơ sở. Thảo luận",
            "Công khai, lấy ý kiến theo Điều 53",
        ),
        ("Bầu Ban Thanh tra nhân dân", "Bầu Ban Thanh tra nhân dân"),
        (
            "Phát biểu chỉ đạo của đồng chí Bí thư Đảng ủy",
            "Phát biểu của đồng chí Bí thư Đảng ủy",
        ),
        (
            "Phát biểu tiếp thu và phát động phong trào thi đua năm 2026",
            "Tiếp thu, phát động phong trào thi đua",
        ),
        ("Tổ chức ký giao ước thi đua", "Ký giao ước thi đua"),
        ("Thông qua Nghị quyết Hội nghị", "Thông qua Nghị quyết Hội nghị"),
        (
            "Bầu Ban Thanh tra nhân dân nhiệm kỳ 2026 - 2028 theo hình thức bỏ phiếu kín",
            "Bầu Ban TTND nhiệm kỳ 2026 - 2028",
        ),
        (
            "Phát biểu chỉ đạo của đồng chí Phó Bí thư Thường trực Đảng ủy, Chủ tịch HĐND phường",
            "Phát biểu của đồng chí Phó Bí thư",
        ),
    ],
)
def test_the_hall_gets_a_short_name_that_says_the_same(title: str, short: str):
    assert short_title(title, kind_of(title)) == short


PHRASES = (
    "Báo cáo của và phát biểu ý kiến, thảo luận; Điều 53 Ban Thanh tra nhân dân năm 2026 "
    "chương trình. thông qua đồng chí bí thư (lần 2) công khai lấy - tổ chức ký"
)
_WORDS = st.lists(st.sampled_from(PHRASES.split()), min_size=1, max_size=30)


@given(words=_WORDS, kind=st.sampled_from(AgendaKind))
def test_a_short_name_fits_ends_well_and_cuts_no_word(words: list[str], kind: AgendaKind):
    short = short_title(" ".join(words), kind)
    assert len(short) <= 38
    assert not short.endswith(("…", ".", ",", " "))
    known = {fold(word.strip(".,;()")) for word in words} | {"theo", "ban", "ttnd"}
    assert {fold(word.strip(".,;()")) for word in short.split()} <= known | {""}


@given(title=st.text(max_size=300), kind=st.sampled_from(AgendaKind))
def test_any_text_has_a_kind_and_a_short_name(title: str, kind: AgendaKind):
    kind_of(title)
    assert len(short_title(title, kind)) <= 38


@given(text=st.text(max_size=200))
def test_folding_keeps_every_letter_in_its_place(text: str):
    assert len(fold(text)) == len(text)


def test_a_sentence_does_not_end_inside_an_abbreviation():
    assert sentences("Gửi TP. Hải Phòng và TT. HĐND. Chuẩn bị.") == [
        "Gửi TP. Hải Phòng và TT. HĐND. Chuẩn bị"
    ]
    assert sentences("Gửi giấy mời. Chuẩn bị hội trường.") == [
        "Gửi giấy mời",
        "Chuẩn bị hội trường",
    ]


def test_counters_of_word_are_written_as_word_writes_them():
    assert [formatted(n, "upperRoman") for n in (1, 4, 9, 14, 40)] == ["I", "IV", "IX", "XIV", "XL"]
    assert [formatted(n, "lowerLetter") for n in (1, 26, 27, 53)] == ["a", "z", "aa", "aaa"]
    assert formatted(7, "decimalZero") == "07"
    assert formatted(10**5, "upperRoman") == "100000"
