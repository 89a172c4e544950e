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
import json
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
from kiosk.core.access import THE_PROGRAM
from kiosk.core.errors import Refused
from kiosk.core.messages import sentence
from kiosk.core.names import without_marks

P = ParamSpec("P")
T = TypeVar("T")


def say(text: str, *, to_error: bool = False) -> None:
    """Print a line that no code page can refuse.

    Where the terminal cannot write Vietnamese (an old Windows window), the marks are dropped: a
    sentence without marks can be read, a row of question marks cannot.
    """
    stream = sys.stderr if to_error else sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = without_marks(text).encode(encoding, errors="replace").decode(encoding)
    stream.write(text + "\n")
    stream.flush()


def say_json(value: Any) -> None:
    """One JSON document; letters outside ASCII are escaped where the stream cannot carry them."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") not in {"utf8", "utf16"}
    say(json.dumps(value, ensure_ascii=plain, indent=2))


def stop(refused: Refused) -> NoReturn:
    """Exit 1 with the sentence, in the language of the settings."""
    from kiosk import vocabulary

    assert vocabulary.ALL  # noqa: S101 (imported so that every code has its sentence)
    say(sentence(refused, chosen_language()), to_error=True)
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
            instance.upgrade(chosen)
            from kiosk import acts

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


def read_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as missing:
        raise click.UsageError(f"cannot read {file}: {missing.strerror}") from missing


FILE = click.Path(dir_okay=False, path_type=Path)


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
    for line in read.unread:
        say(f"? {line.number}: {line.text}", to_error=True)


@cli.group("roster", cls=AppGroup)
def roster() -> None:
    """The list of delegates."""


@roster.command("import", with_appcontext=False)
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--accept-rejected", is_flag=True, help="Import without the rejected rows.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def roster_import(
    context: click.Context, file: Path, dry_run: bool, accept_rejected: bool, as_json: bool
) -> None:
    """Import a roster (.xlsx or .csv): all of it or nothing."""
    done = order(
        context,
        "roster.import",
        data=base64.b64encode(read_file(file)).decode("ascii"),
        file=file.name,
        dry_run=dry_run,
        accept_rejected=accept_rejected,
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


@command("badges", with_appcontext=False)
@click.argument("out", type=FILE)
@click.pass_context
@refusals
def badges(context: click.Context, out: Path) -> None:
    """Print the badges of everyone on A4 sheets, by unit."""
    from kiosk.conference.badge_sheet import BadgeFace, badge_sheet
    from kiosk.conference.rules import band_of

    found = order(context, "badges.faces")
    sheet = badge_sheet(
        [BadgeFace(**face) for face in found["faces"]],
        heading=band_of(found["title"], found["host"]),
        watermark="DIỄN TẬP" if settings(context).rehearsal else None,
    )
    write_file(out, sheet)
    say(f"{out}: {len(found['faces'])} badges")


def write_file(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as refused:
        raise click.UsageError(f"cannot write {out}: {refused.strerror}") from refused


@command("serve", with_appcontext=False)
@click.option("--host", help="Address to listen on; only this laptop until TLS comes.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Default 8080; 0 takes a free one.")
@click.pass_context
@refusals
def serve(context: click.Context, host: str | None, port: int | None) -> None:
    """Run the hall."""
    from kiosk.serving import run

    chosen = settings(context, host=host, port=port)
    instance.ensure_whole(chosen.instance)
    run(chosen, say=say)


@command("demo", with_appcontext=False)
@click.option("--port", type=click.IntRange(0, 65_535), help="Default 8080; 0 takes a free one.")
@click.option("--delegates", type=click.IntRange(9, 10_000), default=186, show_default=True)
@click.pass_context
@refusals
def demo(context: click.Context, port: int | None, delegates: int) -> None:
    """Run the real plan with invented people, in a rehearsal folder of its own (`make run`)."""
    from kiosk.serving import run_demo

    run_demo(settings(context, port=port), delegates=delegates, say=say)


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
    added["address"] = f"{instance.address(chosen)}/pair/{added.pop('ticket')}"
    if as_json:
        say_json(added)
    else:
        say(added["address"])


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


def main() -> None:
    """The console script."""
    cli(prog_name="kiosk")


if __name__ == "__main__":
    main()
