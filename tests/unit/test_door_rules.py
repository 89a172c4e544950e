"""Both ways through a gate, the desk's rules and the paper list; nothing here knows a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.checkin import rules
from kiosk.checkin.rules import BadgeFacts, Detail, Outcome, Passing
from kiosk.core.errors import Refused
from kiosk.core.names import fold

NOW = datetime(2026, 3, 12, 0, 45, tzinfo=UTC)  # 07:45 in the hall
HALL = ZoneInfo("Asia/Ho_Chi_Minh")
SWITCHES = ("readable", "known", "revoked", "inside", "was_inside", "doors_open", "replaced")

flags = st.builds(Passing, st.booleans(), st.booleans(), st.booleans())


def judge(**given: object) -> tuple[Outcome, str]:
    return rules.judge(BadgeFacts(**{"readable": True, "known": True, **given}))  # type: ignore[arg-type]


def test_a_way_out_says_goodbye_to_who_is_inside_and_records_nothing_for_who_is_not() -> None:
    assert judge(direction="out", inside=True) == (Outcome.LEFT, "")
    assert judge(direction="out", inside=True, standing="guest") == (Outcome.LEFT, "")
    assert judge(direction="out") == (Outcome.REFUSED, Detail.NOT_INSIDE)
    assert judge(direction="out", was_inside=True) == (Outcome.REFUSED, Detail.NOT_INSIDE)
    assert judge(was_inside=True) == (Outcome.RETURNED, "")


def test_entitled_comes_after_valid_and_before_duplicate() -> None:
    assert judge(replaced=True) == (Outcome.REFUSED, Detail.REPLACED)
    assert judge(replaced=True, inside=True) == (Outcome.REFUSED, Detail.REPLACED)
    assert judge(replaced=True, revoked=True) == (Outcome.REVOKED, "")
    assert judge(no_place=True) == (Outcome.REFUSED, Detail.NO_PLACE)


def test_a_late_scan_that_was_overtaken_changes_nothing_but_says_already_where_that_is_true() -> (
    None
):
    assert judge(overtaken=True) == (Outcome.REFUSED, Detail.OVERTAKEN)
    assert judge(overtaken=True, inside=True) == (Outcome.ALREADY, "")
    assert judge(overtaken=True, inside=True, direction="out") == (
        Outcome.REFUSED,
        Detail.OVERTAKEN,
    )


def test_only_refused_has_a_detail_and_state_changes_only_where_every_sign_is_right() -> None:
    for values in product([True, False], repeat=len(SWITCHES)):
        for direction, overtaken in product(("in", "out"), (True, False)):
            known = dict(zip(SWITCHES, values, strict=True))
            outcome, detail = judge(**known, direction=direction, overtaken=overtaken)
            assert (outcome is Outcome.REFUSED) == bool(detail)
            sound = (
                known["readable"]
                and known["known"]
                and known["doors_open"]
                and not known["revoked"]
                and not known["replaced"]
                and not overtaken
            )
            assert (outcome in rules.ENTERS) == (
                sound and direction == "in" and not known["inside"]
            )
            assert (outcome is Outcome.LEFT) == (sound and direction == "out" and known["inside"])


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("2026-03-12T00:31:00.000Z", datetime(2026, 3, 12, 0, 31, tzinfo=UTC)),
        ("2026-03-12T07:31:00+07:00", datetime(2026, 3, 12, 0, 31, tzinfo=UTC)),
        ("2026-03-12T00:50:00Z", NOW),  # five minutes ahead: the server's own moment
        ("2026-03-12T07:31:00", None),
        ("2026-03-10T00:31:00Z", None),
        ("2026-03-12T02:31:00Z", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("07:31", None),
        ("", None),
        ("x" * 10_000, None),
        ("２０２６-03-12", None),
    ],
)
def test_a_claim_is_a_zoned_moment_of_the_last_day_or_nothing(
    text: str, claimed: datetime | None
) -> None:
    assert rules.claim_of(text, now=NOW) == claimed


@given(st.text(max_size=60))
def test_no_claim_ever_raises_or_lies_in_the_future(text: str) -> None:
    claimed = rules.claim_of(text, now=NOW)
    assert claimed is None or NOW - timedelta(hours=24) <= claimed <= NOW


@given(of=flags, passes=flags)
def test_a_substitution_never_changes_the_number_convened(of: Passing, passes: Passing) -> None:
    substitute, stays = rules.passed_on(of, passes)
    assert substitute.counts_for_quorum + stays.counts_for_quorum == of.counts_for_quorum
    for flag in ("counts_for_quorum", "votes", "elects"):
        assert not getattr(substitute, flag) or (getattr(of, flag) and getattr(passes, flag))


def test_by_default_a_substitute_counts_and_votes_and_does_not_elect() -> None:
    everything = Passing(counts_for_quorum=True, votes=True, elects=True)
    substitute, _ = rules.passed_on(everything, rules.PASSES_BY_DEFAULT)
    assert substitute == Passing(counts_for_quorum=True, votes=True, elects=False)


@given(asked=flags, opened=st.booleans(), standing=st.sampled_from(["guest", "delegate"]))
def test_nobody_who_walks_in_after_the_opening_counts_and_no_guest_ever(
    asked: Passing, opened: bool, standing: str
) -> None:
    found = rules.walk_in_flags(standing=standing, asked=asked, opened=opened)
    if standing == "guest":
        assert found == Passing(counts_for_quorum=False, votes=False, elects=False)
    else:
        assert found.counts_for_quorum == (asked.counts_for_quorum and not opened)
        assert (found.votes, found.elects) == (asked.votes, asked.elects)


@pytest.mark.parametrize(
    ("typed", "numbers", "doubles", "unread"),
    [
        ("3, 7 12-14", (3, 7, 12, 13, 14), (), ()),
        ("3\n4\n\n5;6.", (3, 4, 5, 6), (), ()),
        ("10 – 12", (10, 11, 12), (), ()),
        ("5 5 4-6", (5, 4, 6), (5,), ()),
        ("0 -3 9-7 abc 1x", (), (), ("0-3", "9-7", "abc", "1x")),
        ("1-999999", (), (), ("1-999999",)),
        ("１２ ٣", (), (), ("１２", "٣")),
        ("", (), (), ()),
    ],
)
def test_numbers_of_the_paper_list_are_read_as_people_type_them(
    typed: str, numbers: tuple[int, ...], doubles: tuple[int, ...], unread: tuple[str, ...]
) -> None:
    found = rules.paper_numbers(typed)
    assert (found.numbers, found.doubles, found.unread) == (numbers, doubles, unread)


def test_a_list_that_is_too_long_is_refused_before_it_is_read() -> None:
    for typed in ("1 " * 20_000, "1-1500 2000-3499"):
        with pytest.raises(Refused, match="paper_too_long"):
            rules.paper_numbers(typed)


@given(st.text(max_size=200))
def test_whatever_is_typed_becomes_numbers_once_each_or_is_shown_as_unread(text: str) -> None:
    found = rules.paper_numbers(text)
    assert len(set(found.numbers)) == len(found.numbers)
    assert all(number >= 1 for number in found.numbers)
    assert set(found.doubles) <= set(found.numbers)


@pytest.mark.parametrize("text", ["7:40", "07:40", "7h40", "07H40 "])
def test_the_papers_time_is_today_in_the_hall(text: str) -> None:
    assert rules.paper_time(text, now=NOW, hall=HALL) == datetime(2026, 3, 12, 0, 40, tzinfo=UTC)


@pytest.mark.parametrize("text", ["7:46", "24:00", "sáng", "7:4", "7.40", "١:00"])
def test_a_time_that_has_not_come_or_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="paper_time_wrong"):
        rules.paper_time(text, now=NOW, hall=HALL)
    assert rules.paper_time("  ", now=NOW, hall=HALL) is None


def rank(typed: str, name: str, number: int = 7) -> int | None:
    return rules.search_rank(typed, folded=fold(name), number=number)


def test_the_given_name_comes_first_and_any_part_is_found_without_marks() -> None:
    assert rank("an", "Nguyễn Văn An") == 1
    assert rank("anh", "Hoàng Thị Ngọc Ánh") == 1
    assert rank("an", "Hoàng Thị Ngọc Ánh") == 2
    assert rank("an", "An Văn Bình") == 3
    assert rank("an", "Phạm Văn Toàn") == 4
    assert rank("Đuc", "Lê Minh Đức") == 1
    assert rank("le duc", "Lê Minh Đức") == 1
    assert rank("7", "Lê Minh Đức") == 0
    assert rank("xyz", "Lê Minh Đức") is None
    assert rank("   ", "Lê Minh Đức") is None
    assert rank("duc xyz", "Lê Minh Đức") is None


@pytest.mark.parametrize(
    ("kind", "reason", "code"),
    [
        ("with_reason", "", "absence_reason_missing"),
        ("with_reason", "x", "absence_reason_missing"),
        ("without_reason", "x" * 201, "reason_too_long"),
        ("sick", "ốm nặng", "absence_kind_unknown"),
        ("", "", "absence_kind_unknown"),
    ],
)
def test_an_absence_needs_a_kind_and_a_reason_where_one_is_claimed(
    kind: str, reason: str, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        rules.absence_of(kind, reason)
