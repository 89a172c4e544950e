"""Whatever the doors, the desk and the paper do, in any order: one truth, on every screen.

A naive model (sets of people) walks beside the program; after every act the wall, the console, the
desk, the gate, the list of attendance (D2) and the paper list are read as people read them and
must all say what the model says.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from door import Door
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support import Browser, Clock, Meeting, meeting_of

from kiosk import config, create_app
from kiosk.agenda import services as agenda
from kiosk.checkin import desk, paper, queries, services
from kiosk.checkin.desk import Newcomer
from kiosk.checkin.rules import PASSES_BY_DEFAULT, Outcome, Passing
from kiosk.conference import badge_code
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.access import THE_PROGRAM, Kind, Role
from kiosk.core.db import db, writer
from kiosk.core.errors import Refused
from kiosk.devices import services as devices
from kiosk.documents import attendance_list, fallback_list

PEOPLE = 13  # of the small meeting; the last one is a guest
picks = st.integers(0, 10_000)
ENTERS = {Outcome.ADMITTED, Outcome.RETURNED, Outcome.GUEST}


class Day(RuleBasedStateMachine):
    """The model: who is inside, who has come, who is replaced by whom."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-presence-"))
        shutil.copytree(self.template, self.folder / "instance")
        self.app = create_app(config.load(self.folder / "instance"))
        self.meeting: Meeting = meeting_of(self.app)
        self.clock = Clock()
        self.door = _door(self.app, self.meeting, self.clock)
        self.secretary = Browser(self.app).sign_in(Role.SECRETARY)
        self.clerk = Browser(self.app).sign_in(Role.DESK)
        self.gate = Browser(self.app).pair(Kind.GATE, "Cổng thử")
        #: Person → moments of stays that hold: [from, until or None].
        self.stays: dict[int, list[list[object]]] = {row.id: [] for row in self.meeting.delegates}
        self.replaced: dict[int, int] = {}
        self.given_up: set[int] = set()
        self.absent: set[int] = set()
        self.scans = 0
        self.opened = False
        self.last_scan: tuple[int, str, Outcome] | None = None

    def teardown(self) -> None:
        if not hasattr(self, "app"):
            return
        with self.app.app_context():
            assert audit.first_break(db.session()) is None
            db.session.remove()
            writer().close()
            db.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- the model ---------------------------------------------------------------------------------

    def who(self, pick: int) -> int:
        self.clock.later(seconds=11)  # a repeat within ten seconds is another test
        return list(self.stays)[pick % len(self.stays)]

    def inside(self, who: int) -> bool:
        return bool(self.stays[who]) and self.stays[who][-1][1] is None

    def came(self, who: int) -> bool:
        return bool(self.stays[who])

    def enter(self, who: int) -> None:
        assert not self.inside(who)
        self.stays[who].append([self.clock.now, None])

    def leave(self, who: int) -> None:
        assert self.inside(who)
        self.stays[who][-1][1] = self.clock.now

    def barred(self, who: int) -> bool:
        return who in self.replaced or who in self.given_up

    def tried(self, act: Callable[[], object], *, may: bool) -> bool:
        """Do it; the program must agree with the model about whether it may be done."""
        with self.app.app_context():
            refused = ""
            try:
                act()
            except Refused as said:
                refused = said.code
        assert (not refused) == may, refused
        return may

    def scan(self, who: int, *, at: int, **more: str) -> Outcome:
        with self.app.app_context():
            self.scans += 1
            scan_id = f"walk-{self.scans:08d}"
            code = badge_code.derive(self.door.key, delegate_id=who, issue=1)
            answer = self.door.scan(code, at=at, scan_id=scan_id, **more)
            again = self.door.scan(code, at=at, scan_id=scan_id, **more)
            assert again.outcome is answer.outcome
            self.last_scan = (who, scan_id, answer.outcome)
            return answer.outcome

    # -- what people do ----------------------------------------------------------------------------

    @rule(pick=picks, south=st.booleans())
    def comes(self, pick: int, south: bool) -> None:
        who = self.who(pick)
        outcome = self.scan(who, at=self.door.south if south else self.door.north)
        if who in self.given_up:
            assert outcome is Outcome.REVOKED
        elif who in self.replaced:
            assert outcome is Outcome.REFUSED
        elif self.inside(who):
            assert outcome is Outcome.ALREADY
        else:
            assert outcome in ENTERS
            assert (outcome is Outcome.RETURNED) <= self.came(who)
            self.enter(who)

    @rule(pick=picks)
    def goes(self, pick: int) -> None:
        who = self.who(pick)
        outcome = self.scan(who, at=self.door.out)
        if self.inside(who):
            assert outcome is Outcome.LEFT
            self.leave(who)
        else:
            assert outcome in {Outcome.REFUSED, Outcome.REVOKED}

    @rule(pick=picks, minutes=st.integers(0, 40), out=st.booleans())
    def a_kept_scan_arrives(self, pick: int, minutes: int, out: bool) -> None:
        who = self.who(pick)
        claimed = (self.clock.now - timedelta(minutes=minutes)).isoformat()
        outcome = self.scan(
            who,
            at=self.door.out if out else self.door.north,
            claimed=claimed,
            shown="out" if out else "in",
        )
        if outcome in ENTERS:
            assert not out
            assert not self.barred(who)
            self.enter(who)
        elif outcome is Outcome.LEFT:
            assert out
            self.leave(who)
        else:
            assert outcome in {Outcome.ALREADY, Outcome.REFUSED, Outcome.REVOKED}
            assert (outcome is Outcome.ALREADY) == (self.inside(who) and not out)

    @precondition(lambda self: self.last_scan)
    @rule()
    def an_old_scan_is_sent_again(self) -> None:
        assert self.last_scan is not None
        who, scan_id, said = self.last_scan
        self.clock.later(minutes=3)
        with self.app.app_context():
            code = badge_code.derive(self.door.key, delegate_id=who, issue=1)
            assert self.door.scan(code, scan_id=scan_id).outcome is said

    @rule(pick=picks)
    def an_entry_is_taken_back(self, pick: int) -> None:
        who = self.who(pick)
        stay = self.newest_stay(who)
        if stay is None:
            return
        self.tried(
            lambda: services.undo(
                stay_id=stay, reason="Ghi nhầm", by=self.door.desk, clock=self.clock
            ),
            may=True,
        )
        self.stays[who].pop()

    @rule(pick=picks, older=st.integers(0, 2))
    def a_leaving_is_taken_back(self, pick: int, older: int) -> None:
        who = self.who(pick)
        stay = self.newest_stay(who, older=older)
        if stay is None:
            return
        if self.tried(
            lambda: services.undo_leaving(
                stay_id=stay, reason="Ghi nhầm", by=self.door.desk, clock=self.clock
            ),
            # An older leaving stands once there is a newer stay, be that over or not.
            may=older == 0 and not self.inside(who),
        ):
            self.stays[who][-1][1] = None

    def newest_stay(self, who: int, *, older: int = 0) -> int | None:
        with self.app.app_context():
            rows = queries.stays_of(db.session(), who)
            held = [row for row in rows if row.undone_at is None]
            assert len(held) == len(self.stays[who])
            return held[older].id if len(held) > older else None

    @rule(pick=picks)
    def the_desk_lets_in(self, pick: int) -> None:
        who = self.who(pick)
        may = not self.barred(who) and not self.inside(who)
        if self.tried(
            lambda: services.admit_by_hand(
                delegate_id=who, reason="Quên thẻ", by=self.door.desk, clock=self.clock
            ),
            may=may,
        ):
            self.enter(who)

    @rule(pick=picks)
    def the_desk_lets_out(self, pick: int) -> None:
        who = self.who(pick)
        if self.tried(
            lambda: services.leave_by_hand(
                delegate_id=who, reason="Cổng ra mất nối", by=self.door.desk, clock=self.clock
            ),
            may=self.inside(who),
        ):
            self.leave(who)

    @rule(pick=picks, with_reason=st.booleans())
    def an_absence(self, pick: int, with_reason: bool) -> None:
        who = self.who(pick)
        may = not self.came(who) and not self.barred(who)
        kind = "with_reason" if with_reason else "without_reason"
        if self.tried(
            lambda: desk.record_absence(
                delegate_id=who, kind=kind, reason="Ốm", by=self.door.desk, clock=self.clock
            ),
            may=may,
        ):
            self.absent.add(who)

    @rule(pick=picks)
    def an_absence_is_withdrawn(self, pick: int) -> None:
        who = self.who(pick)
        if self.tried(
            lambda: desk.withdraw_absence(delegate_id=who, by=self.door.desk, clock=self.clock),
            may=who in self.absent and not self.barred(who),
        ):
            self.absent.discard(who)

    @rule(pick=picks, admit=st.booleans(), all_flags=st.booleans())
    def somebody_sits_in(self, pick: int, admit: bool, all_flags: bool) -> None:
        who = self.who(pick)
        guest = who == self.meeting.delegates[-1].id or who not in self.convened()
        may = not guest and not self.came(who) and not self.barred(who)
        made: list[int] = []
        passes = Passing(*(True,) * 3) if all_flags else PASSES_BY_DEFAULT
        if who in self.replaced.values():
            may = False
        if self.tried(
            lambda: made.append(
                desk.substitute(
                    Newcomer(name=f"Người Thay {self.clock.now:%H%M%S}"),
                    replaced_id=who,
                    passes=passes,
                    admit=admit,
                    key=self.door.key,
                    by=self.door.desk,
                    clock=self.clock,
                )
            ),
            may=may,
        ):
            self.replaced[who] = made[0]
            self.stays[made[0]] = []
            self.absent.discard(who)
            if admit:
                self.enter(made[0])

    def convened(self) -> set[int]:
        """The twelve of the roster; nobody else may be replaced."""
        return {row.id for row in self.meeting.delegates[: PEOPLE - 1]}

    @precondition(lambda self: self.replaced)
    @rule(pick=picks)
    def the_replaced_one_comes_after_all(self, pick: int) -> None:
        self.clock.later(seconds=11)
        who = list(self.replaced)[pick % len(self.replaced)]
        sits_in = self.replaced[who]
        with self.app.app_context():
            link = queries.substitute_of(db.session(), who)
        assert link is not None
        assert link.delegate_id == sits_in
        if self.tried(
            lambda: desk.end_substitution(
                substitution_id=link.substitution_id,
                reason="Đến dự",
                by=self.door.desk,
                clock=self.clock,
            ),
            may=not self.came(sits_in),
        ):
            del self.replaced[who]
            self.given_up.add(sits_in)

    @rule(admit=st.booleans())
    def a_guest_walks_in(self, admit: bool) -> None:
        self.clock.later(seconds=11)
        if len(self.stays) > PEOPLE + 4:
            return
        made: list[int] = []
        self.tried(
            lambda: made.append(
                desk.walk_in(
                    Newcomer(name=f"Khách Mới {self.clock.now:%H%M%S}", unit_id=1),
                    standing="guest",
                    asked=PASSES_BY_DEFAULT,
                    admit=admit,
                    may_add_delegates=False,
                    key=self.door.key,
                    by=self.door.desk,
                    clock=self.clock,
                )
            ),
            may=True,
        )
        self.stays[made[0]] = []
        if admit:
            self.enter(made[0])

    @rule(chosen=st.lists(picks, min_size=1, max_size=4))
    def the_paper_is_typed_in(self, chosen: list[int]) -> None:
        ids = {self.who(pick) for pick in chosen}
        with self.app.app_context():
            session = db.session()
            numbers = " ".join(str(people.delegate(session, each).number) for each in ids)
            done = paper.merge(
                numbers=numbers,
                time="",
                accept_unknown=False,
                by=self.door.desk,
                clock=self.clock,
            )
            fresh = {row.person.id for row in done.fresh}
        # Without a time the paper only says "came": who has come already is left as they are.
        assert fresh == {each for each in ids if not self.came(each) and not self.barred(each)}
        for each in fresh:
            self.enter(each)

    @precondition(lambda self: not self.opened)
    @rule()
    def the_conference_is_opened(self) -> None:
        with self.app.app_context():
            has_quorum = queries.presence(db.session()).has_quorum
        self.opened = self.tried(
            lambda: agenda.open_conference(by=THE_PROGRAM, clock=self.clock), may=has_quorum
        )

    # -- what everybody sees -----------------------------------------------------------------------

    @invariant()
    def every_screen_says_the_same(self) -> None:
        if not hasattr(self, "app"):
            return
        with self.app.app_context():
            session = db.session()
            rows = {row.id: row for row in people.delegates(session)}
            presence = queries.presence(session)
            listed = queries.attendance(session)
            sheet = dict(attendance_list.facts(session, rehearsal=False, now=self.clock.now).totals)
            paper_list = fallback_list.facts(session, rehearsal=False)
            assert queries.inside_ids(session) == {w for w in self.stays if self.inside(w)}
        counted = {each for each in self.stays if rows[each].counts_for_quorum}
        present = sum(self.inside(each) for each in counted)
        guests = sum(self.inside(each) for each in self.stays if rows[each].is_guest)
        assert presence.convened == len(counted) == PEOPLE - 1
        assert (presence.present, presence.guests) == (present, guests)
        assert sum(unit.present for unit in presence.units) == present
        assert presence.votes == sum(self.inside(w) for w in self.stays if rows[w].votes)
        assert presence.elects == sum(self.inside(w) for w in self.stays if rows[w].elects)
        # D2 and the paper list: who came, and who is inside.
        came = sum(self.came(each) for each in counted)
        assert (listed.convened, listed.present) == (PEOPLE - 1, came)
        assert came + listed.absent_with_reason + listed.absent_without_reason == PEOPLE - 1
        assert (sheet["Triệu tập"], sheet["Có mặt"]) == (str(PEOPLE - 1), str(came))
        lines = [line for section in paper_list.sections for line in section.lines]
        assert sum(line.inside for line in lines) == sum(map(self.inside, self.stays))
        said = {
            "wall": _figures(self.secretary, "/projector"),
            "console": _figures(self.secretary, "/console"),
            "desk": _figures(self.clerk, "/desk"),
            "gate": _figures(self.gate, "/gate"),
        }
        assert set(said.values()) == {(present, PEOPLE - 1)}, said


_ON_THE_PAGE = {
    "/projector": (
        r'(?:<p class="figure">|class="foot"><p><strong>)(\d+)(?:</p><p>|</strong> )trên (\d+)'
    ),
    "/console": r'data-figure="present">(\d+)</span> <small>trên (\d+)',
    "/desk": r'id="desk-count"><b>(\d+)</b> trên (\d+)',
    "/gate": r'id="gate-count"><b>(\d+)</b> trên (\d+)',
}


def _figures(browser: Browser, path: str) -> tuple[int, int]:
    page = browser.get(path).get_data(as_text=True)
    found = re.search(_ON_THE_PAGE[path], page)
    assert found is not None, (path, page)
    return int(found[1]), int(found[2])


def _door(app: Flask, meeting: Meeting, clock: Clock) -> Door:
    door = Door(app, meeting, clock)
    tokens = app.extensions["kiosk_keys"].tokens
    with app.app_context():
        door.north, door.south, door.out = (
            devices.add_device(
                kind=Kind.GATE, name=name, by=THE_PROGRAM, key=tokens, clock=clock
            ).id
            for name in ("Cổng 1", "Cổng 2", "Cổng ra")
        )
        devices.set_direction(device_id=door.out, direction="out", by=THE_PROGRAM, clock=clock)
    return door


@pytest.mark.slow
def test_in_any_order_of_acts_every_screen_and_every_list_says_the_same(
    app: Flask, meeting: Meeting
) -> None:
    with app.app_context():
        db.session.remove()
    Day.template = Path(app.instance_path)
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=int(os.environ.get("KIOSK_TEST_EXAMPLES", "15")),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
