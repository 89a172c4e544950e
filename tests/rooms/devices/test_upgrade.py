"""A conference of the version before is upgraded with its devices in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config

import kiosk

FOLDER = Path(kiosk.__file__).parent / "migrations"


def test_paired_devices_follow_after_the_upgrade_and_keep_their_cookies(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.sqlite3"
    alembic = Config()
    alembic.set_main_option("script_location", str(FOLDER))
    alembic.attributes["url"] = f"sqlite:///{file.as_posix()}"
    command.upgrade(alembic, "0005")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO device (id, kind, name, name_key, direction, added_at, token_hash)"
            " VALUES (1, 'tablet', 'Bảng 1', 'bang 1', 'in', '2026-03-12 00:30:00', x'01'),"
            " (2, 'gate', 'Cổng ra', 'cong ra', 'out', '2026-03-12 00:30:00', x'02')"
        )
    command.upgrade(alembic, "head")
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute(
            "SELECT name, direction, task, token_hash FROM device ORDER BY id"
        )
        assert rows.fetchall() == [
            ("Bảng 1", "in", "follow", b"\x01"),
            ("Cổng ra", "out", "follow", b"\x02"),
        ]
        assert connection.execute("SELECT count(*) FROM pairing_delay").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
