"""What a salvage did, in sentences: for the window and the command line."""

from __future__ import annotations

from therapydesk.core.audit import AuditEntry
from therapydesk.core.tables import Zone
from therapydesk.core.vault.salvage import SalvageReport, ZoneSaved
from therapydesk.core.words import ntr, tr
from therapydesk.records.activity_words import record_words
from therapydesk.records.staff import zone_heading


def salvage_lines(report: SalvageReport) -> list[str]:
    """One line for each part of the vault, and where the damaged files are kept."""
    lines = [_line(each) for each in report.zones]
    if report.kept is not None:
        lines.append(tr("The files as they were are kept in {folder}.").format(folder=report.kept))
    return lines


def _line(saved: ZoneSaved) -> str:
    texts = {
        "sound": tr("{part}: sound, nothing was done."),
        "closed": tr("{part}: you do not hold its key, so it was left alone."),
        "unreadable": tr("{part}: nothing can be saved. {why} Only a backup helps."),
        "rebuilt": tr("{part}: saved into a new file."),
    }
    line = texts[saved.outcome].format(part=zone_heading(saved.zone), why=saved.why)
    return " ".join([line, *_lost(saved)]) if saved.outcome == "rebuilt" else line


def _called(zone: Zone, table: str) -> str:
    """What a table is called; the vault's own and what searching reads are no records of a person or a module."""
    if table == AuditEntry.__tablename__:
        return tr("Entries of the activity log")
    if "_search" in table:
        return tr("Words that are searched in")
    return record_words(zone, table) or table


def _lost(saved: ZoneSaved) -> list[str]:
    lost = [t for t in saved.tables if t.lost or t.loose or not t.exact]
    told = [f"{_called(saved.zone, t.name)}: {t.lost + t.loose}" + ("" if t.exact else "+") for t in lost]
    if told:
        text = ntr("{n} row is lost ({tables}).", "{n} rows are lost ({tables}).", saved.lost)
        parts = [text.format(tables=", ".join(told))]
    else:
        parts = [tr("No row is lost.")]
    alone = sum(t.unlinked for t in saved.tables)
    if alone:
        text = ntr(
            "{n} row is kept without what it belonged to.",
            "{n} rows are kept without what they belonged to.",
            alone,
        )
        parts.append(text.format(n=alone))
    if saved.unsaved_lately:
        parts.append(tr("What was saved last, in the write-ahead log, could not be used."))
    return parts
