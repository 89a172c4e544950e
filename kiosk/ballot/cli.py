"""`kiosk ballot …`: the count for tellers with paper, and for anyone who checks."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from kiosk.core.terminal import FILE, read_file, say, say_json


@click.group("ballot", cls=AppGroup)
def ballot() -> None:
    """The secret election: who is elected, and the proof of it."""


@ballot.command("decide", with_appcontext=False)
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True)
def decide(file: Path, as_json: bool) -> None:
    """Say who is elected by the counts in FILE, by the same rules as the sealed ballots."""
    from kiosk.ballot import question
    from kiosk.ballot.outcome import Disagreement

    asked = question.read(read_file(file))
    try:
        outcome = asked.decide()
    except Disagreement as broken:
        # For whoever wrote the file: the formula in its own words; the sentence follows.
        say(f"{broken.code}: {broken.invariant}", to_error=True)
        raise
    if as_json:
        say_json(outcome.as_json())
        return
    votes = {one.name: one.votes for one in asked.candidates}
    say(f"threshold {outcome.threshold}, open seats {outcome.open_seats}")
    for name, reason in outcome.reasons.items():
        say(f"{votes[name]:>6}  {reason.value:<16}  {name}")
    if outcome.second_round is not None:
        again = outcome.second_round
        say(f"second round for {again.seats}: {', '.join(again.candidates)}")
