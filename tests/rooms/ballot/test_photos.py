"""Photos of candidates: small, clean, all or none, fixed with the list (design 5.3, R8, R22)."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from kiosk.ballot import photos, queries, round_queries
from kiosk.core.errors import Refused


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 900), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def made(data: bytes) -> bytes:
    return photos.job({"data": data}, lambda done, total: None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_small_and_upright(kind: str) -> None:
    with Image.open(io.BytesIO(made(picture(kind)))) as small:
        assert small.format == "JPEG"
        assert small.size == photos.SIZE


def test_nothing_that_the_camera_wrote_stays() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Máy của Nguyễn Thị Ổi"
    exif[0x0112] = 6  # the camera was held upright
    taken = picture(exif=exif)
    assert b"Nguy" in taken
    small = made(taken)
    assert b"Nguy" not in small
    with Image.open(io.BytesIO(small)) as opened:
        assert not opened.getexif()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        picture()[:200],
        picture("GIF", (3, 3)),
        picture("PNG", (9_000, 9_000)),
    ],
    ids=["nothing", "head alone", "script", "cut off", "another kind", "a bomb"],
)
def test_what_is_no_photo_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused, match="ballot_photo_unreadable"):
        made(data)


def test_a_ballot_shows_faces_only_when_everybody_has_one(ballots: Any) -> None:
    ballots.set_up()
    ballots.nominate(1, 2, 3, 4)
    jpeg = made(picture())
    standing = [each.id for each in queries.candidates(ballots.session)]
    for candidate_id in standing[:3]:
        photos.keep(candidate_id=candidate_id, jpeg=jpeg, **ballots.how)
    assert photos.on_ballot(ballots.session, standing) == {}
    photos.keep(candidate_id=standing[3], jpeg=jpeg, **ballots.how)
    faces = photos.on_ballot(ballots.session, standing)
    assert set(faces) == set(standing)
    assert base64.b64decode(faces[standing[0]].partition(",")[2]) == jpeg


def test_a_photo_is_replaced_and_taken_away_until_the_list_is_put_to_the_hall(ballots: Any) -> None:
    ballots.set_up()
    ballots.nominate(1, 2, 3, 4)
    first = queries.candidates(ballots.session)[0].id
    for colour in (picture(), picture("PNG")):
        photos.keep(candidate_id=first, jpeg=made(colour), **ballots.how)
    assert photos.with_photo(ballots.session) == {first}
    photos.take_away(candidate_id=first, **ballots.how)
    assert photos.photo(ballots.session, first) is None
    photos.keep(candidate_id=first, jpeg=made(picture()), **ballots.how)
    told = [facts["kept"] for _, facts in ballots.hall.book("ballot:candidate:photo")]
    assert told == [True, True, False, True]
    ballots.vote("seats")
    ballots.vote("list")
    for act in (
        lambda: photos.keep(candidate_id=first, jpeg=b"", **ballots.how),
        lambda: photos.take_away(candidate_id=first, **ballots.how),
    ):
        with pytest.raises(Refused, match="ballot_list_locked"):
            act()


def test_a_face_changes_nothing_of_what_the_fingerprint_covers(ballots: Any) -> None:
    ballots.ready()
    number = ballots.lock()
    found = round_queries.round_of(ballots.session, number)
    assert "jpeg" not in str(found.definition.as_json())
