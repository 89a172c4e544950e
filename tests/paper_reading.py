"""Papers opened again as a clerk's programs do."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pypdf
import pypdfium2
import zxingcpp

MM = 72 / 25.4


def texts(made: bytes) -> list[str]:
    """Every page as text, blanks and line breaks as one blank."""
    return [
        " ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(made)).pages
    ]


def fonts(made: bytes) -> dict[str, bool]:
    """Every font by name, and whether its letters are in the file."""
    found: dict[str, bool] = {}
    for page in pypdf.PdfReader(io.BytesIO(made)).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            described = font.get_object()
            below = described.get("/DescendantFonts", [described])[0].get_object()
            inside = below["/FontDescriptor"].get_object()
            found[str(described["/BaseFont"])] = any(
                key in inside for key in ("/FontFile", "/FontFile2", "/FontFile3")
            )
    return found


@dataclass(frozen=True)
class Box:
    """Where a text lies, in millimetres from the page's upper left corner."""

    left: float
    right: float
    top: float
    bottom: float


def where(made: bytes, text: str, *, page: int = 0) -> list[Box]:
    """Each line box of a text on a page: one box when it stands on one line."""
    document = pypdfium2.PdfDocument(made)
    try:
        sheet = document[page]
        layer = sheet.get_textpage()
        found = layer.search(text, match_case=True).get_next()
        assert found is not None, f"{text} is not on the page"
        start, count = found
        boxes = [layer.get_charbox(index) for index in range(start, start + count)]
        lines: dict[int, list[tuple[float, float, float, float]]] = {}
        for box in boxes:
            if box[2] > box[0]:
                # Letters of one line have their foot within a few points of each other.
                lines.setdefault(round((box[1] + box[3]) / 2 / 12), []).append(box)
        high = sheet.get_height()
        merged: list[Box] = []
        for line in lines.values():
            left, bottom = min(b[0] for b in line), min(b[1] for b in line)
            right, top = max(b[2] for b in line), max(b[3] for b in line)
            if merged and abs(merged[-1].bottom - (high - bottom) / MM) < 3:
                last = merged.pop()
                left, right = min(left, last.left * MM), max(right, last.right * MM)
            merged.append(Box(left / MM, right / MM, (high - top) / MM, (high - bottom) / MM))
        return merged
    finally:
        document.close()


def ink(made: bytes, *, page: int = 0) -> Box:
    """The box of everything that is printed on a page."""
    picture = _picture(made, page, dpi=72)
    dark = np.argwhere(np.asarray(picture) < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0)
    return Box(left / MM, right / MM, top / MM, bottom / MM)


def codes(made: bytes, *, page: int = 0, dpi: int = 100) -> list[str]:
    """The QR codes that a gate reads from a printed page."""
    return [found.text for found in zxingcpp.read_barcodes(_picture(made, page, dpi=dpi))]


def _picture(made: bytes, page: int, *, dpi: int):  # type: ignore[no-untyped-def]
    document = pypdfium2.PdfDocument(made)
    try:
        return document[page].render(scale=dpi / 72).to_pil().convert("L")
    finally:
        document.close()
