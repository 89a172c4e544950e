"""The pages of preparation: roster, import, badges, the details of the meeting."""

from __future__ import annotations

import hashlib
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request

from kiosk.conference import badge_sheet, queries, reading, rules, services
from kiosk.conference.roster.compare import Change, compare
from kiosk.conference.roster.standing import Flags
from kiosk.config import Settings
from kiosk.core import hx, jobs
from kiosk.core.access import Role, actor, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.names import tidy

bp = Blueprint("conference", __name__)

#: Who prepares the conference.
PREPARERS = (Role.SECRETARY, Role.TECHNICIAN)

#: Seconds that a previewed file waits for its import.
PREVIEW_LIVES = 86_400

_DIGEST = re.compile(r"[0-9a-f]{64}")


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


def _badge_key() -> bytes:
    key: bytes = current_app.extensions["kiosk_keys"].badge
    return key


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kiosk_settings"]
    return settings


# -- the roster ------------------------------------------------------------------------------


@bp.get("/console/delegates")
@allow(Role.SECRETARY, Role.TECHNICIAN, Role.CHAIR, Role.DESK)
def roster() -> str:
    search, unit_id = request.args.get("q", "")[:100], request.args.get("unit", type=int)
    session = db.session()
    listing = {
        "delegates": queries.delegates(session, unit_id=unit_id, search=search),
        "count": queries.roster_count(session),
        "q": search,
        "unit_id": unit_id,
    }
    if hx.wants_fragment():
        return render_template("conference/_delegates.html", **listing)
    return render_template(
        "conference/delegates.html",
        units=queries.units(session),
        imports=queries.imports(session),
        meeting=queries.find_conference(session),
        **listing,
    )


@bp.get("/console/delegates/import")
@allow(*PREPARERS)
def import_page() -> str:
    return render_template("conference/import.html", imports=queries.imports(db.session()))


@bp.post("/console/delegates/import/preview")
@allow(*PREPARERS)
def preview_roster() -> str:
    """Read an uploaded roster and show what it would do; nothing is stored but the file itself."""
    name, data = uploaded("roster")
    queries.conference(db.session())
    sheet = reading.roster(data, filename=name)
    digest = keep_upload(data, name)
    comparison = compare(queries.known_people(db.session()), sheet)
    return render_template(
        "conference/_preview.html",
        sheet=sheet,
        entries=comparison.entries,
        new=comparison.count(Change.NEW),
        changed=comparison.count(Change.CHANGED),
        unchanged=comparison.count(Change.UNCHANGED),
        absent=comparison.absent,
        digest=digest,
        file_name=name,
    )


@bp.post("/console/delegates/import")
@allow(*PREPARERS)
def import_roster() -> Response:
    """Store the roster that was previewed, in one unit."""
    name, data = kept_upload(request.form.get("digest", ""))
    sheet = reading.roster(data, filename=name)
    services.import_roster(
        sheet,
        data=data,
        accept_rejected=request.form.get("accept_rejected") == "1",
        key=_badge_key(),
        by=actor(),
    )
    forget_upload(request.form.get("digest", ""))
    return hx.go("conference.roster")


@bp.post("/console/units/<int:unit_id>/flags")
@allow(*PREPARERS)
def unit_flags(unit_id: int) -> Response:
    services.set_unit_flags(unit_id=unit_id, flags=_flags(), by=actor())
    return hx.go("conference.roster")


@bp.post("/console/delegates/<int:delegate_id>/standing")
@allow(*PREPARERS)
def set_standing(delegate_id: int) -> Response:
    services.set_standing(
        delegate_id=delegate_id,
        standing=request.form.get("standing", ""),
        flags=_flags(),
        by=actor(),
    )
    return hx.go("checkin.person", delegate_id=delegate_id)


def _flags() -> Flags:
    return Flags(
        counts_for_quorum=request.form.get("counts_for_quorum") == "1",
        votes=request.form.get("votes") == "1",
        elects=request.form.get("elects") == "1",
    )


# -- badges ----------------------------------------------------------------------------------


@bp.post("/console/badges")
@allow(*PREPARERS)
def badges() -> Response:
    """The sheets of everyone, or of one unit, as a PDF."""
    unit_id = request.form.get("unit", type=int)
    session = db.session()
    faces = services.badge_faces(session, key=_badge_key(), unit_id=unit_id)
    return _sheet(faces)


@bp.post("/console/delegates/<int:delegate_id>/badge")
@allow(Role.SECRETARY, Role.TECHNICIAN, Role.DESK)
def one_badge(delegate_id: int) -> Response:
    """One person's badge in force, printed again."""
    session = db.session()
    number = queries.delegate(session, delegate_id)
    faces = [
        face
        for face in services.badge_faces(session, key=_badge_key(), unit_id=number.unit_id)
        if face["name"] == number.name and face["number"] in {number.number, None}
    ]
    return _sheet(faces)


@bp.post("/console/delegates/<int:delegate_id>/badge/replace")
@allow(Role.SECRETARY, Role.TECHNICIAN, Role.DESK)
def replace_badge(delegate_id: int) -> Response:
    """A lost badge: revoked and replaced in one act."""
    services.replace_badge(
        delegate_id=delegate_id,
        reason=request.form.get("reason", ""),
        key=_badge_key(),
        by=actor(),
    )
    return hx.go("checkin.person", delegate_id=delegate_id)


def _sheet(faces: list[Any]) -> Response:
    found = queries.conference(db.session())
    payload = badge_sheet.job_payload(
        [badge_sheet.BadgeFace(**face) for face in faces],
        heading=rules.band_of(found.title, found.host),
        watermark="DIỄN TẬP" if _settings().rehearsal else None,
        at=utc_now(),
    )
    data = jobs.run_job("badge_sheet", payload)
    services.note_badges_printed(count=len(faces), by=actor())
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="the-dai-bieu.pdf"'
    return response


# -- the meeting -----------------------------------------------------------------------------


@bp.post("/console/plan/details")
@allow(*PREPARERS)
def details() -> Response:
    form = request.form
    services.change_details(
        title=form.get("title", ""),
        day=form.get("day", ""),
        hour=form.get("hour", ""),
        venue=form.get("venue", ""),
        address=form.get("address", ""),
        by=actor(),
    )
    return hx.go("agenda.plan")


# -- uploads ---------------------------------------------------------------------------------


def uploaded(field: str) -> tuple[str, bytes]:
    """Name and bytes of an uploaded file. Refused: `file_not_chosen`, `upload_too_large`."""
    file = request.files.get(field)
    if file is None or not file.filename:
        raise Refused("file_not_chosen")
    data = file.stream.read(reading.LARGEST + 1)
    if len(data) > reading.LARGEST:
        raise Refused("upload_too_large", megabytes=reading.LARGEST // 1_000_000)
    return tidy(Path(file.filename.replace("\\", "/")).name)[-120:] or "file", data


def keep_upload(data: bytes, name: str) -> str:
    """Keep a previewed file until it is imported; returns its SHA-256."""
    digest = hashlib.sha256(data).hexdigest()
    folder = _settings().instance / "uploads"
    folder.mkdir(exist_ok=True)
    _forget_old_uploads(folder)
    (folder / f"{digest}.bin").write_bytes(data)
    (folder / f"{digest}.name").write_text(name, encoding="utf-8")
    return digest


def kept_upload(digest: str) -> tuple[str, bytes]:
    """The previewed file again, checked against its own hash. Refused: `preview_gone`."""
    if not _DIGEST.fullmatch(digest):
        raise Refused("preview_gone")
    folder = _settings().instance / "uploads"
    try:
        data = (folder / f"{digest}.bin").read_bytes()
        name = (folder / f"{digest}.name").read_text(encoding="utf-8")
    except OSError as gone:
        raise Refused("preview_gone") from gone
    if hashlib.sha256(data).hexdigest() != digest:
        raise Refused("preview_gone")
    return name, data


def forget_upload(digest: str) -> None:
    """An imported file is not kept: it may hold more about people than we may (R22)."""
    for ending in ("bin", "name"):
        (_settings().instance / "uploads" / f"{digest}.{ending}").unlink(missing_ok=True)


def _forget_old_uploads(folder: Path) -> None:
    """Previews that nobody imported go after a day."""
    for file in folder.iterdir():
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > PREVIEW_LIVES:
                file.unlink()
