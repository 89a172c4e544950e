"""Settings: one frozen object; a wrong or unknown one stops the start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from kiosk import config
from kiosk.core.errors import Refused


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith(config.ENV):
            monkeypatch.delenv(name)


def write(folder: Path, text: str) -> Path:
    (folder / config.FILE).write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_the_defaults_are_safe(tmp_path: Path) -> None:
    settings = config.load(tmp_path)
    assert settings.host is None
    assert settings.tls
    assert (settings.port, settings.encrypted_port) == (8080, 8443)
    assert settings.language == "vi"
    assert not settings.rehearsal
    assert settings.instance == tmp_path
    assert settings.database_url.endswith("/kiosk.sqlite3")


def test_a_file_is_read_a_variable_beats_it_and_an_argument_beats_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "port = 8001\nsession_hours = 3\ngate_repeat_seconds = 7\n")
    monkeypatch.setenv("KIOSK_PORT", "8002")
    monkeypatch.setenv("KIOSK_SESSION_HOURS", "4")
    settings = config.load(tmp_path, port=8003)
    assert (settings.port, settings.session_hours, settings.gate_repeat_seconds) == (8003, 4, 7)


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings = config.load(tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("prot = 8080\n", "prot"),
        ("port = 70000\n", "port"),
        ('host = "hall.example"\n', "host"),
        ('host = "192.168.1.300"\n', "host"),
        ('host = "::1"\n', "host"),
        ("https_port = 70000\n", "https_port"),
        ('tls = "perhaps"\n', "tls"),
        ('language = "fr"\n', "language"),
        ("session_hours = 0\n", "session_hours"),
        ("gate_undo_minutes = 31\n", "gate_undo_minutes"),
        ("backup_minutes = 0\n", "backup_minutes"),
        ("backup_minutes = 61\n", "backup_minutes"),
        ("backup_folder = 7\n", "backup_folder"),
        ("[gate]\nrepeat = 3\n", "gate"),
        ("port = \n", config.FILE),
        ("port = 8080\nport = 8081\n", config.FILE),
    ],
)
def test_a_wrong_file_stops_the_start_and_names_the_key(
    tmp_path: Path, text: str, key: str
) -> None:
    write(tmp_path, text)
    with pytest.raises(Refused) as said:
        config.load(tmp_path)
    assert said.value.code == "settings_wrong"
    assert key in said.value.facts["keys"]


def test_a_file_that_is_not_utf8_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_bytes("# Hội nghị\nport = 8080".encode("utf-16"))
    with pytest.raises(Refused, match="settings_wrong"):
        config.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("KIOSK_PROT", "8080"), ("KIOSK_PORT", "eighty"), ("KIOSK_HOST", "everywhere")],
)
def test_a_wrong_variable_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused, match="settings_wrong"):
        config.load(tmp_path)


def test_the_folder_is_named_or_from_the_variable_or_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.instance_folder() == tmp_path / "instance"
    monkeypatch.setenv("KIOSK_INSTANCE", str(tmp_path / "b"))
    assert config.instance_folder() == tmp_path / "b"
    assert config.instance_folder(tmp_path / "c") == tmp_path / "c"


def test_a_free_plain_port_takes_a_free_encrypted_one_unless_it_is_named(tmp_path: Path) -> None:
    assert config.load(tmp_path, port=0).encrypted_port == 0
    assert config.load(tmp_path, port=0, https_port=9443).encrypted_port == 9443
    assert config.load(tmp_path, port=8090).encrypted_port == config.HTTPS_PORT


def test_this_laptop_may_be_called_by_its_name(tmp_path: Path) -> None:
    assert config.load(tmp_path, host="localhost").host == "127.0.0.1"
    assert config.load(tmp_path, host="0.0.0.0").host == "0.0.0.0"  # noqa: S104


def test_copies_go_beside_the_instance_or_where_the_technician_says(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    assert config.load(folder).backup_place == tmp_path / "instance-backup"
    write(folder, 'backup_folder = "../usb"\n')
    assert config.load(folder).backup_place == folder / ".." / "usb"
    write(folder, f'backup_folder = "{(tmp_path / "usb").as_posix()}"\n')
    assert config.load(folder).backup_place == tmp_path / "usb"
