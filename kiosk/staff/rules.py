"""Passwords and the growing delay after wrong ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.core.errors import Refused

#: A minute of typing at most; argon2id and the delay do the rest.
PASSWORD_LEAST = 8
#: Longer only serves to make the hash work.
PASSWORD_MOST = 256

#: Wrong tries that cost nothing: thick fingers, caps lock, UniKey left on.
FREE_TRIES = 3
#: The longest wait, in seconds: an attacker gives up, a secretary can still wait it out.
LONGEST = 300


def ensure_password(password: str) -> None:
    """Refuse a password that is too short to keep or too long to be one."""
    if len(password) < PASSWORD_LEAST:
        raise Refused("password_too_short", least=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        raise Refused("password_too_long", most=PASSWORD_MOST)


def ensure_account_name(name: str) -> None:
    """A name with at least one letter, at most 60 characters."""
    if not 1 <= len(name) <= 60 or not any(sign.isalpha() for sign in name):
        raise Refused("account_name_wrong")


def delay_after(failures: int) -> timedelta:
    """How long to wait after so many wrong passwords in a row: 0, 0, 0, 2, 4, 8 … 300 seconds."""
    if failures <= FREE_TRIES:
        return timedelta(0)
    return timedelta(seconds=min(2 ** min(failures - FREE_TRIES, 10), LONGEST))


def seconds_to_wait(failures: int, last_failure: datetime, now: datetime) -> int:
    """Whole seconds until the next try is heard; 0 when it may come now.

    A clock set back must not lock the secretary out for hours, so the wait is never longer than
    the delay itself (lessons 60).
    """
    delay = delay_after(failures)
    left = min(last_failure + delay - now, delay)
    return max(0, -(-int(left.total_seconds() * 1000) // 1000))
