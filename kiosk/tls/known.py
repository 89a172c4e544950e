"""What the server, the doctor and `/trust` know of the authority: everything but its key."""

from __future__ import annotations

from pathlib import Path

from kiosk.core import jobs
from kiosk.core.errors import Refused
from kiosk.tls import store
from kiosk.tls.rules import Authority

#: Seconds for one look, on a laptop that is busy with something else.
LONGEST = 60.0


def authority(folder: Path) -> Authority | None:
    """The authority of an instance; None where none was made yet.

    Where its file is another than at the last look (it came out of a copy, or was spoiled), a
    process of its own looks whether key and certificate belong together: this one never opens it.

    Raises:
        Refused: `authority_damaged`: a new one in its place would turn every tablet away.
    """
    found = store.known_authority(folder)
    if found is not None or not (folder / store.AUTHORITY).exists():
        return found
    jobs.run_job("hall_authority", {"instance": str(folder)}, timeout=LONGEST, lane="certificate")
    found = store.known_authority(folder)
    if found is None:
        raise Refused("authority_damaged", file=store.AUTHORITY)
    return found
