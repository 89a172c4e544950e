"""An election through the pages, as people of the hall do it: for journeys and for drawn templates.

Imported as `balloting`. Twelve people of the small meeting: the candidates are of the first two
units, tellers and witnesses of the others.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from nacl.public import PublicKey, SealedBox
from support import Meeting

from kiosk.ballot import judging, round_queries
from kiosk.ballot.definition import fingerprint
from kiosk.ballot.round_queries import RoundView
from kiosk.conference import committees
from kiosk.conference.committees import Committee
from kiosk.core.access import THE_PROGRAM
from kiosk.core.db import db

#: Roster numbers: 1 to 12 are delegates, 13 is a guest.
CANDIDATES = (2, 3, 4, 6)
TELLERS = (9, 10, 11)
WITNESSES = (7, 8)


@dataclass
class BallotDay:
    """A secretary, a chair, a gate that issues slips, and tablets: browsers of either kind."""

    meeting: Meeting
    secretary: Any
    chair: Any
    gate: Any
    tablets: list[Any]
    #: What each teller has copied onto the card, by slot.
    cards: dict[int, str] = field(default_factory=dict)
    #: The codes of the printed slips, as they lie in the bag.
    bag: list[str] = field(default_factory=list)

    def badge(self, delegate_id: int) -> str:
        return self.meeting.codes[delegate_id]

    def act(self, path: str, *, status: int = 204, who: Any = None, **form: Any) -> str:
        answer = (who or self.secretary).post(path, form)
        text = answer.get_data(as_text=True)
        assert answer.status_code == status, (path, answer.status_code, text)
        return text

    def page(self, path: str, *, who: Any = None) -> str:
        answer = (who or self.secretary).get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def round(self, number: int) -> RoundView:
        with self.meeting.app.app_context():
            return round_queries.round_of(db.session(), number)

    # -- before ----------------------------------------------------------------------------------

    def everyone_in(self, *numbers: int) -> None:
        for number in numbers or range(1, 13):
            self.gate.post(
                "/gate/scan", {"code": self.badge(number), "scan_id": f"ballot-in-{number:06d}"}
            )

    def tellers(self) -> None:
        with self.meeting.app.app_context():
            for body, people in ((Committee.TELLERS, TELLERS), (Committee.WITNESSES, WITNESSES)):
                for number in people:
                    committees.add_member(committee=body, delegate_id=number, by=THE_PROGRAM)
            head = committees.members(db.session(), Committee.TELLERS)[0]
            committees.make_head(member_id=head.id, by=THE_PROGRAM)

    def hands(self) -> None:
        """Everybody raises the hand for the question that is open."""
        with self.meeting.app.app_context():
            from kiosk.motions import queries as motions

            found = motions.open_motion_now(db.session())
        assert found is not None
        self.act(f"/console/motions/{found.id}/count", in_favour=12, against=0, other=0)

    def prepare(
        self, *, seats: int = 3, candidates: tuple[int, ...] = CANDIDATES, **more: Any
    ) -> None:
        """Settings, candidates, and the three votes by hands."""
        wanted = {"seats": seats, "term": "2026 - 2028", "title": "Bầu Ban Thanh tra nhân dân"}
        words = {"style": "choose", "base": "present", "tie": "second_round"}
        form = wanted | words | {"electorate": "elects"} | more
        self.act("/console/ballot/settings", **form)
        for number in candidates:
            path = f"/console/ballot/candidates/add/{number}"
            self.act(path, source="committee", consent="1")
        self.tellers()
        for what in ("seats", "list", "rule"):
            self.act(f"/console/ballot/ask/{what}")
            self.hands()

    # -- one tablet round ------------------------------------------------------------------------

    def slips(self, monkeypatch_codes: Callable[[], list[str]], *, number: int, count: int) -> None:
        answer = self.secretary.post(
            "/console/ballot/slips", {"round": number, "count": count}, fragment=False
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        self.bag = monkeypatch_codes()

    def lock(self, number: int, *, counted: int) -> None:
        at = f"/console/ballot/rounds/{number}"
        self.act(f"{at}/slips-counted", counted=counted)
        self.cards = {}
        for slot, teller in enumerate(TELLERS, start=1):
            shown = self.act(f"{at}/tellers", status=200, badge=self.badge(teller))
            self.cards[slot] = "".join(re.findall(r"<span>(\d{2,4})</span>", shown))
            assert len(self.cards[slot]) == 14, shown
            assert self.cards[slot] not in self.page(f"{at}/tellers/{slot}")
            self.act(f"{at}/tellers/{slot}/code", code=self.cards[slot])
            self.act(f"{at}/tellers/{slot}/envelope")
        for witness in WITNESSES:
            self.act(f"{at}/witnesses", badge=self.badge(witness))
        self.act(f"{at}/lock", shown="1")

    def open(self, number: int) -> None:
        at = f"/console/ballot/rounds/{number}"
        drawn = self.round(number).drawn_device_id
        self.act(f"{at}/compare", badge=self.badge(TELLERS[0]), device=drawn)
        self.act(f"{at}/open")

    def draw(self, delegate_id: int) -> str:
        """A teller scans the badge; the person draws from the bag."""
        said = self.act("/issue/scan", status=200, who=self.gate, code=self.badge(delegate_id))
        assert 'data-outcome="issued"' in said, said
        return self.bag.pop(secrets.randbelow(len(self.bag)))

    def sealed(self, number: int, choices: list[int]) -> tuple[str, Mapping[str, Any]]:
        """What a tablet makes of these choices: Base64, and what it says of its page."""
        found = self.round(number)
        assert found.lock is not None
        mark = fingerprint(found.lock.public_key, found.definition)
        plain = judging.plain(found.definition, mark, choices)
        box = SealedBox(PublicKey(found.lock.public_key))
        said = {"round": str(number), "fingerprint": mark.hex()}
        return base64.b64encode(box.encrypt(plain)).decode(), said

    def send(self, path: str, said: Mapping[str, Any], *, tablet: Any = None) -> Any:
        who = tablet or self.tablets[0]
        headers = {"X-CSRF-Token": who.token, "HX-Request": "true"}
        return who.client.post(path, json=dict(said), headers=headers)

    def vote(self, number: int, slip: str, choices: list[int], **more: Any) -> Any:
        sealed, said = self.sealed(number, choices)
        asked = self.send("/ballot/slip", {**said, "slip": slip}, **more)
        assert asked.status_code == 204, asked.get_data(as_text=True)
        return self.send("/ballot/cast", {**said, "slip": slip, "sealed": sealed}, **more)

    def close(self, number: int) -> None:
        self.act(
            f"/console/ballot/rounds/{number}/close",
            head=self.badge(TELLERS[0]),
            witness=self.badge(WITNESSES[0]),
        )

    def count(self, number: int, **sums: Any) -> None:
        at = f"/console/ballot/rounds/{number}"
        found = self.round(number)
        told = {
            "left": (found.slips_printed or 0) - found.issued,
            "in_box": found.cast,
            "lost": 0,
            "refused": 0,
            "note": "",
        }
        self.act(f"{at}/sums", **(told | sums))
        codes = {f"code-{slot}": code for slot, code in list(self.cards.items())[:2]}
        self.act(f"{at}/open-box", **codes)


class Answered:
    """An answer over real HTTP, with the names that the tests' own browser uses."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status_code = answer.status_code
        self.headers = answer.headers
        self.content = answer.content

    def get_data(self, *, as_text: bool = False) -> Any:
        return self.content.decode() if as_text else self.content


class HttpBrowser:
    """`support.Browser` against a server of its own process."""

    _TOKEN = re.compile(r'data-csrf="([0-9a-f]{32})"')

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60, follow_redirects=False)
        self.client = self
        self._token = ""

    @property
    def token(self) -> str:
        if not self._token:
            found = self._TOKEN.search(self.http.get("/sign-in").text)
            assert found is not None
            self._token = found.group(1)
        return self._token

    def moved_to(self, address: str) -> None:
        """The server was started again, perhaps at another port; cookies stay."""
        self.http.base_url = httpx.URL(address)

    def sign_in(self, name: str, password: str) -> HttpBrowser:
        answer = self.post("/sign-in", {"name": name, "password": password}, fragment=False)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self

    def get(self, path: str) -> Answered:
        return Answered(self.http.get(path, headers={"Accept": "text/html,*/*"}))

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        fragment: bool = True,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        sent = {"X-CSRF-Token": self.token, **(headers or {})}
        if fragment:
            sent["HX-Request"] = "true"
        form = {name: str(value) for name, value in (data or {}).items()}
        return Answered(self.http.post(path, data=form or None, json=json, headers=sent))
