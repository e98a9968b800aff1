"""Kinds of works, what they are used for, and how somebody is named. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from therapydesk.api import ntr, tr

KINDS = ("song", "words", "beat", "track", "film", "other")
# What a work may be used for, and the consent of consent_purposes.csv that each of its makers gives for it.
USES = {"perform": "perform", "record": "record_sound", "publish": "publish", "web": "web"}
# "" is: they were not asked yet.
CREDITS = ("", "name", "first", "chosen", "member", "none")


def kind_words(kind: str) -> str:
    """A kind of work, in words."""
    words = {
        "song": tr("Song"),
        "words": tr("Words"),
        "beat": tr("Beat"),
        "track": tr("Recording"),
        "film": tr("Film"),
        "other": tr("Something else"),
    }
    return words[kind]


def use_words(use: str) -> str:
    """A use of a work, in words."""
    words = {
        "perform": tr("Perform"),
        "record": tr("Record"),
        "publish": tr("Show or publish"),
        "web": tr("Put on the web"),
    }
    return words[use]


def credit_words(credit: str) -> str:
    """How somebody wants to be named, in words."""
    words = {
        "": tr("They were not asked yet"),
        "name": tr("With their full name"),
        "first": tr("With their first name"),
        "chosen": tr("With a name they chose"),
        "member": tr("As a member of the group"),
        "none": tr("Not at all"),
    }
    return words[credit]


@dataclass(frozen=True)
class Named:
    """Somebody with how they want to be named. `agrees`: to the use in question, today."""

    full_name: str
    called: str
    credit: str
    credit_text: str
    agrees: bool


def shown_name(who: Named) -> str:
    """What may stand in public for somebody: a name, `MEMBER` for a member of the group, or nothing.

    Whoever does not agree is at most a member of the group, and that only if they chose it.
    """
    if who.credit == "none":
        return ""
    if who.agrees and who.credit == "name":
        return who.full_name
    if who.agrees and who.credit == "first":
        return (who.called or who.full_name).split()[0]
    if who.agrees and who.credit == "chosen":
        return who.credit_text
    if who.credit == "member" or (who.agrees and not who.credit):
        return MEMBER
    return ""


MEMBER = "\0"  # stands for "a member of the group" until all of them are counted


def join_names(shown: Iterable[str]) -> str:
    """Names in their order, then those who are members of the group without a name, counted."""
    every = list(shown)
    names = [name for name in every if name and name != MEMBER]
    unnamed = every.count(MEMBER)
    if unnamed:
        names.append(ntr("a member of the group", "{n} members of the group", unnamed))
    if len(names) < 2:
        return "".join(names)
    return tr("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])
