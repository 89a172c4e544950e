"""D8 Giao ước thi đua: the text, and the drawn signatures recorded under it (domain.md 4).

Any time: before the signing every place is empty, for ink; afterwards each has its picture, and the
paper says of which text it is and that a drawn signature is a record (R20). What was signed is
printed as it was signed, also where the roster was corrected since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.conference import queries as people
from kiosk.core import typeset
from kiosk.core.clock import in_hall
from kiosk.core.errors import Refused
from kiosk.core.names import tidy
from kiosk.documents import facts as common
from kiosk.documents import rules
from kiosk.documents.facts import Letterhead
from kiosk.pledge import queries as pledges
from kiosk.pledge.queries import PledgeView, SignatoryRow, SignatureRow
from kiosk.pledge.rules import LABEL, Form, Side

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Place:
    """One place of the signature grid."""

    #: Over the signature, in capitals.
    lines: tuple[str, ...]
    #: Under the lines where several units sign; empty for the office.
    unit: str
    name: str
    #: The picture; empty for one who has not signed.
    svg: str
    #: `09 giờ 41 phút, ngày 12 tháng 3 năm 2026`, or why there is no signature.
    note: str


@dataclass(frozen=True)
class PledgePaper:
    """Everything that the sheet says."""

    head: Letterhead
    title: str
    about: str
    text: dict[str, Any]
    #: Units side by side; each with the head of the office where the pledge is two-sided.
    places: tuple[Place, ...]
    office: tuple[Place, ...]
    two_sided: bool
    label: str
    #: `Phiên bản 2`, and the hash of the text.
    version: str
    sha256: str
    figures: str
    watermark: str


def facts(session: Session, *, rehearsal: bool) -> PledgePaper:
    """The sheet as it stands now.

    Raises:
        Refused: `conference_missing`, `pledge_text_missing`.
    """
    meeting = people.conference(session)
    found = pledges.pledge(session)
    text = pledges.fixed_text(session) or pledges.newest_text(session)
    of = found.fixed or found.newest
    if text is None or of is None:
        raise Refused("pledge_text_missing")
    given = pledges.signatures(session)
    places = [(row, _place(row, given.get(row.id))) for row in found.signatories]
    return PledgePaper(
        head=common.letterhead(
            meeting, kind="", dated=rules.date_line(common.held_on(meeting), meeting.month)
        ),
        title=text.title.upper(),
        about=text.about,
        # Exactly the words that were hashed and signed: no spelling is mended here.
        text=text.as_json(),
        places=tuple(place for row, place in places if row.side is Side.UNIT),
        office=tuple(place for row, place in places if row.side is Side.OFFICE),
        two_sided=found.form is Form.TWO_SIDED,
        label=LABEL[0],
        version=f"Phiên bản {of.number}",
        sha256=of.sha256,
        figures=_figures(found),
        watermark=common.watermark(meeting, rehearsal=rehearsal),
    )


def _place(row: SignatoryRow, given: SignatureRow | None) -> Place:
    if given is not None:
        moment = in_hall(given.at)
        return Place(
            lines=given.lines,
            unit=tidy(given.unit) if row.side is Side.UNIT else "",
            name=tidy(given.name),
            svg=given.svg,
            note=f"{moment:%H} giờ {moment:%M} phút, {moment:%d/%m/%Y}",
        )
    return Place(
        lines=row.lines,
        unit=tidy(row.unit) if row.side is Side.UNIT else "",
        name=tidy(row.name),
        svg="",
        note=f"Không ký: {row.excuse}" if row.is_excused else "",
    )


def _figures(found: PledgeView) -> str:
    signing = found.signing
    if not signing.signed:
        return ""
    words = f"{signing.signed} trên {signing.signatories} người ký"
    return words + (f", {signing.excused} người không ký có lý do" if signing.excused else "")


def payload(paper: PledgePaper, *, at: datetime) -> dict[str, Any]:
    """The same for `run_job("pledge_paper", …)`."""
    return {"paper": asdict(paper), "at": at.isoformat()}


def job(order: Mapping[str, Any], progress: Progress) -> bytes:
    """The sheet as PDF/A; in the worker process."""
    return typeset.pdf(
        typeset.template("pledge"),
        data=order["paper"],
        at=datetime.fromisoformat(order["at"]),
        tags=False,
    )
