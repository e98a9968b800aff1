"""Adding a person: what is asked, and who may be the same."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.plugins.caseload.screen import dialog, fill, labels, named, press
from therapydesk.api import (
    Link,
    find_person,
    get_person,
)
from therapydesk.plugins.caseload.ui.add_dialog import AddPersonDialog
from therapydesk.plugins.caseload.ui.people_page import PeoplePage


def test_somebody_is_added_by_keyboard_with_a_name_and_a_way_in_words(
    vault, window, open_page, qtbot
) -> None:
    page = open_page(PeoplePage(window.desk))
    page.new_record()
    form = dialog(page)
    assert isinstance(form, AddPersonDialog)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is form.form.field("full_name"))
    qtbot.keyClicks(form.form.field("full_name"), "Zed")
    form.save()
    assert form.isVisible()
    assert "no way to reach them" in form.messages.text()
    qtbot.keyClicks(form.form.field("best_way"), "ask at the hall")
    qtbot.keyClick(form.form.field("best_way"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (made,) = named(vault, "Zed")
    assert window.links == [Link("person", made.id)]


def test_a_wrong_nhs_number_is_told_while_typing_and_kept_apart(vault, window, open_page, qtbot) -> None:
    page = open_page(PeoplePage(window.desk))
    page.add_person()
    form = dialog(page)
    fill(form, full_name="Zed", phone="07700 900123")
    qtbot.keyClicks(form.form.field("nhs_number"), "1234567890")
    assert any("does not check out" in text for text in labels(form))
    form.save()
    with vault.read() as db:
        person = find_person(db, named(vault, "Zed")[0].id)
        assert (person.nhs_number, person.nhs_number_unchecked) == (None, "1234567890")


def test_possible_duplicates_are_shown_then_added_anyway(practice, vault, window, open_page) -> None:
    practice.person("Carys Bowen", born_on=date(1968, 3, 1))
    page = open_page(PeoplePage(window.desk))
    page.add_person()
    form = dialog(page)
    fill(form, full_name="Carys Bowen", born_on="1/3/1968", phone="07700 900123")
    form.save()
    assert form.isVisible()
    said = [text.replace("\N{NO-BREAK SPACE}", " ") for text in labels(form.duplicates)]
    assert any(text.startswith("Carys Bowen · born Fri 1 Mar 1968") for text in said)
    assert form.save_button.text() == "Add anyway"
    assert len(named(vault, "Carys")) == 1
    form.save_button.click()
    assert len(named(vault, "Carys")) == 2


def test_who_may_be_the_same_stands_beside_what_is_typed(practice, window, open_page, qtbot) -> None:
    practice.person("Carys Bowen", born_on=date(1968, 3, 1), phones=("07700 900123",), postcode="ZZ99 3AA")
    page = open_page(PeoplePage(window.desk))
    page.add_person()
    form = dialog(page)
    fill(form, full_name="Karys Bowen", phone="07700900123", born_on="1/3")
    qtbot.waitUntil(form.duplicates.isVisible)
    shown = labels(form.duplicates)
    assert any("same way to reach them" in text for text in shown)
    assert {"Karys Bowen", "Carys Bowen", "07700 900123", "ZZ99 3AA", "Fri 1 Mar 1968"} <= set(shown)
    assert form.save_button.text() == "Add person"
    fill(form, full_name="Amara Probert")
    qtbot.waitUntil(lambda: not form.duplicates.isVisible())


def test_an_e_mail_is_a_way_to_reach_somebody(vault, window, open_page) -> None:
    page = open_page(PeoplePage(window.desk))
    page.add_person()
    form = dialog(page)
    fill(form, full_name="Zed", best_way="zed@")
    form.save()
    assert "is not an e-mail address" in form.form.errors["best_way"]
    fill(form, best_way="zed@hall.example")
    form.save()
    with vault.read() as db:
        details = get_person(db, named(vault, "Zed")[0].id).details
    assert (details.emails, details.best_way) == (("zed@hall.example",), "")


def test_a_change_after_the_warning_is_looked_at_again(practice, window, open_page, qtbot) -> None:
    practice.person("Carys Bowen", born_on=date(1968, 3, 1))
    page = open_page(PeoplePage(window.desk))
    page.add_person()
    form = dialog(page)
    fill(form, full_name="Carys Bowen", born_on="1/3/1968", phone="07700 900123")
    form.save()
    fill(form, born_on="1/3/1999")
    assert form.save_button.text() == "Add person"
    qtbot.waitUntil(lambda: not form.duplicates.isVisible())


def test_the_duplicate_can_be_opened_instead(practice, vault, window, open_page) -> None:
    carys = practice.person("Carys Bowen", born_on=date(1968, 3, 1))
    page = open_page(PeoplePage(window.desk))
    page.add_person()
    form = dialog(page)
    fill(form, full_name="Carys Bowen", born_on="1/3/1968", phone="07700 900123")
    form.save()
    press(form.duplicates, "Open")
    assert window.links == [Link("person", carys)]
    assert len(named(vault, "Carys")) == 1
