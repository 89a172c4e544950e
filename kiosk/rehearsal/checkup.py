"""Self-tests by a person's tap, and the go / no-go sheet asked once (decision 18)."""

from __future__ import annotations

import re
from html import unescape

from kiosk import instance
from kiosk.conference import badge_code
from kiosk.rehearsal.hall import Browser
from kiosk.rehearsal.told_devices import Sheet, SheetLine, TriedOut
from kiosk.rehearsal.walk import Walk

_ROW = re.compile(
    r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td><span class="chip chip-(\w+)">', re.S
)
_WORD = re.compile(r'class="word" id="verdict">(.*?)<', re.S)
#: Who goes from machine to machine.
TESTER = "Đỗ Văn Thử"

_STATES = {"welcome": "good", "already": "warn", "unknown": "unknown", "ask": "bad"}
_TAGS = re.compile(r"<[^>]+>")


def try_out(walk: Walk) -> None:
    """People try what only people can judge: all tablets but the last, two gates, the laptop.

    The second tablet fails; a wrong badge proves no scanner, and who gives no name proves nothing;
    the wall is tried by nobody.
    """
    first, second, *others = walk.fleet.tablets
    _tap(walk, first.browser, first.id, "touch", ok=True, tester="")
    for tablet in (first, *others[:-1]):
        _tap(walk, tablet.browser, tablet.id, "touch", ok=True)
        _tap(walk, tablet.browser, tablet.id, "scan", ok=True, code=badge_code.TEST)
    _tap(walk, second.browser, second.id, "touch", ok=False)
    gate, half = walk.fleet.gates[:2]
    gate.browser.page("/selftest")
    _tap(walk, gate.browser, gate.id, "sound", ok=True)
    _tap(walk, gate.browser, gate.id, "scan", ok=True, code="01234567890101")
    _tap(walk, gate.browser, gate.id, "scan", ok=True, code=badge_code.TEST)
    half.browser.page("/selftest")
    _tap(walk, half.browser, half.id, "sound", ok=True)
    status = walk.secretary.act("/console/doctor/taps/clock", ok=1).status_code
    walk.noted.tried_out.append(TriedOut(None, "clock", True, walk.made.account, status))


def _tap(
    walk: Walk,
    browser: Browser,
    device_id: int,
    part: str,
    *,
    ok: bool,
    code: str = "",
    tester: str = TESTER,
) -> None:
    """Somebody without an account taps, and types who it was."""
    said: dict[str, str | int] = {"part": part, "ok": int(ok), "code": code, "tester": tester}
    status = browser.act("/selftest", **said).status_code
    walk.noted.tried_out.append(TriedOut(device_id, part, ok, tester, status))


def ask_the_doctor(walk: Walk) -> None:
    """The sheet before anything was measured, then measured once, as `kiosk doctor` asks."""
    before = walk.secretary.page("/console/doctor")
    fleet = dict(walk.noted.boards[-1].wanted)
    order = {"language": "vi", "on_paper": False}
    said = instance.hand_over(walk.settings.instance, "doctor.report", order)["report"]
    after = walk.secretary.page("/console/doctor")
    names: dict[str | None, int | None] = {None: None}
    names.update(walk.devices().items())
    word = _WORD.search(after)
    walk.noted.sheets.append(
        Sheet(
            before=_lines(before),
            told=tuple(
                SheetLine(line["key"], line["code"], line["state"], line["text"])
                for line in said["lines"]
            ),
            after=_lines(after),
            is_ready=said["ready"],
            word=said["word"],
            word_shown=unescape(word[1]).strip() if word else "",
            tests={
                names[tried["device"]]: (
                    tried["state"],
                    {part: row and row["ok"] for part, row in tried["parts"].items()},
                )
                for tried in said["self_tests"]
            },
            fleet=fleet,
        )
    )


def _lines(page: str) -> tuple[SheetLine, ...]:
    """The table of everything; a page says no keys and no codes."""
    return tuple(
        SheetLine("", "", _STATES.get(chip, chip), unescape(_TAGS.sub("", text)).strip())
        for _, text, chip in _ROW.findall(page)
    )
