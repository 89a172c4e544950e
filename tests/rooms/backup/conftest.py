"""An instance with a recovery key, its copies, and a key that belongs to nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from keeping import Kept
from pyrage import x25519
from support import Meeting

from kiosk.backup import recovery
from kiosk.config import Settings


@pytest.fixture
def bare(settings: Settings, made_instance: Path) -> Kept:
    """An instance with a key and nobody in it."""
    return Kept(made_instance, settings.backup_place, recovery.make(made_instance))


@pytest.fixture
def kept(bare: Kept, meeting: Meeting) -> Kept:
    """The small meeting on that instance."""
    assert meeting.delegates
    return bare


@pytest.fixture
def other_key() -> str:
    return str(x25519.Identity.generate())


@pytest.fixture
def rebuilt(kept: Kept) -> Callable[..., Path]:
    """`rebuilt(change)`: a copy whose ZIP was changed by somebody who knows the recipient."""
    import pyrage

    def build(change: Callable[[Path], None]) -> Path:
        copy = kept.copy()
        plain = kept.place.with_name("plain.zip")
        identity = recovery.parse_key(kept.key)
        plain.write_bytes(pyrage.decrypt(copy.path.read_bytes(), [identity]))
        change(plain)
        forged = kept.place.with_name("forged.kiosk-backup")
        forged.write_bytes(pyrage.encrypt(plain.read_bytes(), [identity.to_public()]))
        return forged

    return build
