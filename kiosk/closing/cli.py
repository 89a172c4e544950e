"""`kiosk ballot verify`: the count of a round, opened and counted again without a database."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk.core.terminal import FILE, read_file, say, say_json


@click.command("verify")
@click.argument("file", type=FILE)
@click.option("--fingerprint", metavar="HEX", help="Of the box, as the tellers wrote it down.")
@click.option("--sealed-fingerprint", metavar="HEX", help="Of the sealed set, as they wrote it.")
@click.option("--json", "as_json", is_flag=True)
def verify(
    file: Path, fingerprint: str | None, sealed_fingerprint: str | None, as_json: bool
) -> None:
    """Open and recount the sealed set of an export; exit code 1 when a claim of it is false."""
    from kiosk.closing import recount

    written = {"fingerprint": fingerprint, "sealed_fingerprint": sealed_fingerprint}
    checked = recount.check(
        read_file(file), written={name: text for name, text in written.items() if text is not None}
    )
    if as_json:
        say_json(checked.as_json())
    else:
        for claim, holds in checked.claims.items():
            say(f"{'ok   ' if holds else 'FALSE'}  {claim}")
        say(f"{checked.valid} valid, {sum(checked.invalid.values())} invalid")
        for name, numbers in checked.votes.items():
            say(f"{' / '.join(map(str, numbers)):>12}  {checked.outcome['reasons'][name]}  {name}")
    if not checked.holds:
        raise SystemExit(1)
