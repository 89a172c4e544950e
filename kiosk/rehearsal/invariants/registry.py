"""The list of invariants, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kiosk.rehearsal.stored import Scan
from kiosk.rehearsal.told import WELCOME, Day, Scene, Told

Findings = list[str]
#: None where this machine lacks what had to be tried (`Day.untried`): not known, never true.
Maybe = Findings | None
Invariant = Callable[[Day], Maybe]

#: By name; filled by `invariant`.
REGISTERED: dict[str, Invariant] = {}


def invariant(check_one: Invariant) -> Invariant:
    """Register an invariant under the name of its function."""
    REGISTERED[check_one.__name__] = check_one
    return check_one


def only(day: Day, scene: Scene, outcome: str, detail: str = "") -> Findings:
    """Every answer of a scene is this outcome and stored without a stay; and it was played."""
    told = day.scene(scene)
    scans = stored_scans(day)
    entered = [
        answer.scan_id
        for answer in told
        if answer.scan_id in scans and scans[answer.scan_id].outcome in WELCOME
    ]
    findings = named(
        answer
        for answer in told
        if (answer.outcome, answer.detail if detail else "") != (outcome, detail)
    )
    findings += [f"{scan_id} is stored as an entry" for scan_id in entered]
    return findings if told else [f"no {scene} was played"]


def unplayed(day: Day, *scenes: Scene) -> Findings:
    """Scenes that nobody has played: what was not tried is not known."""
    played = {answer.scene for answer in day.told}
    return [f"no {scene} was played" for scene in scenes if scene not in played]


def named(answers: Iterable[Told]) -> Findings:
    """Answers in words."""
    return [
        f"{answer.scene} of delegate {answer.delegate_id} at gate {answer.gate + 1}:"
        f" {' '.join(filter(None, (answer.outcome or str(answer.status), answer.detail)))}"
        f"{' (repeated)' if answer.repeated else ''}"
        for answer in answers
    ]


def stored_scans(day: Day) -> dict[str, Scan]:
    """The stored scans by their ids."""
    return {scan.scan_id: scan for scan in day.stored.scans}


def first_answers(day: Day) -> Iterator[Told]:
    """Answers that recorded something: no id that came before, no badge that lay on the scanner."""
    repeats = {scan.scan_id for scan in day.stored.scans if scan.is_repeat}
    seen: set[str] = set()
    for answer in day.told:
        if answer.scan_id not in seen | repeats:
            yield answer
        seen.add(answer.scan_id)
