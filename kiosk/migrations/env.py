"""Alembic's environment: forward only, one transaction, SQLite through batch mode."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from kiosk.core.db import Base
from kiosk.migrations import models

assert models, "every room's tables must be known before they are compared"  # noqa: S101

engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
