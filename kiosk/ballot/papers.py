"""The papers of the election as PDF: D4, D5, slips, lists. Made in the worker process.

Each `…_order` gathers what a paper says into JSON; `job` sets it. No paper holds a choice, and the
slips hold no name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.ballot import queries, rule_text
from kiosk.conference import queries as people
from kiosk.core import typeset
from kiosk.core.clock import in_hall

Progress = Callable[[int, int], None]

#: Printed pale across every paper of a rehearsal.
REHEARSAL = "DIỄN TẬP"


def head(session: Session, *, rehearsal: bool, at: datetime) -> dict[str, Any]:
    """What every paper of the conference has in common."""
    meeting = people.conference(session)
    day = meeting.day or in_hall(at).date()
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return {
        "office": [meeting.host.upper(), "HỘI NGHỊ"],
        "symbol": "",
        "dated": f"{meeting.place or '……'}, ngày {day.day:02d} tháng {month} năm {day.year}",
        "event": meeting.title,
        "watermark": REHEARSAL if rehearsal else "",
    }


def order(template: str, data: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The payload of `run_job("ballot_paper", …)`."""
    return {"template": template, "data": dict(data), "at": at.isoformat()}


def job(payload: Mapping[str, Any], progress: Progress) -> bytes:
    """One PDF from a template of ours and its data."""
    made = typeset.pdf(
        typeset.template(str(payload["template"])),
        data=payload["data"],
        at=datetime.fromisoformat(payload["at"]),
        tags=payload["template"] != "ballot_slips",
    )
    progress(1, 1)
    return made


def rule_order(session: Session, *, rehearsal: bool, at: datetime) -> dict[str, Any]:
    """D4, the election rule. Refused: `ballot_not_prepared`, `conference_missing`."""
    text = rule_text.of(session)
    found = queries.election(session)
    result = found.rule_question.motion.result if found.rule_question.motion else None
    adopted = ""
    if result is not None and result.is_adopted:
        adopted = (
            f"Hội nghị đã biểu quyết thông qua thể lệ này với {result.count.in_favour} trên"
            f" {result.count.present} đại biểu có mặt tán thành"
            f" ({result.share_in_favour()})."
        )
    return order(
        "ballot_rule",
        {
            "head": head(session, rehearsal=rehearsal, at=at),
            "rule": asdict(text),
            "digest": rule_text.digest(text),
            "adopted": adopted,
        },
        at=at,
    )
