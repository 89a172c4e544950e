"""A whole simulated day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kiosk.commands.terminal import command, refusals
from kiosk.core.terminal import say, say_json


@command("rehearse", with_appcontext=False)
@click.option("--delegates", type=click.IntRange(9, 10_000), default=186, show_default=True)
@click.option("--gates", type=click.IntRange(2, 20), default=3, show_default=True)
@click.option("--tablets", type=click.IntRange(3, 64), default=4, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Default: a new folder here."
)
@click.option("--json", "as_json", is_flag=True)
@refusals
def rehearse(*, as_json: bool, **what: Any) -> None:
    """Walk a whole simulated day over real HTTP against a throw-away instance."""
    from kiosk.rehearsal.day import rehearse as walk

    report = walk(**what, tell=lambda text: say(text, to_error=True))
    if as_json:
        say_json(report.as_json())
    else:
        for line in report.lines():
            say(line)
    if not report.holds:
        raise SystemExit(1)
