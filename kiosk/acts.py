"""Acts that the command line may ask for; the same functions whether a server runs or not.

Only one process writes an instance. While `kiosk serve` runs, a CLI verb sends its act to it over
loopback (`/internal/act`, then `perform`); otherwise the verb takes the instance's lock and
performs it itself. Arguments and answers are JSON values; files travel as Base64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, make_response, request
from werkzeug.exceptions import Forbidden

from kiosk.agenda import plan_import
from kiosk.backup import services as backup
from kiosk.checkin import roster_undo
from kiosk.conference import badge_issue, reading
from kiosk.conference import queries as people
from kiosk.conference import services as conference
from kiosk.conference.file_events import row_reason
from kiosk.conference.roster.compare import Comparison, as_json, compare
from kiosk.conference.roster.mapping import choices_of_words
from kiosk.conference.roster.sheet import Choices, Sheet
from kiosk.conference.rules import day_of
from kiosk.core import uploads
from kiosk.core.access import PROGRAM, THE_PROGRAM, Actor, allow
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.names import fold
from kiosk.devices import queries as device_rows
from kiosk.devices import services as devices
from kiosk.doctor import answering
from kiosk.documents import invitation
from kiosk.documents import services as documents
from kiosk.staff import services as staff

bp = Blueprint("acts", __name__)

Act = Callable[[dict[str, Any], Actor], Any]

_ACTS: dict[str, Act] = {}


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.post("/internal/act")
@allow(PROGRAM)
def internal_act() -> Response:
    """An act that `kiosk` on the same laptop hands to the one writer (design 2.1).

    Proved by the key of the instance folder; a browser cannot send it.
    """
    key: bytes = current_app.extensions["kiosk_keys"].program
    sent = request.headers.get("X-Kiosk-Key", "")
    if request.headers.get("Origin") or not hmac.compare_digest(sent.encode(), key.hex().encode()):
        raise Forbidden
    # A file of 20 MB travels as Base64.
    request.max_content_length = uploads.LARGEST * 3 // 2
    order: dict[str, Any] = request.get_json()
    try:
        done = perform(str(order["act"]), order["with"], by=THE_PROGRAM)
    except Refused as refused:
        return make_response(jsonify(refused=refused.code, facts=refused.facts), 409)
    return jsonify(done=done)


internal_act.checks_own_key = True  # type: ignore[attr-defined]


def act(name: str) -> Callable[[Act], Act]:
    def add(function: Act) -> Act:
        _ACTS[name] = function
        return function

    return add


def perform(name: str, order: dict[str, Any], *, by: Actor) -> Any:
    """Do one act by name. KeyError for an unknown name: the two programs differ in version."""
    return _ACTS[name](order, by)


def _keys() -> Any:
    return current_app.extensions["kiosk_keys"]


@act("backup.key_made")
def _note_key_made(order: dict[str, Any], by: Actor) -> Any:
    backup.note_key_made(recipient=order["recipient"], by=by)
    return None


@act("doctor.report")
def _go_or_no_go(order: dict[str, Any], by: Actor) -> Any:
    return answering.answer(current_app, order, by)


@act("plan.import")
def _import_plan(order: dict[str, Any], by: Actor) -> Any:
    data = base64.b64decode(order["data"])
    plan = reading.plan(data, filename=order["file"])
    digest = hashlib.sha256(data).hexdigest()
    plan_import.import_plan(plan, file_name=order["file"], sha256=digest, by=by)
    return plan.as_json()


@act("roster.import")
def _import_roster(order: dict[str, Any], by: Actor) -> Any:
    data = base64.b64decode(order["data"])
    sheet = reading.roster(data, filename=order["file"], choices=_choices(order))
    last = people.last_number(db.session())
    if order["dry_run"]:
        comparison = compare(people.known_people(db.session()), sheet, last_number=last)
        return _roster_told(sheet, comparison, order)
    if sheet.rejected and not order["accept_rejected"]:
        comparison = compare(people.known_people(db.session()), sheet, last_number=last)
        return {
            "refused": "roster_has_rejected",
            "facts": {"rejected": len(sheet.rejected)},
            "preview": _roster_told(sheet, comparison, order),
        }
    done = conference.import_roster(
        sheet,
        data=data,
        accept_rejected=order["accept_rejected"],
        key=_keys().badge,
        by=by,
    )
    return _roster_told(sheet, done.comparison, order)


def _roster_told(sheet: Sheet, comparison: Comparison, order: dict[str, Any]) -> dict[str, Any]:
    """The answer to scripts; where `language` is named, `why` too: for each rejected row a sentence
    for people at a terminal."""
    said = as_json(sheet, comparison, flags=people.flags_by_id(db.session()))
    language = order.get("language")
    if language:
        said["why"] = [row_reason(row.reason, row.facts, language) for row in sheet.rejected]
    return said


def _choices(order: dict[str, Any]) -> Choices:
    """What the command line says about a roster, as a person says it on the preview."""
    return choices_of_words(
        order.get("mapping", ""),
        header_row=str(order.get("header_row", "")),
        sheet=order.get("sheet", ""),
        legacy=order.get("legacy", ""),
        hidden_rows=bool(order.get("with_hidden")),
        all_proper=bool(order.get("proper_case")),
        unit=str(order.get("unit") or ""),
    )


@act("roster.undo")
def _undo_import(order: dict[str, Any], by: Actor) -> Any:
    return {"people": roster_undo.undo_last_import(by=by)}


@act("badges.faces")
def _badge_faces(order: dict[str, Any], by: Actor) -> Any:
    faces = badge_issue.badge_faces(db.session(), key=_keys().badge)
    badge_issue.note_badges_printed(count=len(faces), by=by)
    found = people.conference(db.session())
    return {"faces": [dict(face) for face in faces], "title": found.title, "host": found.host}


@act("invitations.letters")
def _invitation_letters(order: dict[str, Any], by: Actor) -> Any:
    session = db.session()
    unit_id = None
    if order["unit"] is not None:
        wanted = fold(order["unit"])
        unit_id = next((row.id for row in people.units(session) if fold(row.name) == wanted), None)
        if unit_id is None:
            raise Refused("unit_unknown")
    letters = invitation.facts(
        session,
        key=_keys().badge,
        rehearsal=current_app.extensions["kiosk_settings"].rehearsal,
        unit_id=unit_id,
        dated=day_of(order["dated"] or ""),
    )
    documents.note_printed(count=len(letters.people), by=by)
    return invitation.payload(letters)


@act("staff.add")
def _add_account(order: dict[str, Any], by: Actor) -> Any:
    return staff.add_account(
        name=order["name"], role=order["role"], password=order["password"], by=by
    )


@act("staff.reset")
def _reset_account(order: dict[str, Any], by: Actor) -> Any:
    staff.reset_password(name=order["name"], password=order["password"], by=by)
    return None


@act("device.add")
def _add_device(order: dict[str, Any], by: Actor) -> Any:
    added = devices.add_device(kind=order["kind"], name=order["name"], by=by, key=_keys().tokens)
    return {"id": added.id, "kind": added.kind, "name": added.name, "ticket": added.ticket}


@act("device.list")
def _list_devices(order: dict[str, Any], by: Actor) -> Any:
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "name": row.name,
            "state": row.state,
            "added_at": row.added_at.isoformat(),
            "paired_at": row.paired_at.isoformat() if row.paired_at else None,
            "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
            "last_seen_at": row.last_seen_at.isoformat() if row.last_seen_at else None,
        }
        for row in device_rows.devices(db.session())
    ]


@act("device.revoke")
def _revoke_device(order: dict[str, Any], by: Actor) -> Any:
    wanted = str(order["device"])
    rows = device_rows.devices(db.session(), with_revoked=False)
    by_name = [row for row in rows if fold(row.name) == fold(wanted)]
    by_number = [row for row in rows if str(row.id) == wanted]
    found = {row.id: row for row in by_name + by_number}
    if len(found) > 1:
        # A device called "2" beside the one with number 2: revoking the wrong one stops a gate.
        raise Refused("device_ambiguous", device=wanted[:40])
    for row in found.values():
        devices.revoke_device(device_id=row.id, by=by)
        return {"id": row.id, "name": row.name}
    raise Refused("device_unknown")
