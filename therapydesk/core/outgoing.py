"""What leaves the program, as a file or on paper: logged before it goes (security §6, §8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from therapydesk.core import audit
from therapydesk.core.tables import Zone

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault


@dataclass(frozen=True)
class Outgoing:
    """What leaves the program as a file or on paper: from which zone, what it is ("invoice", "week", "file" …), how many
    records, whom or what it is about, and why where that was asked. No content and no name.
    """

    what: str
    zone: Zone = "core"
    count: int = 1
    ref: UUID | None = None
    person: UUID | None = None
    reason: str = ""


def went_out(vault: Vault, how: Literal["export", "print"], what: Outgoing, **more: Any) -> None:
    """Log that something leaves the program; call it before the file is written. Raises UserError, and nothing leaves then.

    `more` is kept beside it, such as the heads of the logs that a print-out is stamped with.
    """
    with vault.write(what.zone) as db:
        detail = {"what": what.what, "count": what.count, **more}
        detail.update({"person": str(what.person)} if what.person is not None else {})
        detail.update({"reason": what.reason} if what.reason else {})
        audit.record(db, how, what.ref, detail)
