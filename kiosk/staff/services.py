"""Acts on accounts: add, reset, sign in, sign out.

Password hashes are made before the unit of work: a body that waits makes every gate wait.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from kiosk.core import audit, pool, tokens
from kiosk.core.access import Actor, Role
from kiosk.core.clock import Clock, utc_now
from kiosk.core.db import changed, db, refusing, unit_of_work
from kiosk.core.errors import Refused
from kiosk.core.names import fold, nfc, tidy
from kiosk.staff import queries, rules
from kiosk.staff.events import StaffEvent
from kiosk.staff.models import Account, SignInDelay, StaffSession

#: argon2id, RFC 9106 second choice: 64 MiB, 3 passes; about 0.15 s on the hall's laptop.
_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=2)

#: Letters that nobody confuses on paper; Vietnamese typing (Telex, VNI) changes none of them.
_READABLE = "bcghkmnpqtv2346789"


@dataclass(frozen=True)
class Opened:
    """A new session: the cookie's value, and whose it is."""

    token: str
    account_id: int
    name: str
    role: str


def made_password() -> str:
    """A generated password such as `kqmt-7b3h-vgn4`: 50 bits, read aloud without mistakes."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def add_account(*, name: str, role: str, password: str, by: Actor, clock: Clock = utc_now) -> int:
    """Add a member of staff; returns the account's id.

    Raises:
        Refused: `account_name_wrong`, `role_unknown`, `password_too_short`, `password_too_long`,
            `account_exists`.
    """
    name = tidy(name)
    rules.ensure_account_name(name)
    if role not in set(Role):
        raise Refused("role_unknown", role=role[:20])
    rules.ensure_password(password)
    digest = pool.hashes.call(_hasher.hash, nfc(password))
    with unit_of_work() as session:
        with refusing("account_exists", name=name):
            account_id = session.scalars(
                insert(Account)
                .values(
                    name=name, key=fold(name), role=role, password_hash=digest, added_at=clock()
                )
                .returning(Account.id)
            ).one()
        audit.record(
            session, StaffEvent.ACCOUNT_ADDED, by=by, clock=clock, account=account_id, role=role
        )
        changed(session, "staff")
    return account_id


def reset_password(*, name: str, password: str, by: Actor, clock: Clock = utc_now) -> None:
    """Set a new password, end every session of the account and forget its wrong tries."""
    rules.ensure_password(password)
    digest = pool.hashes.call(_hasher.hash, nfc(password))
    with unit_of_work() as session:
        found = queries.account_named(session, fold(tidy(name)))
        if found is None:
            raise Refused("account_unknown", name=tidy(name)[:60])
        session.execute(update(Account).where(Account.id == found[0]).values(password_hash=digest))
        _end_sessions(session, found[0], clock)
        session.execute(delete(SignInDelay).where(SignInDelay.key == fold(found[1])))
        audit.record(session, StaffEvent.PASSWORD_RESET, by=by, clock=clock, account=found[0])


def close_account(*, account_id: int, by: Actor, clock: Clock = utc_now) -> None:
    """Let an account sign in no more; its sessions end at once."""
    with unit_of_work() as session:
        role = session.scalar(
            select(Account.role).where(Account.id == account_id, Account.closed_at.is_(None))
        )
        if role is None:
            raise Refused("account_unknown", name=str(account_id))
        if role in {Role.SECRETARY, Role.TECHNICIAN} and queries.keepers(session) < 2:
            raise Refused("last_account")
        session.execute(update(Account).where(Account.id == account_id).values(closed_at=clock()))
        _end_sessions(session, account_id, clock)
        audit.record(session, StaffEvent.ACCOUNT_CLOSED, by=by, clock=clock, account=account_id)
        changed(session, "staff")


def sign_in(*, name: str, password: str, key: bytes, hours: int, clock: Clock = utc_now) -> Opened:
    """Check a password and open a session.

    An unknown name costs the same time as a wrong password and is delayed the same, so that the
    page never tells which names exist.

    Raises:
        Refused: `sign_in_failed`, or `sign_in_delayed` with the seconds to wait.
    """
    # Bounded before any hash: a megabyte of password is no password.
    folded = fold(tidy(name[:200]))[:60]
    password = password[: rules.PASSWORD_MOST + 1]
    found = queries.account_named(db.session(), folded)
    tries = queries.wrong_tries(db.session(), folded)
    if tries is not None:
        wait = rules.seconds_to_wait(tries[0], tries[1], clock())
        if wait:
            raise Refused("sign_in_delayed", seconds=wait)
    digest = found[3] if found is not None else _NOBODY
    right = pool.hashes.call(_matches, digest, password)
    if found is None or not right:
        _count_failure(folded, found[0] if found else None, clock)
        raise Refused("sign_in_failed")
    token = tokens.fresh()
    with unit_of_work() as session:
        # Asked again: while this password was hashed, others may have been tried for the same
        # name, or it may have been changed. Many guesses at once must not get round the delay.
        late = queries.wrong_tries(session, folded)
        if late is not None and late != tries:
            wait = rules.seconds_to_wait(late[0], late[1], clock())
            if wait:
                raise Refused("sign_in_delayed", seconds=wait)
        if queries.account_named(session, folded) != found:
            raise Refused("sign_in_failed")
        session.execute(delete(SignInDelay).where(SignInDelay.key == folded))
        session.execute(
            insert(StaffSession).values(
                token_hash=tokens.stored(key, token, purpose="staff"),
                account_id=found[0],
                signed_in_at=clock(),
                ends_at=clock() + timedelta(hours=hours),
            )
        )
        by = Actor(kind="staff", id=found[0], name=found[1])
        audit.record(session, StaffEvent.SIGNED_IN, by=by, clock=clock, account=found[0])
    return Opened(token=token, account_id=found[0], name=found[1], role=found[2])


def sign_out(*, token: str, key: bytes, by: Actor, clock: Clock = utc_now) -> None:
    """End one session; ending it twice is quiet."""
    with unit_of_work() as session:
        ended = session.execute(
            update(StaffSession)
            .where(
                StaffSession.token_hash == tokens.stored(key, token, purpose="staff"),
                StaffSession.signed_out_at.is_(None),
            )
            .values(signed_out_at=clock())
        )
        if ended.rowcount:  # type: ignore[attr-defined]
            audit.record(session, StaffEvent.SIGNED_OUT, by=by, clock=clock, account=by.id)
            changed(session, "access")


def _end_sessions(session: Session, account_id: int, clock: Clock) -> None:
    session.execute(
        update(StaffSession)
        .where(StaffSession.account_id == account_id, StaffSession.signed_out_at.is_(None))
        .values(signed_out_at=clock())
    )
    changed(session, "access")


def _count_failure(key: str, account_id: int | None, clock: Clock) -> None:
    with unit_of_work() as session:
        row = upsert(SignInDelay).values(key=key, failures=1, last_failure_at=clock())
        session.execute(
            row.on_conflict_do_update(
                index_elements=["key"],
                set_={"failures": SignInDelay.failures + 1, "last_failure_at": clock()},
            )
        )
        # The name as typed is not written: people type their password into the wrong field.
        audit.record(
            session,
            StaffEvent.SIGN_IN_REFUSED,
            by=Actor(kind="program", id=None, name="kiosk"),
            clock=clock,
            account=account_id,
        )


def _matches(digest: str, password: str) -> bool:
    try:
        # One spelling of `ế`, whatever the keyboard sends (as RFC 8265 wants it).
        return _hasher.verify(digest, nfc(password))
    except (VerificationError, InvalidHashError):
        return False


#: A hash of a password that nobody has, so that an unknown name takes as long as a known one.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA"
    "$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ"
)
