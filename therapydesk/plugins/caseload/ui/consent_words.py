"""Answers about consent in words and shapes."""

from __future__ import annotations

from therapydesk.api import ConsentView, UseView, show_day, tr
from therapydesk.ui.kit.icons import State


def consent_state(consent: ConsentView) -> State:
    """The answer as word and shape; one that ran out is neither yes nor no."""
    if consent.state == "yes" and not consent.holds:
        return State(tr("Ran out"), "half", "warn")
    states = {
        "yes": State(tr("Agreed"), "full", "ok"),
        "no": State(tr("Said no"), "square", "text_muted"),
        "withdrawn": State(tr("Does not agree any more"), "ring", "warn"),
    }
    return states.get(consent.state, State(tr("Not asked yet"), "dash"))


def asked_words(consent: ConsentView) -> str:
    """When they were asked, until when it holds, and who wrote it down."""
    asked = show_day(consent.asked_on) if consent.asked_on else tr("day not known")
    until = show_day(consent.expires_on) if consent.expires_on else ""
    if consent.state == "withdrawn" and until:
        words = tr("Asked {day}, withdrawn {until}, written down by {name}")
    elif consent.state == "withdrawn":
        words = tr("Withdrawn {day}, written down by {name}")
    elif until:
        words = tr("Asked {day}, until {until}, written down by {name}")
    else:
        words = tr("Asked {day}, written down by {name}")
    return words.format(day=asked, until=until, name=consent.by or tr("an import"))


def given_words(consent: ConsentView) -> str:
    """Who answered and how, as far as it was told."""
    return ". ".join(part for part in (consent.answered_by, consent.how) if part)


def use_state(use: UseView) -> State:
    """Whether something may be used."""
    if use.allowed:
        return State(tr("May be used"), "full", "ok")
    return State(tr("Must not be used"), "square", "danger")
