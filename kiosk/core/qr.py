"""QR codes by the `qrcode` library: for screens (inline SVG), paper, pictures and a terminal.

Level Q (a quarter of the code may be lost) and four light modules around, as ISO/IEC 18004 asks
and as looks/README.md repeats. Fourteen digits fit version 1: 21 x 21 modules.
"""

from __future__ import annotations

import io
from typing import Literal

from markupsafe import Markup

Level = Literal["L", "M", "Q", "H"]

#: Light modules on every side; fewer and cheap scanners stop finding the code.
QUIET = 4


def modules(text: str, *, level: Level = "Q") -> list[list[bool]]:
    """Rows of modules, True is dark, without the quiet zone.

    The library takes the smallest version and the best of the eight masks, and numeric mode
    for digits. Raises ValueError when the text is empty or too long for any version.
    """
    import qrcode
    from qrcode.exceptions import DataOverflowError

    if not text:
        raise ValueError("a QR code of nothing")
    levels = {
        "L": qrcode.constants.ERROR_CORRECT_L,
        "M": qrcode.constants.ERROR_CORRECT_M,
        "Q": qrcode.constants.ERROR_CORRECT_Q,
        "H": qrcode.constants.ERROR_CORRECT_H,
    }
    code = qrcode.QRCode(error_correction=levels[level], border=0)
    try:
        code.add_data(text)
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise ValueError("too long for a QR code") from error
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg_path(text: str, *, level: Level = "Q") -> str:
    """The `d` of one <path> in units of modules: one rectangle for each run of dark modules."""
    parts: list[str] = []
    for y, row in enumerate(modules(text, level=level)):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return "".join(parts)


def svg(text: str, *, label: str, level: Level = "Q") -> Markup:
    """An inline <svg> with its white zone; no style attribute, so the strict CSP holds.

    `label` is what a screen reader says; it is escaped. Give the size by the class `qr`.
    """
    side = len(modules(text, level=level))
    whole = side + 2 * QUIET
    return Markup(
        '<svg class="qr" viewBox="{low} {low} {whole} {whole}" shape-rendering="crispEdges" '
        'role="img" aria-label="{label}">'
        '<rect x="{low}" y="{low}" width="{whole}" height="{whole}" fill="#fff"/>'
        '<path fill="#000" d="{path}"/></svg>'
    ).format(low=-QUIET, whole=whole, label=label, path=svg_path(text, level=level))


def png(text: str, *, scale: int = 8, level: Level = "Q") -> bytes:
    """A black and white PNG with its white zone, `scale` pixels for a module (1 to 64)."""
    from PIL import Image

    if not 1 <= scale <= 64:
        raise ValueError("scale is 1 to 64 pixels for a module")
    rows = modules(text, level=level)
    whole = len(rows) + 2 * QUIET
    small = Image.new("1", (whole, whole), 1)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                small.putpixel((x + QUIET, y + QUIET), 0)
    out = io.BytesIO()
    small.resize((whole * scale, whole * scale), Image.Resampling.NEAREST).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def terminal(text: str, *, encoding: str | None = "utf-8", level: Level = "Q") -> str:
    """The code as lines of text for a terminal, without a newline at the end.

    `encoding` is the stream's own (`sys.stdout.encoding`). Half blocks where it knows them, else
    "##" (a Windows code page has none, and standard output must never fail for a picture).
    Light modules are the ones drawn, because terminals are dark: the white zone shines as on paper.
    """
    rows = modules(text, level=level)
    blank = [False] * (len(rows) + 2 * QUIET)
    sides = [False] * QUIET
    framed = [blank] * QUIET + [sides + row + sides for row in rows] + [blank] * QUIET
    if not _can_write("█▀▄", encoding):
        return "\n".join("".join("  " if dark else "##" for dark in row) for row in framed)
    if len(framed) % 2:
        framed.append(blank)
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return "\n".join(
        "".join(blocks[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(framed[::2], framed[1::2], strict=True)
    )


def _can_write(signs: str, encoding: str | None) -> bool:
    try:
        signs.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
