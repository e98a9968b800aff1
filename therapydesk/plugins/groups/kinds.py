"""Kinds of group are data (kinds.json): a template each. What a kind says of health is clinical."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

from therapydesk.api import NotFound, in_words, language, ntr, tr


@dataclass(frozen=True)
class Kind:
    """A kind of group, as a group of it begins. `ask` are codes of access needs to ask about, `helpers` how many are
    usual, `note_each` whether everybody has a note of their own, `domains` those of the public-health role; `sure`: whether
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
    note_each: bool
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
            tuple(tr(sign) for sign in k["warning"]), k["helpers"], k["note_each"], tuple(k["measures"]),
            tuple(k["domains"]), k["source"], k["sure"],
        )
        for k in json.loads(text)
    )  # fmt: skip


def kind(kind_id: str) -> Kind:
    """The kind of that id. Raises NotFound."""
    for each in kinds():
        if each.id == kind_id:
            return each
    raise NotFound(tr("There is no kind of group called “{id}”.").format(id=kind_id))


def domains() -> dict[str, str]:
    """The four domains of the public-health role of music therapists (AH01), in words."""
    return {
        "wider_determinants": tr("wider determinants"),
        "health_improvement": tr("health improvement"),
        "population_healthcare": tr("population healthcare"),
        "health_protection": tr("health protection"),
    }


def needs(of: Kind) -> str:
    """The access needs to ask about, in words; "" when there are none."""
    return ", ".join(in_words("access_needs", code) for code in of.ask)


def about(of: Kind) -> list[str]:
    """What a group of this kind is like and needs, in lines; the last says when nobody has checked that."""
    words = domains()
    lines = [of.text, tr("Comes along: {who}").format(who=of.comes_along)]
    if of.ask:
        lines.append(tr("Ask about: {needs}").format(needs=needs(of)))
    if of.warning:
        lines.append(tr("Watch for: {signs}").format(signs="; ".join(of.warning)))
    if of.helpers:
        lines.append(ntr("One helper is usual", "{n} helpers are usual", of.helpers))
    if of.domains:
        named = ", ".join(words[code] for code in of.domains)
        lines.append(tr("Public health: {domains}").format(domains=named))
    return lines if of.sure else [*lines, tr("Nobody has checked this yet: go by what you know.")]
