"""Who signs the pledge, in which capacity, and what may happen to it when (D8, R20).

The text is a draft until signing opens; from then on it is fixed, until the opening is taken back
while nobody has signed yet. After the closing nobody signs; a slip is taken back by reopening.

    draft ──open──▶ open ──close (all signed or excused)──▶ closed
      ▲              │ ▲                                       │
      └──take back───┘ └─────────────reopen (reason)───────────┘
      (nobody has signed)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.conference.plan.kinds import AgendaKind
from kiosk.core.errors import Refused
from kiosk.core.names import fold, name_key, tidy

#: R20: what a drawn signature is, wherever one is shown.
LABEL = ("Bản ghi nhận, không phải chữ ký số", "A record, not a digital signature")

#: More people than this have never signed one pledge; a wrong tap must not make a thousand.
MOST_SIGNATORIES = 400

CAPACITY_MOST = 120


class State(StrEnum):
    """Where the pledge stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Form(StrEnum):
    """One text that all units sign side by side, or each unit with the head of the office."""

    JOINT = "joint"
    TWO_SIDED = "two_sided"


class Side(StrEnum):
    """Whom a signatory signs for: a unit, or the office as a whole."""

    UNIT = "unit"
    OFFICE = "office"


def form_of(text: str) -> Form:
    """`joint` or `two_sided`. Refused: `pledge_form_unknown`."""
    try:
        return Form(text)
    except ValueError as unknown:
        raise Refused("pledge_form_unknown") from unknown


def side_of(text: str) -> Side:
    """`unit` or `office`. Refused: `pledge_side_unknown`."""
    try:
        return Side(text)
    except ValueError as unknown:
        raise Refused("pledge_side_unknown") from unknown


# -- who signs -------------------------------------------------------------------------------------

#: A head of a unit, however offices write it; `pho` before it makes a deputy.
_HEAD_OF_UNIT = re.compile(
    r"^(?:q\.?|quyen|phu trach)? ?(?:truong (?:phong|ban|tram|khoa|cong an|doan|bo phan|to\b)"
    r"|tp\.?\b|chanh (?:van phong|thanh tra)|giam doc|hieu truong|chi huy truong|thu truong"
    r"|doi truong|truong\b)"
)
_DEPUTY = re.compile(r"\bpho\b|\bp\.")
#: Somebody may hold two offices: "Phó Bí thư Đảng ủy, Chủ tịch UBND phường".
_TWO_OFFICES = re.compile(r"[,;/+]| kiem ")
_HEAD_OF_OFFICE = re.compile(r"\b(?:chu tich|ct)\b.*\b(?:ubnd|uy ban nhan dan)\b")


@dataclass(frozen=True)
class Person:
    """What the proposal needs to know of somebody on the roster."""

    id: int
    name: str
    title: str
    unit_id: int
    is_guest: bool


@dataclass(frozen=True)
class Proposed:
    """Somebody who signs by default."""

    delegate_id: int
    side: Side


def is_head_of_unit(title: str) -> bool:
    """`Trưởng phòng`, `Chánh Văn phòng`, `Hiệu trưởng` …; never a deputy."""
    return any(
        bool(_HEAD_OF_UNIT.match(office)) and not _DEPUTY.search(office)
        for office in _offices(title)
    )


def is_head_of_office(title: str) -> bool:
    """`Chủ tịch UBND phường`, also beside a second office; never a deputy."""
    return any(
        bool(_HEAD_OF_OFFICE.search(office)) and not _DEPUTY.search(office)
        for office in _offices(title)
    )


def _offices(title: str) -> list[str]:
    return [" ".join(office.split()) for office in _TWO_OFFICES.split(fold(title))]


def proposed(people: Iterable[Person], *, plan_signer: str = "") -> list[Proposed]:
    """Who signs by default: of each unit its first head, and the head of the office.

    The head of the office is who signed the plan, where that name is on the roster once, else the
    one whose title says so. `people` come in roster order. Guests sign nothing.
    """
    everyone = [person for person in people if not person.is_guest]
    namesakes = [
        person
        for person in everyone
        if plan_signer and name_key(person.name) == name_key(plan_signer)
    ]
    office = namesakes[0] if len(namesakes) == 1 else None
    if office is None:
        office = next((person for person in everyone if is_head_of_office(person.title)), None)
    units: dict[int, Proposed] = {}
    for person in everyone:
        if person is not office and person.unit_id not in units and is_head_of_unit(person.title):
            units[person.unit_id] = Proposed(person.id, Side.UNIT)
    found = list(units.values())
    if office is not None:
        found.append(Proposed(office.id, Side.OFFICE))
    return found


def capacity(title: str) -> str:
    """The capacity in which somebody signs, as the paper prints it: tidied, at most 120 letters.

    Raises:
        Refused: `pledge_capacity_too_long`.
    """
    words = tidy(title)
    if len(words) > CAPACITY_MOST:
        raise Refused("pledge_capacity_too_long", most=CAPACITY_MOST)
    return words


def capacity_lines(own: str, *, stands_for: str | None) -> tuple[str, ...]:
    """The lines over a signature, in capitals (Decree 30): a proxy signs `KT.` the principal.

    `stands_for` is the principal's capacity, None for somebody who signs in their own.
    """
    lines = [] if stands_for is None else [f"KT. {stands_for}".strip()]
    if own:
        lines.append(own)
    return tuple(line.upper() for line in lines)


# -- what may happen when --------------------------------------------------------------------------


@dataclass(frozen=True)
class Signing:
    """How far the signatories are, in whole people."""

    signatories: int
    signed: int
    excused: int

    @property
    def missing(self) -> int:
        """Neither signed nor excused."""
        return self.signatories - self.signed - self.excused


def ensure_draft(state: State) -> None:
    """The text and its form change only before signing opens. Refused: `pledge_text_fixed`."""
    if state is not State.DRAFT:
        raise Refused("pledge_text_fixed")


def ensure_may_open(state: State, *, has_text: bool, blanks: int, signatories: int) -> bool:
    """Whether opening has anything to do; quiet where it is open already.

    Raises:
        Refused: `pledge_closed`, `pledge_text_missing`, `pledge_text_has_blanks`,
            `pledge_nobody_signs`.
    """
    if state is State.OPEN:
        return False
    if state is State.CLOSED:
        raise Refused("pledge_closed")
    if not has_text:
        raise Refused("pledge_text_missing")
    if blanks:
        raise Refused("pledge_text_has_blanks", blanks=blanks)
    if signatories == 0:
        raise Refused("pledge_nobody_signs")
    return True


def ensure_may_take_back(state: State, *, ever_signed: int) -> bool:
    """Back to a draft while nobody has ever signed it; quiet for a draft.

    Raises:
        Refused: `pledge_closed`, `pledge_already_signed` with how many.
    """
    if state is State.DRAFT:
        return False
    if state is State.CLOSED:
        raise Refused("pledge_closed")
    if ever_signed:
        raise Refused("pledge_already_signed", signed=ever_signed)
    return True


def ensure_may_close(state: State, signing: Signing, *, excuses_rest: bool) -> bool:
    """Whether closing has anything to do: everyone has signed, is excused, or is excused with it.

    Raises:
        Refused: `pledge_not_open`, `pledge_unsigned` with how many are missing.
    """
    if state is State.CLOSED:
        return False
    if state is State.DRAFT:
        raise Refused("pledge_not_open")
    if signing.missing and not excuses_rest:
        raise Refused("pledge_unsigned", missing=signing.missing)
    return True


def ensure_may_sign(state: State) -> None:
    """Refused: `pledge_not_open` before the opening, `pledge_closed` after the closing."""
    if state is State.DRAFT:
        raise Refused("pledge_not_open")
    if state is State.CLOSED:
        raise Refused("pledge_closed")


def on_the_wall(state: State, *, current: AgendaKind | None, kinds: Sequence[AgendaKind]) -> bool:
    """Whether the hall sees who has signed.

    While the item of the signing is on, also once it is closed: the hall sees the whole. While
    another item is on, the hall is at that one, even if somebody still signs; except in an agenda
    that has no item for the signing at all.
    """
    if state is State.DRAFT:
        return False
    if current is AgendaKind.PLEDGE:
        return True
    return state is State.OPEN and (current is None or AgendaKind.PLEDGE not in kinds)
