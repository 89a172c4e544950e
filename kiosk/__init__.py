"""The kiosk: one laptop runs the day of a ward conference.

`create_app` is the table of contents. The shape and the import rule: `docs/architecture.md`.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

__version__ = "0.1.0"


def create_app(settings: object | None = None) -> Flask:
    """The hall's web application.

    `settings` is a `kiosk.config.Settings`; without one it is read from the instance folder, so
    that `wsgi.py` works under any WSGI server.
    """
    from kiosk import (
        acts,
        agenda,
        backup,
        ballot,
        checkin,
        conference,
        config,
        console,
        devices,
        doctor,
        documents,
        errors,
        motions,
        pages,
        pledge,
        projector,
        staff,
        tablet,
        tls,
    )
    from kiosk.core import access, db, doors, html, hx, keys, live, marks
    from kiosk.core.page_version import page_version

    if not isinstance(settings, config.Settings):
        settings = config.load()

    app = Flask("kiosk", instance_path=str(settings.instance))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # An address that only looks like ours (DNS rebinding) gets nothing. `tls` adds the hall's.
        TRUSTED_HOSTS=list(doors.THIS_LAPTOP),
        MAX_CONTENT_LENGTH=pages.LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=0,
    )
    app.extensions["kiosk_settings"] = settings
    app.extensions["kiosk_keys"] = keys.load(settings.instance)
    app.extensions["kiosk_live"] = live.Hub(
        app, version=page_version(Path(app.root_path), __version__)
    )

    db.init_app(app)
    with app.app_context():
        marks.ensure_fits(
            db.db.session(), app.extensions["kiosk_keys"], rehearsal=settings.rehearsal
        )
    hx.init_app(app)
    html.init_app(app)
    pages.init_app(app)
    errors.init_app(app)
    # Staff before devices: on one laptop a secretary is first of all a secretary.
    rooms = (staff, conference, devices, checkin, agenda, motions, ballot, pledge, documents)
    for room in rooms:
        room.init_app(app)
    for face in (projector, tablet, console):
        face.init_app(app)
    backup.init_app(app)
    tls.init_app(app)
    doctor.init_app(app)
    acts.init_app(app)
    if settings.rehearsal:
        from kiosk.rehearsal import demo

        demo.init_app(app)
    access.guard(app)  # last: sees every route
    return app
