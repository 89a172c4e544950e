"""Accounts, sessions and the delay after wrong passwords."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.core.columns import UtcDateTime
from kiosk.core.db import Base


class Account(Base):
    """A member of staff who signs in. One role each; tellers and delegates have no account."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As typed by whoever made the account, NFC.
    name: Mapped[str] = mapped_column(String(60))
    #: Folded name: "Thu Ký" and "thư ký" are one account.
    key: Mapped[str] = mapped_column(String(60), unique=True)
    #: technician, secretary, chair or desk.
    role: Mapped[str] = mapped_column(String(20))
    #: argon2id, with its own parameters and salt.
    password_hash: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: A closed account stays for the book and signs in no more.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """One signed-in browser. Kept at the server, so that it can be ended from here."""

    __tablename__ = "staff_session"

    #: Keyed hash of the cookie; the cookie itself is nowhere stored.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    signed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInDelay(Base):
    """Wrong passwords in a row for one name, also an unknown one; kept over restarts."""

    __tablename__ = "sign_in_delay"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime] = mapped_column(UtcDateTime)
