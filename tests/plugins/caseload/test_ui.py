"""The People page, adding somebody, and the tabs of a person."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt

from tests.plugins.caseload.screen import dialog, fill, labels, named, press
from therapydesk.api import (
    ContactPoint,
    Link,
    get_person,
    list_relations,
)
from therapydesk.plugins.caseload import lists
from therapydesk.plugins.caseload.ui import people_page
from therapydesk.plugins.caseload.ui.contacts_tab import ContactsTab
from therapydesk.plugins.caseload.ui.history_tab import HistoryTab
from therapydesk.plugins.caseload.ui.merge_dialog import MergeDialog
from therapydesk.plugins.caseload.ui.overview_tab import OverviewTab
from therapydesk.plugins.caseload.ui.people_page import PeoplePage
from therapydesk.plugins.caseload.ui.statements_card import StatementText


def test_the_page_lists_open_support_and_says_how_many(practice, window, open_page) -> None:
    practice.person("Amara Probert")
    practice.person("Kit Lane", stage="waiting")
    practice.person("Gwen Bowen", stage="")
    page = open_page(PeoplePage(window.desk))
    assert page.table.row_count() == 2
    assert "3 people, 1 of them with you" in labels(page)
    page.filter.set_value("stage", "")
    assert page.table.row_count() == 3
    page.filter.set_value("whose", "mine")
    assert page.table.row_count() == 1


def test_typing_filters_and_enter_opens(practice, window, open_page, qtbot) -> None:
    practice.person("Amara Probert")
    carys = practice.person("Carys Ŵyn Bowen")
    page = open_page(PeoplePage(window.desk))
    qtbot.keyClicks(page.filter.search, "wyn")
    qtbot.waitUntil(lambda: page.table.row_count() == 1)
    qtbot.keyClick(page.table.view, Qt.Key.Key_Return)
    assert window.links == [Link("person", carys)]


def test_sorting_by_another_column_reads_all_rows(practice, window, open_page) -> None:
    a, b = practice.person("Amara Probert"), practice.person("Beti Ellis")
    practice.say(a, "working_towards", "Zither")
    practice.say(b, "working_towards", "Accordion")
    page = open_page(PeoplePage(window.desk))
    page.table.sort_by(page.columns[1])
    assert [page.table.model.row(n).name for n in range(2)] == ["Beti Ellis", "Amara Probert"]


def test_the_panel_follows_the_row_and_gives_way_when_narrow(practice, window, open_page, qtbot) -> None:
    practice.person("Amara Probert", ask_me_about="her allotment")
    page = open_page(PeoplePage(window.desk))
    qtbot.waitUntil(lambda: "Ask me about her allotment" in labels(page.panel))
    page.resize(900, 700)
    qtbot.waitUntil(lambda: not page.panel.isVisible())


def test_the_panel_shows_nobody_who_was_left_while_they_were_read(practice, window, open_page, qtbot) -> None:
    practice.person("Amara Probert", ask_me_about="her allotment")
    carys = practice.person("Carys Bowen", ask_me_about="brass bands")
    page = open_page(PeoplePage(window.desk))
    seen: list[str] = []
    panel = page.panel
    panel._show = lambda person, *more: (seen.append(person.name), type(panel)._show(panel, person, *more))
    panel.refresh()  # Amara is being read …
    page.table.select_key(carys)
    qtbot.waitUntil(lambda: "Ask me about brass bands" in labels(panel))
    assert seen == ["Carys Bowen"]


def test_a_long_list_is_shown_before_what_is_read_beside_it(
    practice, window, open_page, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr(people_page, "MANY", 1)
    monkeypatch.setattr(lists, "DEEP", 1)
    for name in ("Amara Probert", "Beti Ellis", "Carys Bowen"):
        practice.person(name)
    window.desk.jobs.started.connect(lambda _title: shown.append(page.table.row_count()))
    shown: list[int] = []
    page = open_page(PeoplePage(window.desk))
    assert (page.table.row_count(), shown) == (3, [])
    qtbot.waitUntil(lambda: len(shown) == 3 and not window.desk.jobs.busy())  # marks, counts, the panel
    assert "of them with you" in page.summary()


def test_an_admin_sees_no_column_of_what_is_worked_towards(practice, open_desk, open_page) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "working_towards", "Singing")
    practice.sign_in("Nia Bevan", "admin")
    page = open_page(PeoplePage(open_desk().desk))
    assert "Working towards" not in [c.title for c in page.columns]
    assert page.table.row_count() == 1


# --- A person ---


def test_the_overview_shows_strengths_first_and_whose_words(practice, window, open_page) -> None:
    carys = practice.person("Carys Bowen", preferred_name="Carys")
    practice.say(carys, "hard", "Noise")
    practice.say(carys, "helps", "Wait ten seconds.", whose_words="Marta", said_on=date(2026, 4, 2))
    practice.say(carys, "enjoys", "Hymns")
    practice.say(carys, "alert", "Seizure plan. See Documents.", shared=True)
    tab = open_page(OverviewTab(window.desk, carys))
    shown = labels(tab.matters)
    order = [
        "Enjoys and does well",
        "Hymns",
        "What matters",
        "Not asked yet",
        "What helps",
        "What makes it hard",
    ]
    assert [text for text in shown if text in order] == order
    assert "Marta, Thu 2 Apr 2026" in shown
    assert "Carys agreed to share it." in " ".join(labels(tab))


def test_without_the_clinical_zone_there_are_no_statements(practice, open_desk, open_page) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "enjoys", "Hymns")
    practice.say(carys, "alert", "Seizure plan", shared=True)
    practice.sign_in("Nia Bevan", "admin")
    tab = open_page(OverviewTab(open_desk().desk, carys))
    assert not tab.matters.isVisible()
    assert not tab.towards.isVisible()
    assert not {"Hymns", "Seizure plan"} & set(labels(tab))


def test_a_statement_is_opened_changed_ended_and_brought_back(practice, window, open_page, qtbot) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "enjoys", "Hymns")
    tab = open_page(OverviewTab(window.desk, carys))
    (words,) = tab.matters.findChildren(StatementText)
    qtbot.keyClick(words, Qt.Key.Key_Return)
    fill(dialog(tab), text="Psalms")
    dialog(tab).save()
    assert [s.text for s in practice.said(carys)] == ["Psalms"]
    tab.change(practice.said(carys)[0], "enjoys")
    press(dialog(tab), "No longer holds")
    assert practice.said(carys) == []
    tab.undo()
    assert [s.text for s in practice.said(carys)] == ["Psalms"]


def test_support_is_paused_closed_with_a_reason_and_undone(practice, vault, window, open_page) -> None:
    carys = practice.person("Carys Bowen")
    tab = open_page(OverviewTab(window.desk, carys))

    def stage() -> str:
        with vault.read() as db:
            return get_person(db, carys).stage

    press(tab.support, "Pause")
    dialog(tab).save()
    assert stage() == "paused"
    tab.undo()
    assert stage() == "active"
    press(tab.support, "Close")
    form = dialog(tab)
    form.save()
    assert form.isVisible()
    fill(form, reason="reached")
    form.save()
    assert stage() == "closed"
    press(tab.support, "Return")
    assert stage() == "active"


def test_somebody_waiting_is_allocated_and_put_back(practice, vault, window, open_page) -> None:
    kit = practice.person("Kit Lane", stage="waiting")
    tab = open_page(OverviewTab(window.desk, kit))
    press(tab.support, "Allocate")
    dialog(tab).save()
    with vault.read() as db:
        assert get_person(db, kit).stage_text == "Active, with Ruth"
    tab.undo()
    with vault.read() as db:
        assert get_person(db, kit).stage_text == "Waiting"


def test_details_and_relations_are_changed_on_contacts(practice, vault, window, open_page) -> None:
    carys = practice.person("Carys Bowen")
    tab = open_page(ContactsTab(window.desk, carys))
    tab.change_details()
    fill(dialog(tab), phones="07700 900123, 07700 900124", needs=["large_print"])
    dialog(tab).save()
    with vault.read() as db:
        assert get_person(db, carys).details.phones == ("+447700900123", "+447700900124")
    assert "Large print" in labels(tab.details)
    tab.ask_relation()
    fill(dialog(tab), kind="sibling", name="Gwen Bowen", reach="07700 900125")
    dialog(tab).save()
    with vault.read() as db:
        (relation,) = list_relations(db, carys)
    assert (relation.name, relation.kind) == ("Gwen Bowen", "sibling")
    tab.remove_relation()
    assert tab.table.row_count() == 0
    tab.undo()
    assert tab.table.row_count() == 1


def test_ways_that_are_neither_phone_nor_email_are_shown_on_contacts(
    practice, vault, window, open_page
) -> None:
    carys = practice.person("Carys Bowen")
    with vault.write("core") as db:
        db.add(ContactPoint(person_id=carys, kind="other", value="ring the bell of flat 12"))
    tab = open_page(ContactsTab(window.desk, carys))
    assert {"Other ways", "ring the bell of flat 12"} <= set(labels(tab.reach))


def test_a_death_is_recorded_and_taken_back(practice, vault, window, open_page) -> None:
    carys = practice.person("Carys Bowen")
    tab = open_page(ContactsTab(window.desk, carys))
    tab.ask_death()
    fill(dialog(tab), on=date(2026, 5, 1))
    dialog(tab).save()
    with vault.read() as db:
        assert get_person(db, carys).died_on == date(2026, 5, 1)
    tab.undo()
    with vault.read() as db:
        assert get_person(db, carys).died_on is None


def test_two_records_are_joined_side_by_side_and_undone(practice, vault, window, open_page) -> None:
    kept = practice.person("Carys Bowen", postcode="ZZ99 3AA")
    gone = practice.person("Karys Bowen", postcode="ZZ99 3AB")
    page = open_page(PeoplePage(window.desk))
    page.open_ref(Link("caseload.people", kept, ("same",)))
    form = dialog(page)
    assert isinstance(form, MergeDialog)
    assert form.table.current_row().id == gone
    assert {"Full name", "ZZ99 3AA", "ZZ99 3AB"} <= set(labels(form.compared))
    form.join()
    assert [p.id for p in named(vault, "Bowen")] == [kept]
    page.undo()
    assert {p.id for p in named(vault, "Bowen")} == {kept, gone}


def test_history_comes_from_all_modules_newest_first(practice, window, open_page) -> None:
    carys = practice.person("Carys Bowen")
    tab = open_page(HistoryTab(window.desk, carys))
    assert tab.table.row_count() >= 1
    assert tab.table.model.row(0).text == "Support opened: Active"


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_pages_can_be_small_and_their_text_big(practice, window, open_page, qapp, scale) -> None:
    from therapydesk.ui.kit import style
    from therapydesk.ui.kit.looks import apply_theme

    practice.say(practice.person("Carys Bowen"), "enjoys", "Hymns")
    apply_theme(qapp, style.Theme.DARK, scale)
    page = open_page(PeoplePage(window.desk), 700, 500)
    tab = open_page(OverviewTab(window.desk, practice.people["Carys Bowen"]), 700, 500)
    assert page.table.view.viewport().height() > 0
    assert tab.matters.isVisible()
    apply_theme(qapp, style.Theme.LIGHT)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_line_of_a_statement_is_seen(practice, window, open_page, qapp, scale) -> None:
    from therapydesk.ui.kit import style
    from therapydesk.ui.kit.looks import apply_theme

    carys = practice.person("Carys Bowen")
    practice.say(carys, "enjoys", "Makes people laugh. Remembers the words to hundreds of songs.")
    practice.say(carys, "helps", "Starting with a song that is known by heart.")
    apply_theme(qapp, style.Theme.LIGHT, scale)
    tab = open_page(OverviewTab(window.desk, carys), 1233, 600)
    texts = tab.findChildren(StatementText)
    assert len(texts) == 2
    for text in texts:
        assert text.words.height() >= text.words.heightForWidth(text.words.width()) > 0
    apply_theme(qapp, style.Theme.LIGHT)
