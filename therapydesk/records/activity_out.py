"""The activity log as a file or on paper: with why, stamped with where the logs stood, and told in the log itself.

The stamp is an outside mark (security §6): whoever keeps the paper can show later what the log held.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from therapydesk.core import dates, pdf
from therapydesk.core.audit import Head, read_head, record
from therapydesk.core.csv_out import csv_file
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import Zone
from therapydesk.core.vault.session import Db
from therapydesk.core.words import ntr, tr
from therapydesk.records.activity import LogFound, read_log, readable_logs
from therapydesk.records.activity_lines import LogLine
from therapydesk.records.activity_words import zone_words
from therapydesk.records.practice import practice_sheet

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

STEP = 500
MOST_PRINTED = 500  # lines: some 20 pages; more goes into a file
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class LogCopy:
    """What leaves: the lines, why, who made it when, and where the logs that may be read stood."""

    lines: tuple[LogLine, ...]
    reason: str
    made_by: str
    made_at: datetime
    heads: Mapping[Zone, Head]


@allowed("audit.export", filters=True)
def tell_log_copy(db: Db, how: Literal["export", "print"], count: int, reason: str) -> None:
    """Write into core's log that its entries leave, how many and why. Raises UserError without a reason."""
    if not reason.strip():
        raise UserError(tr("Say what the copy is for."), tr("It is written into the log."))
    record(db, how, None, {"what": "activity log", "count": count, "reason": reason.strip()})


@allowed("audit.export", filters=True)
def read_log_copy(db: Db, found: LogFound, reason: str, progress: Progress | None = None) -> LogCopy:
    """Read all lines that were found. `progress(lines so far, of)` may raise to stop."""
    lines: list[LogLine] = []
    for offset in range(0, found.count, STEP):
        lines += read_log(db, found, offset, STEP)
        if progress is not None:
            progress(len(lines), found.count)
    heads = {zone: read_head(db, zone) for zone in readable_logs(db)}
    return LogCopy(tuple(lines), reason.strip(), db.user.name, dates.now(), heads)


def copy_log(
    vault: Vault,
    how: Literal["export", "print"],
    found: LogFound,
    reason: str,
    progress: Progress | None = None,
) -> LogCopy:
    """Tell the log, then read what was found: the copy is stamped with logs that already know of it. For jobs."""
    with vault.write("core") as db:
        tell_log_copy(db, how, found.count, reason)
    with vault.read() as db:
        return read_log_copy(db, found, reason, progress)


def stamps(copy: LogCopy) -> list[str]:
    """Where each log stood, one line each: number and hash of its last entry."""
    text = tr("{part}: entry {number}, {hash}")
    return [
        text.format(part=zone_words(zone), number=f"{head.seq:,}", hash=head.hash)
        for zone, head in copy.heads.items()
    ]


def log_csv(copy: LogCopy) -> bytes:
    """The copy as CSV: a line for each entry, then what the copy is stamped with."""
    heads = [tr("Part"), tr("Entry"), tr("When (UTC)"), tr("Who"), tr("Roles"), tr("What"), tr("About")]
    rows = [[*_cells(line), line.hash] for line in copy.lines]
    foot = [[tr("For"), copy.reason], [tr("Made"), copy.made_at.isoformat(), copy.made_by]]
    foot += [[tr("The log stood at"), stamp] for stamp in stamps(copy)]
    return csv_file([*heads, tr("Person"), tr("Reason"), tr("Hash")], [*rows, [], *foot])


def _cells(line: LogLine) -> list[str]:
    when = line.at.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00") if line.at else ""
    return [
        zone_words(line.zone),
        str(line.number),
        when,
        line.who,
        line.roles,
        line.what,
        line.about,
        line.person,
        line.reason,
    ]


def log_json(copy: LogCopy) -> bytes:
    """The copy as one JSON document: `entries`, `heads`, who made it, when and what for."""
    data: dict[str, Any] = {
        "made_at": copy.made_at.isoformat(),
        "made_by": copy.made_by,
        "reason": copy.reason,
        "heads": {zone: {"entry": head.seq, "hash": head.hash} for zone, head in copy.heads.items()},
        "entries": list(_plain(copy)),
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(copy: LogCopy) -> Iterator[dict[str, Any]]:
    for line in copy.lines:
        yield {
            "part": line.zone,
            "entry": line.number,
            "at": line.at.isoformat() if line.at else "",
            "who": line.who,
            "action": line.action,
            "what": line.what,
            "about": line.about,
            "person": str(line.person_id) if line.person_id else "",
            "name": line.person,
            "reason": line.reason,
            "hash": line.hash,
        }


def check_printable(found: LogFound) -> None:
    """Raise UserError when there is too much for paper."""
    if found.count > MOST_PRINTED:
        text = tr("{n} entries are too many to print.").format(n=f"{found.count:,}")
        raise UserError(text, tr("Narrow the list, or save it as a file."))


@allowed("audit.export", filters=True)
def log_pdf(db: Db, copy: LogCopy, size: pdf.Size = "normal", *, names: bool = True) -> bytes:
    """The copy on paper, across the page: what, by whom and when, and the stamp at the end."""
    sheet: pdf.Sheet = practice_sheet(db, tr("Activity log"), size=size, landscape=size == "normal")
    count = ntr("One entry", "{n} entries", len(copy.lines))
    made = tr("Made by {name}, {when}.").format(name=copy.made_by, when=dates.show_instant(copy.made_at))
    return sheet.build(
        [
            sheet.text(tr("{count}. Made for: {reason}").format(count=count, reason=copy.reason)),
            sheet.small(made),
            sheet.space(3 * pdf.MM),
            *(_table(sheet, copy, names) if size == "normal" else _blocks(sheet, copy, names)),
            sheet.section(tr("Where the log stood")),
            sheet.small(tr("Keep this page: these numbers show later whether the log was changed or cut.")),
            *(sheet.small(stamp) for stamp in stamps(copy)),
        ]
    )


def _table(sheet: pdf.Sheet, copy: LogCopy, names: bool) -> list[Any]:
    columns = [
        pdf.Column(tr("When"), 44 * pdf.MM),
        pdf.Column(tr("Who"), 38 * pdf.MM),
        pdf.Column(tr("What"), strong=True),
        pdf.Column(tr("About")),
        pdf.Column(tr("Entry"), 58 * pdf.MM),
    ]
    rows = [
        [_when(line), line.who, line.what, _about(line, names=names), _entry(line)] for line in copy.lines
    ]
    return [sheet.table(columns, rows)]


def _blocks(sheet: pdf.Sheet, copy: LogCopy, names: bool) -> list[Any]:
    """In large letters: what was done, and the rest in lines under it."""
    story: list[Any] = []
    for line in copy.lines:
        said = (_when(line), line.who, _about(line, names=names), _entry(line))
        story += [sheet.section(line.what), sheet.text("\n".join(part for part in said if part))]
    return story


def _when(line: LogLine) -> str:
    return dates.show_instant(line.at) if line.at else tr("No time")


def _entry(line: LogLine) -> str:
    return tr("{part}, {number}").format(part=zone_words(line.zone), number=f"{line.number:,}")


def _about(line: LogLine, *, names: bool) -> str:
    person = line.person if names else ""
    return ", ".join(part for part in (line.about, person, line.reason) if part)
