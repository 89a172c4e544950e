"""The box: one ballot for each slip, durable, and nothing in it tells who, when, in what order."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ballot_box import Round
from flask import Flask
from support import clean_environment

import kiosk.ballot.engine_events  # noqa: F401 (registers the sentences)
from kiosk.ballot import box as boxes
from kiosk.ballot.box import Box, Cast
from kiosk.core import side_file
from kiosk.core.db import unit_of_work
from kiosk.core.errors import KioskError, NotSaved, Refused
from kiosk.core.messages import sentence


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


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as said:
        act()
    for language in ("vi", "en"):
        assert "…" not in sentence(said.value, language)
        assert sentence(said.value, language) != said.value.code
    return said.value.code


# -- one slip, one ballot --------------------------------------------------------------------------


def test_a_cast_uses_up_the_slip_and_drops_the_ballot(round_: Round, box: Box) -> None:
    sealed = round_.sealed()
    assert box.is_used(round_.slips[0]) is False
    assert box.cast(round_.slips[0], sealed) is Cast.DROPPED
    assert box.is_used(round_.slips[0]) is True
    assert box.count() == 1
    assert box.shut() == 1
    assert box.sealed_set() == (sealed,)


def test_the_same_slip_and_ballot_again_is_the_same_answer(round_: Round, box: Box) -> None:
    """A lost answer, a double tap: the tablet sends again and the voter is told that it is done."""
    sealed = round_.sealed()
    assert box.cast(round_.slips[0], sealed) is Cast.DROPPED
    for _ in range(3):
        assert box.cast(round_.slips[0], sealed) is Cast.AGAIN
    assert box.count() == 1


def test_a_used_slip_takes_no_second_ballot(round_: Round, box: Box) -> None:
    box.cast(round_.slips[0], round_.sealed())
    assert refused(lambda: box.cast(round_.slips[0], round_.sealed())) == "ballot_slip_used"
    assert box.count() == 1


def test_the_same_ballot_under_another_slip_is_refused_and_the_slip_stays_good(
    round_: Round, box: Box
) -> None:
    sealed = round_.sealed()
    box.cast(round_.slips[0], sealed)
    assert refused(lambda: box.cast(round_.slips[1], sealed)) == "ballot_bytes_again"
    assert box.is_used(round_.slips[1]) is False
    assert box.cast(round_.slips[1], round_.sealed()) is Cast.DROPPED


def test_a_slip_of_no_row_is_unknown(round_: Round, box: Box) -> None:
    assert box.is_used(bytes(32)) is None
    assert refused(lambda: box.cast(bytes(32), round_.sealed())) == "ballot_slip_unknown"


@pytest.mark.parametrize("harm", ["shorter", "longer", "empty", "zeros"])
def test_what_has_not_the_one_length_is_refused_at_the_door(
    round_: Round, box: Box, harm: str
) -> None:
    sealed = round_.sealed()
    wrong = {
        "shorter": sealed[:-1], "longer": sealed + b"\0", "empty": b"", "zeros": bytes(len(sealed))
    }[harm]  # fmt: skip
    assert refused(lambda: box.cast(round_.slips[0], wrong)) == "ballot_wrong_length"
    assert box.is_used(round_.slips[0]) is False


def test_no_ballot_after_closing(round_: Round, box: Box) -> None:
    """R12."""
    sealed = round_.sealed()
    box.cast(round_.slips[0], sealed)
    assert not box.is_shut()
    assert [box.shut(), box.shut()] == [1, 1], "closing again is quiet"
    assert box.is_shut()
    assert refused(lambda: box.cast(round_.slips[1], round_.sealed())) == "ballot_box_shut"
    assert box.cast(round_.slips[0], sealed) is Cast.AGAIN, "whose answer was lost is still told"
    assert refused(lambda: box.cast(round_.slips[0], round_.sealed())) == "ballot_slip_used"
    assert refused(lambda: box.cast(bytes(32), sealed)) == "ballot_box_shut"
    assert box.count() == 1


def test_the_sealed_set_is_read_only_when_the_box_is_shut(round_: Round, box: Box) -> None:
    assert refused(box.sealed_set) == "ballot_box_open"


def test_a_full_box_holds_exactly_what_was_cast(round_: Round, box: Box) -> None:
    cast = [round_.sealed() for _ in round_.slips]
    for slip, sealed in zip(round_.slips, cast, strict=True):
        assert box.cast(slip, sealed) is Cast.DROPPED
    assert box.shut() == len(cast)
    assert box.sealed_set() == tuple(sorted(cast))


def test_many_tablets_at_once_with_a_slip_each_and_one_slip_at_two_of_them(
    tmp_path: Path,
) -> None:
    """Two tablets with one slip at the same moment: exactly one ballot (issue: Voting)."""
    round_ = Round(tmp_path, printed=40)
    round_.create()
    box = round_.open()
    start = threading.Barrier(16)
    answers: list[tuple[int, bytes, str]] = []

    def tablet(number: int) -> None:
        start.wait()
        for place in range(40):
            # Everybody tries every slip, each with a ballot of its own.
            sealed = round_.sealed()
            slip = (place + number * 7) % 40
            try:
                answers.append((slip, sealed, box.cast(round_.slips[slip], sealed).value))
            except Refused as no:
                answers.append((slip, sealed, no.code))

    with ThreadPoolExecutor(16) as pool:
        for done in [pool.submit(tablet, number) for number in range(16)]:
            done.result()
    told = [(slip, sealed) for slip, sealed, said in answers if said == "dropped"]
    assert sorted(slip for slip, _ in told) == list(range(40))
    assert {said for *_, said in answers} == {"dropped", "ballot_slip_used"}
    assert box.shut() == 40
    assert box.sealed_set() == tuple(sorted(sealed for _, sealed in told))
    box.close()


# -- which box it is -------------------------------------------------------------------------------


def test_a_box_is_never_made_over_another(round_: Round) -> None:
    assert refused(round_.create) == "ballot_box_exists"


def test_a_round_without_slips_has_no_box(tmp_path: Path) -> None:
    assert refused(Round(tmp_path, printed=0).create) == "ballot_box_without_slips"


def test_a_box_that_is_gone_or_of_another_round_is_told(round_: Round, tmp_path: Path) -> None:
    other = Round(tmp_path)
    assert refused(other.open) == "ballot_box_of_another_round"
    boxes.remove(round_.path)
    assert refused(round_.open) == "ballot_box_missing"
    assert not round_.path.exists(), "looking for a box makes none"


def test_a_box_outlives_the_program(round_: Round) -> None:
    box = round_.open()
    sealed = round_.sealed()
    box.cast(round_.slips[0], sealed)
    box.close()
    again = round_.open()
    assert again.cast(round_.slips[0], sealed) is Cast.AGAIN
    again.shut()
    again.close()
    last = round_.open()
    assert last.is_shut()
    assert last.sealed_set() == (sealed,)
    last.close()


@pytest.mark.skipif(os.name == "nt", reason="the folder's own rights decide there")
def test_nobody_else_on_this_machine_reads_the_box(round_: Round) -> None:
    assert round_.path.stat().st_mode & 0o777 == 0o600
    assert round_.path.parent.stat().st_mode & 0o777 == 0o700


# -- crashes, readers, a disk that says no ---------------------------------------------------------


def test_no_unit_of_work_spans_both_files(app: Flask, round_: Round, box: Box) -> None:
    sealed = round_.sealed()
    with (
        app.app_context(),
        pytest.raises(KioskError, match="two files"),
        unit_of_work(),
    ):
        box.cast(round_.slips[0], sealed)
    with app.app_context(), pytest.raises(KioskError, match="two files"):  # noqa: PT012, SIM117
        with box._file.unit():
            with unit_of_work():
                pass
    assert box.cast(round_.slips[0], sealed) is Cast.DROPPED, "both queues are free again"
    with app.app_context(), unit_of_work():
        pass


def test_another_program_cannot_look_into_a_box_that_is_in_use(round_: Round, box: Box) -> None:
    box.cast(round_.slips[0], round_.sealed())
    with (
        closing(sqlite3.connect(round_.path, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("SELECT count(*) FROM ballot").fetchone()


_READER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN")
held.execute("SELECT count(*) FROM ballot").fetchone()
print("reading", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def reader(round_: Round) -> Iterator[subprocess.Popen[str]]:
    """A program that opened the box before the hall did, and does not let go."""
    with subprocess.Popen(
        [sys.executable, "-c", _READER, str(round_.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        yield process
        process.kill()


def test_a_reader_who_holds_the_box_is_met_with_a_clear_word_and_nothing_is_half_done(
    round_: Round, reader: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.core.writer.PATIENCE", 0.1)
    assert refused(round_.open) == "busy"
    reader.kill()
    reader.wait()
    box = round_.open()
    assert box.cast(round_.slips[0], round_.sealed()) is Cast.DROPPED
    box.close()


@pytest.mark.skipif(os.name == "nt", reason="there a file that is read cannot be deleted")
def test_a_box_is_deleted_under_a_reader_as_well(
    round_: Round, reader: subprocess.Popen[str]
) -> None:
    assert boxes.sweep(round_.instance, done=[1]) == [1]
    assert list(round_.path.parent.iterdir()) == []
    assert reader.poll() is None


def test_a_cast_that_the_disk_refuses_is_told_and_leaves_nothing(
    round_: Round, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = round_.sealed()

    def full() -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(box._file._writer, "_commit", full)
        with pytest.raises(NotSaved):
            box.cast(round_.slips[0], sealed)
    assert box.count() == 0
    assert box.cast(round_.slips[0], sealed) is Cast.DROPPED, "the voter casts again"


def test_a_box_that_vanishes_while_people_vote_is_never_made_again(round_: Round, box: Box) -> None:
    box.close()
    boxes.remove(round_.path)
    with pytest.raises(NotSaved):
        box.cast(round_.slips[0], round_.sealed())
    assert not round_.path.exists()


def test_a_crash_while_a_box_is_made_leaves_no_box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = Round(tmp_path)
    with monkeypatch.context() as crash:
        crash.setattr(side_file, "make_durable", lambda _path: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            round_.create()
    assert refused(round_.open) == "ballot_box_missing"
    assert boxes.sweep(tmp_path, done=[]) == []
    assert list(round_.path.parent.iterdir()) == [], "half a box is cleared at the next start"
    round_.create()
    round_.open().close()


def test_a_start_deletes_the_boxes_of_rounds_that_are_done_and_no_other(tmp_path: Path) -> None:
    assert boxes.sweep(tmp_path, done=[1]) == [], "an instance without boxes"
    for number in (1, 2, 12):
        made = Round(tmp_path)
        path = boxes.path_of(tmp_path, number)
        boxes.create(path, slips=made.slips, sealed_length=90, fingerprint=made.mark)
    stranger = tmp_path / boxes.FOLDER / "round-1.box.txt"
    stranger.write_text("", encoding="utf-8")
    assert boxes.sweep(tmp_path, done=[1, 12, 40]) == [1, 12]
    left = {path.name for path in (tmp_path / boxes.FOLDER).iterdir()}
    assert left == {"round-2.box", "round-1.box.txt"}


def test_a_box_whose_slips_and_ballots_differ_is_not_opened(round_: Round) -> None:
    with closing(sqlite3.connect(round_.path)) as raw, raw:
        raw.execute("UPDATE slip SET used = 1 WHERE place = 3")
    box = round_.open()
    box.shut()
    assert refused(box.sealed_set) == "ballot_box_damaged"
    box.close()
