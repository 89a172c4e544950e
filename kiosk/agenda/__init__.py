"""The agenda and the clock of the day: opening, items, ending."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.agenda import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.agenda import item_pages, routes

    routes.init_app(app)
    item_pages.init_app(app)
