"""The secrets of one instance: made once, kept beside the database, never inside it.

A thief of the database alone cannot make a badge that any gate admits.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from kiosk.core.errors import Refused

FILE = "keys.json"


@dataclass(frozen=True, repr=False)
class Keys:
    """32 random bytes each."""

    #: Derives badge codes (so that a badge can be printed again) and hashes them for storage.
    badge: bytes
    #: Hashes of session, device and pairing tokens.
    tokens: bytes
    #: Tokens against forged requests.
    forms: bytes
    #: Lets `kiosk` on the same laptop hand an act to the running server.
    program: bytes


def make(folder: Path) -> Keys:
    """Make and store new keys. Refused where keys already lie: badges would stop working."""
    path = folder / FILE
    keys = Keys(**{field.name: secrets.token_bytes(32) for field in fields(Keys)})
    text = json.dumps({name: value.hex() for name, value in asdict(keys).items()}, indent=2)
    try:
        # 0600 where the system knows it; on Windows the folder's own rights decide.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as clash:
        raise Refused("keys_exist", file=path.name) from clash
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return keys


def load(folder: Path) -> Keys:
    """Read the keys of an instance.

    Raises:
        Refused: `keys_missing` or `keys_damaged`; a program without its keys must not start.
    """
    path = folder / FILE
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise Refused("keys_missing", file=path.name) from missing
    except (OSError, ValueError) as broken:
        raise Refused("keys_damaged", file=path.name) from broken
    values: dict[str, bytes] = {}
    with suppress(AttributeError, TypeError, ValueError):
        values = {
            field.name: bytes.fromhex(stored[field.name])
            for field in fields(Keys)
            if field.name in stored
        }
    if len(values) != len(fields(Keys)) or any(len(value) != 32 for value in values.values()):
        raise Refused("keys_damaged", file=path.name)
    return Keys(**values)
