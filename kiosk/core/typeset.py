"""Paper: PDF by typst, with the fonts of the package and nothing else (packages.md 1.8, 3.7).

What people wrote reaches a template only as data (`sys.inputs.data`, JSON): a name such as
`#read("x")` is printed as it stands and never run. The same template, data and time give the same
bytes, on every machine: no system font, no clock, no network, no file outside `data/typst`.

A template starts with

    #let data = json(bytes(sys.inputs.data))
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kiosk.core.errors import KioskError

if TYPE_CHECKING:
    import typst

log = logging.getLogger(__name__)

_DATA = Path(__file__).resolve().parent.parent / "data"
FONTS = _DATA / "fonts"
TEMPLATES = _DATA / "typst"

#: Archival PDF, so that the ward office can read the papers in twenty years (ISO 19005-2).
STANDARD = "a-2b"

# "@preview/…" would be fetched from the internet; an own package would not be found in the hall.
_PACKAGE = re.compile(r"""(?:import|include)\s*\(?\s*["']@""")


class TypesetError(KioskError):
    """A template does not compile; the message names the place. Always a fault of ours."""


def template(name: str) -> Path:
    """The file of a template of the package, by its name without folder and ending."""
    path = TEMPLATES / f"{name}.typ"
    if not path.is_file():
        raise TypesetError(f"no template called {name}")
    return path


def pdf(
    source: str | Path, *, data: Mapping[str, Any], at: datetime | None = None, tags: bool = True
) -> bytes:
    """One PDF (PDF/A-2b, fonts embedded) from a template and its data.

    `source` is a template file or the Typst text itself, never text from a person.
    `data` is JSON; strings become NFC and lose control characters, which no font can show.
    `at` is the moment written into the file (None: 1 January 1970, for papers without one);
    a time without a zone raises ValueError.
    A letter that no shipped font has (an emoji in a name) is not allowed in PDF/A: then the
    same pages come out as plain PDF with an empty box, and the log says so.
    Raises TypesetError when the template does not compile.
    """
    import typst

    if at is not None and at.tzinfo is None:
        raise ValueError("naive datetime: take the time from core.clock")
    # Read here: this package hands typst a text, so that a path with Vietnamese letters is no risk.
    text = source if isinstance(source, str) else source.read_text(encoding="utf-8")
    if _PACKAGE.search(text):
        raise TypesetError("templates use no packages: nothing may be fetched")
    inputs = {"data": json.dumps(_printable(data), ensure_ascii=False)}
    moment = 0 if at is None else int(at.timestamp())

    def compiled(standards: list[Any]) -> bytes:
        made, warnings = typst.compile_with_warnings(
            text.encode("utf-8"),
            # The stubs want the type of `input` here too; typst itself takes a path.
            root=cast("Any", TEMPLATES),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=standards,
            timestamp=moment,
            pdf_tags=tags,
        )
        for warning in warnings:
            log.warning("typst: %s", warning.diagnostic or warning.message)
        return made

    try:
        try:
            return compiled([STANDARD])
        except typst.TypstError as error:
            if "could not be displayed with font" not in error.message:
                raise
            log.warning("plain PDF instead of PDF/A: a letter is in none of the fonts")
            return compiled([])
    except typst.TypstError as error:
        raise TypesetError(error.diagnostic or error.message) from error


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _printable(value: Any) -> Any:
    """The same data with text that a page can show."""
    if isinstance(value, str):
        if value.isprintable() and unicodedata.is_normalized("NFC", value):
            return value
        # Cc: control; Cs: half a character, as broken files hold. Neither is JSON for typst.
        return "".join(
            sign
            for sign in unicodedata.normalize("NFC", value)
            if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
        )
    if isinstance(value, Mapping):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value
