"""The tests' own look at the go / no-go sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from kiosk.core.checks import Finding
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.doctor.measuring import Doctor
from kiosk.doctor.report import Measured, Report
from kiosk.doctor.subjects import subjects


@dataclass
class Sheet:
    """The sheet of one app, as `kiosk serve` makes it."""

    app: Flask

    @property
    def doctor(self) -> Doctor:
        found: Doctor = self.app.extensions["kiosk_doctor"]
        return found

    def now(self, *, at: datetime | None = None) -> Report:
        with self.app.app_context():
            db.session.rollback()
            return self.doctor.report(db.session(), now=at)

    def codes(self, key: str, *, at: datetime | None = None) -> list[str]:
        """What is found of one subject."""
        return [line.finding.code for line in self.now(at=at).lines if line.check.key == key]

    def one(self, key: str, *, at: datetime | None = None) -> Finding:
        (line,) = [line for line in self.now(at=at).lines if line.check.key == key]
        return line.finding

    def measured(self, **changed: str) -> None:
        """As if the machine had just been measured and all of it were good; `changed`: other codes
        by key, a dot written as two underscores."""
        good = {
            "machine.data": "data_whole",
            "machine.keys": "keys_fit",
            "machine.program": "program_fine",
            "machine.place": "place_disk",
            "machine.folder": "folder_private",
            "machine.space": "space_enough",
            "machine.durable": "commits_fine",
            "machine.memory": "memory_enough",
            "paper.fonts": "fonts_whole",
            "copies.place": "copies_place_apart",
            "network.route": "route_none",
        }
        assert good.keys() == {check.key for check in subjects() if check.measured}
        codes = good | {key.replace("__", "."): code for key, code in changed.items()}
        findings = {key: (Finding(code),) for key, code in codes.items()}
        self.doctor.last = Measured(at=utc_now(), by_name="Lan", findings=findings)
