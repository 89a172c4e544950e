"""Copies, and the way back."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from kiosk import config, instance
from kiosk.commands.terminal import cli, command, order, refusals, settings
from kiosk.core import jobs
from kiosk.core.terminal import FILE, FOLDER, read_file, say, say_json


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
    from kiosk.ballot import rounds

    if bool(key_file) == key_stdin and (key_file or not sys.stdin.isatty()):
        raise click.UsageError("name one of --key-file and --key-stdin")
    if key_file is not None:
        key = read_file(key_file).decode("utf-8", errors="replace")
    elif key_stdin:
        key = sys.stdin.read(4096)
    else:
        key = click.prompt("AGE-SECRET-KEY-1…", hide_input=True, err=True)
    target = config.instance_folder(context.find_root().params.get("instance"))
    done = restoring.restore(file, key, target, settle=rounds.void_restored, only_check=only_check)
    if as_json:
        say_json(done.as_json())
    else:
        said = done.manifest
        rows = f"book line {said.book_seq}, {said.rows.get('delegate', 0)} delegates"
        say(f"{file.name if only_check else target}: {said.made_at.isoformat()}, {rows}")
