"""The papers of the election as PDF: D4, D5, slips, lists. Made in the worker process.

Each `…_order` gathers what a paper says into JSON; `job` sets it. No paper holds a choice, and the
slips hold no name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.ballot import queries, report, roll_queries, rule_text, slips
from kiosk.ballot.outcome import Reason
from kiosk.ballot.roll_queries import RollRow
from kiosk.ballot.round_queries import RoundView
from kiosk.conference import queries as people
from kiosk.core import qr, typeset
from kiosk.core.clock import hhmm, in_hall
from kiosk.core.errors import Refused

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


def slips_order(
    session: Session, codes: Sequence[str], *, round_number: int, rehearsal: bool, at: datetime
) -> dict[str, Any]:
    """The slips of one round, twelve to a page, folded; without names, in random order."""
    return slips_payload(
        codes,
        round_number=round_number,
        event=people.conference(session).title,
        rehearsal=rehearsal,
        at=at,
    )


def slips_payload(
    codes: Sequence[str], *, round_number: int, event: str, rehearsal: bool, at: datetime
) -> dict[str, Any]:
    """The same for the command line, which has the codes from the running server."""
    return order(
        "ballot_slips",
        {
            "event": event,
            "round": round_number,
            "watermark": REHEARSAL if rehearsal else "",
            "slips": [
                {"code": slips.grouped(code), "qr": qr.svg_path(slips.qr_text(code))}
                for code in codes
            ],
        },
        at=at,
    )


def round_order(
    session: Session, found: RoundView, what: str, *, rehearsal: bool, at: datetime
) -> dict[str, Any]:
    """A list or form of one round: `roll`, `issue`, `ballots` (D5) or `report` (D6).

    Raises:
        Refused: `field_wrong` for another word; `ballot_wrong_moment` for a report before the
            count.
    """
    top = head(session, rehearsal=rehearsal, at=at)
    common = {"head": top, "round": found.number, "title": found.title, "seats": found.seats}
    if what in {"roll", "issue"}:
        return order(
            "ballot_roll",
            common
            | {
                "signed": what == "issue",
                "units": _by_unit(roll_queries.roll(session, found.id)),
                "printed": f"{in_hall(at):%H:%M} ngày {in_hall(at):%d/%m/%Y}",
            },
            at=at,
        )
    if what == "ballots":
        election = queries.election(session)
        return order(
            "ballot_paper",
            common
            | {
                "term": election.term,
                "kind": found.type.value,
                "style": found.style.value,
                "candidates": [
                    {
                        "name": each.printed,
                        "about": ", ".join(part for part in (each.title, each.unit) if part),
                    }
                    for each in found.candidates
                ],
            },
            at=at,
        )
    if what == "report":
        return order("ballot_report", {"head": top, "report": _plain(session, found)}, at=at)
    raise Refused("field_wrong", field="paper")


def _by_unit(rows: Sequence[RollRow]) -> list[dict[str, Any]]:
    units: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        units.setdefault(row.unit, []).append(
            {
                "number": row.number,
                "name": row.name,
                "title": row.title,
                "drew": hhmm(row.drew_at),
                "added": row.added,
            }
        )
    return [{"name": name, "lines": lines} for name, lines in units.items()]


def _plain(session: Session, found: RoundView) -> dict[str, Any]:
    """The report as JSON for typst: instants in words, names as they are."""
    told = report.facts(session, found)
    plain = asdict(told)
    for name in ("opened_at", "closed_at", "counted_at"):
        moment: datetime | None = getattr(told, name)
        plain[name] = (
            f"{in_hall(moment):%H} giờ {in_hall(moment):%M} phút" if moment is not None else ""
        )
    plain["day"] = f"{in_hall(told.counted_at):%d/%m/%Y}" if told.counted_at else ""
    for row, known in zip(plain["rows"], told.rows, strict=True):
        row["reason"] = known.reason_words
        row["elected"] = known.reason is Reason.ELECTED
    return plain
