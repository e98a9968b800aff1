"""The chronology on paper (pictures-work-and-print.md, print-chronology)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from therapydesk.api import ntr, pdf, show_instant, tr

if TYPE_CHECKING:
    from therapydesk.plugins.safeguarding.chronology import Chronology, ChronologyRow

MM = pdf.MM
LABEL, ASIDE = 22 * MM, 96 * MM
BESIDE_LETTERS = 600  # what is longer stands under the title, where it may go over pages


def draw_chronology(sheet: pdf.Sheet, view: Chronology, *, on_screen: bool = False) -> bytes:
    """The PDF: for whom and why, what the person wants, the rows, and whether the records are whole."""
    confidential = (
        tr("Confidential: safeguarding"),
        tr("For the person named as holder only"),
        tr("Do not copy or forward"),
    )
    letterhead = replace(sheet.letterhead, contact_lines=confidential)
    sheet = replace(sheet, letterhead=letterhead, footer_left=view.short_title, heading="")
    about = sheet.text(_about(view))
    title, fits = sheet.title_text(view.title), len(_about(view)) <= BESIDE_LETTERS
    for_whom = sheet.pairs(_for_whom(view), label_width=LABEL)
    story: list[Any] = [sheet.beside([title, about] if fits else [title], [for_whom], ASIDE)]
    story += [sheet.space(4 * MM), *([] if fits else [about])]
    for name, words in view.wants:
        story.append(sheet.small(tr("What {name} wants").format(name=name)))
        story.append(sheet.own_words(words or tr("Not asked"), strong=bool(words)))
    story.append(sheet.space(3 * MM))
    story.append(_rows(sheet, view))
    story.append(sheet.small(end_words(view)))
    if not on_screen:
        story += [sheet.space(12 * MM), sheet.text(tr("Signed: ____________________   Date: ____________"))]
    return sheet.build(story)


def _about(view: Chronology) -> str:
    about = tr("About {people}.").format(people="; ".join(view.about))
    return tr("{about} Sorted by when things happened.").format(about=about)


def _for_whom(view: Chronology) -> list[tuple[str, str]]:
    wish = view.wish
    pairs = [(tr("Holder"), wish.holder.strip()), (tr("Reason"), wish.reason.strip())]
    pairs += [(tr("Asked by"), wish.asked_by.strip())] if wish.asked_by.strip() else []
    made = tr("{when}, {name}").format(when=show_instant(view.made_at), name=view.made_by)
    return [*pairs, (tr("Made"), made)]


def _rows(sheet: pdf.Sheet, view: Chronology) -> Any:
    several = len(view.numbers) > 1
    columns = [
        pdf.Column(tr("No."), 9 * MM),
        pdf.Column(tr("When it happened"), 30 * MM),
        pdf.Column(tr("Who says"), 33 * MM),
        pdf.Column(tr("What happened")),
        pdf.Column(tr("What it meant to the person"), 46 * MM),
        pdf.Column(tr("What was done"), 46 * MM),
        pdf.Column(tr("Written by, when"), 34 * MM),
    ]
    if several:
        columns.insert(1, pdf.Column(tr("Concern"), 16 * MM))
    return sheet.table(columns, [_cells(row, several=several) for row in view.rows], dense=True)


def _cells(row: ChronologyRow, *, several: bool) -> Sequence[str]:
    cells = [
        str(row.number),
        row.happened,
        row.says,
        row.what,
        row.impact or tr("Not asked"),
        row.done or tr("Nothing yet"),
        row.written,
    ]
    if several:
        cells.insert(1, str(row.concern))
    return cells


def end_words(view: Chronology) -> str:
    """The last line: how many entries, whether any was changed, and the record check."""
    count = ntr("End of chronology: {n} entry", "End of chronology: {n} entries", len(view.rows))
    if view.whole:
        text = tr(
            "{count}, none changed since written. Words in quotation marks are as spoken. Record check {check}, whole."
        )
        return text.format(count=count, check=view.check)
    places = "; ".join(_place(view, check.concern_id, check.broken) for check in view.broken)
    text = tr("{count}. THE RECORD WAS CHANGED: {places}. Record check {check}, not whole.")
    return text.format(count=count, places=places, check=view.check)


def _place(view: Chronology, concern_id: Any, broken: Any) -> str:
    number = view.number_of(concern_id)
    return tr("entry {n} of the record of concern {concern}").format(n=broken.seq, concern=number)
