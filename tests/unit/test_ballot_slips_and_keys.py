"""Slips, tellers' codes, definitions and fingerprints: what people type, write down and compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk.ballot.engine_events  # noqa: F401 (registers the sentences)
from kiosk.ballot import definition, keys, slips
from kiosk.ballot.definition import Definition, Style
from kiosk.ballot.outcome import Kind
from kiosk.closing import recount
from kiosk.conference import badge_code
from kiosk.core import digits
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

KEY = bytes(range(32))
PUBLIC = bytes(range(100, 132))

BOARD = Definition(
    conference="0123456789ab",
    round=1,
    kind=Kind.A,
    seats=3,
    style=Style.CHOOSE,
    candidates=("Nguyễn Văn An", "Lê Thị Bình", "Đỗ Chi", "Trần Dũng"),
)

ten = st.integers(0, 10**8 - 1).map(lambda n: f"{n:08d}" + digits.check_digits(f"{n:08d}"))


# -- slips -----------------------------------------------------------------------------------------


def test_slips_are_ten_digits_and_none_is_there_twice() -> None:
    made = slips.fresh(2_000)
    assert len(set(made)) == 2_000
    assert all(slips.clean(code) == code and len(code) == 10 for code in made)
    assert made != sorted(made), "printed in random order"
    more = slips.fresh(500, taken=made)
    assert not set(more) & set(made)


def test_no_more_slips_than_a_round_may_have() -> None:
    with pytest.raises(ValueError, match="at most"):
        slips.fresh(slips.MOST + 1)
    assert slips.fresh(0) == []


@given(ten)
def test_a_slip_is_read_as_people_and_scanners_write_it(code: str) -> None:
    assert slips.grouped(code) == f"{code[:5]} {code[5:]}"
    for form in (slips.grouped(code), f" {code}\r\n", "-".join(code), f"{code[:4]}.{code[4:]}",
                 f"{code[:3]}\u00a0{code[3:]}", f"\ufeff{code}"):  # fmt: skip
        assert slips.clean(form) == code
    assert slips.qr_text(code) == code


@given(ten, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(code: str, place: int, by: int) -> None:
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert slips.clean(wrong) is None


@given(ten, st.integers(0, 8))
def test_two_neighbours_exchanged_are_noticed(code: str, place: int) -> None:
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert wrong == code or slips.clean(wrong) is None


@pytest.mark.parametrize(
    "raw", ["", "1234567890", "１２３４５６７８９０", "abc", "0" * 65, "12345 6789", "١٢٣٤٥٦٧٨٩٠"]
)
def test_what_is_no_slip_is_none(raw: str) -> None:
    assert slips.clean(raw) is None


def test_a_badge_is_no_slip_and_a_slip_is_no_badge() -> None:
    badge = badge_code.derive(KEY, delegate_id=1, issue=1)
    assert slips.clean(badge) is None
    assert badge_code.clean(slips.fresh(1)[0]) is None


def test_a_slip_of_another_round_or_conference_is_another_slip() -> None:
    code = slips.fresh(1)[0]
    keyed = {
        slips.slip_hash(slips.round_key(KEY, conference=name, round_number=number), code)
        for name in ("a", "b")
        for number in (1, 2)
    }
    assert len(keyed) == 4
    assert all(len(each) == 32 for each in keyed)


def test_a_short_key_or_a_malformed_slip_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="bytes"):
        slips.round_key(b"short", conference="a", round_number=1)
    with pytest.raises(ValueError, match="well-formed"):
        slips.slip_hash(KEY, "1234567890")


# -- the definition and its fingerprint ------------------------------------------------------------


def test_the_fingerprint_is_the_hash_of_two_lines_that_anybody_can_type() -> None:
    text = (
        PUBLIC.hex()
        + '\n["kiosk-ballot/1","0123456789ab",1,"A",3,"choose",'
        + '["Nguyễn Văn An","Lê Thị Bình","Đỗ Chi","Trần Dũng"]]'
    )
    expected = hashlib.sha256(text.encode("utf-8")).digest()
    assert definition.fingerprint(PUBLIC, BOARD) == expected
    assert recount.fingerprint(BOARD.as_json(), PUBLIC.hex()) == expected.hex()


@pytest.mark.parametrize(
    "other",
    [
        {"conference": "0123456789ac"},
        {"round": 2},
        {"kind": Kind.B},
        {"seats": 2},
        {"style": Style.STRIKE},
        {"candidates": (*BOARD.candidates[:3], "Trần Dung")},
        {"candidates": (*BOARD.candidates[1:], BOARD.candidates[0])},
        {"candidates": BOARD.candidates[:3]},
    ],
)
def test_whatever_changes_on_the_ballot_changes_the_fingerprint(other: dict[str, Any]) -> None:
    assert definition.fingerprint(PUBLIC, replace(BOARD, **other)) != definition.fingerprint(
        PUBLIC, BOARD
    )


def test_another_key_is_another_fingerprint() -> None:
    assert definition.fingerprint(PUBLIC[::-1], BOARD) != definition.fingerprint(PUBLIC, BOARD)
    with pytest.raises(ValueError, match="32 bytes"):
        definition.fingerprint(PUBLIC[:31], BOARD)


def test_people_read_sixteen_groups_of_four() -> None:
    groups = definition.groups(definition.fingerprint(PUBLIC, BOARD))
    assert len(groups) == 16
    assert all(len(group) == 4 and group == group.upper() for group in groups)


def printed() -> st.SearchStrategy[str]:
    return st.text(min_size=1, max_size=40).map(tidy).filter(bool)


@given(st.lists(printed(), min_size=1, max_size=9, unique=True))
def test_a_definition_survives_its_json_and_both_programs_hash_it_alike(names: list[str]) -> None:
    ballot = replace(BOARD, candidates=tuple(names))
    said = json.loads(json.dumps(ballot.as_json()))
    assert Definition.of_json(said) == ballot
    assert recount.fingerprint(said, PUBLIC.hex()) == definition.fingerprint(PUBLIC, ballot).hex()


@pytest.mark.parametrize(
    "wrong",
    [
        {"candidates": ()},
        {"candidates": ("An", "An")},
        {"candidates": (" An",)},
        {"candidates": ("",)},
        {"round": 0},
        {"seats": 0},
        {"conference": ""},
    ],
)
def test_a_definition_that_no_page_makes_is_a_programming_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(BOARD, **wrong)


@given(st.lists(st.binary(min_size=8, max_size=8), unique=True), st.randoms())
def test_the_sealed_set_is_one_text_whatever_the_order(sealed: list[bytes], random: Any) -> None:
    mixed = list(sealed)
    random.shuffle(mixed)
    text = definition.sealed_set(sealed)
    assert definition.sealed_set(mixed) == text
    assert text.decode("ascii").split() == sorted(one.hex() for one in sealed)
    mark = definition.sealed_fingerprint(mixed)
    assert mark == hashlib.sha256(text).digest()
    assert recount.set_fingerprint([one.hex() for one in mixed]) == mark.hex()


# -- the tellers' codes ----------------------------------------------------------------------------

#: WARNING: a thousand times cheaper than a real lock; the price is tested by itself below.
CHEAP = {"passes": 1, "memory": 8192}


@pytest.fixture(scope="module")
def codes() -> list[str]:
    return [keys.fresh_code() for _ in range(5)]


def locked(codes: list[str]) -> keys.Lock:
    return keys.lock(codes, **CHEAP)


def groups_of(codes: list[str]) -> Iterator[dict[int, str]]:
    by_slot = dict(enumerate(codes, start=1))
    for size in range(len(codes) + 1):
        for slots in combinations(by_slot, size):
            yield {slot: by_slot[slot] for slot in slots}


def test_a_code_is_twelve_random_digits_and_two_that_check_them() -> None:
    made = {keys.fresh_code() for _ in range(200)}
    assert len(made) == 200
    for code in made:
        assert len(code) == 14
        assert keys.clean(keys.grouped(code)) == code
        assert keys.clean(code[:-1] + str((int(code[-1]) + 1) % 10)) is None


@pytest.mark.parametrize(("tellers", "needed", "records"), [(3, 2, 3), (5, 3, 10)])
def test_any_k_tellers_open_the_box_and_fewer_do_not(
    codes: list[str], tellers: int, needed: int, records: int
) -> None:
    lock = locked(codes[:tellers])
    assert (lock.tellers, lock.needed, len(lock.records)) == (tellers, needed, records)
    assert keys.needed_of(tellers) == needed
    found = set()
    for group in groups_of(codes[:tellers]):
        if len(group) < needed:
            with pytest.raises(Refused) as refused:
                keys.unlock(lock, group)
            assert refused.value.code == "ballot_codes_too_few"
        else:
            opened = keys.unlock(lock, group)
            assert opened.unfit == ()
            found.add(opened.secret)
    assert len(found) == 1


def test_a_wrong_group_is_an_error_and_never_a_wrong_secret(codes: list[str]) -> None:
    lock = locked(codes[:3])
    with pytest.raises(Refused) as refused:
        keys.unlock(lock, {1: codes[0], 2: keys.fresh_code()})
    assert refused.value.code == "ballot_codes_fit_no_group"
    assert refused.value.facts == {"slots": "1, 2"}
    # A right code in the place of another teller is wrong there.
    with pytest.raises(Refused):
        keys.unlock(lock, {1: codes[1], 2: codes[0]})


@pytest.mark.parametrize("wrong", [{2}, {5}, {1, 4}])
def test_the_slots_that_fit_no_group_are_named(codes: list[str], wrong: set[int]) -> None:
    lock = locked(codes)
    typed = {
        slot: keys.fresh_code() if slot in wrong else code
        for slot, code in enumerate(codes, start=1)
    }
    opened = keys.unlock(lock, typed)
    assert set(opened.unfit) == wrong


def test_three_wrong_codes_of_five_open_nothing(codes: list[str]) -> None:
    typed = dict(enumerate([*codes[:2], *(keys.fresh_code() for _ in range(3))], start=1))
    with pytest.raises(Refused) as refused:
        keys.unlock(locked(codes), typed)
    assert refused.value.facts == {"slots": "1, 2, 3, 4, 5"}


def test_no_part_of_a_lock_holds_its_secret_or_a_code(codes: list[str]) -> None:
    lock = locked(codes)
    secret = keys.unlock(lock, dict(enumerate(codes, start=1))).secret
    text = json.dumps(lock.as_json())
    assert keys.Lock.of_json(json.loads(text)) == lock
    assert secret.hex() not in text
    assert not any(code in text for code in codes)
    assert "secret" not in repr(keys.Unlocked(secret, ())).lower().replace("unlocked", "")
    assert len({record.salt for record in lock.records}) == len(lock.records)
    assert len({record.sealed for record in lock.records}) == len(lock.records)


def test_a_lock_whose_key_was_exchanged_is_noticed(codes: list[str]) -> None:
    lock = replace(locked(codes[:3]), public_key=PUBLIC)
    with pytest.raises(Refused) as refused:
        keys.unlock(lock, dict(enumerate(codes[:2], start=1)))
    assert refused.value.code == "ballot_lock_damaged"


@pytest.mark.parametrize("tellers", [0, 1, 2, 4])
def test_a_box_is_locked_by_three_or_five(codes: list[str], tellers: int) -> None:
    with pytest.raises(Refused) as refused:
        locked(codes[:tellers])
    assert refused.value.code == "ballot_tellers_wrong"


@pytest.mark.parametrize("third", ["12345678901234", "", None])
def test_a_code_that_is_malformed_or_there_twice_is_refused(
    codes: list[str], third: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        locked([*codes[:2], codes[0] if third is None else third])
    assert refused.value.facts == {"slot": 3}


def test_a_real_lock_costs_what_the_decision_says() -> None:
    """64 MiB and four passes: no test weakens what the hall uses."""
    assert (keys.PASSES, keys.MEMORY) == (4, 64 * 1024 * 1024)
    lock = keys.lock([keys.fresh_code() for _ in range(3)])
    assert {(record.passes, record.memory) for record in lock.records} == {(4, 67_108_864)}
