"""Face: what a tablet shows now. Only reads."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.tablet import routes

    routes.init_app(app)
