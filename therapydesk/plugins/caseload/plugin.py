"""The caseload: people, what matters to them, who is with whom. A table of contents."""

from __future__ import annotations

from therapydesk.api import Base, PluginInfo, hookimpl
from therapydesk.plugins.caseload.models import Statement

INFO = PluginInfo("caseload", "Caseload", "People, what matters to them, who is with whom", icon="people")


@hookimpl
def models() -> list[type[Base]]:
    return [Statement]
