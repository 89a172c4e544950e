"""Pairing codes, names, clocks, copied cookies, and the order of trouble."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.names import fold
from kiosk.devices import rules
from kiosk.devices.rules import Signs, Trouble

# -- codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "418503",
        "418 503",
        " 418 503 ",
        "418-503",
        "418.503",
        "418\u00a0503",
        "https://192.168.1.10:8443/pair/code/418503",
        "http://127.0.0.1:8080/pair/code/418503",
    ],
)
def test_a_code_is_known_as_it_is_typed_and_as_it_is_scanned(text: str) -> None:
    assert rules.code_in(text) == "418503"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "41850",
        "4185030",
        "abcdef",
        "٤١٨٥٠٣",
        "４１８５０３",
        "https://192.168.1.10:8443/pair/418503",
        "https://192.168.1.10:8443/pair/code/418503/x",
        "javascript:/pair/code/418503",
        "https://a b/pair/code/418503",
        "418503\n418504",
        "0" * 100_000,
    ],
)
def test_anything_else_is_no_code(text: str) -> None:
    assert rules.code_in(text) is None


@given(st.integers(0, 999_999))
def test_every_code_survives_being_read_aloud(number: int) -> None:
    code = f"{number:06d}"
    assert rules.code_in(rules.in_threes(code)) == code


@given(st.text(max_size=60))
def test_what_is_read_is_six_digits_or_nothing(text: str) -> None:
    found = rules.code_in(text)
    assert found is None or (len(found) == 6 and found.isascii() and found.isdigit())


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "taken", "name"),
    [
        ("tablet", [], "Máy tính bảng 1"),
        ("tablet", ["Máy tính bảng 1", "Máy tính bảng 2"], "Máy tính bảng 3"),
        ("tablet", ["Máy tính bảng 2"], "Máy tính bảng 1"),
        ("tablet", ["MAY TINH BANG 1"], "Máy tính bảng 2"),
        ("gate", ["Cổng 1", "Cổng chính"], "Cổng 2"),
        ("projector", [], "Máy chiếu"),
        ("projector", ["Máy chiếu"], "Máy chiếu 2"),
        ("projector", ["máy chiếu 1"], "Máy chiếu"),
    ],
)
def test_a_new_device_gets_the_next_free_name(kind: str, taken: list[str], name: str) -> None:
    assert rules.next_name(kind, taken) == name


@given(
    kind=st.sampled_from(sorted(rules.KIND_WORDS)),
    taken=st.lists(
        st.builds(
            lambda kind, number, form: unicodedata.normalize(
                form, f"{rules.KIND_WORDS[kind]} {number}"
            ),
            st.sampled_from(sorted(rules.KIND_WORDS)),
            st.integers(0, 12),
            st.sampled_from(["NFC", "NFD"]),
        ),
        max_size=30,
    ),
)
def test_a_suggested_name_is_never_taken_and_always_fits(kind: str, taken: list[str]) -> None:
    name = rules.next_name(kind, taken)
    assert fold(name) not in {fold(each) for each in taken}
    assert 1 <= len(name) <= 40


def test_the_laptops_own_windows_are_offered_as_its_wall_and_gates_all_others_as_tablets() -> None:
    assert rules.likely_kind(is_this_laptop=False, kinds_in_use=set()) == "tablet"
    assert rules.likely_kind(is_this_laptop=True, kinds_in_use=set()) == "projector"
    assert rules.likely_kind(is_this_laptop=True, kinds_in_use={"projector"}) == "gate"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/126.0.0.0 Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            " Version/16.6 Mobile/15E148 Safari/604.1",
            "Safari, iPad",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox, Linux",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_machine_is_named_as_a_person_would(agent: str, words: str) -> None:
    assert rules.machine_of(agent) == words


# -- names -----------------------------------------------------------------------------------------

#: Every vowel with every mark, as Vietnamese stacks them.
STACKED = "ấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữựỳýỷỹỵỈĨỊÚÙỦŨỤĐđ"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "name",
    [
        "Cổng 5",
        "Bàn Khối Thống Nhất, dãy (2)",
        "Máy tính bảng 12/B",
        "Cổng Đông – phố Điện Biên Phủ",
        "Q. Hồ's #1 & #2",
        "Führer-Straße".replace("ß", "ss"),
        *(STACKED[place : place + 15] for place in range(0, len(STACKED), 15)),
    ],
)
def test_vietnamese_names_work_however_they_were_typed(name: str, form: Literal["NFC"]) -> None:
    assert rules.is_plain(unicodedata.normalize(form, name))


@given(st.permutations(list("\u0302\u0323")), st.sampled_from("aeoAEO"))
def test_marks_count_in_any_order(marks: list[str], letter: str) -> None:
    assert rules.is_plain(f"B{letter}{''.join(marks)}n")


@pytest.mark.parametrize(
    "name",
    [
        "\u0421ổng 5",  # a Cyrillic С
        "Cổng \u0665",  # an Arabic five
        "Cổng \uff15",  # a wide five
        "C\u03bfng",  # a Greek omicron
        "Cổng \u216b",  # a Roman twelve in one sign
        "Cổng 5\u0301",  # a mark on a digit
        "\u0301Cổng",  # a mark on nothing
        "Co" + "\u0301" * 38,
        "Cộ\u0309ng",  # three marks
        "Cổng \U0001f6aa",
        "5\u20e3",
        "門",
        "<b>",
        "---",
        " ",
    ],
)
def test_a_name_that_deceives_the_eye_or_runs_over_other_lines_is_refused(name: str) -> None:
    assert not rules.is_plain(name)


# -- one cookie, two machines ----------------------------------------------------------------------


def heard(*said: tuple[float, str]) -> tuple[str, ...]:
    sightings: dict[str, rules.Sighting] = {}
    for now, address in said:
        sightings = rules.seen_from(sightings, address, now)
    return rules.doubled(sightings)


def test_a_cookie_heard_here_there_and_here_again_is_in_two_machines() -> None:
    assert heard((0, "10.0.0.1"), (5, "10.0.0.2"), (10, "10.0.0.1")) == ("10.0.0.1", "10.0.0.2")
    assert heard((0, "127.0.0.1"), (1, "10.0.0.2"), (2, "127.0.0.1"))


def test_an_address_that_was_left_before_is_not_named() -> None:
    assert heard((0, "old"), (1, "a"), (2, "b"), (3, "a")) == ("a", "b")


def test_a_device_that_moves_to_another_address_is_one_machine() -> None:
    assert not heard((0, "a"), (10, "a"), (13, "b"), (23, "b"), (33, "b"))
    assert not heard((0, "a"), (5, "b"), (5 + rules.OVERLAP + 1, "a"))


@given(st.lists(st.floats(0, 15), min_size=1, max_size=30), st.integers(0, 29))
def test_one_move_is_never_taken_for_a_copy(pauses: list[float], place: int) -> None:
    now, said = 0.0, []
    for number, pause in enumerate(pauses):
        now += pause
        said.append((now, "old" if number < place else "new"))
    assert not heard(*said)


@given(st.floats(0, 10), st.floats(0.1, 9.9), st.integers(2, 12))
def test_two_machines_that_beat_every_ten_seconds_are_found_at_the_third_beat(
    begin: float, apart: float, rounds: int
) -> None:
    said = []
    for number in range(rounds):
        said += [(begin + number * 10, "a"), (begin + number * 10 + apart, "b")]
    assert heard(*said[:3])
    assert heard(*said)


@given(st.lists(st.tuples(st.floats(0, 30), st.sampled_from("abc")), max_size=40))
def test_only_what_was_heard_within_the_overlap_is_remembered(
    steps: list[tuple[float, str]],
) -> None:
    now, sightings = 0.0, {}
    for pause, address in steps:
        now += pause
        sightings = rules.seen_from(sightings, address, now)
        assert all(now - seen.last <= rules.OVERLAP for seen in sightings.values())
        assert all(seen.first <= seen.last for seen in sightings.values())


# -- clocks ----------------------------------------------------------------------------------------


@given(
    skew=st.floats(-100_000, 100_000),
    there=st.floats(0, 5),
    back=st.floats(0, 5),
)
def test_the_clock_is_wrong_by_half_the_round_trip_at_most(
    skew: float, there: float, back: float
) -> None:
    received = 1_000_000.0
    sent = received - there + skew
    found = rules.clock_skew(sent=sent, round_trip=there + back, received=received)
    assert abs(found - skew) <= (there + back) / 2 + 1e-6


def test_the_clock_is_exact_where_there_and_back_take_as_long() -> None:
    assert rules.clock_skew(sent=1_044.5, round_trip=1.0, received=1_000.0) == 45.0
    assert rules.clock_skew(sent=900.0, round_trip=-5.0, received=1_000.0) == -100.0


# -- trouble ---------------------------------------------------------------------------------------


def signs(**known: object) -> Signs:
    return Signs(**{"is_paired": True, "silence": 0.0, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({}, ()),
        ({"silence": 19.9}, ()),
        ({"silence": 20.0}, (Trouble.SILENT,)),
        ({"battery": 26}, ()),
        ({"battery": 25}, (Trouble.BATTERY,)),
        ({"battery": 3, "is_charging": True}, ()),
        ({"skew": 29.9}, ()),
        ({"skew": -30.0}, (Trouble.CLOCK,)),
        ({"has_old_page": True}, (Trouble.OLD_PAGE,)),
        ({"is_doubled": True, "silence": 60.0}, (Trouble.DOUBLED, Trouble.SILENT)),
        # A flat battery is why it is silent; its clock and page are not to be helped now.
        (
            {"silence": 60.0, "battery": 4, "skew": 99.0, "has_old_page": True},
            (Trouble.SILENT, Trouble.BATTERY),
        ),
        ({"is_paired": False, "silence": 999.0, "battery": 1}, (Trouble.WAITING,)),
    ],
)
def test_what_needs_a_look_and_in_which_order(
    known: dict[str, object], found: tuple[Trouble, ...]
) -> None:
    assert rules.troubles(signs(**known)) == found


any_signs = st.builds(
    Signs,
    is_paired=st.booleans(),
    silence=st.floats(0, 1000),
    is_doubled=st.booleans(),
    battery=st.none() | st.integers(0, 100),
    is_charging=st.booleans(),
    skew=st.none() | st.floats(-1e6, 1e6),
    has_old_page=st.booleans(),
)


@given(st.lists(any_signs, max_size=40))
def test_the_board_begins_with_the_worst_and_ends_with_what_is_fine(fleet: list[Signs]) -> None:
    found = sorted(map(rules.troubles, fleet), key=rules.worst_first)
    order = list(Trouble)
    worst = [order.index(each[0]) if each else len(order) for each in found]
    assert worst == sorted(worst)
    for each in found:
        assert list(each) == sorted(each, key=order.index), "within a device too"
        assert len(set(each)) == len(each)


@given(any_signs)
def test_a_device_in_order_has_no_trouble_and_any_single_fault_is_one(known: Signs) -> None:
    is_fine = (
        known.is_paired
        and known.silence < rules.SILENT
        and not known.is_doubled
        and (known.battery is None or known.battery > rules.BATTERY_LOW or known.is_charging)
        and (known.skew is None or abs(known.skew) < rules.SKEW_MOST)
        and not known.has_old_page
    )
    assert (rules.troubles(known) == ()) == is_fine
