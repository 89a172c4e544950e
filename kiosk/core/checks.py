"""What can be told about this hall before the day: checks that rooms register, findings they give.

A room writes its checks in its `checks.py` and registers them as that module is loaded;
`kiosk.doctor` runs them all and makes one sheet of them. Core knows their shape and no room.

A finding is a code with facts; code, state and both languages' sentences are registered together
(`say`), so that no place can call a bad thing good. Nothing is good by default: a check that says
nothing, or that breaks, is *unknown*.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from kiosk.core.errors import Refused
from kiosk.core.messages import sentence

log = logging.getLogger(__name__)

#: What stands where the machine does not tell.
NOT_KNOWN = ("không rõ", "not known")


class State(StrEnum):
    """How a thing stands, the worst first."""

    BAD = "bad"
    #: Nobody has told: neither the machine nor a person.
    UNKNOWN = "unknown"
    #: The day can begin with it, and somebody should have read it.
    WARN = "warn"
    GOOD = "good"


class Group(StrEnum):
    """Where a check stands on the sheet."""

    MACHINE = "machine"
    NETWORK = "network"
    COPIES = "copies"
    PAPER = "paper"
    PEOPLE = "people"
    DEVICES = "devices"


@dataclass(frozen=True)
class Words:
    """One kind of finding: its state, what is so, and what to do; `{fact}` is filled."""

    state: State
    vi: str
    en: str
    #: Empty exactly where nothing is to be done.
    do_vi: str = ""
    do_en: str = ""
    #: For unknown things: False where the day can begin without anybody knowing.
    blocks: bool = True

    @property
    def stops(self) -> bool:
        """Whether the hall is not ready while this is found."""
        return self.state is State.BAD or (self.state is State.UNKNOWN and self.blocks)


def good(vi: str, en: str) -> Words:
    return Words(State.GOOD, vi, en)


def warn(said: tuple[str, str], do: tuple[str, str]) -> Words:
    return Words(State.WARN, *said, *do)


def bad(said: tuple[str, str], do: tuple[str, str]) -> Words:
    return Words(State.BAD, *said, *do)


def unknown(said: tuple[str, str], do: tuple[str, str], *, blocks: bool = True) -> Words:
    return Words(State.UNKNOWN, *said, *do, blocks=blocks)


@dataclass(frozen=True)
class Said:
    """A fact that is itself a word, in both languages."""

    vi: str
    en: str


Fact = str | int | Said


@dataclass(frozen=True)
class Finding:
    """What a check has found, without words."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    #: A refusal that says what stands in the way; its sentence is the thing to do.
    cause: Refused | None = None

    @property
    def words(self) -> Words:
        return _WORDS.get(self.code, _STRANGE)

    @property
    def state(self) -> State:
        return self.words.state

    def text(self, language: str) -> str:
        """What is so."""
        words = self.words
        return _filled(words.en if language == "en" else words.vi, self.facts, language)

    def advice(self, language: str) -> str:
        """What to do; empty where nothing is to be done."""
        if self.cause is not None:
            return sentence(self.cause, language)
        words = self.words
        return _filled(words.do_en if language == "en" else words.do_vi, self.facts, language)

    def as_json(self) -> dict[str, Any]:
        """For the worker process and for whoever stores it; `finding_of` reads it again."""
        facts = {
            name: {"vi": fact.vi, "en": fact.en} if isinstance(fact, Said) else fact
            for name, fact in self.facts.items()
        }
        cause = self.cause and {"code": self.cause.code, "facts": _plain(self.cause.facts)}
        return {"code": self.code, "facts": facts, "cause": cause}


def finding_of(stored: Mapping[str, Any]) -> Finding:
    """A finding from its JSON."""
    cause = stored["cause"]
    return Finding(
        code=stored["code"],
        facts={
            name: Said(**fact) if isinstance(fact, dict) else fact
            for name, fact in stored["facts"].items()
        },
        # Not raised here: what another place refused, carried to be read to a person.
        cause=None if cause is None else Refused(cause["code"], **cause["facts"]),
    )


def _plain(facts: Mapping[str, Any]) -> dict[str, str | int]:
    return {
        name: fact if isinstance(fact, str | int) else str(fact) for name, fact in facts.items()
    }


class _Blanks(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def _filled(template: str, facts: Mapping[str, Fact], language: str) -> str:
    blanks = {
        name: (fact.en if language == "en" else fact.vi) if isinstance(fact, Said) else fact
        for name, fact in facts.items()
    }
    return template.format_map(_Blanks(blanks))


# -- what rooms register ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """What a check may look at. It writes nothing."""

    #: `kiosk.config.Settings`; core does not know its type.
    settings: Any
    now: datetime
    #: Reads the database; None for a check that is measured in a process of its own.
    session: Session | None = None
    #: `app.extensions`: what the program keeps in memory.
    extensions: Mapping[str, Any] = field(default_factory=dict)
    #: Whether the hall is being served, so that devices and copies can have been heard of.
    is_serving: bool = False

    @property
    def instance(self) -> Path:
        """The folder of the conference."""
        folder: Path = self.settings.instance
        return folder

    @property
    def reading(self) -> Session:
        """The session of a check that reads the database."""
        if self.session is None:
            raise ValueError("a measured check reads no database session")
        return self.session


@dataclass(frozen=True)
class Check:
    """One subject of the sheet."""

    #: `backup.place`: its room and its thing.
    key: str
    group: Group
    #: What is mended first; by tens, so that another room can stand between two.
    order: int
    #: The subject's name, Vietnamese and English.
    name: tuple[str, str]
    run: Callable[[Scene], Iterable[Finding]]
    #: Slow or touching the disk: run in a process of its own, without a database session.
    measured: bool = False
    #: The endpoint of the page where it is mended; empty where no page mends it.
    page: str = ""
    #: Facts (`core.db.changed`) that may change what a check that is not measured finds.
    follows: frozenset[str] = frozenset()

    def called(self, language: str) -> str:
        return self.name[1 if language == "en" else 0]


_CHECKS: dict[str, Check] = {}
_WORDS: dict[str, Words] = {}


def register(*checks: Check) -> None:
    """Called once by each room's `checks.py`."""
    for check in checks:
        if _CHECKS.setdefault(check.key, check) is not check:
            raise ValueError(f"check {check.key} is registered twice")


def say(words: Mapping[str, Words]) -> None:
    """The findings of a room, in both languages; called once by each room's `checks.py`."""
    for code, found in words.items():
        if _WORDS.setdefault(code, found) is not found:
            raise ValueError(f"finding {code} is registered twice")


def registered() -> list[Check]:
    """Every check, in the order of mending."""
    return sorted(_CHECKS.values(), key=lambda check: (check.order, check.key))


def vocabulary() -> Mapping[str, Words]:
    """Every code that a check can find."""
    return _WORDS


def look(check: Check, scene: Scene) -> tuple[Finding, ...]:
    """Run one check. Whatever happens in it, the others go on, and it is not good."""
    try:
        found = tuple(check.run(scene))
    except Exception as broken:
        log.exception("check %s failed", check.key)
        return (Finding("check_failed", {"reason": type(broken).__name__}),)
    return found or (Finding("check_silent"),)


_STRANGE = unknown(
    (NOT_KNOWN[0].capitalize(), NOT_KNOWN[1].capitalize()),
    ("Báo kỹ thuật: bản chương trình không đồng bộ.", "Tell the technician: program parts differ."),
)

say(
    {
        "check_failed": unknown(
            ("Không kiểm tra được ({reason})", "Could not be checked ({reason})"),
            (
                "Bấm Kiểm tra lại; nếu vẫn vậy, xem nhật ký của máy chủ.",
                "Check again; if it stays so, read the server's log.",
            ),
        ),
        "check_silent": unknown(
            ("Không rõ", "Not known"),
            ("Bấm Kiểm tra lại.", "Check again."),
        ),
    }
)
