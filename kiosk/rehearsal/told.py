"""What people were told on a rehearsed day, and what they did: the other half of the invariants.

Everything is a frozen value, noted by the walk at the moment when a client saw it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.checkin.rules import quorum_needed
from kiosk.rehearsal.stored import Stored
from kiosk.rehearsal.told_ballot import Denied, RoundTold, Searched
from kiosk.rehearsal.told_devices import (
    AtPlainDoor,
    Back,
    Board,
    Burst,
    DeadCode,
    Encrypted,
    Guess,
    Killed,
    Looked,
    Ordered,
    Paired,
    Sheet,
    Switched,
    TriedOut,
)


class Scene(StrEnum):
    """Why somebody stood at the gate in this rehearsal."""

    ARRIVAL = "arrival"
    GUEST = "guest"
    #: A replaced badge: the new one.
    NEW_BADGE = "new_badge"
    #: A replaced badge: the lost one, found by somebody.
    OLD_BADGE = "old_badge"
    #: The badge still lay on the scanner.
    SAME_GATE = "same_gate"
    #: The same person walks to the next gate.
    OTHER_GATE = "other_gate"
    #: The same badge at two gates at the same instant.
    RACE = "race"
    #: The page got no answer and sends the same scan again.
    SENT_AGAIN = "sent_again"
    #: Taken back at the gate, and scanned once more.
    READMITTED = "readmitted"
    FORGED = "forged"
    UNREADABLE = "unreadable"
    #: After the conference has ended.
    TOO_LATE = "too_late"

    #: Comes while the agenda runs.
    LATE_COMER = "late_comer"
    #: The badge that the desk has just made: for somebody on no list, for who sits in.
    WALK_IN = "walk_in"
    SUBSTITUTE = "substitute"
    #: The badge of a person for whom somebody sits in.
    REPLACED = "replaced"

    #: At a way out: leaves; the badge lay there a moment longer; was never recorded as being in;
    #: leaves by mistake, which is taken back.
    LEAVES = "leaves"
    LEAVES_TWICE = "leaves_twice"
    LEAVES_UNSEEN = "leaves_unseen"
    LEAVES_BY_MISTAKE = "leaves_by_mistake"
    #: Comes back through a way in.
    RETURNS = "returns"
    #: Went out by a gate that is cut off, and is back at another: the server never saw it.
    STILL_IN = "still_in"

    # Kept by a gate that is cut off and sent late, by what happened to the person meanwhile.
    #: Nothing.
    KEPT = "kept"
    #: Nothing; the badge lay on the scanner.
    KEPT_TWICE = "kept_twice"
    #: Had left before.
    KEPT_RETURN = "kept_return"
    #: Recorded by another gate, by the desk, from the paper list.
    KEPT_ELSEWHERE = "kept_elsewhere"
    KEPT_BY_HAND = "kept_by_hand"
    KEPT_ON_PAPER = "kept_on_paper"
    #: Was at a way out since.
    KEPT_OVERTAKEN = "kept_overtaken"
    #: Got a new badge since.
    KEPT_REVOKED = "kept_revoked"
    #: Somebody sits in.
    KEPT_REPLACED = "kept_replaced"
    #: At a way out: nothing since; was at a way in since; was never in.
    KEPT_LEAVING = "kept_leaving"
    KEPT_LEAVING_BACK = "kept_leaving_back"
    KEPT_LEAVING_UNSEEN = "kept_leaving_unseen"


#: Outcomes by which a gate says that somebody is in the hall now.
WELCOME = frozenset({"admitted", "returned", "guest"})

#: Scenes after which the person really is in the hall, or really outside, whatever a gate said.
WALKS_IN = frozenset(
    {
        *(Scene.ARRIVAL, Scene.GUEST, Scene.NEW_BADGE, Scene.RACE, Scene.READMITTED),
        *(Scene.LATE_COMER, Scene.WALK_IN, Scene.SUBSTITUTE, Scene.RETURNS, Scene.STILL_IN),
        *(Scene.KEPT, Scene.KEPT_RETURN, Scene.KEPT_ELSEWHERE, Scene.KEPT_BY_HAND),
        *(Scene.KEPT_ON_PAPER, Scene.KEPT_OVERTAKEN, Scene.KEPT_REVOKED),
    }
)
WALKS_OUT = frozenset(
    {
        *(Scene.LEAVES, Scene.LEAVES_UNSEEN),
        *(Scene.KEPT_LEAVING, Scene.KEPT_LEAVING_BACK),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of a gate, as the gate's page got it."""

    scan_id: str
    #: Place of the gate in the rehearsal, from 0.
    gate: int
    scene: Scene
    #: Whose badge it is; None for a code that nobody has.
    delegate_id: int | None
    #: HTTP status; 0 when no answer came at all.
    status: int
    #: `data-outcome` of the answer; empty when it named none.
    outcome: str
    #: The page says: answered before.
    repeated: bool
    #: Milliseconds from sending to the whole answer.
    ms: float
    #: `data-detail`: why it was refused.
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A scan that a cut-off gate kept, with what the gate claims."""

    scan_id: str
    scene: Scene
    #: Number of the device.
    device_id: int
    claimed_at: datetime
    #: The direction that the gate's page showed to the people.
    direction: str
    #: What the server held the gate for while it was cut off.
    server_direction: str
    #: When the line was back.
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of presence that somebody read while nothing moved."""

    at: datetime
    #: `console`, `projector` or `stream`.
    place: str
    #: None when the page showed no figure.
    present: int | None


@dataclass(frozen=True, slots=True)
class Try:
    """An act, and how it was answered."""

    what: str
    at: datetime
    status: int


@dataclass(frozen=True, slots=True)
class Turned:
    """A gate that was turned, and the way that its page shows then."""

    device_id: int
    direction: str
    #: None where nobody could look: the gate was cut off.
    shown: str | None


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody on no list whom the desk added."""

    delegate_id: int
    standing: str
    #: Recorded as present in the same act.
    admitted: bool


@dataclass(frozen=True, slots=True)
class Seated:
    """A substitute whom the desk seated."""

    replaced_id: int
    substitute_id: int
    #: What the replaced person counted for before: quorum, votes, elects (R3).
    flags_before: tuple[bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Reported:
    """An absence that somebody reported to the desk."""

    delegate_id: int
    kind: str
    reason: str
    #: Taken back at the desk: the person is expected again.
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """A person whom the desk looked for, as it typed the name."""

    typed: str
    delegate_id: int
    found: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """Numbers of the paper list that the desk brought back."""

    #: Ticked on the paper, and neither in the hall nor replaced.
    ticked: tuple[int, ...]
    #: Typed as well: in the hall already, or somebody sits in.
    others: tuple[int, ...]
    #: What the preview, the first and the second press said would be or was stored.
    previewed: int
    stored: int
    stored_again: int
    claimed_at: datetime
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class Printed:
    """One row of the fall-back list as it was printed."""

    number: int
    #: The column «Đã ghi».
    state: str
    #: A box to tick.
    awaited: bool


@dataclass(frozen=True, slots=True)
class Save:
    """A text of an item's notes that an editor's page was told to be saved."""

    item_id: int
    by: str
    text: str
    based_on: int
    settles: tuple[int, ...]
    #: The answer: 0 where the save was refused.
    number: int
    is_branch: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two texts side by side, as an editor saw them."""

    item_id: int
    #: What both had written.
    texts: tuple[str, str]
    #: The page, as text.
    shown: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A PDF that was attached, and what came back when somebody saved it."""

    item_id: int
    name: str
    sha256: str
    #: SHA-256 of the download; empty when none came.
    downloaded: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that a tablet sent, and how it was answered."""

    delegate_id: int
    #: 2 for the one that replaced the first.
    number: int
    status: int


@dataclass(frozen=True, slots=True)
class Copied:
    """The last copy that the running server noted, restored into an empty folder."""

    #: Last line of the book in it, as its own manifest says.
    book_seq: int
    #: SHA-256 of the copy's file is the one that the server noted.
    is_noted: bool
    stored: Stored


@dataclass(frozen=True)
class Day:
    """Everything the invariants look at."""

    convened: int
    #: Numbers of the devices that are the gates, by their place.
    gates: tuple[int, ...]
    told: tuple[Told, ...]
    stored: Stored
    #: Who really was in the hall at the end, and who was not any more.
    whereabouts: dict[int, bool]
    shown: tuple[Shown, ...]
    #: Acts that had to be refused.
    forbidden: tuple[Try, ...]
    #: Acts that are not the desk's.
    not_theirs: tuple[Try, ...]
    #: Attempts to open, in order.
    openings: tuple[Try, ...]
    #: Entries that were taken back at a gate, as (delegate, status of the answer).
    undone: tuple[tuple[int, int], ...]
    #: Leavings that were taken back at a gate, the same way.
    stayed: tuple[tuple[int, int], ...]
    turned: tuple[Turned, ...]
    kept: tuple[Kept, ...]
    added: tuple[Added, ...]
    seated: tuple[Seated, ...]
    reported: tuple[Reported, ...]
    sought: tuple[Sought, ...]
    papers: tuple[Paper, ...]
    #: The fall-back list, and the moment of its printing.
    printed: tuple[Printed, ...]
    printed_at: datetime | None
    #: The totals of the list of attendance (D2), by their words.
    totals: dict[str, str]
    saves: tuple[Save, ...]
    conflicts: tuple[Conflict, ...]
    attached: tuple[Attached, ...]
    signed: tuple[Signed, ...]
    #: Items in the order in which the plan had them, and as the secretary laid them.
    planned: tuple[int, ...]
    laid: tuple[int, ...]
    #: Bodies as the secretary seated them: (body, delegate, leads).
    bodies: tuple[tuple[str, int, bool], ...]
    #: Duties with an owner, and whether they were ticked off in the end.
    duties: tuple[tuple[int, str, bool], ...]
    #: The devices; see `told_devices`.
    killed: tuple[Killed, ...]
    paired: tuple[Paired, ...]
    bursts: tuple[Burst, ...]
    guesses: tuple[Guess, ...]
    dead_codes: tuple[DeadCode, ...]
    onlooker: tuple[Looked, ...]
    back: tuple[Back, ...]
    ordered: tuple[Ordered, ...]
    switched: tuple[Switched, ...]
    boards: tuple[Board, ...]
    tried_out: tuple[TriedOut, ...]
    sheets: tuple[Sheet, ...]
    encrypted: tuple[Encrypted, ...]
    at_plain_door: tuple[AtPlainDoor, ...]
    #: The election: its rounds, what was denied, the searches, and tablets that did not hear where
    #: to go; see `told_ballot`.
    rounds: tuple[RoundTold, ...]
    denied: tuple[Denied, ...]
    searched: tuple[Searched, ...]
    strayed: tuple[tuple[int, str], ...]
    #: What this machine lacks: `NO_NETWORK`, `NO_SECOND_ADDRESS`.
    untried: tuple[str, ...]
    #: None when no copy was made or none could be restored.
    copied: Copied | None
    #: Milliseconds from an act to its picture on the wall; None when no picture came.
    lags: tuple[float | None, ...]
    #: After its stream was cut, the projector showed the right figure again without help.
    healed: bool
    #: How often each HTTP status was seen by any client.
    statuses: dict[int, int]
    #: Lines of the server's log.
    log: tuple[str, ...]

    @property
    def needed(self) -> int:
        """People needed for the opening (R1)."""
        return quorum_needed(self.convened)

    def scene(self, *scenes: Scene) -> list[Told]:
        """Answers of some scenes."""
        return [answer for answer in self.told if answer.scene in scenes]
