"""The stream (design 2.2, lessons 37 and 46): present state first, then each change, once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import httpx
import pytest
from flask import Flask
from flask_babel import get_locale
from support import Browser, Meeting, RunningServer, run_kiosk

from kiosk import founding
from kiosk.core import live
from kiosk.core.access import ANYONE, Kind, Role
from kiosk.core.db import changed, unit_of_work


class Wall:
    """A region that counts how often it is drawn."""

    def __init__(self) -> None:
        self.text = "một"
        self.drawn = 0
        self.broken = False

    def __call__(self) -> dict[str, str]:
        self.drawn += 1
        if self.broken:
            raise ZeroDivisionError("a bug in a template")
        return {"wall": f"<p>{self.text} {get_locale()}</p>", "still": "<p>đứng yên</p>"}


class Listener:
    """One page: reads its stream in a thread of its own, as a browser does."""

    def __init__(self, hub: live.Hub, names: list[str], language: str = "vi") -> None:
        self.allowed = True
        self.events: Queue[tuple[str, Any, bytes]] = Queue()
        self.ended = threading.Event()
        self._stop = threading.Event()
        stream = hub.listen(names, language, still_allowed=lambda: self.allowed)
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: Iterator[bytes]) -> None:
        for chunk in stream:
            for block in chunk.split(b"\n\n"):
                if block.startswith(b"event: "):
                    head, _, data = block.partition(b"\ndata: ")
                    self.events.put((head[7:].decode(), json.loads(data), block))
            if self._stop.is_set():
                stream.close()  # type: ignore[attr-defined]
                break
        self.ended.set()

    def next(self, event: str = "region", timeout: float = 5.0) -> tuple[Any, bytes]:
        until = time.monotonic() + timeout
        while True:
            kind, data, block = self.events.get(timeout=max(0.01, until - time.monotonic()))
            if kind == event:
                return data, block

    def regions(self, count: int) -> dict[str, str]:
        return {data["id"]: data["html"] for data, _ in (self.next() for _ in range(count))}

    def silent(self, seconds: float) -> bool:
        try:
            self.next(timeout=seconds)
        except Empty:
            return True
        return False

    def stop(self) -> None:
        self._stop.set()


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def hub(app: Flask, wall: Wall, monkeypatch: pytest.MonkeyPatch) -> live.Hub:
    monkeypatch.setattr(live, "CALM", 0.05)
    monkeypatch.setattr(live, "TICK", 0.2)
    monkeypatch.setattr(live, "AGAIN", 0.1)
    hub: live.Hub = app.extensions["kiosk_live"]
    hub.add(live.Topic("t", frozenset({ANYONE}), frozenset({"presence"}), wall))
    return hub


@pytest.fixture
def listen(hub: live.Hub) -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def start(language: str = "vi") -> Listener:
        made.append(Listener(hub, ["t"], language))
        return made[-1]

    yield start
    for listener in made:
        listener.stop()
    until = time.monotonic() + 5
    while hub.listening and time.monotonic() < until:
        time.sleep(0.01)
    assert hub.listening == 0, "a page that left is still counted"


def test_a_new_listener_first_gets_the_present_state(listen: Callable[..., Listener]) -> None:
    page = listen()
    assert page.regions(2) == {"wall": "<p>một vi</p>", "still": "<p>đứng yên</p>"}


def test_a_stored_change_arrives_and_brings_only_what_differs(
    app: Flask, wall: Wall, listen: Callable[..., Listener]
) -> None:
    page = listen()
    page.regions(2)
    wall.text = "hai"
    with app.app_context(), unit_of_work() as session:
        changed(session, "presence")
    assert page.regions(1) == {"wall": "<p>hai vi</p>"}
    assert page.silent(0.2)


def test_a_change_of_other_facts_draws_nothing(
    app: Flask, wall: Wall, listen: Callable[..., Listener]
) -> None:
    page = listen()
    page.regions(2)
    drawn = wall.drawn
    with app.app_context(), unit_of_work() as session:
        changed(session, "motions")
    assert page.silent(0.2)
    assert wall.drawn == drawn


def test_every_listener_gets_the_same_bytes_from_one_drawing(
    hub: live.Hub, wall: Wall, listen: Callable[..., Listener]
) -> None:
    pages = [listen() for _ in range(12)]
    for page in pages:
        page.regions(2)
    drawn = wall.drawn
    wall.text = "hai"
    hub.announce({"presence"})
    blocks = {page.next()[1] for page in pages}
    assert len(blocks) == 1
    assert wall.drawn == drawn + 1


def test_a_storm_of_changes_is_drawn_a_few_times_and_ends_with_the_last(
    hub: live.Hub, wall: Wall, listen: Callable[..., Listener]
) -> None:
    page = listen()
    page.regions(2)
    drawn, begun = wall.drawn, time.monotonic()
    for number in range(300):
        wall.text = str(number)
        hub.announce({"presence"})
        time.sleep(0.001)
    last = ""
    while "299" not in last:
        last = page.next()[0]["html"]
    span = time.monotonic() - begun
    assert wall.drawn - drawn <= span / live.CALM + 3


def test_each_language_has_its_own_picture(
    hub: live.Hub, wall: Wall, listen: Callable[..., Listener]
) -> None:
    vi, en = listen("vi"), listen("en")
    assert vi.regions(2)["wall"] == "<p>một vi</p>"
    assert en.regions(2)["wall"] == "<p>một en</p>"


def test_a_silent_stream_says_that_it_lives_and_what_time_it_is(
    listen: Callable[..., Listener],
) -> None:
    page = listen()
    for _ in range(3):
        tick, _ = page.next("tick", timeout=2)
        assert set(tick) == {"now", "version"}
        assert tick["now"].endswith("+07:00")


def test_a_calm_page_in_a_busy_hall_still_hears_that_the_server_lives(
    hub: live.Hub, listen: Callable[..., Listener]
) -> None:
    page = listen()
    page.regions(2)
    page.next("tick", timeout=2)
    busy = threading.Event()

    def crowd() -> None:
        while not busy.wait(0.02):
            hub.announce({"motions"})  # wakes everyone, changes nothing on this page

    thread = threading.Thread(target=crowd)
    thread.start()
    try:
        for _ in range(3):
            page.next("tick", timeout=1)
    finally:
        busy.set()
        thread.join()


def test_a_caller_without_rights_hears_goodbye_and_nothing_after(
    hub: live.Hub, listen: Callable[..., Listener]
) -> None:
    gone, stays = listen(), listen()
    gone.regions(2)
    stays.regions(2)
    gone.allowed = False
    hub.announce({"access"})
    gone.next("bye", timeout=2)
    assert gone.ended.wait(2)
    hub.announce({"presence"})
    stays.next("tick", timeout=2)
    assert not stays.ended.is_set()


def test_a_right_that_ends_before_the_first_line_ends_the_stream_too(hub: live.Hub) -> None:
    before = hub.rights
    hub.announce({"access"})
    stream = hub.listen(["t"], "vi", still_allowed=lambda: False, rights=before)
    received = b"".join(stream)
    assert b"event: bye" in received
    assert b"event: region" not in received


def test_a_picture_that_could_not_be_drawn_is_drawn_again_by_itself(
    hub: live.Hub, wall: Wall, listen: Callable[..., Listener]
) -> None:
    page = listen()
    page.regions(2)
    wall.broken = True
    wall.text = "hai"
    hub.announce({"presence"})
    assert page.silent(0.3)
    assert not page.ended.is_set(), "a fault of one picture must not cut the stream"
    wall.broken = False
    assert page.regions(1) == {"wall": "<p>hai vi</p>"}


def test_a_newcomer_during_a_fault_gets_the_last_good_picture(
    hub: live.Hub, wall: Wall, listen: Callable[..., Listener]
) -> None:
    listen().regions(2)
    wall.broken = True
    hub.announce({"presence"})
    time.sleep(0.15)
    assert listen().regions(2)["wall"] == "<p>một vi</p>"


# -- by request ----------------------------------------------------------------------------------


def test_the_present_state_can_be_polled_and_is_sent_only_when_it_differs(
    hub: live.Hub, wall: Wall, stranger: Browser
) -> None:
    first = stranger.get("/live/t?poll=1")
    assert first.status_code == 200
    assert {region["id"] for region in first.json["regions"]} == {"wall", "still"}
    again = stranger.get("/live/t?poll=1", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["X-Kiosk-Now"]
    wall.text = "hai"
    time.sleep(live.CALM * 2)
    hub.announce({"presence"})
    after = stranger.get("/live/t?poll=1", headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
    assert "hai" in after.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/live/console", 403),
        ("/live/gate", 403),
        ("/live/gate?poll=1", 403),
        ("/live/t+console?poll=1", 403),
        ("/live/nothing", 404),
        ("/live/t+nothing", 404),
        ("/live/t+", 404),
        ("/live/+", 404),
        ("/live/t%00", 404),
        ("/live/" + "+".join(["t"] * 50) + "?poll=1", 200),
        ("/live/" + "+".join(f"x{number}" for number in range(500)), 404),
    ],
)
def test_a_stranger_hears_only_what_everyone_may(
    hub: live.Hub, stranger: Browser, path: str, status: int
) -> None:
    assert stranger.get(path).status_code == status


def test_each_caller_hears_the_topics_of_its_audience(
    meeting: Meeting,
    signed_in: Callable[..., Browser],
    as_device: Callable[[str, str], Browser],
) -> None:
    gate, tablet = as_device(Kind.GATE, "Cổng 1"), as_device(Kind.TABLET, "Bảng 1")
    desk = signed_in(Role.DESK)
    expected = {
        "gate": {"gate"},
        "tablet": {"tablet"},
        "desk": {"console", "wall"},
    }
    for name, browser in (("gate", gate), ("tablet", tablet), ("desk", desk)):
        for topic in ("gate", "tablet", "console", "wall", "devices"):
            answer = browser.get(f"/live/{topic}?poll=1")
            assert (answer.status_code == 200) == (topic in expected[name]), (name, topic)


def test_no_region_holds_a_token_or_the_listener(
    meeting: Meeting, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.SECRETARY, name="Người nghe duy nhất")
    text = browser.get("/live/console+wall+devices?poll=1").get_data(as_text=True)
    assert browser.token not in text
    assert "_csrf" not in text
    assert "duy nhất" not in text


# -- a real server -------------------------------------------------------------------------------


def test_revoking_ends_the_stream_of_a_real_page_at_once(
    serve: Callable[[Path], RunningServer], hall_folder: tuple[Path, founding.Made]
) -> None:
    folder, _ = hall_folder
    server = serve(folder)
    added = run_kiosk(
        "device", "add", "--kind", "gate", "--name", "Cổng 1", "--json", folder=folder
    )
    device = json.loads(added.stdout)
    with httpx.Client(base_url=server.address, trust_env=False, timeout=10) as page:
        assert page.get(device["address"]).status_code == 303
        events: list[str] = []
        with page.stream("GET", "/live/gate") as stream:
            lines = (line[7:] for line in stream.iter_lines() if line.startswith("event: "))
            while "region" not in events:
                events.append(next(lines))
            revoked = run_kiosk("device", "revoke", "Cổng 1", folder=folder)
            assert revoked.returncode == 0, revoked.stderr
            told = time.monotonic()
            events.extend(lines)
            # At once: not at the next tick, five seconds later.
            assert time.monotonic() - told < 3
            assert events[-1] == "bye"
        with page.stream("GET", "/live/gate") as stream:
            assert stream.status_code == 403
        scan = page.post("/gate/scan", data={"code": "1", "scan_id": "after-revoke"})
        assert scan.status_code in {401, 403}


def test_a_right_that_ends_by_time_ends_the_stream_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody revoked anything; the session of the listener has simply run out."""
    monkeypatch.setattr(live, "ASK_AGAIN", -1.0)
    with app.app_context():
        hub = live.hub()
    stream = hub.listen([], "vi", still_allowed=lambda: False)
    assert b"event: tick" in next(stream)
    assert b"event: bye" in next(stream)
