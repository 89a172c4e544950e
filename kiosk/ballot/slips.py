"""Voting slips: ten digits that let one ballot into one box, and nothing else (design 5.1).

Eight random digits and two check digits. The paper carries them in print and as a QR code of the
same digits. The database keeps keyed hashes, never the digits; the box keeps a hash of that hash
under a key of its own, so that no value stands in both files.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection

from kiosk.core import digits

LENGTH = 10
_BODY = 8
_LEAST_KEY = 16

#: Slips of one round: a thousand delegates and many to spare. Guessing one of 10,000 codes among
#: 10^8 takes ten thousand tries at a tablet, each in the open hall.
MOST = 20_000

_ROUND = b"kiosk/slip-round/1|"
_STORE = b"kiosk/slip-hash/1|"


def fresh(count: int, *, taken: Collection[str] = ()) -> list[str]:
    """So many new codes, none twice and none of `taken`, in random order.

    Raises ValueError for more than `MOST` with those taken: a programming error.
    """
    if not 0 <= count <= MOST - len(taken):
        raise ValueError(f"a round has at most {MOST} slips")
    made: list[str] = []
    seen = set(taken)
    while len(made) < count:
        body = f"{secrets.randbelow(10**_BODY):0{_BODY}d}"
        code = body + digits.check_digits(body)
        if code not in seen:
            seen.add(code)
            made.append(code)
    return made


def clean(raw: str) -> str | None:
    """What a scanner or a person typed, as ten well-formed digits; else None.

    Blanks, hyphens, dots and marks without width are dropped (`core.digits`). A badge, fourteen
    digits, is no slip.
    """
    return digits.clean(raw, length=LENGTH)


def grouped(code: str) -> str:
    """As it is printed and typed: "48207 31695"."""
    return digits.grouped(code, size=5)


def qr_text(code: str) -> str:
    """What the QR code of a slip holds: the digits, so that a scanner types what a person would."""
    return code


def round_key(key: bytes, *, conference: str, round_number: int) -> bytes:
    """32 bytes for the slips of one round, derived from a key of the instance, never stored.

    A slip of another round or another conference is unknown, not merely refused.
    """
    _require_key(key)
    facts = f"{conference}|{round_number}".encode()
    return hmac.new(key, _ROUND + facts, hashlib.sha256).digest()


def slip_hash(key: bytes, code: str) -> bytes:
    """The 32 bytes by which the database knows a slip; `key` is of `round_key`.

    Raises ValueError for a short key or a code that is not well-formed.
    """
    _require_key(key)
    if not digits.well_formed(code, length=LENGTH):
        raise ValueError("only a well-formed code is stored")
    return hmac.new(key, _STORE + code.encode("ascii"), hashlib.sha256).digest()


def _require_key(key: bytes) -> None:
    if len(key) < _LEAST_KEY:
        raise ValueError(f"the key has {len(key)} bytes; at least {_LEAST_KEY} are needed")
