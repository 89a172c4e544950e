"""Random tokens for cookies and one-time addresses; only keyed hashes of them are stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def fresh() -> str:
    """A new secret of 192 bits, safe in a cookie and an address."""
    return secrets.token_urlsafe(24)


def derived(key: bytes, secret: str, *, purpose: str) -> str:
    """The one token that belongs to a secret: asked for twice, it is given twice, and whoever knows
    the secret alone does not know it."""
    made = hmac.new(key, f"{purpose}\0{secret}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:24]).decode("ascii")


def stored(key: bytes, token: str, *, purpose: str) -> bytes:
    """What the database keeps: HMAC-SHA256, so that a stolen database opens no door."""
    return hmac.new(key, f"{purpose}\0{token}".encode(), hashlib.sha256).digest()
