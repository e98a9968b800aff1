"""What leaves the program: one page on where everybody stands, and the hours of a year."""

from __future__ import annotations

from decimal import Decimal

from therapydesk.api import Db, csv_file, pdf, practice_sheet, show_day, today, tr
from therapydesk_team import lists, rules
from therapydesk_team.lists import Held, TeamRow


def standing_pdf(db: Db, size: pdf.Size = "normal") -> bytes:
    """What everybody holds, what ends soon, and what has expired or is missing. Those who left are left out."""
    sheet = practice_sheet(db, tr("Clearances and training"), size=size)
    rows = [row for row in lists.overview(db, today().year) if row.held is not None]
    heads = [
        pdf.Column(tr("Who"), 46 * pdf.MM),
        *(pdf.Column(head) for head in (tr("Expired or missing"), tr("Ends within 60 days"), tr("Held"))),
    ]
    day = tr("As it stands on {day}.").format(day=show_day(today()))
    return sheet.build([sheet.text(day), sheet.table(heads, [_line(row) for row in rows])])


def _line(row: TeamRow) -> list[str]:
    held = list((row.held or {}).values())
    ended, ends, has = ([_words(h) for h in held if h.standing == s] for s in ("expired", "due", "held"))
    missing = ", ".join(h.kind.short for h in held if h.standing == "missing")
    if missing:
        ended.append(tr("Missing: {kinds}").format(kinds=missing))
    name = "\n".join(part for part in (row.name, rules.role_words(row.roles)) if part)
    return [name, *("; ".join(part) or "–" for part in (ended, ends, has))]


def _words(held: Held) -> str:
    if held.ends_on is None:
        return held.kind.short
    words = tr("{kind} ended {day}") if held.standing == "expired" else tr("{kind} to {day}")
    return words.format(kind=held.kind.short, day=show_day(held.ends_on, short=True))


def hours_csv(db: Db, year: int) -> bytes:
    """A row for each person with their hours of the year, in hours and hundredths, by what they count as."""
    rows = [row for row in lists.overview(db, year) if row.id is not None and row.held is not None]
    heads = [tr("Name"), tr("Role"), tr("Year"), *(title for _key, title in rules.totals())]
    return csv_file(heads, ([row.name, rules.role_words(row.roles), year, *_hours(row)] for row in rows))


def _hours(row: TeamRow) -> list[Decimal]:
    minutes = row.minutes or {}
    return [(Decimal(minutes.get(key, 0)) / 60).quantize(Decimal("0.01")) for key, _title in rules.totals()]
