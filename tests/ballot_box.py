"""A round without a conference: a key, a definition, slips and an empty box, for tests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from nacl.public import PrivateKey, PublicKey, SealedBox

from kiosk.ballot import box as boxes
from kiosk.ballot import judging, slips
from kiosk.ballot.box import Box
from kiosk.ballot.definition import Definition, Style, fingerprint
from kiosk.ballot.outcome import Kind

CONFERENCE = "0123456789ab"
BOARD = Definition(
    conference=CONFERENCE,
    round=1,
    kind=Kind.A,
    seats=3,
    style=Style.CHOOSE,
    candidates=("Nguyễn Văn An", "Lê Thị Bình", "Đỗ Chi", "Trần Dũng", "Phạm Giang"),
)


#: What the database keeps of a round, as small as it can be: for tests that kill the program.
TABLES = (
    "CREATE TABLE round (one INTEGER PRIMARY KEY, state TEXT NOT NULL, secret BLOB)",
    "CREATE TABLE sealed (sealed BLOB PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE opened (place INTEGER PRIMARY KEY, marks BLOB, invalid TEXT)",
    "INSERT INTO round VALUES (1, 'voting', NULL)",
)
DATABASE = "kiosk.sqlite3"


@dataclass
class Round:
    """What the hall, the tablets and the tellers have together; no process has all of it."""

    instance: Path
    definition: Definition = BOARD
    printed: int = 12
    secret: PrivateKey = field(default_factory=PrivateKey.generate)

    def __post_init__(self) -> None:
        self.public_key = self.secret.public_key.encode()
        self.mark = fingerprint(self.public_key, self.definition)
        key = slips.round_key(b"k" * 32, conference=CONFERENCE, round_number=1)
        self.codes = slips.fresh(self.printed)
        self.slips = [slips.slip_hash(key, code) for code in self.codes]

    @property
    def path(self) -> Path:
        return boxes.path_of(self.instance, self.definition.round)

    def create(self) -> None:
        boxes.create(
            self.path,
            slips=self.slips,
            sealed_length=judging.sealed_length(self.definition),
            fingerprint=self.mark,
        )

    def open(self) -> Box:
        return Box(self.path, fingerprint=self.mark)

    def sealed(self, *choices: int) -> bytes:
        """As a tablet seals it; without choices, a ballot with one name by chance."""
        many = len(self.definition.candidates)
        if not choices:
            lucky = secrets.randbelow(many)
            choices = tuple(int(place == lucky) for place in range(many))
        return SealedBox(PublicKey(self.public_key)).encrypt(
            judging.plain(self.definition, self.mark, choices)
        )
