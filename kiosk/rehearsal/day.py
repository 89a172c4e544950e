"""`kiosk rehearse`: a whole day over real HTTP against a throw-away instance (design 8).

The real plan, invented people, a real `kiosk serve` in a process of its own, and browsers around
it: a secretary, gates with a crowd, a tablet, a projector that holds its stream. Everything that
breaks halls is played on purpose; afterwards `invariants` compares what people were told with what
is stored.
"""

from __future__ import annotations

import json
import logging
import math
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kiosk import config
from kiosk.config import Settings
from kiosk.core import keys
from kiosk.core.clock import in_hall, utc_now
from kiosk.core.errors import Refused
from kiosk.founding import Made, make_conference
from kiosk.rehearsal import facts, invariants
from kiosk.rehearsal.facts import Day, Shown, Told, Try
from kiosk.rehearsal.gates import Crowd, Gates, Shot, crowd_of, reissued_of
from kiosk.rehearsal.hall import (
    Browser,
    Picture,
    Statuses,
    Wall,
    log_lines,
    pair,
    present_shown,
    serving,
    sign_in,
)
from kiosk.rehearsal.people import invent, write_roster_xlsx
from kiosk.rehearsal.report import Report
from kiosk.serving import real_plan

Tell = Callable[[str], None]

#: One guest for so many delegates, and two at least.
DELEGATES_A_GUEST = 40
#: Seconds that a change may take to the wall before it counts as never arrived.
WALL_WITHIN = 5.0
#: The item that is left waiting while others go on: the election, as on the real day.
WAITS = 5
#: Its work goes on after this item.
RESUMED_AFTER = 7
#: The item during which the hall votes by hands.
VOTES = 3

LOG = "server.log"
REPORT = "report.json"


def rehearse(
    *, delegates: int = 186, gates: int = 3, seed: int = 2026, out: Path | None = None, tell: Tell
) -> Report:
    """Walk the whole day once and check it. The same seed brings the same people and arrivals.

    Raises:
        Refused: `instance_not_empty` when `out` already holds a rehearsal,
            `rehearsal_server_silent`, `rehearsal_stuck` when a step of the day cannot be done.
    """
    begun = time.perf_counter()
    # Thousands of lines "200 OK" would bury what is told.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if out is None:
        out = Path.cwd() / f"rehearsal-{in_hall(utc_now()):%Y%m%d-%H%M%S}"
    out = out.expanduser().resolve()
    folder = out / "instance"
    settings = Settings(instance=folder, rehearsal=True)
    tell(f"{out}")
    walk = _Walk(settings=settings, gate_count=gates, seed=seed, tell=tell)
    with walk.phase("founding"):
        made = _found(settings, delegates=delegates)
    log = out / LOG
    with ExitStack() as ending:
        with walk.phase("starting"):
            server = ending.enter_context(serving(folder, log=log))
        # Closed before the server is told to stop: open streams would hold it for seconds.
        ending.callback(walk.close)
        walk.through(server.address, made)
    with walk.phase("checking"):
        day = walk.day(facts.read_stored(folder / config.DATABASE), log=log_lines(log))
        findings = invariants.check(day)
    report = Report(
        delegates=delegates,
        outcomes=dict(sorted(Counter(answer.outcome or "none" for answer in day.told).items())),
        findings=findings,
        figures=walk.figures(),
        seconds=round(time.perf_counter() - begun, 2),
        out=out,
    )
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
    (out / REPORT).write_text(text + "\n", encoding="utf-8")
    return report


def _found(settings: Settings, *, delegates: int) -> Made:
    """The throw-away instance: the real plan and a roster file of invented people."""
    guests = max(2, delegates // DELEGATES_A_GUEST)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "danh-sach-dien-tap.xlsx"
        write_roster_xlsx(invent(delegates, guests=guests), file)
        roster = (file.name, file.read_bytes())
    return make_conference(settings, plan=real_plan(), roster=roster, rehearsal=True)


@dataclass
class _Walk:
    """The day as it is walked: the browsers, and everything noted for the invariants."""

    settings: Settings
    gate_count: int
    seed: int
    tell: Tell
    statuses: Statuses = field(default_factory=Statuses)
    browsers: list[Browser] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    openings: list[Try] = field(default_factory=list)
    forbidden: list[Try] = field(default_factory=list)
    undone: list[tuple[int, int]] = field(default_factory=list)
    lags: list[float | None] = field(default_factory=list)
    healed: bool = False
    phases: dict[str, float] = field(default_factory=dict)
    peak_seconds: float = 0.0
    peak: list[Told] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure and tell one part of the day."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.phases[name] = round(time.perf_counter() - begun, 2)
            self.tell(f"{name}: {self.phases[name]:.2f} s")

    def close(self) -> None:
        """Let everyone go home, whatever happened."""
        if hasattr(self, "wall"):
            self.wall.close()
        for browser in self.browsers:
            browser.close()

    # -- the day -----------------------------------------------------------------------------

    def through(self, address: str, made: Made) -> None:
        """Walk the day from the first sign-in to the last scan."""
        with self.phase("preparing"):
            crowd = self._prepare(address, made)
        with self.phase("arriving"):
            self._try_to_open()
            self._let_in(crowd.early, crowd.races)
            self._look("early")
            self._try_to_open()
            # The projector's cable is pulled while people come in.
            before = self.wall.connections
            self.wall.cut()
            self._let_in(crowd.rest)
            self.healed = self._look("rest") and self.wall.connections > before
        with self.phase("agenda"):
            self._try_to_open()
            self._look("open")
            self._walk_agenda(crowd)
        with self.phase("ending"):
            self._follow("end", lambda: self.secretary.must("/console/conference/end"))
            self.gates.one(crowd.absent)

    def _prepare(self, address: str, made: Made) -> Crowd:
        """Sign in, pair every device, replace three lost badges, hang up the wall."""
        self.secretary = self._came(Browser(address, self.statuses))
        sign_in(self.secretary, name=made.account, password=made.password)
        self.secretary.page("/console/devices")
        doors = [
            self._came(pair(self.secretary, kind="gate", name=f"Cổng {number}"))
            for number in range(1, self.gate_count + 1)
        ]
        self._came(pair(self.secretary, kind="tablet", name="Máy tính bảng 1"))
        projector = self._came(pair(self.secretary, kind="projector", name="Máy chiếu"))
        self.gates = Gates(doors, self.statuses)
        database = self.settings.instance / config.DATABASE
        with facts.reading(database) as source:
            people = facts.people_of(source)
            self.items = {number: item_id for item_id, number in facts.items_of(source)}
        self.convened = sum(person.counts_for_quorum for person in people)
        for delegate in reissued_of(people, self.seed):
            path = f"/console/delegates/{delegate}"
            self.secretary.page(path)
            self.secretary.must(f"{path}/badge/replace", reason="Làm mất thẻ")
        with facts.reading(database) as source:
            badges = facts.badges_of(source)
        self.wall = Wall(projector)
        self.wall.start()
        key = keys.load(self.settings.instance).badge
        return crowd_of(people, badges, key=key, seed=self.seed)

    def _came(self, browser: Browser) -> Browser:
        self.browsers.append(browser)
        return browser

    def _let_in(self, visits: Any, races: Any = ()) -> None:
        already, begun = len(self.gates.told), time.perf_counter()
        self.gates.play(visits, races)
        self.peak_seconds += time.perf_counter() - begun
        self.peak += self.gates.told[already:]

    def _try_to_open(self) -> None:
        """Press "open"; the wall follows when it is allowed."""
        at, mark, begun = utc_now(), self.wall.seen, time.perf_counter()
        answer = self.secretary.act("/console/conference/open")
        self.openings.append(Try("open", at, answer.status_code))
        if answer.status_code < 300:
            self._note_lag(mark, begun)

    def _walk_agenda(self, crowd: Crowd) -> None:
        """Nine items, one of them left waiting; late-comers, a vote by hands, a correction."""
        by_hand, *walking, taken_back = crowd.late
        self._next(seen=None)
        self._forbid("second item at once", f"/console/agenda/{self.items[2]}/start")
        self._forbid("ending too early", "/console/conference/end")
        self._next(seen=1)
        self._admit_by_hand(by_hand)
        for number, shot in enumerate(walking):
            self.gates.one(shot, gate=number % self.gate_count)
        self._look("late")
        self._next(seen=2)
        self._vote(taken_back)
        for number in range(VOTES, WAITS):
            self._next(seen=number)
        waits = self.items[WAITS]
        self._follow("wait", lambda: self.secretary.must(f"/console/agenda/{waits}/wait"))
        self._next(seen=None)
        for number in range(WAITS + 1, RESUMED_AFTER):
            self._next(seen=number)
        for path in (
            f"/console/agenda/{self.items[RESUMED_AFTER]}/end",
            f"/console/agenda/{waits}/start",
            f"/console/agenda/{waits}/end",
        ):
            self._follow(path, lambda path=path: self.secretary.must(path))  # type: ignore[misc]
        self._next(seen=None)
        for number in range(RESUMED_AFTER + 1, len(self.items) + 1):
            self._next(seen=number)
        self._look("last")

    def _next(self, *, seen: int | None) -> None:
        """The one tap, pressed twice as nervous fingers do; the second must change nothing."""
        form = {} if seen is None else {"seen": self.items[seen]}
        self._follow("next", lambda: self.secretary.must("/console/agenda/next", **form))
        self.secretary.must("/console/agenda/next", **form)

    def _admit_by_hand(self, shot: Shot) -> None:
        """A delegate without a badge: the secretary admits by hand, with a reason."""
        path = f"/console/delegates/{shot.delegate_id}"
        self.secretary.page(path)
        self._follow(
            "by hand", lambda: self.secretary.must(f"{path}/admit", reason="Quên thẻ ở nhà")
        )

    def _vote(self, comes_later: Shot) -> None:
        """A motion that half the hall wants; then a recount: one hand more, by a correction.

        Between the two somebody enters, is taken back and enters again, so that the presence of
        the vote is no longer the presence of the correction (R25).
        """
        voters = self._look("vote", figure=True)
        text = "Thông qua chương trình làm việc của Hội nghị"
        self._follow("motion", lambda: self.secretary.must("/console/motions", text=text))
        motion = re.search(r"/console/motions/(\d+)/count", self.secretary.page("/console"))
        if motion is None:
            raise Refused("rehearsal_stuck", step="/console/motions", status=200)
        half = voters // 2
        hands = {"in_favour": half, "against": voters - half, "other": 0}
        path = f"/console/motions/{motion[1]}"
        self._follow("count", lambda: self.secretary.must(f"{path}/count", **hands))
        status = self.gates.take_back(comes_later)
        self.undone.append((comes_later.delegate_id or 0, status))
        self._look("corrected")
        fixed = {"in_favour": half + 1, "against": voters - half - 1, "other": 0}
        reason = "Đếm sót một phiếu ở hàng ghế cuối"
        self._follow(
            "correct",
            lambda: self.secretary.must(f"{path}/correct", seen=1, reason=reason, **fixed),
        )
        self._follow("put away", lambda: self.secretary.must(f"{path}/put-away"))

    # -- noting ------------------------------------------------------------------------------

    def _forbid(self, what: str, path: str) -> None:
        self.forbidden.append(Try(what, utc_now(), self.secretary.act(path).status_code))

    def _follow(self, what: str, act: Callable[[], object]) -> None:
        """Do an act that the hall must see, and note how long the wall took."""
        mark, begun = self.wall.seen, time.perf_counter()
        act()
        if self._note_lag(mark, begun) is None:
            self.tell(f"the wall did not follow: {what}")

    def _note_lag(self, mark: int, begun: float) -> float | None:
        """Milliseconds from the press of the button to the next picture on the wall."""
        picture = self.wall.wait(lambda _: True, since=mark, within=WALL_WITHIN)
        lag = None if picture is None else (picture.arrived - begun) * 1000
        self.lags.append(lag)
        return lag

    def _look(self, when: str, *, figure: bool = False) -> Any:
        """While nothing moves, read the presence at three places; True when the stream has it.

        With `figure` the number itself, as the secretary reads it from the console.
        """
        at = utc_now()
        console = present_shown(self.secretary.page("/console"))
        page = present_shown(self.wall.browser.page("/projector"))

        def shows(picture: Picture) -> bool:
            return present_shown(picture.html) == console

        # The newest picture counts too: it may have come before we looked.
        newest = self.wall.wait(shows, since=max(self.wall.seen - 1, 0), within=WALL_WITHIN)
        stream = None if newest is None else present_shown(newest.html)
        for place, present in (("console", console), ("projector", page), ("stream", stream)):
            self.shown.append(Shown(at, place, present))
        if figure:
            if not console:
                raise Refused("rehearsal_stuck", step=when, status=200)
            return console
        return newest is not None and console is not None

    # -- afterwards --------------------------------------------------------------------------

    def day(self, stored: facts.Stored, *, log: tuple[str, ...]) -> Day:
        """Everything noted, for the invariants."""
        return Day(
            convened=self.convened,
            told=tuple(self.gates.told),
            stored=stored,
            shown=tuple(self.shown),
            forbidden=tuple(self.forbidden),
            openings=tuple(self.openings),
            undone=tuple(self.undone),
            lags=tuple(self.lags),
            healed=self.healed,
            statuses=self.statuses.all(),
            log=log,
        )

    def figures(self) -> dict[str, Any]:
        """Rates and times of this run, as these clients saw them. Never a limit of the server."""
        times = sorted(answer.ms for answer in self.peak)
        lags = [lag for lag in self.lags if lag is not None]
        return {
            "scans": len(self.gates.told),
            "peak_scans": len(times),
            "scans_per_second": round(len(times) / self.peak_seconds, 1),
            "scan_p50_ms": round(_percentile(times, 50), 1),
            "scan_p99_ms": round(_percentile(times, 99), 1),
            "projector_median_ms": round(statistics.median(lags), 1) if lags else None,
            "projector_changes": len(self.lags),
            "projector_pictures": self.wall.seen,
            "statuses": {str(status): n for status, n in self.statuses.all().items()},
            "seconds": self.phases,
        }


def _percentile(values: list[float], share: int) -> float:
    """Nearest rank of an already sorted list."""
    return values[max(0, math.ceil(len(values) * share / 100) - 1)] if values else 0.0
