"""Attachments of an item: a PDF is taken, checked lightly, listed, downloaded, taken off again.

On the disk a file is `files/<sha256>.pdf` in the instance folder, whatever people call it, so no
name can lead anywhere. The row of a removed file stays, and so does the file.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kiosk.agenda import pdf, queries
from kiosk.agenda.events import AgendaEvent
from kiosk.agenda.models import AgendaFile
from kiosk.core import audit, pool, uploads
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import NotSaved, Refused

#: Beside the database; copied by the backup with it.
FOLDER = "files"

#: Twenty megabytes on a slow disk take a second: in a thread of their own, not in that of COMMITs,
#: for every gate waits behind those.
_writing = pool.Pool(1)


@dataclass(frozen=True)
class FileRow:
    """One attached PDF."""

    id: int
    item_id: int
    name: str
    sha256: str
    bytes: int
    at: datetime
    by_name: str
    removed_at: datetime | None

    def place(self, instance: Path) -> Path:
        """Where it lies on the disk."""
        return instance / FOLDER / f"{self.sha256}.pdf"


_rows = select(
    AgendaFile.id,
    AgendaFile.item_id,
    AgendaFile.name,
    AgendaFile.sha256,
    AgendaFile.bytes,
    AgendaFile.at,
    AgendaFile.by_name,
    AgendaFile.removed_at,
).order_by(AgendaFile.id)


def files_of(session: Session, item_id: int) -> list[FileRow]:
    """What is attached to an item now, oldest first."""
    return files_by_item(session).get(item_id, [])


def files_by_item(session: Session) -> dict[int, list[FileRow]]:
    """What is attached now, by item id; items without files are left out."""
    found: dict[int, list[FileRow]] = defaultdict(list)
    for row in session.execute(_rows.where(AgendaFile.removed_at.is_(None))):
        found[row.item_id].append(FileRow(*row))
    return dict(found)


def attached(session: Session, item_id: int, file_id: int) -> FileRow:
    """One file that is attached now. Refused with `attachment_unknown`."""
    found = next((row for row in files_of(session, item_id) if row.id == file_id), None)
    if found is None:
        raise Refused("attachment_unknown")
    return found


def attach(
    item_id: int, name: str, data: bytes, *, instance: Path, by: Actor, clock: Clock = utc_now
) -> int:
    """Attach a PDF to an item; returns the id. The same file again is quiet.

    The file is on the disk before the row that names it: a row never points at nothing.

    Raises:
        Refused: `upload_too_large`, `attachment_not_pdf`, `attachment_cut_off`,
            `attachment_locked`, `attachments_too_many`, `agenda_item_unknown`.
        NotSaved: the disk is full or gone.
    """
    uploads.ensure_size(data)
    pdf.ensure_pdf(data)
    name = pdf.file_name(name)
    digest = _writing.call(_store, instance / FOLDER, data)
    with unit_of_work() as session:
        item = queries.item(session, item_id)
        there = files_of(session, item_id)
        same = next((row for row in there if row.sha256 == digest), None)
        if same is not None:
            return same.id
        if len(there) >= pdf.MOST_FILES:
            raise Refused("attachments_too_many", most=pdf.MOST_FILES)
        with refusing("attachment_unknown"):
            file_id = session.scalars(
                insert(AgendaFile)
                .values(
                    item_id=item_id,
                    name=name,
                    sha256=digest,
                    bytes=len(data),
                    at=clock(),
                    by=by.label,
                    by_name=by.name[:80],
                )
                .returning(AgendaFile.id)
            ).one()
        audit.record(
            session,
            AgendaEvent.FILE_ATTACHED,
            by=by,
            clock=clock,
            item=item_id,
            number=item.number,
            name=name,
            sha256=digest,
        )
        changed(session, "agenda")
    return file_id


def remove(item_id: int, file_id: int, *, by: Actor, clock: Clock = utc_now) -> None:
    """Take a file off its item; the row and the file stay.

    Raises:
        Refused: `attachment_unknown`: there is none, or it is off already.
    """
    with unit_of_work() as session:
        found = attached(session, item_id, file_id)
        session.execute(
            update(AgendaFile)
            .where(AgendaFile.id == file_id)
            .values(removed_at=clock(), removed_by=by.label)
        )
        audit.record(
            session,
            AgendaEvent.FILE_REMOVED,
            by=by,
            clock=clock,
            item=item_id,
            name=found.name,
            sha256=found.sha256,
        )
        changed(session, "agenda")


def _store(files: Path, data: bytes) -> str:
    """Write under a passing name, then take the real one: never half a file under a full hash.

    Returns the SHA-256. Raises `NotSaved` when the disk takes nothing.
    """
    digest = hashlib.sha256(data).hexdigest()
    place = files / f"{digest}.pdf"
    waiting = files.parent / "uploads"
    passing = waiting / f"{secrets.token_hex(8)}.part"
    try:
        if place.exists() and place.stat().st_size == len(data):
            return digest
        for folder in (files, waiting):
            folder.mkdir(exist_ok=True)
        with passing.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(passing, place)
    except OSError as full:
        raise NotSaved() from full
    finally:
        with suppress(OSError):
            passing.unlink(missing_ok=True)
    return digest
