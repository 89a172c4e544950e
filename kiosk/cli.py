"""`kiosk`: the verbs of a technician and of scripts (design 8).

Every listing takes `--json`: one JSON document on standard output and nothing else there. Exit
code 0 is done, 1 refused with a reason on standard error, 2 wrong usage. Output never fails on a
Windows code page.
"""

from __future__ import annotations

import sys

if {"serve", "demo"} & set(sys.argv[1:4]):
    # Before anything else is imported: sockets, locks and threads must be gevent's own.
    from gevent import monkey

    monkey.patch_all()

import base64
import logging
import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import DBAPIError

from kiosk import __version__, config, create_app, instance
from kiosk.ballot.cli import ballot
from kiosk.closing.cli import verify
from kiosk.core import jobs
from kiosk.core.access import THE_PROGRAM
from kiosk.core.errors import Refused
from kiosk.core.messages import sentence
from kiosk.core.terminal import FILE, FOLDER, read_file, say, say_json

P = ParamSpec("P")
T = TypeVar("T")


def stop(refused: Refused) -> NoReturn:
    """Exit 1 with the sentence, in the language of the settings."""
    from kiosk import vocabulary

    assert vocabulary.ALL  # noqa: S101 (imported so that every code has its sentence)
    language = chosen_language()
    say(sentence(refused, language), to_error=True)
    if isinstance(refused.__cause__, Refused):
        # What stood in the way of what was asked for: the thing to put right.
        say(sentence(refused.__cause__, language), to_error=True)
    raise SystemExit(1)


def chosen_language() -> str:
    """The language of the settings; Vietnamese where they cannot be read."""
    context = click.get_current_context(silent=True)
    named = context.find_root().params.get("instance") if context else None
    try:
        return config.load(named).language
    except Refused:
        return "vi"


def refusals(verb: Callable[P, T]) -> Callable[P, T]:
    """A refusal is one sentence and exit code 1, never a traceback."""

    @wraps(verb)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return verb(*args, **kwargs)
        except Refused as refused:
            stop(refused)
        except (OSError, sqlite3.Error, DBAPIError) as broken:
            # A read-only folder, a full disk, a file that is no database: a sentence, and the story
            # in the log for the technician.
            logging.getLogger(__name__).error("%s: %s", type(broken).__name__, broken)
            stop(Refused("instance_unreadable"))

    return guarded


def settings(context: click.Context, **given: object) -> config.Settings:
    return config.load(context.find_root().params.get("instance"), **given)


def order(context: click.Context, act: str, **arguments: Any) -> Any:
    """Perform an act: here under the instance's lock, or in the server that holds it."""
    chosen = settings(context)
    instance.ensure_whole(chosen.instance)
    try:
        with instance.locked(chosen.instance):
            from kiosk import acts
            from kiosk.backup import copying

            instance.upgrade(chosen, before=copying.before_upgrade)

            app = create_app(chosen)
            with app.app_context():
                return acts.perform(act, arguments, by=THE_PROGRAM)
    except Refused as refused:
        if refused.code != "instance_in_use":
            raise
    return instance.hand_over(chosen.instance, act, arguments)


def _no_app(*_: object) -> Flask:
    raise click.UsageError("this command opens its conference by itself")


@click.group(
    cls=AppGroup,
    context_settings={"help_option_names": ["-h", "--help"], "obj": ScriptInfo(create_app=_no_app)},
)
@click.option(
    "--instance",
    metavar="DIR",
    help="Folder of the conference (else KIOSK_INSTANCE, else ./instance).",
)
@click.version_option(__version__, prog_name="kiosk")
def cli(instance: str | None) -> None:
    """Run the day of a ward conference from one laptop."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for talkative in ("alembic", "httpx"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


command = cli.command


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
        **choices,
    )
    refused = done.get("refused") and Refused(done["refused"], **done["facts"])
    shown = done["preview"] if refused else done
    if as_json:
        say_json(shown)
    else:
        say(f"new {shown['new']}, changed {shown['changed']}, unchanged {shown['unchanged']}")
        for row in shown["rejected"]:
            say(f"rejected row {row['row']}: {row['reason']}")
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


def write_file(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as refused:
        raise click.UsageError(f"cannot write {out}: {refused.strerror}") from refused


@command("slips", with_appcontext=False)
@click.argument("out", type=FILE)
@click.option("--round", "number", required=True, type=click.IntRange(1, 99), help="1, 2, 3 …")
@click.option("--count", type=click.IntRange(1, 20_000), help="Default: electors and a tenth.")
@click.pass_context
@refusals
def slips(context: click.Context, out: Path, number: int, count: int | None) -> None:
    """Print the voting slips of one round: no names, random order. An earlier set is void."""
    from kiosk.ballot import papers

    jobs.step_back()
    payload = order(context, "slips.print", round=number, count=count)
    write_file(out, papers.job(payload, lambda done, total: None))
    say(f"{out}: {len(payload['data']['slips'])} slips of round {number}")


PORT = click.IntRange(0, 65_535)


@command("serve", with_appcontext=False)
@click.option("--host", help="One local address, or 127.0.0.1; default: all that this laptop has.")
@click.option("--port", type=PORT, help="Plain HTTP. Default 8080; 0 takes a free one.")
@click.option("--https-port", type=PORT, help="Encrypted. Default 8443; 0 takes a free one.")
@click.option("--no-tls", is_flag=True, help="No encryption: this laptop alone.")
@click.pass_context
@refusals
def serve(
    context: click.Context,
    host: str | None,
    port: int | None,
    https_port: int | None,
    no_tls: bool,
) -> None:
    """Run the hall."""
    from kiosk.serving import run

    chosen = settings(
        context, host=host, port=port, https_port=https_port, tls=False if no_tls else None
    )
    instance.ensure_whole(chosen.instance)
    run(chosen, say=say)


@command("demo", with_appcontext=False)
@click.option("--port", type=PORT, help="Default 8080; 0 takes a free one.")
@click.option("--https-port", type=PORT, help="Encrypted. Default 8443; 0 takes a free one.")
@click.option("--no-tls", is_flag=True, help="No encryption: this laptop alone.")
@click.option("--delegates", type=click.IntRange(9, 10_000), default=186, show_default=True)
@click.pass_context
@refusals
def demo(
    context: click.Context,
    port: int | None,
    https_port: int | None,
    no_tls: bool,
    delegates: int,
) -> None:
    """Run the real plan with invented people, in a rehearsal folder of its own (`make run`)."""
    from kiosk.serving import run_demo

    chosen = settings(context, port=port, https_port=https_port, tls=False if no_tls else None)
    run_demo(chosen, delegates=delegates, say=say)


def typed_password() -> str:
    """One line of standard input, as UTF-8 whatever the code page: browsers send UTF-8 as well."""
    line = sys.stdin.buffer.readline().rstrip(b"\r\n")
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise click.UsageError("the password on standard input is not UTF-8") from wrong


@cli.group("staff", cls=AppGroup)
def staff() -> None:
    """Accounts of the people who run the hall."""


@staff.command("add", with_appcontext=False)
@click.argument("name")
@click.option("--role", required=True, help="technician, secretary, chair or desk.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read it from standard input.")
@click.pass_context
@refusals
def staff_add(context: click.Context, name: str, role: str, password_stdin: bool) -> None:
    """Add an account."""
    password = typed_password()
    order(context, "staff.add", name=name, role=role, password=password)
    say(name)


@staff.command("reset", with_appcontext=False)
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Else one is made and printed once.")
@click.pass_context
@refusals
def staff_reset(context: click.Context, name: str, password_stdin: bool) -> None:
    """Set a new password and end the account's sessions."""
    from kiosk.staff.services import made_password

    password = typed_password() if password_stdin else made_password()
    order(context, "staff.reset", name=name, password=password)
    if not password_stdin:
        say(f"{name}: {password}", to_error=True)


@cli.group("device", cls=AppGroup)
def device() -> None:
    """Gates, tablets and projectors."""


@device.command("add", with_appcontext=False)
@click.option("--kind", required=True, help="gate, tablet or projector.")
@click.option("--name", required=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def device_add(context: click.Context, kind: str, name: str, as_json: bool) -> None:
    """Add a device; prints its one-time address."""
    added = order(context, "device.add", kind=kind, name=name)
    chosen = settings(context)
    way, over_lan = f"/pair/{added.pop('ticket')}", instance.lan_address(chosen)
    added["address"] = instance.address(chosen) + way
    # The same one-time address for another machine, where the running hall is on a network.
    added["lan_address"] = over_lan + way if over_lan else None
    if as_json:
        say_json(added)
    else:
        say(added["address"])
        if over_lan:
            say(added["lan_address"])


@device.command("list", with_appcontext=False)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def device_list(context: click.Context, as_json: bool) -> None:
    """List the devices."""
    found = order(context, "device.list")
    if as_json:
        say_json(found)
        return
    for row in found:
        say(f"{row['id']:>3}  {row['kind']:<9}  {row['state']:<8}  {row['name']}")


@device.command("revoke", with_appcontext=False)
@click.argument("device_name")
@click.pass_context
@refusals
def device_revoke(context: click.Context, device_name: str) -> None:
    """Revoke a device, by its number or its name."""
    gone = order(context, "device.revoke", device=device_name)
    say(gone["name"])


@cli.group("backup", cls=AppGroup, invoke_without_command=True)
@click.option("--to", "folder", type=FOLDER, help="Another place, this once.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def backup(context: click.Context, folder: Path | None, as_json: bool) -> None:
    """Make an encrypted copy now, also while the server runs."""
    if context.invoked_subcommand is not None:
        return
    from kiosk.backup import copying

    jobs.step_back()
    chosen = settings(context)
    instance.ensure_whole(chosen.instance)
    # Here and not in the server: a snapshot needs a read lock alone, and it also works when the
    # server hangs.
    place = chosen.backup_place
    made = copying.make_copy(
        chosen.instance, (folder or place).absolute(), ours=folder in (None, place)
    )
    if as_json:
        say_json(made.as_json())
    else:
        say(f"{made.path}: {made.bytes} bytes, book line {made.book_seq}, {made.seconds} s")


@backup.command("list", with_appcontext=False)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def backup_list(context: click.Context, as_json: bool) -> None:
    """List the copies, newest first."""
    from kiosk.backup import copying

    place = settings(context).backup_place
    found = [
        {
            "name": str(name),
            "made_at": name.stamp.isoformat(),
            "code": name.code,
            "before_upgrade": name.before_upgrade,
            "bytes": size,
        }
        for name, size in copying.copies(place)
    ]
    if as_json:
        say_json({"folder": str(place), "copies": found})
        return
    for row in found:
        say(f"{row['bytes']:>12}  {row['name']}")


@backup.command("key", with_appcontext=False)
@click.pass_context
@refusals
def backup_key(context: click.Context) -> None:
    """Make a new recovery key and print it once; copies from now on need it."""
    from kiosk.backup import recovery

    chosen = settings(context)
    instance.ensure_whole(chosen.instance)
    replaces = (chosen.instance / recovery.FILE).exists()
    # Told before anything that can still fail: from here on copies are locked with it.
    key = recovery.make(chosen.instance, replace=True)
    for line in recovery.told_once(key, chosen.language, replaces=replaces):
        say(line, to_error=True)
    order(context, "backup.key_made", recipient=recovery.recipient_text(chosen.instance))


@command("restore", with_appcontext=False)
@click.argument("file", type=FILE)
@click.option("--key-file", type=FILE, help="A file that holds the recovery key.")
@click.option("--key-stdin", is_flag=True, help="Read the recovery key from standard input.")
@click.option("--check", "only_check", is_flag=True, help="Prove the copy, write nothing.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def restore(  # noqa: PLR0917 (click hands over every option)
    context: click.Context,
    file: Path,
    key_file: Path | None,
    key_stdin: bool,
    only_check: bool,
    as_json: bool,
) -> None:
    """Make the empty folder of --instance the conference of a copy, whole or not at all."""
    from kiosk.backup import restoring

    if bool(key_file) == key_stdin and (key_file or not sys.stdin.isatty()):
        raise click.UsageError("name one of --key-file and --key-stdin")
    if key_file is not None:
        key = read_file(key_file).decode("utf-8", errors="replace")
    elif key_stdin:
        key = sys.stdin.read(4096)
    else:
        key = click.prompt("AGE-SECRET-KEY-1…", hide_input=True, err=True)
    target = config.instance_folder(context.find_root().params.get("instance"))
    done = restoring.restore(file, key, target, only_check=only_check)
    if as_json:
        say_json(done.as_json())
    else:
        said = done.manifest
        rows = f"book line {said.book_seq}, {said.rows.get('delegate', 0)} delegates"
        say(f"{file.name if only_check else target}: {said.made_at.isoformat()}, {rows}")


@command("doctor", with_appcontext=False)
@click.option("--json", "as_json", is_flag=True)
@click.option("--pdf", "out", type=FILE, help="The sheet to sign, as a PDF.")
@click.pass_context
@refusals
def doctor(context: click.Context, as_json: bool, out: Path | None) -> None:
    """Go or no-go: exit code 0 when the hall is ready, 1 with what to mend, in order."""
    from kiosk.doctor import asking, paper

    asked = asking.ask(settings(context), language=chosen_language(), on_paper=out is not None)
    if out is not None:
        write_file(out, paper.sheet_job(asked.sheet, lambda done, total: None))
    if as_json:
        say_json(asked.report)
    else:
        for line in asking.told(asked.report):
            say(line)
    if not asked.report["ready"]:
        raise SystemExit(1)


@command("rehearse", with_appcontext=False)
@click.option("--delegates", type=click.IntRange(9, 10_000), default=186, show_default=True)
@click.option("--gates", type=click.IntRange(2, 20), default=3, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Default: a new folder here."
)
@click.option("--json", "as_json", is_flag=True)
@refusals
def rehearse(delegates: int, gates: int, seed: int, out: Path | None, as_json: bool) -> None:
    """Walk a whole simulated day over real HTTP against a throw-away instance."""
    from kiosk.rehearsal.day import rehearse as walk

    report = walk(
        delegates=delegates,
        gates=gates,
        seed=seed,
        out=out,
        tell=lambda text: say(text, to_error=True),
    )
    if as_json:
        say_json(report.as_json())
    else:
        for line in report.lines():
            say(line)
    if not report.holds:
        raise SystemExit(1)


def _add_verbs(group: click.Group) -> None:
    """Verbs that stand in their room's own `cli.py`; a refusal of theirs is a sentence too."""
    for verb in group.commands.values():
        if verb.callback is not None:
            verb.callback = refusals(verb.callback)
    cli.add_command(group)


ballot.add_command(verify)
_add_verbs(ballot)


def main() -> None:
    """The console script."""
    cli(prog_name="kiosk")


if __name__ == "__main__":
    main()
