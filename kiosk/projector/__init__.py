"""Face: the screens of the hall. Only reads."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.projector import routes

    routes.init_app(app)
