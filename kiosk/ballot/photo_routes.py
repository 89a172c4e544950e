"""The photo of a candidate in the console (design 5.3); on the ballot it travels in the page."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, make_response
from werkzeug.exceptions import NotFound

from kiosk.ballot import photos
from kiosk.core import hx, jobs, uploads
from kiosk.core.access import LEADERS, Role, actor, allow
from kiosk.core.db import db

bp = Blueprint("candidate_photo", __name__)

#: May look; the chair and the secretary also act (`LEADERS`).
LOOKERS = (Role.SECRETARY, Role.TECHNICIAN, Role.CHAIR)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.post("/console/ballot/candidates/<int:candidate_id>/photo")
@allow(*LEADERS)
def keep(candidate_id: int) -> Response:
    """A picture of any size; a worker makes it small and clean before it is kept."""
    _name, data = uploads.uploaded("photo")
    db.session.remove()
    jpeg = jobs.run_job("ballot_photo", {"data": data})
    photos.keep(candidate_id=candidate_id, jpeg=jpeg, by=actor())
    return hx.go("ballot.home")


@bp.post("/console/ballot/candidates/<int:candidate_id>/photo/away")
@allow(*LEADERS)
def drop(candidate_id: int) -> Response:
    photos.take_away(candidate_id=candidate_id, by=actor())
    return hx.go("ballot.home")


@bp.get("/console/ballot/candidates/<int:candidate_id>/photo.jpg")
@allow(*LOOKERS)
def show(candidate_id: int) -> Response:
    jpeg = photos.photo(db.session(), candidate_id)
    if jpeg is None:
        raise NotFound
    response = make_response(jpeg)
    response.headers["Content-Type"] = "image/jpeg"
    response.headers["Cache-Control"] = "no-store"
    return response
