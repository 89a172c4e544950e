"""`kiosk ballot …`: verbs that stand in the rooms `ballot` and `closing`, which know no other."""

from __future__ import annotations

from kiosk.ballot.cli import ballot
from kiosk.closing.cli import verify
from kiosk.commands.terminal import cli, refusals

ballot.add_command(verify)
for _verb in ballot.commands.values():
    if _verb.callback is not None:
        # A refusal of theirs is a sentence too.
        _verb.callback = refusals(_verb.callback)
cli.add_command(ballot)
