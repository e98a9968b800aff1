"""What a salvage did, in sentences that name no table."""

from __future__ import annotations

from pathlib import Path

from therapydesk.core.plugins import Plugins
from therapydesk.core.vault.salvage import SalvageReport, ZoneSaved
from therapydesk.core.vault.salvage_rows import TableSaved
from therapydesk.records.salvage_words import salvage_lines


def lines(*zones: ZoneSaved, kept: Path | None = None) -> list[str]:
    return salvage_lines(SalvageReport(kept, zones))


def test_the_log_and_what_searching_reads_are_called_by_what_they_are(plugins: Plugins) -> None:
    assert plugins.loaded  # the modules are here, but for the choir
    tables = [
        TableSaved("audit_entry", 10, 1),
        TableSaved("notes_note", 8, 2, loose=1),
        TableSaved("notes_search_note", 8, 3, exact=False),
        TableSaved("choir_song", 1, 2),
        TableSaved("notes_answer", 40),
    ]
    (said,) = lines(ZoneSaved("clinical", "rebuilt", "", tables))
    assert said == (
        "Notes and reasons for referral: saved into a new file. 9 rows are lost (Entries of the activity log: 1, "
        "Session note: 3, Words that are searched in: 3+, A record of a module that is not here: 2)."
    )


def test_rows_that_stay_alone_are_not_counted_as_lost() -> None:
    (said,) = lines(ZoneSaved("core", "rebuilt", "", [TableSaved("person", 9, unlinked=2)]))
    assert said.endswith(
        "saved into a new file. No row is lost. 2 rows are kept without what they belonged to."
    )


def test_why_nothing_could_be_saved_is_a_sentence_of_its_own() -> None:
    why = "Not even the list of its tables can be read (clinical/g4/zone.db)."
    said, kept = lines(ZoneSaved("clinical", "unreadable", why), kept=Path("damaged") / "1")
    assert said.endswith(f"nothing can be saved. {why} Only a backup helps.")
    assert kept.startswith("The files as they were are kept in ")
