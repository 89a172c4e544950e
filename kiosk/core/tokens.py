"""Random tokens for cookies and one-time addresses; only keyed hashes of them are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def fresh() -> str:
    """A new secret of 192 bits, safe in a cookie and an address."""
    return secrets.token_urlsafe(24)


def stored(key: bytes, token: str, *, purpose: str) -> bytes:
    """What the database keeps: HMAC-SHA256, so that a stolen database opens no door."""
    return hmac.new(key, f"{purpose}\0{token}".encode(), hashlib.sha256).digest()
