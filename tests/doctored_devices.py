"""What may be wrong with the machines of the rehearsed day, and which invariant has to say so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from doctoring import Doctor, day, noted, row, stored, without_lines
from rehearsed_devices import (
    AT_PLAIN_DOOR,
    BOARDS,
    DEVICES,
    GUESSES,
    ONLOOKER,
    ORDERED,
    PAIRED,
    SELF_TESTS,
    SHEETS,
    SWITCHED,
    TRIED_OUT,
)

from kiosk.rehearsal.told_devices import Act, Looked, SheetLine


def order(what: str, **changes: Any) -> Doctor:
    """The day in which one order went otherwise."""
    return noted("ordered", [each.what for each in ORDERED].index(what), **changes)


def acts(what: str, status: int, *, may: bool = False) -> Doctor:
    """The day in which a device was answered otherwise after an order."""
    return order(what, acts=(Act("scan", status, may),))


def board(place: int, **changes: Any) -> Doctor:
    return noted("boards", place, **changes)


def sheet(**changes: Any) -> Doctor:
    return noted("sheets", 0, **changes)


def encrypted(**changes: Any) -> Doctor:
    return noted("encrypted", 0, **changes)


def device(number: int, **changes: Any) -> Doctor:
    """The day with one other stored device."""
    return row("devices", number - 1, **changes)


def told(place: int, **changes: Any) -> Doctor:
    """The day in which one line of the sheet said something else, in both places."""
    lines = list(SHEETS[0].told)
    lines[place] = replace(lines[place], **changes)
    shown = tuple(SheetLine("", "", line.state, line.text) for line in lines)
    return sheet(told=tuple(lines), after=shown)


def swapped(first: int, second: int) -> Doctor:
    """The day in which two lines of the board stood in each other's place."""
    rows = list(BOARDS[0].troubled)
    rows[first], rows[second] = rows[second], rows[first]
    return board(0, troubled=tuple(rows))


_TESTS = SHEETS[0].tests
_STOLEN = Looked("/tablet", 200, "/tablet", is_device=True)
_LATE = replace(GUESSES[-1], refusal="", seconds=0)

DOCTORED_DEVICES: list[tuple[str, str, Doctor]] = [
    # Pairing.
    ("codes_make_devices", "not stored", stored(devices=DEVICES[:-1])),
    ("codes_make_devices", "never came for its cookie", device(2, is_paired=False)),
    ("codes_make_devices", "another kind", device(5, kind="tablet")),
    ("codes_make_devices", "landed elsewhere", noted("paired", 0, landed="/tablet")),
    ("codes_make_devices", "called otherwise", noted("paired", 5, name="Máy dãy Z")),
    ("codes_make_devices", "a strange suggestion", noted("paired", 0, name="Máy 1")),
    ("codes_make_devices", "one name twice", noted("paired", 1, name="Cổng 1")),
    ("codes_make_devices", "confirmed by nobody", stored(book=without_lines("code:confirmed"))),
    ("codes_make_devices", "became one unsaid", stored(book=without_lines("device:paired"))),
    ("codes_make_devices", "only by codes", noted("paired", 2, by_code=True)),
    ("codes_make_devices", "nobody was paired", day(paired=())),
    ("a_code_that_is_seen_gives_nothing", "a page", day(onlooker=(*ONLOOKER, _STOLEN))),
    ("a_code_that_is_seen_gives_nothing", "a beat", noted("onlooker", 2, status=204)),
    ("a_code_that_is_seen_gives_nothing", "the console", noted("onlooker", 2, status=200)),
    ("a_code_that_is_seen_gives_nothing", "nobody looked", day(onlooker=())),
    ("dead_codes_find_nobody", "confirmed twice", noted("dead_codes", 0, refusal="")),
    ("dead_codes_find_nobody", "never tried", day(dead_codes=())),
    ("guesses_are_slowed_down", "all are heard", noted("bursts", 0, heard=8, delayed=0)),
    ("guesses_are_slowed_down", "one too many", noted("bursts", 0, heard=5, delayed=3)),
    ("guesses_are_slowed_down", "a guess is right", noted("guesses", 1, refusal="")),
    ("guesses_are_slowed_down", "nobody guessed", day(bursts=())),
    ("the_delay_survives_a_kill", "forgotten", day(guesses=(*GUESSES[:-1], _LATE))),
    ("the_delay_survives_a_kill", "begun anew", noted("guesses", 4, seconds=2)),
    ("the_delay_survives_a_kill", "no kill", day(killed=())),
    ("the_delay_survives_a_kill", "never tried", day(guesses=GUESSES[:2])),
    ("what_was_confirmed_survives_a_kill", "lost", day(paired=(*PAIRED[:10], *PAIRED[13:]))),
    ("what_was_confirmed_survives_a_kill", "a dark wall", noted("back", 0, ms=None)),
    ("what_was_confirmed_survives_a_kill", "nobody listened", day(back=())),
    ("what_was_confirmed_survives_a_kill", "no kill", day(killed=())),
    # The encrypted door.
    ("encrypted_door_is_for_who_trusts", "an old TLS", encrypted(version="TLSv1.1")),
    ("encrypted_door_is_for_who_trusts", "no TLS", encrypted(version="")),
    ("encrypted_door_is_for_who_trusts", "anybody", encrypted(stranger_stays_out=False)),
    ("encrypted_door_is_for_who_trusts", "any name", encrypted(other_name_fails=False)),
    ("encrypted_door_is_for_who_trusts", "a bare cookie", encrypted(cookies_are_safe=False)),
    ("encrypted_door_is_for_who_trusts", "no beat", encrypted(beat=403)),
    ("encrypted_door_is_for_who_trusts", "revoked in vain", encrypted(beat_after=204)),
    ("encrypted_door_is_for_who_trusts", "never paired", encrypted(device_id=99)),
    ("encrypted_door_is_for_who_trusts", "nobody came", day(encrypted=())),
    (
        "authority_signs_for_the_local_network_alone",
        "a bank",
        encrypted(foreign_name_holds=True),
    ),
    (
        "authority_signs_for_the_local_network_alone",
        "for nothing",
        encrypted(local_name_holds=False),
    ),
    ("authority_signs_for_the_local_network_alone", "skipped", encrypted(is_critical=False)),
    ("authority_signs_for_the_local_network_alone", "never tried", day(encrypted=())),
    ("plain_door_speaks_of_trust_alone", "a gate", noted("at_plain_door", 2, status=200)),
    ("plain_door_speaks_of_trust_alone", "no trust", noted("at_plain_door", 0, status=404)),
    ("plain_door_speaks_of_trust_alone", "a cookie", noted("at_plain_door", 0, sets_cookie=True)),
    ("plain_door_speaks_of_trust_alone", "led away", noted("at_plain_door", 1, leads="/gate")),
    ("plain_door_speaks_of_trust_alone", "a probe", noted("at_plain_door", 3, status=302)),
    ("plain_door_speaks_of_trust_alone", "no probe", day(at_plain_door=AT_PLAIN_DOOR[:-1])),
    ("plain_door_speaks_of_trust_alone", "nobody asked", day(at_plain_door=())),
    # Orders.
    ("orders_hold_at_once", "revoked, and scans", acts("revoked", 200)),
    ("orders_hold_at_once", "revoked, and the server breaks", acts("revoked", 500)),
    ("orders_hold_at_once", "pinned, and may not", acts("pinned", 403, may=True)),
    ("orders_hold_at_once", "the copy lives on", acts("replaced", 204)),
    ("orders_hold_at_once", "not renamed", device(4, name="Máy tính bảng 1")),
    ("orders_hold_at_once", "not re-roled", device(13, kind="tablet")),
    ("orders_hold_at_once", "not revoked", device(14, is_revoked=False)),
    ("orders_hold_at_once", "still pinned", device(4, task="gate")),
    ("orders_hold_at_once", "gone", stored(devices=DEVICES[:-1])),
    ("orders_hold_at_once", "nobody was revoked", day(ordered=ORDERED[:-2])),
    ("orders_show_without_a_touch", "deaf to its name", order("renamed", ms=None)),
    ("orders_show_without_a_touch", "no bye", order("revoked", ms=None)),
    ("orders_show_without_a_touch", "nobody listens", order("pinned", listens=False)),
    ("orders_show_without_a_touch", "all listen", day(ordered=ORDERED[:-1])),
    ("tablets_follow_one_tap", "one is deaf", noted("switched", 0, ms={4: 60.0, 13: None})),
    (
        "tablets_follow_one_tap",
        "one stays",
        noted("switched", 0, landed={**SWITCHED[0].landed, 4: "/tablet"}),
    ),
    ("tablets_follow_one_tap", "no tablet", noted("switched", 1, ms={}, landed={})),
    ("tablets_follow_one_tap", "no way back", day(switched=SWITCHED[:1])),
    ("board_names_each_trouble", "one is said to be well", board(0, troubled=(), fine=())),
    ("board_names_each_trouble", "another trouble", board(0, troubled=((6, "silent"),))),
    ("board_names_each_trouble", "a well one is red", board(0, fine=BOARDS[0].fine[1:])),
    ("board_names_each_trouble", "not sorted", swapped(1, 4)),
    ("board_names_each_trouble", "red too soon", board(0, silence=12.0)),
    ("board_names_each_trouble", "nothing was mended", day(boards=BOARDS[:1])),
    ("board_names_each_trouble", "no trouble", day(boards=BOARDS[1:])),
    ("one_cookie_in_two_machines_is_told", "not first", swapped(0, 1)),
    ("one_cookie_in_two_machines_is_told", "unwritten", stored(book=without_lines("doubled"))),
    (
        "one_cookie_in_two_machines_is_told",
        "never mended",
        board(1, wanted={**BOARDS[1].wanted, 6: "doubled"}),
    ),
    ("one_cookie_in_two_machines_is_told", "no copy", order("replaced", acts=())),
    ("one_cookie_in_two_machines_is_told", "never tried", day(boards=BOARDS[1:])),
    # Self-tests and the sheet.
    ("self_tests_are_booked", "not stored", stored(self_tests=SELF_TESTS[1:])),
    ("self_tests_are_booked", "failed, stored as passed", row("self_tests", 2, ok=True)),
    ("self_tests_are_booked", "by nobody", row("self_tests", 5, by_name="")),
    ("self_tests_are_booked", "unwritten", stored(book=without_lines("self_test:failed"))),
    ("self_tests_are_booked", "any badge is right", noted("tried_out", 5, status=200)),
    ("self_tests_are_booked", "nobody was asked for a name", day(tried_out=TRIED_OUT[1:])),
    ("self_tests_are_booked", "the server broke", noted("tried_out", 5, status=500)),
    ("self_tests_are_booked", "the laptop was left out", day(tried_out=TRIED_OUT[:-1])),
    ("sheet_calls_nothing_unknown_good", "unknown is green", told(1, state="good")),
    (
        "sheet_calls_nothing_unknown_good",
        "green before it was measured",
        sheet(before=(SheetLine("", "", "good", "Không rõ, chưa đo"),)),
    ),
    ("sheet_calls_nothing_unknown_good", "known unasked", sheet(before=())),
    ("sheet_calls_nothing_unknown_good", "never measured", told(0, code="not_measured")),
    ("sheet_calls_nothing_unknown_good", "ready", sheet(is_ready=True)),
    ("sheet_calls_nothing_unknown_good", "two words", sheet(word_shown="SẴN SÀNG")),
    ("sheet_calls_nothing_unknown_good", "two sheets", sheet(after=SHEETS[0].after[1:])),
    (
        "sheet_calls_nothing_unknown_good",
        "an untried tablet is green",
        sheet(tests={**_TESTS, 7: ("good", {"touch": None})}),
    ),
    (
        "sheet_calls_nothing_unknown_good",
        "an untried part passed",
        sheet(tests={**_TESTS, 7: ("unknown", {"touch": True})}),
    ),
    (
        "sheet_calls_nothing_unknown_good",
        "a tried one is not",
        sheet(tests={**_TESTS, 4: ("unknown", {"touch": True, "scan": True})}),
    ),
    ("sheet_calls_nothing_unknown_good", "nothing failed", sheet(tests={1: _TESTS[1]})),
    ("sheet_calls_nothing_unknown_good", "nobody asked", day(sheets=())),
    ("sheet_agrees_with_the_board", "a silent one is heard", told(8, state="good")),
    ("sheet_agrees_with_the_board", "one is missing", sheet(told=SHEETS[0].told[:-1])),
    ("sheet_agrees_with_the_board", "a small fleet", sheet(fleet={}, told=())),
    ("sheet_agrees_with_the_board", "nobody asked", day(sheets=())),
    # The book.
    *(
        ("book_has_every_act", f"nothing about {event}", stored(book=without_lines(event)))
        for event in (
            *("device:added", "device:paired", "code:confirmed", "code:refused"),
            *("device:renamed", "kind_changed", "device:revoked", "tablet:told", "tablets:told"),
            *("device:doubled", "self_test:passed", "self_test:failed"),
        )
    ),
]
