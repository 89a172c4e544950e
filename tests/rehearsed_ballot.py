"""The election of the day in `rehearsed_day`: two rounds of eight voters, written by hand.

An and Bình pass the half, Chi and Dũng do not; in the second round Chi does. One ballot opens with
no key, one is blank, one slip is never used; the plug was pulled while the first round was voted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kiosk.rehearsal.stored_ballot import Holder, StoredRound
from kiosk.rehearsal.told_ballot import (
    INVALID,
    REFUSALS,
    Choice,
    Denied,
    Play,
    RoundTold,
    Scanned,
    Searched,
    Sent,
    Turnout,
    Typed,
    When,
)

ELECTORS = tuple(range(1, 9))
NAMES = {3: "An", 4: "Bình", 5: "Chi", 6: "Dũng"}
#: Slips that the tellers counted, and those of them that lay in the bag in the end.
PRINTED, LEFT = 10, 2

_FIRST = (
    (Play.PLAIN, (1, 1, 0, 0)),
    (Play.DOUBLE_TAP, (1, 1, 1, 0)),
    (Play.SENT_AGAIN, (1, 1, 0, 1)),
    (Play.TWO_TABLETS, (1, 1, 0, 0)),
    (Play.OTHER_BYTES, (1, 1, 1, 0)),
    (Play.OLD_PAGE, (1, 0, 0, 1)),
    (Play.GARBAGE, (0, 0, 0, 0)),
    (Play.NEVER, (1, 0, 0, 0)),
)
_SECOND = (
    (Play.PLAIN, (1, 0)),
    (Play.ANOTHERS_BYTES, (1, 0)),
    (Play.WRONG_LENGTH, (1, 0)),
    (Play.UNKNOWN_SLIP, (1, 0)),
    (Play.MISTYPED, (1, 0)),
    (Play.NEXT_ROUND_SLIP, (0, 1)),
    (Play.NO_BASE64, (0, 1)),
    (Play.BLANK, (0, 0)),
)

CEREMONY = {
    "ballot:round:prepared": 1,
    "ballot:slips:counted": 1,
    "ballot:teller:came": 3,
    "ballot:code:typed_back": 3,
    "ballot:envelope:signed": 3,
    "ballot:witness:came": 2,
    "ballot:box:locked": 1,
    "ballot:fingerprint:compared": 1,
    "ballot:voting:opened": 1,
    "ballot:helper:recorded": 1,
    "ballot:voting:closed": 1,
    "ballot:sums:recorded": 1,
    "ballot:box:opened": 1,
    "ballot:figures:read_out": 2,
    "ballot:result:declared": 1,
    "ballot:complaint:recorded": 1,
    "ballot:result:put_away": 1,
}
_WRONG = "ballot:codes:refused"


def sealed(number: int, voter: int) -> bytes:
    return f"niêm phong {number}/{voter}".encode()


def slip(number: int, voter: int) -> str:
    return f"{number}{voter:09d}"


def mark(number: int, what: str) -> str:
    return f"{what}{number}".encode().hex().ljust(64, "0")


def _sent(number: int, plays: tuple[tuple[Play, tuple[int, ...]], ...]) -> Iterable[Sent]:
    for voter, (play, _) in enumerate(plays):
        own, code = sealed(number, voter), slip(number, voter)
        if play is not Play.NEVER:
            yield Sent(voter, play, When.VOTING, code, own, 204, "", 20.0)
        if play in {Play.DOUBLE_TAP, Play.SENT_AGAIN}:
            yield Sent(voter, play, When.VOTING, code, own, 204, "", 20.0)
        if play in REFUSALS:
            again = sealed(number, 0) if play is Play.ANOTHERS_BYTES else b"other" + own
            yield Sent(voter, play, When.VOTING, code, again, 409, REFUSALS[play], 20.0)
        if play is Play.NEVER:
            for when, refusal in (
                (When.CLOSED, "ballot_box_shut"),
                (When.OPENED, "ballot_not_open"),
            ):
                yield Sent(voter, play, when, code, own, 409, refusal, 20.0)
    for when in (When.KILLED, When.CLOSED, When.OPENED)[0 if number == 1 else 1 :]:
        own, code = sealed(number, 0), slip(number, 0)
        yield Sent(0, Play.SENT_AGAIN, when, code, own, 204, "", 20.0)


def _typed(number: int) -> tuple[Typed, ...]:
    wrong = (Typed(1, 1, "ballot_codes_fit_no_group"),) * 3
    first = (Typed(1, 0, "ballot_codes_too_few"), *wrong, Typed(2, 0, "ballot_codes_wait"))
    return (*first, Typed(2, 1, "")) if number == 1 else (Typed(2, 0, ""),)


def _round(
    number: int,
    seats: int,
    candidates: tuple[int, ...],
    plays: tuple[tuple[Play, tuple[int, ...]], ...],
    elected: tuple[str, ...],
) -> tuple[RoundTold, StoredRound]:
    choices = tuple(
        Choice(play, slip(number, voter), marks, INVALID.get(play, ""))
        for voter, (play, marks) in enumerate(plays)
    )
    box, set_mark = mark(number, "box"), mark(number, "set")
    told = RoundTold(
        number=number,
        seats=seats,
        type="A",
        candidates=tuple(NAMES[each] for each in candidates),
        printed=PRINTED,
        choices=choices,
        sent=tuple(_sent(number, plays)),
        scans=(
            Scanned(2, "closed", "closed"),
            Scanned(1, "issued", "issued", undone=True),
            *(Scanned(each, "issued", "issued") for each in ELECTORS),
            Scanned(1, "already", "already"),
            Scanned(10, "not_entitled", "not_entitled"),
            Scanned(9, "absent", "absent"),
            Scanned(None, "unknown", "unknown"),
            Scanned(None, "unreadable", "unreadable"),
        ),
        electors=len(ELECTORS),
        typed=_typed(number),
        fingerprints=tuple(
            (place, box) for place in ("console, locked", "tablet 4, locked", "report")
        ),
        set_fingerprints=(("console, sealed", set_mark), ("report", set_mark)),
        turnouts=tuple(
            Turnout(figures, tells_result=False) for figures in ((8, 0), (8, 3), (), (8, 7))
        ),
        report={},
        elected=elected,
        verified={"outcome": True, "fingerprint_on_paper": True, "exit_code": True},
        killed=number == 1,
        box_lay=True,
        box_lies=False,
        helpers=("Nguyễn Thị Dìu",),
        cast_seconds=2.0,
        open_seconds=1.0,
        acts={**CEREMONY, _WRONG: 3} if number == 1 else dict(CEREMONY),
    )
    taken = sorted(told.taken)
    valid = sum(not invalid for _, invalid in told.expected)
    counts = {
        "summoned": 9,
        "present": len(ELECTORS),
        "issued": len(choices),
        "collected": len(taken),
        "valid": valid,
        "invalid": len(taken) - valid,
    }
    report = {
        "Phát ra": "issued",
        "Thu về": "collected",
        "Hợp lệ": "valid",
        "Không hợp lệ": "invalid",
        "Có quyền bầu, có mặt khi bỏ phiếu": "present",
    }
    told.report.update({word: str(counts[name]) for word, name in report.items()})
    votes = [
        sum(marks[place] == 1 for marks, invalid in told.expected if not invalid)
        for place in range(len(candidates))
    ]
    return told, StoredRound(
        number=number,
        kind="first" if number == 1 else "shortage",
        state="declared",
        candidates=candidates,
        slips_printed=PRINTED,
        slips_left=LEFT,
        slips_in_box=len(taken),
        roll=frozenset(ELECTORS),
        drew=frozenset(ELECTORS),
        present=len(ELECTORS),
        cast=len(taken),
        fingerprint=box,
        set_fingerprint=set_mark,
        counts=counts,
        votes={"votes": votes, "against": [0] * len(votes)},
        sealed=tuple(taken),
        opened=tuple(told.expected),
        helpers=told.helpers,
    )


_BOTH = (
    _round(1, 3, (3, 4, 5, 6), _FIRST, ("An", "Bình")),
    _round(2, 1, (5, 6), _SECOND, ("Chi",)),
)
ROUNDS = tuple(told for told, _ in _BOTH)
STORED_ROUNDS = tuple(stored for _, stored in _BOTH)
HOLDERS = (Holder("sealed_ballot", ("round_id", "sealed")),)
OPENED_COLUMNS = ("round_id", "place", "marks", "invalid")

_DENIED = (
    *("ballot_candidate_barred", "ballot_consent_missing", "ballot_list_locked"),
    *("ballot_rule_not_adopted", "ballot_not_compared", "ballot_not_open"),
    *("ballot_not_the_head", "ballot_not_a_witness", "ballot_result_not_declared"),
)

TOLD: dict[str, Any] = {
    "rounds": ROUNDS,
    "denied": tuple(Denied(code, code, code) for code in _DENIED),
    "searched": (
        Searched(When.KILLED, 1, 9, 10_000, 0, 7, ()),
        Searched(When.CLOSED, 1, 9, 10_000, 1, 7, ()),
        Searched(When.OPENED, 1, 9, 10_000, 0, 7, ()),
        Searched(When.CLOSED, 2, 9, 10_000, 0, 8, ()),
        Searched(When.OPENED, 2, 9, 10_000, 0, 8, ()),
        Searched(When.COPIED, 0, 20, 20_000, 2, 15, ()),
    ),
    "strayed": (),
}


def lines() -> Iterable[tuple[str, dict[str, Any]]]:
    """What the book has of both rounds."""
    for told, stored in _BOTH:
        number = told.number
        facts: dict[str, dict[str, Any]] = {
            "ballot:box:locked": {"fingerprint": stored.fingerprint},
            "ballot:box:opened": {
                "set_fingerprint": stored.set_fingerprint,
                "unfit": [2] if number == 1 else [],
            },
            "ballot:result:declared": {
                "elected": [who for who, name in NAMES.items() if name in told.elected]
            },
        }
        for event, count in told.acts.items():
            if event == "ballot:voting:opened":
                for delegate in (1, *ELECTORS[:-1]):
                    yield "ballot:slip:issued", {"round": number, "delegate": delegate}
                yield "ballot:slip:not_drawn", {"round": number, "delegate": 1}
            if event == "ballot:voting:closed":
                # A late-comer draws while others vote.
                yield "ballot:slip:issued", {"round": number, "delegate": ELECTORS[-1]}
            for _ in range(count):
                yield event, {"round": number, **facts.get(event, {})}
