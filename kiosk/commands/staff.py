"""Accounts of the people who run the hall."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from kiosk.commands.terminal import cli, order, refusals
from kiosk.core.terminal import say


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
