"""The conference before the day: founding, plan, roster, badges, invitations."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from kiosk.commands.terminal import (
    chosen_language,
    cli,
    command,
    order,
    refusals,
    settings,
    stop,
    write_file,
)
from kiosk.core import jobs
from kiosk.core.errors import Refused
from kiosk.core.terminal import FILE, read_file, say, say_json


@command("init", with_appcontext=False)
@click.option("--plan", "plan_file", type=FILE, help="The plan (.txt or .docx).")
@click.option("--roster", "roster_file", type=FILE, help="The roster (.xlsx or .csv).")
@click.option("--rehearsal", is_flag=True, help="Watermark on every screen and paper.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def init(
    context: click.Context,
    plan_file: Path | None,
    roster_file: Path | None,
    rehearsal: bool,
    as_json: bool,
) -> None:
    """Make a new conference: keys, database, first account. Never asks."""
    from kiosk.backup import recovery
    from kiosk.founding import make_conference

    chosen = settings(context)
    made = make_conference(
        chosen,
        plan=(plan_file.name, read_file(plan_file)) if plan_file else None,
        roster=(roster_file.name, read_file(roster_file)) if roster_file else None,
        rehearsal=rehearsal,
    )
    # Once, and on standard error, so that a script's captured output holds no password.
    say(f"{made.account}: {made.password}", to_error=True)
    for line in recovery.told_once(made.recovery_key, chosen.language):
        say(line, to_error=True)
    if as_json:
        say_json(
            {
                "instance": str(chosen.instance),
                "account": made.account,
                "delegates": made.delegates,
                "agenda": made.agenda,
            }
        )
    else:
        say(f"{chosen.instance}: {made.agenda} agenda items, {made.delegates} delegates")


@command("plan", with_appcontext=False)
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True)
@refusals
def plan(file: Path, as_json: bool) -> None:
    """Say what a plan file says; nothing is written."""
    from kiosk.agenda.plan_import import ensure_takable
    from kiosk.conference.plan.reader import read_plan

    read = read_plan(read_file(file), filename=file.name)
    ensure_takable(read)
    if as_json:
        say_json(read.as_json())
        return
    say(read.title or file.name)
    for item in read.agenda:
        say(f"{item.number:>3}. [{item.kind.value}] {item.title}")
    for doubt in read.doubts:
        say(f"? {doubt.line} ({doubt.about}): {doubt.text}", to_error=True)


@cli.group("roster", cls=AppGroup)
def roster() -> None:
    """The list of delegates."""


@roster.command("import", with_appcontext=False)
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--accept-rejected", is_flag=True, help="Import without the rejected rows.")
@click.option(
    "--mapping",
    default="",
    metavar="name=B,title=C",
    help="Columns by hand: number, name, middle, given, title, unit, address_form, gender, seat,"
    " standing, note, birth, male, female.",
)
@click.option("--header-row", type=click.IntRange(0, 20_001), help="Row of the header; 0: none.")
@click.option("--sheet", default="", help="Name of the sheet, if not the first visible one.")
@click.option("--tcvn3", "legacy", flag_value="tcvn3", default="", help="Text in a .VnTime font.")
@click.option("--tcvn3-capitals", "legacy", flag_value="tcvn3-capitals", help="… .VnTimeH.")
@click.option("--vni", "legacy", flag_value="vni", help="Text in a VNI font.")
@click.option("--unit", default="", help="Unit of whoever has none in the file.")
@click.option("--with-hidden", is_flag=True, help="People in hidden rows as well.")
@click.option("--proper-case", is_flag=True, help="Names in capitals as proposed.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def roster_import(
    context: click.Context,
    /,
    file: Path,
    *,
    dry_run: bool,
    accept_rejected: bool,
    as_json: bool,
    header_row: int | None,
    **choices: Any,
) -> None:
    """Import a roster (.xlsx, .xls or .csv): all of it or nothing."""
    done = order(
        context,
        "roster.import",
        data=base64.b64encode(read_file(file)).decode("ascii"),
        file=file.name,
        dry_run=dry_run,
        accept_rejected=accept_rejected,
        header_row="" if header_row is None else header_row,
        language="" if as_json else chosen_language(),
        **choices,
    )
    refused = done.get("refused") and Refused(done["refused"], **done["facts"])
    shown = done["preview"] if refused else done
    if as_json:
        say_json(shown)
    else:
        say(f"new {shown['new']}, changed {shown['changed']}, unchanged {shown['unchanged']}")
        for row, why in zip(shown["rejected"], shown["why"], strict=True):
            say(f"rejected row {row['row']}: {why}")
    if refused:
        stop(refused)


@roster.command("undo", with_appcontext=False)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def roster_undo(context: click.Context, as_json: bool) -> None:
    """Take the last import back, while nobody of it has come."""
    done = order(context, "roster.undo")
    if as_json:
        say_json(done)
    else:
        say(f"taken back: {done['people']} people")


@command("badges", with_appcontext=False)
@click.argument("out", type=FILE)
@click.pass_context
@refusals
def badges(context: click.Context, out: Path) -> None:
    """Print the badges of everyone on A4 sheets, by unit."""
    from kiosk.conference.badge_sheet import BadgeFace, badge_sheet
    from kiosk.conference.rules import band_of

    jobs.step_back()
    found = order(context, "badges.faces")
    sheet = badge_sheet(
        [BadgeFace(**face) for face in found["faces"]],
        heading=band_of(found["title"], found["host"]),
        watermark="DIỄN TẬP" if settings(context).rehearsal else None,
    )
    write_file(out, sheet)
    say(f"{out}: {len(found['faces'])} badges")


@command("invitations", with_appcontext=False)
@click.argument("out", type=FILE)
@click.option("--unit", metavar="NAME", help="Only the people of this unit.")
@click.option("--dated", metavar="DD/MM/YYYY", help="Day of issue; else the clerk writes it.")
@click.pass_context
@refusals
def invitations(context: click.Context, out: Path, unit: str | None, dated: str | None) -> None:
    """Print the invitations, an A4 page for each person, by unit."""
    from kiosk.documents import invitation

    jobs.step_back()
    letters = order(context, "invitations.letters", unit=unit, dated=dated)
    write_file(out, invitation.job(letters, lambda done, total: None))
    say(f"{out}: {len(letters['letters']['people'])} invitations")
