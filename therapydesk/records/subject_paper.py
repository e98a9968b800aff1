"""The answer on paper: the letter, then everything with plain headings, in the order of the days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from therapydesk.core.dates import show_day
from therapydesk.core.words import ntr, tr
from therapydesk.records.subject_collect import Progress
from therapydesk.records.subject_pack import Pack, PackItem, PackPart
from therapydesk.records.subject_words import part_words

SHORT = 60  # a value longer than this stands under its label
STAMPS = ("created_at", "created_by", "changed_at")  # one small line under an entry


def pack_pdf(pack: Pack, progress: Progress = lambda *_: None) -> bytes:
    """The letter and what is given, as one PDF, in large print for somebody who needs it. No name is in its title."""
    sheet = replace(pack.sheet, size=pack.size, heading="")
    story = [*_letter(pack, sheet)]
    for part in pack.parts:
        story += _part(part, sheet)
    return sheet.build(story, lambda done, total: progress(done, total, ""))


def _letter(pack: Pack, sheet: Any) -> list[Any]:
    request = pack.request
    lines = [
        sheet.text("\n".join(line for line in (pack.name, pack.address) if line)),
        sheet.space(12),
        sheet.text(
            tr("{day} · Our reference {number}").format(day=show_day(pack.made_on), number=request.number)
        ),
        sheet.section(tr("What you asked for")),
        sheet.text(
            tr("On {day} you asked us what we hold about you. This is our answer.").format(
                day=show_day(request.received_on)
            )
        ),
        sheet.text(tr("Enclosed:"), strong=True),
    ]
    lines += [sheet.text(f"– {_contents(part)}") for part in pack.parts if part.items]
    covered = sum(part.covered for part in pack.parts)
    if covered:
        lines.append(
            sheet.text(
                ntr(
                    "In {n} place [covered] stands for words about somebody else. They have rights of their own.",
                    "In {n} places [covered] stands for words about somebody else. They have rights of their own.",
                    covered,
                ).format(n=covered)
            )
        )
    lines.append(
        sheet.text(
            tr("Where the law lets us, we may have left something out. You can ask us to look at that again.")
        )
    )
    lines.append(sheet.section(tr("Your rights")))
    lines.append(
        sheet.text(
            tr(
                "If something is wrong, tell us: we put it right, or add your words to it. You can ask us to erase "
                "something, to hold back from using it, or object to how we use it; for records of care there are limits, "
                "and we will tell you which."
            )
        )
    )
    lines.append(
        sheet.text(
            tr(
                "If you are not content with this answer, tell us first. You can also complain to the Information "
                "Commissioner (ico.org.uk/make-a-complaint) or go to court."
            )
        )
    )
    lines.append(sheet.section(tr("What we keep, and why")))
    purposes = [(title, reason[:1].upper() + reason[1:]) for title, reason in pack.purposes]
    lines.append(sheet.pairs(purposes, label_width=190))
    return lines


def _contents(part: PackPart) -> str:
    entries = ntr("{n} entry", "{n} entries", len(part.items)).format(n=len(part.items))
    text = tr("{part}: {entries}").format(part=part_words()[part.zone], entries=entries)
    if part.files:
        files = ntr("{n} file", "{n} files", len(part.files)).format(n=len(part.files))
        text = tr("{contents}, {files} beside this paper").format(contents=text, files=files)
    return text


def _part(part: PackPart, sheet: Any) -> list[Any]:
    if not part.items:
        return []
    story: list[Any] = [*sheet.chapter(part_words()[part.zone])]
    by_title = sorted(part.items, key=lambda item: item.title)  # the days keep their order
    for title, items in groupby(by_title, key=lambda item: item.title):
        story.append(sheet.section(title))
        before: date | None = None
        for item in items:
            story += _item(item, sheet, with_day=item.day != before)
            before = item.day
    return story


def _item(item: PackItem, sheet: Any, *, with_day: bool) -> list[Any]:
    story: list[Any] = []
    day = show_day(item.day) if item.day is not None else ""
    if day and with_day:
        story.append(sheet.text(day, strong=True, leads=True))
    pairs: list[tuple[str, str]] = []
    for column, label, text in item.fields:
        if column in STAMPS or text == day:
            continue
        if len(text) <= SHORT and "\n" not in text:
            pairs.append((label, text))
            continue
        if pairs:
            story.append(sheet.pairs(pairs))
            pairs = []
        story += [sheet.small(label), sheet.text(text)]
    if item.file:
        pairs.append((tr("File"), item.file))
    if pairs:
        story.append(sheet.pairs(pairs))
    written = [f"{label}: {text}" for column, label, text in item.fields if column in STAMPS]
    if written:
        story.append(sheet.small("; ".join(written)))
    story.append(sheet.space(8))
    return story
