"""What one box is for, in bytes that everybody can make again, and the fingerprints (design 5.2).

A tablet shows candidates and seals choices by their places, so people must be sure that every
tablet has the same list and the same key. The fingerprint covers both; `kiosk/static/js/seal.js`
makes it from what that tablet really shows. Everything here is UTF-8 text before it is hashed, so
that a person checks it with any SHA-256 tool.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.ballot.outcome import Kind
from kiosk.core.names import tidy

#: First word of the canonical text; another layout gets another number.
FORMAT = "kiosk-ballot/1"

#: Bytes of a fingerprint and of a public key.
FINGERPRINT = 32
PUBLIC_KEY = 32

#: Candidates that one ballot may hold. The board has nine members (Đ.60); a page that people read.
CANDIDATES_MOST = 100


class Style(StrEnum):
    """How a tablet asks; the stored ballot is the same (design 5.9)."""

    #: Tick whom you elect.
    CHOOSE = "choose"
    #: Strike out whom you do not.
    STRIKE = "strike"


@dataclass(frozen=True)
class Definition:
    """One ballot: `candidates` in the order of the paper, each as it is printed.

    Raises ValueError for what no page of ours would make: a programming error.
    """

    #: `Conference.code`.
    conference: str
    #: 1, 2, 3 …: every round has a box of its own.
    round: int
    kind: Kind
    seats: int
    style: Style
    candidates: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.candidates) <= CANDIDATES_MOST:
            raise ValueError("a ballot has 1 to 100 candidates")
        if len(set(self.candidates)) != len(self.candidates):
            raise ValueError("two candidates are printed alike")
        if self.round < 1 or self.seats < 1:
            raise ValueError("rounds and seats count from 1")
        for text in (self.conference, *self.candidates):
            # Two programs must make the same bytes of it: no sign that JSON writes in two ways.
            if not text or text != tidy(text):
                raise ValueError("the text of a ballot is tidy and not empty")

    @property
    def most(self) -> int:
        """How many names one valid ballot of kind A may hold."""
        return min(self.seats, len(self.candidates))

    def canonical(self) -> bytes:
        """The definition as one line of JSON, UTF-8, without spaces: what JSON.stringify makes."""
        return json.dumps(
            [
                FORMAT,
                self.conference,
                self.round,
                self.kind.value,
                self.seats,
                self.style.value,
                list(self.candidates),
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode("utf-8")

    def as_json(self) -> dict[str, Any]:
        """For the page, the worker and the archive; `of_json` reads it."""
        return {
            "conference": self.conference,
            "round": self.round,
            "kind": self.kind.value,
            "seats": self.seats,
            "style": self.style.value,
            "candidates": list(self.candidates),
        }

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Definition:
        """Raises KeyError, TypeError or ValueError for what `as_json` has not made."""
        return cls(
            conference=said["conference"],
            round=said["round"],
            kind=Kind(said["kind"]),
            seats=said["seats"],
            style=Style(said["style"]),
            candidates=tuple(said["candidates"]),
        )


def fingerprint(public_key: bytes, definition: Definition) -> bytes:
    """32 bytes: SHA-256 of two lines, the key in small hex digits and the canonical definition."""
    if len(public_key) != PUBLIC_KEY:
        raise ValueError("a public key has 32 bytes")
    text = public_key.hex().encode("ascii") + b"\n" + definition.canonical()
    return hashlib.sha256(text).digest()


def groups(mark: bytes) -> tuple[str, ...]:
    """A fingerprint as people read it out and write it down: sixteen groups of four capitals.

    The same form as the certificate's on the page of trust.
    """
    text = mark.hex().upper()
    return tuple(text[at : at + 4] for at in range(0, len(text), 4))


def sealed_set(sealed: Iterable[bytes]) -> bytes:
    """The sealed ballots as a text file: small hex digits, sorted, one a line.

    The order says nothing: it is that of the bytes, which are random.
    """
    return b"".join(one.hex().encode("ascii") + b"\n" for one in sorted(sealed))


def sealed_fingerprint(sealed: Iterable[bytes]) -> bytes:
    """32 bytes: SHA-256 of `sealed_set`, what the tellers write down before the first code (R14).

    `sha256sum` of that file in the archive gives the same.
    """
    return hashlib.sha256(sealed_set(sealed)).digest()
