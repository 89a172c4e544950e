"""The lines of a Word file (`.docx`) in reading order, with its automatic numbers written out.

Read straight from the package (ISO/IEC 29500) and not through a document model: only the parts
that carry text are unpacked, each up to a limit, by a parser that loads nothing and knows no
entities. Elements are told by their local name, so that the strict namespaces read as well.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator

from kiosk.conference.plan.letters import fold, tidy
from kiosk.conference.plan.numbering import Numbering
from kiosk.conference.plan.xmlpart import Element, attribute, child, local, parse_xml
from kiosk.core.errors import Refused

#: Bytes of one part that carries text (the document, its styles, its numbering), unpacked.
MOST_PART = 8 * 1024 * 1024
#: Bytes that all parts together may claim to have, pictures included.
MOST_TOTAL = 200 * 1024 * 1024
#: Members of the package; a plan has about fifteen.
MOST_MEMBERS = 2_000
#: How many times larger than its package a large content may be. Word's own files reach 20.
MOST_RATIO = 150
#: Tables in text boxes in tables: beyond this depth nobody has typed it.
MOST_NESTING = 40

#: A line and whether it begins a paragraph (False after a soft break).
Line = tuple[str, bool | None]

#: Parts of a paragraph that hold no text of the page: deleted, moved away, drawn twice, or codes.
_SILENT = {
    "del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "fldData", "annotationRef",
}  # fmt: skip


def word_lines(data: bytes, *, filename: str) -> list[Line]:
    """All lines of the document's body: paragraphs and tables as they come.

    Raises `Refused`: `plan_unreadable` (broken, a bomb, XML with a document type),
    `plan_encrypted`, `plan_wrong_kind` (another kind of package).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _guard(package, len(data), filename)
            main = _main_part(package, filename)
            root = _xml(package, main, filename)
            folder = posixpath.dirname(main)
            styles = _xml_if_there(package, f"{folder}/styles.xml", filename)
            numbers = _xml_if_there(package, f"{folder}/numbering.xml", filename)
    except Refused:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        KeyError,
        RuntimeError,  # "password required" of a member whose flag lies
        NotImplementedError,
        MemoryError,
    ) as broken:
        raise Refused("plan_unreadable", filename=filename) from broken
    body = child(root, "body")
    if body is None:
        raise Refused("plan_unreadable", filename=filename)
    return list(_Walk(Numbering(numbers, styles), filename).block(body, 0))


def _guard(package: zipfile.ZipFile, packed: int, filename: str) -> None:
    members = package.infolist()
    total = sum(member.file_size for member in members)
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused("plan_encrypted", filename=filename)
    bomb = total > 10 * 1024 * 1024 and total > packed * MOST_RATIO
    if len(members) > MOST_MEMBERS or total > MOST_TOTAL or bomb:
        raise Refused("plan_unreadable", filename=filename)


def _main_part(package: zipfile.ZipFile, filename: str) -> str:
    names = set(package.namelist())
    if "_rels/.rels" in names:
        for relation in _xml(package, "_rels/.rels", filename):
            if (attribute(relation, "Type") or "").endswith("/officeDocument"):
                target = (attribute(relation, "Target") or "").lstrip("/")
                if target.startswith("word/") and target in names:
                    return target
    if "word/document.xml" in names:
        return "word/document.xml"
    if any(name.startswith("xl/") for name in names):
        raise Refused("plan_wrong_kind", filename=filename, found="Excel")
    if any(name.startswith("ppt/") for name in names):
        raise Refused("plan_wrong_kind", filename=filename, found="PowerPoint")
    if "content.xml" in names:
        raise Refused("plan_wrong_kind", filename=filename, found="OpenDocument")
    raise Refused("plan_wrong_kind", filename=filename, found="ZIP")


def _xml_if_there(package: zipfile.ZipFile, name: str, filename: str) -> Element | None:
    return _xml(package, name, filename) if name in package.namelist() else None


def _xml(package: zipfile.ZipFile, name: str, filename: str) -> Element:
    # The directory of a package may lie about sizes, so the stream itself is counted.
    with package.open(name) as stream:
        data = stream.read(MOST_PART + 1)
    if len(data) > MOST_PART:
        raise Refused("plan_unreadable", filename=filename)
    return parse_xml(data, filename=filename)


class _Walk:
    """One pass through the body; the counters of the numbering move with it."""

    def __init__(self, numbering: Numbering, filename: str) -> None:
        self.numbering = numbering
        self.filename = filename

    def block(self, parent: Element, depth: int) -> Iterator[Line]:
        if depth > MOST_NESTING:
            raise Refused("plan_unreadable", filename=self.filename)
        for element in parent:
            name = local(element)
            if name == "p":
                yield from self.paragraph(element, depth)
            elif name == "tbl":
                yield from self.table(element, depth)
            elif name not in {"sectPr", "tcPr", "sdtPr", "sdtEndPr", "Fallback", "del", "moveFrom"}:
                # Content controls, insertions, custom XML: transparent wrappers.
                yield from self.block(element, depth + 1)

    def paragraph(self, paragraph: Element, depth: int) -> Iterator[Line]:
        boxes: list[Element] = []
        text = "".join(self.pieces(paragraph, boxes))
        number = self.numbering.number_of(child(paragraph, "pPr"), has_text=bool(text.strip()))
        if text.strip() and number:
            text = f"{number} {text.lstrip()}"
        for place, line in enumerate(text.split("\n")):
            yield line, place == 0
        for box in boxes:
            yield from self.block(box, depth + 1)

    def pieces(self, parent: Element, boxes: list[Element]) -> Iterator[str]:
        # An explicit stack: nesting in a hostile file must not reach Python's own limit.
        todo = list(reversed(parent))
        while todo:
            element = todo.pop()
            name = local(element)
            if name in _SILENT or (name == "r" and _is_hidden(element)):
                continue
            if name == "txbxContent":
                boxes.append(element)
            elif name == "t":
                # A line end inside the text is white space there; only w:br breaks a line.
                yield (element.text or "").replace("\n", " ")
            elif name in {"br", "cr"}:
                yield "\n"
            elif name in {"tab", "ptab"}:
                yield "\t"
            elif name == "noBreakHyphen":
                yield "-"
            else:
                todo.extend(reversed(element))

    def table(self, table: Element, depth: int) -> Iterator[Line]:
        rows: list[list[list[Line]]] = []
        for row in _below(table, "tr"):
            rows.append([list(self.block(cell, depth + 1)) for cell in _below(row, "tc")])
        columns = _agenda_columns(rows)
        if columns is None:
            for cells in rows:
                for cell in cells:
                    yield from cell
            return
        number, content = columns
        for cells in rows[1:]:
            if content >= len(cells):
                continue
            count = "" if number is None else _whole(cells[number]).rstrip(".)")
            text = _whole(cells[content])
            if text:
                yield (f"{count}. {text}" if count.isdigit() else text), True


def _below(parent: Element, name: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also inside a content control."""
    for element in parent:
        if local(element) == name:
            yield element
        elif local(element) in {"sdt", "sdtContent", "ins", "customXml"}:
            yield from _below(element, name)


def _is_hidden(run: Element) -> bool:
    vanish = child(child(run, "rPr"), "vanish")
    return vanish is not None and attribute(vanish, "val") not in {"0", "false", "off"}


def _whole(cell: list[Line]) -> str:
    return tidy(" ".join(text for text, _ in cell))


def _agenda_columns(rows: list[list[list[Line]]]) -> tuple[int | None, int] | None:
    """Where a table of the agenda keeps its numbers and its content, told by its first row.

    A time-table may have no numbers; then the hours stand there.
    """
    if len(rows) < 3:
        return None
    heads = [fold(_whole(cell)) for cell in rows[0]]
    number = next((at for at, head in enumerate(heads) if head in {"tt", "stt", "so tt"}), None)
    content = next((at for at, head in enumerate(heads) if head.startswith("noi dung")), None)
    timed = any(head.startswith("thoi gian") for head in heads)
    if content is None or (number is None and not timed) or (number or 0) > content:
        return None
    return number, content
