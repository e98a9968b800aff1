"""What modules add to an answer beside the rows of their tables (hook `subject_extras`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from therapydesk.core import hookspecs
from therapydesk.core.errors import UserError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.subject_marks import write_fields, write_marks


def extras(db: Db, zone: Zone, person_id: UUID) -> list[dict[str, Any]]:
    """What modules add to the part of a zone: what they give once it is held, and not before.

    A module at home in core may have tables in other zones. So nothing of a concern comes into the copies of core.
    """
    place = ZONES.index(zone)
    before = set(_asked(db, ZONES[:place], person_id)) if place else set()
    given = _asked(db, ZONES[: place + 1], person_id)
    return [_extra(*each) for each in given if each not in before]


def _asked(db: Db, holding: Collection[Zone], person_id: UUID) -> list[tuple[str, str, bytes]]:
    """The files of all modules, of a session that holds these zones: module, path, content. Raises UserError."""
    host: Any = db.info["host"]  # the plugin host: the vault knows no more of it than Host says
    held, db.held = db.held, frozenset(holding) & db.held
    found = []
    try:
        for plugin_id in list(host.loaded):
            answers = host.ask(hookspecs.subject_extras, only=plugin_id, db=db, person_id=person_id)
            for failure in answers.failures:
                raise UserError(
                    tr("“{module}” could not give what it holds, so nothing was collected.").format(
                        module=failure.title
                    ),
                    tr("An answer that is not whole is worse than a late one. See Settings, Modules."),
                )
            found += [(plugin_id, item.path, item.content) for item in answers.values]
    finally:
        db.held = held
    return found


def _extra(plugin_id: str, path: str, content: bytes) -> dict[str, Any]:
    return {
        "source": f"{plugin_id}.extra",
        "row_id": None,
        "title": tr("Further files"),
        "happened_on": None,
        "fields": write_fields([]),
        "marks": write_marks([]),
        "to_decide": 1,
        "decision": "",
        "file_name": path.replace("\\", "/").rsplit("/", 1)[-1][:200] or plugin_id,
        "content": content,
    }
