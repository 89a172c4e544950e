"""D6, the tellers' report, as data (R14): one object for the page, the paper and the archive.

Every figure comes from the stored round and from `outcome.decide`; nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.ballot import export, queries, roll_queries
from kiosk.ballot.definition import groups
from kiosk.ballot.outcome import Base, Outcome, Reason
from kiosk.ballot.round_queries import RoundView
from kiosk.ballot.rules import Way
from kiosk.checkin import queries as presences
from kiosk.conference import queries as people
from kiosk.core.errors import Refused
from kiosk.core.figures import percent
from kiosk.core.names import sort_key

#: "% of …", as the table's head says it.
BASE_WORDS = {
    Base.PRESENT: "đại biểu có quyền bầu có mặt",
    Base.COLLECTED: "phiếu thu về",
    Base.VALID: "phiếu hợp lệ",
    Base.SUMMONED: "người được triệu tập",
}
REASON_WORDS = {
    Reason.ELECTED: "trúng cử",
    Reason.BELOW_THRESHOLD: "không quá nửa",
    Reason.OUTRANKED: "quá nửa, ít phiếu hơn người trúng cử",
    Reason.TIED_LAST_SEAT: "bằng phiếu ở chỗ cuối",
}
INVALID_WORDS = {
    "blank": "phiếu trắng",
    "too_many": "bầu quá số lượng",
    "unreadable": "không mở được bằng khóa của hòm",
    "other_ballot": "của hòm hoặc danh sách khác",
    "malformed": "không đúng mẫu",
}


@dataclass(frozen=True)
class Row:
    """One candidate in the table, by votes."""

    rank: int
    #: Place on the ballot, from 0.
    place: int
    delegate_id: int
    name: str
    title: str
    unit: str
    votes: int
    against: int
    not_counted: int
    reason: Reason
    #: Of the chosen base, of those collected, of the valid; "" where there is nothing to divide by.
    share: str
    share_collected: str
    share_valid: str

    @property
    def reason_words(self) -> str:
        return REASON_WORDS[self.reason]


@dataclass(frozen=True)
class Report:
    """Everything that D6 says of one round."""

    title: str
    term: str
    number: int
    kind: str
    way: str
    type: str
    seats: int
    host: str
    venue: str
    place: str
    opened_at: datetime | None
    closed_at: datetime | None
    counted_at: datetime | None
    tellers: Sequence[tuple[str, bool]]
    witnesses: Sequence[str]
    summoned: int
    #: In the hall now, of those who count.
    attending: int
    entitled: int
    present: int
    issued: int
    collected: int
    valid: int
    invalid: int
    invalid_reasons: Sequence[tuple[str, int]]
    base_words: str
    base_count: int
    threshold: int
    rows: Sequence[Row]
    open_seats: int
    tied: Sequence[str]
    slips_printed: int | None
    slips_left: int | None
    slips_in_box: int | None
    slips_lost: int
    slips_refused: int
    sums_note: str
    #: Why the ballots issued are not those of the list (R15); "" where they agree.
    issued_note: str
    fingerprint: Sequence[str]
    set_fingerprint: Sequence[str]
    #: `(name, unit, drew a slip)` of everyone entitled.
    drew: Sequence[tuple[str, str, bool]]
    added: Sequence[tuple[str, str, str]]
    helpers: Sequence[str]
    #: How many said that another had used their slip.
    robbed: int
    complaints: str

    @property
    def elected(self) -> list[Row]:
        return [row for row in self.rows if row.reason is Reason.ELECTED]


def _share(part: int, whole: int) -> str:
    return percent(part, whole) if whole > 0 else ""


def rows(found: RoundView, outcome: Outcome) -> list[Row]:
    """Candidates by votes, then in Vietnamese order, each with the reason in words."""
    figures = found.figures
    if figures is None:
        return []
    place_of = {each.printed: place for place, each in enumerate(found.candidates)}
    base = figures.of(found.base)
    made: list[Row] = []
    for rank, (name, reason) in enumerate(outcome.reasons.items(), start=1):
        place = place_of[name]
        one = found.candidates[place]
        votes, against = found.votes["votes"][place], found.votes["against"][place]
        same = bool(made) and made[-1].votes == votes
        made.append(
            Row(
                rank=made[-1].rank if same else rank,
                place=place,
                delegate_id=one.delegate,
                name=one.printed,
                title=one.title,
                unit=one.unit,
                votes=votes,
                against=against,
                not_counted=figures.valid - votes - against if found.type.value == "B" else 0,
                reason=reason,
                share=_share(votes, base),
                share_collected=_share(votes, figures.collected),
                share_valid=_share(votes, figures.valid),
            )
        )
    return made


def facts(session: Session, found: RoundView) -> Report:
    """The report of a counted round.

    Raises:
        Refused: `ballot_wrong_moment` before the count, or the broken invariant.
    """
    figures = found.figures
    if figures is None:
        raise Refused("ballot_wrong_moment", number=found.number, state=found.state.value)
    outcome = found.outcome()
    election = queries.election(session)
    meeting = people.conference(session)
    roll = roll_queries.roll(session, found.id)
    committee = queries.committee(session)
    tellers = [(each.name, each.is_head) for each in found.tellers] or [
        (row.name, row.is_head) for row in committee.tellers
    ]
    witnesses = [name for _, name in found.witnesses] or [row.name for row in committee.witnesses]
    return Report(
        title=found.title,
        term=election.term,
        number=found.number,
        kind=found.kind.value,
        way=found.way.value,
        type=found.type.value,
        seats=found.seats,
        host=meeting.host,
        venue=meeting.venue,
        place=meeting.place,
        opened_at=found.opened_at,
        closed_at=found.closed_at,
        counted_at=found.counted_at,
        tellers=sorted(tellers, key=lambda each: not each[1]),
        witnesses=witnesses,
        summoned=figures.summoned,
        attending=presences.presence(session, at=found.closed_at).present,
        entitled=len(roll),
        present=figures.present,
        issued=figures.issued,
        collected=figures.collected,
        valid=figures.valid,
        invalid=figures.invalid,
        invalid_reasons=[
            (INVALID_WORDS.get(reason, reason), number)
            for reason, number in found.counts.get("reasons", {}).items()
        ],
        base_words=BASE_WORDS[found.base],
        base_count=figures.of(found.base),
        threshold=outcome.threshold,
        rows=rows(found, outcome),
        open_seats=outcome.open_seats,
        tied=outcome.tied,
        slips_printed=found.slips_printed,
        slips_left=found.slips_left,
        slips_in_box=found.slips_in_box,
        slips_lost=found.slips_lost,
        slips_refused=found.slips_refused,
        sums_note=found.sums_note,
        issued_note=found.issued_note,
        fingerprint=found.groups,
        set_fingerprint=groups(bytes.fromhex(found.set_fingerprint))
        if found.set_fingerprint
        else (),
        drew=[(row.name, row.unit, row.drew_at is not None) for row in roll]
        if found.way is not Way.HANDS
        else [],
        added=[(row.name, row.reason, row.witness) for row in roll if row.added],
        helpers=roll_queries.helpers(session, found.id),
        robbed=roll_queries.robbed(session, found.number),
        complaints=found.complaints,
    )


def export_of(session: Session, found: RoundView) -> dict[str, Any]:
    """The opened round as `kiosk ballot verify` reads it (`docs/ballot-export.md`).

    It holds single ballots, so it goes to the tellers and into the archive, and nowhere else.

    Raises:
        Refused: `ballot_wrong_moment` before the opening, or the broken invariant.
    """
    opened = roll_queries.opened_box(session, found.id)
    if opened is None or found.lock is None or found.figures is None:
        raise Refused("ballot_wrong_moment", number=found.number, state=found.state.value)
    return export.export(
        definition=found.definition,
        public_key=found.lock.public_key,
        secret=opened.secret,
        sealed=opened.sealed,
        ballots=opened.ballots,
        base=found.base,
        tie=found.tie,
        summoned=found.figures.summoned,
        present=found.figures.present,
        issued=found.figures.issued,
        born=[each.born for each in found.candidates],
        order=[sort_key(each.name) for each in found.candidates],
    )
