"""What the walk of a rehearsed day notes while it goes; in the end it becomes the `told.Day`."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.rehearsal.told import (
    Added,
    Attached,
    Conflict,
    Kept,
    Paper,
    Reported,
    Save,
    Seated,
    Shown,
    Signed,
    Sought,
    Try,
    Turned,
)
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


@dataclass
class Noted:
    """What the walk has noted for the invariants; see the fields of `told.Day`."""

    shown: list[Shown] = field(default_factory=list)
    forbidden: list[Try] = field(default_factory=list)
    not_theirs: list[Try] = field(default_factory=list)
    openings: list[Try] = field(default_factory=list)
    undone: list[tuple[int, int]] = field(default_factory=list)
    stayed: list[tuple[int, int]] = field(default_factory=list)
    turned: list[Turned] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    added: list[Added] = field(default_factory=list)
    seated: list[Seated] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    sought: list[Sought] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    saves: list[Save] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)
    bodies: list[tuple[str, int, bool]] = field(default_factory=list)
    duties: list[tuple[int, str, bool]] = field(default_factory=list)
    lags: list[float | None] = field(default_factory=list)
    # The devices.
    killed: list[Killed] = field(default_factory=list)
    paired: list[Paired] = field(default_factory=list)
    bursts: list[Burst] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    dead_codes: list[DeadCode] = field(default_factory=list)
    onlooker: list[Looked] = field(default_factory=list)
    back: list[Back] = field(default_factory=list)
    ordered: list[Ordered] = field(default_factory=list)
    switched: list[Switched] = field(default_factory=list)
    boards: list[Board] = field(default_factory=list)
    tried_out: list[TriedOut] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    encrypted: list[Encrypted] = field(default_factory=list)
    at_plain_door: list[AtPlainDoor] = field(default_factory=list)
    # The election.
    rounds: list[RoundTold] = field(default_factory=list)
    denied: list[Denied] = field(default_factory=list)
    searched: list[Searched] = field(default_factory=list)
    strayed: list[tuple[int, str]] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
