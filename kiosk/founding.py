"""Making a conference: keys, database, the first account, and what was brought along."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

from kiosk import config, create_app, instance
from kiosk.backup import recovery
from kiosk.conference.plan.model import Plan
from kiosk.conference.roster.sheet import Sheet
from kiosk.config import Settings
from kiosk.core.access import THE_PROGRAM, Role
from kiosk.core.db import db, unit_of_work

#: The first account; the secretary adds the others in the console.
FIRST_ACCOUNT = "thuky"


@dataclass(frozen=True)
class Made:
    """A new conference and its first account; what is secret is told once and stored nowhere."""

    account: str
    password: str
    #: Opens the copies of this conference (`kiosk.backup.recovery`).
    recovery_key: str
    agenda: int
    delegates: int


def real_plan() -> tuple[str, bytes]:
    """The plan of the first conference, shipped with the program."""
    name = "ke-hoach-hoi-nghi-2026.txt"
    return name, resources.files("kiosk").joinpath("data", "plan", name).read_bytes()


def make_conference(
    settings: Settings,
    *,
    plan: tuple[str, bytes] | None = None,
    roster: tuple[str, bytes] | None = None,
    rehearsal: bool = False,
) -> Made:
    """Make a new instance. Both files are read before anything is made: half an instance is none.

    Raises:
        Refused: `instance_not_empty`, and whatever the files are refused for.
    """
    from kiosk.agenda import plan_import
    from kiosk.conference.plan.reader import read_plan
    from kiosk.conference.roster.reader import read_roster
    from kiosk.core.errors import Refused

    read = read_plan(plan[1], filename=plan[0]) if plan else None
    sheet = read_roster(roster[1], filename=roster[0]) if roster else None
    if sheet is not None and sheet.rejected:
        raise Refused("roster_has_rejected", rejected=len(sheet.rejected))
    if sheet is not None and read is None:
        raise Refused("conference_missing")
    if read is not None:
        plan_import.ensure_takable(read)
    settings = settings.model_copy(update={"rehearsal": rehearsal or settings.rehearsal})
    settings.instance.mkdir(parents=True, exist_ok=True)
    with instance.locked(settings.instance):
        instance.create(settings)
        try:
            recovery_key = recovery.make(settings.instance)
            password = _fill(settings, plan=plan, read=read, roster=roster, sheet=sheet)
        except BaseException:
            # A full disk, a kill: the next `init` must find an empty folder, not half a conference.
            instance.remove_founded(settings.instance, recovery.FILE)
            raise
    return Made(
        account=FIRST_ACCOUNT,
        password=password,
        recovery_key=recovery_key,
        agenda=len(read.agenda) if read else 0,
        delegates=len(sheet.rows) if sheet else 0,
    )


def _fill(
    settings: Settings,
    *,
    plan: tuple[str, bytes] | None,
    read: Plan | None,
    roster: tuple[str, bytes] | None,
    sheet: Sheet | None,
) -> str:
    """Account, plan and roster in one unit of work; returns the account's password."""
    from kiosk.agenda import plan_import
    from kiosk.conference import services as conference
    from kiosk.staff import services as staff

    if settings.rehearsal:
        (settings.instance / config.FILE).write_text("rehearsal = true\n", encoding="utf-8")
    app = create_app(settings)
    password = staff.made_password()
    try:
        with app.app_context():
            staff.add_account(
                name=FIRST_ACCOUNT, role=Role.SECRETARY, password=password, by=THE_PROGRAM
            )
            with unit_of_work():
                if read is not None and plan is not None:
                    plan_import.import_plan(
                        read,
                        file_name=plan[0],
                        sha256=hashlib.sha256(plan[1]).hexdigest(),
                        by=THE_PROGRAM,
                    )
                if sheet is not None and roster is not None:
                    conference.import_roster(
                        sheet,
                        data=roster[1],
                        accept_rejected=False,
                        key=app.extensions["kiosk_keys"].badge,
                        by=THE_PROGRAM,
                    )
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["kiosk_writer"].close()
    return password
