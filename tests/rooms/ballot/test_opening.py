"""The tellers open the box: in a process that ends, all of it or nothing, and nothing lingers."""

from __future__ import annotations

import logging
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ballot_box import BOARD, Round
from nacl.public import PublicKey, SealedBox

from kiosk.ballot import box as boxes
from kiosk.ballot import judging, keys, opening
from kiosk.ballot.definition import fingerprint, sealed_fingerprint
from kiosk.ballot.judging import Invalid, Opened
from kiosk.ballot.keys import Lock
from kiosk.ballot.outcome import Kind
from kiosk.core import jobs
from kiosk.core.errors import Refused


@pytest.fixture(scope="module")
def codes() -> list[str]:
    return [keys.fresh_code() for _ in range(3)]


@pytest.fixture(scope="module")
def lock(codes: list[str]) -> Lock:
    """Made by the real worker at the real price: once."""
    return opening.lock_box(codes)


def sealed_for(lock: Lock, plain: bytes) -> bytes:
    return SealedBox(PublicKey(lock.public_key)).encrypt(plain)


def ballot(lock: Lock, *choices: int) -> bytes:
    return sealed_for(lock, judging.plain(BOARD, fingerprint(lock.public_key, BOARD), choices))


def test_two_of_three_tellers_open_every_ballot(codes: list[str], lock: Lock) -> None:
    mark = fingerprint(lock.public_key, BOARD)
    other = replace(BOARD, round=2)
    length = judging.sealed_length(BOARD)
    sealed = [
        ballot(lock, 1, 0, 0, 0, 1),
        ballot(lock, 1, 0, 0, 0, 1),
        ballot(lock, 0, 1, 0, 0, 0),
        ballot(lock, 0, 0, 0, 0, 0),
        ballot(lock, 1, 1, 1, 1, 0),
        ballot(lock, 7, 0, 0, 0, 0),
        sealed_for(lock, judging.plain(other, fingerprint(lock.public_key, other), [1] * 5)),
        b"\x17" * length,
        # Sealed for another key altogether.
        SealedBox(PublicKey(keys.lock(codes, passes=1, memory=8192).public_key)).encrypt(
            judging.plain(BOARD, mark, [1] * 5)
        ),
    ]
    sealed.sort()
    opened = opening.unseal(
        definition=BOARD, lock=lock, codes={1: codes[0], 3: codes[2]}, sealed=sealed
    )
    assert opened.ballots == (
        Opened(b"", Invalid.MALFORMED),
        Opened(b"", Invalid.OTHER_BALLOT),
        Opened(b"", Invalid.UNREADABLE),
        Opened(b"", Invalid.UNREADABLE),
        Opened(b"\0\0\0\0\0", Invalid.BLANK),
        Opened(b"\0\1\0\0\0"),
        Opened(b"\1\0\0\0\1"),
        Opened(b"\1\0\0\0\1"),
        Opened(b"\1\1\1\1\0", Invalid.TOO_MANY),
    ), "canonical order, and of what does not belong here only the reason"
    assert opened.tally.valid == 3
    assert opened.tally.votes == (2, 1, 0, 0, 2)
    assert opened.tally.invalid == {
        "blank": 1, "malformed": 1, "other_ballot": 1, "too_many": 1, "unreadable": 2
    }  # fmt: skip
    assert opened.fingerprint == mark
    assert opened.sealed == tuple(sealed)
    assert opened.sealed_fingerprint == sealed_fingerprint(reversed(sealed))
    assert opened.unfit == ()
    # The secret goes into the archive: with it anybody opens the same.
    assert opening.open_sealed(BOARD, lock.public_key, opened.secret, sealed) == opened.ballots


def test_an_empty_box_is_opened_too(codes: list[str], lock: Lock) -> None:
    opened = opening.unseal(
        definition=BOARD, lock=lock, codes={1: codes[0], 2: codes[1]}, sealed=[]
    )
    assert opened.ballots == ()
    assert opened.tally.collected == 0


def test_a_wrong_code_is_named_where_the_others_open_the_box(codes: list[str], lock: Lock) -> None:
    typed = {1: codes[0], 2: keys.fresh_code(), 3: codes[2]}
    opened = opening.unseal(
        definition=BOARD, lock=lock, codes=typed, sealed=[ballot(lock, *[1] * 5)]
    )
    assert opened.unfit == (2,)
    assert opened.tally.invalid == {"too_many": 1}


def test_codes_that_fit_no_group_open_nothing(codes: list[str], lock: Lock) -> None:
    with pytest.raises(Refused) as refused:
        opening.unseal(
            definition=BOARD, lock=lock, codes={1: codes[0], 2: keys.fresh_code()}, sealed=[]
        )
    assert refused.value.code == "ballot_codes_fit_no_group"
    with pytest.raises(Refused) as refused:
        opening.unseal(definition=BOARD, lock=lock, codes={1: codes[0]}, sealed=[])
    assert refused.value.code == "ballot_codes_too_few"


def test_kind_b_is_opened_the_same_way(codes: list[str], lock: Lock) -> None:
    agree = replace(BOARD, kind=Kind.B, seats=5)
    mark = fingerprint(lock.public_key, agree)
    sealed = sorted(
        sealed_for(lock, judging.plain(agree, mark, choices))
        for choices in [(1, 1, 2, 0, 1), (2, 1, 2, 1, 0), (0,) * 5]
    )
    opened = opening.unseal(
        definition=agree, lock=lock, codes={2: codes[1], 3: codes[2]}, sealed=sealed
    )
    assert opened.tally.votes == (1, 2, 0, 1, 1)
    assert opened.tally.against == (1, 0, 2, 0, 0)
    assert opened.tally.invalid == {"blank": 1}


def test_codes_and_secret_are_in_no_argument_variable_or_log(
    codes: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """They travel on pipes to a process that ends."""
    started: list[tuple[Any, dict[str, str]]] = []
    real = subprocess.Popen

    def watched(command: Any, **more: Any) -> Any:
        started.append((command, dict(more["env"])))
        return real(command, **more)

    monkeypatch.setattr(jobs.subprocess, "Popen", watched)
    with caplog.at_level(logging.DEBUG):
        lock = opening.lock_box(codes)
        opened = opening.unseal(
            definition=BOARD, lock=lock, codes={1: codes[0], 2: codes[1]}, sealed=[]
        )
        with pytest.raises(Refused):
            opening.unseal(definition=BOARD, lock=lock, codes={1: codes[1], 2: codes[0]}, sealed=[])
    assert len(started) == 3
    seen = repr(started) + caplog.text + repr(dict(os.environ)) + repr(opened)
    for hidden in (*codes, opened.secret.hex(), repr(opened.secret)):
        assert hidden not in seen


def test_a_worker_that_crashes_says_nothing_of_what_it_was_given(
    codes: list[str], lock: Lock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as refused:
        opening.unseal(
            definition=BOARD, lock=lock, codes={1: codes[0], 2: codes[1]}, sealed=[b"too short"]
        )
    assert refused.value.code == "job_failed"
    assert caplog.text
    assert not any(code in caplog.text for code in codes)


def test_from_the_box_to_its_end(tmp_path: Path, codes: list[str], lock: Lock) -> None:
    """Shut, sealed set, codes, everything at once, and the file is gone."""
    round_ = Round(tmp_path, printed=30)
    round_.public_key = lock.public_key
    round_.mark = fingerprint(lock.public_key, BOARD)
    round_.create()
    box = round_.open()
    for slip in round_.slips[:20]:
        box.cast(slip, ballot(lock, 1, 0, 0, 0, 0))
    assert box.shut() == 20
    sealed = box.sealed_set()
    opened = opening.unseal(
        definition=BOARD, lock=lock, codes={1: codes[0], 2: codes[1]}, sealed=sealed
    )
    assert opened.tally.votes == (20, 0, 0, 0, 0)
    box.destroy()
    assert list((tmp_path / boxes.FOLDER).iterdir()) == []
    assert not boxes.remove(round_.path)
