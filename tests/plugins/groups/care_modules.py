"""A stand-in for modules of healthy conversations and signposts: they know nothing of groups, nor groups of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from therapydesk.api import Fact, Link, PluginInfo, hookimpl

INFO = PluginInfo("care", "Care", "Conversations and signposts", zone="clinical")


@hookimpl
def record_facts(db: Any, kind: str, ref: UUID, person_id: UUID | None) -> list[Fact]:
    if kind != "appointment":
        return []
    link = Link("care.conversations", None, ("for", str(ref)))
    return [
        Fact("offer", "Write down a healthy conversation", order=20, link=link),
        Fact("offer", "Give a signpost", order=21, link=Link("care.signposts", None, ("for", str(ref)))),
    ]
