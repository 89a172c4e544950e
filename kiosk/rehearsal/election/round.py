"""One round of a rehearsed election, step by step; at the end it becomes a `RoundTold`."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TypeVar

from kiosk.ballot.box import path_of
from kiosk.core.errors import Refused
from kiosk.rehearsal.election import wishes
from kiosk.rehearsal.election.booths import Booths, Paper, paper_in
from kiosk.rehearsal.election.ceremony import Table
from kiosk.rehearsal.election.roles import Roles, entitled
from kiosk.rehearsal.hall import Browser
from kiosk.rehearsal.machines import Machine
from kiosk.rehearsal.needles import Needles
from kiosk.rehearsal.told_ballot import (
    INVALID,
    Choice,
    Denied,
    Play,
    RoundTold,
    Scanned,
    Turnout,
    When,
)
from kiosk.rehearsal.walk import Walk

#: Electors in the hall who draw no slip, and those who draw theirs when others vote already.
ABSTAIN, LATE = 2, 2
#: Share of the voters after which the plug is pulled.
CUT_AFTER = 0.4
#: Seconds for a tablet to hear where it goes now, and for a few ballots.
SAID_WITHIN, VOTE_WITHIN = 10.0, 60.0
#: Tablets whose pages are loaded at once.
AT_ONCE = 8

T = TypeVar("T")

HELPER = "Nguyễn Thị Dìu"
_OUTCOME = re.compile(r'data-outcome="(\w+)"')
_COUNT = re.compile(r'<span class="count">\s*(\d+)\s*</span>')
_RESULT = re.compile(r'class="(?:votes|outcome )|<ol class="standing"')


class Round:
    """One round; its steps in the order in which they stand here."""

    def __init__(
        self, walk: Walk, roles: Roles, dice: random.Random, *, number: int, is_last: bool
    ) -> None:
        self.walk, self.roles, self.dice, self.is_last = walk, roles, dice, is_last
        self.table = Table(walk, roles)
        self.bag = list(walk.bags[number])
        self.slips = frozenset(self.bag)
        self.next_bag = walk.bags.get(number + 1, [])
        self.scans: list[Scanned] = []
        self.drawn: list[str] = []
        self.late: list[int] = []
        self.electors: list[int] = []
        self.verified: dict[str, bool] = {}
        self.report: tuple[dict[str, str], tuple[str, ...]] = ({}, ())
        self.killed = self.box_lay = self.box_lies = False
        self.cast_seconds = self.open_seconds = 0.0
        self._mark = 0
        self._turnouts: tuple[Turnout, ...] = ()
        self._lock = threading.Lock()
        self.booths: Booths

    @property
    def tablets(self) -> list[Machine]:
        return self.walk.fleet.tablets

    # -- before the voting -------------------------------------------------------------------

    def lock(self) -> None:
        """Count the slips into the bag, lock the box, compare it at every tablet."""
        self.dice.shuffle(self.bag)
        self.table.begin(len(self.bag))
        gate = self.walk.fleet.gates[0].browser
        self.scan(gate, self.roles.head, "closed")
        seen = self._seen()
        self.table.lock()
        self.box_lay = path_of(self.walk.settings.instance, self.table.number).exists()
        self._goes("/ballot/box", seen)
        papers = self._at_all(lambda each: paper_in(each.browser.page("/ballot/box")))
        for tablet, paper in zip(self.tablets, papers, strict=True):
            mark = paper.mark.hex() if paper else ""
            self.table.marks.append((f"tablet {tablet.id}, locked", mark))
        shown = next((each for each in papers if each is not None), None)
        if shown is None:
            raise Refused("rehearsal_stuck", step="/ballot/box", status=200)
        lot = self.table.drawn()
        drawn = next((each for each in self.tablets if each.id == lot), None)
        if drawn is None:
            raise Refused("rehearsal_stuck", step=f"{self.table.at}: {lot}", status=200)
        self._begin_booths(shown)
        early = self.bag[0]
        refusal = self.booths.check(drawn.browser, early)
        denied = Denied("a ballot before the opening", "ballot_not_open", refusal)
        self.walk.noted.denied.append(denied)
        self.table.compare(drawn.id)

    def _begin_booths(self, paper: Paper) -> None:
        next_slip = self.next_bag[0] if self.next_bag else None
        self.booths = Booths(self.tablets, paper, [], next_slip)

    def issue(self) -> None:
        """Badges are scanned at every gate; each draws from the bag. Some are sent away."""
        self.electors, outside, others = entitled(self.walk)
        self.dice.shuffle(self.electors)
        spare = len(self.electors) - len(self.electors) // 2 - 2 * LATE
        draw = self.electors[: len(self.electors) - max(0, min(ABSTAIN, spare - LATE))]
        now, self.late = draw[:-LATE], draw[-LATE:]
        first = self.walk.fleet.gates[0].browser
        self._scan_by_mistake(first, now[0])
        self._scan_all(now)
        self.scan(first, now[0], "already")
        self.scan(first, self.roles.guest, "not_entitled")
        for who, expected in ((outside[:1], "absent"), (others[:1], "not_entitled")):
            for each in who:
                self.scan(first, each, expected)
        for code, expected in ((self.roles.old_badges[0], "unknown"), ("?", "unreadable")):
            self.scan(first, None, expected, code=code)

    def scan(
        self, gate: Browser, who: int | None, expected: str, *, code: str = "", undone: bool = False
    ) -> None:
        """One badge at the issue; whoever gets a slip draws one."""
        code = code or self.roles.badges[who or 0]
        answer = gate.act("/issue/scan", code=code)
        found = _OUTCOME.search(answer.text)
        outcome = found[1] if found else str(answer.status_code)
        with self._lock:
            self.scans.append(Scanned(who, expected, outcome, undone))
            if outcome == "issued" and not undone:
                self.drawn.append(self.bag.pop())

    def _scan_by_mistake(self, gate: Browser, who: int) -> None:
        """The wrong badge: taken back before anything was drawn."""
        self.scan(gate, who, "issued", undone=True)
        gate.must(f"/issue/undo/{who}")

    def _scan_all(self, people: list[int]) -> None:
        waiting: SimpleQueue[int] = SimpleQueue()
        for each in people:
            waiting.put(each)

        def work(gate: Browser) -> None:
            while True:
                try:
                    who = waiting.get_nowait()
                except Empty:
                    return
                self.scan(gate, who, "issued")

        gates = [each.browser for each in self.walk.fleet.gates]
        with ThreadPoolExecutor(len(gates)) as threads:
            for done in [threads.submit(work, gate) for gate in gates]:
                done.result()

    # -- the voting --------------------------------------------------------------------------

    def open(self) -> None:
        """Voting opens; every tablet hears it and loads the ballot, then listens to nothing."""
        seen = self._seen()
        self._mark = self.walk.wall.seen
        self.table.open_voting()
        self._goes("/ballot", seen)
        for tablet in self.tablets:
            if tablet.listener is not None:
                tablet.listener.close()
        papers = self._at_all(lambda each: paper_in(each.browser.page("/ballot")))
        for tablet, paper in zip(self.tablets, papers, strict=True):
            mark = paper.mark.hex() if paper else ""
            self.table.marks.append((f"tablet {tablet.id}, voting", mark))
        for who in self.late:
            self.scan(self.walk.fleet.gates[-1].browser, who, "issued")
        self._decide()

    def _decide(self) -> None:
        """Everybody who drew a slip makes up the mind."""
        definition = self.booths.paper.definition
        ballots = wishes.draw(
            voters=len(self.drawn),
            electors=len(self.electors),
            candidates=len(definition.candidates),
            seats=definition.seats,
            is_last=self.is_last,
            dice=self.dice,
        )
        self.booths.choices += [
            Choice(play, slip, marks, INVALID.get(play, ""))
            for slip, play, marks in zip(self.drawn, ballots.plays, ballots.marks, strict=True)
        ]

    def vote(self, cut: Callable[[Round], None] | None = None) -> None:
        """Everybody votes; with `cut` the plug is pulled in the middle of it."""
        booths = self.booths
        voters = [at for at, choice in enumerate(booths.choices) if choice.play is not Play.NEVER]
        before = voters[: int(len(voters) * CUT_AFTER)] if cut else []
        after = voters[len(before) :]
        begun, dark = time.perf_counter(), 0.0
        booths.play(before)
        self.table.help(HELPER)
        if cut is None:
            booths.play(after)
        else:
            with ThreadPoolExecutor(1) as crowd:
                voting = crowd.submit(booths.play, after)
                booths.wait_for(booths.taken + 2, within=VOTE_WITHIN)
                fell = time.perf_counter()
                cut(self)
                dark = time.perf_counter() - fell
                self.killed = True
                voting.result()
            booths.send_again(When.KILLED, dice=self.dice)
        self.cast_seconds = time.perf_counter() - begun - dark

    # -- afterwards --------------------------------------------------------------------------

    def close(self) -> None:
        """No ballot after it; whoever asks about one that was taken is told the truth."""
        self.table.deny("sums while people vote", "ballot_wrong_moment", "sums", **_NOTHING)
        self.table.close()
        self.booths.send_again(When.CLOSED, dice=self.dice)
        self.booths.come_too_late(When.CLOSED)
        self._at_all(lambda each: each.wake("/tablet"))
        self._at_all(lambda each: each.listen("tablet"))

    def sums(self) -> None:
        """Slips left in the bag, dropped into the clear box, and given back."""
        taken = len({each.sealed for each in self.booths.sent if each.is_taken})
        self.table.sums(left=len(self.bag), in_box=taken, refused=len(self.drawn) - taken)

    def open_box(self, *, right: tuple[int, ...], wrong: tuple[int, ...] = ()) -> None:
        """The tellers' codes; then again somebody asks about a ballot that was taken."""
        self.open_seconds = self.table.open_box(right, wrong)
        pictures = self.walk.wall.pictures[self._mark :]
        self._turnouts = tuple(
            Turnout(
                tuple(int(each) for each in _COUNT.findall(picture.html)),
                _RESULT.search(picture.html) is not None,
            )
            for picture in pictures
        )
        self.box_lies = path_of(self.walk.settings.instance, self.table.number).exists()
        self.booths.send_again(When.OPENED, dice=self.dice)
        self.booths.come_too_late(When.OPENED)

    def result(self) -> None:
        """Read out, declared, reported, put away."""
        self.table.read_out(len(self.booths.paper.definition.candidates))
        self.report = self.table.report()
        self.table.put_away()

    def needles(self) -> Needles:
        """What must lie nowhere, of this round and of the slips of the next."""
        paper = self.booths.paper
        marks = {choice.marks for choice in self.booths.choices if any(choice.marks)}
        sent = list(self.booths.sent)
        length = max((len(each.sealed) for each in sent), default=0)
        return Needles(
            sealed=[each.sealed for each in sent if len(each.sealed) == length],
            plain=[paper.plain(each) for each in sorted(marks)],
            slips=set(self.slips | set(self.next_bag)),
            codes=set(self.table.cards.values()),
        )

    def told(self) -> RoundTold:
        """Everything, for the invariants."""
        definition, table = self.booths.paper.definition, self.table
        return RoundTold(
            number=table.number,
            seats=definition.seats,
            type=definition.kind.value,
            candidates=definition.candidates,
            printed=len(self.slips),
            choices=tuple(self.booths.choices),
            sent=tuple(self.booths.sent),
            scans=tuple(self.scans),
            electors=len(self.electors),
            typed=tuple(table.typed),
            fingerprints=tuple(table.marks),
            set_fingerprints=tuple(table.set_marks),
            turnouts=self._turnouts,
            report=self.report[0],
            elected=self.report[1],
            verified=self.verified,
            killed=self.killed,
            box_lay=self.box_lay,
            box_lies=self.box_lies,
            helpers=(HELPER,),
            cast_seconds=self.cast_seconds,
            open_seconds=self.open_seconds,
            acts=dict(table.acts),
        )

    # -- the tablets -------------------------------------------------------------------------

    def _seen(self) -> dict[int, int]:
        return {
            each.id: each.listener.seen if each.listener is not None else 0 for each in self.tablets
        }

    def _goes(self, path: str, seen: dict[int, int]) -> None:
        """Every tablet that follows hears by its stream where it goes now."""
        for each in self.tablets:
            if each.wait_for(since=seen[each.id], within=SAID_WITHIN, goes=path) is None:
                self.walk.noted.strayed.append((each.id, path))

    def _at_all(self, act: Callable[[Machine], T]) -> list[T]:
        """The same at every tablet."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(act, self.tablets))


_NOTHING = {"left": "0", "in_box": "0", "lost": "0", "refused": "0", "note": ""}
