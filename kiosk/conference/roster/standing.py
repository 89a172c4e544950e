"""The three flags of a person, by default (R2, R3). The office may change them afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.conference.roster.sheet import Standing, unit_key

# Units of the Party side, the Fatherland Front and the mass organisations: the plan invites their
# staff, but the board is that of HĐND and UBND, so they do not elect it by default (R3).
_BESIDE_THE_OFFICE = re.compile(
    r"\b(dang uy|dang bo|chi bo|mttq|ubmttq\w*|ubmt|mat tran|doan the|doan thanh nien|doan tncs"
    r"|hoi nong dan|hoi phu nu|hoi lien hiep|hoi cuu chien binh|cong doan)\b"
)
_OF_THE_OFFICE = re.compile(r"\b(hdnd|ubnd|hoi dong nhan dan|uy ban nhan dan)\b")


@dataclass(frozen=True, slots=True)
class Flags:
    """What a person counts for: the quorum base, the resolution, the election of the board."""

    counts_for_quorum: bool
    votes: bool
    elects: bool


def default_flags(standing: Standing, unit: str) -> Flags:
    """The flags a person starts with.

    A guest has none (R2). A delegate counts and votes; whether they elect follows the unit (R3):
    no for units of the Party, the Fatherland Front and mass organisations, yes otherwise. A joint
    unit that names HĐND or UBND as well (`Văn phòng Đảng ủy, HĐND và UBND`) elects.
    """
    if standing is Standing.GUEST:
        return Flags(counts_for_quorum=False, votes=False, elects=False)
    key = unit_key(unit)
    beside = bool(_BESIDE_THE_OFFICE.search(key)) and not _OF_THE_OFFICE.search(key)
    return Flags(counts_for_quorum=True, votes=True, elects=not beside)
