"""What the bytes of a box say: nothing of who, when, in what order, or which slip brought what."""

from __future__ import annotations

import ast
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from ballot_box import BOARD, Round
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT

from kiosk.ballot import judging
from kiosk.ballot.box import Box
from kiosk.core.errors import Refused


@pytest.fixture
def round_(tmp_path: Path) -> Round:
    made = Round(tmp_path)
    made.create()
    return made


@pytest.fixture
def box(round_: Round) -> Iterator[Box]:
    opened = round_.open()
    yield opened
    opened.close()


def bytes_beside(path: Path) -> bytes:
    """Everything of a box on the disk, whatever SQLite has put beside it."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))


def without_counters(raw: bytes) -> bytes:
    """The file without the header's two counters of COMMITs: how many there were is no secret."""
    return raw[:24] + raw[28:92] + raw[96:]


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(9)))
def test_the_bytes_of_a_box_do_not_depend_on_the_order_of_arrival(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    """The same slips and ballots, in any order and any pairing of the two: the same file."""
    round_ = Round(tmp_path_factory.mktemp("order"), printed=9)
    round_.create()
    empty = round_.path.read_bytes()
    cast = [round_.sealed() for _ in range(9)]

    def filled(pairs: list[tuple[int, int]]) -> bytes:
        round_.path.write_bytes(empty)
        box = round_.open()
        for slip, ballot in pairs:
            box.cast(round_.slips[slip], cast[ballot])
        box.close()
        return without_counters(round_.path.read_bytes())

    plain = filled([(place, place) for place in range(9)])
    assert filled([(place, place) for place in order]) == plain
    assert filled(list(zip(range(9), order, strict=True))) == plain
    assert len(plain) == len(without_counters(empty)), "nothing is ever added to the file"


def test_half_full_boxes_of_the_same_ballots_are_the_same_file(tmp_path: Path) -> None:
    """Also where ballots must give way to each other, and after refusals on the way."""
    round_ = Round(tmp_path, printed=120)
    round_.create()
    empty = round_.path.read_bytes()
    cast = [round_.sealed() for _ in range(60)]
    files = set()
    for seed in range(4):
        round_.path.write_bytes(empty)
        box = round_.open()
        random = Random(seed)  # noqa: S311 (an order for a test)
        slips = round_.slips[:60]
        random.shuffle(slips)
        random.shuffle(cast)
        for slip, sealed in zip(slips, cast, strict=True):
            box.cast(slip, sealed)
            with pytest.raises(Refused):
                box.cast(slip, round_.sealed())
            with pytest.raises(Refused):
                box.cast(round_.slips[-1], sealed)
        box.close()
        files.add(without_counters(round_.path.read_bytes()))
    assert len(files) == 1


def test_no_journal_holds_what_was_cast_last(round_: Round, box: Box) -> None:
    for slip in round_.slips[:5]:
        box.cast(slip, round_.sealed())
        beside = [each for each in round_.path.parent.iterdir() if each != round_.path]
        assert [each.stat().st_size for each in beside] in ([], [0])


def test_a_box_shares_no_value_with_what_the_database_knows(round_: Round, box: Box) -> None:
    """Slip hashes, fingerprint, key, conference: none of their bytes stands in the box."""
    for slip in round_.slips[:6]:
        box.cast(slip, round_.sealed())
    raw = bytes_beside(round_.path)
    known = [*round_.slips, round_.mark, round_.public_key, round_.secret.encode()]
    for value in known:
        for form in (value, value.hex().encode(), value[:8], value[-8:]):
            assert form not in raw
    for code in round_.codes:
        assert code.encode() not in raw
    for name in BOARD.candidates:
        assert name.encode() not in raw


def test_a_box_has_no_column_for_a_person_a_moment_or_a_device(round_: Round) -> None:
    with closing(sqlite3.connect(round_.path)) as raw:
        tables = {
            name: [row[1] for row in raw.execute(f"PRAGMA table_info({name})")]
            for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    assert tables == {
        "box": ["one", "format", "sealed_length", "places", "salt", "belongs", "shut"],
        "slip": ["place", "hash", "used"],
        "ballot": ["place", "sealed"],
    }


def test_the_rows_of_slips_stand_in_the_order_of_their_hash(round_: Round) -> None:
    """Not as they were printed, counted or loaded."""
    with closing(sqlite3.connect(round_.path)) as raw:
        rows = [row[0] for row in raw.execute("SELECT hash FROM slip ORDER BY place")]
    assert rows == sorted(rows)
    assert not set(rows) & set(round_.slips)


# -- what it knows ---------------------------------------------------------------------------------


def test_the_box_imports_no_room_and_nothing_that_knows_the_time() -> None:
    source = (ROOT / "kiosk/ballot/box.py").read_text(encoding="utf-8")
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    ours = {name for name in names if name.startswith("kiosk")}
    assert ours == {
        "kiosk.core.pool", "kiosk.core.side_file", "kiosk.core.errors.Refused",
        "kiosk.core.side_file.SideFile",
    }  # fmt: skip
    assert not names & {"time", "datetime", "flask", "sqlalchemy"}


def test_every_ballot_of_a_round_has_one_length(round_: Round) -> None:
    lengths = {len(round_.sealed(*choices)) for choices in
               [(0,) * 5, (1,) * 5, (1, 0, 0, 0, 0), (0, 1, 0, 1, 1)]}  # fmt: skip
    assert lengths == {judging.sealed_length(BOARD)}
    again = {round_.sealed(1, 0, 0, 0, 0) for _ in range(20)}
    assert len(again) == 20, "the same choice never gives the same bytes"
