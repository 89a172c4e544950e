"""Rules of the notes for the minutes: no text is ever lost, whoever types at the same time.

Minutes were lost elsewhere by a time-out or by two people in one field (lessons 38). So a save says
which version it started from. On the newest it becomes the next; on an older one it is kept as a
*branch*, beside the others, until a person has brought both together. Pure: no database, no clock.

    main     1 ── 2 ── 3 ─────── 6        6 was written by a person from 3 and 5 (it settles 5)
                   \\            /
    branch          4 ── 5 ────         4 started from 2 while 3 was being written
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from kiosk.core.errors import Refused
from kiosk.core.names import nfc

#: Signs of one item's notes: some ten pages.
NOTE_MOST = 20_000

#: One sitting of one writer is one line in the book; every version is in its own table anyway.
SITTING = timedelta(minutes=10)

#: Lines that are compared one by one; longer texts are set one below the other.
_LINES_COMPARED = 500

_KEPT_SIGNS = "\n\t"


def clean(text: str) -> str:
    """The text as it is stored: NFC, `\\n` between lines, no invisible control signs.

    Spaces stay as they were typed: a page may not seem unsaved because of one.

    Raises:
        Refused: `note_too_long`.
    """
    text = nfc(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(sign for sign in text if sign in _KEPT_SIGNS or sign >= " ")
    # Half a letter, as a broken page may send, cannot be stored.
    text = text.encode("utf-8", "replace").decode("utf-8")
    if len(text) > NOTE_MOST:
        raise Refused("note_too_long", most=NOTE_MOST, length=len(text))
    return text


@dataclass(frozen=True)
class Version:
    """What the rules need to know of a stored version."""

    number: int
    #: The version that was on the writer's screen; 0 for the empty page.
    based_on: int
    #: 0 for a version of the main line; else the version that a merge takes as the common start.
    forked_from: int = 0
    is_branch: bool = False
    #: The version in which a person brought it together with the others.
    settled_in: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a new text goes."""

    number: int
    based_on: int
    is_branch: bool
    forked_from: int


def head(versions: Sequence[Version]) -> int:
    """The newest version of the main line; 0 while nothing is written."""
    return max((each.number for each in versions if not each.is_branch), default=0)


def open_tips(versions: Sequence[Version]) -> list[int]:
    """The last version of every branch that no person has settled yet, oldest first."""
    went_on = {each.based_on for each in versions if each.is_branch}
    return [
        each.number
        for each in versions
        if each.is_branch and each.settled_in is None and each.number not in went_on
    ]


def place(versions: Sequence[Version], *, based_on: int) -> Place:
    """Where a text that started from `based_on` is stored; it never takes another's place.

    Raises:
        Refused: `note_version_unknown`: the page shows a version that was never stored.
    """
    newest = head(versions)
    number = max((each.number for each in versions), default=0) + 1
    if based_on == newest:
        return Place(number=number, based_on=based_on, is_branch=False, forked_from=0)
    known = {each.number: each for each in versions}
    if based_on != 0 and based_on not in known:
        raise Refused("note_version_unknown")
    started = known.get(based_on)
    # A branch that goes on keeps its fork; one that was settled meanwhile is a start of its own.
    goes_on = started is not None and started.is_branch and started.settled_in is None
    fork = started.forked_from if started is not None and goes_on else based_on
    return Place(number=number, based_on=based_on, is_branch=True, forked_from=fork)


def is_new_sitting(*, by: str, at: datetime, last_by: str | None, last_at: datetime | None) -> bool:
    """Whether a save begins a sitting: the first of a writer, or after a pause."""
    return last_by != by or last_at is None or at - last_at > SITTING


# -- bringing two texts together -------------------------------------------------------------


def merge(base: str, ours: str, theirs: str) -> str:
    """A proposal that a person accepts or edits: three ways, by lines.

    What only one side changed is taken; what both changed stands twice, ours first. No line of
    either side is lost: each stands in the proposal, but for one that the other side left as it was
    in `base` and that stands there reworded (`is_reworded`). A line that one side struck out stays
    while the other side has it: striking out is left to the person.
    """
    if ours == theirs:
        return ours
    lines = [text.split("\n") if text else [] for text in (base, ours, theirs)]
    return "\n".join(_merge_lines(*lines))


def _merge_lines(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    if max(len(base), len(ours), len(theirs)) > _LINES_COMPARED:
        return _one_below_the_other(ours, theirs)
    in_ours, in_theirs = _matches(base, ours), _matches(base, theirs)
    merged: list[str] = []
    at_base = at_ours = at_theirs = 0
    for line in [line for line in range(len(base)) if line in in_ours and line in in_theirs]:
        merged += _between(
            base[at_base:line],
            ours[at_ours : in_ours[line]],
            theirs[at_theirs : in_theirs[line]],
        )
        merged.append(base[line])
        at_base, at_ours, at_theirs = line + 1, in_ours[line] + 1, in_theirs[line] + 1
    return merged + _between(base[at_base:], ours[at_ours:], theirs[at_theirs:])


def _matches(base: list[str], text: list[str]) -> Mapping[int, int]:
    """Line of `base` → the same line of `text`; both numbers only grow."""
    found = SequenceMatcher(None, base, text, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in found for step in range(block.size)}


def _between(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """What stands between two lines that all three have."""
    if ours == theirs:
        return ours
    if ours == base:
        return _rewritten(base, theirs)
    if theirs == base:
        return _rewritten(base, ours)
    return _both(ours, theirs)


def _rewritten(base: list[str], text: list[str]) -> list[str]:
    """One side changed this: its lines, and those of the base that it did not merely reword."""
    merged: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, base, text, autojunk=False).get_opcodes():
        if what != "equal":
            fresh = text[c:d]
            merged += [line for line in base[a:b] if not any(is_reworded(line, n) for n in fresh)]
        merged += text[c:d]
    return merged


def _both(ours: list[str], theirs: list[str]) -> list[str]:
    """Both changed this: common lines once, and everything of both."""
    merged: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        merged += ours[a:b]
        if what != "equal":
            merged += theirs[c:d]
    return merged


def _one_below_the_other(ours: list[str], theirs: list[str]) -> list[str]:
    """Too long to compare: all of ours, then what theirs has besides."""
    have = set(ours)
    return ours + [line for line in theirs if line not in have]


def is_reworded(line: str, fresh: str) -> bool:
    """Whether `fresh` is the same line with a word put right or added, not another line.

    By what both begin and end with, which must be at least half of the longer part that could be
    shared: one look along the line, however long it is.
    """
    if not line.strip():
        return True  # an empty line says nothing
    start = _common(line, fresh)
    most = min(len(line), len(fresh)) - start
    end = min(_common(line[::-1], fresh[::-1]), most)
    return 2 * (start + end) >= len(line)


def _common(a: str, b: str) -> int:
    """How many signs two texts begin with together."""
    for at, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return at
    return min(len(a), len(b))


def ensure_settles(tips: Collection[int], wanted: Collection[int]) -> list[int]:
    """The branches that a person has looked at and brought together, of those still open."""
    return sorted(set(tips) & set(wanted))
