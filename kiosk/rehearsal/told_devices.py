"""What was done to the devices of a rehearsed day, and what they and the secretary saw of it.

Frozen values, noted by the walk (`pairing`, `encrypted`, `fleet`, `checkup`) and compared with what
is stored by the invariants of the same names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

#: What a machine may lack without anything being wrong with the program; where it is named in
#: `Day.untried`, the invariants that need it answer nothing instead of yes.
NO_NETWORK = "a local network: the plain door of other machines"
NO_SECOND_ADDRESS = "a second address of this laptop: one cookie in two machines"

#: What no rehearsal can have without pretending; each is shown by tests of its own.
NEVER_TRIED = (
    "a pairing code that grows older than ten minutes (tests/rooms/devices/test_pairing.py)",
    "an act that opens by itself: tablets were told instead (tests/rooms/tablet/test_follow.py)",
    "cameras, loudspeakers, screens and fingers (tests/browser, and people)",
    "a page that reloads itself when it is old and idle (tests/browser/test_device_pages.py)",
)


@dataclass(frozen=True, slots=True)
class Paired:
    """A browser that became a device."""

    device_id: int
    kind: str
    #: As the secretary typed it; empty where the suggested name was taken.
    asked_name: str
    #: As the device's own page shows it afterwards.
    name: str
    #: The page on which it landed: `/gate`, `/tablet`, `/projector`.
    landed: str
    #: From the device's first page to its own, without the hands of people, in milliseconds.
    ms: float
    #: False for a one-time address.
    by_code: bool = True
    #: The server was killed between the confirmation and the device's next question.
    over_kill: bool = False
    #: It took the place of a device that was in use.
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """A pairing code that a member of staff typed, and the answer."""

    #: Some device shows this code at that moment.
    is_right: bool
    #: Code of the refusal; empty where the device was found.
    refusal: str
    #: Seconds that the refusal asks to wait; 0 where it names none.
    seconds: int
    after_kill: bool


@dataclass(frozen=True, slots=True)
class Burst:
    """Wrong codes typed all at once, before anything else was guessed."""

    #: How many were looked up, how many were told to wait.
    heard: int
    delayed: int
    #: Milliseconds from the first to the last answer.
    ms: float


@dataclass(frozen=True, slots=True)
class DeadCode:
    """A code that was shown once and must be worth nothing now."""

    why: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody got who read a code over a shoulder."""

    what: str
    status: int
    #: The page on which it ended.
    where: str
    #: The page is that of a device.
    is_device: bool


@dataclass(frozen=True, slots=True)
class Back:
    """A page that listened when the server was killed; milliseconds from the first answer of the
    new one to the page's first new picture, None when none came."""

    device_id: int
    ms: float | None


@dataclass(frozen=True, slots=True)
class Act:
    """What a device did right after an order, and what it may."""

    what: str
    status: int
    may: bool


@dataclass(frozen=True, slots=True)
class Ordered:
    """Something that a secretary changed about a device from the console."""

    #: `renamed`, `pinned`, `let go`, `re-roled`, `revoked`, `replaced`.
    what: str
    device_id: int
    #: The new name, address or kind; empty for the end of a device.
    wanted: str
    #: The device listens to the stream; the others learn of it by their next act.
    listens: bool
    #: Milliseconds from the press to the stream's word about it; None when none came.
    ms: float | None
    #: The device's next acts.
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Switched:
    """One tap that sent every tablet to another page."""

    task: str
    #: Where they had to go.
    goes: str
    #: By device: milliseconds from the tap to the stream's word; None when none came.
    ms: dict[int, float | None]
    #: By device: where its page led when it was asked then.
    landed: dict[int, str]


@dataclass(frozen=True, slots=True)
class Board:
    """The fleet board as the secretary saw it, and what it had to show."""

    #: Device and worst trouble, in the order of the page.
    troubled: tuple[tuple[int, str], ...]
    fine: tuple[int, ...]
    #: By device: its trouble, or `fine`.
    wanted: dict[int, str]
    #: Seconds since the silent one was heard.
    silence: float


@dataclass(frozen=True, slots=True)
class TriedOut:
    """A part that a person tried at a machine; `device_id` is None for the laptop."""

    device_id: int | None
    part: str
    ok: bool
    #: Who was signed in there, or typed a name; empty for nobody.
    by_name: str
    status: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the go / no-go sheet."""

    key: str
    code: str
    #: `good`, `warn`, `unknown`, `bad`.
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of the doctor, asked once: as the console showed it before anything was measured,
    as the program told it, and as the console showed it then."""

    before: tuple[SheetLine, ...]
    told: tuple[SheetLine, ...]
    after: tuple[SheetLine, ...]
    is_ready: bool
    #: The one word at the top: as told, and as the console showed it then.
    word: str
    word_shown: str
    #: By device, None for the laptop: state and parts (None where nobody tried).
    tests: dict[int | None, tuple[str, dict[str, bool | None]]]
    #: What a device was in the eyes of the board at that moment.
    fleet: dict[int, str]


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A tablet that came by the encrypted door."""

    device_id: int
    #: `TLSv1.3`
    version: str
    #: Whoever does not trust the hall's authority is turned away by its own TLS, and so is who
    #: looks for another name than the certificate carries.
    stranger_stays_out: bool
    other_name_fails: bool
    #: Every cookie that came is Secure and HttpOnly.
    cookies_are_safe: bool
    #: A certificate that the stolen authority signed, by OpenSSL: for a name of the local network,
    #: for one of the internet; and the constraint is critical.
    local_name_holds: bool
    foreign_name_holds: bool
    is_critical: bool
    #: Answers to the device's beat: before and after it was revoked.
    beat: int
    beat_after: int


@dataclass(frozen=True, slots=True)
class AtPlainDoor:
    """What another machine gets that does not trust the hall yet."""

    path: str
    #: Name in the `Host` header; empty for the hall's own.
    host: str
    status: int
    #: Where it is sent; empty for nowhere.
    leads: str
    sets_cookie: bool


@dataclass(frozen=True, slots=True)
class Killed:
    """The server was killed and started again."""

    at: datetime
    #: From the kill to the first answer.
    ms: float
