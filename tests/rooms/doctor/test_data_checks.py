"""What is measured of the data, the letters and the ways out, on real files."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support import Meeting

from kiosk import config, instance
from kiosk.config import Settings
from kiosk.core import keys, typeset
from kiosk.core.checks import Finding, Scene, State
from kiosk.core.clock import utc_now
from kiosk.doctor import data, fonts, network, power, rules, subjects

assert subjects.ALL


def one(found: Iterator[Finding]) -> Finding:
    (finding,) = found
    return finding


@pytest.fixture
def scene(settings: Settings, made_instance: Path) -> Scene:
    return Scene(settings=settings, now=utc_now())


# -- data ------------------------------------------------------------------------------------------


def test_the_book_and_the_database_are_read(meeting: Meeting, settings: Settings) -> None:
    found = one(data.whole(Scene(settings=settings, now=utc_now())))
    assert found.code == "data_whole"
    assert found.facts["lines"] > 1  # type: ignore[operator]


def test_a_line_of_the_book_that_somebody_changed_is_named(
    meeting: Meeting, settings: Settings
) -> None:
    with closing(sqlite3.connect(settings.instance / config.DATABASE)) as raw, raw:
        raw.execute("DROP TRIGGER book_line_no_update")
        raw.execute("UPDATE book_line SET facts = '{}' WHERE seq = 2")
    found = one(data.whole(Scene(settings=settings, now=utc_now())))
    assert (found.code, found.facts["line"]) == ("book_broken", 2)
    assert found.words.stops


def test_a_database_with_a_hole_in_it_is_found(scene: Scene) -> None:
    file = scene.instance / config.DATABASE
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    with file.open("r+b") as hole:
        hole.seek(4096 * 3)
        hole.write(b"\xff" * 4096 * 4)
    assert one(data.whole(scene)).code == "data_damaged"
    file.write_bytes(b"this is no database, only a text of some length" * 200)
    assert one(data.whole(scene)).code == "data_damaged"


def test_a_look_that_takes_too_long_is_not_known(
    meeting: Meeting, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "LONGEST", -1.0)
    monkeypatch.setattr(data, "_STEP", 1)
    found = one(data.whole(Scene(settings=settings, now=utc_now())))
    assert (found.code, found.state) == ("data_too_long", State.UNKNOWN)


def test_a_database_that_somebody_holds_is_not_called_damaged(scene: Scene) -> None:
    file = scene.instance / config.DATABASE
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute("BEGIN EXCLUSIVE")
        found = one(data.whole(scene))
    assert (found.code, found.state) == ("data_busy", State.UNKNOWN)


def test_the_keys_that_lie_there_now_are_looked_at(scene: Scene) -> None:
    assert one(data.keys_fit(scene)).code == "keys_fit"
    file = scene.instance / keys.FILE
    right = file.read_text(encoding="utf-8")
    for wrong, refusal in ((None, "keys_missing"), ("{", "keys_damaged")):
        file.unlink()
        if wrong is not None:
            file.write_text(wrong, encoding="utf-8")
        found = one(data.keys_fit(scene))
        assert (found.code, found.cause and found.cause.code) == ("keys_wrong", refusal)
        file.write_text(right, encoding="utf-8")
    file.unlink()
    keys.make(scene.instance)
    found = one(data.keys_fit(scene))
    assert found.cause is not None
    assert found.cause.code == "keys_of_another_conference"


def test_tables_of_another_version_are_told(scene: Scene) -> None:
    assert one(data.program(scene)).code == "program_fine"
    with closing(sqlite3.connect(scene.instance / config.DATABASE)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
    assert one(data.program(scene)).code == "program_tables_differ"
    assert instance.newest_revision() != "0001"


# -- fonts -----------------------------------------------------------------------------------------


def test_the_shipped_fonts_are_whole_and_make_a_page(scene: Scene) -> None:
    assert one(fonts.fonts(scene)).code == "fonts_whole"


def test_a_spoiled_or_missing_font_is_named(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "fonts"
    shutil.copytree(typeset.FONTS, copy)
    (copy / "Tinos_400Regular.ttf").write_bytes(b"no font")
    (copy / "BeVietnamPro_700Bold.ttf").unlink()
    monkeypatch.setattr(typeset, "FONTS", copy)
    found = one(fonts.fonts(scene))
    assert found.code == "fonts_spoiled"
    assert found.facts["files"] == "BeVietnamPro_700Bold.ttf, Tinos_400Regular.ttf"
    (copy / fonts.MANIFEST).unlink()
    assert one(fonts.fonts(scene)).code == "fonts_unlisted"


def test_a_typesetter_that_does_not_work_is_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_TRIAL", "#unknown-function()")
    assert one(fonts.fonts(scene)).code == "fonts_not_set"


def test_the_trial_page_holds_every_letter_with_two_marks() -> None:
    for letter in "ẤẦẨẪẬẮẰẲẴẶẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰ":
        assert letter in fonts.STACKED


# -- a way out -------------------------------------------------------------------------------------


class Routes:
    """Sockets of a machine whose routing table is known; nothing is ever sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, ways: dict[str, str]) -> None:
        self.sent: list[object] = []
        routes = self

        class Probe:
            def __init__(self, family: int, kind: int) -> None:
                assert kind == socket.SOCK_DGRAM
                self.own = ""

            def __enter__(self) -> Probe:
                return self

            def __exit__(self, *_: object) -> None: ...

            def connect(self, peer: tuple[str, int]) -> None:
                if peer[0] not in ways:
                    raise OSError(101, "Network is unreachable")
                self.own = ways[peer[0]]

            def getsockname(self) -> tuple[str, int]:
                return self.own, 40_000

            def send(self, *data: object) -> None:
                routes.sent.append(data)

            sendto = send

        monkeypatch.setattr(network.socket, "socket", Probe)


ALL_V4 = dict.fromkeys(network.PEERS[socket.AF_INET], "192.168.1.23")


def test_no_route_is_good_news(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    Routes(monkeypatch, {})
    found = one(network.route(scene))
    assert (found.code, found.state) == ("route_none", State.GOOD)


def test_a_default_route_is_warned_of_and_nothing_is_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = Routes(monkeypatch, ALL_V4)
    found = one(network.route(scene))
    assert (found.code, found.facts) == ("route_found", {"address": "192.168.1.23"})
    assert found.state is State.WARN
    assert routes.sent == []


def test_a_hall_that_is_numbered_like_an_example_is_no_way_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_peer = network.PEERS[socket.AF_INET][0]
    Routes(monkeypatch, {one_peer: "192.0.2.7"})
    assert one(network.route(scene)).code == "route_none"


def test_a_machine_that_opens_no_sockets_is_not_known(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(network.socket, "socket", refused)
    assert one(network.route(scene)).code == "route_unknown"


def test_only_addresses_of_the_documentation_are_asked_for() -> None:
    import ipaddress

    for peers in network.PEERS.values():
        for peer in peers:
            address = ipaddress.ip_address(peer)
            assert not address.is_global
            assert address.is_private  # as the registry calls what no router carries


def test_memory_is_told_or_not_known(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power, "free_memory", lambda: None)
    assert one(power.memory(scene)).code == "memory_unknown"
    monkeypatch.setattr(power, "free_memory", lambda: 2 * rules.MEMORY_ENOUGH)
    assert one(power.memory(scene)).code == "memory_enough"
