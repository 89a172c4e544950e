"""Old fonts: the samples of domain.md 7, and what must never be taken for an old font."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.legacy_text import (
    TCVN3,
    VNI,
    Legacy,
    converted,
    guess,
    looks_like_tcvn3,
    looks_like_vni,
)

OLD_NAMES = {new: chr(old) for old, new in TCVN3.items()}
VIETNAMESE = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
)


@pytest.mark.parametrize(
    ("old", "new", "legacy"),
    [
        ("Qu¸ch §ång Th¾ng", "Quách Đồng Thắng", Legacy.TCVN3),
        ("NguyÔn V¨n Hîp", "Nguyễn Văn Hợp", Legacy.TCVN3),
        ("H\u00adêng", "Hường", Legacy.TCVN3),
        (
            "céng hßa x· héi chñ nghÜa viÖt nam",
            "cộng hòa xã hội chủ nghĩa việt nam",
            Legacy.TCVN3,
        ),
        ("NguyÔn V¨n Hîp", "NGUYỄN VĂN HỢP", Legacy.TCVN3_CAPITALS),
        (
            "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
            "Cộng hòa xã hội chủ nghĩa Việt Nam",
            Legacy.VNI,
        ),
        ("NGUYEÃN VAÊN ÑÖÙC", "NGUYỄN VĂN ĐỨC", Legacy.VNI),
        ("Nguyeãn Vaên Ñöùc", "Nguyễn Văn Đức", Legacy.VNI),
    ],
)
def test_the_samples_read_as_a_person_reads_them(old: str, new: str, legacy: Legacy) -> None:
    assert converted(old, legacy) == unicodedata.normalize("NFC", new)


def test_the_table_has_its_74_pairs_and_each_letter_once() -> None:
    assert len(TCVN3) == len(set(TCVN3.values())) == 74
    assert len(VNI) == len(VNI | {}) > 150


@given(st.text(VIETNAMESE + " ", max_size=40))
def test_tcvn3_takes_every_small_letter_there_and_back(text: str) -> None:
    old = "".join(OLD_NAMES.get(letter, letter) for letter in text)
    assert converted(old, Legacy.TCVN3) == text
    assert converted(old, Legacy.TCVN3_CAPITALS) == text.upper()


@given(st.text(VIETNAMESE + " ", max_size=40))
def test_vni_takes_every_letter_there_and_back(text: str) -> None:
    written = {new: old for old, new in VNI.items() if old == old.lower()}
    old = "".join(written.get(letter, letter) for letter in text)
    assert converted(old, Legacy.VNI) == text


@given(st.text(), st.sampled_from(Legacy))
def test_any_text_is_converted_without_a_crash_and_unicode_stays(text: str, legacy: Legacy) -> None:
    converted(text, legacy)
    assert converted(f"{text} ễ", legacy) == f"{text} ễ"


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Văn Hòa",
        "Hoà",
        "Thuý",
        "Võ Thị Sáu",
        "Lê Quý Đôn",
        "Phó phòng",
        "TOÀN",
        "Lê Án",
        "Huế",
    ],
)
def test_a_name_in_unicode_is_never_taken_for_an_old_font(name: str) -> None:
    assert not looks_like_tcvn3(name)
    assert not looks_like_vni(name)


def test_the_greater_part_of_the_texts_names_the_font() -> None:
    assert guess(["Lê An", "Hòa"]) is None
    assert guess(["Qu¸ch", "Th¾ng", "Nguyễn"]) is Legacy.TCVN3
    assert guess(["Coäng hoøa", "Nguyeãn", "Th¾ng"]) is Legacy.VNI
