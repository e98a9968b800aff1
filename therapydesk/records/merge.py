"""Join two records of one person, and unjoin them again."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import CoreBase, Erase, Privacy, Stamped
from therapydesk.core.words import mark, tr
from therapydesk.records.subject_labels import QUIET, label, show


def before_words(text: str) -> str:
    """What joining replaced: a line for each field, with what stood there and what stands there now."""
    line, nothing = tr("{field}: {before} → {after}"), tr("nothing")
    return "\n".join(
        line.format(field=tr(label(name)), before=show(was) or nothing, after=show(became) or nothing)
        for name, (was, became) in json.loads(text).items()
        if name not in QUIET
    )


class Merge(Stamped, CoreBase):
    """A merge and what undoing it needs: `moved` is JSON {table: [row ids]}, `before` the kept row's replaced
    fields.
    """

    __tablename__ = "merge"
    log_name = mark("Joined records")
    code_words = {"before": before_words}
    privacy = Privacy(
        "Records joined into one", "contact", Erase.DELETE, "so that it can be undone", hide=("moved",)
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    gone_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    moved: Mapped[str]
    before: Mapped[str]
    undone: Mapped[bool] = mapped_column(default=False)
