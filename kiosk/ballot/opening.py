"""Opening a box: every sealed ballot at once, judged and put in canonical order (design 5.5).

The steps, and what a crash between them leaves:

1. `Box.shut()`: no ballot from here on. The database then marks the round as closed. Crash before
   that mark: the box is shut, a tablet is told so, and closing again is quiet.
2. `Box.sealed_set()`, its `sealed_fingerprint` onto the tellers' paper, then `unseal(…)` with their
   codes: job `ballot_open`, a process that ends. Nothing is stored. Crash: still sealed.
3. One unit of work of the database: `OpenedBox.sealed`, `.secret` and `.ballots`, and the round
   marked as opened. Crash before its COMMIT: still sealed; the tellers type again. After: opened.
4. `Box.destroy()`. Crash before it: `box.sweep` deletes the file at the next start, because the
   round is marked as opened.

So there is never a box half opened, and never two of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kiosk.ballot import judging, keys
from kiosk.ballot.definition import Definition, fingerprint, sealed_fingerprint
from kiosk.ballot.judging import Opened, Tally
from kiosk.ballot.keys import Lock
from kiosk.core import jobs
from kiosk.core.errors import Refused

#: Ballots between two words of progress.
_STEP = 500

#: Seconds for ten groups of codes and ten thousand ballots, on a laptop that does much else.
_TIMEOUT = 120.0


class _Progress(Protocol):
    def __call__(self, done: int, total: int, /) -> None: ...


@dataclass(frozen=True, repr=False)
class OpenedBox:
    """All of a box, for one unit of work. From here on nothing of it is secret but its shape."""

    secret: bytes
    #: Sorted, as `Box.sealed_set` gave them.
    sealed: tuple[bytes, ...]
    #: Judged, in canonical order: sorted by what they say, so no place tells which bytes they were.
    ballots: tuple[Opened, ...]
    tally: Tally
    fingerprint: bytes
    sealed_fingerprint: bytes
    #: Slots whose typed code fits no group, although the others opened the box.
    unfit: tuple[int, ...] = ()


def open_sealed(
    definition: Definition,
    public_key: bytes,
    secret: bytes,
    sealed: Sequence[bytes],
    progress: _Progress | None = None,
) -> tuple[Opened, ...]:
    """Open and judge every ballot; canonical order. No ballot stops the count."""
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    mark = fingerprint(public_key, definition)
    opener = SealedBox(PrivateKey(secret))
    judged = []
    for done, one in enumerate(sealed):
        if progress is not None and done % _STEP == 0:
            progress(done, len(sealed))
        try:
            opened: bytes | None = opener.decrypt(one)
        except (CryptoError, ValueError, TypeError):
            opened = None
        judged.append(judging.judge(definition, mark, opened))
    return tuple(sorted(judged))


def unseal(
    *,
    definition: Definition,
    lock: Lock,
    codes: Mapping[int, str],
    sealed: Sequence[bytes],
    on_progress: _Progress | None = None,
) -> OpenedBox:
    """Have the worker open a box with the codes typed for these slots. Stores nothing.

    `sealed` is the box's `sealed_set`. Waits for seconds: never inside a unit of work.

    Raises:
        Refused: `ballot_codes_too_few`, `ballot_codes_fit_no_group`, `ballot_lock_damaged`, or what
            `core.jobs.run_job` refuses.
    """
    answer = jobs.run_job(
        "ballot_open",
        {
            "definition": definition.as_json(),
            "lock": lock.as_json(),
            "codes": {str(slot): code for slot, code in codes.items()},
            "sealed": b"".join(sealed),
        },
        on_progress=on_progress,
        timeout=_TIMEOUT,
        lane="ballot",
    )
    said = json.loads(answer)
    ballots = tuple(
        Opened(bytes.fromhex(marks), reason)
        for marks, reason, number in said["ballots"]
        for _ in range(number)
    )
    if len(ballots) != len(sealed):
        raise Refused("job_failed", job="ballot_open")
    return OpenedBox(
        secret=bytes.fromhex(said["secret"]),
        sealed=tuple(sealed),
        ballots=ballots,
        tally=judging.tally(definition, ballots),
        fingerprint=fingerprint(lock.public_key, definition),
        sealed_fingerprint=sealed_fingerprint(sealed),
        unfit=tuple(said["unfit"]),
    )


def lock_box(codes: Sequence[str]) -> Lock:
    """Have the worker make a key pair, locked with these codes in the order of the slots.

    Raises:
        Refused: `ballot_tellers_wrong`, `ballot_code_wrong`, or what `core.jobs.run_job` refuses.
    """
    answer = jobs.run_job("ballot_lock", {"codes": list(codes)}, timeout=_TIMEOUT, lane="ballot")
    return Lock.of_json(json.loads(answer))


def job(payload: dict[str, Any], progress: _Progress) -> bytes:
    """Job `ballot_open`: the codes open the secret, the secret opens the ballots.

    Answers JSON: `secret` in hex, `unfit` slots, and `ballots` as [marks in hex, reason, number],
    in canonical order, equal ones counted together.

    Raises:
        Refused: as `keys.unlock`.
    """
    definition = Definition.of_json(payload["definition"])
    lock = Lock.of_json(payload["lock"])
    whole: bytes = payload["sealed"]
    length = judging.sealed_length(definition)
    if len(whole) % length:
        raise ValueError("the sealed set does not fit the definition")
    sealed = [whole[at : at + length] for at in range(0, len(whole), length)]
    unlocked = keys.unlock(lock, {int(slot): code for slot, code in payload["codes"].items()})
    ballots = open_sealed(definition, lock.public_key, unlocked.secret, sealed, progress)
    progress(len(sealed), len(sealed))
    told: list[list[Any]] = []
    last: Opened | None = None
    for ballot in ballots:
        if ballot == last:
            told[-1][2] += 1
        else:
            told.append([ballot.marks.hex(), str(ballot.invalid), 1])
            last = ballot
    return json.dumps(
        {"secret": unlocked.secret.hex(), "unfit": unlocked.unfit, "ballots": told}
    ).encode("ascii")
