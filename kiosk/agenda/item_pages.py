"""The page of one item: notes for the minutes, attachments, the chair's words; the wall's acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    send_file,
)

from kiosk.agenda import attachments, keeping, notes, queries, script, wall
from kiosk.conference import queries as people
from kiosk.conference.rules import hour_of
from kiosk.core import hx, live, uploads
from kiosk.core.access import LEADERS, PREPARERS, STAFF, Role, actor, allow
from kiosk.core.clock import in_hall, utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused

bp = Blueprint("items", __name__)

#: Bytes of a save: twenty thousand signs, each escaped at its longest, and the frame around them.
_LARGEST_SAVE = 300_000

#: What a browser may do with a downloaded file, should it open it after all: nothing.
_FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_live"].add(
        live.Topic(
            name="notes",
            audience=frozenset(STAFF),
            facts=frozenset({"notes"}),
            render=_note_heads,
        )
    )


def _note_heads() -> Mapping[str, str]:
    """Numbers only: which version is the newest of each item. A page fetches the text itself."""
    heads = keeping.heads(db.session())
    return {"note-heads": render_template("agenda/_note_heads.html", heads=heads)}


# -- the page --------------------------------------------------------------------------------


@bp.get("/console/agenda/<int:item_id>")
@allow(*STAFF)
def page(item_id: int) -> str:
    session = db.session()
    items = queries.items(session)
    item = queries.item(session, item_id)
    place = items.index(item)
    return render_template(
        "agenda/item.html",
        item=item,
        meeting=people.conference(session),
        before=items[place - 1] if place else None,
        after=items[place + 1] if place + 1 < len(items) else None,
        notes=keeping.notes_of(session, item_id),
        heads=keeping.heads(session),
        conflicts=keeping.conflicts(session, item_id),
        most=notes.NOTE_MOST,
        files=attachments.files_of(session, item_id),
        words=script.words_of(session, item_id),
        words_most=script.SCRIPT_MOST,
    )


# -- notes for the minutes -------------------------------------------------------------------


@bp.get("/console/agenda/<int:item_id>/note")
@allow(*STAFF)
def note(item_id: int) -> Response:
    """The newest text, for a page that has nothing unsaved."""
    return jsonify(_state(item_id))


@bp.post("/console/agenda/<int:item_id>/note")
@allow(*LEADERS)
def save_note(item_id: int) -> Response:
    """An autosave: JSON with `text`, `based_on` and perhaps `settles`.

    Answers where the text now stands. Refusals are those of every form.
    """
    if (request.content_length or 0) > _LARGEST_SAVE:
        raise Refused("note_too_long", most=notes.NOTE_MOST, length=request.content_length)
    sent: Any = request.get_json()
    if not isinstance(sent, dict):
        raise Refused("field_wrong", field="note")
    text, based_on, settles = sent.get("text"), sent.get("based_on"), sent.get("settles", [])
    if not isinstance(text, str):
        raise Refused("field_wrong", field="text")
    if not isinstance(based_on, int) or not _is_number(based_on):
        raise Refused("field_wrong", field="based_on")
    if not isinstance(settles, list) or not all(map(_is_number, settles)):
        raise Refused("field_wrong", field="settles")
    saved = keeping.save_note(item_id, text, based_on=based_on, settles=settles, by=actor())
    return jsonify(
        number=saved.number,
        is_branch=saved.is_branch and saved.number in saved.open_tips,
        head=saved.head,
        open_tips=list(saved.open_tips),
        at=in_hall(saved.at).strftime("%H:%M:%S"),
    )


def _is_number(found: object) -> bool:
    # A bool is an int for Python; 2**31 is more versions than anybody saves in a day.
    return isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**31


def _state(item_id: int) -> dict[str, Any]:
    now = keeping.notes_of(db.session(), item_id)
    return {
        "text": now.text,
        "head": now.head,
        "open_tips": list(now.open_tips),
        "at": in_hall(now.at).strftime("%H:%M:%S") if now.at else "",
        "by": now.by_name,
    }


@bp.get("/console/agenda/<int:item_id>/note/conflicts")
@allow(*STAFF)
def conflicts(item_id: int) -> str:
    """Both texts side by side with a proposal, for each branch that waits for a person."""
    session = db.session()
    return render_template(
        "agenda/_conflicts.html",
        item=queries.item(session, item_id),
        conflicts=keeping.conflicts(session, item_id),
    )


@bp.get("/console/agenda/<int:item_id>/note/versions")
@allow(*STAFF)
def versions(item_id: int) -> str:
    """The newest saved versions, branches included."""
    session = db.session()
    item = queries.item(session, item_id)
    return render_template(
        "agenda/_versions.html", item=item, versions=keeping.latest_versions(session, item_id)
    )


# -- attachments -----------------------------------------------------------------------------


@bp.post("/console/agenda/<int:item_id>/files")
@allow(*PREPARERS, Role.CHAIR)
def attach(item_id: int) -> Response:
    name, data = uploads.uploaded("file")
    attachments.attach(item_id, name, data, instance=_instance(), by=actor())
    return hx.go("items.page", item_id=item_id)


@bp.get("/console/agenda/<int:item_id>/files/<int:file_id>")
@allow(*STAFF)
def download(item_id: int, file_id: int) -> Response:
    """The PDF, always to be saved: this program never shows or runs what people bring."""
    found = attachments.attached(db.session(), item_id, file_id)
    place = found.place(_instance())
    if not place.is_file():
        raise Refused("attachment_lost", name=found.name)
    response = send_file(
        place, mimetype="application/pdf", as_attachment=True, download_name=found.name
    )
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/console/agenda/<int:item_id>/files/<int:file_id>/remove")
@allow(*PREPARERS, Role.CHAIR)
def remove_file(item_id: int, file_id: int) -> Response:
    attachments.remove(item_id, file_id, by=actor())
    return hx.go("items.page", item_id=item_id)


def _instance() -> Path:
    return Path(current_app.instance_path)


# -- the chair's words -----------------------------------------------------------------------


@bp.post("/console/agenda/<int:item_id>/script")
@allow(*LEADERS)
def write_script(item_id: int) -> Response:
    script.write_script(
        item_id,
        request.form.get("text", "") if request.form.get("usual") != "1" else "",
        seen=request.form.get("seen", default=-1, type=int),
        by=actor(),
    )
    return hx.go("items.page", item_id=item_id)


# -- the wall --------------------------------------------------------------------------------


@bp.post("/console/wall/aside")
@allow(*LEADERS, Role.TECHNICIAN)
def step_aside() -> Response:
    """One tap: the wall goes black for the technician's slides."""
    wall.step_aside(by=actor())
    return hx.done("console.home")


@bp.post("/console/wall/back")
@allow(*LEADERS, Role.TECHNICIAN)
def take_back() -> Response:
    wall.take_back(by=actor())
    return hx.done("console.home")


@bp.post("/console/wall/break")
@allow(*LEADERS)
def call_break() -> Response:
    """A break for some minutes, or until an hour of today."""
    wall.call_break(until=_break_end(utc_now()), by=actor())
    return hx.go("console.home")


def _break_end(now: datetime) -> datetime:
    minutes = request.form.get("minutes", type=int)
    if minutes is not None:
        # A number that no calendar holds is a wrong one too; the rule says so.
        return now + timedelta(minutes=min(max(minutes, -1), 10_000))
    hour = hour_of(request.form.get("until", ""))
    if hour is None:
        raise Refused("hour_wrong")
    hours, _, rest = hour.partition(":")
    return in_hall(now).replace(hour=int(hours), minute=int(rest), second=0, microsecond=0)
