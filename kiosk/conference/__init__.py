"""The meeting itself: its plan, its units, its people and their badges."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.conference import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.conference import file_events as _file_events  # noqa: F401 (registers refusals)
    from kiosk.conference import preparation, routes

    routes.init_app(app)
    preparation.init_app(app)
