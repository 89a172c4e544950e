"""A signature as PNG, for papers and archives that know no SVG (Pillow): twice what print needs.

The picture of a paper is 50 mm wide; at 300 dots an inch that is 590, so 1,200 dots at most.
"""

from __future__ import annotations

import io

from kiosk.pledge import ink as inks
from kiosk.pledge.ink import Ink

#: Dots of the picture, at most.
WIDE, TALL = 1200, 600
#: Drawn so many times larger and shrunk: Pillow's own lines have no soft edge.
_FINER = 2
_INK = (16, 36, 92)


def png(ink: Ink) -> bytes:
    """The picture, cut to the ink, on a ground that lets the paper through."""
    from PIL import Image, ImageDraw

    left, top, wide, tall = inks.frame(ink)
    # A small hand is not blown up: its line would be thicker than its neighbours'.
    scale = min(WIDE / wide, TALL / tall, 1.5)
    fine = scale * _FINER
    size = (max(round(wide * fine), 1), max(round(tall * fine), 1))
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    pen = inks.PEN * fine
    for stroke in ink.strokes:
        points = [((x - left) * fine, (y - top) * fine) for x, y in inks.polyline(stroke)]
        if len(points) > 1:
            draw.line(points, fill=255, width=round(pen), joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    # One byte a dot: 256 entries of one colour, each as opaque as its number.
    picture = mask.reduce(_FINER)
    picture.putpalette(_INK * 256)
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=bytes(range(256)), compress_level=4)
    return out.getvalue()
