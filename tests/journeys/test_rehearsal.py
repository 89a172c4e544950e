"""The rehearsed day: it holds, its invariants can fail, and its server is always stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from doctoring import (
    answer,
    copied,
    copied_stored,
    count,
    day,
    kept,
    noted,
    person,
    row,
    scan,
    stay,
    stored,
    swapped_stays,
    with_another_end,
    without,
    without_lines,
    without_stay,
)
from rehearsed_day import (
    BOOK,
    COPIED,
    COUNTS,
    GOOD,
    LAID,
    MARKS,
    NOTES,
    PLANNED,
    SIGNATURES,
)
from rehearsed_door import (
    KEPT,
    SCANS,
    STAYS,
    at,
)

from kiosk import instance
from kiosk.checkin.rules import Outcome, quorum_needed
from kiosk.config import Settings
from kiosk.core.errors import Refused
from kiosk.founding import make_conference, real_plan
from kiosk.rehearsal.crowd import LEAVERS, REPLACED, crowd_of, reissued_of
from kiosk.rehearsal.day import rehearse
from kiosk.rehearsal.hall import serving
from kiosk.rehearsal.invariants import INVARIANTS, check
from kiosk.rehearsal.stored import Badge, Item, Person, Signature
from kiosk.rehearsal.told import Day, Scene, Shown, Try
from kiosk.rehearsal.wall import events, present_shown

#: A signature that nobody was thanked for.
OTHERS = Signature(3, 1, True, "c" * 64, "4" * 64)

#: Invariant, what is wrong with the day, and how to make it so.
DOCTORED: list[tuple[str, str, Callable[[Day], Day]]] = [
    # Answers.
    ("every_scan_was_answered", "an answer was lost", answer("third", status=0, outcome="")),
    ("every_scan_was_answered", "a gate answered 403", answer("third", status=403)),
    ("no_server_error_was_seen", "one 500", day(statuses={200: 9, 500: 1})),
    ("log_has_no_exception", "a traceback", day(log=("Traceback (most recent call last):",))),
    ("log_has_no_exception", "an error line", day(log=("07:00 ERROR kiosk: COMMIT failed",))),
    ("same_scan_same_outcome", "told otherwise later", scan("sixth", outcome="already")),
    ("same_scan_same_outcome", "told, never stored", stored(scans=SCANS[1:])),
    ("same_scan_same_outcome", "stored twice", stored(scans=(*SCANS, SCANS[0]))),
    ("same_scan_same_outcome", "never played", without(Scene.SENT_AGAIN)),
    ("nothing_acknowledged_is_lost", "an admitted person is gone", stored(stays=STAYS[:-3])),
    ("nothing_acknowledged_is_lost", "undone by nobody", stay(1, undone_at=at(9))),
    ("nothing_acknowledged_is_lost", "told to have left, and in", stay(17, left_at=None)),
    ("nothing_acknowledged_is_lost", "two welcomes, one stay", stored(stays=without_stay(3))),
    ("nobody_is_present_unasked", "nobody was told", answer("third", outcome="unknown")),
    ("nobody_is_present_unasked", "another person's stay", stay(3, delegate_id=9)),
    ("nobody_is_present_unasked", "by hand, by nobody", stay(9, delegate_id=9)),
    ("nobody_is_present_unasked", "from a paper without them", stay(20, delegate_id=9)),
    ("one_open_stay_each", "in twice", stored(stays=(*STAYS, replace(STAYS[0], id=24)))),
    ("two_gates_admit_one", "both welcome", answer("race-b", outcome="admitted")),
    ("two_gates_admit_one", "neither welcomes", answer("race-a", outcome="already")),
    ("two_gates_admit_one", "one did not answer", without(Scene.RACE)),
    ("duplicates_are_named", "a repeat scolded", answer("sixth-lies", outcome="already")),
    ("duplicates_are_named", "a second arrival", answer("sixth-lies", repeated=False)),
    ("duplicates_are_named", "welcomed twice", answer("sixth-walks", outcome="admitted")),
    ("forged_never_enter", "a forged badge enters", answer("forged", outcome="admitted")),
    ("forged_never_enter", "never played", without(Scene.FORGED)),
    ("unreadable_never_enter", "stored as an entry", scan("torn", outcome="admitted")),
    ("revoked_never_enter", "a lost badge enters", answer("old", outcome="already")),
    ("revoked_never_enter", "the new badge does not", answer("new", outcome="unknown")),
    ("undo_takes_back", "the undo did nothing", stay(10, undone_at=None)),
    ("undo_takes_back", "no reason was kept", stay(10, undo_reason="")),
    ("undo_takes_back", "the gate refused it", day(undone=((8, 409),))),
    ("undo_takes_back", "never played", day(undone=())),
    ("closed_doors_refuse", "a late badge enters", answer("too-late", outcome="admitted")),
    ("closed_doors_refuse", "a stay after the end", stay(11, entered_at=at(21))),
    # Ways in and out.
    ("gates_show_their_way", "the page shows the old way", noted("turned", 0, shown="in")),
    ("gates_show_their_way", "not stored", row("devices", 2, direction="in")),
    ("gates_show_their_way", "a scan the wrong way", scan("third-goes", direction="in")),
    ("gates_show_their_way", "never turned back", day(turned=GOOD.turned[:1])),
    ("who_leaves_is_out", "the gate says welcome", answer("third-goes", outcome="admitted")),
    ("who_leaves_is_out", "the stay goes on", stay(3, left_at=None)),
    ("who_leaves_is_out", "left by a way in", stay(3, left_device_id=1)),
    ("who_leaves_is_out", "leaves twice", answer("fourth-lies", repeated=False)),
    ("who_leaves_is_out", "never played", without(Scene.LEAVES)),
    ("who_returns_is_in_again", "as if new", answer("third-returns", outcome="admitted")),
    ("who_returns_is_in_again", "the first stay forgot its end", stay(3, left_at=None)),
    ("who_returns_is_in_again", "no second stay", stored(stays=without_stay(15))),
    ("who_returns_is_in_again", "never played", without(Scene.KEPT_RETURN)),
    ("leaving_is_taken_back", "the stay has ended", stay(5, left_at=at(9.4))),
    ("leaving_is_taken_back", "no reason was kept", row("undos", 1, reason="")),
    ("leaving_is_taken_back", "the gate refused it", day(stayed=((5, 409),))),
    ("leaving_is_taken_back", "never played", day(stayed=())),
    ("way_out_lets_nobody_in", "a stay began there", stay(1, device_id=3)),
    ("way_out_lets_nobody_in", "left without coming", answer("unseen", outcome="left")),
    ("way_out_lets_nobody_in", "for another reason", answer("unseen", detail="ended")),
    # A gate that was cut off.
    ("kept_scans_tell_the_truth", "a second welcome", answer("kept-sent-on", outcome="guest")),
    ("kept_scans_tell_the_truth", "in again after leaving", answer("kept-passes", outcome="guest")),
    ("kept_scans_tell_the_truth", "out, and back meanwhile", scan("kept-seventh", outcome="left")),
    ("kept_scans_tell_the_truth", "refused for no reason", answer("kept-ninth", detail="")),
    ("kept_scans_tell_the_truth", "two arrivals of one", scan("kept-lies", is_repeat=False)),
    ("kept_scans_tell_the_truth", "never played", without(Scene.KEPT_ON_PAPER)),
    ("kept_scans_keep_their_order", "one overtakes", stored(scans=SCANS[::-1])),
    ("kept_scans_keep_their_order", "one is missing", stored(scans=SCANS[:-2])),
    ("kept_scans_keep_their_order", "read in another order", kept("kept", claimed_at=at(17.5))),
    ("kept_scans_keep_their_order", "no gate was cut off", day(kept=())),
    ("claims_stand_beside_the_time", "no claim is stored", scan("kept", claimed_at=None)),
    ("claims_stand_beside_the_time", "the server's way", scan("kept", direction="out")),
    ("claims_stand_beside_the_time", "recorded as claimed", scan("kept", at=at(17.01))),
    ("claims_stand_beside_the_time", "entered as claimed", stay(21, entered_at=at(17.01))),
    ("claims_stand_beside_the_time", "left as claimed", stay(21, left_at=at(17.8))),
    ("claims_stand_beside_the_time", "the stay has no claim", stay(22, claimed_at=None)),
    ("claims_stand_beside_the_time", "a claim at once", scan("third", claimed_at=at(3))),
    (
        "claims_stand_beside_the_time",
        "nobody turned a gate meanwhile",
        day(kept=tuple(replace(each, server_direction=each.direction) for each in KEPT)),
    ),
    # The desk.
    ("desk_finds_people", "not found", noted("sought", 0, found=False)),
    ("desk_finds_people", "nobody looked", day(sought=())),
    ("walk_ins_are_on_the_list", "a guest who votes", person(13, votes=True)),
    ("walk_ins_are_on_the_list", "raises the quorum", person(22, counts_for_quorum=True)),
    ("walk_ins_are_on_the_list", "a number twice", person(13, number=1)),
    ("walk_ins_are_on_the_list", "no badge", stored(badges=GOOD.stored.badges[:-1])),
    ("walk_ins_are_on_the_list", "led in, not recorded", stored(stays=without_stay(12))),
    ("walk_ins_are_on_the_list", "on no list", row("people", 12, id=99)),
    ("walk_ins_are_on_the_list", "the badge is unknown", answer("fourteenth", outcome="unknown")),
    ("walk_ins_are_on_the_list", "no delegate was added", day(added=GOOD.added[:-1])),
    ("substitutes_take_the_place", "both may enter", answer("ninth", outcome="admitted")),
    ("substitutes_take_the_place", "stays outside", answer("twelfth", outcome="unknown")),
    ("substitutes_take_the_place", "no link", row("substitutions", 0, in_force=False)),
    ("substitutes_take_the_place", "elects the board", person(12, elects=True)),
    ("substitutes_take_the_place", "both count", person(9, counts_for_quorum=True)),
    ("substitutes_take_the_place", "has been inside", stay(1, delegate_id=9)),
    ("substitutes_take_the_place", "not down as absent", row("absences", 2, reason="Ốm")),
    ("substitutes_take_the_place", "never played", day(seated=())),
    ("absences_keep_their_reason", "another reason", row("absences", 0, reason="Bận")),
    ("absences_keep_their_reason", "without one", row("absences", 0, kind="without_reason")),
    ("absences_keep_their_reason", "still in force", row("absences", 1, in_force=True)),
    ("absences_keep_their_reason", "a row is gone", stored(absences=GOOD.stored.absences[1:])),
    ("absences_keep_their_reason", "no words", row("absences", 2, reason="")),
    ("absences_keep_their_reason", "nobody called", day(reported=())),
    ("paper_is_taken_over_once", "the preview stored", noted("papers", 0, stored=0)),
    ("paper_is_taken_over_once", "twice", noted("papers", 0, stored_again=1)),
    ("paper_is_taken_over_once", "the paper's time is recorded", stay(20, entered_at=at(17))),
    ("paper_is_taken_over_once", "no claim", stay(20, claimed_at=None)),
    ("paper_is_taken_over_once", "one who was in", stay(20, delegate_id=17)),
    ("paper_is_taken_over_once", "a ticked one is missing", stored(stays=without_stay(20))),
    ("paper_is_taken_over_once", "never played", day(papers=())),
    ("printed_list_tells_who_is_in", "in, and a box", noted("printed", 0, awaited=True)),
    ("printed_list_tells_who_is_in", "in, and not said", noted("printed", 0, state="")),
    ("printed_list_tells_who_is_in", "the replaced may come", noted("printed", 8, awaited=True)),
    ("printed_list_tells_who_is_in", "a line is missing", day(printed=GOOD.printed[1:])),
    ("printed_list_tells_who_is_in", "no list", day(printed=())),
    ("everyone_keeps_to_their_part", "the desk opens", noted("not_theirs", 0, status=204)),
    ("everyone_keeps_to_their_part", "never tried", day(not_theirs=())),
    # Presence.
    ("guests_count_for_nothing", "a guest as a delegate", answer("guest-a", outcome="admitted")),
    ("guests_count_for_nothing", "a guest who votes", person(11, votes=True)),
    ("guests_count_for_nothing", "a guest is missing", stay(7, left_at=at(9))),
    ("one_figure_everywhere", "the wall is behind", day(shown=(Shown(at(11), "stream", 7),))),
    ("one_figure_everywhere", "a page shows none", day(shown=(Shown(at(4), "console", None),))),
    ("opened_only_with_quorum", "opened with five", stored(opened_at=at(5))),
    ("opened_only_with_quorum", "refused with seven", day(openings=(Try("open", at(7), 409),))),
    ("opened_only_with_quorum", "never tried below", day(openings=GOOD.openings[2:])),
    ("opened_only_with_quorum", "never opened", stored(opened_at=None)),
    ("opened_only_with_quorum", "a smaller base", stored(base=8)),
    ("the_hall_is_who_walked_in", "one is not recorded", stay(1, left_at=at(9))),
    ("the_hall_is_who_walked_in", "one has gone home", day(whereabouts={1: False})),
    ("the_hall_is_who_walked_in", "nobody looked", day(whereabouts={})),
    ("late_comers_count_from_then_on", "sent away", answer("eighth", outcome="refused")),
    ("late_comers_count_from_then_on", "in before the opening", stay(10, entered_at=at(6))),
    ("late_comers_count_from_then_on", "guests only", answer("eighth", scene=Scene.ARRIVAL)),
    ("attendance_adds_up", "one too many", day(totals={**GOOD.totals, "Có mặt": "10"})),
    ("attendance_adds_up", "no totals", day(totals={})),
    ("attendance_adds_up", "ten count", person(9, counts_for_quorum=True)),
    ("attendance_adds_up", "who called never came", stored(absences=())),
    # The agenda.
    ("forbidden_acts_are_refused", "it was done", day(forbidden=(Try("x", at(9), 204),))),
    ("forbidden_acts_are_refused", "nothing was tried", day(forbidden=())),
    ("items_ended_once_in_order", "one skipped", stored(items=(Item(1, 1, "skipped"),))),
    ("items_ended_once_in_order", "ended twice", stored(marks=(*MARKS, MARKS[-1]))),
    ("items_ended_once_in_order", "one never ended", stored(marks=MARKS[:-1])),
    ("items_ended_once_in_order", "never closed", stored(ended_at=None)),
    ("one_item_at_a_time", "two at once", stored(marks=(MARKS[0], MARKS[2], *MARKS[3:]))),
    ("agenda_is_walked_as_laid", "the plan's order", day(laid=PLANNED)),
    ("agenda_is_walked_as_laid", "stored otherwise", stored(items=GOOD.stored.items[::-1])),
    ("agenda_is_walked_as_laid", "an item is lost", day(laid=LAID[:-1])),
    ("agenda_is_walked_as_laid", "moved by nobody", stored(book=without_lines("item:moved"))),
    ("preparation_is_kept", "another leads", row("members", 0, role="head")),
    ("preparation_is_kept", "nobody leads", row("members", 1, role="member")),
    ("preparation_is_kept", "a member is off", row("members", 0, is_seated=False)),
    ("preparation_is_kept", "not ticked", row("duties", 0, is_done=False)),
    ("preparation_is_kept", "another owner", row("duties", 1, owner="Hoa")),
    ("preparation_is_kept", "nothing was prepared", day(bodies=(), duties=())),
    # Papers of an item.
    ("no_note_is_lost", "a version is gone", stored(notes=NOTES[:2] + NOTES[3:])),
    ("no_note_is_lost", "another text", row("notes", 2, text="Mở đầu")),
    ("no_note_is_lost", "under another name", row("notes", 2, by_name="thuky")),
    ("no_note_is_lost", "refused", noted("saves", 2, number=0)),
    ("no_note_is_lost", "a line fell out", row("notes", 5, text="Mở đầu\nBốn\nHai")),
    ("no_note_is_lost", "a line stands twice", row("notes", 5, text=f"{NOTES[5].text}\nHai")),
    ("no_note_is_lost", "nobody wrote", day(saves=())),
    (
        "two_hands_are_brought_together",
        "one took the other's place",
        noted("saves", 2, is_branch=False),
    ),
    ("two_hands_are_brought_together", "one is left open", row("notes", 4, settled_in=None)),
    ("two_hands_are_brought_together", "one text is not shown", noted("conflicts", 0, shown="Ba")),
    ("two_hands_are_brought_together", "the proposal drops", noted("conflicts", 0, proposal="Ba")),
    ("two_hands_are_brought_together", "nobody saw it", day(conflicts=())),
    ("attachments_stay_whole", "came back otherwise", noted("attached", 0, downloaded="c" * 64)),
    ("attachments_stay_whole", "not on the disk", stored(on_disk={})),
    ("attachments_stay_whole", "attached twice", stored(files=GOOD.stored.files[:1] * 2)),
    ("attachments_stay_whole", "taken off for good", stored(files=GOOD.stored.files[:1])),
    ("attachments_stay_whole", "never taken off", row("files", 1, removed=False)),
    ("attachments_stay_whole", "never played", day(attached=())),
    # The votes.
    ("motion_is_decided_in_integers", "half is enough", count(0, adopted=True)),
    ("motion_is_decided_in_integers", "more than half is not", count(1, adopted=False)),
    ("motion_counts_who_was_there", "the opening's presence", count(0, present=7)),
    ("motion_counts_who_was_there", "the correction's presence", count(1, present_checkin=7)),
    ("motion_counts_who_was_there", "who is out votes", stay(3, left_at=at(13))),
    ("correction_keeps_both", "the first is gone", stored(counts=COUNTS[1:])),
    ("correction_keeps_both", "no reason", count(1, reason="")),
    ("all_minus_adds_up", "one too many", count(2, in_favour=10)),
    ("all_minus_adds_up", "measured at another moment", count(2, at=at(12))),
    ("all_minus_adds_up", "never played", count(2, all_minus=False)),
    # The pledge.
    ("signatures_are_what_was_confirmed", "one is lost", stored(signatures=SIGNATURES[1:])),
    ("signatures_are_what_was_confirmed", "one more", stored(signatures=(*SIGNATURES, OTHERS))),
    ("signatures_are_what_was_confirmed", "refused", noted("signed", 0, status=409)),
    ("signatures_are_what_was_confirmed", "never again", day(signed=GOOD.signed[:2])),
    ("signatures_are_what_was_confirmed", "nobody", day(signed=())),
    ("signatures_are_what_was_confirmed", "no picture", row("signatures", 1, has_picture=False)),
    ("signatures_are_what_was_confirmed", "two pictures", row("signatures", 0, has_picture=True)),
    ("signatures_are_what_was_confirmed", "another text", row("signatures", 1, text_sha256="d")),
    ("signatures_are_what_was_confirmed", "other ink", row("signatures", 1, ink_sha256="d")),
    (
        "signatures_are_what_was_confirmed",
        "the first is not written down",
        stored(book=without_lines("signature:given")),
    ),
    # The book.
    ("book_is_whole", "the chain breaks", stored(first_break=17)),
    ("book_is_whole", "a line is gone", stored(book=BOOK[1:])),
    ("book_is_whole", "no book at all", stored(book=())),
    ("book_has_every_act", "an entry is not written down", stored(book=without_lines("entered"))),
    ("book_has_every_act", "a line without an act", stored(motions=3)),
    *(
        ("book_has_every_act", f"nothing about {event}", stored(book=without_lines(event)))
        for event in (
            *("stay:left", "leaving:undone", "gate:turned", "turned_away", "badge:replaced"),
            *("entered_by_hand", "paper:merged", "walked_in", "substitute:seated"),
            *("absence:recorded", "absence:withdrawn", "file:attached", "file:removed"),
            *("note:branched", "note:settled", "member_added", "head_set", "duty:assigned"),
        )
    ),
    ("book_tells_who_is_inside", "one left unwritten", stay(1, left_at=at(9))),
    ("book_tells_who_is_inside", "a leaving unwritten", stored(book=without_lines("stay:left"))),
    ("book_tells_who_is_inside", "paper unwritten", stored(book=without_lines("paper:merged"))),
    # The copy.
    ("copy_is_restored_whole", "none was made", day(copied=None)),
    ("copy_is_restored_whole", "not the one that was noted", copied(is_noted=False)),
    ("copy_is_restored_whole", "its chain breaks", copied_stored(first_break=3)),
    ("copy_is_restored_whole", "another book", copied_stored(book=BOOK[1:])),
    ("copy_is_restored_whole", "nobody says that it is one", copied_stored(book=BOOK[:COPIED])),
    ("copy_is_restored_whole", "a line too many", copied(book_seq=COPIED - 1)),
    ("copy_is_restored_whole", "an attachment is missing", copied_stored(on_disk={})),
    ("copy_is_restored_whole", "a row is missing", copied_stored(files=())),
    ("copy_holds_the_same_stays", "none was made", day(copied=None)),
    ("copy_holds_the_same_stays", "one is missing", copied_stored(stays=STAYS[1:8])),
    ("copy_holds_the_same_stays", "one of later", copied_stored(stays=STAYS)),
    ("copy_holds_the_same_stays", "another person's", copied_stored(stays=swapped_stays())),
    ("copy_holds_the_same_stays", "left before", copied_stored(stays=with_another_end())),
    ("copy_holds_the_same_stays", "nobody", copied_stored(stays=())),
    # The wall.
    ("projector_follows", "too slow", day(lags=(900.0, 1300.0, 2100.0))),
    ("projector_follows", "a change never came", day(lags=(80.0, None))),
    ("projector_follows", "nothing was watched", day(lags=())),
    ("projector_heals", "stayed dark", day(healed=False)),
]


def test_the_good_day_contradicts_nothing() -> None:
    assert check(GOOD) == {name: [] for name in INVARIANTS}


@pytest.mark.parametrize(
    ("name", "doctor"),
    [(name, doctor) for name, _, doctor in DOCTORED],
    ids=[f"{name}: {story}" for name, story, _ in DOCTORED],
)
def test_an_invariant_breaks_when_its_fact_is_doctored(
    name: str, doctor: Callable[[Day], Day]
) -> None:
    assert check(doctor(GOOD))[name]


def test_every_invariant_can_break_and_says_what_it_is_about() -> None:
    assert {name for name, _, _ in DOCTORED} == set(INVARIANTS)
    assert all(holds.__doc__ for holds in INVARIANTS.values())


def test_a_thousand_findings_are_told_as_five() -> None:
    noisy = replace(GOOD, statuses=dict.fromkeys(range(500, 560), 1))
    assert len(check(noisy)["no_server_error_was_seen"]) == 5


# -- the crowd -------------------------------------------------------------------------------

KEY = bytes(32)


def roster(delegates: int) -> tuple[list[Person], list[Badge]]:
    def made(number: int, standing: str) -> Person:
        flags = (standing == "delegate",) * 3
        return Person(number, number, f"Người {number}", standing, *flags)

    people = [made(number, "delegate") for number in range(1, delegates + 1)]
    people += [made(delegates + each, "guest") for each in (1, 2)]
    lost = set(reissued_of(people, 7))
    badges = [Badge(person.id, 1, 0, revoked=person.id in lost) for person in people]
    return people, badges + [Badge(each, 2, 0, revoked=False) for each in lost]


@pytest.mark.parametrize("delegates", [9, 10, 11, 24, 186, 10_000])
def test_the_early_crowd_is_one_below_the_quorum_and_the_rest_reaches_it(delegates: int) -> None:
    people, badges = roster(delegates)
    crowd = crowd_of(people, badges, key=KEY, seed=7)
    guests = {person.id for person in people if person.standing == "guest"}

    def entering(*scenes: Scene) -> set[int | None]:
        shots = [shot for visit in crowd.early for shot in visit.shots]
        return {shot.delegate_id for shot in shots if shot.scene in scenes}

    early = entering(Scene.ARRIVAL, Scene.NEW_BADGE) | {shot.delegate_id for shot in crowd.races}
    needed = quorum_needed(delegates)
    assert len(early) == needed - 1
    assert {visit.shots[0].delegate_id for visit in crowd.guests} == guests
    rest = {visit.shots[0].delegate_id for visit in crowd.rest}
    late = {shot.delegate_id for shot in crowd.late}
    assert rest
    assert len(late) >= 2
    assert not early & rest
    assert not (early | rest) & late
    coming = len(early | rest | late)
    assert coming < delegates
    assert coming >= 0.88 * delegates
    never = {crowd.absent.delegate_id, crowd.replaced.delegate_id, *crowd.missing}
    assert not never & (early | rest | late)
    assert len(never) == delegates - coming
    leavers = {shot.delegate_id for shot in crowd.leavers}
    assert len(leavers) == LEAVERS
    assert leavers <= early | rest


def test_the_same_seed_brings_the_same_crowd_and_another_seed_another() -> None:
    people, badges = roster(60)
    once = crowd_of(people, badges, key=KEY, seed=7)
    assert once == crowd_of(people, badges, key=KEY, seed=7)
    assert len(reissued_of(people, 7)) == REPLACED
    assert reissued_of(people, 8) != reissued_of(people, 7)


# -- screens and the stream ------------------------------------------------------------------


def test_the_stream_is_read_event_by_event() -> None:
    lines = ["retry: 1000", "", "event: tick", 'data: {"now": "07:00"}', "", "event: region"]
    lines += ['data: {"id": "wall", "html": "<p>Đủ</p>"}', "", "event: torn"]
    assert list(events(lines)) == [
        ("tick", {"now": "07:00"}),
        ("region", {"id": "wall", "html": "<p>Đủ</p>"}),
    ]


def test_the_figure_of_presence_is_found_on_each_screen() -> None:
    assert present_shown('<span data-figure="present">57</span>') == 57
    assert present_shown('<p class="figure">1.024</p>') == 1024
    assert present_shown('<footer class="foot"><p><strong>8</strong> trên 9</p>') == 8
    assert present_shown("<p>57</p>") is None


# -- the server of a rehearsal ---------------------------------------------------------------


def test_a_server_that_cannot_start_is_a_refusal_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    empty = tmp_path / "nothing"
    empty.mkdir()
    with pytest.raises(Refused) as refused, serving(empty, log=log):
        pytest.fail("a folder without a conference was served")
    assert refused.value.code == "rehearsal_server_silent"
    assert refused.value.facts["log"] == str(log)
    assert log.read_text(encoding="utf-8").strip()


@pytest.mark.slow
def test_the_server_is_stopped_also_when_someone_presses_ctrl_c(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance", rehearsal=True)
    make_conference(settings, plan=real_plan(), rehearsal=True)
    running = []

    def walk() -> None:
        with serving(settings.instance, log=tmp_path / "server.log") as server:
            running.append(server.process)
            assert server.process.poll() is None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        walk()
    assert running[0].poll() is not None


@pytest.mark.slow
def test_a_rehearsed_day_of_24_delegates_holds(tmp_path: Path) -> None:
    told: list[str] = []
    out = tmp_path / "diễn tập 24"
    report = rehearse(delegates=24, gates=2, seed=11, out=out, tell=told.append)
    assert report.findings == {name: [] for name in INVARIANTS}
    assert report.holds
    document = report.as_json()
    assert json.loads((out / "report.json").read_text(encoding="utf-8")) == document
    assert document["delegates"] == 24
    assert document["archive"] is None
    assert document["receipt"] is None
    assert set(document["invariants"].values()) == {True}
    assert document["outcomes"]["admitted"] >= 22
    assert {outcome.value for outcome in Outcome} == set(document["outcomes"])
    assert document["figures"]["statuses"].keys() <= {
        *("200", "201", "204", "303", "403", "409", "422")
    }
    # The copy that the server made by itself has become a conference of its own.
    instance.ensure_whole(out / "restored")
    assert document["figures"]["copy"]["stays"] > 0
    assert any("24 delegates" in line for line in report.lines())
    with pytest.raises(Refused) as again:
        rehearse(delegates=24, out=out, tell=told.append)
    assert again.value.code == "instance_not_empty"
