"""What every verb of `kiosk` needs: the group, refusals as sentences, and the way of an act to
whoever holds the instance. What a verb prints, and what it reads: `core.terminal`.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
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
from kiosk.core.terminal import say

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


def write_file(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as refused:
        raise click.UsageError(f"cannot write {out}: {refused.strerror}") from refused
