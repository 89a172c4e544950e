"""The pledge: written before the doors open, signed at a tablet while its item is on."""

from __future__ import annotations

import json
import re

from kiosk import config
from kiosk.conference import badge_code
from kiosk.core import keys
from kiosk.core.errors import Refused
from kiosk.rehearsal import facts
from kiosk.rehearsal.hall import Browser
from kiosk.rehearsal.told import Signed
from kiosk.rehearsal.walk import Walk

#: Two names as a finger draws them; the second replaces the first.
_INK = (
    [[200, 380, 240, 150, 320, 100, 330, 300, 400, 380], [260, 240, 480, 200]],
    [[300, 100, 480, 360, 700, 90, 660, 260], [600, 200, 820, 300]],
)

_DIGEST = re.compile(r'name="text" value="(\w{64})"')


def write(walk: Walk) -> None:
    """The text, from the secretary's form, and the heads of units."""
    walk.secretary.must(
        "/console/pledge/text",
        title="Giao ước thi đua",
        about="Thực hiện nhiệm vụ năm 2026",
        heading="Nhiệm vụ chính trị, chuyên môn",
        aims="Hoàn thành 100% nhiệm vụ được giao\nGiải quyết đúng hạn từ 99% hồ sơ",
        closing="Các đơn vị cam kết thực hiện nghiêm túc.",
        seen=0,
    )
    walk.secretary.must("/console/pledge/signatories/propose")


def sign(walk: Walk) -> None:
    """Everyone but the last signs, the first one twice; a stranger and an old page sign nothing.

    Starting the item has opened the signing.
    """
    database = walk.settings.instance / config.DATABASE
    with facts.reading(database) as source:
        listed = [row[0] for row in source.execute("SELECT delegate_id FROM pledge_signatory")]
        badges = {
            badge.delegate_id: badge for badge in facts.badges_of(source) if not badge.revoked
        }
        stranger = next(each for each in badges if each not in listed)
    key = keys.load(walk.settings.instance).badge
    codes = {
        delegate: badge_code.derive(
            key, delegate_id=delegate, issue=badge.issue, attempt=badge.attempt
        )
        for delegate, badge in badges.items()
    }
    if len(listed) < 2:
        raise Refused("rehearsal_stuck", step="/console/pledge/signatories/propose", status=200)
    tablet = _tablet(walk)
    tablet.page("/pledge")
    refused = tablet.act("/pledge/badge", code=codes[stranger]).status_code
    walk.note_forbidden("a stranger signs", refused)
    *signers, excused = listed
    first = _turn(walk, codes[signers[0]])
    # Scanned again before it was signed: the page that was open signs nothing any more.
    for delegate in signers:
        turn = _turn(walk, codes[delegate])
        walk.noted.signed.append(Signed(delegate, 1, _give(walk, turn, _INK[0])))
        # The answer was lost, and the finger presses again: the same signature.
        _give(walk, turn, _INK[0])
    walk.note_forbidden("an old page signs", _give(walk, first, _INK[0]))
    again = _turn(walk, codes[signers[0]])
    walk.follow(
        "signed again",
        lambda: walk.noted.signed.append(Signed(signers[0], 2, _give(walk, again, _INK[1]))),
    )
    walk.forbid("closing while one is missing", "/console/pledge/close")
    row = re.search(r"/console/pledge/signatories/(\d+)\"", walk.secretary.page("/console/pledge"))
    if row is None:
        raise Refused("rehearsal_stuck", step=f"/console/pledge ({excused})", status=200)
    walk.secretary.must(f"/console/pledge/signatories/{row[1]}/excuse", reason="Đi công tác")
    walk.secretary.must("/console/pledge/close")
    walk.forbid("signing after the closing", "/pledge/badge", who=tablet, code=codes[listed[0]])


def _tablet(walk: Walk) -> Browser:
    """One of the hall's tablets; it signs whatever its own page shows."""
    return walk.fleet.tablets[0].browser


def _turn(walk: Walk, code: str) -> tuple[str, str]:
    """The address of a badge's turn, and the hash of the text on it."""
    address, page = _tablet(walk).moved("/pledge/badge", code=code)
    found = _DIGEST.search(page)
    if found is None:
        raise Refused("rehearsal_stuck", step=address, status=200)
    return address, found[1]


def _give(walk: Walk, turn: tuple[str, str], strokes: list[list[int]]) -> int:
    """The status of the answer to a signature."""
    address, digest = turn
    ink = json.dumps({"pad": [1200, 480], "strokes": strokes})
    return _tablet(walk).act(f"{address}/sign", text=digest, ink=ink).status_code
