"""`kiosk serve` that cannot be what was asked for: one sentence, exit code 1, nothing made."""

from __future__ import annotations

import socket
from pathlib import Path

from support import run_kiosk

from kiosk import founding
from kiosk.tls import store


def test_without_encryption_no_network_is_served(hall_folder: tuple[Path, founding.Made]) -> None:
    folder, _ = hall_folder
    for host in ("0.0.0.0", "192.168.1.10"):  # noqa: S104
        done = run_kiosk("serve", "--no-tls", "--host", host, folder=folder)
        assert done.returncode == 1
        said = done.stderr.decode("utf-8")
        assert said.count("\n") == 1
        assert "--no-tls" in said
    assert not (folder / store.AUTHORITY).exists()


def test_a_port_that_is_taken_is_one_sentence(hall_folder: tuple[Path, founding.Made]) -> None:
    folder, _ = hall_folder
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_kiosk(
            *("serve", "--port", "0", "--https-port", str(port)),
            *("--host", "127.0.0.1"),
            folder=folder,
        )
    assert done.returncode == 1
    said = done.stderr.decode("utf-8")
    assert str(port) in said
    assert "--https-port" in said
    assert "Traceback" not in said
    assert not (folder / store.AUTHORITY).exists()


def test_a_damaged_authority_is_one_sentence_and_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    assert run_kiosk("init", folder=folder).returncode == 0
    (folder / store.AUTHORITY).write_text("spoiled", encoding="ascii")
    done = run_kiosk("serve", "--port", "0", "--host", "127.0.0.1", folder=folder)
    assert done.returncode == 1
    said = done.stderr.decode("utf-8")
    assert store.AUTHORITY in said
    assert "Traceback" not in said
    assert (folder / store.AUTHORITY).read_text(encoding="ascii") == "spoiled"
