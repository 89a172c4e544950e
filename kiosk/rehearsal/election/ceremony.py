"""What the secretary and the tellers do at the laptop, page by page, and what is denied to them."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from html import unescape

from kiosk.core.errors import Refused
from kiosk.rehearsal.election.roles import SEATS, Roles
from kiosk.rehearsal.told_ballot import Denied, Typed
from kiosk.rehearsal.walk import Walk

#: Tellers whose codes open the box together: k = n//2 + 1 of three.
NEEDED = 2
#: Wrong groups that cost nothing, and seconds that the next one costs at most.
FREE, PAUSE_MOST = 3, 5.0

_REFUSAL = re.compile(r'data-refusal="(\w+)"')
_ROUND = re.compile(r"/console/ballot/rounds/(\d+)")
_CANDIDATE = re.compile(r"/console/ballot/candidates/(\d+)/consent")
_MOTION = re.compile(r"/console/motions/(\d+)/count")
_DIGITS = re.compile(r"<span>(\d{2,4})</span>")
_DRAWN = re.compile(r'name="device" value="(\d+)"')
_GROUPS = re.compile(r'<p class="groups num"[^>]*>(.*?)</p>', re.S)
_SPAN = re.compile(r"<span>([0-9A-F]{4})</span>")
_FACT = re.compile(r"<dt>([^<]*)</dt><dd>\s*(\d+)")
_ROW = re.compile(
    r"<tr><td class=\"right\">.*?<strong>(.*?)</strong>.*?<td>([^<]*)</td></tr>", re.S
)


def refusal_in(html: str) -> str:
    """The code of the refusal that an answer shows; empty without one."""
    found = _REFUSAL.search(html)
    return found[1] if found else ""


def marks_in(html: str) -> list[str]:
    """The fingerprints that a page shows, each as 64 small hex digits, in their order."""
    return ["".join(_SPAN.findall(spans)).lower() for spans in _GROUPS.findall(html)]


def deny(walk: Walk, what: str, expected: str, path: str, **form: str) -> None:
    """Try what the rules of the election forbid now."""
    answer = walk.secretary.act(path, **form)
    walk.noted.denied.append(Denied(what, expected, refusal_in(answer.text)))


# -- before the first round ------------------------------------------------------------------


def prepare(walk: Walk, roles: Roles) -> None:
    """Settings, witnesses, candidates with their consent, and the three votes by hands (R6-R9)."""
    at = "/console/ballot"
    settings = {"term": "2026 - 2028", "title": "Bầu Ban Thanh tra nhân dân", "style": "choose"}
    settings |= {"base": "present", "tie": "second_round", "electorate": "elects"}
    deny(walk, "two seats", "ballot_seats_few", f"{at}/settings", seats="2", **settings)
    walk.secretary.must(f"{at}/settings", seats=SEATS, **settings)
    for witness in roles.witnesses:
        walk.secretary.must(f"/console/committees/witnesses/add/{witness}")
    walk.secretary.must(f"/console/delegates/{roles.barred}/bar", bar="head")
    add = f"{at}/candidates/add"
    source = {"source": "committee"}
    deny(walk, "the head stands", "ballot_candidate_barred", f"{add}/{roles.barred}", **source)
    deny(walk, "a guest stands", "ballot_guest_no_candidate", f"{add}/{roles.guest}", **source)
    for place, candidate in enumerate(roles.candidates):
        # The last one has not been asked yet.
        agrees = {} if place == len(roles.candidates) - 1 else {"consent": "1"}
        walk.secretary.must(f"{add}/{candidate}", **source, **agrees)
    hands = walk.must_read_presence("election")
    deny(walk, "the list before the number", "ballot_seats_not_adopted", f"{at}/ask/list")
    _ask(walk, "seats", hands)
    deny(walk, "somebody was not asked", "ballot_consent_missing", f"{at}/ask/list")
    waiting = _CANDIDATE.findall(walk.secretary.page(at))
    for candidate in waiting:
        walk.secretary.must(f"{at}/candidates/{candidate}/consent", agrees=1)
    deny(walk, "the rule before the list", "ballot_list_not_adopted", f"{at}/ask/rule")
    _ask(walk, "list", hands)
    late = {"reason": "Xin rút tại Hội nghị"}
    path = f"{at}/candidates/{waiting[0]}/withdraw"
    deny(walk, "withdrawn once the list is adopted", "ballot_list_locked", path, **late)
    rounds = f"{at}/rounds"
    deny(walk, "a round before the rule", "ballot_rule_not_adopted", rounds, way="tablet")
    _ask(walk, "rule", hands)
    deny(walk, "other seats now", "ballot_settings_locked", f"{at}/settings", seats="5", **settings)


def _ask(walk: Walk, what: str, hands: int) -> None:
    """Put one question to the hall; everybody raises the hand."""
    walk.secretary.must(f"/console/ballot/ask/{what}")
    motion = _MOTION.search(walk.secretary.page("/console"))
    if motion is None:
        raise Refused("rehearsal_stuck", step=f"/console/ballot/ask/{what}", status=200)
    path = f"/console/motions/{motion[1]}"
    walk.secretary.must(f"{path}/count", in_favour=hands, against=0, other=0)
    walk.secretary.must(f"{path}/put-away")


# -- one round -------------------------------------------------------------------------------


@dataclass
class Table:
    """The tellers' table in one round: their cards, and what they have written down."""

    walk: Walk
    roles: Roles
    number: int = 0
    #: Codes as they were copied, by slot.
    cards: dict[int, str] = field(default_factory=dict)
    #: Everything that was shown as a fingerprint: (place, 64 hex digits).
    marks: list[tuple[str, str]] = field(default_factory=list)
    set_marks: list[tuple[str, str]] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    acts: Counter[str] = field(default_factory=Counter)

    @property
    def at(self) -> str:
        return f"/console/ballot/rounds/{self.number}"

    def _done(self, event: str, path: str, **form: str | int) -> str:
        self.acts[event] += 1
        return self.walk.secretary.must(f"{self.at}/{path}", **form).text

    def _badge(self, who: int) -> str:
        return self.roles.badges[who]

    def deny(self, what: str, expected: str, path: str, **form: str) -> None:
        deny(self.walk, what, expected, f"{self.at}/{path}", **form)

    def begin(self, slips: int) -> None:
        """A new round, its slips counted by the tellers."""
        where, _ = self.walk.secretary.moved("/console/ballot/rounds", way="tablet")
        found = _ROUND.search(where)
        if found is None:
            raise Refused("rehearsal_stuck", step="/console/ballot/rounds", status=200)
        self.number = int(found[1])
        self.acts["ballot:round:prepared"] += 1
        badge = self._badge(self.roles.tellers[0])
        self.deny("a code before slips", "ballot_slips_not_counted", "tellers", badge=badge)
        self._done("ballot:slips:counted", "slips-counted", counted=slips)

    def lock(self) -> None:
        """Badges, codes shown once and typed back, envelopes, witnesses, the box locked (5.2)."""
        stranger = self._badge(self.roles.candidates[0])
        self.deny("no teller", "ballot_not_a_teller", "tellers", badge=stranger)
        for slot, teller in enumerate(self.roles.tellers, start=1):
            shown = self._done("ballot:teller:came", "tellers", badge=self._badge(teller))
            self.cards[slot] = "".join(_DIGITS.findall(shown))
            back = f"tellers/{slot}/code"
            if slot == 1:
                early = f"tellers/{slot}/envelope"
                self.deny("an envelope before the code", "ballot_code_first", early)
                wrong = self.cards[slot][::-1]
                self.deny("typed back wrongly", "ballot_code_mistyped", back, code=wrong)
                # The card is torn, another code is given; the first is worth nothing.
                shown = self.walk.secretary.must(f"{self.at}/tellers/{slot}/again").text
                self.cards[slot] = "".join(_DIGITS.findall(shown))
            self._done("ballot:code:typed_back", back, code=self.cards[slot])
            self._done("ballot:envelope:signed", f"tellers/{slot}/envelope")
        self.deny("no witnesses", "ballot_ceremony_not_complete", "lock", shown="1")
        self.deny("no witness", "ballot_not_a_witness", "witnesses", badge=stranger)
        for witness in self.roles.witnesses:
            self._done("ballot:witness:came", "witnesses", badge=self._badge(witness))
        self.deny("the box was not shown", "ballot_box_not_shown", "lock")
        self._done("ballot:box:locked", "lock", shown="1")
        self._read_mark("console, locked", self.marks)

    def _read_mark(self, place: str, marks: list[tuple[str, str]]) -> None:
        """The one fingerprint that the page of the round shows at this step."""
        shown = marks_in(self.walk.secretary.page(self.at))
        marks.append((place, shown[0] if len(shown) == 1 else ""))

    def drawn(self) -> int:
        """The tablet that the page names: drawn by lot when the box was locked; 0 for none."""
        found = _DRAWN.search(self.walk.secretary.page(self.at))
        return int(found[1]) if found else 0

    def compare(self, device_id: int) -> None:
        """The fingerprint is the same at the tablet that was drawn by lot."""
        self.deny("opened uncompared", "ballot_not_compared", "open")
        badge = self._badge(self.roles.tellers[0])
        self._done("ballot:fingerprint:compared", "compare", badge=badge, device=device_id)

    def open_voting(self) -> None:
        self.walk.follow("voting", lambda: self._done("ballot:voting:opened", "open"))
        self.walk.settle()
        self._read_mark("console, voting", self.marks)

    def help(self, name: str) -> None:
        """A voter brings a helper, who is written down."""
        self._done("ballot:helper:recorded", "helpers", name=name)

    def close(self) -> None:
        """Head of tellers and witness close the voting; others cannot (R12)."""
        head, other = self._badge(self.roles.head), self._badge(self.roles.tellers[0])
        witness = self._badge(self.roles.witnesses[0])
        wrong = {"head": other, "witness": witness}
        self.deny("closed by another teller", "ballot_not_the_head", "close", **wrong)
        wrong = {"head": head, "witness": other}
        self.deny("closed without a witness", "ballot_not_a_witness", "close", **wrong)
        self._done("ballot:voting:closed", "close", head=head, witness=witness)

    def sums(self, *, left: int, in_box: int, refused: int) -> None:
        """Slips left, in the clear box and given back, counted by hand; the sealed set's mark."""
        said = {"in_box": str(in_box), "lost": "0", "refused": str(refused), "note": ""}
        wrong = {"left": str(left + 1), **said}
        self.deny("sums that do not fit", "ballot_slips_do_not_add_up", "sums", **wrong)
        wrong = {"left": str(left), **said, "in_box": str(in_box - 1)}
        self.deny("more ballots than slips", "ballot_more_than_slips", "sums", **wrong)
        self._done("ballot:sums:recorded", "sums", left=left, **said)
        self._read_mark("console, sealed", self.set_marks)

    def type_codes(self, right: tuple[int, ...], wrong: tuple[int, ...]) -> str:
        """Type the codes of these slots, some of them wrongly; the refusal, empty when it opens."""
        codes = {f"code-{slot}": self.cards[slot] for slot in right}
        # A card of another teller: well-formed, and wrong.
        every = sorted(self.cards)
        codes |= {f"code-{slot}": self.cards[every[slot % len(every)]] for slot in wrong}
        answer = self.walk.secretary.act(f"{self.at}/open-box", **codes)
        refusal = refusal_in(answer.text)
        if answer.status_code >= 300 and not refusal:
            raise Refused("rehearsal_stuck", step=f"{self.at}/open-box", status=answer.status_code)
        self.typed.append(Typed(len(right), len(wrong), refusal))
        if refusal == "ballot_codes_fit_no_group":
            self.acts["ballot:codes:refused"] += 1
        return refusal

    def try_wrong_codes(self) -> None:
        """One code alone, then wrong groups until they cost time."""
        self.type_codes((1,), ())
        for _ in range(FREE):
            self.type_codes((1,), (2,))
        self.type_codes((1, 2), ())

    def open_box(self, right: tuple[int, ...], wrong: tuple[int, ...] = ()) -> float:
        """Type what opens the box, when it may be tried; the seconds of the opening."""
        until = time.monotonic() + PAUSE_MOST
        while True:
            begun = time.perf_counter()
            refusal = self.type_codes(right, wrong)
            if not refusal:
                self.acts["ballot:box:opened"] += 1
                return time.perf_counter() - begun
            if refusal != "ballot_codes_wait" or time.monotonic() > until:
                raise Refused("rehearsal_stuck", step=f"{self.at}/open-box", status=409)
            self.typed.pop()
            time.sleep(0.3)

    # -- the result --------------------------------------------------------------------------

    def read_out(self, names: int) -> None:
        """One name, then all others, as the tellers read them; then the result (R16)."""
        self.walk.follow(
            "first name", lambda: self._done("ballot:figures:read_out", "read", place=0)
        )
        self.walk.follow("all names", lambda: self._done("ballot:figures:read_out", "read"))
        self.walk.follow("result", lambda: self._done("ballot:result:declared", "declare"))
        self.walk.settle()

    def put_away(self) -> None:
        self._done("ballot:complaint:recorded", "complaint", words="")
        self.walk.follow("put away", lambda: self._done("ballot:result:put_away", "put-away"))
        self.walk.settle()

    def report(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """D6 as its page says it: the figures by their words, and who is called elected."""
        page = self.walk.secretary.page(f"{self.at}/report")
        for marks, shown in zip((self.marks, self.set_marks), marks_in(page), strict=False):
            marks.append(("report", shown))
        elected = [unescape(name) for name, words in _ROW.findall(page) if words == "trúng cử"]
        return {unescape(word): number for word, number in _FACT.findall(page)}, tuple(elected)

    def export(self) -> bytes:
        """The file for whoever counts again."""
        return self.walk.secretary.take(f"{self.at}/export", again=1)
