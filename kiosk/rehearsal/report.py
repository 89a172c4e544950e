"""What `kiosk rehearse` says at the end, to scripts and to people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Report:
    """What `kiosk rehearse` prints."""

    delegates: int
    outcomes: dict[str, int]
    #: What contradicts each invariant; empty where it holds, None where this machine lacks what had
    #: to be tried.
    findings: dict[str, list[str] | None]
    #: What this machine lacks, and what no rehearsal can try without pretending.
    untried: tuple[str, ...]
    figures: dict[str, Any]
    seconds: float
    out: Path

    @property
    def holds(self) -> bool:
        """No invariant broke."""
        return not any(self.findings.values())

    def as_json(self) -> dict[str, Any]:
        """One JSON document; `archive` and `receipt` are null until the day makes them."""
        return {
            "delegates": self.delegates,
            "outcomes": self.outcomes,
            "invariants": {
                name: None if found is None else not found for name, found in self.findings.items()
            },
            "broken": {name: found for name, found in self.findings.items() if found},
            "untried": list(self.untried),
            "figures": self.figures,
            "archive": None,
            "receipt": None,
            "seconds": self.seconds,
            "out": str(self.out),
        }

    def lines(self) -> Iterator[str]:
        """The same for people, short."""
        figures = self.figures
        kept = sum(found == [] for found in self.findings.values())
        yield f"{self.delegates} delegates in {self.seconds:.1f} s: {self.out}"
        yield "gates told: " + ", ".join(f"{n} {word}" for word, n in self.outcomes.items())
        yield (
            f"peak: {figures['scans_per_second']} scans/s,"
            f" p50 {figures['scan_p50_ms']} ms, p99 {figures['scan_p99_ms']} ms;"
            f" projector after {figures['projector_median_ms']} ms"
        )
        copy = figures["copy"]
        yield (
            f"copy restored: {copy['stays']} stays, book to line {copy['book_seq']}"
            if copy
            else "copy restored: none"
        )
        yield (
            f"devices: {figures['devices_paired']} paired, half within"
            f" {figures['pairing_median_ms']} ms; last tablet"
            f" {figures['tap_to_last_tablet_ms']} ms after the tap;"
            f" back {figures['kill_to_answer_ms']} ms after the kill"
        )
        yield f"invariants: {kept} of {len(self.findings)} hold"
        for name, found in self.findings.items():
            if found is None:
                yield f"not tried {name}"
            for finding in found or ():
                yield f"BROKEN {name}: {finding}"
