"""What a group comes to so far, in lines: sessions, people, visits, the rate, parts of a choir, what members say."""

from __future__ import annotations

from collections.abc import Sequence

from therapydesk.api import ntr, tr
from therapydesk.plugins.groups import counting, measures
from therapydesk.plugins.groups.measures import Change


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
    sung = [f"{part} {n}" for part, n in balance if n]
    return [*(lines or [tr("Nothing was counted yet.")]), *([", ".join(sung)] if sung else [])]
