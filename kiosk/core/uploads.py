"""Files that people bring: taken with a limit, kept for a preview, forgotten after the import.

A previewed file waits under its own SHA-256 in the instance folder until it is imported or a day
has passed. It may hold more about people than we may keep (R22), so it never stays.
"""

from __future__ import annotations

import hashlib
import re
import time
from contextlib import suppress
from pathlib import Path

from flask import current_app, request

from kiosk.core.errors import NotSaved, Refused
from kiosk.core.names import tidy

#: Bytes; a plan is 20 KB and a roster of ten thousand people 700 KB.
LARGEST = 20_000_000

#: Seconds that a previewed file waits for its import.
PREVIEW_LIVES = 86_400

#: Previews that may wait at once.
MOST_PREVIEWS = 10

_DIGEST = re.compile(r"[0-9a-f]{64}")


def ensure_size(data: bytes) -> None:
    """Refused with `upload_too_large` above the limit, before anything is read."""
    if len(data) > LARGEST:
        raise Refused("upload_too_large", megabytes=LARGEST // 1_000_000)


def uploaded(field: str) -> tuple[str, bytes]:
    """Name and bytes of an uploaded file. Refused: `file_not_chosen`, `upload_too_large`."""
    file = request.files.get(field)
    if file is None or not file.filename:
        raise Refused("file_not_chosen")
    data = file.stream.read(LARGEST + 1)
    ensure_size(data)
    return tidy(Path(file.filename.replace("\\", "/")).name)[-120:] or "file", data


def keep(data: bytes, name: str) -> str:
    """Keep a previewed file; returns its SHA-256, by which it is asked for again."""
    folder = _folder()
    folder.mkdir(exist_ok=True)
    sweep(folder.parent)
    digest = hashlib.sha256(data).hexdigest()
    try:
        (folder / f"{digest}.bin").write_bytes(data)
        (folder / f"{digest}.name").write_text(name, encoding="utf-8")
    except OSError as full:
        forget(digest)
        raise NotSaved() from full
    return digest


def sweep(instance: Path) -> None:
    """Forget what has waited a day, and all but the newest previews; while serving, every minute.

    A roster that was only looked at holds birth dates and numbers that may not stay (R22).
    """
    try:
        ages = sorted((file.stat().st_mtime, file) for file in (instance / "uploads").iterdir())
    except OSError:
        return  # nothing was ever kept, or a file went at this very moment: the next minute looks
    for place, (changed, file) in enumerate(ages):
        # Two files each; ten previews at once are more than any office makes.
        if time.time() - changed > PREVIEW_LIVES or place < len(ages) - 2 * MOST_PREVIEWS:
            with suppress(OSError):
                file.unlink()


def kept(digest: str) -> tuple[str, bytes]:
    """The previewed file again, held against its own hash. Refused: `preview_gone`."""
    if not _DIGEST.fullmatch(digest):
        raise Refused("preview_gone")
    try:
        data = (_folder() / f"{digest}.bin").read_bytes()
        name = (_folder() / f"{digest}.name").read_text(encoding="utf-8")
    except OSError as gone:
        raise Refused("preview_gone") from gone
    if hashlib.sha256(data).hexdigest() != digest:
        raise Refused("preview_gone")
    return name, data


def forget(digest: str) -> None:
    """The file has been imported and is not needed any more."""
    if _DIGEST.fullmatch(digest):
        for ending in ("bin", "name"):
            (_folder() / f"{digest}.{ending}").unlink(missing_ok=True)


def _folder() -> Path:
    return Path(current_app.instance_path) / "uploads"
