"""The door with real commits (lessons 1–13): one answer per scan, one stay per person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from support import Clock, Meeting

from kiosk.agenda import services as agenda
from kiosk.checkin import queries, services
from kiosk.checkin.models import QuorumBase, Stay
from kiosk.checkin.rules import Outcome
from kiosk.conference import badge_code, badge_issue
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.db import db, unit_of_work
from kiosk.core.errors import Refused
from kiosk.devices import services as devices

SECRETARY = Actor("staff", 1, "Lan")
GATE_1, GATE_2 = Actor("device", 1, "Cổng 1"), Actor("device", 2, "Cổng 2")
LAN, DUC, GUEST = "Phạm Thị Lan", "Lê Minh Đức", "Trịnh Công Thành"


class Door:
    """Two gates of a small meeting, and the clock above them."""

    def __init__(self, meeting: Meeting, clock: Clock) -> None:
        self.meeting, self.clock, self.app = meeting, clock, meeting.app
        self.key: bytes = meeting.app.extensions["kiosk_keys"].badge
        self.names = {row.name for row in meeting.delegates}
        self._scans = 0
        for gate in (GATE_1, GATE_2):
            devices.add_device(kind="gate", name=gate.name, by=SECRETARY, key=self.key)

    def code(self, name: str) -> str:
        return self.meeting.badge_code_of(name)

    def id(self, name: str) -> int:
        return self.meeting.person(name).id

    def scan(
        self, what: str, gate: Actor = GATE_1, scan_id: str | None = None, **more: Any
    ) -> services.Answer:
        """Scan the badge of a person by name, or anything else as it is."""
        self._scans += 1
        return services.scan(
            code=self.code(what) if what in self.names else what,
            scan_id=scan_id or f"scan-{self._scans:06d}",
            device_id=gate.id,
            key=self.key,
            by=gate,
            clock=self.clock,
            **more,
        )

    def undo(self, stay_id: int, reason: str = "quét nhầm", **more: Any) -> int:
        return services.undo(stay_id=stay_id, reason=reason, by=SECRETARY, clock=self.clock, **more)

    def present(self, at: datetime | None = None) -> int:
        db.session.rollback()
        return queries.presence(db.session(), at=at).present

    def book(self) -> list[str]:
        db.session.rollback()
        return [line.event for line in audit.read(db.session()) if line.event[:8] == "checkin:"]

    def scans(self) -> int:
        db.session.rollback()
        return int(db.session.scalar(text("SELECT count(*) FROM scan")) or 0)

    def open_and_end(self) -> None:
        """The conference is opened and ended; only the door matters here."""
        with unit_of_work() as session:
            session.execute(
                text("UPDATE conference SET opened_at = :at, ended_at = :at"),
                {"at": self.clock().replace(tzinfo=None)},
            )


@pytest.fixture
def door(meeting: Meeting, clock: Clock) -> Iterator[Door]:
    with meeting.app.app_context():
        yield Door(meeting, clock)


# -- one scan ------------------------------------------------------------------------------------


def test_a_good_badge_is_welcomed_by_name_and_counts(door: Door) -> None:
    answer = door.scan(LAN)
    assert answer.outcome is Outcome.ADMITTED
    assert (answer.name, answer.title, answer.seat) == (LAN, "Chánh Văn phòng", "A01")
    assert answer.at == door.clock()
    assert not answer.repeated
    assert not answer.no_longer
    assert door.present() == 1
    assert door.book() == ["checkin:stay:entered"]


@pytest.mark.parametrize("way", ["grouped", "spaces", "hyphens", "newline", "nbsp", "zero width"])
def test_a_code_is_read_as_scanners_and_people_type_it(door: Door, way: str) -> None:
    code = door.code(LAN)
    typed = {
        "grouped": badge_code.grouped(code),
        "spaces": f"  {code}  ",
        "hyphens": "-".join(code),
        "newline": f"{code}\r\n",
        "nbsp": code[:7] + "\u00a0" + code[7:],
        "zero width": "\ufeff" + code + "\u200b",
    }[way]
    assert door.scan(typed).outcome is Outcome.ADMITTED


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "?",
        "\0",
        "abcdefghijklmn",
        "mời vào",
        "1" * 13,
        "1" * 15,
        "00000000000000",
        "1" * 1_000_000,
        "9" * 256,
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "https://evil.example/?code=1",
    ],
)
def test_an_unreadable_code_is_an_answer_and_lets_nobody_in(door: Door, raw: str) -> None:
    answer = door.scan(raw)
    assert answer.outcome is Outcome.UNREADABLE
    assert (answer.name, answer.ending, answer.stay_id) == ("", "", None)
    assert door.present() == 0
    assert door.book() == ["checkin:scan:turned_away"]


@pytest.mark.parametrize("script", ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"])
def test_digits_of_other_scripts_are_no_digits(door: Door, script: str) -> None:
    strange = "".join(script[int(digit)] for digit in door.code(LAN))
    assert door.scan(strange).outcome is Outcome.UNREADABLE


@pytest.mark.parametrize("place", range(14))
def test_one_wrong_digit_is_never_somebody_else(door: Door, place: int) -> None:
    code = door.code(LAN)
    wrong = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]
    assert door.scan(wrong).outcome is Outcome.UNREADABLE


def test_a_forged_badge_with_right_check_digits_is_unknown_and_shows_only_its_end(
    door: Door,
) -> None:
    forged = badge_code.derive(b"a key that nobody has", delegate_id=1, issue=1)
    answer = door.scan(forged)
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.ending == forged[-4:]
    assert answer.name == ""
    db.session.rollback()
    stored = str(list(audit.read(db.session()))) + str(
        db.session.execute(text("SELECT * FROM scan")).all()
    )
    assert forged not in stored


def test_no_whole_code_is_ever_stored(door: Door) -> None:
    for name in (LAN, DUC, GUEST):
        door.scan(name)
    db.session.rollback()
    file = db.engine.url.database
    assert file is not None
    with open(file, "rb") as main, open(f"{file}-wal", "rb") as log:
        stored = main.read() + log.read()
    for code in door.meeting.codes.values():
        assert code.encode() not in stored


@pytest.mark.parametrize(
    "scan_id",
    ["", "short", "x" * 65, "has space 1", "ếếếếếếếế", "a/b/c/d/e", "\0" * 10, "'; --abc"],
)
def test_a_scan_without_a_sound_number_is_refused_and_nothing_is_stored(
    door: Door, scan_id: str
) -> None:
    with pytest.raises(Refused, match="scan_id_wrong"):
        services.scan(code=door.code(LAN), scan_id=scan_id, device_id=1, key=door.key, by=GATE_1)
    assert door.present() == 0
    assert door.scans() == 0


# -- the order of questions (lessons 7) ----------------------------------------------------------


def test_the_revoked_badge_of_someone_inside_says_revoked(door: Door) -> None:
    old = door.code(LAN)
    door.scan(LAN)
    door.clock.later(minutes=1)
    badge_issue.replace_badge(
        delegate_id=door.id(LAN), reason="mất thẻ", key=door.key, by=SECRETARY, clock=door.clock
    )
    answer = door.scan(old, GATE_2)
    assert answer.outcome is Outcome.REVOKED
    assert answer.ending == old[-4:]
    assert door.present() == 1, "the person stays in; only the paper is dead"


def test_a_badge_revoked_within_ten_seconds_is_no_repeat(door: Door) -> None:
    old = door.code(LAN)
    door.scan(LAN)
    badge_issue.replace_badge(
        delegate_id=door.id(LAN), reason="mất thẻ", key=door.key, by=SECRETARY, clock=door.clock
    )
    door.clock.later(seconds=2)
    assert door.scan(old).outcome is Outcome.REVOKED
    new = badge_code.derive(door.key, delegate_id=door.id(LAN), issue=2)
    door.clock.later(seconds=2)
    assert door.scan(new).outcome is Outcome.ALREADY
    assert door.scan(old).outcome is Outcome.REVOKED


def test_the_new_badge_opens_and_the_old_one_never_again(door: Door) -> None:
    old = door.code(LAN)
    badge_issue.replace_badge(
        delegate_id=door.id(LAN), reason="mất thẻ", key=door.key, by=SECRETARY, clock=door.clock
    )
    assert door.scan(old).outcome is Outcome.REVOKED
    assert door.present() == 0
    new = badge_code.derive(door.key, delegate_id=door.id(LAN), issue=2)
    assert door.scan(new).outcome is Outcome.ADMITTED
    assert door.scan(old).outcome is Outcome.REVOKED


def test_a_guest_is_welcomed_as_a_guest_and_counts_for_nothing(door: Door) -> None:
    answer = door.scan(GUEST)
    assert answer.outcome is Outcome.GUEST
    db.session.rollback()
    now = queries.presence(db.session())
    assert (now.present, now.votes, now.elects, now.guests) == (0, 0, 0, 1)
    assert (now.convened, now.needed) == (12, 8)


def test_after_the_end_no_gate_records_anything(door: Door) -> None:
    entered = door.scan(LAN)
    door.open_and_end()
    door.clock.later(minutes=1)
    assert door.scan(DUC).outcome is Outcome.REFUSED
    assert door.scan(LAN).outcome is Outcome.REFUSED
    assert door.present() == 1
    with pytest.raises(Refused, match="conference_ended"):
        door.undo(int(entered.stay_id or 0))
    with pytest.raises(Refused, match="conference_ended"):
        services.admit_by_hand(delegate_id=door.id(DUC), reason="quên thẻ", by=SECRETARY)


# -- the same scan, for ever ---------------------------------------------------------------------


def test_the_same_scan_gives_the_same_answer_for_ever(door: Door) -> None:
    first = door.scan(LAN, scan_id="page-a-0001")
    door.clock.later(hours=5)
    for code in (LAN, DUC, "?", ""):
        again = door.scan(code, scan_id="page-a-0001")
        assert (again.outcome, again.name, again.at) == (Outcome.ADMITTED, LAN, first.at)
        assert again.repeated
    assert door.scans() == 1
    assert door.present() == 1


@pytest.mark.parametrize("gate", [GATE_1, GATE_2])
def test_the_same_scan_says_beside_it_that_it_was_undone(door: Door, gate: Actor) -> None:
    first = door.scan(LAN, scan_id="page-a-0001")
    door.undo(int(first.stay_id or 0))
    again = door.scan(LAN, gate, scan_id="page-a-0001")
    assert again.outcome is Outcome.ADMITTED
    assert again.no_longer
    assert door.present() == 0


def test_already_in_also_says_when_that_is_not_so_any_more(door: Door) -> None:
    entered = door.scan(LAN)
    already = door.scan(LAN, GATE_2, scan_id="page-b-0001")
    assert already.outcome is Outcome.ALREADY
    door.undo(int(entered.stay_id or 0))
    again = door.scan(LAN, GATE_2, scan_id="page-b-0001")
    assert again.outcome is Outcome.ALREADY
    assert again.no_longer


def test_a_refused_scan_keeps_its_answer_even_when_the_badge_is_good_later(door: Door) -> None:
    forged = badge_code.derive(b"a key that nobody has", delegate_id=1, issue=1)
    assert door.scan(forged, scan_id="page-a-0009").outcome is Outcome.UNKNOWN
    again = door.scan(LAN, scan_id="page-a-0009")
    assert (again.outcome, again.ending) == (Outcome.UNKNOWN, forged[-4:])
    assert door.present() == 0


# -- a repeat at the gate ------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 0.5, 9.9])
def test_the_same_badge_at_the_same_gate_within_ten_seconds_is_one_arrival(
    door: Door, seconds: float
) -> None:
    first = door.scan(LAN)
    door.clock.later(seconds=seconds)
    again = door.scan(LAN)
    assert (again.outcome, again.stay_id) == (Outcome.ADMITTED, first.stay_id)
    assert again.scan_id != first.scan_id
    assert again.repeated
    assert db.session.scalar(select(func.count()).select_from(Stay)) == 1


def test_a_repeat_that_is_sent_again_after_ten_seconds_says_the_same(door: Door) -> None:
    """Its answer was lost on the way: green must not turn into "already in" (the same id)."""
    door.scan(LAN)
    door.clock.later(seconds=3)
    repeat = door.scan(LAN)
    door.clock.later(seconds=20)
    again = door.scan(LAN, scan_id=repeat.scan_id)
    assert (again.outcome, again.scan_id) == (Outcome.ADMITTED, repeat.scan_id)
    assert door.scan(LAN).outcome is Outcome.ALREADY


def test_after_ten_seconds_the_same_gate_says_already_in_and_where(door: Door) -> None:
    first = door.scan(LAN)
    door.clock.later(seconds=10)
    again = door.scan(LAN)
    assert again.outcome is Outcome.ALREADY
    assert (again.entered_at, again.entered_gate) == (first.at, "Cổng 1")
    assert not again.repeated


def test_another_gate_says_already_in_at_once(door: Door) -> None:
    door.scan(LAN, GATE_1)
    door.clock.later(seconds=1)
    answer = door.scan(LAN, GATE_2)
    assert answer.outcome is Outcome.ALREADY
    assert answer.entered_gate == "Cổng 1"
    assert door.scan(LAN, GATE_2).repeated


def test_a_guest_who_holds_the_badge_still_is_one_arrival(door: Door) -> None:
    door.scan(GUEST)
    again = door.scan(GUEST)
    assert (again.outcome, again.repeated) == (Outcome.GUEST, True)


def test_another_badge_in_between_does_not_make_the_first_a_stranger(door: Door) -> None:
    door.scan(LAN)
    door.scan(DUC)
    door.clock.later(seconds=3)
    assert door.scan(LAN).repeated
    assert door.present() == 2


def test_undone_within_ten_seconds_is_a_new_arrival(door: Door) -> None:
    first = door.scan(LAN)
    door.undo(int(first.stay_id or 0))
    door.clock.later(seconds=2)
    again = door.scan(LAN)
    assert (again.outcome, again.repeated) == (Outcome.ADMITTED, False)
    assert door.present() == 1


def test_nobody_is_seated_as_already_in_after_the_stay_was_taken_back(door: Door) -> None:
    entered = door.scan(LAN, GATE_1)
    door.clock.later(minutes=1)
    assert door.scan(LAN, GATE_2).outcome is Outcome.ALREADY
    door.undo(int(entered.stay_id or 0))
    door.clock.later(seconds=3)
    again = door.scan(LAN, GATE_2)
    assert (again.outcome, again.repeated) == (Outcome.ADMITTED, False)
    assert door.present() == 1


def test_a_person_in_by_the_other_gate_meanwhile_is_not_told_that_it_was_undone(
    door: Door,
) -> None:
    first = door.scan(LAN, GATE_1)
    door.undo(int(first.stay_id or 0))
    door.clock.later(seconds=2)
    assert door.scan(LAN, GATE_2).outcome is Outcome.ADMITTED
    door.clock.later(seconds=2)
    again = door.scan(LAN, GATE_1)
    assert (again.outcome, again.entered_gate) == (Outcome.ALREADY, "Cổng 2")
    assert not again.no_longer


def test_a_clock_set_back_never_makes_a_repeat_of_an_hour_ago(door: Door) -> None:
    door.scan(LAN)
    door.clock.later(hours=-1)
    assert door.scan(LAN).outcome is Outcome.ALREADY
    assert door.present() == 1


# -- two gates at once ---------------------------------------------------------------------------


def test_two_gates_at_the_same_moment_admit_one(door: Door) -> None:
    for name in (LAN, DUC, "Bùi Thị Thu Hà", "Vũ Thị Yến"):
        start = Barrier(8)

        def gate(number: int, name: str = name, start: Barrier = start) -> services.Answer:
            with door.app.app_context():
                start.wait(timeout=10)
                return services.scan(
                    code=door.code(name),
                    scan_id=f"both-{door.id(name)}-{number}",
                    device_id=number % 2 + 1,
                    key=door.key,
                    by=GATE_2 if number % 2 else GATE_1,
                    clock=door.clock,
                )

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(gate, range(8)))
        fresh = [answer.outcome for answer in answers if not answer.repeated]
        assert sorted(fresh) == [Outcome.ADMITTED, Outcome.ALREADY]
    assert door.present() == 4
    db.session.rollback()
    assert audit.first_break(db.session()) is None


def test_one_scan_sent_by_ten_threads_is_one_scan(door: Door) -> None:
    start = Barrier(10)

    def send(_number: int) -> services.Answer:
        with door.app.app_context():
            start.wait(timeout=10)
            return services.scan(
                code=door.code(LAN),
                scan_id="the-same-one",
                device_id=1,
                key=door.key,
                by=GATE_1,
                clock=door.clock,
            )

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))
    assert {answer.outcome for answer in answers} == {Outcome.ADMITTED}
    assert sum(not answer.repeated for answer in answers) == 1
    assert door.scans() == 1


def test_the_database_itself_admits_nobody_twice(door: Door) -> None:
    door.scan(LAN)
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(insert(Stay).values(delegate_id=door.id(LAN), entered_at=door.clock()))
    assert door.present() == 1


# -- by hand, and back ---------------------------------------------------------------------------


def test_someone_without_a_badge_is_recorded_by_hand_with_a_reason(door: Door) -> None:
    for reason in ("", "  ", "ab", "\u200b\u200b\u200b"):
        with pytest.raises(Refused, match="reason_missing"):
            services.admit_by_hand(delegate_id=door.id(LAN), reason=reason, by=SECRETARY)
    with pytest.raises(Refused, match="reason_too_long"):
        services.admit_by_hand(delegate_id=door.id(LAN), reason="x" * 201, by=SECRETARY)
    services.admit_by_hand(delegate_id=door.id(LAN), reason="quên thẻ", by=SECRETARY)
    assert door.present() == 1
    with pytest.raises(Refused, match="already_inside") as said:
        services.admit_by_hand(delegate_id=door.id(LAN), reason="quên thẻ", by=SECRETARY)
    assert said.value.facts == {"name": LAN}
    assert door.scan(LAN).outcome is Outcome.ALREADY
    with pytest.raises(Refused, match="delegate_unknown"):
        services.admit_by_hand(delegate_id=999, reason="quên thẻ", by=SECRETARY)


def test_an_undo_keeps_the_row_its_reason_and_a_line_in_the_book(door: Door) -> None:
    stay = int(door.scan(LAN).stay_id or 0)
    reason = unicodedata.normalize("NFD", "quét nhầm người")
    assert door.undo(stay, f"  {reason} ") == door.id(LAN)
    db.session.rollback()
    (row,) = queries.stays_of(db.session(), door.id(LAN))
    assert (row.undo_reason, row.undone_at) == ("quét nhầm người", door.clock())
    last = list(audit.read(db.session()))[-1]
    assert last.event == "checkin:stay:undone"
    assert last.facts == {"delegate": door.id(LAN), "stay": stay, "reason": "quét nhầm người"}
    assert door.present() == 0


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "reason_missing"),
        ("ab", "reason_missing"),
        ("\0\0\0", "reason_missing"),
        ("x" * 201, "reason_too_long"),
        ("x" * 1_000_000, "reason_too_long"),
    ],
)
def test_an_undo_needs_a_reason(door: Door, reason: str, code: str) -> None:
    stay = int(door.scan(LAN).stay_id or 0)
    with pytest.raises(Refused, match=code):
        door.undo(stay, reason)
    assert door.present() == 1


def test_an_undo_twice_is_told_so_and_changes_nothing(door: Door) -> None:
    stay = int(door.scan(LAN).stay_id or 0)
    door.undo(stay)
    door.scan(LAN)
    with pytest.raises(Refused, match="stay_already_undone"):
        door.undo(stay)
    assert door.present() == 1, "the second arrival stands"
    with pytest.raises(Refused, match="stay_unknown"):
        door.undo(999)


def test_a_gate_takes_back_only_its_own_and_only_for_a_while(door: Door) -> None:
    stay = int(door.scan(LAN, GATE_1).stay_id or 0)
    with pytest.raises(Refused, match="undo_not_yours"):
        door.undo(stay, device_id=GATE_2.id, within_minutes=5)
    by_hand = services.admit_by_hand(
        delegate_id=door.id(DUC), reason="quên thẻ", by=SECRETARY, clock=door.clock
    )
    with pytest.raises(Refused, match="undo_not_yours"):
        door.undo(by_hand, device_id=GATE_1.id, within_minutes=5)
    door.clock.later(minutes=5, seconds=1)
    with pytest.raises(Refused, match="undo_too_late") as said:
        door.undo(stay, device_id=GATE_1.id, within_minutes=5)
    assert said.value.facts == {"minutes": 5}
    assert door.present() == 2
    door.undo(stay)
    assert door.present() == 1


def test_back_after_an_undo_is_a_first_welcome_and_not_a_return(door: Door) -> None:
    stay = int(door.scan(LAN).stay_id or 0)
    door.undo(stay)
    door.clock.later(minutes=1)
    assert door.scan(LAN).outcome is Outcome.ADMITTED


def test_who_left_and_comes_back_is_welcomed_back(door: Door) -> None:
    door.scan(LAN)
    left = door.clock.later(minutes=30)
    with unit_of_work() as session:
        session.query(Stay).update({"left_at": left})
    assert door.present() == 0
    door.clock.later(minutes=10)
    assert door.scan(LAN, GATE_2).outcome is Outcome.RETURNED
    assert door.present() == 1


# -- the base of the quorum (R1) -----------------------------------------------------------------


def fix(count: int, reason: str = "", kind: str = "delegates") -> None:
    services.fix_base(count=count, kind=kind, reason=reason, by=SECRETARY)


def test_the_base_follows_the_roster_until_it_is_fixed(door: Door) -> None:
    assert queries.presence(db.session()).convened == 12
    assert not queries.presence(db.session()).base_is_fixed
    fix(12)
    now = queries.presence(db.session())
    assert (now.convened, now.base_is_fixed) == (12, True)


def test_a_base_that_differs_from_the_roster_or_changes_needs_a_reason(door: Door) -> None:
    with pytest.raises(Refused, match="reason_missing"):
        fix(15)
    fix(15, "hội nghị toàn thể", "all_staff")
    with pytest.raises(Refused, match="reason_missing"):
        fix(12)
    fix(14, "một người nghỉ hưu")
    assert [row.count for row in queries.bases(db.session())] == [15, 14]
    assert queries.presence(db.session()).needed == 10


@pytest.mark.parametrize(
    ("count", "kind", "code"),
    [
        (0, "delegates", "base_out_of_range"),
        (-3, "delegates", "base_out_of_range"),
        (10**30, "delegates", "base_out_of_range"),
        (12, "everyone", "base_kind_unknown"),
        (12, "", "base_kind_unknown"),
    ],
)
def test_a_wrong_base_is_refused(door: Door, count: int, kind: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        fix(count, "vì thế", kind)
    assert queries.bases(db.session()) == []


def test_the_base_stands_after_the_opening(door: Door) -> None:
    for row in door.meeting.delegates:
        if not row.is_guest:
            door.scan(door.meeting.codes[row.id], GATE_2)
    agenda.open_conference(by=SECRETARY, clock=door.clock)
    assert [row.count for row in queries.bases(db.session())] == [12]
    with pytest.raises(Refused, match="conference_already_open"):
        fix(11, "một người vắng")
    assert [row.count for row in queries.bases(db.session())] == [12]


def test_below_the_quorum_nothing_is_opened_and_guests_do_not_help(door: Door) -> None:
    people = [row for row in door.meeting.delegates if not row.is_guest]
    door.scan(GUEST)
    for row in people[:7]:
        door.scan(door.meeting.codes[row.id])
    with pytest.raises(Refused) as said:
        agenda.open_conference(by=SECRETARY, clock=door.clock)
    assert said.value.code == "quorum_not_met"
    assert said.value.facts == {"present": 7, "convened": 12, "needed": 8, "missing": 1}
    assert queries.bases(db.session()) == [], "a refused opening fixes no base"
    door.scan(door.meeting.codes[people[7].id])
    agenda.open_conference(by=SECRETARY, clock=door.clock)


def test_a_base_that_a_later_import_has_overtaken_does_not_open(door: Door) -> None:
    """Fixed at the roster's own number, and then the roster grew: R1 asks again."""
    fix(12, "")
    with unit_of_work() as session:
        session.execute(update(QuorumBase).values(count=8, roster=8))
    for row in door.meeting.delegates:
        if not row.is_guest:
            door.scan(door.meeting.codes[row.id], GATE_2)
    with pytest.raises(Refused, match="base_differs_from_roster") as refused:
        agenda.open_conference(by=SECRETARY, clock=door.clock)
    assert refused.value.facts == {"count": 8, "roster": 12}
    fix(12, "danh sách đã bổ sung")
    agenda.open_conference(by=SECRETARY, clock=door.clock)


def test_a_base_below_those_present_is_refused(door: Door) -> None:
    door.scan(LAN)
    door.scan(DUC)
    with pytest.raises(Refused, match="base_under_present"):
        fix(1, "chỉ tính một người")
