"""The second count: an export of a round opened and counted again, by other code (design 5.6).

Written from R13 and domain.md 2.4 and from the format in `docs/ballot-export.md`, apart from
`kiosk.ballot`, of which nothing is imported: a fault in one of the two shows as a difference. It
takes and gives plain JSON values. `check` says, claim by claim, what of an export is true.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kiosk.core.errors import Refused
from kiosk.core.names import sort_key

FORMAT = "kiosk-ballot-export/1"

_HALF = Fraction(1, 2)
#: Bytes of a fingerprint and of a public key; the ones that a sealed ballot begins with.
_HASH = 32
_KEY = 32


# -- who is elected (R13) -------------------------------------------------------------------------


def elect(said: Mapping[str, Any]) -> dict[str, Any]:
    """The output of `kiosk ballot decide` for its input, computed level by level.

    A level is everybody with the same number of votes. Levels take seats from the top while there
    is room; the one for which there is room for some but not for all is a tie.
    """
    seats = said["seats"]
    whole = said["counts"][said["base"]]
    key = "votes" if said["type"] == "A" else "yes"
    people = {one["name"]: one for one in said["candidates"]}
    levels: dict[int, list[str]] = {}
    for name, one in people.items():
        levels.setdefault(one[key], []).append(name)

    reasons: dict[str, str] = {}
    for votes in sorted(levels, reverse=True):
        here = levels[votes]
        room = seats - sum(reason in {"elected", "tied_last_seat"} for reason in reasons.values())
        if not _more_than_half(votes, whole):
            reasons.update(dict.fromkeys(here, "below_threshold"))
        elif len(here) <= room:
            reasons.update(dict.fromkeys(here, "elected"))
        elif room <= 0:
            reasons.update(dict.fromkeys(here, "outranked"))
        else:
            dates = {name: people[name]["born"] for name in here}
            older = said["tie"] == "older" and None not in dates.values()
            for name in here:
                reasons[name] = _by_age(name, dates, room) if older else "tied_last_seat"

    def listed(*wanted: str) -> list[str]:
        found = [name for name in people if reasons[name] in wanted]
        return sorted(found, key=lambda name: (-people[name][key], _place(people[name]), name))

    elected, tied = listed("elected"), listed("tied_last_seat")
    left = seats - len(elected)
    again = tied or (listed("below_threshold", "outranked") if left else [])
    return {
        "threshold": next(n for n in range(whole + 2) if _more_than_half(n, whole)),
        "elected": elected,
        "tied": tied,
        "open_seats": left,
        "second_round": {"candidates": again, "seats": left} if again else None,
        "reasons": reasons,
    }


def _more_than_half(votes: int, whole: int) -> bool:
    """Of nobody, one is more than half."""
    return votes > 0 if whole == 0 else Fraction(votes, whole) > _HALF


def _by_age(name: str, dates: Mapping[str, str], room: int) -> str:
    """What the birth dates ("YYYY-MM-DD") of a level say about one of them."""
    others = [born for other, born in dates.items() if other != name]
    if sum(born <= dates[name] for born in others) < room:
        return "elected"  # even if everybody of the same age went first
    if sum(born < dates[name] for born in others) >= room:
        return "outranked"
    return "tied_last_seat"


def _place(one: Mapping[str, Any]) -> str:
    return one.get("order") or sort_key(one["name"])


# -- what was voted -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Read:
    """One sealed ballot as this code reads it: the marks in hex, or why it does not count."""

    marks: str
    reason: str


def fingerprint(ballot: Mapping[str, Any], public_key: str) -> str:
    """SHA-256 of the key and, on a second line, of the list that it seals for; hex."""
    names = [
        "kiosk-ballot/1",
        *(ballot[field] for field in ("conference", "round", "kind", "seats", "style")),
        ballot["candidates"],
    ]
    line = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{public_key}\n{line}".encode()).hexdigest()


def set_fingerprint(sealed: Sequence[str]) -> str:
    """SHA-256 of the sorted hex lines; hex."""
    return hashlib.sha256("".join(f"{line}\n" for line in sorted(sealed)).encode()).hexdigest()


def read_ballot(sealed: bytes, *, secret: Any, mark: str, ballot: Mapping[str, Any]) -> Read:
    """One sealed ballot, opened with `secret` (a `nacl.public.PrivateKey`) and judged."""
    opened = _unsealed(sealed, secret)
    if opened is None:
        return Read("", "unreadable")
    marks, carried = opened[:-_HASH], opened[-_HASH:]
    known = {0, 1} if ballot["kind"] == "A" else {0, 1, 2}
    chosen = len(marks) - marks.count(0)
    reason, kept = "", marks.hex()
    if len(opened) != len(ballot["candidates"]) + _HASH:
        reason, kept = "malformed", ""
    elif carried.hex() != mark:
        reason, kept = "other_ballot", ""
    elif not set(marks) <= known:
        reason, kept = "malformed", ""
    elif chosen == 0:
        reason = "blank"
    elif ballot["kind"] == "A" and chosen > ballot["seats"]:
        reason = "too_many"
    return Read(kept, reason)


def _unsealed(sealed: bytes, secret: Any) -> bytes | None:
    """libsodium's sealed box by its description: a public key made for this one message, then a
    box whose nonce is the BLAKE2b hash of that key and ours.
    """
    from nacl.exceptions import CryptoError
    from nacl.public import Box, PublicKey

    theirs, box = sealed[:_KEY], sealed[_KEY:]
    nonce = hashlib.blake2b(theirs + secret.public_key.encode(), digest_size=24).digest()
    try:
        return bytes(Box(secret, PublicKey(theirs)).decrypt(box, nonce))
    except (CryptoError, ValueError):
        return None


# -- an export, claim by claim --------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """What was found; `claims` in the order in which they were looked at."""

    claims: Mapping[str, bool]
    valid: int
    invalid: Mapping[str, int]
    #: By name, in the order of the ballot: [votes] for kind A, [yes, no, not counted] for kind B.
    votes: Mapping[str, list[int]]
    outcome: Mapping[str, Any]
    fingerprint: str
    sealed_fingerprint: str

    @property
    def holds(self) -> bool:
        return all(self.claims.values())

    def as_json(self) -> dict[str, Any]:
        return {
            "holds": self.holds,
            "claims": dict(self.claims),
            "fingerprint": self.fingerprint,
            "sealed_fingerprint": self.sealed_fingerprint,
            "valid": self.valid,
            "invalid": dict(self.invalid),
            "votes": dict(self.votes),
            "outcome": dict(self.outcome),
        }


def check(data: bytes, *, written: Mapping[str, str] | None = None) -> Checked:
    """Open and count the sealed set of an export again and compare with what the export claims.

    `written` holds what the tellers have on paper, in hex, by `fingerprint` and
    `sealed_fingerprint`; without it the export is only compared with itself.

    Raises:
        Refused: `recount_file_wrong` for a file that is no export.
    """
    try:
        said = json.loads(data.decode("utf-8-sig"))
        if said["format"] != FORMAT:
            raise KeyError("format")
        return _checked(said, {name: _plain(text) for name, text in (written or {}).items()})
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as broken:
        raise Refused("recount_file_wrong") from broken


def _plain(text: str) -> str:
    return "".join(text.split()).lower()


def _checked(said: Mapping[str, Any], written: Mapping[str, str]) -> Checked:
    from nacl.public import PrivateKey

    ballot, sealed = said["ballot"], said["sealed"]
    secret = PrivateKey(bytes.fromhex(said["secret"]))
    mark, set_mark = fingerprint(ballot, said["public_key"]), set_fingerprint(sealed)
    read = [
        read_ballot(bytes.fromhex(line), secret=secret, mark=mark, ballot=ballot) for line in sealed
    ]
    good = [bytes.fromhex(one.marks) for one in read if not one.reason]
    reasons = [one.reason for one in read if one.reason]
    invalid = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    columns = [[marks[place] for marks in good] for place in range(len(ballot["candidates"]))]
    counts = {
        **said["counts"],
        "collected": len(sealed),
        "valid": len(good),
        "invalid": len(reasons),
    }
    people, votes = _added_up(said, columns)
    outcome = elect(
        {
            "type": ballot["kind"],
            "seats": ballot["seats"],
            "base": said["base"],
            "tie": said["tie"],
            "counts": counts,
            "candidates": people,
        }
    )
    result = said["result"]
    claims = {
        "secret_belongs_to_key": secret.public_key.encode().hex() == said["public_key"],
        "fingerprint": mark == said["fingerprint"],
        "sealed_fingerprint": set_mark == said["sealed_fingerprint"],
        "no_ballot_twice": len(set(sealed)) == len(sealed),
        "issued_at_most_present": 0 <= counts["issued"] <= counts["present"],
        "collected_at_most_issued": len(sealed) <= counts["issued"],
        "opened_ballots": sorted([one.marks, one.reason] for one in read) == said["opened"],
        "valid_and_invalid": [len(good), invalid] == [result["valid"], result["invalid"]],
        "votes": votes == result["votes"],
        "outcome": outcome == result["outcome"],
    }
    for name, found in (("fingerprint", mark), ("sealed_fingerprint", set_mark)):
        if name in written:
            claims[f"{name}_on_paper"] = found == written[name]
    return Checked(
        claims=claims,
        valid=len(good),
        invalid=invalid,
        votes=votes,
        outcome=outcome,
        fingerprint=mark,
        sealed_fingerprint=set_mark,
    )


def _added_up(
    said: Mapping[str, Any], columns: list[list[int]]
) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """Candidates as `elect` takes them, and their votes by name."""
    people = []
    votes = {}
    for place, (name, column) in enumerate(zip(said["ballot"]["candidates"], columns, strict=True)):
        yes, no = column.count(1), column.count(2)
        one: dict[str, Any] = {"name": name, "born": said["born"][place]}
        if said.get("order"):
            one["order"] = said["order"][place]
        if said["ballot"]["kind"] == "A":
            votes[name] = [yes]
            one["votes"] = yes
        else:
            votes[name] = [yes, no, len(column) - yes - no]
            one |= {"yes": yes, "no": no}
        people.append(one)
    return people, votes
