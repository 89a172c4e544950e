"""At the tablet: a badge opens one turn, a turn takes one signature.

```
badge ─ readable? ─ known? ─ in force? ─ signing open? ─ on the list? ─ not excused? ─▶ turn
page  ─ signing open? ─ this turn, at this tablet? ─ this text? ─ ink judged ─▶ stored, booked
          turn spent by the same ink: the same answer;  by other ink, or over: one sentence
```
A turn is a random token in the page's address; the database keeps its hash with the signatory. The
next scan of the same badge, at whichever tablet, makes another, and the page before it can store
nothing any more: nobody signs at two tablets at once, and no tablet that died blocks anybody.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kiosk.conference import badge_code
from kiosk.conference import queries as people
from kiosk.core import audit
from kiosk.core.access import Actor
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.pledge import ink as inks
from kiosk.pledge import picture, queries, rules
from kiosk.pledge.events import PledgeEvent
from kiosk.pledge.ink import Ink
from kiosk.pledge.models import PledgeSignatory, PledgeSignature
from kiosk.pledge.queries import SignatoryRow, VersionRow
from kiosk.pledge.services import FACT
from kiosk.pledge.text import Text

#: A scanner that reads garbage must not fill memory with it.
_LONGEST_CODE = 256
_LONGEST_VISIT = 64


@dataclass(frozen=True)
class Visit:
    """Somebody who reads and signs at one tablet."""

    token: str
    signatory: SignatoryRow
    version: VersionRow
    text: Text


@dataclass(frozen=True)
class Given:
    """A stored signature, as the page thanks for it."""

    signatory: SignatoryRow
    at: datetime
    #: 2 and more: it replaced an earlier one.
    number: int


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def begin(*, code: str, key: bytes, by: Actor) -> str:
    """Open a turn for the badge `code` at the tablet `by`; returns its token.

    Raises:
        Refused: `pledge_badge_unreadable`, `pledge_badge_unknown`, `pledge_badge_revoked`,
            `pledge_not_open`, `pledge_closed`, `pledge_not_signatory` and `pledge_is_excused` with
            the name.
    """
    readable = badge_code.clean(code) if len(code) <= _LONGEST_CODE else None
    if readable is None:
        raise Refused("pledge_badge_unreadable")
    digest = badge_code.stored_hash(key, readable)
    token = secrets.token_urlsafe(18)
    with unit_of_work() as session:
        holder = people.badge_holder(session, digest)
        if holder is None:
            raise Refused("pledge_badge_unknown")
        if holder.revoked:
            raise Refused("pledge_badge_revoked")
        found = queries.pledge(session)
        rules.ensure_may_sign(found.state)
        row = next(
            (each for each in found.signatories if each.delegate_id == holder.delegate_id), None
        )
        if row is None:
            raise Refused("pledge_not_signatory", name=holder.name)
        if row.is_excused:
            raise Refused("pledge_is_excused", name=row.name)
        session.execute(
            update(PledgeSignatory)
            .where(PledgeSignatory.id == row.id)
            .values(visit_hash=_hash(token), visit_device_id=by.id)
        )
    return token


def visit(session: Session, token: str, *, device_id: int | None) -> Visit:
    """The turn of a page, for drawing it.

    Raises:
        Refused: `pledge_not_open`, `pledge_closed`, `pledge_visit_over`.
    """
    found = queries.pledge(session)
    rules.ensure_may_sign(found.state)
    signatory_id = _of_token(session, token, device_id=device_id)
    row = next((each for each in found.signatories if each.id == signatory_id), None)
    text = queries.fixed_text(session)
    if row is None or found.fixed is None or text is None:
        raise Refused("pledge_visit_over")
    return Visit(token=token, signatory=row, version=found.fixed, text=text)


def _of_token(session: Session, token: str, *, device_id: int | None) -> int | None:
    if len(token) > _LONGEST_VISIT:
        return None
    return session.scalar(
        select(PledgeSignatory.id).where(
            PledgeSignatory.visit_hash == _hash(token),
            PledgeSignatory.visit_device_id == device_id,
        )
    )


def leave(*, token: str, by: Actor) -> None:
    """End a turn without a signature; quiet where it is over already."""
    with unit_of_work() as session:
        signatory_id = _of_token(session, token, device_id=by.id)
        if signatory_id is not None:
            _end(session, signatory_id)


def _end(session: Session, signatory_id: int) -> None:
    session.execute(
        update(PledgeSignatory)
        .where(PledgeSignatory.id == signatory_id)
        .values(visit_hash=None, visit_device_id=None)
    )


def sign(*, token: str, text_sha256: str, sent: str, by: Actor, clock: Clock = utc_now) -> Given:
    """Store the signature of a turn, durably, before the page says thank you.

    `sent` is the strokes as `ink.read` takes them. An earlier signature of the same person is
    replaced: its picture goes, its hash and its line in the book stay. The same turn with the same
    strokes again gives the same answer.

    Raises:
        Refused: what `ink.read` refuses, `pledge_not_open`, `pledge_closed`, `pledge_visit_over`,
            `pledge_visit_spent`, `pledge_text_not_this`, `pledge_is_excused`.
    """
    drawn = inks.read(sent)
    # Drawn before the queue: nobody waits for a picture.
    svg, png = inks.svg(drawn), picture.png(drawn)
    digest = inks.ink_hash(drawn)
    with unit_of_work() as session:
        given = _given_before(session, token, digest, device_id=by.id)
        if given is not None:
            return given
        turn = visit(session, token, device_id=by.id)
        if turn.version.sha256 != text_sha256:
            raise Refused("pledge_text_not_this")
        if turn.signatory.is_excused:
            raise Refused("pledge_is_excused", name=turn.signatory.name)
        at = clock()
        number = _store(
            session, turn, drawn, digest=digest, svg=svg, png=png, device_id=by.id, at=at
        )
        _end(session, turn.signatory.id)
        audit.record(
            session,
            PledgeEvent.REPLACED if number > 1 else PledgeEvent.SIGNED,
            by=by,
            clock=lambda: at,
            signatory=turn.signatory.id,
            delegate=turn.signatory.delegate_id,
            number=number,
            version=turn.version.number,
            text_sha256=turn.version.sha256,
            ink_sha256=digest,
        )
        changed(session, FACT)
    return Given(signatory=turn.signatory, at=at, number=number)


def _given_before(
    session: Session, token: str, digest: str, *, device_id: int | None
) -> Given | None:
    """What this very page has already brought: the network may have lost our answer."""
    row = session.execute(
        select(
            PledgeSignature.signatory_id,
            PledgeSignature.ink_sha256,
            PledgeSignature.device_id,
            PledgeSignature.at,
            PledgeSignature.number,
        ).where(PledgeSignature.visit_hash == _hash(token))
    ).one_or_none()
    if row is None:
        return None
    if row.device_id != device_id:
        raise Refused("pledge_visit_over")
    if row.ink_sha256 != digest:
        raise Refused("pledge_visit_spent")
    return Given(queries.signatory(session, row.signatory_id), at=row.at, number=row.number)


def _store(
    session: Session,
    turn: Visit,
    drawn: Ink,
    *,
    digest: str,
    svg: str,
    png: bytes,
    device_id: int | None,
    at: datetime,
) -> int:
    """Put the signature in force; returns its number."""
    row = turn.signatory
    session.execute(
        update(PledgeSignature)
        .where(PledgeSignature.signatory_id == row.id, PledgeSignature.replaced_at.is_(None))
        .values(replaced_at=at, ink=None, svg=None, png=None)
    )
    number = row.times + 1
    with refusing("pledge_visit_over"):
        session.execute(
            insert(PledgeSignature).values(
                signatory_id=row.id,
                number=number,
                version_id=turn.version.id,
                text_sha256=turn.version.sha256,
                ink_sha256=digest,
                ink=drawn.as_json(),
                svg=svg,
                png=png,
                name=row.name,
                unit=row.unit,
                lines=list(row.lines),
                at=at,
                device_id=device_id,
                visit_hash=_hash(turn.token),
            )
        )
    return number
