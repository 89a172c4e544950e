"""Notes for the minutes: no text of anybody is ever lost (lessons 38)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.agenda import notes
from kiosk.agenda.notes import Version, merge
from kiosk.core.errors import Refused

NOON = datetime(2026, 3, 12, 5, tzinfo=UTC)

lines = st.lists(st.sampled_from(["a", "b", "Lan báo cáo", "Lan báo cáo xong", "kết luận", ""]))
anything = st.lists(st.text(alphabet="ab đ\t", max_size=4), max_size=8)
texts = st.one_of(lines, anything).map("\n".join)


def stands(line: str, merged: list[str]) -> bool:
    """A line is there whole, or reworded by the other side."""
    return line in merged or any(notes.is_reworded(line, other) for other in merged)


@given(texts, texts, texts)
def test_no_line_of_either_side_is_lost(base: str, ours: str, theirs: str) -> None:
    merged = merge(base, ours, theirs).split("\n")
    for line in (ours + "\n" + theirs).split("\n"):
        assert stands(line, merged), (line, merged)


@given(texts, texts, texts)
def test_what_a_side_wrote_itself_stands_word_for_word(base: str, ours: str, theirs: str) -> None:
    merged, before = Counter(merge(base, ours, theirs).split("\n")), Counter(base.split("\n"))
    for side in (ours, theirs):
        fresh = Counter(side.split("\n")) - before
        assert all(merged[line] for line in fresh if line)


@given(texts, texts, texts)
def test_nothing_is_invented(base: str, ours: str, theirs: str) -> None:
    known = set((ours + "\n" + theirs).split("\n")) | {""}
    assert set(merge(base, ours, theirs).split("\n")) <= known | set(base.split("\n"))


@given(texts, texts)
def test_where_one_side_did_nothing_the_other_side_only_grows(base: str, ours: str) -> None:
    for merged in (merge(base, ours, base), merge(base, base, ours)):
        assert not Counter(ours.split("\n")) - Counter(merged.split("\n")) - Counter([""])
    assert merge(base, ours, ours) == ours
    assert merge(base, base, base) == base


def test_two_people_who_add_below_get_both_lines() -> None:
    base = "Đồng chí Lan trình bày."
    assert merge(base, f"{base}\nĐức hỏi.", f"{base}\nKết luận.") == f"{base}\nĐức hỏi.\nKết luận."


def test_a_word_put_right_by_one_takes_the_place_of_the_wrong_one() -> None:
    base = "Đồng chí Lan trinh bày.\nHết."
    fixed = "Đồng chí Lan trình bày.\nHết."
    assert merge(base, fixed, f"{base}\nThêm.") == f"{fixed}\nThêm."
    assert merge(base, f"{base}\nThêm.", fixed) == f"{fixed}\nThêm."


def test_a_line_that_both_reworded_stands_twice() -> None:
    merged = merge("Nhất trí 80%", "Nhất trí 81%", "Nhất trí 82%")
    assert merged == "Nhất trí 81%\nNhất trí 82%"


def test_a_line_struck_out_by_one_stays_while_the_other_has_it() -> None:
    assert merge("một\nhai\nba", "một\nba", "một\nhai\nba\nbốn") == "một\nhai\nba\nbốn"


def test_a_text_too_long_to_compare_is_set_below_and_loses_nothing() -> None:
    ours = "\n".join(f"dòng {number}" for number in range(1_500))
    merged = merge("", ours, f"dòng 3\nlạ\n{ours}")
    assert merged == f"{ours}\nlạ"


def test_ten_pages_of_one_letter_are_merged_at_once() -> None:
    merge("a" * 20_000, "a" * 19_999 + "b", "b" + "a" * 19_999)
    merge("\n" * 499, "x" + "\n" * 499, "\n" * 499 + "y")


# -- where a text goes -----------------------------------------------------------------------


def test_a_save_on_the_newest_is_the_next_and_one_on_an_older_is_a_branch() -> None:
    stored = [Version(1, 0), Version(2, 1)]
    assert notes.place(stored, based_on=2) == notes.Place(3, 2, is_branch=False, forked_from=0)
    assert notes.place(stored, based_on=1) == notes.Place(3, 1, is_branch=True, forked_from=1)
    assert notes.place([], based_on=0) == notes.Place(1, 0, is_branch=False, forked_from=0)
    assert notes.place(stored, based_on=0) == notes.Place(3, 0, is_branch=True, forked_from=0)


def test_a_branch_goes_on_from_itself_and_keeps_its_fork() -> None:
    stored = [Version(1, 0), Version(2, 1), Version(3, 1, forked_from=1, is_branch=True)]
    assert notes.place(stored, based_on=3) == notes.Place(4, 3, is_branch=True, forked_from=1)


def test_a_branch_that_was_settled_meanwhile_is_a_start_of_its_own() -> None:
    settled = Version(3, 1, forked_from=1, is_branch=True, settled_in=4)
    stored = [Version(1, 0), Version(2, 1), settled, Version(4, 2)]
    assert notes.place(stored, based_on=3) == notes.Place(5, 3, is_branch=True, forked_from=3)
    assert notes.open_tips(stored) == []


def test_a_version_that_was_never_stored_is_refused() -> None:
    with pytest.raises(Refused, match="note_version_unknown"):
        notes.place([Version(1, 0)], based_on=9)


@given(st.lists(st.integers(0, 12), max_size=12))
def test_every_save_gets_a_place_of_its_own(starts: list[int]) -> None:
    stored: list[Version] = []
    for start in starts:
        place = notes.place(stored, based_on=min(start, len(stored)))
        assert place.number == len(stored) + 1
        assert place.based_on < place.number
        assert place.is_branch or place.forked_from == 0
        stored.append(Version(place.number, place.based_on, place.forked_from, place.is_branch))
    main = [each.number for each in stored if not each.is_branch]
    assert [each.based_on for each in stored if not each.is_branch] == [0, *main][: len(main)]
    # Every branch ends in a tip that a person is shown.
    assert bool(notes.open_tips(stored)) == any(each.is_branch for each in stored)


# -- the text --------------------------------------------------------------------------------


def test_the_text_is_stored_as_typed_but_for_line_ends_and_hidden_signs() -> None:
    assert notes.clean("một \r\n\thai\x00\x07\r") == "một \n\thai\n"
    assert notes.clean("Hoa\u0300") == "Hoà"
    assert notes.clean("nửa \ud83d chữ") == "nửa ? chữ"


def test_twenty_thousand_signs_are_the_most() -> None:
    assert len(notes.clean("ệ" * 20_000)) == 20_000
    with pytest.raises(Refused) as refused:
        notes.clean("a" * 20_001)
    assert refused.value.facts == {"most": 20_000, "length": 20_001}


def test_a_sitting_ends_with_another_writer_or_a_pause() -> None:
    def begins(by: str, later: int) -> bool:
        at = NOON + timedelta(minutes=later)
        return notes.is_new_sitting(by=by, at=at, last_by="staff:1", last_at=NOON)

    assert not begins("staff:1", 10)
    assert begins("staff:1", 11)
    assert begins("staff:2", 0)
    assert notes.is_new_sitting(by="staff:1", at=NOON, last_by=None, last_at=None)
