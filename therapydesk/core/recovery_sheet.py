"""The recovery kit on paper: the eight groups, numbered, and what the sheet opens."""

from __future__ import annotations

from collections.abc import Sequence

from therapydesk.core import dates, pdf
from therapydesk.core.words import tr


def recovery_kit_pdf(practice: str, groups: Sequence[str]) -> bytes:
    """One A4 page. The title and file name hold no name of anybody."""
    letterhead = pdf.Letterhead(practice, "", (), (dates.show_day(dates.today()),))
    sheet = pdf.Sheet(letterhead, tr("Recovery kit"), tr("Recovery kit for TherapyDesk"))
    story = [
        sheet.text(tr("Opens people, diary, notes and money if a passphrase is forgotten.")),
        sheet.section(tr("The code")),
        sheet.pairs([(str(n + 1), group) for n, group in enumerate(groups)]),
        sheet.space(4),
        sheet.text(tr("Keep this apart from the computer: a safe, a locked drawer, a bank.")),
        sheet.text(
            tr("Whoever holds it can read everything. Capitals and spaces do not matter when you type it.")
        ),
    ]
    return bytes(sheet.build(story))
