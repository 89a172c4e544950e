"""The 14 digits of a badge: laws of the check digits, and what is never understood by half."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.conference import badge_code

KEY = bytes(range(32))
twelve = st.from_regex(r"[0-9]{12}", fullmatch=True)
ids = st.integers(0, 10**9)


def codes():
    return twelve.map(lambda body: body + badge_code.check_digits(body))


@given(codes(), st.integers(0, 13), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(code, place, shift):
    wrong = str((int(code[place]) + shift) % 10)
    assert not badge_code.well_formed(code[:place] + wrong + code[place + 1 :])


@given(codes(), st.integers(0, 12))
def test_every_exchange_of_two_neighbours_is_caught(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert badge_code.well_formed(swapped) == (swapped == code)


@given(codes())
def test_the_check_is_that_of_iso_7064_mod_97_10(code):
    assert int(code) % 97 == 1
    assert 2 <= int(code[12:]) <= 98


@given(twelve)
def test_only_one_pair_of_check_digits_fits(body):
    fitting = [n for n in range(100) if badge_code.well_formed(f"{body}{n:02d}")]
    assert fitting == [int(badge_code.check_digits(body))]


@pytest.mark.parametrize("digit", "0123456789")
def test_fourteen_equal_digits_are_no_badge(digit):
    assert not badge_code.well_formed(digit * 14)


@given(ids, ids, ids)
def test_a_derived_code_is_well_formed_and_cleans_to_itself(delegate, issue, attempt):
    code = badge_code.derive(KEY, delegate_id=delegate, issue=issue, attempt=attempt)
    assert badge_code.well_formed(code)
    assert badge_code.clean(code) == badge_code.clean(badge_code.grouped(code) + "\r\n") == code


def test_codes_never_change_between_versions_because_badges_are_already_printed():
    made = badge_code.derive(KEY, delegate_id=58, issue=1)
    digest = hmac.new(KEY, b"kiosk/badge-code/1|58|1|0", hashlib.sha256).digest()
    assert made[:12] == f"{int.from_bytes(digest, 'big') % 10**12:012d}"
    assert made == badge_code.derive(KEY, delegate_id=58, issue=1, attempt=0)


def test_another_delegate_issue_attempt_or_key_gives_another_code():
    facts = [(1, 11, 0), (11, 1, 0), (1, 1, 1), (111, 0, 0), (1, 1, 11), (0, 111, 0)]
    made = {
        badge_code.derive(key, delegate_id=d, issue=i, attempt=a)
        for key in (KEY, KEY[::-1])
        for d, i, a in facts
    }
    assert len(made) == 2 * len(facts)


def test_thousands_of_delegates_share_no_code():
    made = {badge_code.derive(KEY, delegate_id=number, issue=1) for number in range(5000)}
    assert len(made) == 5000


def test_every_digit_appears_about_as_often():
    text = "".join(badge_code.derive(KEY, delegate_id=n, issue=1)[:12] for n in range(2000))
    assert all(2100 < text.count(digit) < 2700 for digit in "0123456789")


def test_the_stored_hash_is_keyed_and_has_a_purpose_of_its_own():
    code = badge_code.derive(KEY, delegate_id=7, issue=2)
    stored = badge_code.stored_hash(KEY, code)
    assert len(stored) == 32
    assert stored != badge_code.stored_hash(KEY[::-1], code)
    assert stored != hashlib.sha256(code.encode()).digest()
    assert stored != hmac.new(KEY, code.encode(), hashlib.sha256).digest()
    derived_from = hmac.new(KEY, b"kiosk/badge-code/1|" + code.encode(), hashlib.sha256)
    assert stored != derived_from.digest()


@pytest.mark.parametrize(
    "typed",
    [
        "{0} {1} {2} {3}",
        " {0}-{1}-{2}-{3}\r\n",
        "{0}.{1}.{2}.{3}",
        "{0}\u00a0{1}\u202f{2}\u2013{3}\t",
        "\ufeff{0}{1}{2}{3}\u200b",
    ],
)
def test_what_stands_between_the_digits_does_not_matter(typed):
    assert badge_code.clean(typed.format("5260", "1815", "9083", "75")) == "52601815908375"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "5260181590837",
        "526018159083755",
        "52601815908376",
        "５２６０１８１５９０８３７５",
        "٥٢٦٠١٨١٥٩٠٨٣٧٥",
        "5²601815908375",
        "+52601815908375",
        "5260_1815_9083_75",
        "5260181590837O",
        "52601815908375" * 2,
    ],
)
def test_what_is_not_fourteen_fitting_ascii_digits_is_nothing(typed):
    assert badge_code.clean(typed) is None
    assert not badge_code.well_formed(typed)


@pytest.mark.parametrize("piece", ["5", " ", "\u0000", "52601815908375 ", "😀"])
def test_a_scan_of_a_megabyte_is_thrown_away(piece):
    assert badge_code.clean(piece * (1_000_000 // len(piece))) is None


@given(st.text())
def test_no_text_makes_cleaning_fail(raw):
    code = badge_code.clean(raw)
    assert code is None or badge_code.well_formed(code)


def test_digits_are_grouped_for_reading_aloud():
    assert badge_code.grouped("52601815908375") == "5260 1815 9083 75"


def test_programming_errors_are_told_at_once():
    with pytest.raises(ValueError, match="key"):
        badge_code.derive(b"short", delegate_id=1, issue=1)
    with pytest.raises(ValueError, match="zero"):
        badge_code.derive(KEY, delegate_id=1, issue=-1)
    with pytest.raises(ValueError, match="twelve"):
        badge_code.check_digits("١" * 12)
    with pytest.raises(ValueError, match="well-formed"):
        badge_code.stored_hash(KEY, "1" * 14)
