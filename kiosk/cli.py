"""`kiosk`: the verbs of a technician and of scripts (design 8).

The verbs stand in `commands`, by what they are about. Every listing takes `--json`: one JSON
document on standard output and nothing else there. Exit code 0 is done, 1 refused with a reason on
standard error, 2 wrong usage. Output never fails on a Windows code page.
"""

from __future__ import annotations

import sys

if {"serve", "demo"} & set(sys.argv[1:4]):
    # Before anything else is imported: sockets, locks and threads must be gevent's own.
    from gevent import monkey

    monkey.patch_all()

from kiosk.commands import backup, conference, devices, doctor, hall, rehearsal, staff
from kiosk.commands.terminal import cli

#: Imported so that each has added its verbs to the group.
VERBS = (conference, hall, staff, devices, backup, doctor, rehearsal)


def main() -> None:
    """The console script."""
    cli(prog_name="kiosk")


if __name__ == "__main__":
    main()
