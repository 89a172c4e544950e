"""The tablets of a rehearsed election, and what voters do at them.

Each tablet is a thread with its own cookies. A voter loads the page, types the slip, and sends one
request with the sealed ballot; the sealing is that of `static/js/seal.js`, with PyNaCl. Whatever
gets no answer is sent again with the same bytes, as the page does, also past a power cut.
"""

from __future__ import annotations

import base64
import json
import random
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from queue import Empty, SimpleQueue

import httpx
from nacl.public import PublicKey, SealedBox

from kiosk.ballot import judging, slips
from kiosk.ballot.definition import Definition, fingerprint
from kiosk.core.errors import Refused
from kiosk.rehearsal.election.ceremony import refusal_in
from kiosk.rehearsal.hall import START_WITHIN, Browser
from kiosk.rehearsal.machines import Machine
from kiosk.rehearsal.told_ballot import REFUSALS, Choice, Play, Sent, When

#: Seconds between two attempts of a page that gets no answer.
AGAIN_AFTER = 0.2
#: Seconds that two tablets wait for each other to use one slip at once.
TOGETHER = 10.0

_KEY = re.compile(r'data-key="([0-9a-f]{64})"')
_DEFINITION = re.compile(r'data-definition="([^"]*)"')


@dataclass(frozen=True)
class Paper:
    """What a tablet shows, and what it makes of it by itself."""

    definition: Definition
    key: bytes
    mark: bytes

    @property
    def said(self) -> dict[str, str]:
        """What its requests say of the page."""
        return {"round": str(self.definition.round), "fingerprint": self.mark.hex()}

    def seal(self, plain: bytes) -> bytes:
        return SealedBox(PublicKey(self.key)).encrypt(plain)

    def plain(self, marks: Sequence[int]) -> bytes:
        return judging.plain(self.definition, self.mark, marks)


def paper_in(html: str) -> Paper | None:
    """The ballot of a tablet's page, its fingerprint computed from what stands on it."""
    key, definition = _KEY.search(html), _DEFINITION.search(html)
    if key is None or definition is None:
        return None
    made = Definition.of_json(json.loads(unescape(definition[1])))
    public = bytes.fromhex(key[1])
    return Paper(made, public, fingerprint(public, made))


@dataclass
class Booths:
    """All tablets in one round."""

    machines: list[Machine]
    paper: Paper
    choices: list[Choice]
    #: Slips of the bag that stay in it, and one of the next round, where it has been printed.
    next_slip: str | None
    sent: list[Sent] = field(default_factory=list)
    when: When = When.VOTING
    #: The power cut is over when this is set.
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _taken: int = 0

    @property
    def taken(self) -> int:
        """Ballots that were acknowledged."""
        with self._news:
            return self._taken

    def wait_for(self, taken: int, *, within: float) -> None:
        """Wait until so many ballots were acknowledged."""
        with self._news:
            self._news.wait_for(lambda: self._taken >= taken, within)

    # -- one request -------------------------------------------------------------------------

    def cast(
        self,
        tablet: Browser,
        voter: int,
        sealed: bytes | str,
        *,
        slip: str | None = None,
        page: dict[str, str] | None = None,
        play: Play | None = None,
    ) -> Sent:
        """Send one ballot until there is an answer, and note it."""
        choice = self.choices[voter]
        slip = choice.slip if slip is None else slip
        text = sealed if isinstance(sealed, str) else base64.b64encode(sealed).decode()
        said = {**(page or self.paper.said), "slip": slip, "sealed": text}
        begun, when = time.perf_counter(), self.when
        answer, was_lost = _until_answered(tablet, "/ballot/cast", said)
        one = Sent(
            voter=voter,
            play=play or choice.play,
            when=When.KILLED if was_lost else when,
            slip=slip,
            sealed=sealed if isinstance(sealed, bytes) else sealed.encode(),
            status=answer.status_code,
            refusal=refusal_in(answer.text),
            ms=(time.perf_counter() - begun) * 1000,
        )
        with self._lock:
            self.sent.append(one)
        if one.is_taken:
            with self._news:
                self._taken += 1
                self._news.notify_all()
        return one

    def check(self, tablet: Browser, slip: str) -> str:
        """Type a slip before the ballot: the refusal, or empty when the ballot shows."""
        answer, _ = _until_answered(tablet, "/ballot/slip", {**self.paper.said, "slip": slip})
        return refusal_in(answer.text) if answer.status_code >= 300 else ""

    # -- a voter -----------------------------------------------------------------------------

    def vote(self, voter: int, at: int) -> None:
        """One voter at tablet `at`: page, slip, ballot; and whatever goes wrong on purpose."""
        tablet = self.machines[at % len(self.machines)].browser
        other = self.machines[(at + 1) % len(self.machines)].browser
        choice = self.choices[voter]
        _load(tablet, self.paper)
        play = choice.play
        if play in _BEFORE:
            _BEFORE[play](self, tablet, voter)
        if self.check(tablet, choice.slip):
            # The invariants will miss this ballot.
            return
        sealed = self._sealed(choice)
        if play is Play.DOUBLE_TAP:
            _at_once(lambda: self.cast(tablet, voter, sealed), times=2)
        elif play is Play.TWO_TABLETS:
            pair = iter(((tablet, sealed), (other, self._sealed(choice))))
            ways = [next(pair), next(pair)]
            _together([lambda way=way: self.cast(way[0], voter, way[1]) for way in ways])  # type: ignore[misc]
        else:
            self.cast(tablet, voter, sealed)
        if play is Play.SENT_AGAIN:
            self.cast(tablet, voter, sealed)
        if play is Play.OTHER_BYTES:
            changed = tuple(1 - min(mark, 1) for mark in choice.marks)
            self.cast(other, voter, self.paper.seal(self.paper.plain(changed)))

    def _sealed(self, choice: Choice) -> bytes:
        plain = self.paper.plain(choice.marks)
        if choice.play is Play.GARBAGE:
            return secrets.token_bytes(judging.sealed_length(self.paper.definition))
        if choice.play is Play.OTHER_LIST:
            plain = plain[: len(choice.marks)] + secrets.token_bytes(len(self.paper.mark))
        return self.paper.seal(plain)

    def _try(self, tablet: Browser, voter: int, slip: str) -> None:
        """A slip that must not open the ballot; cast with it all the same."""
        self.check(tablet, slip)
        choice = self.choices[voter]
        self.cast(tablet, voter, self.paper.seal(self.paper.plain(choice.marks)), slip=slip)

    def _unknown_slip(self, tablet: Browser, voter: int) -> None:
        known = [each.slip for each in self.choices]
        self._try(tablet, voter, slips.fresh(1, taken=known)[0])

    def _next_round_slip(self, tablet: Browser, voter: int) -> None:
        self._try(tablet, voter, self.next_slip or slips.fresh(1)[0])

    def _mistyped(self, tablet: Browser, voter: int) -> None:
        slip = self.choices[voter].slip
        self._try(tablet, voter, f"{slip[:-1]}{(int(slip[-1]) + 1) % 10}")

    def _wrong_length(self, tablet: Browser, voter: int) -> None:
        self.cast(tablet, voter, self._sealed(self.choices[voter])[:-1])

    def _no_base64(self, tablet: Browser, voter: int) -> None:
        self.cast(tablet, voter, "không phải phiếu")

    def _old_page(self, tablet: Browser, voter: int) -> None:
        page = {**self.paper.said, "fingerprint": secrets.token_hex(len(self.paper.mark))}
        self.cast(tablet, voter, self._sealed(self.choices[voter]), page=page)

    def _anothers_bytes(self, tablet: Browser, voter: int) -> None:
        with self._lock:
            mine = [each for each in self.sent if each.is_taken and each.voter != voter]
        if mine:
            self.cast(tablet, voter, mine[0].sealed)

    # -- everybody ---------------------------------------------------------------------------

    def play(self, voters: Iterable[int]) -> None:
        """These voters walk to the tablets; as many at once as there are tablets."""
        waiting: SimpleQueue[int] = SimpleQueue()
        for voter in voters:
            waiting.put(voter)
        many = len(self.machines)
        with ThreadPoolExecutor(many, thread_name_prefix="tablet") as threads:
            for done in [threads.submit(self._work, at, waiting) for at in range(many)]:
                done.result()

    def _work(self, at: int, waiting: SimpleQueue[int]) -> None:
        while True:
            try:
                voter = waiting.get_nowait()
            except Empty:
                return
            self.vote(voter, at)

    def send_again(self, when: When, *, dice: random.Random, most: int = 3) -> None:
        """Some whose ballots lie in the box send the very same bytes once more."""
        self.when = when
        taken = [each for each in self.sent if each.is_taken]
        for each in dice.sample(taken, min(most, len(taken))):
            tablet = dice.choice(self.machines).browser
            self.cast(tablet, each.voter, each.sealed, slip=each.slip, play=Play.SENT_AGAIN)

    def come_too_late(self, when: When) -> None:
        """Whoever never used the slip tries it now."""
        self.when = when
        for voter, choice in enumerate(self.choices):
            if choice.play is Play.NEVER:
                self.cast(self.machines[0].browser, voter, self._sealed(choice))


_Try = Callable[[Booths, Browser, int], None]

#: What goes wrong before a voter's own ballot.
_BEFORE: dict[Play, _Try] = {
    Play.UNKNOWN_SLIP: Booths._unknown_slip,
    Play.NEXT_ROUND_SLIP: Booths._next_round_slip,
    Play.MISTYPED: Booths._mistyped,
    Play.WRONG_LENGTH: Booths._wrong_length,
    Play.NO_BASE64: Booths._no_base64,
    Play.OLD_PAGE: Booths._old_page,
    Play.ANOTHERS_BYTES: Booths._anothers_bytes,
}
assert set(_BEFORE) < set(REFUSALS)  # noqa: S101 (two lists of one thing)


def _load(tablet: Browser, paper: Paper) -> None:
    """The page anew, as `location.replace` brings it after each voter."""
    until = time.monotonic() + START_WITHIN
    while True:
        try:
            status = tablet.look("/ballot")
        except httpx.TransportError:
            status = 0
        if status == 200 and paper.key.hex() in tablet.shown:
            return
        if time.monotonic() > until:
            raise Refused("rehearsal_stuck", step="/ballot", status=status)
        time.sleep(AGAIN_AFTER)


def _until_answered(
    tablet: Browser, path: str, said: dict[str, str]
) -> tuple[httpx.Response, bool]:
    """The answer, and whether one before it was lost."""
    until, was_lost = time.monotonic() + START_WITHIN, False
    while True:
        try:
            return tablet.send(path, said), was_lost
        except httpx.TransportError:
            was_lost = True
            if time.monotonic() > until:
                raise Refused("rehearsal_stuck", step=path, status=0) from None
            time.sleep(AGAIN_AFTER)


def _at_once(act: Callable[[], object], *, times: int) -> None:
    _together([act] * times)


def _together(acts: Sequence[Callable[[], object]]) -> None:
    """Do these at the same instant, each in its own thread."""
    start = threading.Barrier(len(acts), timeout=TOGETHER)

    def one(act: Callable[[], object]) -> None:
        start.wait()
        act()

    with ThreadPoolExecutor(len(acts)) as threads:
        for done in [threads.submit(one, act) for act in acts]:
            done.result()
