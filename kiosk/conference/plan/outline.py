"""Paragraphs become an outline, and its headings say what their parts are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.conference.plan.letters import fold, is_capitals, words_in
from kiosk.conference.plan.marks import Rank
from kiosk.conference.plan.paragraphs import Paragraph


class Topic(StrEnum):
    """What a part of a plan is about."""

    PURPOSES = "purposes"
    AGENDA = "agenda"
    TIME = "time"
    PLACE = "place"
    INVITEES = "invitees"
    TITLE_BLOCK = "title block"
    DUTIES = "duties"
    BUDGET = "budget"


#: Meaning of a heading's words (folded), in the order in which they are tried.
_WORDS: tuple[tuple[Topic, str], ...] = (
    (Topic.PURPOSES, r"muc dich|yeu cau"),
    (Topic.AGENDA, r"(?:du kien )?(?:noi dung,? ?(?:va )?)?chuong trinh|noi dung|trinh tu"),
    (Topic.TIME, r"(?:du kien )?thoi gian"),
    (Topic.PLACE, r"dia diem"),
    (Topic.INVITEES, r"thanh phan|dai bieu (?:moi|tham du|du)|khach moi|doi tuong"),
    (Topic.TITLE_BLOCK, r"tieu de|ma[rc]?ket|khanh tiet|phong (?:chinh|hoi nghi)|trang tri|maket"),
    (Topic.DUTIES, r"to chuc thuc hien|phan cong|trach nhiem (?:cua|thuc hien)|phan giao"),
    (Topic.BUDGET, r"(?:du toan |nguon )?kinh phi"),
)
_ANYWHERE = tuple((topic, re.compile(rf"\b(?:{words})\b")) for topic, words in _WORDS)
_AT_START = tuple((topic, re.compile(rf"(?:ve )?(?:{words})\b")) for topic, words in _WORDS)
#: A heading is no longer than this; what is longer is a sentence.
_LONGEST_HEADING = 120


@dataclass
class Node:
    """A paragraph with what stands under it. Built once by `outline`, then only read."""

    paragraph: Paragraph
    rank: Rank
    topics: frozenset[Topic]
    children: list[Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.paragraph.text

    @property
    def head(self) -> str:
        """The heading itself: what stands before a colon."""
        return self.text.partition(":")[0].strip()

    @property
    def inline(self) -> str:
        """What follows the heading on its own line."""
        return self.text.partition(":")[2].strip()

    def walk(self) -> Iterator[Node]:
        """This node and all below it, from top to bottom."""
        todo = [self]
        while todo:
            node = todo.pop()
            yield node
            todo.extend(reversed(node.children))


def topics_of(paragraph: Paragraph) -> frozenset[Topic]:
    """The topics that a paragraph announces, as a heading ("Thời gian, địa điểm") or label."""
    head, colon, _ = paragraph.text.partition(":")
    if len(head) > _LONGEST_HEADING:
        return frozenset()
    words = fold(head)
    if paragraph.rank <= Rank.ROMAN or (paragraph.mark is None and is_capitals(head)):
        return frozenset(topic for topic, pattern in _ANYWHERE if pattern.search(words))
    short = words_in(head) <= 9 and not paragraph.text.rstrip().endswith((".", ";"))
    if not (colon and words_in(head) <= 12) and not short:
        return frozenset()
    if paragraph.mark is None and not colon:
        return frozenset()
    named = frozenset(topic for topic, pattern in _AT_START if pattern.match(words))
    if Topic.TIME in named and Topic.PLACE not in named and "dia diem" in words:
        named |= {Topic.PLACE}
    return named


def outline(paragraphs: list[Paragraph]) -> list[Node]:
    """The paragraphs as a forest: each stands under the last one of a higher rank.

    A standing heading without a mark ("MỤC ĐÍCH, YÊU CẦU") counts as a part of its own.
    """
    forest: list[Node] = []
    path: list[Node] = []
    for paragraph in paragraphs:
        topics = topics_of(paragraph)
        if _is_roman_item(paragraph, path):
            # "III. CHƯƠNG TRÌNH" with items I, II, III of its own: no headings, whatever they say.
            topics, rank = frozenset(), Rank.NUMBER
        else:
            rank = _rank(paragraph, topics, path)
        while path and path[-1].rank >= rank:
            path.pop()
        node = Node(paragraph, rank, topics)
        (path[-1].children if path else forest).append(node)
        path.append(node)
    return forest


def _is_roman_item(paragraph: Paragraph, path: list[Node]) -> bool:
    """Whether a Roman number counts anew under a heading that has a Roman number itself.

    Told by the letters: the heading stands in capitals, its items do not.
    """
    mark = paragraph.mark
    if mark is None or mark.rank is not Rank.ROMAN or is_capitals(paragraph.text.partition(":")[0]):
        return False
    heading = next((node for node in reversed(path) if node.rank is Rank.ROMAN), None)
    if heading is None or heading.inline or not heading.topics or not is_capitals(heading.head):
        return False
    within = [
        each.mark
        for each in (node.paragraph for node in heading.children)
        if each.mark is not None and each.mark.rank is Rank.ROMAN
    ]
    return bool(within) or mark.value == 1


def _rank(paragraph: Paragraph, topics: frozenset[Topic], path: list[Node]) -> Rank:
    mark = paragraph.mark
    if mark is None:
        if not topics:
            return Rank.PLAIN
        # A label without a mark ("Thành phần mời:") still holds the bullets below it.
        return Rank.ROMAN if is_capitals(paragraph.text) else Rank.NUMBER
    if mark.rank is not Rank.NUMBER:
        return mark.rank
    # Under a heading that is numbered "3." itself, items count 1, 2, 3 anew.
    heading = next((node for node in reversed(path) if node.rank is Rank.NUMBER), None)
    if heading is None or not heading.topics or heading.paragraph.mark is None:
        return Rank.NUMBER
    within = [node for node in heading.children if node.rank is Rank.NUMBER_WITHIN]
    if not within:
        starts_anew = mark.value == 1 and not heading.inline
        return Rank.NUMBER_WITHIN if starts_anew else Rank.NUMBER
    last = within[-1].paragraph.mark
    goes_on = last is not None and mark.value == last.value + 1
    back_up = mark.value == heading.paragraph.mark.value + 1 and bool(topics)
    # Numbers may repeat or jump: then capitals above and none here say the same.
    below_capitals = is_capitals(heading.head) and not is_capitals(paragraph.text.partition(":")[0])
    is_within = (goes_on and not back_up) or below_capitals
    return Rank.NUMBER_WITHIN if is_within else Rank.NUMBER
