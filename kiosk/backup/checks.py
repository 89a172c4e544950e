"""The copies before the day: how they stand, and whether their place can be written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kiosk.backup import copying, recovery, rules
from kiosk.backup.keeper import FACT, Keeper
from kiosk.core.checks import (
    Check,
    Fact,
    Finding,
    Group,
    Scene,
    bad,
    good,
    register,
    say,
    unknown,
    warn,
)
from kiosk.core.clock import dmy, hhmm
from kiosk.core.errors import Refused

#: Free bytes of the second place under which copies soon stop.
LEAST_ROOM = 500_000_000

_OF_WORRY = {
    rules.Worry.WAITING: "copies_waiting",
    rules.Worry.FINE: "copies_fine",
    rules.Worry.SAME_DISK: "copies_same_disk",
    rules.Worry.FAILING: "copies_failing",
    rules.Worry.OLD: "copies_old",
}


def copies(scene: Scene) -> Iterator[Finding]:
    """What the keeper of copies says; without a running server, the last copy that was noted."""
    keeper: Keeper = scene.extensions["kiosk_backup"]
    standing = keeper.standing(scene.now)
    last = standing.last
    if last is None and standing.worry is not rules.Worry.WAITING:
        yield Finding("copies_none", cause=standing.failure)
        return
    at = standing.checked_at
    facts: dict[str, Fact] = {
        "at": f"{hhmm(at)}, {dmy(at)}" if at else "–",
        "name": last.name if last else "–",
        "minutes": standing.patience,
    }
    if not scene.is_serving:
        yield Finding("copies_not_kept", facts)
        return
    yield Finding(_OF_WORRY[standing.worry], facts, cause=standing.failure)


def place(scene: Scene) -> Iterator[Finding]:
    """Reach the second place as a copy would, and store a byte there; it may be a stick."""
    folder: Path = scene.settings.backup_place
    try:
        recovery.recipient_text(scene.instance)
    except Refused as refused:
        yield Finding("place_no_key", cause=refused)
        return
    facts = {"folder": str(folder)}
    try:
        there = folder
        if not folder.is_dir():
            # Still to be made by the first copy: then its parent must take it.
            copying.ensure_may_be_made(folder, scene.instance)
            there = folder.parent
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(there).free
        same = scene.instance.stat().st_dev == there.stat().st_dev
    except OSError as failed:
        reason = failed.strerror or type(failed).__name__
        yield Finding("copies_place_away", facts | {"reason": reason})
        return
    facts["free"] = f"{free // 1_000_000} MB" if free < 10**10 else f"{free // 10**9} GB"
    if free < LEAST_ROOM:
        yield Finding("copies_place_full", facts)
    else:
        yield Finding("copies_place_same" if same else "copies_place_apart", facts)


register(
    Check(
        key="copies.place",
        group=Group.COPIES,
        order=500,
        name=("Nơi sao lưu", "Place of the copies"),
        run=place,
        measured=True,
    ),
    Check(
        key="copies.last",
        group=Group.COPIES,
        order=510,
        name=("Bản sao lưu gần nhất", "Last copy"),
        run=copies,
        follows=frozenset({FACT}),
    ),
)

_ANOTHER_DISK = (
    "Cắm USB hoặc ổ khác, đặt backup_folder trong config.toml.",
    "Plug in a stick or another disk, and set backup_folder in config.toml.",
)

say(
    {
        "place_no_key": bad(
            ("Chưa có khóa khôi phục nên không sao lưu", "No recovery key, so no copies"),
            ("Chạy «kiosk backup key».", "Run `kiosk backup key`."),
        ),
        "copies_place_away": bad(
            ("Không ghi được vào {folder} ({reason})", "{folder} cannot be written ({reason})"),
            _ANOTHER_DISK,
        ),
        "copies_place_full": bad(
            ("{folder} chỉ còn {free}", "Only {free} free in {folder}"),
            ("Xóa bớt tệp ở đó, hoặc đổi ổ khác.", "Delete files there, or use another disk."),
        ),
        "copies_place_same": warn(
            (
                "{folder}: cùng ổ với dữ liệu, còn {free}",
                "{folder}: on the same disk as the data, {free} free",
            ),
            _ANOTHER_DISK,
        ),
        "copies_place_apart": good("{folder}: ổ khác, còn {free}", "{folder}: {free} free"),
        "copies_fine": good("Tốt lúc {at}", "Good at {at}"),
        "copies_waiting": unknown(
            ("Đang làm bản đầu tiên", "The first one is being made"),
            ("Đợi một phút rồi bấm Kiểm tra lại.", "Wait a minute, then check again."),
        ),
        "copies_same_disk": warn(
            ("Tốt lúc {at}, nhưng cùng ổ với dữ liệu", "Good at {at}, on the same disk"),
            _ANOTHER_DISK,
        ),
        "copies_failing": bad(
            ("Lần vừa rồi không được; bản tốt lúc {at}", "The last try failed; good at {at}"),
            _ANOTHER_DISK,
        ),
        "copies_old": bad(
            ("Quá {minutes} phút chưa có bản mới", "No new one for {minutes} minutes"),
            _ANOTHER_DISK,
        ),
        "copies_none": bad(
            ("Chưa có bản sao lưu nào", "There is no copy yet"),
            (
                "Chạy «kiosk serve» và đợi một phút, hoặc chạy «kiosk backup».",
                "Run `kiosk serve` and wait a minute, or run `kiosk backup`.",
            ),
        ),
        "copies_not_kept": warn(
            (
                "Máy chủ chưa chạy nên chưa sao lưu từng phút; bản cuối lúc {at}",
                "Not kept while no server runs; the last one at {at}",
            ),
            ("Chạy «kiosk serve».", "Run `kiosk serve`."),
        ),
    }
)
