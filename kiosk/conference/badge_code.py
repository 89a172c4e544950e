"""The 14 digits of a badge (design.md 3): made from a key, checked by hand, stored as a hash.

A badge is twelve digits of a keyed hash and two check digits (ISO/IEC 7064, MOD 97-10). Digits
only, because a Vietnamese keyboard changes letters (domain.md 6, scanners and typing). The code is
derived, never stored: with the instance key, the delegate and the issue of the badge it can be
printed again, and without the key nobody can guess the next one. The database keeps only
`stored_hash`. Pure: no clock, no randomness, no database.
"""

from __future__ import annotations

import hashlib
import hmac

from kiosk.core import digits

LENGTH = 14
_BODY = 12
_LEAST_KEY = 16

# Two purposes, two labels: knowing a stored hash must not tell a code, nor the other way round.
_DERIVE = b"kiosk/badge-code/1|"
_STORE = b"kiosk/badge-hash/1|"

#: The badge of nobody, printed on the printer's test page for trying scanners and cameras. No badge
#: can have it: "00" is never written as check digits, so no key, delegate or issue derives it. It
#: holds every digit, so that a keyboard layout that spoils one is found out.
TEST = "01234567890100"


def derive(key: bytes, *, delegate_id: int, issue: int, attempt: int = 0) -> str:
    """The 14 digits of one issue of one delegate's badge; the same facts give the same digits.

    `issue` counts the badges of this delegate (a lost badge is revoked and the next issue is
    printed). `attempt` is raised by the caller in the rare case that another badge already has
    these digits (about one in two million for 1,000 badges).
    Raises ValueError for a key under 16 bytes or a negative number: those are programming errors.
    """
    _require_key(key)
    if min(delegate_id, issue, attempt) < 0:
        raise ValueError("delegate, issue and attempt count from zero")
    facts = f"{delegate_id}|{issue}|{attempt}".encode("ascii")
    digest = hmac.new(key, _DERIVE + facts, hashlib.sha256).digest()
    # 256 bits against 10^12: the remainder's bias is under 10^-64.
    body = f"{int.from_bytes(digest, 'big') % 10**_BODY:0{_BODY}d}"
    return body + check_digits(body)


def check_digits(twelve: str) -> str:
    """The two check digits, "02" to "98" (ISO/IEC 7064, MOD 97-10).

    Raises ValueError when `twelve` is not twelve ASCII digits.
    """
    if len(twelve) != _BODY or not (twelve.isascii() and twelve.isdigit()):
        raise ValueError("check digits are made from twelve digits")
    return digits.check_digits(twelve)


def well_formed(code: str) -> bool:
    """Fourteen ASCII digits whose last two fit; says nothing about who carries the badge."""
    return digits.well_formed(code, length=LENGTH)


def clean(raw: str) -> str | None:
    """What a scanner or a person typed, as 14 well-formed digits; else None (`core.digits`)."""
    return digits.clean(raw, length=LENGTH)


def is_test(raw: str) -> bool:
    """Whether this is the badge of nobody: a scanner's trial, never a person."""
    return digits.squeezed(raw) == TEST


def stored_hash(key: bytes, code: str) -> bytes:
    """The 32 bytes by which the database knows a badge; useless to print or guess one.

    Raises ValueError for a key under 16 bytes or a code that is not well-formed.
    """
    _require_key(key)
    if not well_formed(code):
        raise ValueError("only a well-formed code is stored")
    return hmac.new(key, _STORE + code.encode("ascii"), hashlib.sha256).digest()


def grouped(code: str) -> str:
    """For people who read aloud: "5260 1815 9083 75"."""
    return digits.grouped(code)


def _require_key(key: bytes) -> None:
    if len(key) < _LEAST_KEY:
        raise ValueError(f"the key has {len(key)} bytes; at least {_LEAST_KEY} are needed")
