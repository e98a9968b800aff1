"""What a page is given. It has no methods and must not grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from therapydesk.api import Link
    from therapydesk.ui.kit.jobs import Runner


@dataclass(frozen=True)
class Desk:
    vault: Any  # therapydesk.core.vault.vault.Vault
    user: Any  # the signed-in user
    settings: Any
    plugins: Any
    jobs: Runner
    changes: Any  # therapydesk.core.changes.Changes
    open_link: Callable[[Link], None]
