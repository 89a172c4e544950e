"""A copy becomes the conference again, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from keeping import Kept
from support import Browser, Meeting

from kiosk import config, create_app
from kiosk.backup import archive, restoring
from kiosk.ballot import rounds
from kiosk.core import audit
from kiosk.core.access import Kind, Role
from kiosk.core.db import db, writer
from kiosk.core.errors import Refused


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "instance"


def refused(file: Path, key: str, target: Path) -> Refused:
    """The refusal; nothing may be left of the try."""
    with pytest.raises(Refused) as said:
        restoring.restore(file, key, target)
    assert not target.exists() or not any(target.iterdir())
    assert list(target.parent.glob(".*restoring*")) == []
    return said.value


def test_the_same_badges_devices_and_people_go_on_after_a_restore(
    kept: Kept, meeting: Meeting, new: Path
) -> None:
    secretary = Browser(meeting.app).sign_in(Role.SECRETARY)
    gate = Browser(meeting.app).pair(Kind.GATE, "Cổng 1")
    second = Browser(meeting.app).pair(Kind.GATE, "Cổng 2")
    code = meeting.badge_code_of("Phạm Thị Lan")
    other = meeting.badge_code_of("Lê Minh Đức")
    answer = gate.post("/gate/scan", {"code": code, "scan_id": "before-1"})
    assert 'data-outcome="admitted"' in answer.get_data(as_text=True)
    copy = kept.copy()
    gate.post("/gate/scan", {"code": other, "scan_id": "after-1"})

    restoring.restore(copy.path, kept.key, new)

    app = create_app(config.load(new))
    try:
        for browser in (secretary, gate, second):  # the same cookies before another laptop
            client = app.test_client()
            for cookie in browser.client._cookies.values():
                client.set_cookie(cookie.key, cookie.value)
            browser.app, browser.client, browser._token = app, client, ""
        assert secretary.get("/console").status_code == 200
        again = second.post("/gate/scan", {"code": code, "scan_id": "restored-1"})
        assert 'data-outcome="already"' in again.get_data(as_text=True)
        # A scan that was told before stays what it was; one after the copy is honestly gone.
        same = gate.post("/gate/scan", {"code": code, "scan_id": "before-1"})
        assert 'data-outcome="admitted"' in same.get_data(as_text=True)
        lost = gate.post("/gate/scan", {"code": other, "scan_id": "restored-2"})
        assert 'data-outcome="admitted"' in lost.get_data(as_text=True)
        page = secretary.get("/console/book").get_data(as_text=True)
        assert "Khôi phục từ bản sao lưu" in page
        assert copy.name in page
        with app.app_context():
            session = db.session()
            assert audit.first_break(session) is None
            (line,) = [
                line for line in audit.read(session) if line.event == "backup:instance:restored"
            ]
            assert line.seq == copy.book_seq + 1
            assert line.previous == copy.book_hash
            assert line.facts["copy_sha256"] == copy.sha256
    finally:
        with app.app_context():
            db.session.remove()
            writer().close()
            db.engine.dispose()


def test_a_check_proves_everything_and_writes_nothing(kept: Kept, tmp_path: Path) -> None:
    copy = kept.copy()
    before = sorted(tmp_path.rglob("*"))
    done = restoring.restore(copy.path, kept.key, kept.instance, only_check=True)
    assert done.manifest.book_seq == copy.book_seq
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_with_anything_in_it_is_not_touched(kept: Kept, new: Path) -> None:
    copy = kept.copy()
    new.mkdir(parents=True)
    (new / "ghi chú.txt").write_text("của tôi", encoding="utf-8")
    with pytest.raises(Refused, match="restore_folder_not_empty"):
        restoring.restore(copy.path, kept.key, new)
    assert [path.name for path in new.iterdir()] == ["ghi chú.txt"]
    with pytest.raises(Refused, match="restore_folder_not_empty"):
        restoring.restore(copy.path, kept.key, kept.instance)


def test_the_shipped_folder_that_only_explains_itself_counts_as_empty(
    kept: Kept, new: Path
) -> None:
    new.mkdir(parents=True)
    (new / "README.md").write_text("Here lies a conference.", encoding="utf-8")
    restoring.restore(kept.copy().path, kept.key, new)
    assert (new / "README.md").read_text(encoding="utf-8") == "Here lies a conference."
    assert (new / "kiosk.sqlite3").exists()


def test_another_key_a_mistyped_key_and_no_key_are_told_apart(
    kept: Kept, new: Path, other_key: str
) -> None:
    file = kept.copy().path
    assert refused(file, other_key, new).code == "recovery_key_does_not_fit"
    last = "Q" if kept.key[-1] != "Q" else "P"
    for wrong in (kept.key[:-1] + last, kept.key[:-3], "", "# only words", "x" * 100_000):
        assert refused(file, wrong, new).code == "recovery_key_wrong"


def test_a_key_copied_by_hand_may_have_spaces_small_letters_and_remarks(
    kept: Kept, new: Path
) -> None:
    grouped = " ".join(kept.key[at : at + 4].lower() for at in range(0, len(kept.key), 4))
    restoring.restore(kept.copy().path, f"# khóa khôi phục\n{grouped}\n", new)
    assert (new / "keys.json").exists()


def test_a_file_that_is_no_copy_or_cannot_be_read(kept: Kept, new: Path, tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"SQLite format 3\0", b"age-encryption.org/v2\n"):
        (tmp_path / "x.kiosk-backup").write_bytes(content)
        assert refused(tmp_path / "x.kiosk-backup", kept.key, new).code == "backup_not_ours"
    assert refused(tmp_path / "missing", kept.key, new).code == "backup_unreadable"
    assert refused(tmp_path, kept.key, new).code == "backup_unreadable"


def test_no_cut_and_no_changed_byte_is_restored(kept: Kept, new: Path, tmp_path: Path) -> None:
    whole = kept.copy().path.read_bytes()
    chance = random.Random(7)  # noqa: S311
    spoiled = [whole[: chance.randrange(23, len(whole))] for _ in range(6)]
    spoiled += [whole + b"x", whole[:-1], whole[:-16]]
    for at in [*(chance.randrange(23, len(whole)) for _ in range(20)), 30, len(whole) - 1]:
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        spoiled.append(bytes(changed))
    file = tmp_path / "x.kiosk-backup"
    for data in spoiled:
        file.write_bytes(data)
        assert refused(file, kept.key, new).code in {
            "backup_damaged",
            "recovery_key_does_not_fit",  # the header names the recipients
        }


# -- somebody who knows the recipient makes a copy of his own --------------------------------------


def rewrite(plain: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> None:
    """Take the ZIP apart, let `change` have its members and its manifest, put it together."""
    with zipfile.ZipFile(plain) as source:
        members = {name: source.read(name) for name in source.namelist()}
    manifest = json.loads(members.pop(archive.MANIFEST))
    change(members, manifest)
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name, data)
        out.writestr(archive.MANIFEST, json.dumps(manifest))


def add(name: str, data: bytes) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        members[name] = data
        manifest["members"].append(
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        )

    return change


def bomb(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
    add("files/bomb.pdf", b"\0" * 50_000_000)(members, manifest)
    manifest["members"][-1]["size"] = 1000


def huge(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
    add("files/a.pdf", b"a")(members, manifest)
    manifest["members"][-1]["size"] = 10**15


def set_to(**said: Any) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    return lambda members, manifest: manifest.update(said)


def drop(name: str, *, told: bool) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        del members[name]
        if told:
            manifest["members"] = [m for m in manifest["members"] if m["name"] != name]

    return change


def other_keys(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
    drop("keys.json", told=True)(members, manifest)
    add("keys.json", b'{"badge": 1}')(members, manifest)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (add("../outside.txt", b"x"), "backup_damaged"),
        (add("files/../../outside.txt", b"x"), "backup_damaged"),
        (add("/outside.txt", b"x"), "backup_damaged"),
        (add("files\\..\\..\\outside.txt", b"x"), "backup_damaged"),
        (add("box.sqlite3", b"x"), "backup_damaged"),
        (add("files/A.pdf", b"x"), None),
        (bomb, "backup_damaged"),
        (huge, "backup_disk_full"),
        (lambda members, manifest: members.update({"files/b": b"untold"}), "backup_damaged"),
        (lambda members, manifest: members.update({"keys.json": b"{}"}), "backup_damaged"),
        (drop("config.toml", told=False), "backup_damaged"),
        (drop("keys.json", told=False), "backup_damaged"),
        (drop("keys.json", told=True), "backup_damaged"),
        (drop("kiosk.sqlite3", told=True), "backup_damaged"),
        (other_keys, "backup_damaged"),
        (set_to(book_seq=1), "backup_damaged"),
        (set_to(rows={}), "backup_damaged"),
        (set_to(members=[]), "backup_damaged"),
        (set_to(members="kiosk.sqlite3"), "backup_damaged"),
        (set_to(made_at="yesterday"), "backup_damaged"),
        (set_to(made_at="2026-03-12T07:30:00"), "backup_damaged"),
        (set_to(book_seq=-1), "backup_damaged"),
        (set_to(book_seq=True), "backup_damaged"),
        (set_to(code=None), "backup_damaged"),
        (set_to(format=2, program="9.0"), "backup_from_newer_program"),
        (set_to(schema="9999"), "backup_from_newer_program"),
    ],
)
def test_only_what_the_manifest_promises_is_restored(  # noqa: PLR0917
    kept: Kept,
    rebuilt: Callable[..., Path],
    new: Path,
    tmp_path: Path,
    change: Callable[..., None],
    code: str | None,
) -> None:
    (kept.instance / "config.toml").write_text("port = 8090\n", encoding="utf-8")
    forged = rebuilt(lambda plain: rewrite(plain, change))
    if code is None:
        restoring.restore(forged, kept.key, new)
        return
    assert refused(forged, kept.key, new).code == code
    assert not list(tmp_path.rglob("outside*"))


def test_a_book_that_was_rewritten_inside_the_copy_is_found(
    kept: Kept, rebuilt: Callable[..., Path], new: Path, tmp_path: Path
) -> None:
    def change(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        file = tmp_path / "x.sqlite3"
        file.write_bytes(members["kiosk.sqlite3"])
        raw = sqlite3.connect(file)
        triggers = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("UPDATE book_line SET by = 'staff:1' WHERE seq = 1")
        raw.commit()
        raw.close()
        del members["kiosk.sqlite3"]
        manifest["members"] = [m for m in manifest["members"] if m["name"] != "kiosk.sqlite3"]
        add("kiosk.sqlite3", file.read_bytes())(members, manifest)

    said = refused(rebuilt(lambda plain: rewrite(plain, change)), kept.key, new)
    assert (said.code, said.facts["check"]) == ("backup_damaged", "chain:1")


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + b"\0" * 18, b"no zip at all" * 100])
def test_what_is_inside_the_lock_may_be_anything(
    kept: Kept, rebuilt: Callable[..., Path], new: Path, content: bytes
) -> None:
    forged = rebuilt(lambda plain: plain.write_bytes(content))
    assert refused(forged, kept.key, new).code == "backup_damaged"


def test_what_a_killed_restore_left_goes_with_the_next(kept: Kept, new: Path) -> None:
    left = new.parent / ".instance.restoring-abc"
    left.mkdir(parents=True)
    (left / "kiosk.sqlite3").write_bytes(b"x")
    restoring.restore(kept.copy().path, kept.key, new)
    assert not left.exists()


def test_a_disk_without_room_is_said_first(
    kept: Kept, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = kept.copy().path
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=1000))
    assert refused(file, kept.key, new).code == "backup_disk_full"


def round_in(kept: Kept, state: str) -> None:
    """A round of this state in the database, its slips printed, the conference open."""
    at = "2026-03-12 01:00:00.000000"
    row = {
        "number": 1,
        "kind": "first",
        "way": "tablet",
        "type": "A",
        "seats": 3,
        "board": 3,
        "style": "choose",
        "base": "present",
        "tie": "second_round",
        "title": "Bầu",
        "conference": "c",
        "candidates": "[]",
        "state": state,
        "running": 1,
        "made_at": at,
        "lock": "{}",
        "fingerprint": "",
        "slips_lost": 0,
        "slips_refused": 0,
        "sums_note": "",
        "set_fingerprint": "",
        "issued_note": "",
        "counts": "{}",
        "votes": "{}",
        "revealed": "[]",
        "complaints": "",
        "void_reason": "",
        "void_asked_by": "",
        "void_asked_reason": "",
        "voided_by": "",
    }
    with contextlib.closing(sqlite3.connect(kept.instance / config.DATABASE)) as base, base:
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        base.execute(f"INSERT INTO ballot_round ({names}) VALUES ({marks})", row)  # noqa: S608
        base.execute("UPDATE conference SET opened_at = ?", (at,))
        base.execute(
            "INSERT INTO slip_set (round_number, count, printed_at, by) VALUES (1, 9, ?, 'x')",
            (at,),
        )


@pytest.mark.parametrize("state", ["locked", "opened", "sealed"])
def test_a_restore_voids_the_round_whose_box_no_copy_holds(
    kept: Kept, new: Path, state: str
) -> None:
    round_in(kept, state)
    restoring.restore(kept.copy().path, kept.key, new, settle=rounds.void_restored)
    with contextlib.closing(sqlite3.connect(new / config.DATABASE)) as base:
        told = base.execute("SELECT state, running, void_reason, voided_by FROM ballot_round")
        assert told.fetchone() == ("voided", None, "Khôi phục từ bản sao lưu (restored)", "program")
        assert base.execute("SELECT replaced_at FROM slip_set").fetchone()[0] is not None
        events = [row[0] for row in base.execute("SELECT event FROM book_line ORDER BY seq")]
    assert events[-2:] == ["backup:instance:restored", "ballot:round:voided"]


def test_a_restore_keeps_a_round_that_was_counted(kept: Kept, new: Path) -> None:
    round_in(kept, "counted")
    restoring.restore(kept.copy().path, kept.key, new, settle=rounds.void_restored)
    with contextlib.closing(sqlite3.connect(new / config.DATABASE)) as base:
        assert base.execute("SELECT state FROM ballot_round").fetchone() == ("counted",)
        assert base.execute("SELECT replaced_at FROM slip_set").fetchone() == (None,)
