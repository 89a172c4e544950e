"""The pages of preparation: roster, import, badges, the details of the meeting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request

from kiosk.conference import badge_issue, badge_sheet, newcomers, queries, reading, rules, services
from kiosk.conference.roster.compare import Change, compare
from kiosk.conference.roster.mapping import choices_of
from kiosk.conference.roster.preview import Preview
from kiosk.conference.roster.sheet import Choices, Column
from kiosk.conference.roster.standing import Flags
from kiosk.config import Settings
from kiosk.core import hx, jobs, uploads
from kiosk.core.access import PREPARERS, Role, actor, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.core.errors import Refused
from kiosk.core.legacy_text import Legacy

#: Rows of people, and lines of findings of one kind, that a preview shows; the rest is counted.
SHOWN_ROWS = 200

bp = Blueprint("conference", __name__)


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
def preview_roster() -> tuple[str, int]:
    """Read an uploaded roster and show what it would do; nothing is stored but the file itself."""
    name, data = uploads.uploaded("roster")
    queries.conference(db.session())
    look = reading.roster_preview(data, filename=name)
    return _preview(look, file_name=name, digest=uploads.keep(data, name))


@bp.post("/console/delegates/import/preview/again")
@allow(*PREPARERS)
def preview_again() -> tuple[str, int]:
    """Read the same file under what a person has chosen on the preview."""
    name, data = uploads.kept(request.form.get("digest", ""))
    look = reading.roster_preview(data, filename=name, choices=_choices())
    return _preview(look, file_name=name, digest=request.form["digest"])


def _preview(look: Preview, *, file_name: str, digest: str) -> tuple[str, int]:
    session = db.session()
    found = look.sheet and compare(
        queries.known_people(session), look.sheet, last_number=queries.last_number(session)
    )
    page = render_template(
        "conference/_preview.html",
        look=look,
        sheet=look.sheet,
        refused=Refused(look.refusal, **look.facts) if look.refusal else None,
        found=found,
        counts={change.value: found.count(change) for change in Change} if found else {},
        meanings=list(Column),
        fonts=list(Legacy),
        digest=digest,
        file_name=file_name,
        shown=SHOWN_ROWS,
    )
    # Not readable yet: a refusal that brings along what a person can choose to lift it.
    return page, 422 if look.refusal else 200


def _choices() -> Choices:
    """What the preview's form says.

    A mapping counts only once somebody has changed it, and a mapping of another sheet or font is
    none of this one; a tick beside a row of another sheet neither.
    """
    form = request.form
    columns = {
        int(name.removeprefix("column-")): word
        for name, word in form.items()
        if name.startswith("column-") and name.removeprefix("column-").isdecimal()
    }
    told = ",".join(f"{place}:{word}" for place, word in sorted(columns.items()) if word)
    header_row = form.get("header_row", "")
    by_hand = form.get("by_hand") == "1" or (
        (told, header_row) != (form.get("columns_was", ""), form.get("header_row_was", ""))
    )
    moved = [form.get(name, "") != form.get(f"{name}_was", "") for name in ("sheet", "legacy")]
    by_hand = by_hand and not any(moved)
    ticked = {name: form.getlist(name) for name in ("proper", "others", "same") if not moved[0]}
    return choices_of(
        columns if by_hand else {},
        header_row=header_row if by_hand else "",
        sheet=form.get("sheet", ""),
        legacy=form.get("legacy", ""),
        hidden_rows=form.get("hidden_rows") == "1",
        all_proper=form.get("all_proper") == "1",
        unit=form.get("unit_of_all", ""),
        **ticked,
    )


@bp.post("/console/delegates/import")
@allow(*PREPARERS)
def import_roster() -> Response:
    """Store the roster that was previewed, read in the same way, in one unit."""
    name, data = uploads.kept(request.form.get("digest", ""))
    choices = _choices()
    if choices.legacy is not None and request.form.get("legacy_confirmed") != "1":
        raise Refused("roster_font_not_confirmed")
    sheet = reading.roster(data, filename=name, choices=choices)
    services.import_roster(
        sheet,
        data=data,
        accept_rejected=request.form.get("accept_rejected") == "1",
        key=_badge_key(),
        by=actor(),
    )
    uploads.forget(request.form.get("digest", ""))
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
    faces = badge_issue.badge_faces(session, key=_badge_key(), unit_id=unit_id)
    return _sheet(faces)


@bp.post("/console/delegates/<int:delegate_id>/badge")
@allow(Role.SECRETARY, Role.TECHNICIAN, Role.DESK)
def one_badge(delegate_id: int) -> Response:
    """One person's badge in force, printed again."""
    face = newcomers.badge_face(db.session(), delegate_id, key=_badge_key())
    if face is None:
        raise Refused("no_badges")
    return _sheet([face])


@bp.post("/console/delegates/<int:delegate_id>/badge/replace")
@allow(Role.SECRETARY, Role.TECHNICIAN, Role.DESK)
def replace_badge(delegate_id: int) -> Response:
    """A lost badge: revoked and replaced in one act."""
    badge_issue.replace_badge(
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
    badge_issue.note_badges_printed(count=len(faces), by=actor())
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
        seated=form.get("seated"),
        by=actor(),
    )
    return hx.go("agenda.plan")
