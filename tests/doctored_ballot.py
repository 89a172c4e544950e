"""What may be wrong with the election of the rehearsed day, and which invariant has to say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doctoring import Doctor, day, noted, row, stored
from rehearsed_ballot import HOLDERS, ROUNDS, STORED_ROUNDS, TOLD, mark, sealed
from rehearsed_day import BOOK, GOOD

from kiosk.rehearsal.stored import BookRow
from kiosk.rehearsal.stored_ballot import Holder
from kiosk.rehearsal.told import Day
from kiosk.rehearsal.told_ballot import Denied, Play, Sent, Turnout, Typed, When

FIRST, SECOND = ROUNDS


def told(number: int, **changes: Any) -> Doctor:
    """The day in which people of one round were told something else."""
    return noted("rounds", number - 1, **changes)


def kept(number: int, **changes: Any) -> Doctor:
    """The day in which one round is stored otherwise."""
    return row("rounds", number - 1, **changes)


def count(number: int, **changes: int) -> Doctor:
    return kept(number, counts={**STORED_ROUNDS[number - 1].counts, **changes})


def sent(wanted: Callable[[Sent], bool], **changes: Any) -> Doctor:
    """The day in which the ballots that fit were answered otherwise, in both rounds."""
    return day(
        rounds=tuple(
            replace(
                each,
                sent=tuple(replace(one, **changes) if wanted(one) else one for one in each.sent),
            )
            for each in ROUNDS
        )
    )


def asked_again(when: When) -> Callable[[Sent], bool]:
    return lambda one: one.play is Play.SENT_AGAIN and one.when is when


def found(when: When, *, what: str = "slip: server.log", **changes: Any) -> Doctor:
    """The day in which a search found something."""
    place = next(at for at, each in enumerate(TOLD["searched"]) if each.when is when)
    return noted("searched", place, **({"found": (what,)} | changes))


def without_search(when: When) -> Doctor:
    return day(searched=tuple(each for each in TOLD["searched"] if each.when is not when))


def book(event: str, **facts: Any) -> Doctor:
    """The day in which one kind of line says something else."""
    return stored(
        book=tuple(
            replace(line, facts={**line.facts, **facts}) if line.event == event else line
            for line in BOOK
        )
    )


def _after(event: str, line: BookRow) -> Doctor:
    """The day with one line more, right after the first one of that event."""
    at = next(place for place, each in enumerate(BOOK) if each.event == event) + 1
    later = (replace(each, seq=each.seq + 1) for each in BOOK[at:])
    return stored(book=(*BOOK[:at], replace(line, seq=BOOK[at - 1].seq + 1), *later))


def _copied(**changes: Any) -> Callable[[Day], Day]:
    def doctor(good: Day) -> Day:
        assert good.copied
        inside = replace(good.copied.stored, **changes)
        return replace(good, copied=replace(good.copied, stored=inside))

    return doctor


_CAST = BookRow(0, "ballot:ballot:cast", "device:4", {"round": 1}, "0" * 64)
_SEALED, _OPENED = STORED_ROUNDS[0].sealed, STORED_ROUNDS[0].opened

DOCTORED_BALLOT: list[tuple[str, str, Doctor]] = [
    ("two_rounds_were_held", "one round alone", day(rounds=ROUNDS[:1])),
    ("two_rounds_were_held", "never declared", kept(2, state="counted")),
    ("two_rounds_were_held", "another kind", kept(2, kind="tie")),
    ("two_rounds_were_held", "others stand again", told(2, candidates=("An", "Chi"))),
    ("two_rounds_were_held", "too many seats", told(2, seats=2)),
    ("acknowledged_is_counted_once", "a ballot is gone", kept(1, sealed=_SEALED[1:])),
    ("acknowledged_is_counted_once", "one too many", kept(1, sealed=(*_SEALED, b"more"))),
    ("acknowledged_is_counted_once", "one twice", kept(1, sealed=(*_SEALED, _SEALED[0]))),
    ("acknowledged_is_counted_once", "opened otherwise", kept(1, opened=_OPENED[::-1][:-1])),
    (
        "acknowledged_is_counted_once",
        "another choice",
        kept(1, opened=((*_OPENED[:-1], ((0, 0, 1, 1), "")))),
    ),
    (
        "acknowledged_is_counted_once",
        "one slip, two ballots",
        sent(lambda one: one.play is Play.OTHER_BYTES, status=204, refusal=""),
    ),
    ("acknowledged_is_counted_once", "nobody voted", day(rounds=())),
    (
        "every_voter_was_heard",
        "one never was",
        sent(lambda one: one.play is Play.OLD_PAGE, status=409, refusal="ballot_page_old"),
    ),
    (
        "nothing_refused_is_counted",
        "counted all the same",
        kept(1, sealed=(*_SEALED, b"other" + sealed(1, 4))),
    ),
    (
        "nothing_refused_is_counted",
        "for another reason",
        sent(lambda one: one.refusal == "ballot_page_old", refusal="ballot_not_open"),
    ),
    (
        "nothing_refused_is_counted",
        "not answered",
        sent(lambda one: one.play is Play.NEVER, status=0, refusal=""),
    ),
    ("nothing_refused_is_counted", "never tried", told(1, choices=FIRST.choices * 5)),
    *(
        (
            "lost_answers_are_told_truly",
            f"lost when {when}",
            sent(asked_again(when), status=409, refusal="ballot_slip_used"),
        )
        for when in (When.KILLED, When.CLOSED, When.OPENED)
    ),
    (
        "lost_answers_are_told_truly",
        "the second tap",
        sent(lambda one: one.play is Play.DOUBLE_TAP, status=409, refusal="ballot_slip_used"),
    ),
    (
        "lost_answers_are_told_truly",
        "nobody asked again",
        sent(asked_again(When.CLOSED), when=When.VOTING),
    ),
    ("lost_answers_are_told_truly", "no power cut", told(1, killed=False)),
    *(
        ("slips_and_ballots_add_up", story, doctor)
        for story, doctor in (
            ("more issued than present", count(1, present=7)),
            ("more collected than issued", count(1, collected=9)),
            ("valid and invalid", count(1, valid=7)),
            ("a slip is missing", kept(1, slips_left=1)),
            ("more ballots than slips", kept(1, slips_in_box=6)),
            ("somebody drew unseen", kept(1, drew=STORED_ROUNDS[0].drew | {9})),
            ("a guest drew", kept(1, roll=STORED_ROUNDS[0].roll - {8})),
            ("another presence", told(1, electors=9)),
            ("the report says otherwise", told(1, report={**FIRST.report, "Thu về": "8"})),
        )
    ),
    ("outcome_is_what_people_chose", "a vote moved", kept(1, votes={"votes": [5, 6, 2, 2]})),
    ("outcome_is_what_people_chose", "the report elects another", told(1, elected=("An",))),
    (
        "outcome_is_what_people_chose",
        "the book declares another",
        book("ballot:result:declared", elected=[3]),
    ),
    (
        "outcome_is_what_people_chose",
        "verify says no",
        told(2, verified={**SECOND.verified, "votes": False}),
    ),
    ("outcome_is_what_people_chose", "never verified", told(2, verified={})),
    (
        "slips_go_to_electors_alone",
        "a slip twice",
        told(1, scans=tuple(replace(each, outcome="issued") for each in FIRST.scans)),
    ),
    (
        "slips_go_to_electors_alone",
        "nobody was sent away",
        day(rounds=tuple(replace(each, scans=each.scans[1:10]) for each in ROUNDS)),
    ),
    (
        "slips_go_to_electors_alone",
        "drawn by another",
        kept(1, drew=frozenset({*range(1, 8), 12})),
    ),
    ("codes_open_only_together", "one is enough", told(2, typed=(Typed(1, 0, ""),))),
    (
        "codes_open_only_together",
        "two are not",
        told(2, typed=(Typed(2, 0, "ballot_codes_fit_no_group"),)),
    ),
    ("codes_open_only_together", "no throttle", told(1, typed=(*FIRST.typed[:4], FIRST.typed[5]))),
    ("codes_open_only_together", "no slot was named", book("ballot:box:opened", unfit=[])),
    (
        "election_denies_what_is_too_early",
        "the head may stand",
        noted("denied", 0, refusal=""),
    ),
    (
        "election_denies_what_is_too_early",
        "nobody tried the resolution",
        day(denied=(*TOLD["denied"][:-1], Denied("other", "busy", "busy"))),
    ),
    ("tablets_follow_the_election", "one stays behind", day(strayed=((4, "/ballot"),))),
    # Secrecy.
    ("locked_ballots_are_nowhere", "in the write-ahead log", found(When.KILLED)),
    ("locked_ballots_are_nowhere", "in a copy", found(When.CLOSED)),
    ("locked_ballots_are_nowhere", "never searched", without_search(When.KILLED)),
    (
        "locked_ballots_are_nowhere",
        "searched for nothing",
        found(When.KILLED, found=(), ballots=0),
    ),
    ("locked_ballots_are_nowhere", "no copy", found(When.CLOSED, found=(), copies=0)),
    ("nothing_joins_a_ballot_with_a_person", "a slip in the log", found(When.OPENED)),
    ("nothing_joins_a_ballot_with_a_person", "a code in the end", found(When.COPIED)),
    ("nothing_joins_a_ballot_with_a_person", "never searched", without_search(When.OPENED)),
    (
        "nothing_joins_a_ballot_with_a_person",
        "a moment beside it",
        stored(holders=(Holder("sealed_ballot", ("round_id", "sealed", "at")),)),
    ),
    (
        "nothing_joins_a_ballot_with_a_person",
        "another table",
        stored(holders=(*HOLDERS, Holder("slip_mark", ("delegate_id", "sealed")))),
    ),
    (
        "nothing_joins_a_ballot_with_a_person",
        "in the copy",
        _copied(holders=(Holder("slip", ("hash", "sealed")),)),
    ),
    ("nothing_joins_a_ballot_with_a_person", "no sealed set", stored(holders=())),
    (
        "nothing_joins_a_ballot_with_a_person",
        "an opened ballot knows more",
        stored(opened_columns=("round_id", "place", "marks", "invalid", "device_id")),
    ),
    ("nothing_joins_a_ballot_with_a_person", "in order of arrival", kept(1, sealed=_SEALED[::-1])),
    ("nothing_joins_a_ballot_with_a_person", "opened in order", kept(1, opened=_OPENED[::-1])),
    (
        "box_is_in_no_copy",
        "a box in a copy",
        found(When.CLOSED, found=(), boxes_in_copies=("x: round-1.box",)),
    ),
    ("box_is_in_no_copy", "no copy was looked at", without_search(When.COPIED)),
    ("box_goes_when_it_is_opened", "it lies there still", told(1, box_lies=True)),
    ("box_goes_when_it_is_opened", "there was none", told(2, box_lay=False)),
    ("book_knows_no_cast", "a line for a ballot", _after("ballot:voting:opened", _CAST)),
    ("book_knows_no_cast", "an act without a line", told(1, acts={"ballot:teller:came": 4})),
    (
        "book_knows_no_cast",
        "the helper is named",
        book("ballot:helper:recorded", name=FIRST.helpers[0]),
    ),
    ("book_knows_no_cast", "the helper is lost", kept(1, helpers=())),
    (
        "book_knows_no_cast",
        "never closed",
        stored(book=tuple(line for line in BOOK if line.event != "ballot:voting:closed")),
    ),
    (
        "wall_shows_turnout_alone",
        "a result too early",
        told(1, turnouts=(*FIRST.turnouts, Turnout((), tells_result=True))),
    ),
    (
        "wall_shows_turnout_alone",
        "a third figure",
        told(1, turnouts=(Turnout((8, 7, 5), tells_result=False),)),
    ),
    (
        "wall_shows_turnout_alone",
        "more than were cast",
        told(1, turnouts=(Turnout((8, 8), tells_result=False),)),
    ),
    (
        "wall_shows_turnout_alone",
        "back again",
        told(1, turnouts=tuple(Turnout((8, cast), tells_result=False) for cast in (5, 3))),
    ),
    ("wall_shows_turnout_alone", "nothing was shown", told(1, turnouts=())),
    (
        "fingerprints_agree",
        "one tablet shows another",
        told(1, fingerprints=(*FIRST.fingerprints, ("tablet 9, voting", mark(3, "box")))),
    ),
    ("fingerprints_agree", "no tablet was read", told(1, fingerprints=FIRST.fingerprints[::2])),
    ("fingerprints_agree", "the book has another", book("ballot:box:locked", fingerprint="f" * 64)),
    (
        "fingerprints_agree",
        "another sealed set",
        kept(1, set_fingerprint=mark(9, "set")),
    ),
]
assert GOOD.rounds == ROUNDS
