"""The cookies of devices: one for each kind, and the secret of a browser that waits."""

from __future__ import annotations

from flask import current_app

from kiosk.core import tokens

#: A device that is not switched on for a week is paired again.
COOKIE_DAYS = 7

#: The secret of a browser that shows a pairing code.
WAITING = "kiosk_waiting"


def cookie_of(kind: str) -> str:
    """One cookie per kind: on a rehearsal laptop one browser is gate and projector at once.

    It is the kind that the device was paired as; a device that is re-roled keeps its cookie.
    """
    return f"kiosk_{kind}"


def token_hash(token: str) -> bytes:
    """What the database keeps of a device's cookie."""
    return tokens.stored(_key(), token, purpose="device")


def secret_hash(secret: str) -> bytes:
    """What the database keeps of a one-time address, and of a waiting browser's secret."""
    return tokens.stored(_key(), secret, purpose="pair")


def _key() -> bytes:
    key: bytes = current_app.extensions["kiosk_keys"].tokens
    return key
