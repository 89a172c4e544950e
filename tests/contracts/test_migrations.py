"""The database is made by migrations alone: one head, equal to the models, the book guarded."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from support import Meeting

import kiosk
from kiosk import instance
from kiosk.config import Settings
from kiosk.core.db import Base
from kiosk.migrations import models

FOLDER = Path(kiosk.__file__).parent / "migrations"
assert models

TRIGGERS = {"book_line_no_update", "book_line_no_delete", "book_line_no_replace"}


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def test_there_is_one_way_forward() -> None:
    scripts = ScriptDirectory(str(FOLDER))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    for script in scripts.walk_revisions():
        assert script.doc, "a migration says what it brings"
        assert not isinstance(script.down_revision, tuple), "no merges: one way"


def test_no_migration_leads_back(settings: Settings, made_instance: Path) -> None:
    # Forward only, with a copy before each: a way back that loses votes is worse than none.
    for script in ScriptDirectory(str(FOLDER)).walk_revisions():
        assert not hasattr(script.module, "downgrade")


def test_a_new_database_is_what_the_models_say(settings: Settings, made_instance: Path) -> None:
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_checks_and_partial_indexes_are_what_the_models_say(
    settings: Settings, made_instance: Path, tmp_path: Path
) -> None:
    """Alembic compares neither CHECK constraints nor the WHERE of an index; names and text do."""
    other = tmp_path / "models.sqlite3"
    engine = create_engine(f"sqlite:///{other.as_posix()}", poolclass=NullPool)
    Base.metadata.create_all(engine)
    engine.dispose()

    def shape(file: Path) -> dict[str, list[str]]:
        with closing(sqlite3.connect(file)) as connection:
            rows = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index')"
                " AND sql IS NOT NULL AND name NOT LIKE 'alembic%'"
                " AND name NOT LIKE 'sqlite%'"
            )
            return {name: sorted(_parts(sql)) for name, sql in rows}

    assert shape(settings.instance / "kiosk.sqlite3") == shape(other)


#: A column that brings its constraint along, as ALTER TABLE … ADD COLUMN writes it.
_WITH_CONSTRAINT = re.compile(r"(?P<column>\w+) (?P<type>.+?) (?P<constraint>CONSTRAINT \w+ .+)")


def _parts(sql: str) -> list[str]:
    """One definition each, whoever wrote it: blanks and quotes count for nothing, and a constraint
    that was added with its column stands apart as if the table had been made whole."""
    head, _, inside = " ".join(sql.replace('"', "").split()).partition("(")
    parts = [head.strip()]
    for definition in _definitions(inside.rpartition(")")[0]):
        found = _WITH_CONSTRAINT.fullmatch(definition)
        if found is None or definition.startswith("CONSTRAINT "):
            parts.append(definition)
            continue
        parts.append(f"{found['column']} {found['type']}")
        key = f"FOREIGN KEY({found['column']}) REFERENCES"
        parts.append(found["constraint"].replace("REFERENCES", key))
    return [*parts, inside.rpartition(")")[2].strip()]


def _definitions(inside: str) -> Iterator[str]:
    """Split at the commas that stand in no brackets."""
    depth, begun = 0, 0
    for place, sign in enumerate(inside):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            yield inside[begun:place].strip()
            begun = place + 1
    yield inside[begun:].strip()


def test_a_column_that_came_later_is_compared_with_its_constraint() -> None:
    column = "way VARCHAR(3) DEFAULT 'in' NOT NULL"
    check = "CONSTRAINT ck_way CHECK (way IN ('in', 'out'))"
    whole = f"CREATE TABLE t (\n\tid INTEGER NOT NULL, \n\t{column}, \n\t{check}\n)"
    later = f"CREATE TABLE t (\n\tid INTEGER NOT NULL\n, {column} {check})"
    assert sorted(_parts(whole)) == sorted(_parts(later))
    assert sorted(_parts(whole)) != sorted(_parts(later.replace("'out'", "'off'")))
    assert sorted(_parts(whole)) != sorted(
        _parts(later.replace("NOT NULL CONSTRAINT", "CONSTRAINT"))
    )


def test_the_book_is_guarded_by_triggers(settings: Settings, made_instance: Path) -> None:
    with closing(sqlite3.connect(settings.instance / "kiosk.sqlite3")) as connection:
        found = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        }
    assert found == TRIGGERS


def test_upgrading_again_keeps_every_row(
    app: Flask, meeting: Meeting, settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(settings.instance, copy)
    before = dump(copy / "kiosk.sqlite3")
    assert any("Phạm Thị Lan" in line for line in before)
    instance.upgrade(settings.model_copy(update={"instance": copy}))
    assert dump(copy / "kiosk.sqlite3") == before


def test_every_revision_on_the_way_can_be_reached_from_nothing(tmp_path: Path) -> None:
    from alembic import command

    revisions = [
        script.revision for script in reversed(list(ScriptDirectory(str(FOLDER)).walk_revisions()))
    ]
    file = tmp_path / "steps.sqlite3"
    alembic = Config()
    alembic.set_main_option("script_location", str(FOLDER))
    alembic.attributes["url"] = f"sqlite:///{file.as_posix()}"
    for revision in revisions:
        command.upgrade(alembic, revision)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (revisions[-1],)
        ]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_constraint_has_a_name_so_that_it_can_be_changed_later(table: str) -> None:
    for constraint in Base.metadata.tables[table].constraints:
        assert constraint.name, f"{table}: {constraint}"
