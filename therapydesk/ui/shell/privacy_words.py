"""Erasure and retention in words and shapes."""

from __future__ import annotations

from collections.abc import Mapping

from therapydesk.api import Zone, in_words, ntr, show_day, tr, zone_heading
from therapydesk.records.erasing_looks import Outcome
from therapydesk.records.erasure_lists import ErasureView, PartView
from therapydesk.records.retention import DueView
from therapydesk.records.retention_rules import rules
from therapydesk.records.retention_runs import ItemView
from therapydesk.ui.kit.icons import State


def rule_words(rule: str) -> str:
    """A rule with whether its source was seen."""
    found = rules().get(rule)
    if found is None:
        return rule
    return tr(found.words) if found.confirmed else tr("{rule} (not confirmed)").format(rule=tr(found.words))


def due_state(view: DueView) -> State:
    """Due, or held."""
    return State(tr("Held"), "half", "warn") if view.held else State(tr("Due"), "full", "info")


def due_why(view: DueView) -> str:
    """Why it is held, or the rule under which it is due."""
    return view.why or rule_words(view.due.rule)


def item_state(item: ItemView) -> State:
    """How far a proposal is."""
    states = {
        "proposed": State(tr("Proposed"), "ring", "info"),
        "agreed": State(tr("One person agrees"), "half", "info"),
        "done": State(tr("Destroyed"), "square", "text_muted"),
        "kept": State(tr("Kept"), "full", "ok"),
    }
    return states.get(item.state, State(item.state, "ring"))


def item_said(item: ItemView) -> str:
    """Who agreed, or why it is kept."""
    if item.state == "kept":
        return tr("{reason}. Decided {day} by {name}.").format(
            reason=in_words("keep_reasons", item.reason),
            day=show_day(item.decided_on) if item.decided_on else "",
            name=item.second,
        )
    if item.state == "done":
        words = tr("{day}, agreed by {first} and {second}.")
        day = show_day(item.decided_on) if item.decided_on else ""
        return words.format(day=day, first=item.first, second=item.second)
    if item.state == "agreed":
        return tr("{name} agrees. A second person must, too.").format(name=item.first)
    return rule_words(item.rule)


def part_state(part: PartView) -> State:
    """How far an erasure is in one part."""
    states = {
        "waiting": State(tr("waits"), "ring", "warn"),
        "done": State(tr("erased"), "tick", "ok"),
        "kept": State(tr("kept"), "half", "text_muted"),
    }
    return states.get(part.state, State(part.state, "ring"))


def parts_words(view: ErasureView) -> str:
    """Each part of an erasure, in one line."""
    return "; ".join(
        tr("{part}: {state}").format(part=zone_heading(p.zone), state=part_state(p).word) for p in view.parts
    )


def erasure_state(view: ErasureView) -> State:
    """Whether something of it still waits."""
    if any(part.state == "waiting" for part in view.parts):
        return State(tr("A part waits"), "half", "warn")
    return State(tr("Done"), "tick", "ok")


def outcome_lines(found: Mapping[Zone, Outcome]) -> list[str]:
    """What erasing would do, a line for each part, what is kept with its reason."""
    lines = []
    for zone, outcome in found.items():
        going = {**outcome.gone, **outcome.blanked}
        if going:
            listed = ", ".join(_counted(title, n) for title, n in sorted(going.items()))
            lines.append(tr("{part}. Goes: {what}.").format(part=zone_heading(zone), what=listed))
        else:
            lines.append(tr("{part}: nothing is held.").format(part=zone_heading(zone)))
        for title, (n, reason) in sorted(outcome.kept.items()):
            what = _counted(tr(title), n)
            lines.append(tr("Kept: {what} ({why}).").format(what=what, why=tr(reason)))
    return lines


def _counted(title: str, n: int) -> str:
    return ntr("{title} ({n})", "{title} ({n})", n).format(title=tr(title), n=n)
