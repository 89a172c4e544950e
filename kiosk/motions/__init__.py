"""Votes by hands: for, against, other."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.motions import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.motions import routes

    routes.init_app(app)
