"""What a search through a rehearsed server's files must not find."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field


@dataclass
class Needles:
    """What must lie nowhere, by what it is. Values are bytes; every usual writing is looked for."""

    #: Sealed ballots: only their box may hold them, and after the opening the database.
    sealed: list[bytes] = field(default_factory=list)
    #: Plain ballots, before they are sealed.
    plain: list[bytes] = field(default_factory=list)
    slips: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def written(self) -> dict[bytes, str]:
        """Each needle in every usual writing, and what it is."""
        found: dict[bytes, str] = {}
        for what, values in (
            ("sealed ballot", self.sealed),
            ("plain ballot", self.plain),
            ("id of a ballot", [hashlib.sha256(each).digest() for each in self.sealed]),
        ):
            for value in values:
                text = value.hex().encode()
                coded = base64.b64encode(value)
                for way in (value, text, text.upper(), coded, base64.urlsafe_b64encode(value)):
                    found[way] = what
        return found
