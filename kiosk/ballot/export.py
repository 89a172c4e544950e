"""One opened round as a file that anybody can count again (`docs/ballot-export.md`). Pure.

`kiosk ballot verify` reads it with code that imports nothing from here. It holds single ballots:
it goes to the tellers and into the archive, never onto a screen or a public copy (design 5.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kiosk.ballot.definition import Definition, fingerprint, sealed_fingerprint
from kiosk.ballot.judging import Opened, Tally, tally
from kiosk.ballot.outcome import Base, Kind, Tie, decide

FORMAT = "kiosk-ballot-export/1"


def export(
    *,
    definition: Definition,
    public_key: bytes,
    secret: bytes,
    sealed: Sequence[bytes],
    ballots: Sequence[Opened],
    base: Base,
    tie: Tie,
    summoned: int,
    present: int,
    issued: int,
    born: Sequence[date | None] = (),
    order: Sequence[str] = (),
) -> dict[str, Any]:
    """The JSON value of an export. `born` and `order` by place, or empty.

    Raises:
        Disagreement: when the counts break an invariant of domain.md 2.4.
    """
    added = tally(definition, ballots)
    outcome = decide(
        kind=definition.kind,
        seats=definition.seats,
        base=base,
        tie=tie,
        counts=added.counts(summoned=summoned, present=present, issued=issued),
        candidates=added.stood(definition, born=born, order=order),
    )
    dates = born or [None] * len(definition.candidates)
    return {
        "format": FORMAT,
        "ballot": definition.as_json(),
        "born": [day and day.isoformat() for day in dates],
        "order": list(order) or None,
        "base": base.value,
        "tie": tie.value,
        "counts": {"summoned": summoned, "present": present, "issued": issued},
        "public_key": public_key.hex(),
        "secret": secret.hex(),
        "fingerprint": fingerprint(public_key, definition).hex(),
        "sealed_fingerprint": sealed_fingerprint(sealed).hex(),
        "sealed": [one.hex() for one in sorted(sealed)],
        "opened": [[one.marks.hex(), str(one.invalid)] for one in sorted(ballots)],
        "result": {
            "valid": added.valid,
            "invalid": dict(added.invalid),
            "votes": votes_by_name(definition, added),
            "outcome": outcome.as_json(),
        },
    }


def votes_by_name(definition: Definition, added: Tally) -> dict[str, list[int]]:
    """[votes] for kind A, [yes, no, not counted] for kind B."""
    if definition.kind is Kind.A:
        return {name: [added.votes[at]] for at, name in enumerate(definition.candidates)}
    return {
        name: [added.votes[at], added.against[at], added.not_counted(at)]
        for at, name in enumerate(definition.candidates)
    }
