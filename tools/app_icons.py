"""The icons of the installed app, drawn from the drum star of the sprite in the ceremony's colours.

    python tools/app_icons.py           draw the PNG files anew
    python tools/app_icons.py --check   change nothing; exit code 1 when one would change

`app-192.png` and `app-512.png` fill their square nearly; `app-maskable-512.png` keeps the star
inside the middle 80 %, because Android cuts a circle, a drop or a squircle out of it (W3C Web
Application Manifest, purpose `maskable`).
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "kiosk" / "static"

#: File name → side in pixels, and how much of it the star takes.
ICONS = {"app-192.png": (192, 0.82), "app-512.png": (512, 0.82), "app-maskable-512.png": (512, 0.6)}

#: Drawn so many times larger, then reduced: Pillow's polygons have no smooth edges.
FINER = 8


def colour(name: str) -> str:
    """A colour of the look, by its name in tokens.css."""
    found = re.search(
        rf"--{name}: (#[0-9a-f]{{6}});", (STATIC / "css/tokens.css").read_text("utf-8")
    )
    if found is None:
        raise ValueError(f"tokens.css has no --{name}")
    return found[1]


def star() -> list[tuple[float, float]]:
    """The corners of the drum star, each from 0 to 1."""
    sprite = (STATIC / "img/icons.svg").read_text("utf-8")
    found = re.search(r'id="i-drum-star" viewBox="0 0 24 24"><path d="M([\d. L]+)z"/>', sprite)
    if found is None:
        raise ValueError("the sprite has no drum star")
    pairs = [pair.split() for pair in found[1].split("L")]
    return [(float(x) / 24, float(y) / 24) for x, y in pairs]


def draw(side: int, share: float) -> bytes:
    """One PNG: the star in gold on lacquer, a gold ring around it."""
    whole = side * FINER
    picture = Image.new("RGB", (whole, whole), colour("son"))
    pen = ImageDraw.Draw(picture)
    middle, reach = whole / 2, whole * share / 2
    ring = whole * 0.018
    pen.ellipse(
        (middle - reach, middle - reach, middle + reach, middle + reach),
        outline=colour("vang"),
        width=round(ring),
    )
    inside = reach * 0.86
    pen.polygon(
        [(middle + (2 * x - 1) * inside, middle + (2 * y - 1) * inside) for x, y in star()],
        fill=colour("vang"),
    )
    small = picture.resize((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, (side, share) in ICONS.items():
        file, drawn = STATIC / "img" / name, draw(side, share)
        if file.exists() and _same_picture(file.read_bytes(), drawn):
            continue
        stale.append(name)
        if not check:
            file.write_bytes(drawn)
    for name in stale:
        sys.stdout.write(f"{'out of date' if check else 'drawn'}: {name}\n")
    return 1 if check and stale else 0


def _same_picture(one: bytes, other: bytes) -> bool:
    """Pixel by pixel: another zlib packs the same picture into other bytes."""
    pictures = [Image.open(io.BytesIO(each)).convert("RGB") for each in (one, other)]
    return pictures[0].size == pictures[1].size and pictures[0].tobytes() == pictures[1].tobytes()


if __name__ == "__main__":
    raise SystemExit(main())
