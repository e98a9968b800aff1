"""Note templates are data (templates.json): prompts in order, words the practice can change."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

from therapydesk.api import NotFound, language, tr


@dataclass(frozen=True)
class Prompt:
    """One heading of a note. `hint` stands in the empty field."""

    id: str
    title: str
    hint: str = ""


@dataclass(frozen=True)
class Template:
    """A kind of note."""

    id: str
    title: str
    prompts: tuple[Prompt, ...]


def templates() -> tuple[Template, ...]:
    """All templates, the usual one first, in the user's language."""
    return _templates(language())


@functools.cache
def _templates(_language: str) -> tuple[Template, ...]:
    text = resources.files("therapydesk.plugins.notes").joinpath("templates.json").read_text("utf-8")
    return tuple(
        Template(
            t["id"],
            tr(t["title"]),
            tuple(Prompt(p["id"], tr(p["title"]), tr(p.get("hint", ""))) for p in t["prompts"]),
        )
        for t in json.loads(text)
    )


def template(template_id: str) -> Template:
    """The template of that id. Raises NotFound."""
    for each in templates():
        if each.id == template_id:
            return each
    raise NotFound(tr("There is no note template called “{id}”.").format(id=template_id))
