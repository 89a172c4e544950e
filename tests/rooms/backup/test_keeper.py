"""The keeper copies what changed, reads the last copy again when nothing did, and goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from keeping import Kept
from support import Browser

from kiosk.backup import copying, recovery
from kiosk.backup.keeper import Keeper
from kiosk.backup.rules import Worry
from kiosk.core import jobs
from kiosk.core.access import THE_PROGRAM, Role
from kiosk.core.clock import utc_now
from kiosk.core.errors import Refused
from kiosk.devices import services as devices


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Jobs that were started; they run in here, the process of their own is tested elsewhere."""
    names: list[str] = []

    def run_job(name: str, payload: Mapping[str, Any], *, timeout: float, lane: str) -> bytes:
        assert (name, lane) == ("backup_copy", "backup")
        names.append(name)
        return copying.job(json.loads(json.dumps(dict(payload))), lambda done, total: None)

    monkeypatch.setattr(jobs, "run_job", run_job)
    return names


@pytest.fixture
def keeper(app: Flask, kept: Kept, asked: list[str]) -> Iterator[Keeper]:
    made: Keeper = app.extensions["kiosk_backup"]
    yield made
    made._close()


def write(app: Flask, name: str) -> None:
    with app.app_context():
        key = app.extensions["kiosk_keys"].tokens
        devices.add_device(kind="gate", name=name, by=THE_PROGRAM, key=key)


def test_an_unchanged_conference_is_checked_and_not_copied_again(
    keeper: Keeper, kept: Kept, asked: list[str], app: Flask
) -> None:
    assert keeper.turn()
    first = keeper.standing()
    assert keeper.turn()
    second = keeper.standing()
    assert len(asked) == 1
    assert kept.names == [first.last.name] if first.last else False
    assert second.last == first.last
    assert first.checked_at is not None
    assert second.checked_at is not None
    assert second.checked_at > first.checked_at
    write(app, "Cổng 1")
    assert keeper.turn()
    assert len(asked) == 2
    assert keeper.turn()
    assert len(asked) == 2


def attach(kept: Kept, name: str) -> None:
    (kept.instance / "files").mkdir()
    (kept.instance / "files" / name).write_bytes(b"%PDF")


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: (kept.instance / "config.toml").write_text("port = 8090\n"),
        lambda kept: recovery.make(kept.instance, replace=True),
        lambda kept: attach(kept, "báo cáo.pdf"),
        lambda kept: (kept.place / kept.names[0]).unlink(),
        lambda kept: (kept.place / kept.names[0]).write_bytes(b"spoiled"),
        lambda kept: os.truncate(kept.place / kept.names[0], 100),
    ],
)
def test_what_a_copy_holds_and_the_copy_itself_are_watched(
    keeper: Keeper, kept: Kept, asked: list[str], change: Callable[[Kept], object]
) -> None:
    assert keeper.turn()
    change(kept)
    assert keeper.turn()
    assert len(asked) == 2
    assert keeper.standing().worry is Worry.SAME_DISK


def test_a_failure_is_shown_tried_again_and_forgotten_when_it_is_good_again(
    keeper: Keeper, kept: Kept, app: Flask
) -> None:
    assert keeper.turn()
    write(app, "Cổng 1")
    aside = kept.place.rename(kept.place.with_name("pulled-out"))
    kept.place.write_bytes(b"no folder")
    assert not keeper.turn()
    shown = keeper.standing()
    assert shown.worry is Worry.FAILING
    assert shown.failure is not None
    assert shown.failure.code == "backup_folder_unreachable"
    since = shown.failing_since
    assert not keeper.turn()
    assert keeper.standing().failing_since == since
    late = keeper.standing(utc_now() + timedelta(minutes=4))
    assert late.worry is Worry.OLD
    kept.place.unlink()
    aside.rename(kept.place)
    assert keeper.turn()
    assert keeper.standing().failure is None
    assert len(kept.names) == 2


def test_a_fault_of_our_own_does_not_end_the_keeper(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "run_job", broken)
    assert not keeper.turn()
    assert keeper.standing().worry is Worry.OLD


def test_without_a_recipient_the_card_says_what_to_do(
    app: Flask, made_instance: object, asked: list[str]
) -> None:
    keeper: Keeper = app.extensions["kiosk_backup"]
    assert not keeper.turn()
    page = Browser(app).sign_in(Role.SECRETARY).get("/console").get_data(as_text=True)
    assert "Chưa có bản sao lưu nào" in page
    assert "kiosk backup key" in page
    assert asked == []


def test_after_a_restart_the_last_good_copy_is_known(keeper: Keeper, app: Flask) -> None:
    assert keeper.turn()
    again = Keeper(app)
    assert again.standing().last == keeper.standing().last


def test_the_card_tells_when_and_where_and_warns_of_the_same_disk(
    keeper: Keeper, app: Flask
) -> None:
    secretary = Browser(app).sign_in(Role.SECRETARY)
    assert keeper.turn()
    page = secretary.get("/console/regions").get_data(as_text=True)
    assert 'id="backup-card"' in page
    assert "Bản tốt gần nhất" in page
    assert "Cùng ổ đĩa với dữ liệu" in page


def test_the_job_itself_runs_in_a_process_of_its_own(kept: Kept) -> None:
    answer = jobs.run_job(
        "backup_copy",
        {"instance": str(kept.instance), "folder": str(kept.place)},
        lane="backup",
    )
    made = copying.copy_of(json.loads(answer))
    assert made.path.exists()
    (kept.instance / recovery.FILE).unlink()
    with pytest.raises(Refused, match="backup_no_recipient"):
        jobs.run_job(
            "backup_copy",
            {"instance": str(kept.instance), "folder": str(kept.place)},
            lane="backup",
        )
