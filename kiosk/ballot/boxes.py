"""The boxes of this instance: one open file for the whole process (`box.Box` wants no second).

Acts get this object from their page; it knows rounds by number and fingerprint and nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from pathlib import Path

from kiosk.ballot import box
from kiosk.ballot.box import Box


class Boxes:
    """Opens the box of a round once and keeps it open."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance
        self._open: dict[int, Box] = {}
        self._lock = threading.RLock()

    def create(
        self, number: int, *, slips: Collection[bytes], sealed_length: int, fingerprint: bytes
    ) -> None:
        """Make the empty box of a round. A box that a broken ceremony left behind goes first.

        Raises:
            Refused: `ballot_box_without_slips`; OSError where the disk does not take it.
        """
        with self._lock:
            self.destroy(number)
            box.create(
                box.path_of(self.instance, number),
                slips=slips,
                sealed_length=sealed_length,
                fingerprint=fingerprint,
            )

    def of(self, number: int, fingerprint: bytes) -> Box:
        """The box of a round. Refused: `ballot_box_missing`, `ballot_box_of_another_round`."""
        with self._lock:
            found = self._open.get(number)
            if found is None:
                path = box.path_of(self.instance, number)
                found = self._open[number] = Box(path, fingerprint=fingerprint)
            found.ensure_belongs(fingerprint)
            return found

    def destroy(self, number: int) -> None:
        """Close and delete the box of a round, where there is one."""
        with self._lock:
            found = self._open.pop(number, None)
            if found is not None:
                found.destroy()
            else:
                box.remove(box.path_of(self.instance, number))

    def sweep(self, done: Iterable[int]) -> list[int]:
        """At the start: delete boxes of rounds that are opened or void."""
        return box.sweep(self.instance, done=done)

    def close(self) -> None:
        """Give every file back."""
        with self._lock:
            for each in self._open.values():
                each.close()
            self._open.clear()
