"""Measuring the laptop: in the command line at once, in a served hall by a worker process.

What was measured is kept in memory: after a restart the machine is another one until it is asked
again. A way to the internet is booked here, by whoever asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from kiosk.backup.keeper import Keeper
from kiosk.config import Settings
from kiosk.core import checks, jobs, live
from kiosk.core.access import Actor
from kiosk.core.checks import Finding, Scene
from kiosk.core.clock import Clock, utc_now
from kiosk.doctor import network, services
from kiosk.doctor.report import Measured, Report, report
from kiosk.doctor.subjects import subjects

#: Seconds for all measurements; each bounds itself, and a dying disk bounds nothing.
LONGEST = 60.0

Findings = Mapping[str, tuple[Finding, ...]]


def measure(settings: Settings, now: datetime) -> dict[str, tuple[Finding, ...]]:
    """Run every measured check, one after another, in this process."""
    scene = Scene(settings=settings, now=now)
    return {check.key: checks.look(check, scene) for check in subjects() if check.measured}


def job(payload: dict[str, Any], progress: Callable[[int, int], None]) -> bytes:
    """The same in the worker process."""
    found = measure(Settings(**payload["settings"]), utc_now())
    progress(1, 1)
    return json.dumps(
        {key: [finding.as_json() for finding in each] for key, each in found.items()}
    ).encode()


def measure_aside(settings: Settings) -> dict[str, tuple[Finding, ...]]:
    """Measure in a process of its own, while the loop goes on.

    Raises:
        Refused: `job_failed`, `job_timed_out`, `jobs_busy`.
    """
    answer = jobs.run_job(
        "doctor",
        {"settings": settings.model_dump(mode="json")},
        timeout=LONGEST,
        lane="doctor",
    )
    return {
        key: tuple(checks.finding_of(each) for each in found)
        for key, found in json.loads(answer).items()
    }


def is_way_out(found: Findings) -> bool | None:
    """Whether a way to the internet was found; None where nobody could tell."""
    codes = {finding.code for finding in found.get("network.route", ())}
    if network.ROUTE in codes:
        return True
    return False if network.NO_ROUTE in codes else None


class Doctor:
    """Keeps what was last measured, and makes the sheet."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.settings: Settings = app.extensions["kiosk_settings"]
        self.last: Measured | None = None

    @property
    def is_serving(self) -> bool:
        keeper: Keeper = self._app.extensions["kiosk_backup"]
        return keeper.is_running

    def measure(
        self,
        by: Actor,
        *,
        how: Callable[[Settings], Findings] = measure_aside,
        clock: Clock = utc_now,
    ) -> None:
        """Measure now; the page that follows is drawn again.

        Raises:
            Refused: as `measure_aside`.
        """
        found = how(self.settings)
        self.keep(found, by=by, clock=clock)
        is_there = is_way_out(found)
        if is_there is not None:
            services.note_route(is_there=is_there, by=by, clock=clock)
        live.announce({services.FACT})

    def keep(self, found: Findings, *, by: Actor, clock: Clock = utc_now) -> None:
        by_name = by.name if by.kind == "staff" else ""
        self.last = Measured(at=clock(), by_name=by_name, findings=found)

    def report(self, session: Session | None, *, now: datetime | None = None) -> Report:
        """The sheet of this moment."""
        scene = Scene(
            settings=self.settings,
            now=now or utc_now(),
            session=session,
            extensions=self._app.extensions,
            is_serving=self.is_serving,
        )
        return report(scene, self.last)
