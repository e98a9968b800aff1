"""The import plan: what every row of a file is, before anything is written (architecture §12)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from therapydesk.api import (
    OUTCOMES,
    ColumnMatch,
    Db,
    FileMatch,
    ImportPlan,
    Outcome,
    PlannedRow,
    ReadFile,
    RowProblem,
    Table,
    UserError,
    allowed,
    show_day,
    today,
    tr,
    without_collecting,
)
from therapydesk.plugins.referrals import matching
from therapydesk.plugins.referrals.columns import guess_columns
from therapydesk.plugins.referrals.matching import Found
from therapydesk.plugins.referrals.models import Batch, Referral
from therapydesk.plugins.referrals.rules import values
from therapydesk.plugins.referrals.rules.draft import RowDraft

CHUNK = 5_000


@dataclass(frozen=True)
class Made:
    """What carrying out the plan needs. All lists have one entry a row, in the order of the file."""

    source: ReadFile = field(repr=False)
    match: FileMatch
    drafts: tuple[RowDraft, ...] = field(repr=False)
    hashes: tuple[str, ...] = field(repr=False)
    found: Mapping[int, Found] = field(repr=False)
    here_already: frozenset[int] = frozenset()
    made_on: date = field(default_factory=today)


@allowed("referrals.import")
@without_collecting()
def plan(db: Db, source: ReadFile, match: FileMatch | None = None) -> ImportPlan:
    """The plan of one file: each row new, the same person, perhaps the same, or refused and why. Writes
    nothing.

    `match` are the columns as the user left them; without it they are guessed, or taken as remembered for
    this sender.
    """
    used = match if match is not None else guess_columns(db, source)
    drafts, problems = _read(source, used)
    hashes = tuple(_row_hash(draft) for draft in drafts)
    found = matching.find(db, drafts)
    here = here_already(db, drafts, hashes)
    rows = [_planned(key, draft, found.get(key), key in here) for key, draft in enumerate(drafts)]
    problems += [
        RowProblem(draft.number, column, _in_table(draft, message))
        for draft in drafts
        for column, message in draft.problems
    ]
    problems += _said_before(db, source)
    made = Made(source, used, tuple(drafts), hashes, found, frozenset(here))
    rows.sort(key=lambda row: (OUTCOMES.index(row.outcome), row.key))
    sender = used.sender or _one_sender(drafts)
    return ImportPlan(source.name, source.parsed.format, sender, tuple(rows), tuple(problems), made)


def _read(source: ReadFile, match: FileMatch) -> tuple[list[RowDraft], list[RowProblem]]:
    parsed, day = source.parsed, today()
    drafts = [values.read_record(r.row, dict(r.fields), dict(r.sources), day) for r in parsed.records]
    problems = [
        RowProblem(p.row, p.column, p.message) for p in parsed.problems if parsed.records or p.row is None
    ]
    if parsed.records:
        return drafts, problems
    doubts: dict[int, str] = {p.row: p.message for p in parsed.problems if p.row is not None}
    for table, columns in zip(parsed.tables, match.tables, strict=True):
        if columns.used and table.rows:
            rows = [(row.number, row.cells) for row in table.rows]
            read = values.read_rows(
                table.header, columns.fields, rows, day, table.name if len(parsed.tables) > 1 else ""
            )
            drafts += _doubted(read, doubts if len(parsed.tables) == 1 else {}, table.header)
        else:
            problems += _left_out(columns, len(table.rows), len(parsed.tables))
    if not parsed.tables:  # a FHIR file in which nobody is referred: its problems say why
        problems += [RowProblem(p.row, p.column, p.message) for p in parsed.problems if p.row is not None]
    return _with_refused_tables(drafts, parsed.tables, match), problems


def _with_refused_tables(drafts: list[RowDraft], tables: Sequence[Table], match: FileMatch) -> list[RowDraft]:
    """When no table tells who is referred, all rows are refused, so that none is lost without a word."""
    if drafts or any(columns.used for columns in match.tables):
        return drafts
    for table in tables:
        for row in table.rows:
            name = table.name if len(tables) > 1 else ""
            draft = RowDraft(row.number, name, heads=table.header, cells=row.cells)
            draft.refused, draft.why = _nobody_named(), tr("No column of names")
            drafts.append(draft)
    return drafts


def _nobody_named() -> str:
    return tr(
        "No column of this table holds names. Say which one does, or ask the sender for a list with names."
    )


def _left_out(columns: ColumnMatch, rows: int, tables: int) -> list[RowProblem]:
    if not rows:
        return []
    if tables == 1:
        return [RowProblem(None, "", _nobody_named())]
    return [
        RowProblem(
            None, "", tr("Sheet “{name}” was left out: {why}").format(name=columns.table, why=_nobody_named())
        )
    ]


def _doubted(drafts: list[RowDraft], doubts: dict[int, str], header: Sequence[str]) -> list[RowDraft]:
    """Rows whose cells may have slipped are refused; a row that only ends early is kept, with a word about
    it.
    """
    for draft in drafts:
        message = doubts.get(draft.number)
        if message is None:
            continue
        ends_early = (
            draft.original and draft.original[-1][0] != header[-1] and draft.name and not draft.refused
        )
        if ends_early:
            draft.problems.append(("", message))
        else:
            draft.refuse(tr("The row is broken"), message)
    return drafts


def _row_hash(draft: RowDraft) -> str:
    """What is the same for two rows that say the same under the same headings."""
    said = "\x1f".join((draft.table, *draft.heads, *draft.cells))
    return hashlib.blake2b(said.encode(), digest_size=32).hexdigest()


def here_already(db: Db, drafts: Sequence[RowDraft], hashes: Sequence[str]) -> set[int]:
    """The rows that were imported before, or stand twice in this file word for word."""
    known: set[str] = set()
    wanted = list({row_hash for row_hash, draft in zip(hashes, drafts, strict=True) if not draft.refused})
    for start in range(0, len(wanted), CHUNK):
        query = select(Referral.row_hash).where(Referral.row_hash.in_(wanted[start : start + CHUNK]))
        known.update(db.scalars(query))
    here: set[int] = set()
    for key, (row_hash, draft) in enumerate(zip(hashes, drafts, strict=True)):
        if draft.refused:
            continue
        if row_hash in known:
            here.add(key)
        known.add(row_hash)
    return here


def _planned(key: int, draft: RowDraft, found: Found | None, here: bool) -> PlannedRow:
    born = show_day(draft.born_on).split(" ", 1)[1] if draft.born_on else draft.born_text
    outcome: Outcome = "new"
    why = sentence = ""
    if draft.refused:
        outcome, why, sentence = "refused", draft.why, draft.refused
    elif here:
        outcome, why = "same", tr("Here already")
        sentence = tr("This row was imported before, word for word. Nothing is added.")
    elif found is not None:
        outcome = "same" if found.sure else "perhaps_same"
        why = (found.adds or tr("Nothing new")) if found.sure else found.why
        sentence = found.sentence
    elif " " not in draft.name:
        why = tr("One name, that is fine")
    elif draft.problems:
        why, sentence = tr("See the note"), draft.problems[0][1]
    return PlannedRow(
        key,
        draft.number,
        draft.table,
        outcome,
        draft.name,
        born,
        why,
        sentence,
        frozenset(draft.wrong),
        found.person_id if found else None,
        found.same_as if found else None,
        here,
    )


def _in_table(draft: RowDraft, message: str) -> str:
    return (
        tr("Sheet “{name}”: {message}").format(name=draft.table, message=message) if draft.table else message
    )


def _one_sender(drafts: Sequence[RowDraft]) -> str:
    senders = {draft.organisation for draft in drafts if draft.organisation}
    return senders.pop() if len(senders) == 1 else ""


def _said_before(db: Db, source: ReadFile) -> list[RowProblem]:
    query = select(Batch.received_on).where(Batch.file_hash == source.sha256, Batch.state == "done")
    days = db.scalars(query.order_by(Batch.received_on)).all()
    if not days:
        return []
    return [RowProblem(None, "", tr("This very file was imported on {day}.").format(day=show_day(days[-1])))]


def check_made(plan: ImportPlan) -> Made:
    """What this plugin put into the plan. Raises UserError for a plan of somebody else's."""
    if not isinstance(plan.made, Made):
        raise UserError(tr("This plan was not made for referrals."))
    return plan.made
