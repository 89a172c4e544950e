"""Reading accounts and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.staff.models import Account, SignInDelay, StaffSession


@dataclass(frozen=True)
class AccountRow:
    """An account as pages show it; never with its hash."""

    id: int
    name: str
    role: str
    added_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class SignedIn:
    """Who a session cookie belongs to."""

    id: int
    name: str
    role: str


def accounts(session: Session) -> list[AccountRow]:
    """All accounts, in the order they were made."""
    rows = session.execute(
        select(
            Account.id, Account.name, Account.role, Account.added_at, Account.closed_at
        ).order_by(Account.id)
    )
    return [AccountRow(*row) for row in rows]


def account_named(session: Session, key: str) -> tuple[int, str, str, str] | None:
    """Id, name, role and password hash of an open account, by folded name."""
    row = session.execute(
        select(Account.id, Account.name, Account.role, Account.password_hash).where(
            Account.key == key, Account.closed_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2], row[3])


def signed_in(session: Session, token_hash: bytes, now: datetime) -> SignedIn | None:
    """The person behind a live session."""
    row = session.execute(
        select(Account.id, Account.name, Account.role)
        .join(StaffSession, StaffSession.account_id == Account.id)
        .where(
            StaffSession.token_hash == token_hash,
            StaffSession.signed_out_at.is_(None),
            StaffSession.ends_at > now,
            Account.closed_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else SignedIn(*row)


def wrong_tries(session: Session, key: str) -> tuple[int, datetime] | None:
    """Wrong passwords in a row for this name, and when the last one came."""
    row = session.execute(
        select(SignInDelay.failures, SignInDelay.last_failure_at).where(SignInDelay.key == key)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def keepers(session: Session) -> int:
    """Open accounts that can still add accounts."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Account)
            .where(Account.closed_at.is_(None), Account.role.in_(("secretary", "technician")))
        )
        or 0
    )


def browsers_by_account(session: Session, now: datetime) -> dict[int, int]:
    """How many browsers are signed in with each account, by its id."""
    rows = session.execute(
        select(StaffSession.account_id, func.count())
        .where(StaffSession.signed_out_at.is_(None), StaffSession.ends_at > now)
        .group_by(StaffSession.account_id)
    )
    return {row[0]: row[1] for row in rows}
