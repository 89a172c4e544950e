"""`read_plan`: the bytes of a plan file become a `Plan`.

Sections are found by the meaning of their headings, items by their marks, so that another ward's
plan with other numbers, another order and other parts reads as well.
"""

from __future__ import annotations

import re

from kiosk.conference.plan.dates import When, when, year_in
from kiosk.conference.plan.ending import ending_starts, is_closing_sentence, read_ending
from kiosk.conference.plan.letters import fold, is_capitals, tidy, without_stop
from kiosk.conference.plan.model import AgendaItem, Doubt, Plan, Seats, SourceLine, doubts_about
from kiosk.conference.plan.outline import Node, Topic, outline, topics_of
from kiosk.conference.plan.paragraphs import Paragraph, paragraphs_of
from kiosk.conference.plan.preface import read_preface
from kiosk.conference.plan.sections import (
    Part,
    agenda_of,
    duties_of,
    entries,
    guess_topic,
    parts_of,
)
from kiosk.conference.plan.source import read_source, shown_name
from kiosk.core.errors import Refused

#: A plan has some twenty to two hundred lines; a text of more is not one.
_MOST_LINES = 5_000
#: R6: the board has 3 to 9 members.
_LEAST_SEATS, _MOST_SEATS = 3, 9
_BOARD = re.compile(r"thanh tra nhan dan|\bttnd\b")
_COUNT = r"(\d{1,2}|mot|hai|ba|bon|nam|sau|bay|tam|chin)"
_SPELT = r"(?:\s?\([a-z ]{1,12}\))?"
_PEOPLE = r"\s?(?:nguoi|thanh vien|uy vien|dong chi)\b"
_SEATS = re.compile(rf"\b{_COUNT}{_SPELT}\s?(?:den|toi|-|–)\s?{_COUNT}{_SPELT}{_PEOPLE}")
_ONE_SEAT_COUNT = re.compile(
    r"\b(?:(?:gom(?: co)?|so luong|bau|la):? |(?:thanh tra nhan dan|ttnd) \()"
    rf"{_COUNT}{_SPELT}{_PEOPLE}"
)
_RECOGNITION = re.compile(
    rf"\b(?:trong thoi han|thoi han|trong vong|cham nhat|khong qua|trong)\b[a-z ]{{0,20}}?"
    rf" {_COUNT}{_SPELT}\s?ngay\b"
)
_NUMBER_WORDS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
}  # fmt: skip
_ADDRESS = re.compile(r",\s?(?:tai )?(?:dia chi:? )?(?=so(?: nha)? \d)|,\s?dia chi:? ")


def read_plan(data: bytes, *, filename: str) -> Plan:
    """Read a plan file; `filename` is only repeated in refusals.

    Raises `Refused`: `plan_not_a_plan` when there is no agenda or nothing else of a plan, and the
    codes of `read_source`. Parts that the plan does not have are None or empty; lines that find no
    place come back in `unread`.
    """
    name = shown_name(filename)
    lines = read_source(data, filename=filename)
    if len(lines) > _MOST_LINES:
        raise Refused("plan_not_a_plan", filename=name)
    paragraphs = paragraphs_of(lines)
    start = next((at for at, each in enumerate(paragraphs) if _opens_body(each)), None)
    if start is None:
        raise Refused("plan_not_a_plan", filename=name)
    end = start + ending_starts(paragraphs[start:])
    return _Reading(paragraphs, start, end).plan(name)


def _opens_body(paragraph: Paragraph) -> bool:
    """The first section's heading; labels without a mark do not open the body by themselves."""
    return bool(topics_of(paragraph)) and (
        paragraph.mark is not None or is_capitals(paragraph.text) or paragraph.text.endswith(":")
    )


class _Reading:
    """One plan while it is read: its parts, and the lines that found no place so far."""

    def __init__(self, paragraphs: list[Paragraph], start: int, end: int) -> None:
        self.preface = read_preface(paragraphs[:start])
        body = [each for each in paragraphs[start:end] if not is_closing_sentence(each.text)]
        self.body = body
        self.ending = read_ending(paragraphs[end:])
        self.parts, stray = parts_of(outline(body))
        self.unread: list[SourceLine] = [*self.preface.unread, *self.ending.unread]
        for node in stray:
            self.unread += node.paragraph.lines
        self.doubts: list[Doubt] = []

    def plan(self, name: str) -> Plan:
        agenda = self.agenda()
        topics = {topic for part in self.parts for topic in part.topics}
        conference = "hoi nghi" in fold(self.preface.title or "") or any(
            "hoi nghi" in fold(each.text) for each in self.body
        )
        signs = self.preface.is_named + len(topics - {Topic.AGENDA}) + conference
        if not agenda or signs < 2:
            raise Refused("plan_not_a_plan", filename=name)
        start = self.start()
        venue, address = self.place()
        seats, days = self.board()
        duties, unread = duties_of(self.nodes(Topic.DUTIES))
        self.unread += unread
        left = tuple(sorted(set(self.unread), key=lambda line: line.number))
        told = {(each.line, each.about) for each in self.doubts}
        surer = {line for line, about in told if about in {"day_invalid", "agenda_not_chosen"}}
        self.doubts += doubts_about(
            "not_understood", (line for line in left if line.number not in surer)
        )
        return Plan(
            title=self.preface.title,
            title_block=self.title_block(),
            host=self.preface.host,
            venue=venue,
            address=address,
            month=start.month,
            date=start.date,
            time=start.time,
            legal_bases=self.preface.legal_bases,
            purposes=tuple(self.listed(Topic.PURPOSES)),
            agenda=tuple(agenda),
            seats=seats,
            recognition_days=days,
            invitees=tuple(self.listed(Topic.INVITEES)),
            duties=tuple(duties),
            recipients=self.ending.recipients,
            signer=self.ending.signer,
            budget=" ".join(self.listed(Topic.BUDGET, split=False)) or None,
            unread=left,
            doubts=tuple(sorted(set(self.doubts), key=lambda each: (each.line, each.about))),
        )

    def agenda(self) -> list[AgendaItem]:
        """The items of the likeliest agenda: one that says so, then the one with most items."""
        best: tuple[bool, int] = (False, 0)
        chosen: list[AgendaItem] = []
        left: list[SourceLine] = []
        doubts: list[Doubt] = []
        for part in self.parts:
            if Topic.AGENDA not in part.topics:
                continue
            own = [node for node in part.own if self._topic(part, node) is Topic.AGENDA]
            items, unread, unsure = agenda_of(Part(part.root, part.topics, own))
            weight = ("chuong trinh" in fold(part.root.head), len(items))
            if len(items) >= 2 and weight > best:
                best, chosen, unread_before = weight, items, left
                left = [*unread_before, *unread] if not unread_before else unread
                doubts = unsure
            elif part.own:
                lines = [line for node in own for line in node.paragraph.lines]
                self.unread += lines
                if len(items) >= 2:
                    self.doubts += doubts_about("agenda_not_chosen", lines)
        self.unread += left
        self.doubts += doubts
        return chosen

    def nodes(self, topic: Topic) -> list[Node]:
        return [
            node
            for part in self.parts
            if topic in part.topics
            for node in part.own
            if self._topic(part, node) is topic
        ]

    def _topic(self, part: Part, node: Node) -> Topic | None:
        return next(iter(part.topics)) if len(part.topics) == 1 else guess_topic(part, node)

    def inlines(self, topic: Topic) -> list[tuple[str, Part]]:
        """What follows the headings of a topic on their own lines."""
        return [
            (part.root.inline, part)
            for part in self.parts
            if topic in part.topics and part.root.inline
        ]

    def listed(self, topic: Topic, *, split: bool = True) -> list[str]:
        found: list[str] = []
        for part in self.parts:
            if topic not in part.topics:
                continue
            own = [node for node in part.own if self._topic(part, node) is topic]
            if len(part.topics) == 1:
                inline = part.root.inline
                pieces = inline.split(";") if split and topic is Topic.INVITEES else [inline]
                found += [piece for piece in map(without_stop, pieces) if piece]
            found += entries(own)
        return found

    def start(self) -> When:
        """Day and hour from the section on time; what no calendar has goes to the unread lines."""
        year = year_in(self.preface.title)
        result = When()
        for text, lines in self._said(Topic.TIME):
            found = when(text, year=year)
            if not found.is_sound:
                self.unread += lines
                self.doubts += doubts_about("day_invalid", lines)
            elif found.year_lent:
                self.doubts += doubts_about("year_from_title", lines)
            result = When(
                result.month or found.month, result.date or found.date, result.time or found.time
            )
        if result.date and result.month != f"{result.date:%Y-%m}":
            result = When(f"{result.date:%Y-%m}", result.date, result.time)
        return result

    def place(self) -> tuple[str | None, str | None]:
        """The venue, and its address when that stands in brackets or begins with a number."""
        for text, _ in self._said(Topic.PLACE):
            plain = without_stop(text)
            bracket = re.match(r"^(.+?)\s?\((.+)\)$", plain)
            if bracket:
                return without_stop(bracket.group(1)), without_stop(bracket.group(2))
            comma = _ADDRESS.search(fold(plain))
            if comma:
                return plain[: comma.start()].strip(), without_stop(plain[comma.end() :])
            if plain:
                return plain, None
        return None, None

    def _said(self, topic: Topic) -> list[tuple[str, tuple[SourceLine, ...]]]:
        said: list[tuple[str, tuple[SourceLine, ...]]] = []
        for text, part in self.inlines(topic):
            said.append((text, part.root.paragraph.lines))
        for node in self.nodes(topic):
            said.append((node.text, node.paragraph.lines))
        return said

    def title_block(self) -> tuple[str, ...]:
        """The lines for the stage one by one, as printed."""
        block: list[str] = [without_stop(text) for text, _ in self.inlines(Topic.TITLE_BLOCK)]
        for node in self.nodes(Topic.TITLE_BLOCK):
            for at, line in enumerate(node.paragraph.lines):
                text = node.text if len(node.paragraph.lines) == 1 else tidy(line.text)
                if at and text[:1].islower():
                    block[-1] = f"{block[-1]} {text}"
                else:
                    block.append(text)
        return tuple(line for line in block if line)

    def board(self) -> tuple[Seats | None, int | None]:
        """How large the board may be and by when it is recognised, wherever the plan says so."""
        seats: Seats | None = None
        days: int | None = None
        for paragraph in self.body:
            words = fold(paragraph.text)
            if not _BOARD.search(words):
                continue
            if seats is None:
                seats = _seats(words)
                if seats and not (seats.min >= _LEAST_SEATS and seats.max <= _MOST_SEATS):
                    self.doubts += doubts_about("seats_out_of_law", paragraph.lines[:1])
            if days is None and "cong nhan" in words:
                found = _RECOGNITION.search(words, words.index("cong nhan"))
                found = found or _RECOGNITION.search(words)
                days = _number(found.group(1)) or None if found else None
        return seats, days


def _seats(words: str) -> Seats | None:
    found = _SEATS.search(words)
    if found:
        least, most = _number(found.group(1)), _number(found.group(2))
        return Seats(least, most) if 1 <= least <= most else None
    found = _ONE_SEAT_COUNT.search(words)
    count = _number(found.group(1)) if found else 0
    return Seats(count, count) if count else None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBER_WORDS[text]
