"""Go or no-go: one sheet before the doors open, on the console, on paper and in the terminal.

Stands above the rooms, as copies and the server do. Each room tells what it knows through the
checks that it registers (`core/checks.py`); this package runs them, measures the laptop in a
process of its own, and keeps what people have tried by hand. It changes nothing of the conference.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the sheet, the self-test pages and their live topics."""
    # Events and checks are registered as they are loaded.
    from kiosk.doctor import events as _events  # noqa: F401
    from kiosk.doctor import measuring, routes, selftest_routes

    app.extensions["kiosk_doctor"] = measuring.Doctor(app)
    routes.init_app(app)
    selftest_routes.init_app(app)
