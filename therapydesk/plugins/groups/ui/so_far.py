"""What a group is and comes to so far, in lines: sessions, people, visits, the rate, parts of a choir, what members say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from therapydesk.api import ntr, show_day, today, tr
from therapydesk.plugins.groups import counting, measures
from therapydesk.plugins.groups.measures import Change
from therapydesk.plugins.groups.meetings import AgreedView
from therapydesk.plugins.groups.networks import Network
from therapydesk.plugins.groups.service import GroupView
from therapydesk.plugins.groups.words import voices
from therapydesk.ui.kit.cards import Card, CardRow


def summary(view: GroupView) -> list[str]:
    """What a group is, in the parts of the line under its name."""
    parts = [view.kind.title] if view.kind is not None else []
    parts += [view.where] if view.where else []
    if not view.details.independent:
        parts.append(ntr("one member on the roster", "{n} members on the roster", view.members))
    if view.payer:
        parts.append(tr("paid for by {payer}").format(payer=view.payer))
    if view.details.capacity is not None:
        parts.append(tr("room for {n}").format(n=view.details.capacity))
    if view.waiting:
        parts.append(ntr("one waiting", "{n} waiting", view.waiting))
    return parts


def said(found: Sequence[Change]) -> list[str]:
    """First and last answers to each question, of those who gave both."""
    lines = []
    for each in found:
        asked = measures.question(each.measure).words
        if each.first is None or each.last is None:
            words = ntr("“{question}”: one answer", "“{question}”: {n} answers", each.answers)
            lines.append(words.format(question=asked, n=each.answers))
            continue
        words = ntr(
            "“{question}”: {first} at first, {last} last, of one person",
            "“{question}”: {first} at first, {last} last, of {n} people",
            each.people,
        )
        lines.append(
            words.format(question=asked, first=f"{each.first:.1f}", last=f"{each.last:.1f}", n=each.people)
        )
    return lines


def counted(totals: list[counting.GroupCount], balance: list[tuple[str, int]]) -> list[str]:
    """What was counted, and how many sing each part."""
    lines = []
    for each in totals:
        c = each.count
        lines.append(ntr("one session", "{n} sessions", c.sessions))
        people = ntr("one person", "{n} people", c.people)
        if c.carers:
            people = tr("{people}, {n} who came along, {pairs} in pairs").format(
                people=people, n=c.carers, pairs=c.pairs
            )
        lines.append(people)
        lines.append(ntr("one visit", "{n} visits", c.visits))
        if c.rate is not None:
            lines.append(tr("{rate} of those expected came").format(rate=f"{c.rate:.0%}"))
    words = dict(voices())
    sung = [tr("{part} {n}").format(part=words[part], n=n) for part, n in balance if n]
    return [*(lines or [tr("Nothing was counted yet.")]), *([", ".join(sung)] if sung else [])]


def network(view: GroupView, found: Sequence[Network]) -> list[str]:
    """What we lend a network, and how many were told of it in twelve months. None of its people are held."""
    told = sum(each.told for each in found if each.group_id == view.id)
    words = ntr(
        "One person was told of it in the last year.", "{n} people were told of it in the last year.", told
    )
    lent = (
        tr("We lend it: {what}").format(what=view.details.lent)
        if view.details.lent
        else tr("We lend it nothing.")
    )
    return [tr("Others run it. We keep none of its people."), lent, words]


def ended(view: GroupView) -> list[str]:
    """That a group has ended, and what came of it."""
    lines = []
    if view.ended_on is not None:
        lines.append(tr("Ended {day}").format(day=show_day(view.ended_on)))
    if view.details.result:
        lines.append(tr("What came of it: {result}").format(result=view.details.result))
    return lines


def due_words(due_on: date) -> str:
    """By when something is to be done; that it is late, once it is."""
    words = tr("late since {day}") if due_on < today() else tr("by {day}")
    return words.format(day=show_day(due_on, short=True))


def show_actions(
    card: Card, found: Sequence[AgreedView], on_done: Callable[[AgreedView], object] | None
) -> None:
    """Actions of meetings that are still open; Enter on one says that it is done."""
    card.clear_rows()
    for each in found:
        due = due_words(each.due_on) if each.due_on is not None else ""
        act = partial(on_done, each) if on_done is not None else None
        card.add_row(CardRow(each.text, ", ".join(part for part in (each.owner, due) if part), on_open=act))
    card.setVisible(bool(found))
