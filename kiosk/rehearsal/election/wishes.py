"""What the hall wants, drawn from a seed so that a second round always comes. No server, no paper.

Two candidates pass the half. For the last seat two others are level above it (a tie), or nobody
passes (a shortage); the second round then elects one of those who are left.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.rehearsal.told_ballot import INVALID, Play

#: Of a hundred voters, so many leave their ballot blank, and so many never use their slip.
BLANK_OF_HUNDRED, NEVER_OF_HUNDRED = 1, 1
#: Voters who do something else than vote, once each in every hall that is large enough.
_DROPPED = (Play.GARBAGE, Play.NEVER, Play.BLANK, Play.OTHER_LIST, Play.TOO_MANY)
#: What people do whose ballot counts all the same.
_STUMBLES = (
    *(Play.DOUBLE_TAP, Play.SENT_AGAIN, Play.TWO_TABLETS, Play.OTHER_BYTES, Play.ANOTHERS_BYTES),
    *(Play.WRONG_LENGTH, Play.OLD_PAGE, Play.UNKNOWN_SLIP, Play.MISTYPED, Play.NEXT_ROUND_SLIP),
    Play.NO_BASE64,
)


@dataclass(frozen=True)
class Ballots:
    """The ballots of one round, one for each voter, in the order in which they come."""

    plays: tuple[Play, ...]
    #: One byte for each candidate; what an invalid ballot holds as well.
    marks: tuple[tuple[int, ...], ...]


def draw(
    *,
    voters: int,
    electors: int,
    candidates: int,
    seats: int,
    is_last: bool,
    dice: random.Random,
) -> Ballots:
    """The wishes of so many voters out of `electors` entitled people in the hall.

    `is_last`: the seats are filled now; otherwise one of them stays empty. Whoever does not vote
    validly is taken from the end, and only as long as more than half of the electors are left.
    """
    kind = "A" if candidates > seats else "B"
    needed = electors // 2 + 1
    plays = _plays(voters, spare=voters - needed - 1, kind=kind, later=is_last, dice=dice)
    valid = [play not in INVALID and play is not Play.NEVER for play in plays]
    wanted = _totals(sum(valid), needed, candidates, seats, is_last=is_last, dice=dice)
    good = _spread(sum(valid), wanted, kind=kind, dice=dice)
    marks = [
        next(good) if counts else _without_effect(play, candidates, kind)
        for play, counts in zip(plays, valid, strict=True)
    ]
    both = list(zip(plays, marks, strict=True))
    dice.shuffle(both)
    return Ballots(tuple(play for play, _ in both), tuple(each for _, each in both))


def _plays(voters: int, *, spare: int, kind: str, later: bool, dice: random.Random) -> list[Play]:
    # A small hall has not voters enough for every stumble; two rounds have.
    order = _STUMBLES[::-1] if later else _STUMBLES
    dropped = [play for play in _DROPPED if kind == "A" or play is not Play.TOO_MANY]
    dropped += [Play.BLANK] * (voters * BLANK_OF_HUNDRED // 100)
    dropped += [Play.NEVER] * (voters * NEVER_OF_HUNDRED // 100)
    dropped = dropped[: max(spare, 0)]
    rest = voters - len(dropped)
    stumbles = list(order) * (1 + rest // 200)
    plays = [*stumbles[:rest], *[Play.PLAIN] * max(rest - len(stumbles), 0), *dropped]
    dice.shuffle(plays)
    return plays


def _totals(
    valid: int, needed: int, candidates: int, seats: int, *, is_last: bool, dice: random.Random
) -> list[int]:
    """Votes for each candidate; nobody gets more than there are valid ballots."""
    most = min(seats, candidates)
    room = valid * (most if candidates > seats else candidates)
    safe = seats if is_last else seats - 1
    wanted = []
    tie = 4 * needed + 2 <= room and dice.random() < 0.5
    if not is_last and candidates > seats and tie:
        level = dice.randint(needed, (room - 2) // (seats + 1))
        wanted = [level, level]
        room -= 2 * level
    for left in range(safe, 0, -1):
        least = max([needed, *(wanted[:1] and [wanted[0] + 1])])
        wanted.append(dice.randint(least, max(least, min(valid, room - (left - 1) * least))))
        room -= wanted[-1]
    for left in range(candidates - len(wanted), 0, -1):
        most = max(0, min(needed - 1, room))
        # With one seat whoever does not choose one chooses another: nothing is left over.
        takes_the_rest = seats == 1 and candidates > seats and left == 1
        wanted.append(most if takes_the_rest else dice.randint(0, most))
        room -= wanted[-1]
    dice.shuffle(wanted)
    return wanted


def _spread(
    valid: int, wanted: list[int], *, kind: str, dice: random.Random
) -> Iterator[tuple[int, ...]]:
    """Valid ballots with these totals: each candidate's votes lie side by side on a ring of all
    ballots, where the one before has ended; so no ballot gets more than its share."""
    order = list(range(valid))
    dice.shuffle(order)
    ballots = [[0] * len(wanted) for _ in range(valid)]
    at = 0
    for place, votes in enumerate(wanted):
        for step in range(votes):
            ballots[order[(at + step) % valid]][place] = 1
        at += votes
    for ballot in ballots:
        if kind == "B":
            ballot[:] = [mark or 2 for mark in ballot]
            # Some leave one line unmarked; the ballot stays valid (domain 2.1).
            if ballot.count(2) > 1 and dice.random() < 0.2:
                ballot[ballot.index(2)] = 0
        yield tuple(ballot)


def _without_effect(play: Play, candidates: int, kind: str) -> tuple[int, ...]:
    if play in {Play.BLANK, Play.GARBAGE}:
        return (0,) * candidates
    if play is Play.TOO_MANY:
        return (1,) * candidates
    # A never used slip, a ballot for another list: it must be missed if it were counted.
    return (1, *(0 if kind == "A" else 2 for _ in range(candidates - 1)))
