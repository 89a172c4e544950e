"""A drawn signature as the server judges and draws it: cases in sentences, laws as properties."""

from __future__ import annotations

import io
import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.core.errors import Refused
from kiosk.pledge import ink as inks
from kiosk.pledge import picture
from kiosk.pledge.ink import Ink

PAD = [1000, 400]
#: A name as somebody writes it: two loops and a tail, on a pad of 1,000 by 400.
NAME: list[list[float]] = [
    [200, 300, 220, 180, 260, 90, 300, 60, 290, 140, 280, 240, 330, 300, 380, 250],
    [240, 190, 320, 170, 400, 160],
    [420, 250, 400, 220, 380, 260, 410, 290, 440, 240, 460, 290, 520, 230, 640, 200],
]


def read(strokes: object = NAME, pad: object = PAD) -> Ink:
    return inks.read(json.dumps({"pad": pad, "strokes": strokes}))


def refused(*args: object, **named: object) -> str:
    with pytest.raises(Refused) as error:
        read(*args, **named)
    return error.value.code


# -- what is taken ---------------------------------------------------------------------------------


def test_a_signature_is_kept_in_whole_numbers_on_a_pad_1200_wide() -> None:
    ink = read()
    assert ink.height == 480
    assert ink.strokes[1] == ((288, 228), (384, 204), (480, 192))
    assert inks.from_json(json.loads(json.dumps(ink.as_json()))) == ink


def test_the_same_hand_on_a_larger_pad_leaves_the_same_ink() -> None:
    double = [[side * 2 for side in flat] for flat in NAME]
    assert read(double, [2000, 800]) == read()
    assert inks.ink_hash(read(double, [2000, 800])) == inks.ink_hash(read())


def test_time_and_pressure_that_somebody_sends_are_not_taken() -> None:
    """R22: whatever else stands in the request is not read at all."""
    sent = {"pad": PAD, "strokes": NAME, "time": [1, 2, 3], "pressure": [0.5]}
    assert inks.read(json.dumps(sent)) == read()
    assert set(read().as_json()) == {"width", "height", "strokes"}


def test_a_finger_that_rests_is_one_point() -> None:
    rests = [[*NAME[0], *(NAME[0][-2:] * 50)], *NAME[1:]]
    assert read(rests) == read()


def test_a_finger_just_over_the_edge_is_brought_back_to_it() -> None:
    ink = read([[-5, 100, 200, 300, 990, 20, 1005, 404], [300, 10, 500, 380]])
    assert ink.strokes[0][0] == (0, 120)
    assert ink.strokes[0][-1] == (1200, 480)


def test_two_straight_strokes_are_a_cross_and_may_be_a_signature() -> None:
    assert len(read([[300, 100, 600, 300], [600, 100, 300, 300]]).strokes) == 2


# -- what is refused, gently -----------------------------------------------------------------------


@pytest.mark.parametrize("strokes", [[], [[]], [[], []]])
def test_an_empty_pad_is_empty(strokes: list[list[float]]) -> None:
    assert refused(strokes) == "pledge_ink_empty"


def test_touches_without_a_line_are_dots() -> None:
    assert refused([[100, 100], [400, 200], [700, 300]]) == "pledge_ink_dots"
    assert refused([[100, 100, 103, 104, 100, 100]]) == "pledge_ink_dots"


def test_a_scribble_on_a_fingernail_is_too_small() -> None:
    tiny = [[500 + 20 * math.sin(t), 200 + 20 * math.cos(t)] for t in range(40)]
    assert refused([[side for point in tiny for side in point]]) == "pledge_ink_small"


def test_one_straight_stroke_is_a_sleeve_also_with_a_dot_beside_it() -> None:
    assert refused([[100, 200, 400, 210, 900, 220]]) == "pledge_ink_swipe"
    assert refused([[100, 200, 900, 220], [50, 50]]) == "pledge_ink_swipe"


# -- what nobody sends by hand ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "null",
        "[]",
        "3",
        '"x"',
        "{",
        "[" * 5000,
        '{"pad": [1000, 400]}',
        '{"strokes": [[1, 2]]}',
        '{"pad": [1000, 400], "strokes": {}}',
        '{"pad": [1000, 400], "strokes": [1, 2]}',
        '{"pad": [1000, 400], "strokes": [[1, 2, 3]]}',
        '{"pad": [1000, 400], "strokes": [["1", "2"]]}',
        '{"pad": [1000, 400], "strokes": [[true, false]]}',
        '{"pad": [1000, 400], "strokes": [[null, 2]]}',
        '{"pad": [1000, 400], "strokes": [[[1], 2]]}',
        '{"pad": [1000, 400], "strokes": [[NaN, 2]]}',
        '{"pad": [1000, 400], "strokes": [[Infinity, 2]]}',
        '{"pad": [1000, 400], "strokes": [[1e999, 2]]}',
        '{"pad": [1000, 400], "strokes": [[%s, 2]]}' % ("9" * 400),
        '{"pad": [NaN, 400], "strokes": []}',
        '{"pad": [0, 0], "strokes": []}',
        '{"pad": [-1000, 400], "strokes": []}',
        '{"pad": [1000, 9000], "strokes": []}',
        '{"pad": [1000], "strokes": []}',
        '{"pad": "big", "strokes": []}',
    ],
)
def test_what_is_no_signature_is_refused_in_one_sentence(sent: str) -> None:
    with pytest.raises(Refused) as error:
        inks.read(sent)
    assert error.value.code == "pledge_ink_broken"


@pytest.mark.parametrize("x", [-40, 1060, 5000, -1e300])
def test_points_beside_the_pad_are_refused(x: float) -> None:
    assert refused([*NAME, [x, 100, 300, 300]]) == "pledge_ink_outside"


def test_a_million_points_are_thrown_away_unread() -> None:
    sent = '{"pad": [1000, 400], "strokes": [[' + ",".join(["1"] * 2_000_000) + "]]}"
    with pytest.raises(Refused) as error:
        inks.read(sent)
    assert error.value.code == "pledge_ink_too_much"


def test_more_points_or_strokes_than_a_hand_makes_are_too_much() -> None:
    assert refused([[1, 2] * (inks.POINTS_MOST + 1)]) == "pledge_ink_too_much"
    assert refused([[1, 2]] * (inks.STROKES_MOST + 1)) == "pledge_ink_too_much"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(pad=json_values, strokes=json_values)
def test_whatever_is_sent_is_ink_or_a_refusal(pad: Any, strokes: Any) -> None:
    code = ""
    try:
        assert inks.read(json.dumps({"pad": pad, "strokes": strokes})).strokes
    except Refused as refusal:
        code = refusal.code
    assert not code or code.startswith("pledge_ink_")


@given(st.text(max_size=200))
def test_any_text_is_ink_or_a_refusal(sent: str) -> None:
    with pytest.raises(Refused):
        inks.read(sent)


# -- what is drawn ---------------------------------------------------------------------------------

strokes_of_a_hand = st.lists(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 400)), min_size=1, max_size=30).map(
        lambda points: [side for point in points for side in point]
    ),
    min_size=1,
    max_size=8,
)


@given(strokes_of_a_hand)
def test_the_picture_is_a_path_of_numbers_and_nothing_else(strokes: list[list[int]]) -> None:
    try:
        ink = read(strokes)
    except Refused:
        return
    drawn = inks.svg(ink)
    [line] = re.findall(r' d="([^"]*)"', drawn)
    assert re.fullmatch(r"(?:[MQLh][0-9. ]+)+", line)
    assert drawn.count("<") == 3  # svg, path, and the end of svg
    left, top, right, bottom = inks.box(ink)
    assert 0 <= left <= right <= inks.WIDTH
    assert 0 <= top <= bottom <= ink.height
    # Stored and read again it is the same picture with the same hash.
    again = inks.from_json(json.loads(json.dumps(ink.as_json())))
    assert inks.ink_hash(again) == inks.ink_hash(ink)
    assert inks.svg(again) == drawn


def test_a_stroke_runs_through_the_middles_of_its_points() -> None:
    assert (
        inks.path(((0, 0), (10, 0), (20, 11), (30, 20))) == "M0 0Q10 0 15 5.5Q20 11 25 15.5L30 20"
    )
    assert inks.path(((3, 4),)) == "M3 4h0"
    assert inks.path(((3, 4), (5, 6))) == "M3 4L5 6"


def test_the_picture_of_dots_shows_the_same_ink_and_lets_the_paper_through() -> None:
    ink = read()
    shown = Image.open(io.BytesIO(picture.png(ink)))
    shown = shown.convert("RGBA")
    assert max(shown.size) <= 1200
    _, _, wide, tall = inks.frame(ink)
    assert abs(shown.width / shown.height - wide / tall) < 0.02
    alpha = shown.getchannel("A")
    assert alpha.getextrema() == (0, 255)
    left, top, _, _ = inks.frame(ink)
    scale = shown.width / wide
    for x, y in (ink.strokes[0][0], ink.strokes[-1][-1]):
        assert alpha.getpixel((round((x - left) * scale), round((y - top) * scale))) > 200


def test_a_signature_over_the_whole_pad_stays_a_small_file() -> None:
    busy: list[list[float]] = []
    for loop in range(1, 13):
        stroke: list[float] = []
        for step in range(300):
            stroke += [
                500 + 490 * math.sin(loop * step / 40),
                200 + 190 * math.cos(loop * step / 31),
            ]
        busy.append(stroke)
    assert len(picture.png(read(busy))) < 400_000
