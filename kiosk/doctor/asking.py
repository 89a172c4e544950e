"""`kiosk doctor`: the sheet from a terminal, with a running hall and without one.

A running server is asked, for it alone has heard the devices. Without one, or with one that hangs,
everything is read here: reading needs no lock. The lock is taken for a moment only, to book a way
to the internet, and where somebody holds it nothing is booked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from kiosk import create_app, instance
from kiosk.config import Settings
from kiosk.core.access import THE_PROGRAM
from kiosk.core.checks import Finding, Scene
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.doctor import measuring, paper, services
from kiosk.doctor.answering import sheet_of
from kiosk.doctor.measuring import Doctor, Findings
from kiosk.doctor.report import Measured, Report, report

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What the terminal shows, and what its paper is made of."""

    report: dict[str, Any]
    sheet: dict[str, Any]


def ask(settings: Settings, *, language: str, on_paper: bool) -> Asked:
    """The sheet of now, measured anew. `on_paper`: it will be printed, and the book says so.

    Raises:
        Refused: `instance_empty` where there is no conference; what a running server refuses.
    """
    if not instance.exists(settings.instance):
        instance.ensure_whole(settings.instance)
    if (settings.instance / instance.DOOR).exists():
        order = {"language": language, "on_paper": on_paper}
        try:
            return Asked(**instance.hand_over(settings.instance, "doctor.report", order))
        except Refused as silent:
            # A door left by a killed server, or a server that does not answer any more.
            if silent.code != "instance_in_use":
                raise
    return _here(settings, language=language, on_paper=on_paper)


def told(said: dict[str, Any]) -> Iterator[str]:
    """The sheet as lines of a terminal: the word, what to mend in order, what to know."""
    yield said["word"]
    for number, line in enumerate(said["to_mend"], start=1):
        yield f"{number:>3}. {_line(line)}"
    for line in said["to_read"]:
        yield f"  -  {_line(line)}"


def _line(line: dict[str, Any]) -> str:
    text = f"{line['name']}: {'; '.join(line['texts'])}"
    return f"{text}. {line['do']}" if line["do"] else f"{text}."


def _here(settings: Settings, *, language: str, on_paper: bool) -> Asked:
    found = measuring.measure(settings, utc_now())
    if instance.stored_revision(settings.instance) != instance.newest_revision():
        # Tables of another version: what this program would read of them means nothing.
        return _half(settings, found, Finding("start_tables"), language=language)
    try:
        app = create_app(settings)
    except Refused as refused:
        return _half(settings, found, Finding("start_refused", cause=refused), language=language)
    except (OSError, SQLAlchemyError) as broken:
        log.warning("%s: %s", type(broken).__name__, broken)
        finding = Finding("start_failed", {"reason": type(broken).__name__})
        return _half(settings, found, finding, language=language)
    with app.app_context():
        doctor: Doctor = app.extensions["kiosk_doctor"]
        doctor.keep(found, by=THE_PROGRAM)
        seen = doctor.report(db.session())
        asked = Asked(report=seen.as_json(language), sheet=sheet_of(seen))
        db.session.remove()
        _book(settings, found, seen if on_paper else None)
        app.extensions["kiosk_writer"].close()
        db.engine.dispose()
    return asked


def _half(settings: Settings, found: Findings, finding: Finding, *, language: str) -> Asked:
    """The machine alone, where the conference itself cannot be opened; never ready."""
    scene = Scene(settings=settings, now=utc_now())
    measured = Measured(at=scene.now, by_name="", findings=found)
    seen = report(scene, measured, start=finding)
    return Asked(report=seen.as_json(language), sheet=paper.sheet(seen, event=""))


def _book(settings: Settings, found: Findings, printed: Report | None) -> None:
    is_there = measuring.is_way_out(found)
    try:
        with instance.locked(settings.instance):
            if is_there is not None:
                services.note_route(is_there=is_there, by=THE_PROGRAM)
            if printed is not None:
                services.note_sheet_printed(to_mend=len(printed.to_mend), by=THE_PROGRAM)
    except (Refused, OSError) as held:
        # Somebody else writes, or the disk does not: the sheet has its own line about either.
        log.warning("nothing was booked: %s", held)
