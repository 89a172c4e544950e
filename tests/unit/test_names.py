"""Vietnamese names: order, search, sameness (domain.md 7, packages.md 4)."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.core.names import (
    collation_key,
    fold,
    is_all_capitals,
    matches,
    name_key,
    nfc,
    proper_case,
    same_name,
    sort_key,
    tidy,
)

LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
words = st.text(LETTERS + LETTERS.upper(), min_size=1, max_size=7)
names = st.lists(words, min_size=1, max_size=5).map(" ".join)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    "order",
    [
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["Dũng", "Duy", "Dương", "Đạt", "Đức", "Hạnh", "Hằng", "Hân", "Hoa"],
        ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "o", "ô", "ơ", "u", "ư", "y"],
        ["Đội 1", "Đội 2", "Tổ a", "Tổ A", "Tổ b"],
        ["Ban A", "Ban-A", "Ban1", "Bana"],
    ],
)
def test_letters_rank_before_tones_and_tones_before_case(order: list[str]) -> None:
    backwards = order[::-1]
    assert sorted(backwards, key=collation_key) == order


def test_people_stand_by_given_name_then_family_then_middle() -> None:
    order = [
        "Trần Văn An",
        "Lê Thị Dung",
        "Đỗ Mạnh Dũng",
        "Nguyễn Văn Dũng",
        "Nguyễn Việt Dũng",
        "Bùi Thị Đào",
        "Vũ Thị Ánh Tuyết",
        "Yến",
    ]
    backwards = order[::-1]
    assert sorted(backwards, key=sort_key) == order


def test_the_keys_order_names_in_a_database_column_too() -> None:
    order = ["Lê Hà", "Lê Hạ", "Trần Hằng", "Lê Hân", "Lê Hoa", "Lê Hòa", "Lê Ước", "Lê Ý"]
    with sqlite3.connect(":memory:") as db:
        db.execute("create table person (name text, place text)")
        db.executemany(
            "insert into person values (?, ?)", [(n, sort_key(n)) for n in reversed(order)]
        )
        assert [row[0] for row in db.execute("select name from person order by place")] == order
    db.close()


@given(names, names)
def test_the_order_is_the_same_for_composed_and_decomposed_letters(a: str, b: str) -> None:
    assert sort_key(a) == sort_key(nfd(a))
    assert collation_key(a) == collation_key(nfd(a))
    assert (sort_key(a) < sort_key(b)) == (sort_key(nfd(a)) < sort_key(nfd(b)))


@given(st.text(max_size=12), st.text(max_size=12))
@example("é", "e\u0301")
@example("ü", "u")
def test_only_the_same_text_has_the_same_key(a: str, b: str) -> None:
    assert (sort_key(a) == sort_key(b)) == (tidy(a) == tidy(b))
    assert (collation_key(a) == collation_key(b)) == (tidy(a) == tidy(b))


@given(st.text(max_size=40))
@example("\u0345")
@example("İ")
@example("a\u200b\u0301")
def test_tidy_and_fold_done_twice_change_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert fold(fold(text)) == fold(text)
    assert fold(text) == fold(nfd(text))
    tidy(text).encode()  # no lone surrogate is left


def test_tidy_drops_what_nobody_sees_and_folds_odd_spaces() -> None:
    assert tidy("\ufeff Nguyễn\u00a0\u2003Văn\n\tA\u200b\u202e\x07 ") == "Nguyễn Văn A"
    assert tidy(nfd("Nguyễn")) == "Nguyễn" == nfc(nfd("Nguyễn"))
    assert tidy("\ud800a") == "a"


def test_the_search_key_has_no_marks() -> None:
    assert fold("Nguyễn Đức Thuỷ") == "nguyen duc thuy"
    assert fold(nfd("ĐẶNG  THỊ ẨN")) == "dang thi an"


@pytest.mark.parametrize(
    "query", ["thuy", "duc thu", "Thuỷ nguyễn", "n d t", "", "nguyen duc thuy"]
)
def test_word_prefixes_find_a_name_in_any_order(query: str) -> None:
    assert matches(query, fold("Nguyễn Đức Thuỷ"))


@pytest.mark.parametrize("query", ["uy", "duc duc", "thuy nguyen le", "t t"])
def test_other_words_do_not_find_it(query: str) -> None:
    assert not matches(query, fold("Nguyễn Đức Thuỷ"))


def test_a_short_prefix_leaves_the_word_that_a_long_one_needs() -> None:
    assert matches("ng nguyen", fold("Nguyễn Ngọc"))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Hòa", "Hoà"),
        ("Thúy", "Thuý"),
        ("Thủy", "Thuỷ"),
        ("NGUYỄN VĂN HÒA", "nguyễn  văn\u00a0hoà"),
        (nfd("Đặng Thị Ánh"), "Đặng Thị Ánh"),
        ("H'Mông Y-Bhiô", "H’ Mông Y Bhiô"),
    ],
)
def test_spellings_of_one_name_are_the_same(a: str, b: str) -> None:
    assert same_name(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [("Hoa", "Hòa"), ("Hòa", "Hóa"), ("Dung", "Đung"), ("Tú", "Tư"), ("An Hà", "Hà An")],
)
def test_another_tone_or_letter_is_another_name(a: str, b: str) -> None:
    assert not same_name(a, b)


@given(names)
def test_a_name_is_itself_in_any_form(name: str) -> None:
    assert name_key(name) == name_key(nfd(name)) == name_key(name.upper()) == name_key(f" {name} ")


def test_capitals_become_a_name_and_other_names_stay() -> None:
    assert proper_case("NGUYỄN THỊ ÁNH TUYẾT") == "Nguyễn Thị Ánh Tuyết"
    assert proper_case(nfd("ĐỖ HOẰNG")) == "Đỗ Hoằng"
    assert proper_case("H'MÔNG Y-BHIÔ") == "H'Mông Y-Bhiô"
    assert proper_case("Nguyễn văn A") == "Nguyễn văn A"
    assert not is_all_capitals("A")


@given(names)
def test_proper_case_keeps_the_name_the_same(name: str) -> None:
    assert same_name(proper_case(name.upper()), name)
    assert proper_case(proper_case(name.upper())) == proper_case(name.upper())
