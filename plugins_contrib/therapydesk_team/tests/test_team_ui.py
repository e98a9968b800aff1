"""The Team page: its looks, one person in front, the short forms, undo, paper and files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from therapydesk_team import service
from therapydesk_team.service import CredentialDetails
from therapydesk_team.ui import dialogs
from therapydesk_team.ui.team_page import CLEARANCE, HOURS, TRAINING, TeamPage

from therapydesk.api import Link, StaleRecord, show_day
from therapydesk.testing import USER, add_person, sign_in
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.messages import undo_list
from therapydesk.ui.kit.printing import PrintWindow

OpenPage = Callable[..., Any]


@pytest.fixture
def page(team: Any, open_page: OpenPage) -> Any:
    return open_page(TeamPage(team.desk))


def _names(page: Any) -> list[str]:
    return [page.table.model.row(n).name for n in range(page.table.row_count())]


def _titles(page: Any) -> list[str]:
    return [column.title for column in page.table.model.columns]


def _look(page: Any, look: str) -> None:
    page.looks.buttons()[page.looks._values.index(look)].click()


def _dialog(page: Any) -> FormDialog:
    found: FormDialog = next(d for d in reversed(page.findChildren(FormDialog)) if d.isVisible())
    return found


def test_the_list_is_filtered_by_language_and_role(page: Any, qtbot: Any) -> None:
    assert _names(page) == ["Carys Bowen", "Kit Lane", USER]
    page.filter.search.setText("welsh")
    qtbot.waitUntil(lambda: _names(page) == ["Carys Bowen"])
    page.filter.clear_filters()
    page.filter.set_value("role", "peer_navigator")
    assert _names(page) == ["Kit Lane"]
    page.filter.set_value("left", True)
    assert page.table.states.isVisible()


def test_the_matrix_tells_states_by_word_and_shape(team: Any, page: Any) -> None:
    team.give("Carys Bowen", "dbs", date(2023, 7, 6), date(2026, 7, 5))
    team.give("Kit Lane", "dbs", date(2023, 4, 1), date(2026, 4, 30))
    team.give(USER, "dbs", date(2026, 4, 1), date(2029, 4, 30))
    _look(page, CLEARANCE)
    assert _names(page)[0] == "The practice"
    column = page.table.model.columns[_titles(page).index("DBS")]
    cells = {
        name: page.table.model.cell(n, _titles(page).index("DBS")) for n, name in enumerate(_names(page))
    }
    assert column.kind == "state"
    assert {name: (c.text, c.second) for name, c in cells.items()} == {
        "The practice": ("—", ""),
        "Carys Bowen": ("Due", "to Sun 5 Jul"),
        "Kit Lane": ("Expired", "ended Thu 30 Apr"),
        USER: ("Held", "to Mon 30 Apr 2029"),
    }
    assert len({c.state.shape for c in cells.values() if c.state}) == 3
    _look(page, TRAINING)
    assert "DBS" not in _titles(page)
    assert "The practice" not in _names(page)


def test_what_asks_for_something_stays_when_there_is_little_room(team: Any, page: Any) -> None:
    for kind in ("information", "safeguarding_3", "care_act", "mental_health", "first_aid"):
        team.give(USER, kind, date(2026, 4, 1), date(2030, 1, 1))
    team.give(USER, "other_training", date(2020, 1, 1), date(2021, 1, 1))
    page.filter.set_value("role", "owner")
    _look(page, TRAINING)
    assert _titles(page)[1] == "Other"


def test_hours_of_the_year_are_summed(team: Any, page: Any) -> None:
    team.log("supervision", 90, USER)
    _look(page, HOURS)
    row = _names(page).index(USER)
    assert page.table.model.cell(row, _titles(page).index("Supervision")).text == "1 h 30 min"
    assert page.csv_button.isVisible()
    assert page.year.isVisible()


def test_a_link_opens_somebody_and_back_leads_to_the_list(team: Any, page: Any) -> None:
    page.open_ref(Link("team.team", team.ids["Kit Lane"]))
    assert page.record.title() == "Kit Lane"
    assert page.record.hours.states.isVisibleTo(page.record.hours)
    page.record._back.click()
    assert page.record is None
    page.open_ref(Link("team.team", args=("open",)))
    assert page.record.title() == "The practice"


def test_what_is_missing_is_written_down_from_its_row_and_taken_back(team: Any, page: Any) -> None:
    page.open_ref(Link("team.team", team.ids["Carys Bowen"]))
    one = page.record
    assert one.credentials.select_key("dbs")
    one.credentials.opened.emit(one.credentials.current_row())
    dialog = _dialog(page)
    dialog.save()
    assert dialog.form.errors == {"held_on": "This cannot be left empty."}
    dialog.form.set_values({"held_on": date(2026, 4, 1), "ends_on": date(2026, 3, 1)})
    dialog.save()
    assert "ends before it begins" in dialog.messages.text()
    dialog.form.set_values({"ends_on": None})
    dialog.save()
    assert team.rows()["Carys Bowen"].held["dbs"].ends_on == date(2029, 3, 31)
    assert one.messages.text() == "DBS check written down."
    page.undo()
    assert team.standing("Carys Bowen")["dbs"] == "missing"


def test_what_was_changed_or_taken_away_comes_back(team: Any, page: Any) -> None:
    team.give("Carys Bowen", "dbs", date(2026, 4, 1), date(2029, 3, 31))
    page.open_ref(Link("team.team", team.ids["Carys Bowen"]))
    one = page.record
    held = next(h for h in team.held("Carys Bowen") if h.kind.id == "dbs")
    dialog = dialogs.edit_credential(one, team.ids["Carys Bowen"], held)
    dialog.form.set_values({"reference": "001 234"})
    dialog.save()
    assert team.rows()["Carys Bowen"].held["dbs"].reference == "001 234"
    page.undo()
    assert team.rows()["Carys Bowen"].held["dbs"].reference == ""
    one.credentials.select_key(held.id)
    one.credentials.menu_actions[0].trigger()
    assert team.standing("Carys Bowen")["dbs"] == "missing"
    page.undo()
    assert team.standing("Carys Bowen")["dbs"] == "held"


def test_the_advice_on_a_kind_says_what_is_not_sure(team: Any, page: Any) -> None:
    dialog = dialogs.edit_credential(page, team.ids["Carys Bowen"])
    dialog.form.set_values({"kind": "dbs"})
    notes = {dialog.form._rows[name].hint for name in ("kind", "ends_on")}
    assert any(note.endswith("(Not checked.)") for note in notes)
    assert "Left empty: 36 months after." in notes
    dialog.reject()


def test_hours_are_written_down_for_several_and_taken_back(team: Any, page: Any) -> None:
    page.open_ref(Link("team.team", team.ids["Kit Lane"]))
    dialog = dialogs.add_hours(page.record, team.ids["Kit Lane"])
    dialog.form.set_values({"kind": "learning", "minutes": "a while", "title": "Listening walks"})
    dialog.save()
    assert "not a time" in dialog.form.errors["minutes"]
    dialog.form.set_values({"minutes": "1.5", "others": [team.ids[USER]], "day": show_day(date(2026, 5, 5))})
    dialog.save()
    assert [e.minutes for name in ("Kit Lane", USER) for e in team.entries(name)] == [90, 90]
    page.undo()
    assert team.entries(USER) == []
    team.log("progress", 0, "Kit Lane")
    page.record.refresh()
    page.record.hours.menu_actions[0].trigger()
    assert team.entries("Kit Lane") == []
    page.undo()
    assert [e.kind for e in team.entries("Kit Lane")] == ["progress"]


def test_somebody_is_added_changed_and_leaves(team: Any, page: Any) -> None:
    page.new_record()
    dialog = _dialog(page)
    dialog.form.set_values({"name": "Ann Rees", "places": ["student"], "skills": "harp, BSL"})
    dialog.save()
    row = team.rows()["Ann Rees"]
    assert (row.roles, row.skills) == (("student",), ("harp", "BSL"))
    page.undo()
    assert "Ann Rees" not in {**team.rows(), **team.rows(left=True)}
    team.add("Ann Rees", "student", skills=("harp", "BSL"))
    row = team.rows()["Ann Rees"]
    dialog = dialogs.edit_member(page, row)
    dialog.form.set_values({"skills": "harp", "known": True})
    dialog.save()
    assert "None of our people has this name." in dialog.messages.text()
    person = add_person(team.desk.vault, "Ann Rees")
    dialog.save()
    assert (team.rows()["Ann Rees"].person_id, team.rows()["Ann Rees"].skills) == (person, ("harp",))
    page.undo()
    assert (team.rows()["Ann Rees"].person_id, team.rows()["Ann Rees"].skills) == (None, ("harp", "BSL"))
    dialog = dialogs.edit_member(page, team.rows()["Ann Rees"])
    next(b for b in dialog.findChildren(type(dialog.save_button)) if b.text() == "They have left").click()
    assert "Ann Rees" in team.rows(left=True)
    page.undo()
    assert "Ann Rees" in team.rows()


def test_a_form_and_an_undo_leave_alone_what_somebody_else_changed(team: Any, page: Any) -> None:
    row = team.rows()["Kit Lane"]
    late, first = dialogs.edit_member(page, row), dialogs.edit_member(page, row)
    first.form.set_values({"skills": "drums, harp"})
    first.save()
    late.form.set_values({"skills": "piano"})
    late.save()
    assert late.isVisible()
    assert "changed by somebody else" in late.messages.text()
    team.give("Kit Lane", "dbs", date(2026, 4, 1))
    held = team.rows()["Kit Lane"].held["dbs"]
    mine = dialogs.edit_credential(page, team.ids["Kit Lane"], held)
    mine.form.set_values({"reference": "001 234"})
    mine.save()
    with team.desk.vault.write("core") as db:
        service.save_credential(db, team.ids["Kit Lane"], CredentialDetails("dbs", date(2026, 4, 2)), held.id)
    with pytest.raises(StaleRecord):
        undo_list.undo()
    assert team.rows()["Kit Lane"].held["dbs"].held_on == date(2026, 4, 2)
    assert team.rows()["Kit Lane"].skills == ("drums", "harp")


def test_two_changes_are_taken_back_one_after_the_other(team: Any, page: Any) -> None:
    for skills in ("harp", "harp, BSL"):
        dialog = dialogs.edit_member(page, team.rows()["Kit Lane"])
        dialog.form.set_values({"skills": skills})
        dialog.save()
    undo_list.undo()
    undo_list.undo()
    assert team.rows()["Kit Lane"].skills == ("drums",)


def test_without_the_right_one_sees_names_and_opens_only_oneself(team: Any, open_page: OpenPage) -> None:
    page = open_page(TeamPage(sign_in(team.desk, "Tomos Rees", "therapist")))
    assert _names(page) == ["Carys Bowen", "Kit Lane", USER, "Tomos Rees"]
    page._open(page.table.model.row(0))
    assert page.record is None
    assert "Only the owner and the practice admin" in page.messages.text()
    page._open(page.table.model.row(3))
    assert page.record.title() == "Tomos Rees"
    assert [b.text() for b in page.record.findChildren(type(page.csv_button)) if b.isVisible()] == [
        "Team",
        "Add hours",
    ]
    page.close_record()
    _look(page, CLEARANCE)
    assert _names(page) == ["Tomos Rees"]


def test_the_list_prints_after_a_look(page: Any) -> None:
    page.print_page()
    window = page.findChild(PrintWindow)
    assert window.isVisible()
    assert window.data.startswith(b"%PDF")
    window.reject()
