"""`kiosk rehearse`: a whole day over real HTTP against a throw-away instance (design 8).

The real plan, invented people, a real `kiosk serve` in a process of its own, and browsers around
it: two secretaries, the desk, gates with a crowd, a tablet, a projector that holds its stream.
Everything that breaks halls is played on purpose; afterwards `invariants` compares what people were
told with what is stored, here and in the copy that the server made by itself.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.backup.copying import Copy
from kiosk.config import Settings
from kiosk.core.clock import in_hall, utc_now
from kiosk.core.errors import Refused
from kiosk.founding import Made, make_conference, real_plan
from kiosk.rehearsal import copies, doors, encrypted, facts, fleet, invariants, preparing, sitting
from kiosk.rehearsal.figures import figures_of
from kiosk.rehearsal.hall import log_lines, standing_by
from kiosk.rehearsal.people import invent, write_roster_xlsx
from kiosk.rehearsal.report import Report
from kiosk.rehearsal.told import Copied
from kiosk.rehearsal.told_devices import NEVER_TRIED
from kiosk.rehearsal.walk import Tell, Walk

#: One guest for so many delegates, and two at least.
DELEGATES_A_GUEST = 40

LOG = "server.log"
REPORT = "report.json"


def rehearse(
    *,
    delegates: int = 186,
    gates: int = 3,
    tablets: int = 4,
    seed: int = 2026,
    out: Path | None = None,
    tell: Tell,
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
    settings = Settings(instance=out / "instance", rehearsal=True)
    tell(f"{out}")
    founding = time.perf_counter()
    made = _found(settings, delegates=delegates)
    with ExitStack() as ending:
        walk = Walk(
            settings=settings,
            server=ending.enter_context(standing_by(settings.instance, log=out / LOG)),
            gate_count=gates,
            tablet_count=tablets,
            seed=seed,
            tell=tell,
            made=made,
        )
        walk.note_phase("founding", founding)
        with walk.phase("starting"):
            lan = encrypted.open_doors(walk.server)
        # Closed before the server is told to stop: open streams would hold it for seconds.
        ending.callback(walk.close)
        copy = _through(walk, lan)
    with walk.phase("restoring"):
        copied = _restored(walk, copy, into=out / copies.RESTORED)
    with walk.phase("checking"):
        day = walk.day(facts.read_stored(settings.instance), copied, log=log_lines(out / LOG))
        findings = invariants.check(day)
    report = Report(
        delegates=delegates,
        outcomes=dict(sorted(Counter(answer.outcome or "none" for answer in day.told).items())),
        findings=findings,
        untried=(*walk.noted.untried, *NEVER_TRIED),
        figures=figures_of(walk, copied),
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


def _through(walk: Walk, lan: str) -> Copy | None:
    """Walk the day from the first sign-in to the last list; the copy that was made meanwhile."""
    with walk.phase("preparing"):
        preparing.prepare(walk, lan)
    with walk.phase("arriving"):
        doors.arrive(walk)
    with walk.phase("agenda"):
        sitting.sit(walk)
    with walk.phase("devices"):
        fleet.walk_through(walk)
    with walk.phase("ending"):
        sitting.end(walk)
    with walk.phase("copying"):
        return copies.wait_for_copy(walk.settings.instance, holding=walk.first_stay())


def _restored(walk: Walk, copy: Copy | None, *, into: Path) -> Copied | None:
    """What the copy holds; None, and a sentence, when there is none or it does not open."""
    if copy is None:
        walk.tell("the server made no copy")
        return None
    try:
        return copies.restore(copy, key=walk.made.recovery_key, into=into)
    except (Refused, OSError) as failed:
        walk.tell(f"the copy was not restored: {failed}")
        return None
