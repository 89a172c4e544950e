"""A drawn signature: judged again by the server, kept as vectors, drawn the same way everywhere.

A browser sends its pad's size and the strokes as flat lists `[x, y, x, y, …]` in the pad's own
pixels. Whoever sends may be a forger, so nothing is taken on trust. What is kept is whole numbers
on a pad 1,200 wide; how fast and how hard somebody wrote is never received at all (R22: it could
tell a hand from another, and no picture needs it). Pure.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kiosk.core.errors import Refused

#: Every pad is brought to this width; its height follows from its shape.
WIDTH = 1200
#: A signature of the slowest hand has a tenth of it (one minute at 120 points a second is 7,200).
POINTS_MOST = 8_000
STROKES_MOST = 250
#: Bytes of a whole signing request: the most points, five digits and a comma each, and the frame.
BYTES_MOST = 200_000
#: The pad's sides in pixels, and how tall a pad may be beside its width.
SIDE_LEAST, SIDE_MOST = 120, 8_000
SHAPE_LEAST, SHAPE_MOST = 0.15, 2.0
#: How far over the edge a finger may be, on a pad 1,200 wide; the pen is that thick.
OVER_THE_EDGE = 12.0

#: On the pad 1,200 wide: shorter than this in all is a touch, not a line.
DOT_LENGTH = 60.0
#: The longer side of what was drawn; a signature of a careful hand takes 300 and more.
LEAST_SIDE = 110.0
#: One stroke whose way is not a twentieth longer than its ends are apart: a sleeve, or a swipe.
SWIPE = 1.05

#: Width of the pen on the pad 1,200 wide.
PEN = 7

Point = tuple[int, int]
Stroke = tuple[Point, ...]


@dataclass(frozen=True)
class Ink:
    """What somebody drew, in whole numbers on a pad of `WIDTH` by `height`."""

    height: int
    strokes: tuple[Stroke, ...]

    def as_json(self) -> dict[str, Any]:
        """For the database and the archive: strokes as flat lists."""
        return {
            "width": WIDTH,
            "height": self.height,
            "strokes": [[side for point in stroke for side in point] for stroke in self.strokes],
        }


def from_json(value: dict[str, Any]) -> Ink:
    """The ink of stored JSON, as `as_json` made it."""
    return Ink(
        height=value["height"],
        strokes=tuple(tuple(_pairs(flat)) for flat in value["strokes"]),
    )


def _pairs(flat: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)


def ink_hash(ink: Ink) -> str:
    """SHA-256 of the strokes, 64 hex digits: what the book keeps of a picture."""
    body = json.dumps(ink.as_json(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode("ascii")).hexdigest()


# -- judging ---------------------------------------------------------------------------------------


def read(sent: str) -> Ink:
    """The ink of a request's JSON: `{"pad": [width, height], "strokes": [[x, y, …], …]}`.

    Raises:
        Refused: `pledge_ink_broken` for anything else than that, NaN and infinities included;
            `pledge_ink_too_much`; and what `judged` refuses.
    """
    if len(sent) > BYTES_MOST:
        raise Refused("pledge_ink_too_much")
    try:
        value = json.loads(sent, parse_constant=_no_number)
    except (ValueError, RecursionError) as broken:
        raise Refused("pledge_ink_broken") from broken
    if not isinstance(value, dict):
        raise Refused("pledge_ink_broken")
    return judged(value.get("pad"), value.get("strokes"))


def _no_number(word: str) -> float:
    raise ValueError(word)


def judged(pad: Any, strokes: Any) -> Ink:
    """What may be stored of what was sent.

    Raises:
        Refused: `pledge_ink_broken` (no such shape, no number), `pledge_ink_too_much`,
            `pledge_ink_outside` (points beside the pad), `pledge_ink_empty`, `pledge_ink_dots`
            (touches without a line), `pledge_ink_small`, `pledge_ink_swipe` (one straight stroke).
    """
    if not isinstance(pad, list) or len(pad) != 2:
        raise Refused("pledge_ink_broken")
    wide, tall = map(_number, pad)
    if not (SIDE_LEAST <= wide <= SIDE_MOST and SHAPE_LEAST <= tall / wide <= SHAPE_MOST):
        raise Refused("pledge_ink_broken")
    if not isinstance(strokes, list):
        raise Refused("pledge_ink_broken")
    if len(strokes) > STROKES_MOST:
        raise Refused("pledge_ink_too_much")
    scale = WIDTH / wide
    height = round(tall * scale)
    kept: list[Stroke] = []
    points = 0
    for flat in strokes:
        if not isinstance(flat, list) or len(flat) % 2:
            raise Refused("pledge_ink_broken")
        points += len(flat) // 2
        if points > POINTS_MOST:
            raise Refused("pledge_ink_too_much")
        stroke = [_placed(x, y, scale=scale, height=height) for x, y in _pairs(flat)]
        # A finger that rests sends the same point again and again.
        stroke = [
            point for place, point in enumerate(stroke) if not place or point != stroke[place - 1]
        ]
        if stroke:
            kept.append(tuple(stroke))
    ink = Ink(height=height, strokes=tuple(kept))
    _ensure_signature(ink)
    return ink


def _number(value: Any) -> float:
    # A bool is an int in Python, and a huge int has no float.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("pledge_ink_broken")
    try:
        number = float(value)
    except OverflowError as huge:
        raise Refused("pledge_ink_broken") from huge
    if not math.isfinite(number):
        raise Refused("pledge_ink_broken")
    return number


def _placed(x: Any, y: Any, *, scale: float, height: int) -> Point:
    across, down = _number(x) * scale, _number(y) * scale
    over = OVER_THE_EDGE
    if not (-over <= across <= WIDTH + over and -over <= down <= height + over):
        raise Refused("pledge_ink_outside")
    return min(max(round(across), 0), WIDTH), min(max(round(down), 0), height)


def _ensure_signature(ink: Ink) -> None:
    if not ink.strokes:
        raise Refused("pledge_ink_empty")
    lengths = [length(stroke) for stroke in ink.strokes]
    if sum(lengths) < DOT_LENGTH:
        raise Refused("pledge_ink_dots")
    left, top, right, bottom = box(ink)
    if max(right - left, bottom - top) < LEAST_SIDE:
        raise Refused("pledge_ink_small")
    lines = [
        stroke for stroke, way in zip(ink.strokes, lengths, strict=True) if way >= DOT_LENGTH / 2
    ]
    if len(lines) == 1 and length(lines[0]) < SWIPE * math.dist(lines[0][0], lines[0][-1]):
        raise Refused("pledge_ink_swipe")


def length(stroke: Stroke) -> float:
    """The way that the pen went."""
    return sum(math.dist(a, b) for a, b in pairwise(stroke))


def box(ink: Ink) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what was drawn."""
    across = [x for stroke in ink.strokes for x, _ in stroke]
    down = [y for stroke in ink.strokes for _, y in stroke]
    return min(across), min(down), max(across), max(down)


# -- drawing ---------------------------------------------------------------------------------------


def path(stroke: Stroke) -> str:
    """One stroke as an SVG path: through the middles of its points, rounded by the points.

    `static/js/pledge/ink.js` draws the preview by the same rule, so that a person confirms the very
    line that is stored; a browser test compares the two.
    """
    (x, y), *rest = stroke
    if not rest:
        return f"M{x} {y}h0"
    parts = [f"M{x} {y}"]
    for here, then in pairwise(rest):
        middle = f"{_half(here[0] + then[0])} {_half(here[1] + then[1])}"
        parts.append(f"Q{here[0]} {here[1]} {middle}")
    parts.append(f"L{rest[-1][0]} {rest[-1][1]}")
    return "".join(parts)


def _half(double: int) -> str:
    """Half of a whole number, as short as it can be written: `7` or `7.5`."""
    return str(double // 2) if double % 2 == 0 else f"{double // 2}.5"


def frame(ink: Ink) -> tuple[int, int, int, int]:
    """Left, top, width and height of the picture: the ink, and a pen's width around it."""
    left, top, right, bottom = box(ink)
    return left - PEN, top - PEN, right - left + 2 * PEN, bottom - top + 2 * PEN


def svg(ink: Ink) -> str:
    """The picture, cut to the ink: black on nothing, a line of even width. No script, no link."""
    left, top, wide, tall = frame(ink)
    line = "".join(map(path, ink.strokes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {wide} {tall}"'
        f' width="{wide}" height="{tall}"><path d="{line}" fill="none" stroke="#10245c"'
        f' stroke-width="{PEN}" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


#: Straight pieces by which a curve is drawn where only straight lines are known: the longer the
#: curve, the more, each about so long.
_PIECES_MOST, _PIECE = 8, 14.0


def polyline(stroke: Stroke) -> list[tuple[float, float]]:
    """The line of `path` in short straight pieces, for a picture of dots (PNG)."""
    first, *rest = stroke
    if not rest:
        return [(float(first[0]), float(first[1]))]
    at = (float(first[0]), float(first[1]))
    points = [at]
    for here, then in pairwise(rest):
        to = ((here[0] + then[0]) / 2, (here[1] + then[1]) / 2)
        way = math.dist(at, here) + math.dist(here, to)
        pieces = min(max(round(way / _PIECE), 1), _PIECES_MOST)
        for piece in range(1, pieces + 1):
            t = piece / pieces
            points.append(
                (
                    (1 - t) ** 2 * at[0] + 2 * (1 - t) * t * here[0] + t * t * to[0],
                    (1 - t) ** 2 * at[1] + 2 * (1 - t) * t * here[1] + t * t * to[1],
                )
            )
        at = to
    points.append((float(rest[-1][0]), float(rest[-1][1])))
    return points
