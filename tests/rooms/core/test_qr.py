"""QR codes decode again from every form in which we give them out."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from kiosk.core import qr

CODE = "52601815908375"
ADDRESS = "https://192.168.1.10:8443/pair?code=Đ-123456"


def decoded(image):
    found = zxingcpp.read_barcodes(image)
    return [one.text for one in found]


def drawn(rows, *, scale=6, quiet=qr.QUIET):
    side = (len(rows) + 2 * quiet) * scale
    image = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(image)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = (x + quiet) * scale, (y + quiet) * scale
                pen.rectangle((left, top, left + scale - 1, top + scale - 1), fill=0)
    return image


def test_fourteen_digits_fit_the_smallest_code_at_level_q():
    rows = qr.modules(CODE)
    assert [len(row) for row in rows] == [21] * 21
    (found,) = zxingcpp.read_barcodes(drawn(rows))
    assert (found.text, found.ec_level) == (CODE, "Q")


@pytest.mark.parametrize("text", [CODE, ADDRESS])
def test_the_png_decodes_and_has_four_light_modules_around(text):
    image = Image.open(io.BytesIO(qr.png(text, scale=5)))
    assert decoded(image.convert("L")) == [text]
    assert image.convert("L").crop((0, 0, image.width, 4 * 5)).getextrema() == (255, 255)


def test_the_svg_path_draws_exactly_the_modules():
    side = len(qr.modules(ADDRESS))
    rows = [[False] * side for _ in range(side)]
    for x, y, run, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", qr.svg_path(ADDRESS)):
        assert run == back
        for step in range(int(run)):
            rows[int(y)][int(x) + step] = True
    assert rows == qr.modules(ADDRESS)


def test_the_inline_svg_keeps_the_strict_csp_and_escapes_its_label():
    drawing = qr.svg(CODE, label='Thẻ "58" <b>')
    assert "style" not in drawing
    assert "<script" not in drawing
    assert 'viewBox="-4 -4 29 29"' in drawing
    assert "&lt;b&gt;" in drawing
    assert "<b>" not in drawing
    assert qr.svg_path(CODE) in drawing


def from_blocks(text):
    upper = {"█": 255, "▀": 255, "▄": 0, " ": 0}
    lower = {"█": 255, "▀": 0, "▄": 255, " ": 0}
    rows = []
    for line in text.split("\n"):
        rows += [[upper[sign] for sign in line], [lower[sign] for sign in line]]
    return rows


def from_ascii(text):
    return [
        [255 if line[x : x + 2] == "##" else 0 for x in range(0, len(line), 2)]
        for line in text.split("\n")
    ]


@pytest.mark.parametrize(
    ("encoding", "read"),
    [
        ("utf-8", from_blocks),
        ("cp437", from_blocks),
        ("cp1258", from_ascii),
        ("ascii", from_ascii),
        (None, from_ascii),
        ("no-such-encoding", from_ascii),
    ],
)
def test_a_terminal_shows_a_code_that_decodes_in_any_encoding(encoding, read):
    text = qr.terminal(ADDRESS, encoding=encoding)
    if read is from_ascii:
        assert text.isascii()
    rows = read(text)
    image = Image.new("L", (len(rows[0]), len(rows)))
    image.putdata([value for row in rows for value in row])
    big = image.resize((image.width * 6, image.height * 6), Image.Resampling.NEAREST)
    assert decoded(big) == [ADDRESS]


def test_nothing_and_too_much_are_programming_errors():
    with pytest.raises(ValueError, match="nothing"):
        qr.modules("")
    with pytest.raises(ValueError, match="too long"):
        qr.modules("Đ" * 5000)
    with pytest.raises(ValueError, match="scale"):
        qr.png(CODE, scale=0)
