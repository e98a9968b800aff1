"""Kinds of group are data (kinds.json): a template each. What a kind says of health is clinical."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

from therapydesk.api import NotFound, language, tr


@dataclass(frozen=True)
class Kind:
    """A kind of group. `ask` are codes of access needs to ask about, `domains` of the public-health role; `sure`: whether
    somebody checked what it says.
    """

    id: str
    title: str
    text: str
    shape: str
    comes_along: str
    ask: tuple[str, ...]
    warning: tuple[str, ...]
    helpers: int
    measures: tuple[str, ...]
    domains: tuple[str, ...]
    source: str
    sure: bool


def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order to offer them, in the user's language."""
    return _kinds(language())


@functools.cache
def _kinds(_language: str) -> tuple[Kind, ...]:
    text = resources.files("therapydesk.plugins.groups").joinpath("kinds.json").read_text("utf-8")
    return tuple(
        Kind(
            k["id"], tr(k["title"]), tr(k["text"]), k["shape"], tr(k["comes_along"]), tuple(k["ask"]),
            tuple(tr(sign) for sign in k["warning"]), k["helpers"], tuple(k["measures"]), tuple(k["domains"]),
            k["source"], k["sure"],
        )
        for k in json.loads(text)
    )  # fmt: skip


def kind(kind_id: str) -> Kind:
    """The kind of that id. Raises NotFound."""
    for each in kinds():
        if each.id == kind_id:
            return each
    raise NotFound(tr("There is no kind of group called “{id}”.").format(id=kind_id))
