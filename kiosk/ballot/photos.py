"""Photos of candidates: small, clean of what cameras write into files, and all or none.

A name with a face beside one without would be an advantage, so a ballot shows photos only when
everybody on it has one. They travel inside the ballot's page: from there to the cast nothing is
asked for (design 5.3). A photo is no part of the fingerprint; it is fixed with the list (R8).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from kiosk.ballot import queries
from kiosk.ballot.events import BallotEvent
from kiosk.ballot.models import CandidatePhoto
from kiosk.ballot.queries import CandidateRow
from kiosk.ballot.services import ensure_list_is_free
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, unit_of_work
from kiosk.core.errors import Refused

#: Width and height in pixels, as on a 3 × 4 cm photo.
SIZE = (180, 240)
#: A photo of a telephone has 12 to 50 million; more is a trap.
MOST_PIXELS = 60_000_000
_KINDS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82


def job(payload: dict[str, Any], progress: Callable[[int, int], None]) -> bytes:
    """Worker job `ballot_photo`: `{"data": bytes}` of a picture → a JPEG of `SIZE`.

    Turned as the camera meant it, cut to 3 : 4 (a little above the middle, where heads are), and
    without place, time or device of the camera (R22). Refused: `ballot_photo_unreadable`.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(payload["data"]), formats=_KINDS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused("ballot_photo_unreadable")
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise Refused("ballot_photo_unreadable") from broken
    # What was transparent becomes paper, not black.
    whole = Image.new("RGB", upright.size, "white")
    whole.paste(upright, mask=upright.getchannel("A"))
    small = ImageOps.fit(whole, SIZE, Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_QUALITY, optimize=True)
    progress(1, 1)
    return out.getvalue()


def keep(*, candidate_id: int, jpeg: bytes, by: Actor, clock: Clock = utc_now) -> None:
    """Keep what `job` made as the photo of a candidate, in place of an earlier one.

    Raises:
        Refused: `ballot_candidate_unknown`, `ballot_list_locked`.
    """
    with unit_of_work() as session:
        ensure_list_is_free(session)
        found = queries.candidate(session, candidate_id)
        session.execute(delete(CandidatePhoto).where(CandidatePhoto.candidate_id == candidate_id))
        session.execute(insert(CandidatePhoto).values(candidate_id=candidate_id, jpeg=jpeg))
        _note(session, found, by, clock, kept=True)


def take_away(*, candidate_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """Drop the photo of a candidate; quiet where there is none.

    Raises:
        Refused: `ballot_candidate_unknown`, `ballot_list_locked`.
    """
    with unit_of_work() as session:
        ensure_list_is_free(session)
        found = queries.candidate(session, candidate_id)
        session.execute(delete(CandidatePhoto).where(CandidatePhoto.candidate_id == candidate_id))
        _note(session, found, by, clock, kept=False)


def _note(session: Session, found: CandidateRow, by: Actor, clock: Clock, *, kept: bool) -> None:
    audit.record(
        session,
        BallotEvent.PHOTO_SET,
        by=by,
        clock=clock,
        candidate=found.id,
        delegate=found.delegate_id,
        kept=kept,
    )
    changed(session, "ballot")


def with_photo(session: Session) -> frozenset[int]:
    """Numbers of the candidates who have one."""
    return frozenset(session.scalars(select(CandidatePhoto.candidate_id)))


def photo(session: Session, candidate_id: int) -> bytes | None:
    """The JPEG of one candidate."""
    found: bytes | None = session.scalar(
        select(CandidatePhoto.jpeg).where(CandidatePhoto.candidate_id == candidate_id)
    )
    return found


def on_ballot(session: Session, candidate_ids: Iterable[int]) -> dict[int, str]:
    """`data:` addresses by candidate when all of them have a photo; else none."""
    wanted = set(candidate_ids)
    rows = session.execute(
        select(CandidatePhoto.candidate_id, CandidatePhoto.jpeg).where(
            CandidatePhoto.candidate_id.in_(wanted)
        )
    ).all()
    if len(rows) < len(wanted):
        return {}
    return {
        row.candidate_id: "data:image/jpeg;base64," + base64.b64encode(row.jpeg).decode("ascii")
        for row in rows
    }
