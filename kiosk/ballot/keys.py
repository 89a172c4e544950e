"""The key of a box, and the tellers' codes that together open it (design 5.2).

n tellers, 3 or 5, k = n//2 + 1. Each has a code of twelve random digits and two check digits,
copied by hand onto a card. A key pair (X25519) is made for one box; its secret half is sealed once
for each group of k tellers, under a key that argon2id makes from their codes together: with 3 or 10
such records, any k tellers open the box, and k - 1 know nothing. A wrong group is an error of
SecretBox, never a wrong secret.

The secret exists in two worker processes only (`lock_job` here, `opening.job`), each of which ends
when it has answered. Codes and secret travel on pipes: never in arguments, variables, files, logs.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol

from kiosk.core import digits
from kiosk.core.errors import Refused

LENGTH = 14
_BODY = 12

#: How many tellers may lock a box (domain.md 2.2, custom).
TELLERS = (3, 5)

#: argon2id for one group: about 0.2 s and 64 MiB. Whoever has the records and k - 1 codes still
#: needs 10^12 times that.
PASSES = 4
MEMORY = 64 * 1024 * 1024

_LABEL = "kiosk/box-lock/1"


class _Progress(Protocol):
    def __call__(self, done: int, total: int, /) -> None: ...


@dataclass(frozen=True)
class Record:
    """The secret, sealed for one group of slots."""

    slots: tuple[int, ...]
    salt: bytes
    #: Nonce and SecretBox of the 32 bytes of the secret.
    sealed: bytes
    passes: int
    memory: int


@dataclass(frozen=True)
class Lock:
    """What the database keeps of a locked box: enough to seal ballots, too little to open one."""

    public_key: bytes
    records: tuple[Record, ...]

    @property
    def tellers(self) -> int:
        """n: slots are numbered from 1 to n."""
        return max(slot for record in self.records for slot in record.slots)

    @property
    def needed(self) -> int:
        """k."""
        return len(self.records[0].slots)

    def as_json(self) -> dict[str, Any]:
        return {
            "public_key": self.public_key.hex(),
            "records": [
                {
                    "slots": list(record.slots),
                    "salt": record.salt.hex(),
                    "sealed": record.sealed.hex(),
                    "passes": record.passes,
                    "memory": record.memory,
                }
                for record in self.records
            ],
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Lock:
        return cls(
            public_key=bytes.fromhex(said["public_key"]),
            records=tuple(
                Record(
                    slots=tuple(record["slots"]),
                    salt=bytes.fromhex(record["salt"]),
                    sealed=bytes.fromhex(record["sealed"]),
                    passes=record["passes"],
                    memory=record["memory"],
                )
                for record in said["records"]
            ),
        )


def needed_of(tellers: int) -> int:
    """k of n: 2 of 3, 3 of 5."""
    return tellers // 2 + 1


# -- codes ----------------------------------------------------------------------------------------


def fresh_code() -> str:
    """A new teller's code."""
    body = f"{secrets.randbelow(10**_BODY):0{_BODY}d}"
    return body + digits.check_digits(body)


def clean(raw: str) -> str | None:
    """What a teller typed, as fourteen well-formed digits; else None: a mistyped digit is noticed
    before anything is tried with it."""
    return digits.clean(raw, length=LENGTH)


def grouped(code: str) -> str:
    """As the card has it: "5260 1815 9083 75"."""
    return digits.grouped(code)


# -- locking and unlocking, in a worker process ---------------------------------------------------


def lock(codes: Sequence[str], *, passes: int = PASSES, memory: int = MEMORY) -> Lock:
    """Make a key pair and seal its secret for every group of k of these codes (slots 1 to n).

    Call it in a process that ends: the secret is forgotten with it.

    Raises:
        Refused: `ballot_tellers_wrong` for another number than 3 or 5, `ballot_code_wrong` for a
            code that is not well-formed or is there twice.
    """
    from nacl.public import PrivateKey
    from nacl.secret import SecretBox
    from nacl.utils import random

    if len(codes) not in TELLERS:
        raise Refused("ballot_tellers_wrong", tellers=len(codes))
    for slot, code in enumerate(codes, start=1):
        if not digits.well_formed(code, length=LENGTH) or code in codes[: slot - 1]:
            raise Refused("ballot_code_wrong", slot=slot)
    pair = PrivateKey.generate()
    by_slot = dict(enumerate(codes, start=1))
    records = []
    for slots in combinations(sorted(by_slot), needed_of(len(codes))):
        salt = random(16)
        key = _key(by_slot, slots, salt, passes, memory)
        sealed = bytes(SecretBox(key).encrypt(pair.encode()))
        records.append(Record(slots, salt, sealed, passes, memory))
    return Lock(public_key=pair.public_key.encode(), records=tuple(records))


@dataclass(frozen=True, repr=False)
class Unlocked:
    """The secret half of the key, and the slots whose code fits no group."""

    secret: bytes
    unfit: tuple[int, ...]


def unlock(lock: Lock, codes: Mapping[int, str]) -> Unlocked:
    """Open the secret with the codes typed for these slots, k of them or more.

    With more than k codes, every code is tried in a group of its own, so that a wrong one is named
    even though the others open the box.

    Raises:
        Refused: `ballot_codes_too_few` for fewer than k; `ballot_codes_fit_no_group`, naming every
            slot that was typed; `ballot_lock_damaged` when the secret is not that of the key.
    """
    if len(codes) < lock.needed:
        raise Refused("ballot_codes_too_few", typed=len(codes), needed=lock.needed)
    secret: bytes | None = None
    unfit = set(codes)
    for record in lock.records:
        # A group of slots that have all proved themselves tells nothing new.
        if not set(record.slots) <= codes.keys() or not unfit & set(record.slots):
            continue
        found = _opened(record, codes)
        if found is not None:
            secret = found
            unfit -= set(record.slots)
    if secret is None:
        raise Refused(
            "ballot_codes_fit_no_group", slots=", ".join(str(slot) for slot in sorted(codes))
        )
    from nacl.public import PrivateKey

    if PrivateKey(secret).public_key.encode() != lock.public_key:
        raise Refused("ballot_lock_damaged")
    return Unlocked(secret, tuple(sorted(unfit)))


def _opened(record: Record, codes: Mapping[int, str]) -> bytes | None:
    from nacl.exceptions import CryptoError
    from nacl.secret import SecretBox

    key = _key(codes, record.slots, record.salt, record.passes, record.memory)
    try:
        return bytes(SecretBox(key).decrypt(record.sealed))
    except CryptoError:
        return None


def _key(
    codes: Mapping[int, str], slots: Sequence[int], salt: bytes, passes: int, memory: int
) -> bytes:
    from nacl.pwhash import argon2id
    from nacl.secret import SecretBox

    words = "|".join([_LABEL, *(f"{slot}:{codes[slot]}" for slot in slots)])
    key: bytes = argon2id.kdf(
        SecretBox.KEY_SIZE, words.encode("ascii"), salt, opslimit=passes, memlimit=memory
    )
    return key


def lock_job(payload: dict[str, Any], progress: _Progress) -> bytes:
    """Job `ballot_lock`: `{"codes": ["…", …]}` in the order of the slots; answers `Lock.as_json`.

    Raises:
        Refused: as `lock`.
    """
    made = lock(payload["codes"])
    progress(1, 1)
    return json.dumps(made.as_json()).encode("ascii")
