"""From the sections of a plan to its lists: purposes, agenda, invitees, duties."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiosk.conference.plan.kinds import AgendaKind, kind_of
from kiosk.conference.plan.letters import fold, sentences, tidy, without_stop, words_in
from kiosk.conference.plan.marks import Rank
from kiosk.conference.plan.model import AgendaItem, Doubt, Duty, SourceLine, doubts_about
from kiosk.conference.plan.outline import Node, Topic

#: Topics that a line may open inside a section about something else.
_MAY_OPEN_INSIDE: dict[Topic, frozenset[Topic]] = {
    Topic.PURPOSES: frozenset({Topic.PURPOSES}),
    Topic.AGENDA: frozenset({Topic.AGENDA, Topic.TIME, Topic.PLACE, Topic.INVITEES}),
    Topic.TIME: frozenset({Topic.TIME, Topic.PLACE, Topic.INVITEES, Topic.AGENDA}),
    Topic.PLACE: frozenset({Topic.TIME, Topic.PLACE, Topic.INVITEES, Topic.AGENDA}),
    Topic.INVITEES: frozenset({Topic.TIME, Topic.PLACE, Topic.INVITEES}),
    Topic.TITLE_BLOCK: frozenset(),
    Topic.DUTIES: frozenset(
        {Topic.TITLE_BLOCK, Topic.DUTIES, Topic.BUDGET, Topic.TIME, Topic.PLACE}
    ),
    Topic.BUDGET: frozenset(),
}
_CLOCK = r"\d{1,2}\s?(?:(?:h|gio|g)(?![a-z])|:)\s?(?:\d{1,2}(?:\s?phut)?)?"
# "7h30 - 8h00 Đón tiếp" in a time-table has nothing between the hours and the words.
_CLOCK_RANGE = re.compile(
    rf"(?:tu )?{_CLOCK}\s?(?:-|–|den)\s?{_CLOCK}\s?[:,-]?\s?"
    rf"|(?:tu )?{_CLOCK}\s?[:,-]\s?|\d{{1,2}}[hg:]\d\d\s"
)
_UNIT_VERB = re.compile(
    r",? (?:co trach nhiem|chiu trach nhiem|chu tri|chu dong|phoi hop|tham muu|xay dung|chuan bi"
    r"|thuc hien|to chuc|bao dam|dam bao|trien khai|huong dan|cu |bo tri|gui |thong bao)"
)
_UNIT = re.compile(
    r"(?:cac |thu truong |truong |lanh dao )?(?:phong|van phong|trung tam|ban|cong an|to|uy ban"
    r"|ubnd|hdnd|doan|hoi|dang uy|bo phan|co quan|don vi|tram|truong|can bo|cong chuc|ong|ba"
    r"|ubmttq|mttq)\b"
)
_ASSIGNS = re.compile(r"(?:giao|de nghi|yeu cau|phan cong|doi voi) (?=\S)")
_PLACE_SIGN = re.compile(r"\bhoi truong\b|\btru so\b|\bphong hop\b|\bdia chi\b|\bnha van hoa\b")
_TIME_SIGN = re.compile(r"\bngay \d|\bthang \d|\d ?gio\b|\d ?h\d")


@dataclass
class Part:
    """A heading and the nodes that stand under it and under no other heading."""

    root: Node
    topics: frozenset[Topic]
    own: list[Node] = field(default_factory=list)

    @property
    def lines(self) -> list[SourceLine]:
        return [line for node in [self.root, *self.own] for line in node.paragraph.lines]


def parts_of(forest: list[Node]) -> tuple[list[Part], list[Node]]:
    """Every part of the plan, and the nodes that belong to none."""
    parts: list[Part] = []
    stray: list[Node] = []
    todo: list[tuple[Node, Part | None]] = [(node, None) for node in reversed(forest)]
    while todo:
        node, part = todo.pop()
        opened = _opened_by(node, part)
        if opened:
            part = Part(node, opened)
            parts.append(part)
        elif part:
            part.own.append(node)
        else:
            stray.append(node)
        todo.extend((child, part) for child in reversed(node.children))
    return parts, stray


def _opened_by(node: Node, part: Part | None) -> frozenset[Topic]:
    if not node.topics or part is None or node.rank <= part.root.rank:
        return node.topics
    allowed: frozenset[Topic] = frozenset().union(*(_MAY_OPEN_INSIDE[t] for t in part.topics))
    opened = node.topics & allowed
    if opened == {Topic.AGENDA} and not node.children:
        return frozenset()  # "Chương trình văn nghệ" is an item, not a heading
    if Topic.AGENDA in part.topics and opened and not (node.inline or node.children):
        return frozenset()
    return opened


def guess_topic(part: Part, node: Node) -> Topic | None:
    """Which of its heading's topics an unlabelled line is about, told by what it says."""
    words = fold(node.text)
    if Topic.TIME in part.topics and _TIME_SIGN.search(words):
        return Topic.TIME
    if Topic.PLACE in part.topics and _PLACE_SIGN.search(words):
        return Topic.PLACE
    for topic in (Topic.PURPOSES, Topic.INVITEES, Topic.AGENDA, Topic.DUTIES, Topic.BUDGET):
        if topic in part.topics:
            return topic
    return next(iter(part.topics)) if len(part.topics) == 1 else None


def entries(nodes: list[Node]) -> list[str]:
    """Each line of a list; a line that only introduces the lines below it is left out."""
    found: list[str] = []
    for node in nodes:
        introduces = node.text.endswith(":") and (node.rank < Rank.PLAIN or len(nodes) > 1)
        if not introduces:
            found.append(without_stop(node.text))
    return [entry for entry in found if entry]


def agenda_of(part: Part) -> tuple[list[AgendaItem], list[SourceLine], list[Doubt]]:
    """The items of an agenda section whole, the lines of none of them, and what is unsure."""
    nodes = list(part.own)
    phased = False
    unread: list[SourceLine] = []
    ranks = [node.rank for node in nodes if node.rank < Rank.PLAIN]
    if not ranks:
        plain = [_Printed(node) for node in nodes if not node.text.endswith(":")]
        if len(plain) < 2:
            return [], part.lines, []
        items, doubts = _numbered(plain)
        return items, [], doubts
    rank = min(ranks)
    phases = [node for node in nodes if node.rank == rank]
    if len(phases) <= 3 and all(_marked_children(node) >= 2 for node in phases):
        # "1. Phần nghi lễ: a) ... b) ...": the phases are headings, their lines are the items.
        deeper = {child.rank for node in phases for child in node.children}
        rank = min(each for each in deeper if each < Rank.PLAIN)
        nodes = [node for node in nodes if node not in phases]
        phased = True
    printed: list[_Printed] = []
    last = max((at for at, node in enumerate(nodes) if node.rank < Rank.PLAIN), default=0)
    for at, node in enumerate(nodes):
        if not without_stop(node.text):
            unread += node.paragraph.lines
        elif node.rank == rank and node.paragraph.mark:
            printed.append(_Printed(node))
        elif not printed or (node.rank is Rank.PLAIN and at > last):
            if not node.text.endswith(":"):
                unread += node.paragraph.lines
        else:
            printed[-1].more.append(node.text)
    items, doubts = _numbered(printed, phased=phased)
    return items, unread, doubts


@dataclass
class _Printed:
    """An item as the plan prints it: its node and the lines under it."""

    node: Node
    more: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        mark = self.node.paragraph.mark
        return mark.value if mark else 0

    @property
    def first_line(self) -> tuple[SourceLine, ...]:
        return self.node.paragraph.lines[:1]


def _marked_children(node: Node) -> int:
    return sum(child.rank < Rank.PLAIN for child in node.children)


def _numbered(
    printed: list[_Printed], *, phased: bool = False
) -> tuple[list[AgendaItem], list[Doubt]]:
    """Items with the printed numbers if those rise, else counted from 1; and what is unsure.

    `phased`: the numbers rightly begin anew in each phase.
    """
    numbers = [each.number for each in printed]
    # Bullets and plain lines have no numbers, so none can jump.
    numbered = any(numbers)
    rises = numbered and all(
        before < after for before, after in zip([0, *numbers], numbers, strict=False)
    )
    items: list[AgendaItem] = []
    doubts: list[Doubt] = []
    expected = 1
    for at, each in enumerate(printed, start=1):
        title = _title([each.node.text, *each.more])
        if not title:
            continue
        kind = kind_of(title)
        items.append(AgendaItem(each.number if rises else at, title, kind))
        if numbered and each.number != expected and not (phased and each.number == 1):
            doubts += doubts_about("numbers_jump", each.first_line)
        expected = each.number + 1
        if kind is AgendaKind.OTHER:
            doubts += doubts_about("kind_other", each.first_line)
    return items, doubts


def _title(pieces: list[str]) -> str:
    first, *more = pieces
    clock = _CLOCK_RANGE.match(fold(first))
    first = first[clock.end() :] if clock else first
    text = without_stop(first)
    for at, piece in enumerate(filter(None, map(without_stop, more))):
        joint = ": " if at == 0 and first.rstrip().endswith(":") else "; "
        text = f"{text}{joint}{piece}" if text else piece
    return text


def duties_of(nodes: list[Node]) -> tuple[list[Duty], list[SourceLine]]:
    """Who has to do what, in order, and the lines that name no one."""
    duties: list[tuple[str, list[str]]] = []
    unread: list[SourceLine] = []
    ranks = [node.rank for node in nodes if node.rank < Rank.PLAIN]
    unit_rank = min(ranks, default=Rank.PLAIN)
    if unit_rank >= Rank.BULLET and any(_names_by_colon(node) for node in nodes):
        unit_rank = Rank.PLAIN  # "Văn phòng:" and its bullets: a bullet names no unit
    for at, node in enumerate(nodes):
        following = nodes[at + 1] if at + 1 < len(nodes) else None
        named = _unit_of(node, following) if _may_name_unit(node, unit_rank) else None
        if named:
            duties.append((named[0], list(named[1])))
        elif duties:
            plain = node.rank is Rank.PLAIN
            duties[-1][1].extend(sentences(node.text) if plain else [without_stop(node.text)])
        else:
            unread += node.paragraph.lines
    return [Duty(unit, tuple(filter(None, items))) for unit, items in duties], unread


def _names_by_colon(node: Node) -> bool:
    return node.rank is Rank.PLAIN and node.text.endswith(":")


def _may_name_unit(node: Node, unit_rank: Rank) -> bool:
    return node.rank == unit_rank or (node.rank is Rank.PLAIN and node.text.endswith(":"))


def _unit_of(node: Node, following: Node | None) -> tuple[str, list[str]] | None:
    text = node.text
    assigns = _ASSIGNS.match(fold(text))
    if assigns:
        text = text[assigns.end() :]
    head, colon, inline = text.partition(":")
    if colon and words_in(head) <= 16:
        return _capital(without_stop(head)), sentences(inline)
    words = fold(text)
    verb = _UNIT_VERB.search(words)
    if verb and _UNIT.match(words) and words_in(text[: verb.start()]) <= 16:
        task = text[verb.start() :].lstrip(" ,")
        return _capital(text[: verb.start()]), sentences(_capital(task))
    holds = following is not None and following.rank > node.rank
    if holds or (_UNIT.match(words) and words_in(text) <= 16):
        return _capital(without_stop(text)), []
    return None


def _capital(text: str) -> str:
    text = tidy(text)
    return text[:1].upper() + text[1:]
