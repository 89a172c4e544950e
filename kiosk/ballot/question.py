"""The file that `kiosk ballot decide` reads: counts of one round, from paper or from a doubt. Pure.

{"type": "A" or "B", "seats": 3, "base": "present|collected|valid|summoned",
 "tie": "second_round|older",
 "counts": {"summoned", "present", "issued", "collected", "valid", "invalid"},
 "candidates": [{"name", "born": "YYYY-MM-DD" or null, "votes"}  or, type B, "yes" and "no"]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from kiosk.ballot.outcome import Base, Counts, Kind, Outcome, Stood, Tie, decide
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True)
class Question:
    """Everything that `decide` asks."""

    kind: Kind
    seats: int
    base: Base
    tie: Tie
    counts: Counts
    candidates: tuple[Stood, ...]

    def decide(self) -> Outcome:
        """Raises Disagreement."""
        return decide(
            kind=self.kind,
            seats=self.seats,
            base=self.base,
            tie=self.tie,
            counts=self.counts,
            candidates=self.candidates,
        )


def read(data: bytes) -> Question:
    """Read the bytes of a file (UTF-8 with or without a mark, as editors leave it).

    Raises:
        Refused: `ballot_count_file_wrong`, naming what is missing or of the wrong kind. Nothing is
            guessed: a number is a whole number, not a text and not true.
    """
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except ValueError as broken:
        raise _wrong("JSON") from broken
    if not isinstance(said, dict):
        raise _wrong("JSON")
    kind = _one_of(Kind, said, "type")
    counts = said.get("counts")
    if not isinstance(counts, dict):
        raise _wrong("counts")
    people = said.get("candidates")
    if not isinstance(people, list):
        raise _wrong("candidates")
    return Question(
        kind=kind,
        seats=_number(said, "seats", "seats"),
        base=_one_of(Base, said, "base"),
        tie=_one_of(Tie, said, "tie"),
        counts=Counts(
            **{
                field.name: _number(counts, field.name, f"counts.{field.name}")
                for field in fields(Counts)
            }
        ),
        candidates=tuple(
            _candidate(kind, one, f"candidates[{at}]") for at, one in enumerate(people)
        ),
    )


def _candidate(kind: Kind, said: Any, where: str) -> Stood:
    if not isinstance(said, dict):
        raise _wrong(where)
    name = said.get("name")
    if not isinstance(name, str) or not tidy(name):
        raise _wrong(f"{where}.name")
    born = _born(said.get("born"), f"{where}.born")
    if kind is Kind.A:
        return Stood(tidy(name), born, votes=_number(said, "votes", f"{where}.votes"))
    return Stood.asked(
        tidy(name),
        yes=_number(said, "yes", f"{where}.yes"),
        no=_number(said, "no", f"{where}.no"),
        born=born,
    )


def _born(said: Any, where: str) -> date | None:
    if said is None:
        return None
    if isinstance(said, str) and len(said) == len("YYYY-MM-DD"):
        try:
            return date.fromisoformat(said)
        except ValueError as broken:
            raise _wrong(where) from broken
    raise _wrong(where)


def _number(said: Mapping[str, Any], key: str, where: str) -> int:
    number = said.get(key)
    if type(number) is not int:
        raise _wrong(where)
    return number


def _one_of(kinds: type[_E], said: Mapping[str, Any], key: str) -> _E:
    word = said.get(key)
    if not isinstance(word, str) or word not in {each.value for each in kinds}:
        raise _wrong(key)
    return kinds(word)


def _wrong(field: str) -> Refused:
    return Refused("ballot_count_file_wrong", field=field)
