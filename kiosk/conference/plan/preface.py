"""What stands before the first section: letterhead, subject line, legal bases, host."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from kiosk.conference.plan.letters import fold, is_capitals, tidy, without_stop
from kiosk.conference.plan.model import SourceLine
from kiosk.conference.plan.paragraphs import Paragraph

_LETTERHEAD = re.compile(
    r"cong hoa xa hoi|doc lap ?[-–] ?tu do|^so ?:|^so \S*/|\bngay\b.*\bthang\b|^du thao|^\(?du thao"
    r"|^kinh gui|^ke hoach so"
)
_AGENCY = re.compile(
    r"^(?:ubnd|hdnd|uy ban nhan dan|hoi dong nhan dan|dang uy|dang bo|phuong|xa|dac khu|thanh pho"
    r"|tp|tinh|quan|huyen|thi tran|thi xa|van phong|so noi vu)\b"
)
_LEAD = re.compile(
    r"(?:can cu(?: vao)?|thuc hien|thi hanh|theo|xet|tren co so|de thuc hien|tiep tuc thuc hien)\s"
)
_LEGAL_ACT = re.compile(
    r"\b(?:luat|bo luat|phap lenh|nghi dinh|nghi quyet|thong tu|quyet dinh|cong van|chi thi"
    r"|ke hoach so|huong dan|chi dao|thong bao|ket luan|quy che|quy dinh|de nghi|chuong trinh)\b"
)
#: The clause that ends the preface: "... và UBND phường X xây dựng kế hoạch ... như sau".
_DRAWS_UP = re.compile(r"\b(?:xay dung|ban hanh|lap|de ra)(?: du thao)? ke hoach\b")
_HOST = re.compile(
    r"(?:ubnd|uy ban nhan dan|hdnd ?(?:va|&|-) ?ubnd|dang uy|van phong|co quan)\b"
    r" ?(?:cac )?(?:phuong|xa|dac khu|thi tran|thanh pho|hdnd)?"
)
#: "... và hướng dẫn của Sở Nội vụ tại Công văn số ...": the next source of the same sentence.
_NEXT_SOURCE = re.compile(
    r"(?:,| va|, va) (?=(?:huong dan|chi dao|cong van|y kien chi dao|ke hoach so|quyet dinh so"
    r"|nghi dinh so|nghi quyet so|thong tu so|chi thi so)\b)"
)
_NUMBERED = re.compile(r"\bso \d")
_CLAUSE_END = re.compile(r";\s*|(?<=[\w)])\.\s+(?=\S)")
_KEEP_CAPITAL = {"ubnd", "hdnd", "tp", "tt", "mttq", "ubmttq"}
_PLACE_WORDS = {"phuong", "xa", "dac", "khu", "thi", "tran", "thanh", "pho", "quan", "huyen"}
_MOST_TITLE_PARAGRAPHS = 5


@dataclass(frozen=True)
class Preface:
    """The facts of the preface, and the lines that it does not understand."""

    title: str | None
    host: str | None
    legal_bases: tuple[str, ...]
    unread: tuple[SourceLine, ...]
    #: Whether a line "KẾ HOẠCH" stands there.
    is_named: bool


def read_preface(paragraphs: list[Paragraph]) -> Preface:
    """Letterhead, subject line, legal bases and host of a plan."""
    unread: list[SourceLine] = []
    named = next((at for at, paragraph in enumerate(paragraphs) if _names_a_plan(paragraph)), None)
    start = 0 if named is None else named
    agency: list[str] = []
    for paragraph in paragraphs[:start]:
        for line in paragraph.lines:
            agency_part, understood = _letterhead(line.text)
            agency += agency_part
            if not understood:
                unread.append(line)
    rest = paragraphs[start:]
    title, rest = _title(rest) if named is not None else (None, rest)
    bases: list[str] = []
    host: str | None = None
    for paragraph in rest:
        found, named_host, understood = _bases(paragraph.text)
        bases += found
        host = host or named_host
        if not understood:
            unread += paragraph.lines
    return Preface(
        title, host or _spoken(agency), tuple(bases), tuple(unread), is_named=named is not None
    )


def _names_a_plan(paragraph: Paragraph) -> bool:
    words = fold(paragraph.text)
    in_capitals = is_capitals(paragraph.text[: len("KẾ HOẠCH")])
    return words.rstrip(": ") == "ke hoach" or (words.startswith("ke hoach") and in_capitals)


def _title(paragraphs: list[Paragraph]) -> tuple[str | None, list[Paragraph]]:
    """The subject line, which may run over several centred lines, and what follows it."""
    pieces = [paragraphs[0].text[len("KẾ HOẠCH") :].lstrip(" :")]
    used = 1
    for paragraph in paragraphs[1 : 1 + _MOST_TITLE_PARAGRAPHS]:
        words = fold(paragraph.text)
        if paragraph.mark or _LEAD.match(words) or _DRAWS_UP.search(words):
            break
        if _LETTERHEAD.search(words) or words.endswith((".", ":")):
            break
        pieces.append(paragraph.text)
        used += 1
    title = without_stop(" ".join(piece for piece in pieces if piece))
    return title or None, paragraphs[used:]


def _letterhead(line: str) -> tuple[list[str], bool]:
    """The agency's part of one line of the letterhead, and whether the line is known at all.

    Columns ("UBND PHƯỜNG X      CỘNG HÒA XÃ HỘI ...") stand apart by runs of spaces.
    """
    cells = [tidy(cell) for cell in re.split(r" {4,}", line.strip()) if cell]
    agency = [cell for cell in cells if _AGENCY.match(fold(cell)) and is_capitals(cell)]
    known = _LETTERHEAD.search(fold(tidy(line))) is not None
    return agency, known or len(agency) == len(cells)


def _spoken(agency: list[str]) -> str | None:
    """A letterhead in capitals as one writes it in a sentence: "UBND phường Hải Dương"."""
    if not agency:
        return None
    words: list[str] = []
    for word in tidy(" ".join(agency)).split():
        bare = fold(word)
        if bare in _KEEP_CAPITAL:
            words.append(word)
        elif bare in _PLACE_WORDS:
            words.append(word.lower())
        else:
            words.append(word[:1].upper() + word[1:].lower())
    text = " ".join(words)
    # "Ủy ban nhân dân" is written with one capital; both placements of the mark occur.
    office = re.match(r"(?:uy ban|hoi dong) nhan dan", fold(text))
    return text[: office.end()].capitalize() + text[office.end() :] if office else text


def _bases(text: str) -> tuple[list[str], str | None, bool]:
    """The legal bases of one paragraph, the host if it is named there, and whether all is read."""
    text, host, drew_up = _without_closing_clause(text)
    bases: list[str] = []
    understood = True
    for clause in _clauses(text):
        lead = _LEAD.match(fold(clause))
        body = clause[lead.end() :] if lead else clause
        if not _LEGAL_ACT.search(fold(body)) or not (lead or bases):
            understood = understood and drew_up
            continue
        bases += _sources(body)
    return bases, host, understood


def _without_closing_clause(text: str) -> tuple[str, str | None, bool]:
    words = fold(text)
    found = _DRAWS_UP.search(words)
    if not found:
        return text, None, False
    openers = list(_HOST.finditer(words, 0, found.start()))
    if not openers:
        return text[: found.start()].rstrip(" ,;"), None, True
    # "HĐND và UBND phường X": the host begins where the last run of agencies begins.
    opener = openers[-1]
    host = without_stop(text[opener.start() : found.start()])
    before = re.sub(r"(?:[,;]|\s+và)\s*$", "", text[: opener.start()].rstrip())
    return before, host or None, True


def _clauses(text: str) -> list[str]:
    clauses: list[str] = []
    start = 0
    for stop in _CLAUSE_END.finditer(text):
        following = text[stop.end() : stop.end() + 1]
        if stop.group().startswith(".") and not following.isupper():
            continue
        clauses.append(text[start : stop.start()])
        start = stop.end()
    clauses.append(text[start:])
    return [clause for clause in map(without_stop, clauses) if clause]


def _sources(clause: str) -> list[str]:
    """One clause may name several papers, each with its number."""
    sources: list[str] = []
    start = 0
    bare = fold(clause)
    numbered = [each.start() for each in _NUMBERED.finditer(bare)]
    for joint in _NEXT_SOURCE.finditer(bare):
        # Numbers rise along the clause: one look tells whether one stands within this source.
        first = bisect_left(numbered, start)
        if first < len(numbered) and numbered[first] < joint.start():
            sources.append(clause[start : joint.start()])
            start = joint.end()
    sources.append(clause[start:])
    return [source for source in map(without_stop, sources) if source]
