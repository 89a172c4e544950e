"""An election over real HTTP: the server is killed between tap and answer, and every byte that it
leaves anywhere is searched for ballots, slips and choices."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from balloting import BallotDay, HttpBrowser
from paper_reading import texts
from support import ROSTER, ROSTER_NAME, RunningServer, meeting_of, run_kiosk

from kiosk import config, create_app, founding
from kiosk.core.db import db, writer
from kiosk.serving import real_plan

CHAIR = "mật khẩu của chủ tọa 1"


@pytest.fixture
def hall(
    tmp_path: Path, serve: Callable[..., RunningServer]
) -> Iterator[tuple[BallotDay, RunningServer, Path]]:
    """A running hall with its copies beside it, a secretary, a chair, a gate and two tablets."""
    folder, copies = tmp_path / "instance", tmp_path / "copies"
    made = founding.make_conference(
        config.load(folder), plan=real_plan(), roster=(ROSTER_NAME, ROSTER.encode("utf-8"))
    )
    run_kiosk("staff", "add", "chutoa", "--role", "chair", "--password-stdin", folder=folder,
              stdin=CHAIR)  # fmt: skip
    tickets = {}
    for kind, name in (("gate", "Cổng 1"), ("tablet", "Bảng 1"), ("tablet", "Bảng 2")):
        said = run_kiosk("device", "add", "--kind", kind, "--name", name, "--json", folder=folder)
        tickets[name] = str(json.loads(said.stdout)["address"]).split("/pair/")[1]
    app = create_app(config.load(folder))
    meeting = meeting_of(app)
    server = serve(folder, KIOSK_BACKUP_FOLDER=str(copies))

    def browser() -> HttpBrowser:
        return HttpBrowser(server.address)

    def device(name: str) -> HttpBrowser:
        made = browser()
        assert made.get(f"/pair/{tickets[name]}").status_code == 303
        return made

    day = BallotDay(
        meeting=meeting,
        secretary=browser().sign_in(made.account, made.password),
        chair=browser().sign_in("chutoa", CHAIR),
        gate=device("Cổng 1"),
        tablets=[device("Bảng 1"), device("Bảng 2")],
    )
    day.everyone_in()
    day.act("/console/conference/open")
    yield day, server, copies
    for browser in (day.secretary, day.chair, day.gate, *day.tablets):
        browser.http.close()
    with app.app_context():
        db.session.remove()
        writer().close()
        db.engine.dispose()


def printed(day: BallotDay, number: int, count: int) -> list[str]:
    """Slips as the paper has them; nobody else has."""
    answer = day.secretary.post("/console/ballot/slips", {"round": number, "count": count})
    assert answer.status_code == 200
    found = re.findall(r"\b(\d{5}) (\d{5})\b", " ".join(texts(answer.content)))
    assert len(found) == count
    return ["".join(pair) for pair in found]


def everything(*folders: Path) -> dict[Path, bytes]:
    """All bytes that lie anywhere, but those of the box itself."""
    return {
        path: path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".box" and not path.name.endswith(".box-journal")
    }


def traces(found: dict[Path, bytes], needles: dict[str, bytes]) -> list[str]:
    """Which needle lies where, raw, as hex of either case, and as Base64."""
    seen = []
    for path, data in found.items():
        for name, needle in needles.items():
            forms = (needle, needle.hex().encode(), needle.hex().upper().encode(),
                     base64.b64encode(needle))  # fmt: skip
            if any(form in data for form in forms):
                seen.append(f"{name} in {path.name}")
    return seen


def test_nothing_of_a_vote_lies_anywhere_and_a_kill_loses_or_doubles_none(
    hall: tuple[BallotDay, RunningServer, Path],
) -> None:
    day, server, copies = hall
    folder = server.folder
    day.prepare()
    day.act("/console/ballot/rounds", way="tablet")
    day.bag = printed(day, 1, 20)
    slips = list(day.bag)
    day.lock(1, counted=20)
    day.open(1)
    drawn = [day.draw(number) for number in range(1, 13)]
    choices = [[1, 1, 1, 0]] * 9 + [[0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]
    sent: list[tuple[str, dict[str, Any]]] = []
    for place, (slip, choice) in enumerate(zip(drawn, choices, strict=True)):
        sealed, said = day.sealed(1, choice)
        body = {**said, "slip": slip, "sealed": sealed}
        sent.append((sealed, body))
        assert day.send("/ballot/cast", body, tablet=day.tablets[place % 2]).status_code == 204
        if place in {3, 7}:
            # Between tap and answer: the plug is pulled, and the same bytes are sent again.
            server.kill()
            server.start()
            for browser in (day.secretary, day.chair, day.gate, *day.tablets):
                browser.moved_to(server.address)
            assert day.send("/ballot/cast", body, tablet=day.tablets[1]).status_code == 204
            asked = day.send("/ballot/slip", body, tablet=day.tablets[0])
            assert "ballot_already_voted" in asked.get_data(as_text=True)
    assert "12<small" in day.page("/console/ballot/rounds/1")

    found = day.round(1)
    mark = bytes.fromhex(found.fingerprint)
    needles = {f"ballot {at}": base64.b64decode(sealed) for at, (sealed, _) in enumerate(sent)}
    needles |= {f"choice {choice}": bytes(choice) + mark for choice in choices}
    needles |= {f"slip {slip}": slip.encode() for slip in slips}
    needles |= {f"code {slot}": code.encode() for slot, code in day.cards.items()}
    copied = run_kiosk("backup", folder=folder, KIOSK_BACKUP_FOLDER=str(copies))
    assert copied.returncode == 0, copied.stderr
    # Locked: nothing outside the box, and no choice inside it either.
    assert traces(everything(folder, copies, folder.parent), needles) == []
    box = (folder / "boxes" / "round-1.box").read_bytes()
    plain = {name: needle for name, needle in needles.items() if not name.startswith("ballot")}
    assert traces({Path("box"): box}, plain) == []
    before = everything(copies)

    day.close(1)
    late = day.send("/ballot/cast", sent[0][1])
    assert late.status_code == 204, "whose answer was lost is told after the closing too"
    day.count(1)
    counted = day.round(1)
    assert dict(counted.counts)["collected"] == 12
    assert counted.votes["votes"] == [9, 9, 10, 2]
    assert (counted.counts["valid"], counted.counts["invalid"]) == (11, 1)
    assert day.send("/ballot/cast", sent[5][1]).status_code == 204
    # Opened: the box is gone; ballots lie in the database, sorted, and nowhere else.
    assert not list((folder / "boxes").glob("*"))
    log = {path: data for path, data in everything(folder.parent).items() if ".log" in path.name}
    assert log
    assert traces({**log, **before}, needles) == []
    left = {path: data for path, data in everything(folder).items() if "sqlite3" not in path.name}
    secret = {name: needle for name, needle in needles.items() if name.startswith(("slip", "code"))}
    assert traces(left, needles) == []
    assert traces(everything(folder), secret) == []

    # Anybody recounts what the tellers were given, against what they wrote down.
    given = day.secretary.post("/console/ballot/rounds/1/export", {}, fragment=False)
    file = folder.parent / "kiem-lai.json"
    file.write_bytes(given.content)
    checked = run_kiosk(
        "ballot", "verify", str(file), "--json", "--fingerprint", found.fingerprint,
        "--sealed-fingerprint", counted.set_fingerprint, folder=folder,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr.decode()
    day.act("/console/ballot/rounds/1/declare")
    assert "Đã bầu đủ 3 người" in day.page("/console/ballot")


def test_slips_come_from_the_command_line_while_the_server_runs(
    hall: tuple[BallotDay, RunningServer, Path],
) -> None:
    day, server, _ = hall
    out = server.folder.parent / "the-bau.pdf"
    said = run_kiosk("slips", str(out), "--round", "2", "--count", "5", folder=server.folder)
    assert said.returncode == 0, said.stderr.decode()
    found = re.findall(r"\b\d{5} \d{5}\b", " ".join(texts(out.read_bytes())))
    assert len(set(found)) == 5
    assert "đã in 5" not in day.page("/console/ballot")  # not set up yet: nothing to show
    names = [row.name for row in day.meeting.delegates]
    assert not any(name in " ".join(texts(out.read_bytes())) for name in names)
