"""One sheet out of many findings: every line, the verdict, and the table of self-tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.core import checks
from kiosk.core.checks import Check, Finding, Group, Said, Scene, State
from kiosk.core.clock import HALL, dmy, hhmm
from kiosk.devices import queries as devices
from kiosk.doctor import queries, rules
from kiosk.doctor.queries import SelfTestRow, SelfTests
from kiosk.doctor.rules import Part
from kiosk.doctor.subjects import MEASURED, NOT_YET, START, subjects

READY = ("SẴN SÀNG", "READY")

GROUPS: dict[Group, tuple[str, str]] = {
    Group.MACHINE: ("Máy tính", "Laptop"),
    Group.NETWORK: ("Mạng", "Network"),
    Group.COPIES: ("Sao lưu", "Copies"),
    Group.PAPER: ("Giấy in", "Paper"),
    Group.PEOPLE: ("Danh sách và kế hoạch", "Roster and plan"),
    Group.DEVICES: ("Thiết bị", "Devices"),
}

STATES: dict[State, tuple[str, str]] = {
    State.GOOD: ("tốt", "good"),
    State.WARN: ("cần biết", "to know"),
    State.UNKNOWN: checks.NOT_KNOWN,
    State.BAD: ("cần sửa", "to mend"),
}


@dataclass(frozen=True)
class Line:
    """One finding of one subject."""

    check: Check
    finding: Finding

    @property
    def state(self) -> str:
        return self.finding.state

    @property
    def stops(self) -> bool:
        return self.finding.words.stops

    @property
    def order(self) -> int:
        return self.check.order

    @property
    def kind(self) -> tuple[str, str]:
        return self.check.key, self.finding.code


@dataclass(frozen=True)
class Todo:
    """One thing to do, and everything that it is about."""

    lines: tuple[Line, ...]

    @property
    def check(self) -> Check:
        return self.lines[0].check

    @property
    def state(self) -> str:
        return self.lines[0].state

    def texts(self, language: str) -> list[str]:
        """What is so: one sentence for each device or body that it concerns."""
        return [line.finding.text(language) for line in self.lines]

    def advice(self, language: str) -> str:
        return self.lines[0].finding.advice(language)


@dataclass(frozen=True)
class Measured:
    """What the machine said of itself, once."""

    at: datetime
    #: The member of staff who asked; empty for the command line.
    by_name: str
    findings: Mapping[str, tuple[Finding, ...]]


@dataclass(frozen=True)
class Tried:
    """The self-tests of one machine today; `device` is empty for the laptop itself."""

    device: str
    #: `gate`, `tablet`, `projector`; empty for the laptop.
    kind: str
    device_id: int | None
    #: Every part that such a machine has, in order; None where nobody has tried it.
    parts: tuple[tuple[Part, SelfTestRow | None], ...]
    state: State
    #: Untried parts that this machine need not show for what it does.
    spare: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Report:
    """The sheet as it stands at one moment."""

    at: datetime
    measured: Measured | None
    lines: tuple[Line, ...]
    laptop: Tried
    devices: tuple[Tried, ...]
    is_rehearsal: bool

    @property
    def is_ready(self) -> bool:
        return rules.is_ready(self.lines)

    @property
    def to_mend(self) -> list[Todo]:
        return [Todo(tuple(lines)) for lines in rules.to_mend(self.lines)]

    @property
    def to_read(self) -> list[Todo]:
        told = [line for line in self.lines if line.finding.code != NOT_YET]
        return [Todo(tuple(lines)) for lines in rules.to_read(told)]

    @property
    def groups(self) -> Iterator[tuple[Group, list[Line], str]]:
        """Each group with its lines and its worst state."""
        for group in Group:
            lines = [line for line in self.lines if line.check.group is group]
            if lines:
                yield group, lines, rules.worst(line.state for line in lines)

    def word(self, language: str) -> str:
        """The one word at the top, or how much stands before it."""
        if self.is_ready:
            return READY[1 if language == "en" else 0]
        count = len(self.to_mend)
        if language == "en":
            return f"{count} THING{'' if count == 1 else 'S'} TO MEND"
        return f"CẦN SỬA {count} VIỆC"

    def as_json(self, language: str) -> dict[str, Any]:
        """For `kiosk doctor --json` and for whoever reads it by program."""

        def said(line: Line) -> dict[str, Any]:
            return {
                "key": line.check.key,
                "name": line.check.called(language),
                "state": str(line.state),
                "code": line.finding.code,
                "text": line.finding.text(language),
                "do": line.finding.advice(language),
            }

        def task(todo: Todo) -> dict[str, Any]:
            return {
                "key": todo.check.key,
                "name": todo.check.called(language),
                "state": str(todo.state),
                "texts": todo.texts(language),
                "do": todo.advice(language),
            }

        return {
            "ready": self.is_ready,
            "word": self.word(language),
            "at": self.at.isoformat(),
            "rehearsal": self.is_rehearsal,
            "measured_at": self.measured.at.isoformat() if self.measured else None,
            "measured_by": (self.measured.by_name or None) if self.measured else None,
            "to_mend": [task(todo) for todo in self.to_mend],
            "to_read": [task(todo) for todo in self.to_read],
            "lines": [{"group": line.check.group.value, **said(line)} for line in self.lines],
            "self_tests": [
                {
                    "device": tried.device or None,
                    "kind": tried.kind or "laptop",
                    "state": tried.state.value,
                    "parts": {
                        part.value: None
                        if row is None
                        else {"ok": row.ok, "at": row.at.isoformat(), "by": row.by_name or None}
                        for part, row in tried.parts
                    },
                    "not_needed": [part.value for part in tried.spare],
                }
                for tried in (self.laptop, *self.devices)
            ],
        }


_OUTCOMES = {
    "passed": State.GOOD,
    "partly": State.WARN,
    "missing": State.UNKNOWN,
    "part": State.UNKNOWN,
    "failed": State.BAD,
}


def report(scene: Scene, measured: Measured | None, *, start: Finding | None = None) -> Report:
    """Look at everything that is quick, and put it together with what was measured.

    `start` says why the conference could not be opened; then only the machine is looked at.
    """
    tests = _tests(scene)
    return Report(
        at=scene.now,
        measured=measured,
        lines=tuple(_lines(scene, measured, start)),
        laptop=_laptop(tests.get(None, {})),
        devices=tuple(_devices(scene.reading, tests)) if scene.session is not None else (),
        is_rehearsal=bool(scene.settings.rehearsal),
    )


def _lines(scene: Scene, measured: Measured | None, start: Finding | None) -> Iterator[Line]:
    if start is not None:
        yield Line(START, start)
    fresh = measured is not None and rules.is_fresh(measured.at, scene.now, hall=HALL)
    yield Line(MEASURED, _measuring(measured, fresh=fresh))
    for check in subjects():
        if start is not None and not check.measured:
            continue
        if not check.measured:
            found = checks.look(check, scene)
        elif measured is not None and fresh:
            found = measured.findings.get(check.key) or (Finding("check_silent"),)
        else:
            found = (Finding(NOT_YET),)
        for finding in found:
            yield Line(check, finding)


_COMMAND_LINE = Said("Từ dòng lệnh", "From the command line")


def _measuring(measured: Measured | None, *, fresh: bool) -> Finding:
    if measured is None:
        return Finding("not_measured")
    at = f"{hhmm(measured.at)}, {dmy(measured.at)}"
    if not fresh:
        return Finding("measured_before", {"at": at})
    return Finding("measured", {"by": measured.by_name or _COMMAND_LINE, "at": at})


def _tests(scene: Scene) -> SelfTests:
    """None at all where they cannot be read: nobody has tried anything, as far as is known."""
    if scene.session is None:
        return {}
    return queries.self_tests_today(scene.session, scene.now)


def _laptop(done: Mapping[Part, SelfTestRow]) -> Tried:
    parts = tuple((part, done.get(part)) for part in rules.LAPTOP)
    # Power is asked only where the machine does not tell, so it decides nothing here.
    needed = [row for part, row in parts if part is not Part.POWER]
    states = [_state_of(row) for row in needed]
    return Tried("", "", None, parts, State(rules.worst(states)))


def _state_of(row: SelfTestRow | None) -> State:
    if row is None:
        return State.UNKNOWN
    return State.GOOD if row.ok else State.BAD


def _devices(session: Session, tests: SelfTests) -> Iterator[Tried]:
    for row in sorted(
        devices.devices(session, with_revoked=False), key=lambda row: (row.kind, row.id)
    ):
        done = tests.get(row.id, {})
        found = rules.shown(
            row.kind,
            {part: test.ok for part, test in done.items()},
            as_gate=row.works_as_gate,
        )
        yield Tried(
            device=row.name,
            kind=row.kind,
            device_id=row.id,
            parts=tuple((part, done.get(part)) for part in rules.OF_KIND.get(row.kind, ())),
            state=_OUTCOMES[found.outcome],
            spare=found.spare,
        )
