"""What a rehearsed election is made of: the wishes of the hall, the search, the printed slips."""

from __future__ import annotations

import base64
import hashlib
import random
import zlib

import pytest

from kiosk.closing import recount
from kiosk.rehearsal.election import paper, search, wishes
from kiosk.rehearsal.needles import Needles
from kiosk.rehearsal.told_ballot import INVALID, Play


def counted(ballots: wishes.Ballots, *, seats: int, electors: int) -> dict[str, object]:
    """The outcome by the second count of the program."""
    good = [
        marks
        for play, marks in zip(ballots.plays, ballots.marks, strict=True)
        if play not in INVALID and play is not Play.NEVER
    ]
    many = len(ballots.marks[0])
    kind = "A" if many > seats else "B"
    for marks in good:
        assert any(marks)
        assert kind == "B" or sum(marks) <= seats
    people = []
    for place in range(many):
        yes, no = (sum(marks[place] == mark for marks in good) for mark in (1, 2))
        said = {"votes": yes} if kind == "A" else {"yes": yes, "no": no}
        people.append({"name": chr(65 + place), "born": None, **said})
    return recount.elect(
        {
            "type": kind,
            "seats": seats,
            "base": "present",
            "tie": "second_round",
            "counts": {"present": electors},
            "candidates": people,
        }
    )


@pytest.mark.parametrize(("voters", "electors"), [(3, 4), (6, 7), (14, 16), (120, 130), (800, 820)])
@pytest.mark.parametrize("candidates", [3, 4, 5])
def test_the_first_round_always_leaves_one_seat_and_the_second_fills_it(
    voters: int, electors: int, candidates: int
) -> None:
    kinds = set()
    for seed in range(25):
        dice = random.Random(seed)  # noqa: S311 (a rehearsal, no secret)
        first = wishes.draw(
            voters=voters,
            electors=electors,
            candidates=candidates,
            seats=3,
            is_last=False,
            dice=dice,
        )
        outcome = counted(first, seats=3, electors=electors)
        assert outcome["open_seats"] == 1
        again = outcome["second_round"]
        assert isinstance(again, dict)
        kinds.add("tie" if outcome["tied"] else "shortage")
        second = wishes.draw(
            voters=voters,
            electors=electors,
            candidates=len(again["candidates"]),
            seats=1,
            is_last=True,
            dice=dice,
        )
        assert counted(second, seats=1, electors=electors)["open_seats"] == 0
    assert "shortage" in kinds
    # In a large hall both ways lead to a second round.
    assert voters < 100 or candidates == 3 or kinds == {"tie", "shortage"}


def test_a_large_hall_plays_everything_and_a_small_one_what_it_can() -> None:
    dice = random.Random(7)  # noqa: S311 (a rehearsal, no secret)
    many = wishes.draw(voters=300, electors=310, candidates=5, seats=3, is_last=False, dice=dice)
    assert set(many.plays) == set(Play)
    few = wishes.draw(voters=3, electors=4, candidates=3, seats=3, is_last=False, dice=dice)
    assert len(few.plays) == len(few.marks) == 3
    assert not set(few.plays) & {*INVALID, Play.NEVER}


# -- the search ------------------------------------------------------------------------------

SEALED = bytes(range(100, 190))
PLAIN = b"\1\0\1" + bytes(range(32))
NEEDLES = Needles(sealed=[SEALED], plain=[PLAIN], slips={"4820731695"}, codes={"12345678901234"})


@pytest.mark.parametrize("before", range(9))
@pytest.mark.parametrize(
    ("what", "trace"),
    [
        ("sealed ballot", SEALED),
        ("sealed ballot", SEALED.hex().encode()),
        ("sealed ballot", SEALED.hex().upper().encode()),
        ("sealed ballot", base64.b64encode(SEALED)),
        ("plain ballot", PLAIN),
        ("plain ballot", PLAIN.hex().encode()),
        ("id of a ballot", hashlib.sha256(SEALED).digest()),
        ("slip", b"4820731695"),
        ("slip", b"48207 31695"),
        ("teller's code", b"1234 5678 9012 34"),
    ],
)
def test_a_trace_is_found_wherever_it_stands(what: str, trace: bytes, before: int) -> None:
    blob = b"\xff" * 16 + b"/" * before + trace + b"/" + b"\xff" * 21
    assert search.look([("file", blob)], NEEDLES)[0] == [f"{what}: file"]


def test_what_only_begins_alike_is_no_trace() -> None:
    near = SEALED[:-1] + b"\0"
    inside = b"a4820731695b 048207316950 " + near.hex().encode()
    found, files, size = search.look([("one", near), ("two", inside)], NEEDLES)
    assert (found, files, size) == ([], 2, len(near) + len(inside))


def test_only_ballots_are_allowed_in_the_database_once_it_is_opened() -> None:
    blobs = [("instance/kiosk.sqlite3", SEALED + b" 4820731695 "), ("server.log", SEALED)]
    found, *_ = search.look(blobs, NEEDLES, allow=("kiosk.sqlite3",))
    assert found == ["slip: instance/kiosk.sqlite3", "sealed ballot: server.log"]


# -- the printed slips -----------------------------------------------------------------------


def a_sheet(*lines: str) -> bytes:
    """As much of a PDF as typst writes for text: one font, one page, packed streams."""
    letters = sorted(set("".join(lines)))
    table = "".join(f"<{glyph:04X}> <{ord(each):04X}>\n" for glyph, each in enumerate(letters))
    cmap = f"{len(letters)} beginbfchar\n{table}endbfchar".encode()
    shown = "".join(
        "BT /f0 12 Tf [("
        + "".join(f"\\{at >> 8:03o}\\{at & 255:03o}" for at in map(letters.index, line))
        + ")12]TJ ET\n"
        for line in lines
    ).encode()
    page, cmap = zlib.compress(shown), zlib.compress(cmap)
    return b"%PDF-1.7\n" + b"".join(
        (
            b"1 0 obj\n<</Font<</f0 2 0 R>>>>\nendobj\n",
            b"2 0 obj\n<</Type/Font/ToUnicode 3 0 R>>\nendobj\n",
            b"3 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\n"
            % (len(cmap), cmap),
            b"4 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\n"
            % (len(page), page),
        )
    )


def test_the_tellers_read_the_codes_and_nothing_else_of_a_sheet() -> None:
    from kiosk.ballot import slips

    codes = slips.fresh(3)
    wrong = f"{codes[0][:-1]}{(int(codes[0][-1]) + 1) % 10}"
    printed = ["Lượt 1", *map(slips.grouped, codes), slips.grouped(wrong), "Nhập 10 chữ số"]
    sheet = a_sheet(*printed)
    assert paper.texts(sheet) == printed
    assert paper.slips_in(sheet) == codes


def test_a_sheet_of_the_program_is_read_code_by_code() -> None:
    from datetime import UTC, datetime

    from kiosk.ballot import papers, slips

    codes = slips.fresh(26)
    order = papers.slips_payload(codes, round_number=2, event="Hội nghị", rehearsal=True,
                                 at=datetime(2026, 3, 12, tzinfo=UTC))  # fmt: skip
    assert paper.slips_in(papers.job(order, lambda done, total: None)) == codes
