"""The act `doctor.report`: what a running hall answers when the terminal asks for the sheet."""

from __future__ import annotations

from typing import Any

from flask import Flask

from kiosk.conference import queries as people
from kiosk.core.access import Actor
from kiosk.core.db import db
from kiosk.doctor import paper, services
from kiosk.doctor.measuring import Doctor
from kiosk.doctor.report import Report


def answer(app: Flask, order: dict[str, Any], by: Actor) -> dict[str, Any]:
    """The act `doctor.report`, in the server that runs."""
    doctor: Doctor = app.extensions["kiosk_doctor"]
    db.session.remove()
    doctor.measure(by)
    found = doctor.report(db.session())
    if order["on_paper"]:
        services.note_sheet_printed(to_mend=len(found.to_mend), by=by)
    return {"report": found.as_json(order["language"]), "sheet": sheet_of(found)}


def sheet_of(found: Report) -> dict[str, Any]:
    """What the paper is made of."""
    meeting = people.find_conference(db.session())
    return paper.sheet(found, event=meeting.title if meeting else "")
