"""Word's automatic numbers (ISO/IEC 29500-1, 17.9): what stands before a paragraph on the page."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.conference.plan.xmlpart import Element, attribute, child, local

LEVELS = 9
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_SILENT = {"none"}


def formatted(value: int, style: str) -> str:
    """A counter in one of Word's number formats; an unknown one is written in digits."""
    if style in {"upperRoman", "lowerRoman"} and 0 < value < 4000:
        roman = ""
        for size, sign in _ROMAN:
            roman += sign * (value // size)
            value %= size
        return roman if style == "upperRoman" else roman.lower()
    if style in {"upperLetter", "lowerLetter"} and 0 < value <= 26 * 9:
        # Word goes on with aa, bb, cc after z.
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter.upper() if style == "upperLetter" else letter
    if style == "decimalZero":
        return f"{value:02d}"
    return str(value)


@dataclass
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    #: Level (1-based) after which this one starts anew; 0 never, None after any higher one.
    restart: int | None = None
    #: All numbers of the text in digits ("isLgl").
    legal: bool = False


@dataclass
class _Abstract:
    levels: dict[int, _Level] = field(default_factory=dict)
    style_link: str | None = None


@dataclass
class _Num:
    abstract: str = ""
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


class Numbering:
    """The lists of one document and their counters, which move paragraph by paragraph."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._abstracts: dict[str, _Abstract] = {}
        self._nums: dict[str, _Num] = {}
        self._styles: dict[str, tuple[str | None, int | None, str | None]] = {}
        self._default_style: str | None = None
        #: One set of counters per abstract list: Word lets all lists of one kind count on.
        self._counters: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        if numbering is not None:
            self._read_lists(numbering)
        if styles is not None:
            self._read_styles(styles)

    def number_of(self, properties: Element | None, *, has_text: bool) -> str:
        """The number or bullet before a paragraph, "" for none; its counter moves by one.

        A bullet is written "-" (or "+"), whatever picture the font has for it. Word shows the
        number of an empty paragraph too and so counts it; `has_text` only spares the writing.
        """
        num_id, level = self._place(properties)
        num = self._nums.get(num_id or "")
        if num is None or not 0 <= level < LEVELS:
            return ""
        abstract = self._abstract_of(num)
        definition = num.levels.get(level) or abstract.levels.get(level)
        if definition is None:
            return ""
        counters = self._advance(num_id or "", num, abstract, level)
        if not has_text or definition.style in _SILENT:
            return ""
        if definition.style == "bullet":
            return "+" if definition.text.strip() == "+" else "-"
        written = definition.text[:80]
        for place in range(LEVELS):
            sign = f"%{place + 1}"
            if sign in written:
                other = num.levels.get(place) or abstract.levels.get(place) or _Level()
                count = counters[place]
                style = "decimal" if definition.legal else other.style
                written = written.replace(
                    sign, formatted(other.start if count is None else count, style)
                )
        return written.strip()

    def _advance(self, num_id: str, num: _Num, abstract: _Abstract, level: int) -> list[int | None]:
        counters = self._counters.setdefault(num.abstract, [None] * LEVELS)
        definition = num.levels.get(level) or abstract.levels.get(level) or _Level()
        if level in num.starts and (num_id, level) not in self._begun:
            self._begun.add((num_id, level))
            counters[level] = num.starts[level]
        else:
            count = counters[level]
            counters[level] = definition.start if count is None else count + 1
        for deeper in range(level + 1, LEVELS):
            below = num.levels.get(deeper) or abstract.levels.get(deeper) or _Level()
            if below.restart is None or (below.restart > 0 and level < below.restart):
                counters[deeper] = None
        return counters

    def _abstract_of(self, num: _Num) -> _Abstract:
        abstract = self._abstracts.get(num.abstract, _Abstract())
        if abstract.levels or abstract.style_link is None:
            return abstract
        linked = self._styles.get(abstract.style_link, (None, None, None))[0]
        other = self._nums.get(linked or "")
        return self._abstracts.get(other.abstract, abstract) if other else abstract

    def _place(self, properties: Element | None) -> tuple[str | None, int]:
        """List and level of a paragraph: its own, or those of its style and that one's parents."""
        num_id, level, style = _direct(properties)
        seen: set[str] = set()
        style = style or self._default_style
        while style and style not in seen and (num_id is None or level is None):
            seen.add(style)
            style_num, style_level, parent = self._styles.get(style, (None, None, None))
            num_id = style_num if num_id is None else num_id
            level = style_level if level is None else level
            style = parent
        return num_id, level or 0

    def _read_lists(self, numbering: Element) -> None:
        for element in numbering:
            if local(element) == "abstractNum":
                link = child(element, "numStyleLink")
                linked = attribute(link, "val") if link is not None else None
                abstract = _Abstract(style_link=linked)
                for part in element:
                    if local(part) == "lvl":
                        abstract.levels[_int(attribute(part, "ilvl")) or 0] = _level(part)
                self._abstracts[attribute(element, "abstractNumId") or ""] = abstract
            elif local(element) == "num":
                target = child(element, "abstractNumId")
                num = _Num(attribute(target, "val") or "" if target is not None else "")
                for part in element:
                    if local(part) != "lvlOverride":
                        continue
                    level = _int(attribute(part, "ilvl")) or 0
                    start, own = child(part, "startOverride"), child(part, "lvl")
                    if start is not None:
                        num.starts[level] = _int(attribute(start, "val")) or 0
                    if own is not None:
                        num.levels[level] = _level(own)
                self._nums[attribute(element, "numId") or ""] = num

    def _read_styles(self, styles: Element) -> None:
        for element in styles:
            if local(element) != "style":
                continue
            name = attribute(element, "styleId") or ""
            num_id, level, _ = _direct(child(element, "pPr"))
            based = child(element, "basedOn")
            parent = attribute(based, "val") if based is not None else None
            self._styles[name] = (num_id, level, parent)
            is_default = attribute(element, "default") in {"1", "true", "on"}
            if is_default and attribute(element, "type") == "paragraph":
                self._default_style = name


def _direct(properties: Element | None) -> tuple[str | None, int | None, str | None]:
    """List, level and style that the properties themselves name."""
    named = child(properties, "pStyle")
    style = attribute(named, "val") if named is not None else None
    numbered = child(properties, "numPr")
    which, level = child(numbered, "numId"), child(numbered, "ilvl")
    return (
        attribute(which, "val") if which is not None else None,
        _int(attribute(level, "val")) if level is not None else None,
        style,
    )


def _level(element: Element) -> _Level:
    def value(name: str) -> str | None:
        part = child(element, name)
        return attribute(part, "val") if part is not None else None

    legal = child(element, "isLgl")
    start = _int(value("start"))
    return _Level(
        start=1 if start is None else start,
        style=value("numFmt") or "decimal",
        text=value("lvlText") or "",
        restart=_int(value("lvlRestart")),
        legal=legal is not None and attribute(legal, "val") not in {"0", "false", "off"},
    )


def _int(text: str | None) -> int | None:
    """A small whole number, or None; a hostile one is as good as none."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 6:
        return None
    return int(text)
