"""What the room's pages share: papers as answers."""

from __future__ import annotations

from flask import Response, current_app, make_response

from kiosk.config import Settings


def is_rehearsal() -> bool:
    """Whether every paper bears the rehearsal's watermark."""
    settings: Settings = current_app.extensions["kiosk_settings"]
    return settings.rehearsal


def pdf(data: bytes, name: str) -> Response:
    """A paper for the printer."""
    response = make_response(data)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
