"""Accounts, roles, sign-in and sessions of the people who run the hall."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.staff import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.staff import routes

    routes.init_app(app)
