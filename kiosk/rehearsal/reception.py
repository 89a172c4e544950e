"""The reception desk of a rehearsed day: one account, one search, and every act by its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import quote

from kiosk.core.clock import in_hall, utc_now
from kiosk.core.errors import Refused
from kiosk.core.names import fold
from kiosk.rehearsal.hall import Browser
from kiosk.rehearsal.people import Invented
from kiosk.rehearsal.stored import Person
from kiosk.rehearsal.told import Paper, Sought

#: A number that nobody on any list has; typed from a paper with bad handwriting.
NOBODY = 999_999

_PERSON = re.compile(r"/desk/people/(\d+)")
_CODE = re.compile(r'<span class="code">(\d{14})</span>')
_FRESH = re.compile(r'data-fresh="(\d+)"')


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person whom the desk has put on the roster, with the digits that its page shows."""

    delegate_id: int
    code: str


@dataclass(frozen=True)
class Reception:
    """The desk's browser. A secretary may sit at the desk as well."""

    browser: Browser

    def seek(self, person: Person) -> Sought:
        """Type the name without its marks and look whether the person is found."""
        typed = fold(person.name)
        found = _PERSON.findall(self.browser.page(f"/desk?q={quote(typed)}"))
        return Sought(typed, person.id, str(person.id) in found)

    def admit(self, delegate_id: int, reason: str) -> None:
        """Record somebody as present without a badge."""
        self.browser.must(f"/desk/people/{delegate_id}/admit", reason=reason)

    def absent(self, delegate_id: int, kind: str, reason: str) -> None:
        """Record an absence."""
        self.browser.must(f"/desk/people/{delegate_id}/absence", kind=kind, reason=reason)

    def expected_again(self, delegate_id: int) -> None:
        """Take a recorded absence back."""
        self.browser.must(f"/desk/people/{delegate_id}/absence/withdraw")

    def add(self, who: Invented, *, standing: str, admit: bool) -> Newcomer:
        """Add somebody who is on no list; all flags are ticked, whatever becomes of them."""
        return self._added("/desk/new", who, standing=standing, admit=int(admit), elects=1)

    def seat(self, who: Invented, *, instead_of: int) -> Newcomer:
        """Seat a substitute, who goes to the gate with the new badge."""
        self.browser.page(f"/desk/people/{instead_of}/substitute")
        return self._added(f"/desk/people/{instead_of}/substitute", who)

    def new_badge(self, delegate_id: int, reason: str) -> str:
        """Replace a badge; the new code is on the page at once."""
        _, page = self.browser.moved(f"/desk/people/{delegate_id}/badge", reason=reason)
        return _code(page)

    def bring_paper(self, ticked: dict[int, int], others: dict[int, int]) -> tuple[Paper, int]:
        """Type numbers of the paper list: preview, press, press again as nervous fingers do.

        Both by person: number. The very first press has a number that nobody has, and is to be
        refused; its status comes back beside the paper.
        """
        now = utc_now()
        paper_time = f"{in_hall(now):%H:%M}"
        numbers = ", ".join(str(number) for number in (*ticked.values(), *others.values()))
        numbers = f"{numbers} {next(iter(ticked.values()))}"
        preview = self.browser.must("/desk/paper/preview", numbers=numbers, time=paper_time)
        wrong = f"{numbers}; {NOBODY}"
        refused = self.browser.act("/desk/paper", numbers=wrong, time=paper_time).status_code
        stored = self.browser.must("/desk/paper", numbers=numbers, time=paper_time)
        again = self.browser.must("/desk/paper", numbers=numbers, time=paper_time)
        paper = Paper(
            ticked=tuple(ticked),
            others=tuple(others),
            previewed=_fresh(preview.text),
            stored=_fresh(stored.text),
            stored_again=_fresh(again.text),
            claimed_at=_whole_minute(now),
            merged_at=now,
        )
        return paper, refused

    def _added(self, path: str, who: Invented, **more: str | int) -> Newcomer:
        form: dict[str, str | int] = {
            "name": who.name,
            "address_form": who.address_form,
            "title": who.title,
            "unit": "new",
            "new_unit": who.unit,
            "counts_for_quorum": 1,
            "votes": 1,
            # The desk has looked: an invented namesake is another person.
            "another_person": 1,
        }
        where, page = self.browser.moved(path, **form, **more)
        found = _PERSON.search(unescape(where))
        if found is None:
            raise Refused("rehearsal_stuck", step=path, status=200)
        return Newcomer(int(found[1]), _code(page))


def _code(page: str) -> str:
    found = _CODE.search(page)
    return found[1] if found else ""


def _fresh(page: str) -> int:
    found = _FRESH.search(page)
    return int(found[1]) if found else -1


def _whole_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
