"""The election: every ballot counted once and as it was meant, whatever happened to its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from kiosk.closing import recount
from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.stored_ballot import StoredRound
from kiosk.rehearsal.told import Day
from kiosk.rehearsal.told_ballot import INVALID, REFUSALS, Play, RoundTold, Sent, When

#: Voters from which on every play finds somebody in one round or the other.
MANY = 40
#: Words of D6 and the counts that they stand for.
_REPORTED = {
    "Phát ra": "issued",
    "Thu về": "collected",
    "Hợp lệ": "valid",
    "Không hợp lệ": "invalid",
    "Có quyền bầu, có mặt khi bỏ phiếu": "present",
}


def both(day: Day) -> Iterator[tuple[RoundTold, StoredRound]]:
    """Each round as it was told and as it is stored."""
    stored = {each.number: each for each in day.stored.rounds}
    for told in day.rounds:
        if told.number in stored:
            yield told, stored[told.number]


@invariant
def two_rounds_were_held(day: Day) -> Findings:
    """The first round leaves a seat open, the second fills it among those who may stand again; both
    are declared, and nothing else runs (R13, 2.2)."""
    findings = [
        f"round {each.number} is {each.state}"
        for each in day.stored.rounds
        if each.state != "declared"
    ]
    numbers = [each.number for each in day.rounds]
    if numbers != [1, 2] or [each.number for each in day.stored.rounds] != numbers:
        return [*findings, f"rounds {numbers} were walked"]
    first, second = day.rounds
    outcome = _outcome(first)
    again = outcome["second_round"]
    if again is None or again["seats"] != second.seats:
        findings.append(f"round 2 for {second.seats} seats, after {again}")
    elif set(again["candidates"]) != set(second.candidates):
        findings.append(f"round 2 among {second.candidates}, after {again}")
    kind = "tie" if outcome["tied"] else "shortage"
    if day.stored.rounds[1].kind != kind:
        findings.append(f"round 2 is stored as {day.stored.rounds[1].kind}, it was a {kind}")
    if _outcome(second)["open_seats"]:
        findings.append("a seat is empty after the second round")
    return findings


@invariant
def acknowledged_is_counted_once(day: Day) -> Findings:
    """Whoever was told that the ballot lies in the box: it is in the sealed set, once, under one
    slip, and it was opened as it was marked; nothing else is there (5.3, 5.5)."""
    findings = []
    for told, stored in both(day):
        taken = set(told.taken)
        lost, extra = taken - set(stored.sealed), set(stored.sealed) - taken
        if lost:
            findings.append(f"round {told.number}: {len(lost)} acknowledged ballots are gone")
        if extra:
            findings.append(f"round {told.number}: {len(extra)} ballots that nobody was told of")
        if len(set(stored.sealed)) != len(stored.sealed):
            findings.append(f"round {told.number}: a ballot lies there twice")
        slips = Counter(slip for slip, _ in {(each.slip, each.sealed) for each in _taken(told)})
        findings += [
            f"round {told.number}: one slip brought {many} ballots"
            for many in slips.values()
            if many > 1
        ]
        if sorted(stored.opened) != told.expected:
            findings.append(f"round {told.number}: the opened ballots are not those that were cast")
        if len(stored.opened) != len(stored.sealed):
            findings.append(f"round {told.number}: {len(stored.opened)} opened ballots")
    return findings if day.rounds else ["nobody voted"]


@invariant
def every_voter_was_heard(day: Day) -> Findings:
    """Everybody who drew a slip and voted was told in the end that the ballot lies in the box."""
    findings = []
    for told in day.rounds:
        voted = {each.voter for each in _taken(told)}
        silent = [
            choice.play
            for place, choice in enumerate(told.choices)
            if choice.play is not Play.NEVER and place not in voted
        ]
        findings += [f"round {told.number}: {each} was never taken" for each in silent]
    return findings


@invariant
def nothing_refused_is_counted(day: Day) -> Findings:
    """What was refused is refused for its own reason, is in no sealed set, and may be tried until
    it is right (issue 5)."""
    findings = []
    for told, stored in both(day):
        inside, taken = set(stored.sealed), set(told.taken)
        refused = [each for each in told.sent if not each.is_taken]
        findings += [
            f"round {told.number}: {each.play} was refused and counted"
            for each in refused
            if each.sealed in inside and each.sealed not in taken
        ]
        findings += [
            f"round {told.number}: {each.play} heard «{each.refusal or each.status}»"
            for each in refused
            if each.refusal != _due(each)
        ]
    played = Counter(each.play for told in day.rounds for each in told.sent if not each.is_taken)
    if sum(len(told.choices) for told in day.rounds) >= MANY:
        findings += [f"no {play} was refused" for play in REFUSALS if not played[play]]
        cast = {choice.play for told in day.rounds for choice in told.choices}
        findings += [f"no {play} was cast" for play in (*INVALID, Play.NEVER) if play not in cast]
    return findings


@invariant
def lost_answers_are_told_truly(day: Day) -> Findings:
    """The same bytes again hear what the first ones heard: after a double tap, a lost answer, a
    kill, the closing and the opening (5.3)."""
    again: Counter[When] = Counter()
    findings = []
    for told in day.rounds:
        for each in told.sent:
            if each.play in {Play.SENT_AGAIN, Play.DOUBLE_TAP}:
                again[each.when] += 1
                if not each.is_taken:
                    findings.append(
                        f"round {told.number}: {each.play}, {each.when}, heard"
                        f" «{each.refusal or each.status}»"
                    )
    findings += [
        f"nobody asked again while it was {when}"
        for when in (When.VOTING, When.KILLED, When.CLOSED, When.OPENED)
        if not again[when]
    ]
    if [told.number for told in day.rounds if told.killed] != [1]:
        findings.append("the plug was not pulled in the first round")
    return findings


@invariant
def slips_and_ballots_add_up(day: Day) -> Findings:
    """2.4: issued ≤ electors present; collected ≤ issued; valid + invalid = collected; slips left +
    issued = printed; ballots ≤ slips in the clear box. The hall's own count says the same."""
    findings = []
    for told, stored in both(day):
        counts = stored.counts
        sums = {
            "issued ≤ present": counts["issued"] <= counts["present"],
            "collected ≤ issued": counts["collected"] <= counts["issued"],
            "valid + invalid = collected": counts["valid"] + counts["invalid"]
            == counts["collected"],
            "left + issued = printed": (stored.slips_left or 0) + counts["issued"]
            == stored.slips_printed
            == told.printed,
            "ballots ≤ slips in the box": counts["collected"] <= (stored.slips_in_box or 0),
            "issued as slips were drawn": counts["issued"] == len(stored.drew) == len(told.choices),
            "present as people were there": counts["present"] == stored.present == told.electors,
            "collected as people voted": counts["collected"] == len(told.taken) == stored.cast,
            "only electors drew": stored.drew <= stored.roll,
        }
        findings += [
            f"round {told.number}: not {what}" for what, holds in sums.items() if not holds
        ]
        reported = {word: str(counts[name]) for word, name in _REPORTED.items()}
        findings += [
            f"round {told.number}: D6 says {told.report.get(word)} for {word}, {number} are stored"
            for word, number in reported.items()
            if told.report.get(word) != number
        ]
    return findings


@invariant
def outcome_is_what_people_chose(day: Day) -> Findings:
    """Votes, threshold and elected are those of an independent count of what each voter remembers
    (5.6, 5.8); `kiosk ballot verify` says the same of the export, against the tellers' paper."""
    findings = []
    for told, stored in both(day):
        votes = [_votes(told, place) for place in range(len(told.candidates))]
        if stored.votes["votes"] != votes:
            findings.append(f"round {told.number}: votes {stored.votes['votes']}, chosen {votes}")
        elected = tuple(_outcome(told)["elected"])
        if told.elected != elected:
            findings.append(f"round {told.number}: D6 elects {told.elected}, the voters {elected}")
        lines = [
            row
            for row in day.stored.lines("ballot:result:declared")
            if row.facts.get("round") == told.number
        ]
        names = dict(zip(stored.candidates, told.candidates, strict=True))
        declared = [tuple(names.get(each, "?") for each in row.facts["elected"]) for row in lines]
        if declared != [elected]:
            findings.append(f"round {told.number}: the book declares {declared}")
        false = [claim for claim, holds in told.verified.items() if not holds]
        findings += [f"round {told.number}: verify says that {each} is false" for each in false]
        if not {"outcome", "fingerprint_on_paper", "exit_code"} <= set(told.verified):
            findings.append(f"round {told.number}: verify did not recount the export")
    return findings


@invariant
def slips_go_to_electors_alone(day: Day) -> Findings:
    """One slip for each entitled person in the hall: not for who is absent, a guest, no elector, an
    old badge, nor twice; who scanned by mistake may draw (R10)."""
    findings = []
    heard: Counter[str] = Counter()
    for told, stored in both(day):
        heard.update(each.outcome for each in told.scans)
        findings += [
            f"round {told.number}: «{each.outcome}» instead of «{each.expected}»"
            for each in told.scans
            if each.outcome != each.expected
        ]
        drew = {
            each.delegate_id for each in told.scans if each.outcome == "issued" and not each.undone
        }
        if drew != set(stored.drew):
            findings.append(f"round {told.number}: {len(drew ^ set(stored.drew))} drew otherwise")
    wanted = {"issued", "already", "not_entitled", "unknown", "unreadable", "closed"}
    return findings + [f"nobody was «{each}»" for each in sorted(wanted - set(heard))]


@invariant
def codes_open_only_together(day: Day) -> Findings:
    """k of n codes open the box; too few, or a wrong group, do not, and wrong ones cost time; one
    wrong code beside k right ones is named (5.2, 5.5)."""
    findings = []
    for told in day.rounds:
        for each in told.typed:
            opens = each.right >= 2 and each.refusal not in {"ballot_codes_wait"}
            if opens == bool(each.refusal):
                findings.append(
                    f"round {told.number}: {each.right} right and {each.wrong} wrong codes:"
                    f" «{each.refusal}»"
                )
    heard = {each.refusal for told in day.rounds for each in told.typed}
    for code in ("ballot_codes_too_few", "ballot_codes_fit_no_group", "ballot_codes_wait", ""):
        if code not in heard:
            findings.append(f"no group of codes heard «{code}»")
    unfit = [row.facts.get("unfit") for row in day.stored.lines("ballot:box:opened")]
    if not any(unfit):
        findings.append("no wrong code was named")
    return findings


@invariant
def election_denies_what_is_too_early(day: Day) -> Findings:
    """Bars and consent (R7), number, list and rule first (R8, R9), the ceremony complete (5.2),
    head and witness to close (R12), the result before the resolution (R16)."""
    findings = [
        f"{each.what}: «{each.refusal}» instead of «{each.expected}»"
        for each in day.denied
        if each.refusal != each.expected
    ]
    tried = {each.expected for each in day.denied}
    wanted = {
        *("ballot_candidate_barred", "ballot_consent_missing", "ballot_list_locked"),
        *("ballot_rule_not_adopted", "ballot_not_compared", "ballot_not_open"),
        *("ballot_not_the_head", "ballot_not_a_witness", "ballot_result_not_declared"),
    }
    return findings + [f"nobody tried {each}" for each in sorted(wanted - tried)]


@invariant
def tablets_follow_the_election(day: Day) -> Findings:
    """Each tablet that follows goes to the fingerprint of the box, and to the ballot, by itself."""
    return [f"tablet {tablet} did not hear of {path}" for tablet, path in day.strayed]


def _taken(told: RoundTold) -> list[Sent]:
    return [each for each in told.sent if each.is_taken]


def _due(sent: Sent) -> str:
    """The code that this refusal had to say."""
    if sent.play is Play.NEVER:
        return "ballot_not_open" if sent.when is When.OPENED else "ballot_box_shut"
    return REFUSALS.get(sent.play, "")


def _votes(told: RoundTold, place: int) -> int:
    """Votes of one candidate, by the voters' memory alone."""
    return sum(marks[place] == 1 for marks, invalid in told.expected if not invalid)


def _outcome(told: RoundTold) -> dict[str, Any]:
    """Who is elected, by `closing.recount` from what the voters remember, of those present."""
    valid = sum(not invalid for _, invalid in told.expected)
    people: list[dict[str, Any]] = []
    for place, name in enumerate(told.candidates):
        yes = _votes(told, place)
        one: dict[str, Any] = {"name": name, "born": None}
        if told.type == "A":
            one["votes"] = yes
        else:
            no = sum(marks[place] == 2 for marks, invalid in told.expected if not invalid)
            one |= {"yes": yes, "no": no}
        people.append(one)
    return recount.elect(
        {
            "type": told.type,
            "seats": told.seats,
            "base": "present",
            "tie": "second_round",
            "counts": {
                "summoned": told.electors,
                "present": told.electors,
                "issued": len(told.choices),
                "collected": len(told.expected),
                "valid": valid,
                "invalid": len(told.expected) - valid,
            },
            "candidates": people,
        }
    )
