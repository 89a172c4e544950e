"""What a rehearsed day leaves in the database, as frozen values.

The invariants compare it with what people were told (`told`); a test can doctor one fact and see
the right invariant break. Reading stands in `facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.rehearsal.stored_ballot import Holder, StoredRound


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the roster."""

    id: int
    number: int
    name: str
    standing: str
    counts_for_quorum: bool
    votes: bool
    elects: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge; its 14 digits are derived elsewhere."""

    delegate_id: int
    issue: int
    attempt: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """A stored answer."""

    scan_id: str
    outcome: str
    detail: str
    delegate_id: int | None
    stay_id: int | None
    device_id: int | None
    direction: str
    #: The server's clock.
    at: datetime
    claimed_at: datetime | None
    #: The same badge again within seconds: it got the answer of another row.
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Stay:
    """A stored stay in the hall."""

    id: int
    delegate_id: int
    entered_at: datetime
    left_at: datetime | None
    undone_at: datetime | None
    undo_reason: str
    way: str
    device_id: int | None
    left_device_id: int | None
    claimed_at: datetime | None
    reason: str

    @property
    def holds(self) -> bool:
        """True until the person leaves or the entry is taken back."""
        return self.left_at is None and self.undone_at is None

    def held_at(self, moment: datetime) -> bool:
        """What was true then, also where it was taken back later."""
        gone = min((at for at in (self.left_at, self.undone_at) if at), default=None)
        return self.entered_at <= moment and (gone is None or gone > moment)


@dataclass(frozen=True, slots=True)
class Undo:
    """An entry or a leaving that was taken back."""

    stay_id: int
    what: str
    reason: str
    was_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence that the desk recorded."""

    delegate_id: int
    kind: str
    reason: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Substitution:
    """Who sits in for whom, and what passed on."""

    replaced_id: int
    substitute_id: int
    counts_for_quorum: bool
    votes: bool
    elects: bool
    in_force: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A gate, a tablet or a projector."""

    id: int
    kind: str
    direction: str
    name: str
    #: What a tablet is told: `follow`, or the act it is pinned to.
    task: str
    is_paired: bool
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class SelfTest:
    """One try of one part of a device; of the laptop where it names none."""

    device_id: int | None
    part: str
    ok: bool
    by_name: str


@dataclass(frozen=True, slots=True)
class Item:
    """An agenda item as it stands."""

    id: int
    number: int
    state: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of one agenda item."""

    item: int  # its number, 1 to 9
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """One saved version of an item's notes."""

    item_id: int
    number: int
    based_on: int
    is_branch: bool
    settled_in: int | None
    text: str
    by_name: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; removed ones keep their row."""

    item_id: int
    name: str
    sha256: str
    removed: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A person on a body that runs the day."""

    committee: str
    delegate_id: int
    role: str
    is_seated: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A line of the preparation checklist."""

    id: int
    owner: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Count:
    """One count of hands."""

    motion_id: int
    number: int
    in_favour: int
    against: int
    other: int
    present: int
    present_source: str
    present_checkin: int
    reason: str
    at: datetime
    adopted: bool
    #: For was filled in as what remained of those present.
    all_minus: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A stored signature of the pledge."""

    delegate_id: int
    #: 1 for the first of a person.
    number: int
    has_picture: bool
    text_sha256: str
    ink_sha256: str


@dataclass(frozen=True, slots=True)
class BookRow:
    """One line of the conference book."""

    seq: int
    event: str
    by: str
    facts: dict[str, Any]
    hash: str = ""


@dataclass(frozen=True)
class Stored:
    """The database of the rehearsed day."""

    people: tuple[Person, ...]
    badges: tuple[Badge, ...]
    stays: tuple[Stay, ...]
    scans: tuple[Scan, ...]
    undos: tuple[Undo, ...]
    absences: tuple[Absence, ...]
    substitutions: tuple[Substitution, ...]
    #: In order.
    items: tuple[Item, ...]
    marks: tuple[Mark, ...]
    notes: tuple[Note, ...]
    files: tuple[File, ...]
    members: tuple[Member, ...]
    duties: tuple[Duty, ...]
    counts: tuple[Count, ...]
    motions: int
    #: Rounds of the election; tables in which a ballot stands, and the columns of an opened one.
    rounds: tuple[StoredRound, ...]
    holders: tuple[Holder, ...]
    opened_columns: tuple[str, ...]
    signatures: tuple[Signature, ...]
    devices: tuple[Device, ...]
    self_tests: tuple[SelfTest, ...]
    #: The base of the quorum in force; None when it was never fixed.
    base: int | None
    opened_at: datetime | None
    ended_at: datetime | None
    book: tuple[BookRow, ...]
    #: What `core.audit.first_break` says.
    first_break: int | None
    #: SHA-256 of each attachment on the disk, by its file's name.
    on_disk: dict[str, str]

    def person(self, delegate_id: int | None) -> Person | None:
        """A person by id."""
        return next((each for each in self.people if each.id == delegate_id), None)

    def stays_of(self, delegate_id: int | None) -> list[Stay]:
        """Every stay of a person, oldest first, undone ones too."""
        return [stay for stay in self.stays if stay.delegate_id == delegate_id]

    def lines(self, event: str) -> list[BookRow]:
        """Every line of one event."""
        return [row for row in self.book if row.event == event]

    @property
    def inside(self) -> set[int]:
        """Who is in the hall by the newest state."""
        return {stay.delegate_id for stay in self.stays if stay.holds}

    @property
    def ways_out(self) -> set[int]:
        """Gates that let people out, by id."""
        return {each.id for each in self.devices if each.direction == "out"}

    def present_at(self, moment: datetime) -> int:
        """People who count for the quorum (R3, first flag) in the hall at that moment."""
        counting = {person.id for person in self.people if person.counts_for_quorum}
        return len(counting & self._inside(moment))

    def voters_at(self, moment: datetime) -> int:
        """People who may vote by hand (R3, second flag) in the hall at that moment."""
        voting = {person.id for person in self.people if person.votes}
        return len(voting & self._inside(moment))

    def _inside(self, moment: datetime) -> set[int]:
        return {stay.delegate_id for stay in self.stays if self._held(stay, moment)}

    def _held(self, stay: Stay, moment: datetime) -> bool:
        """A leaving that was taken back later was true in between."""
        left = [
            undo
            for undo in self.undos
            if undo.stay_id == stay.id
            and undo.what == "leaving"
            and undo.was_at <= moment < undo.at
        ]
        return stay.held_at(moment) and not left
