"""Migrations go forward only, so a database in use is copied before it changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import config, instance
from kiosk.backup import copying, recovery
from kiosk.config import Settings
from kiosk.core import keys
from kiosk.core.errors import Refused


def revision(folder: Path) -> str:
    raw = sqlite3.connect(folder / config.DATABASE)
    (found,) = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    raw.close()
    return str(found)


@pytest.fixture
def of_yesterday(settings: Settings) -> Callable[..., Path]:
    """An instance as the first release left it."""

    def make(*, with_key: bool = True) -> Path:
        from alembic import command

        folder = settings.instance
        folder.mkdir()
        keys.make(folder)
        if with_key:
            recovery.make(folder)
        command.upgrade(instance._alembic(settings.database_url), "0001")
        return folder

    return make


def test_an_older_database_is_copied_before_it_changes(
    settings: Settings, of_yesterday: Callable[..., Path]
) -> None:
    folder = of_yesterday()
    instance.upgrade(settings, before=copying.before_upgrade)
    assert revision(folder) != "0001"
    (made,) = settings.backup_place.iterdir()
    assert made.name.endswith("-upgrade.kiosk-backup")
    instance.upgrade(settings, before=copying.before_upgrade)
    assert len(list(settings.backup_place.iterdir())) == 1


def test_without_a_copy_nothing_is_upgraded(
    settings: Settings, of_yesterday: Callable[..., Path]
) -> None:
    folder = of_yesterday(with_key=False)
    with pytest.raises(Refused, match="backup_before_upgrade_failed") as said:
        instance.upgrade(settings, before=copying.before_upgrade)
    assert isinstance(said.value.__cause__, Refused)
    assert said.value.__cause__.code == "backup_no_recipient"
    with pytest.raises(Refused, match="backup_before_upgrade_failed"):
        instance.upgrade(settings)
    assert revision(folder) == "0001"


def test_a_copy_of_yesterday_is_restored_with_the_tables_of_today(
    settings: Settings, of_yesterday: Callable[..., Path], tmp_path: Path
) -> None:
    from kiosk.backup import restoring

    folder = of_yesterday()
    key = recovery.make(folder, replace=True)
    copy = copying.make_copy(folder, settings.backup_place)
    new = restoring.restore(copy.path, key, tmp_path / "new").folder
    assert revision(folder) == "0001"
    assert instance.knows_schema(revision(new))
    assert revision(new) != "0001"
    instance.upgrade(config.load(new))  # nothing is left to be done


def test_a_new_instance_needs_no_copy(settings: Settings) -> None:
    instance.create(settings)
    assert not settings.backup_place.exists()
