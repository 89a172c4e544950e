"""An instance, the place of its copies and the recovery key on paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.backup import copying
from kiosk.backup.copying import Copy


@dataclass
class Kept:
    """What a technician has in hand when copies are made."""

    instance: Path
    place: Path
    key: str

    def copy(self, *, before_upgrade: bool = False) -> Copy:
        return copying.make_copy(self.instance, self.place, before_upgrade=before_upgrade)

    @property
    def names(self) -> list[str]:
        """Everything that lies in the second place."""
        return sorted(path.name for path in self.place.iterdir())
