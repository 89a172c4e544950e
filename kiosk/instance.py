"""The instance folder: made once, locked by the one program that writes, brought up to date."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from kiosk import config
from kiosk.config import Settings
from kiosk.core import keys, marks
from kiosk.core.errors import Refused

LOCK = "writer.lock"
#: Where the running server can be reached, for the command line.
DOOR = "server.json"


def exists(folder: Path) -> bool:
    """True when a conference lies in this folder."""
    return (folder / config.DATABASE).exists() or (folder / keys.FILE).exists()


def create(settings: Settings, *, rehearsal: bool = False) -> None:
    """Make the folder, its keys and its empty database, marked as belonging together.

    Raises:
        Refused: `instance_not_empty` where a conference already lies.
    """
    folder = settings.instance
    if exists(folder):
        raise Refused("instance_not_empty", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    # Names and password hashes lie here: nobody else on this machine reads them (no effect on
    # Windows, where the folder's own rights decide).
    folder.chmod(0o700)
    made = keys.make(folder)
    upgrade(settings)
    engine = create_engine(settings.database_url, poolclass=NullPool, hide_parameters=True)
    with Session(engine) as session:
        marks.write(session, made, rehearsal=rehearsal or settings.rehearsal)
        session.commit()
    engine.dispose()


def remove_founded(folder: Path, *others: str) -> None:
    """Take back what `create` has made, and `others`: a failed founding leaves nothing behind."""
    database = [config.DATABASE + end for end in ("", "-wal", "-shm")]
    for name in (keys.FILE, config.FILE, *database, *others):
        (folder / name).unlink(missing_ok=True)


def newest_revision() -> str:
    """The newest migration that the program ships; files are called `0001_….py`, `0002_….py` …"""
    versions = Path(__file__).parent / "migrations" / "versions"
    return max(file.name[:4] for file in versions.glob("[0-9]*.py"))


def stored_revision(folder: Path) -> str | None:
    """The migration that the database is at; None for an empty or a missing one."""
    database = folder / config.DATABASE
    if not database.exists():
        return None
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=5)) as source:
        tables = source.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
        ).fetchone()
        row = (
            source.execute("SELECT version_num FROM alembic_version").fetchone() if tables else None
        )
    return None if row is None else str(row[0])


def upgrade(settings: Settings, *, before: Callable[[Settings], None] | None = None) -> None:
    """Bring the database to the newest migration; quiet when it is there already.

    `before` makes a copy first, when a database that is in use would change. Migrations go forward
    only, so without a copy such a database is left as it is.

    Raises:
        Refused: `backup_before_upgrade_failed`, or whatever `before` refuses.
    """
    present = stored_revision(settings.instance)
    if present == newest_revision():
        # Nearly every start: not loading the migration tool saves a fifth of a second.
        return
    from alembic import command

    from kiosk.core import pool

    alembic = _alembic(settings.database_url)
    if present is not None:
        if before is None:
            raise Refused("backup_before_upgrade_failed")
        before(settings)
    pool.commits.call(command.upgrade, alembic, "head")


def knows_schema(revision: str) -> bool:
    """True when this program can bring tables of that revision up to date."""
    return any(script.revision == revision for script in _scripts(_alembic("")).walk_revisions())


def _alembic(url: str) -> Any:
    from alembic.config import Config

    alembic = Config()
    alembic.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    alembic.attributes["url"] = url
    return alembic


def _scripts(alembic: Any) -> Any:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic)


def ensure_whole(folder: Path) -> None:
    """Refuse half an instance: a database without its keys, or keys without a database."""
    if not exists(folder):
        raise Refused("instance_empty", folder=str(folder))
    keys.load(folder)
    if not (folder / config.DATABASE).exists():
        raise Refused("instance_empty", folder=str(folder))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the instance: only one program writes (design 2.1).

    Raises:
        Refused: `instance_in_use`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as held:
        raise Refused("instance_in_use", folder=str(folder)) from held
    try:
        yield
    finally:
        lock.release()


def open_door(folder: Path, *, address: str, lan: str = "", https_port: int = 0) -> None:
    """Write down where the running server listens: on this laptop, and for other machines."""
    said = {"address": address, "lan_address": lan or None, "https_port": https_port or None}
    aside = folder / f"{DOOR}.part"
    aside.write_text(json.dumps(said), encoding="utf-8")
    aside.replace(folder / DOOR)


def close_door(folder: Path) -> None:
    (folder / DOOR).unlink(missing_ok=True)


def hand_over(folder: Path, act: str, order: dict[str, Any]) -> Any:
    """Send an act to the server that holds this instance.

    Raises:
        Refused: what the act refuses; `instance_in_use` when the holder does not answer.
    """
    import httpx

    try:
        address = json.loads((folder / DOOR).read_text(encoding="utf-8"))["address"]
        answer = httpx.post(
            f"{address}/internal/act",
            json={"act": act, "with": order},
            headers={"X-Kiosk-Key": keys.load(folder).program.hex()},
            timeout=120,
            trust_env=False,
        )
    except (OSError, ValueError, KeyError, TypeError, httpx.HTTPError) as silent:
        raise Refused("instance_in_use", folder=str(folder)) from silent
    if answer.status_code == 409:
        said = answer.json()
        raise Refused(said["refused"], **said["facts"])
    if answer.status_code == 413:
        raise Refused("upload_too_large", megabytes=20)
    if answer.status_code != 200:
        raise Refused("server_failed", status=answer.status_code)
    return answer.json()["done"]


def address(settings: Settings) -> str:
    """Where the hall of this instance is, or will be, reached on this laptop."""
    return _said(settings, "address") or f"http://127.0.0.1:{settings.port}"


def lan_address(settings: Settings) -> str:
    """Where other machines reach the running hall, encrypted; empty where they cannot."""
    return _said(settings, "lan_address")


def _said(settings: Settings, name: str) -> str:
    try:
        said = json.loads((settings.instance / DOOR).read_text(encoding="utf-8"))
        return str(said[name] or "")
    except (OSError, ValueError, KeyError, TypeError):
        return ""
