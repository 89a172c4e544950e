"""Two secretaries in the notes of one item, at the same instant and past each other."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape

from kiosk.core.errors import Refused
from kiosk.rehearsal.hall import Browser
from kiosk.rehearsal.told import Conflict, Save
from kiosk.rehearsal.walk import Walk

#: The account of the second secretary.
SECOND = "thuky2"
#: The item whose notes they write: the discussion.
DISCUSSED = 4
#: Seconds that one waits for the other, so that both save at once.
TOGETHER = 10.0

_OPENING = "Chủ tọa nêu ba nội dung công khai.\nĐại biểu thảo luận tại hội trường."
_CLOSING = "Hội nghị bế mạc; thư ký rà lại ghi chép."

_BOX = re.compile(
    r'<textarea[^>]*data-merged data-tip="(\d+)" data-head="(\d+)"[^>]*>\n?(.*?)</textarea>', re.S
)


@dataclass
class _Editor:
    """The page of one item in one secretary's browser."""

    walk: Walk
    browser: Browser
    item: int
    name: str
    text: str = field(init=False, default="")
    #: The version that the text started from.
    head: int = field(init=False, default=0)

    @property
    def address(self) -> str:
        return f"/console/agenda/{self.item}/note"

    def open(self) -> None:
        """Load the newest text, as a page does that has nothing unsaved."""
        self.browser.page(f"/console/agenda/{self.item}")
        now = self.browser.client.get(self.address).json()
        self.text, self.head = now["text"], now["head"]

    def write(self, line: str) -> Save:
        """Type one more line below; the page saves by itself."""
        self.text = f"{self.text}\n{line}" if self.text else line
        return self.save()

    def save(self, *settles: int) -> Save:
        """What the page sends, and where the text stands now."""
        said = {"text": self.text, "based_on": self.head, "settles": list(settles)}
        answer = self.browser.send(self.address, said)
        stands = answer.json() if answer.status_code == 200 else {}
        save = Save(
            item_id=self.item,
            by=self.name,
            text=self.text,
            based_on=self.head,
            settles=settles,
            number=stands.get("number", 0),
            is_branch=stands.get("is_branch", False),
        )
        self.walk.noted.saves.append(save)
        self.head = save.number or self.head
        return save

    def settle(self, other: _Editor, *, meanwhile: str = "") -> Save:
        """Look at both texts side by side, and take the proposal as it is.

        With `meanwhile` the other one writes on while this one is reading.
        """
        page = self.browser.page(f"{self.address}/conflicts")
        found = _BOX.search(page)
        if found is None:
            raise Refused("rehearsal_stuck", step=f"{self.address}/conflicts", status=200)
        tip, head, proposal = int(found[1]), int(found[2]), unescape(found[3])
        self.walk.noted.conflicts.append(
            Conflict(self.item, (self.text, other.text), unescape(page), proposal)
        )
        if meanwhile:
            other.write(meanwhile)
        self.text, self.head = proposal, head
        return self.save(tip)


def write_together(walk: Walk) -> None:
    """Both write at the same instant; one brings both together, once too late and once in time."""
    first, second = _editors(walk)
    first.open()
    first.text = _OPENING
    first.save()
    # The answer was lost on the way: the page sends the same again.
    first.head = 0
    first.save()
    second.open()
    start = threading.Barrier(2, timeout=TOGETHER)

    def at_once(editor: _Editor, line: str) -> Save:
        start.wait()
        return editor.write(line)

    with ThreadPoolExecutor(2) as both:
        saves = both.map(
            at_once, (first, second), ("Ý kiến 1: công khai quỹ.", "Ý kiến 2: thêm ghế ngồi.")
        )
    mine, _ = saves
    aside, ahead = (first, second) if mine.is_branch else (second, first)
    late = aside.settle(ahead, meanwhile="Ý kiến 3: sửa mái che nhà để xe.")
    if late.is_branch:
        aside.settle(ahead)


def write_after_the_end(walk: Walk) -> None:
    """The conference has ended; the notes have not: the minutes are written from them."""
    first, _ = _editors(walk)
    first.open()
    first.write(_CLOSING)


def _editors(walk: Walk) -> tuple[_Editor, _Editor]:
    item = walk.items[DISCUSSED]
    names = (walk.made.account, SECOND)
    first, second = (
        _Editor(walk, browser, item, name)
        for browser, name in zip((walk.secretary, walk.minutes), names, strict=True)
    )
    return first, second
