"""The secret election: slips from a bag, ballots sealed on the tablet, a box that tellers open.

The protocol and its threats: `docs/ballot-secrecy.md`. Files that know no person and no page
(`box.py`, `keys.py`, `judging.py`, `outcome.py` …) stand beside the room's usual ones.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add this room's pages to the application."""
    from kiosk.ballot import events as _events  # noqa: F401 (registers its catalogue)
    from kiosk.ballot import routes

    routes.init_app(app)
