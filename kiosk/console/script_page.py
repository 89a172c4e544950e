"""What the chair reads, on a page that follows the day: the item that is on, and the vote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, render_template

from kiosk.agenda import attachments, script, wall
from kiosk.agenda import queries as agendas
from kiosk.checkin import queries as presences
from kiosk.conference import queries as people
from kiosk.core import live
from kiosk.core.access import LEADERS, allow
from kiosk.core.clock import utc_now
from kiosk.core.db import db
from kiosk.motions import queries as motions
from kiosk.motions.rules import needed

bp = Blueprint("script", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.extensions["kiosk_live"].add(
        live.Topic(
            name="script",
            audience=frozenset(LEADERS),
            facts=frozenset(
                {"agenda", "motions", "conference", "presence", "roster", "committees"}
            ),
            render=_regions,
        )
    )


def _view() -> dict[str, Any]:
    session = db.session()
    meeting = people.find_conference(session)
    if meeting is None:
        return {"meeting": None}
    motion = motions.shown_motion(session)
    votes = presences.presence(session).votes
    return {
        "meeting": meeting,
        "agenda": agendas.agenda(session, utc_now()),
        "words": script.script(session),
        "files": attachments.files_by_item(session),
        "wall": wall.wall_state(session),
        "motion": motion,
        "votes": votes,
        "needed": needed(votes) if votes else None,
        "prompt": _prompt(motion),
    }


def _prompt(motion: motions.MotionView | None) -> list[script.Paragraph]:
    """What the chair reads at a vote; the words are the document's own, in Vietnamese."""
    if motion is None:
        return []
    text = motion.text.rstrip(" .")
    if motion.result is None:
        return script.vote_words(text=text)
    count = motion.result.count
    return script.outcome_words(
        is_adopted=motion.result.is_adopted,
        text=text,
        present=count.present,
        in_favour=count.in_favour,
        against=count.against,
        other=count.other,
        share=motion.result.share_in_favour("vi"),
    )


def _regions() -> Mapping[str, str]:
    view = _view()
    return {
        "script-vote": render_template("console/_script_vote.html", **view),
        "script-items": render_template("console/_script_items.html", **view),
    }


@bp.get("/console/script")
@allow(*LEADERS)
def page() -> str:
    return render_template("console/script.html", **_view())
