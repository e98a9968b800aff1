"""Shared by all owners: runs revisions on the connection, and with the options, that the caller put into the
config.
"""

from __future__ import annotations

from alembic import context

from therapydesk.core.tables import Base

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    **config.attributes["options"],
)
context.run_migrations()
