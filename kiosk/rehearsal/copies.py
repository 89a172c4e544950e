"""The copy that the running server made by itself, restored into an empty folder beside it."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from kiosk.backup import copying, restoring
from kiosk.backup.copying import Copy
from kiosk.rehearsal import facts
from kiosk.rehearsal.told import Copied

#: Seconds until a served instance must have noted a copy with somebody in it. The first begins five
#: seconds after the start, when the doors are open; on a slow laptop only the second holds anybody.
COPY_WITHIN = 90.0
#: Folder of the restored conference.
RESTORED = "restored"


def wait_for_copy(instance: Path, *, holding: int) -> Copy | None:
    """The last good copy that the server has noted, as soon as it holds that line of the book."""
    until = time.monotonic() + COPY_WITHIN
    while time.monotonic() < until:
        copy = copying.last_copy(instance)
        if copy is not None and copy.book_seq >= holding:
            return copy
        time.sleep(0.1)
    return copying.last_copy(instance)


def restore(copy: Copy, *, key: str, into: Path) -> Copied:
    """Open the copy with the recovery key, as a technician does on another laptop.

    Raises:
        Refused: what `restoring.restore` refuses: a damaged copy, another key.
    """
    with copy.path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    restored = restoring.restore(copy.path, key, into)
    return Copied(
        book_seq=restored.manifest.book_seq,
        is_noted=digest == copy.sha256 and restored.manifest.book_seq == copy.book_seq,
        stored=facts.read_stored(into),
    )
