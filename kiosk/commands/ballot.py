"""`kiosk slips`, and `kiosk ballot …`, whose verbs stand in the rooms `ballot` and `closing`."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk.ballot.cli import ballot
from kiosk.closing.cli import verify
from kiosk.commands.terminal import cli, command, order, refusals, write_file
from kiosk.core import jobs
from kiosk.core.terminal import FILE, say


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


ballot.add_command(verify)
for _verb in ballot.commands.values():
    if _verb.callback is not None:
        # A refusal of theirs is a sentence too.
        _verb.callback = refusals(_verb.callback)
cli.add_command(ballot)
