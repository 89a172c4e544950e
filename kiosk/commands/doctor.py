"""Go or no-go."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk.commands.terminal import chosen_language, command, refusals, settings, write_file
from kiosk.core.terminal import FILE, say, say_json


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
