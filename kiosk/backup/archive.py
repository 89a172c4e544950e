"""What lies inside the lock: a ZIP of an instance's files and a manifest that names each of them.

The manifest decides what is complete (lesson 51): name, size and SHA-256 of every member, the
program and the schema, the conference, the moment, the last line of the book and the rows of every
table. Reading trusts nothing: names are those of `rules.is_safe_member`, no member gives more bytes
than the manifest says, and both lists must be the same.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from kiosk.backup import rules
from kiosk.backup.soundness import Examined
from kiosk.core.errors import KioskError, Refused

FORMAT = 1
MANIFEST = "manifest.json"

#: Bytes of one step.
STEP = 1 << 20
#: A manifest of ten thousand attachments has about 2 MB.
LARGEST_MANIFEST = 8 << 20
MOST_MEMBERS = 10_000

#: All that Python's ZIP reader says about a file that was not made by us, or was changed.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Damaged(KioskError):
    """This is not what the manifest promises; `check` names where."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


@dataclass(frozen=True)
class Member:
    """One file of the instance."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a copy is, as its maker saw it."""

    format: int
    #: Version of the program that made it.
    program: str
    #: Revision of the tables.
    schema: str
    #: Short name of the conference.
    code: str
    made_at: datetime
    book_seq: int
    book_hash: str
    rows: dict[str, int]
    members: tuple[Member, ...]

    def as_json(self) -> str:
        return json.dumps(
            asdict(self) | {"made_at": self.made_at.isoformat()}, ensure_ascii=False, indent=1
        )


def pack(
    out: Path,
    sources: Iterable[tuple[str, Path]],
    *,
    program: str,
    made_at: datetime,
    examined: Examined,
) -> Manifest:
    """Write members and manifest to `out`; each file is read once, for its bytes and its hash.

    Raises:
        Refused: `backup_file_name_unsafe`: a copy that could not be restored must not look good.
        OSError: when a file or the disk fails.
    """
    members = []
    with zipfile.ZipFile(out, "w", compresslevel=1) as packed:
        for name, path in sources:
            if not rules.is_safe_member(name):
                raise Refused("backup_file_name_unsafe", name=name)
            entry = zipfile.ZipInfo(name, date_time=made_at.timetuple()[:6])
            # PDF and pictures are compressed already; a database shrinks to a fifth.
            attached = name.startswith(f"{rules.ATTACHMENTS}/")
            entry.compress_type = zipfile.ZIP_STORED if attached else zipfile.ZIP_DEFLATED
            digest, size = hashlib.sha256(), 0
            with path.open("rb") as source, packed.open(entry, "w", force_zip64=True) as into:
                while step := source.read(STEP):
                    digest.update(step)
                    size += len(step)
                    into.write(step)
            members.append(Member(name=name, size=size, sha256=digest.hexdigest()))
        manifest = Manifest(
            format=FORMAT,
            program=program,
            schema=examined.schema,
            code=examined.code,
            made_at=made_at,
            book_seq=examined.book_seq,
            book_hash=examined.book_hash,
            rows=examined.rows,
            members=tuple(members),
        )
        packed.writestr(MANIFEST, manifest.as_json(), zipfile.ZIP_DEFLATED)
    return manifest


def unpack(packed: Path, into: Path) -> Manifest:
    """Write every member below `into`, a new folder, and prove each against the manifest.

    Raises:
        Damaged: for anything that the manifest does not promise.
        Refused: `backup_disk_full` before the first byte when the promised bytes have no room.
        OSError: when the disk of `into` fails.
    """
    try:
        with zipfile.ZipFile(packed) as source:
            manifest = _manifest(source)
            whole = sum(member.size for member in manifest.members)
            if whole > shutil.disk_usage(into.parent).free:
                raise Refused(
                    "backup_disk_full", folder=str(into.parent), megabytes=whole // 1_000_000 + 1
                )
            into.mkdir(mode=0o700)
            for member in manifest.members:
                with source.open(member.name) as content:
                    _write(content, into.joinpath(*member.name.split("/")), member)
    except _UNREADABLE as unreadable:
        raise Damaged("zip") from unreadable
    return manifest


def _manifest(source: zipfile.ZipFile) -> Manifest:
    entries = source.infolist()
    if len(entries) > MOST_MEMBERS + 1:
        raise Damaged("members")
    with source.open(MANIFEST) as file:
        text = file.read(LARGEST_MANIFEST + 1)
    if len(text) > LARGEST_MANIFEST:
        raise Damaged("manifest")
    manifest = _parsed(text)
    promised = [member.name for member in manifest.members]
    if sorted(entry.filename for entry in entries) != sorted([*promised, MANIFEST]):
        raise Damaged("members")
    # The same name in two spellings would be one file on Windows.
    if len({name.casefold() for name in promised}) != len(promised):
        raise Damaged("members")
    if not all(map(rules.is_safe_member, promised)):
        raise Damaged("names")
    if not {rules.DATABASE, "keys.json"} <= set(promised):
        raise Damaged("members")
    return manifest


def _parsed(text: bytes) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(text)
        manifest = Manifest(
            format=_number(said["format"]),
            program=_text(said["program"]),
            schema=_text(said["schema"]),
            code=_text(said["code"]),
            made_at=datetime.fromisoformat(_text(said["made_at"])),
            book_seq=_number(said["book_seq"]),
            book_hash=_text(said["book_hash"]),
            rows={_text(name): _number(count) for name, count in said["rows"].items()},
            members=tuple(
                Member(_text(each["name"]), _number(each["size"]), _text(each["sha256"]))
                for each in said["members"]
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise Damaged("manifest") from wrong
    if manifest.made_at.tzinfo is None:
        raise Damaged("manifest")
    return manifest


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


def _write(content: IO[bytes], path: Path, member: Member) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), member.size
    with path.open("xb") as file:
        # One byte more than promised is asked for, and never written.
        while step := content.read(min(STEP, left + 1)):
            left -= len(step)
            if left < 0:
                raise Damaged("size")
            digest.update(step)
            file.write(step)
    path.chmod(0o600)
    if left:
        raise Damaged("size")
    if digest.hexdigest() != member.sha256:
        raise Damaged("sha256")
