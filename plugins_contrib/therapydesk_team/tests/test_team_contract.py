"""What every module must do, and what this one offers the program."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
from therapydesk_team import commands, documents
from therapydesk_team.plugin import INFO

from therapydesk.api import CliContext, Hit, hooks, today
from therapydesk.testing import check_plugin, sign_in


def test_the_module_keeps_the_contract() -> None:
    check_plugin(INFO.id)


def _due(team: Any) -> list[tuple[str, date]]:
    with team.desk.vault.read() as db:
        answers = team.desk.plugins.ask(hooks.due_items, db=db, today=today())
    assert not answers.failures
    return [(item.text, item.due_on) for item in answers.values]


def test_what_ends_within_sixty_days_or_has_ended_is_due(team: Any) -> None:
    team.give("Carys Bowen", "dbs", date(2023, 7, 6), date(2026, 7, 5))
    team.give("Kit Lane", "safeguarding_2", date(2023, 7, 6), date(2026, 7, 6))
    team.give("Kit Lane", "first_aid", date(2023, 5, 1), date(2026, 5, 5))
    team.give(None, "ico_fee", date(2025, 5, 20))
    assert sorted(_due(team)) == [
        ("DBS check of Carys Bowen ends", date(2026, 7, 5)),
        ("First aid of Kit Lane has ended", date(2026, 5, 5)),
        ("ICO data protection fee of The practice ends", date(2026, 5, 19)),
    ]


def test_whoever_may_see_only_their_own_is_told_of_their_own(team: Any) -> None:
    team.give("Carys Bowen", "dbs", date(2023, 7, 6), date(2026, 7, 5))
    team.desk = sign_in(team.desk, "Tomos Rees", "therapist")
    assert _due(team) == []


def test_people_are_found_by_skill_and_language(team: Any) -> None:
    with team.desk.vault.read() as db:
        found: list[Hit] = team.desk.plugins.ask(hooks.search, db=db, text="wel", limit=5).values
        assert [hit.title for hit in found] == ["Carys Bowen"]
        assert team.desk.plugins.ask(hooks.search, db=db, text="elsh", limit=5).values == []


def test_the_report_counts_people_by_training(team: Any) -> None:
    team.give("Carys Bowen", "care_act", date(2026, 4, 1))
    team.give("Carys Bowen", "care_act", date(2026, 4, 2))
    team.give("Kit Lane", "care_act", date(2026, 4, 30))
    team.give("Kit Lane", "navigator", date(2026, 5, 1))
    team.give("Kit Lane", "dbs", date(2026, 4, 1))
    (report,) = team.desk.plugins.collect(hooks.reports)
    with team.desk.vault.read() as db:
        rows = report.run(db, start=date(2026, 4, 1), end=date(2026, 4, 30))
    assert rows == [{"training": "Care Act 2014", "people": 2}]


def test_hours_leave_as_csv_that_a_spreadsheet_takes_no_formula_from(team: Any) -> None:
    team.add("=cmd", "volunteer")
    team.log("supervision", 90, "Ruth Mallory")
    team.log("learning", 45, "Ruth Mallory", "=cmd")
    team.log("cpd", 60, "Ruth Mallory", day=date(2025, 12, 31))
    with team.desk.vault.read() as db:
        data = documents.hours_csv(db, 2026)
    rows = {row[0]: row[2:] for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))}
    assert rows["Name"] == ["Year", "Supervision", "CPD", "Volunteering", "Support"]
    assert rows["Ruth Mallory"] == ["2026", "1.50", "0.75", "0.00", "0.00"]
    assert rows["'=cmd"] == ["2026", "0.00", "0.75", "0.00", "0.00"]


def test_one_page_prints_where_everybody_stands(team: Any) -> None:
    team.give("Carys Bowen", "dbs", date(2023, 7, 6), date(2026, 7, 5))
    with team.desk.vault.read() as db:
        document = pypdfium2.PdfDocument(documents.standing_pdf(db))
    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    assert all(name in text for name in ("Harbour Music Therapy", "The practice", "Carys Bowen", "Kit Lane"))
    assert "DBS to Sun 5 Jul" in text
    document.close()


def test_the_command_line_says_the_same(team: Any, tmp_path: Path, capsys: Any) -> None:
    team.give("Kit Lane", "first_aid", date(2023, 5, 1), date(2026, 5, 5))
    team.log("placement", 120, "Carys Bowen")
    context = CliContext(team.desk.plugins, json=True, _vault=team.desk.vault)

    def said(*words: str) -> Any:
        commands.team.main(words, obj=context, standalone_mode=False)
        return json.loads(capsys.readouterr().out)

    assert [row["name"] for row in said("list", "--words", "drums")] == ["Kit Lane"]
    ended = [row for row in said("due") if row["standing"] == "expired"]
    assert ended == [
        {"name": "Kit Lane", "what": "First aid", "standing": "expired", "ends_on": "2026-05-05"}
    ]
    context.json = False
    commands.team.main(["due"], obj=context, standalone_mode=False)
    assert "expired  2026-05-05  Kit Lane  First aid" in capsys.readouterr().out.splitlines()
    context.json = True
    assert said("trained", "--from", "1/5/2023") == [{"training": "First aid", "people": 1}]
    said("hours", "2026", str(tmp_path / "hours.csv"))
    assert '"Carys Bowen","Volunteer","2026","0.00","0.00","2.00"' in (tmp_path / "hours.csv").read_text(
        "utf-8-sig"
    )
