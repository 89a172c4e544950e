"""Acts on the meeting: create it, take its plan and its roster, set standing.

Badges are issued in `badge_issue.py`. Reading a file is not here: `plan.read_plan` and
`roster.read_roster` are pure and run in a worker process, because a unit of work waits for nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from kiosk.conference import badge_issue, duties, queries, rules
from kiosk.conference.events import ConferenceEvent
from kiosk.conference.models import Conference, Delegate, RosterChange, RosterImport, Unit
from kiosk.conference.plan.model import Plan
from kiosk.conference.roster.compare import Change, Comparison, Entry, compare
from kiosk.conference.roster.sheet import Sheet, unit_key
from kiosk.conference.roster.standing import Flags, default_flags
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import fold, sort_key, tidy

# -- the meeting -----------------------------------------------------------------------------


def take_plan(
    plan: Plan, *, file_name: str, sha256: str, by: Actor, clock: Clock = utc_now
) -> None:
    """Create the conference from a plan, or correct the draft by a newer plan.

    Day and hour that the secretary has set stay when the new plan has none.
    Refused with `conference_already_open` once the hall has begun.
    """
    values: dict[str, Any] = {
        "title": plan.conference_title or "Hội nghị",
        "title_block": list(plan.title_block),
        "host": plan.host or "",
        "venue": plan.venue or "",
        "address": plan.address or "",
        "place": _place(plan),
        "month": plan.month,
        "plan": plan.as_json(),
        "plan_file": tidy(file_name)[-200:],
        "plan_sha256": sha256,
    }
    if plan.date is not None:
        values["day"] = plan.date
    if plan.time is not None:
        values["hour"] = plan.time.strftime("%H:%M")
    with unit_of_work() as session:
        existing = queries.find_conference(session)
        if existing is None:
            session.execute(
                insert(Conference).values(
                    id=1, code=secrets.token_hex(6), seated=_chair_of(plan), **values
                )
            )
            audit.record(session, ConferenceEvent.CREATED, by=by, clock=clock)
        else:
            ensure_draft(session)
            session.execute(update(Conference).values(**values))
        audit.record(
            session,
            ConferenceEvent.PLAN_IMPORTED,
            by=by,
            clock=clock,
            sha256=sha256,
            items=len(plan.agenda),
        )
        duties.lay_out(session, plan.duties)
        changed(session, "conference")


def _chair_of(plan: Plan) -> list[list[str]]:
    """Whom the plan names to preside: its signer, the head of the office."""
    name = plan.signer.name if plan.signer else None
    return [[name, "Chủ tọa"]] if name else []


def _place(plan: Plan) -> str:
    """The place before the date: "Hải Dương" of "Hải Dương, ngày … tháng 3 năm 2026"."""
    for line in reversed(plan.title_block):
        head, comma, rest = line.partition(",")
        if comma and "ngày" in rest:
            return head.strip()[:100]
    return ""


def change_details(
    *,
    title: str,
    day: str,
    hour: str,
    venue: str,
    address: str,
    by: Actor,
    seated: str | None = None,
    clock: Clock = utc_now,
) -> None:
    """Correct what the plan said, before the opening. `seated` None leaves those people alone."""
    title = rules.short_text(tidy(title), field="title", most=300)
    if not title:
        raise Refused("title_missing")
    on = rules.day_of(day)
    values: dict[str, Any] = {
        "title": title,
        "day": on,
        "hour": rules.hour_of(hour),
        "venue": rules.short_text(tidy(venue), field="venue", most=300),
        "address": rules.short_text(tidy(address), field="address", most=300),
    }
    if seated is not None:
        values["seated"] = rules.seated_of(seated)
    with unit_of_work() as session:
        ensure_draft(session)
        session.execute(update(Conference).values(**values))
        audit.record(
            session,
            ConferenceEvent.DETAILS_CHANGED,
            by=by,
            clock=clock,
            day=on.isoformat() if on else None,
            hour=values["hour"],
        )
        changed(session, "conference", "agenda")


def ensure_draft(session: Session) -> queries.ConferenceRow:
    """The conference, still in preparation. Refused: `conference_already_open`."""
    found = queries.conference(session)
    if found.opened_at is not None:
        raise Refused("conference_already_open")
    return found


def note_opening(
    session: Session, *, at: datetime, by: Actor, present: int, convened: int, guests: int
) -> None:
    """Write the opening, inside the agenda's act that has checked the quorum (R1)."""
    ensure_draft(session)
    session.execute(update(Conference).values(opened_at=at))
    audit.record(
        session,
        ConferenceEvent.OPENED,
        by=by,
        clock=lambda: at,
        present=present,
        convened=convened,
        guests=guests,
    )
    changed(session, "conference", "presence", "agenda")


def note_ending(session: Session, *, at: datetime, by: Actor) -> None:
    """Write the end of the conference, inside the agenda's act."""
    if not queries.conference(session).is_open:
        raise Refused("conference_ended")
    session.execute(update(Conference).values(ended_at=at))
    audit.record(session, ConferenceEvent.ENDED, by=by, clock=lambda: at)
    changed(session, "conference", "presence", "agenda")


# -- the roster ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Imported:
    """What an import did, and the comparison that it followed."""

    comparison: Comparison
    new: int
    changed: int
    unchanged: int
    rejected: int


def import_roster(
    sheet: Sheet,
    *,
    data: bytes,
    accept_rejected: bool,
    key: bytes,
    by: Actor,
    clock: Clock = utc_now,
) -> Imported:
    """Store a roster that someone has looked at: all of it, in one unit, or nothing.

    New people get the next number and their first badge; nobody is removed because a file leaves
    them out. The same file again stores nothing.

    Raises:
        Refused: `roster_has_rejected` unless accepted; `conference_already_open`.
    """
    if sheet.rejected and not accept_rejected:
        raise Refused("roster_has_rejected", rejected=len(sheet.rejected))
    with unit_of_work() as session:
        ensure_draft(session)
        # Compared inside the unit: a second import at the same time meets the first one's people.
        comparison = compare(
            queries.known_people(session), sheet, last_number=queries.last_number(session)
        )
        done = Imported(
            comparison=comparison,
            new=comparison.count(Change.NEW),
            changed=comparison.count(Change.CHANGED),
            unchanged=comparison.count(Change.UNCHANGED),
            rejected=len(sheet.rejected),
        )
        import_id = session.scalars(
            insert(RosterImport)
            .values(
                at=clock(),
                by=by.label,
                file_name=tidy(sheet.filename)[-200:],
                sha256=hashlib.sha256(data).hexdigest(),
                new=done.new,
                changed=done.changed,
                unchanged=done.unchanged,
                rejected=done.rejected,
            )
            .returning(RosterImport.id)
        ).one()
        _Keeper(session, key=key, import_id=import_id, at=clock()).store(comparison)
        audit.record(
            session,
            ConferenceEvent.ROSTER_IMPORTED,
            by=by,
            clock=clock,
            new=done.new,
            changed=done.changed,
            unchanged=done.unchanged,
            rejected=done.rejected,
            sha256=hashlib.sha256(data).hexdigest(),
        )
        changed(session, "roster", "presence")
    return done


class _Keeper:
    """Writes one comparison: units as they come, people, first badges."""

    def __init__(self, session: Session, *, key: bytes, import_id: int, at: datetime) -> None:
        self.session = session
        self.key = key
        self.import_id = import_id
        self.at = at
        self.units: dict[str, int] = {
            unit_key(name): unit_id for unit_id, name in session.execute(select(Unit.id, Unit.name))
        }
        self.by_hand = set(
            session.scalars(select(Delegate.id).where(Delegate.flags_by_hand.is_(True)))
        )
        #: What is done to whom, so that the import can be undone.
        self.changes: list[dict[str, Any]] = []

    def store(self, comparison: Comparison) -> None:
        newcomers = []
        for entry in comparison.entries:
            if entry.change is Change.NEW:
                newcomers.append(self._values(entry))
            elif entry.change is Change.CHANGED:
                self._change(entry)
        if newcomers:
            self.session.execute(insert(Delegate), newcomers)
            self.changes += [
                {"import_id": self.import_id, "delegate_id": delegate_id, "fields": {}}
                for delegate_id in self.session.scalars(
                    select(Delegate.id).where(Delegate.import_id == self.import_id)
                )
            ]
            badge_issue.issue_first_badges(self.session, key=self.key, at=self.at)
        if self.changes:
            self.session.execute(insert(RosterChange), self.changes)

    def _unit(self, name: str) -> int:
        key = unit_key(name)
        if key not in self.units:
            position = self.session.scalar(select(func.count()).select_from(Unit)) or 0
            self.units[key] = self.session.scalars(
                insert(Unit)
                .values(name=name[:200], key=key[:200], position=position + 1)
                .returning(Unit.id)
            ).one()
        return self.units[key]

    def _values(self, entry: Entry) -> dict[str, Any]:
        row = entry.row
        flags = default_flags(row.standing, row.unit)
        return {
            "number": entry.number,
            "name": row.name,
            "sort_key": sort_key(row.name),
            "search_key": fold(row.name),
            "address_form": row.address_form,
            "title": row.title[:200],
            "unit_id": self._unit(row.unit),
            "seat": row.seat[:40] or None,
            "standing": row.standing.value,
            "counts_for_quorum": flags.counts_for_quorum,
            "votes": flags.votes,
            "elects": flags.elects,
            "flags_by_hand": False,
            "import_id": self.import_id,
        }

    def _change(self, entry: Entry) -> None:
        known = entry.known
        if known is None:
            raise ValueError("a changed entry has a stored person")
        fresh = self._values(entry)
        names = {"unit": ("unit_id",), "name": ("name", "sort_key", "search_key")}
        values = {
            column: fresh[column] for name in entry.changed for column in names.get(name, (name,))
        }
        if {"standing", "unit"} & set(entry.changed):
            # Flags set by hand belong to a standing in a unit; the preview says the same.
            values |= {name: fresh[name] for name in ("counts_for_quorum", "votes", "elects")}
            values["flags_by_hand"] = False
        columns = list(values)
        before = self.session.execute(
            select(*(getattr(Delegate, column) for column in columns)).where(
                Delegate.id == known.id
            )
        ).one()
        self.changes.append(
            {
                "import_id": self.import_id,
                "delegate_id": known.id,
                "fields": {
                    column: [was, values[column]]
                    for column, was in zip(columns, before, strict=True)
                },
            }
        )
        self.session.execute(update(Delegate).where(Delegate.id == known.id).values(**values))


# -- standing and flags (R3) -----------------------------------------------------------------


def set_standing(
    *, delegate_id: int, standing: str, flags: Flags, by: Actor, clock: Clock = utc_now
) -> None:
    """Set one person's standing and three flags by hand, before the opening."""
    wanted = rules.standing_of(standing)
    rules.ensure_flags(wanted, flags)
    with unit_of_work() as session:
        ensure_draft(session)
        queries.delegate(session, delegate_id)
        session.execute(
            update(Delegate)
            .where(Delegate.id == delegate_id)
            .values(
                standing=wanted.value,
                counts_for_quorum=flags.counts_for_quorum,
                votes=flags.votes,
                elects=flags.elects,
                flags_by_hand=True,
            )
        )
        audit.record(
            session,
            ConferenceEvent.STANDING_SET,
            by=by,
            clock=clock,
            delegate=delegate_id,
            standing=wanted.value,
            counts_for_quorum=flags.counts_for_quorum,
            votes=flags.votes,
            elects=flags.elects,
        )
        changed(session, "roster", "presence")


def set_unit_flags(*, unit_id: int, flags: Flags, by: Actor, clock: Clock = utc_now) -> int:
    """Set the three flags of a whole unit; returns how many people it touched.

    Guests stay guests (R2), and who was set by hand keeps what was set.
    """
    with unit_of_work() as session:
        ensure_draft(session)
        if session.get(Unit, unit_id) is None:
            raise Refused("unit_unknown")
        touched = session.execute(
            update(Delegate)
            .where(
                Delegate.unit_id == unit_id,
                Delegate.standing == "delegate",
                Delegate.flags_by_hand.is_(False),
            )
            .values(
                counts_for_quorum=flags.counts_for_quorum, votes=flags.votes, elects=flags.elects
            )
        ).rowcount  # type: ignore[attr-defined]
        audit.record(
            session,
            ConferenceEvent.UNIT_FLAGS_SET,
            by=by,
            clock=clock,
            unit=unit_id,
            people=touched,
            counts_for_quorum=flags.counts_for_quorum,
            votes=flags.votes,
            elects=flags.elects,
        )
        changed(session, "roster", "presence")
    return int(touched)
