from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from therapydesk.api import UserError
from therapydesk.core.dates import set_clock
from therapydesk.ui.kit.fields import ChoiceFlow
from therapydesk.ui.kit.forms import Form, FormDialog
from therapydesk.ui.kit.growing_text import GrowingText


@pytest.fixture(autouse=True)
def fixed_day() -> Iterator[None]:
    set_clock(lambda: datetime(2026, 5, 6, 10, 0, tzinfo=UTC))
    yield
    set_clock(None)


def _even(text: str) -> int:
    if not text.isdigit() or int(text) % 2:
        raise UserError("That is not an even number.", "Try 4.")
    return int(text)


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form()
    made.add_text("name", "Preferred name", hint="What they like to be called", required=True)
    made.add_text("number", "Number", check=_even)
    made.add_date("starts", "Starts")
    made.add_choice("lives", "Lives with", [(None, "Not recorded"), ("gwen", "Gwen")])
    made.add_check("large", "Large print")
    made.add_choices("access", "Access", [("loop", "Hearing loop"), ("ramp", "Ramp"), ("quiet", "Quiet")])
    made.add_text("more", "More", multiline=True)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def _notes(form: Form) -> list[str]:
    labels = form.findChildren(QLabel)
    return [each.text() for each in labels if each.isVisible() and each.property("role") == "small"]


def test_values_come_back_as_understood(form: Form) -> None:
    given = {
        "name": "Llŷr",
        "number": "4",
        "starts": "tue",
        "lives": "gwen",
        "large": True,
        "access": ["quiet", "loop"],
        "more": "Two\nlines",
    }
    form.set_values(given)
    assert form.values() == given | {"number": 4, "starts": date(2026, 5, 12), "access": ["loop", "quiet"]}
    assert not form.dirty


def test_a_date_can_be_set_as_a_date(form: Form) -> None:
    form.set_values({"starts": date(1925, 3, 1)})
    assert form.values()["starts"] == date(1925, 3, 1)


def test_nothing_is_said_while_typing_but_on_leaving(form: Form, qtbot: QtBot) -> None:
    field = form.field("number")
    field.setFocus()
    QTest.keyClicks(field, "3")
    assert form.errors == {}
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert form.errors == {"number": "That is not an even number. Try 4."}
    assert "That is not an even number. Try 4." in _notes(form)
    assert field.accessibleDescription() == "That is not an even number. Try 4."
    assert isinstance(field, QLineEdit)
    assert field.text() == "3"


def test_an_error_is_spoken_at_once(form: Form, qtbot: QtBot, spoken: list[tuple[str, bool]]) -> None:
    field = form.field("number")
    field.setFocus()
    QTest.keyClicks(field, "3")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert spoken == [("That is not an even number. Try 4.", True)]


def test_a_day_shows_what_was_understood(form: Form, qtbot: QtBot) -> None:
    field = form.field("starts")
    field.setFocus()
    QTest.keyClicks(field, "tue")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert "Tue 12 May 2026, in 6 days" in _notes(form)


def test_what_is_said_about_a_day_stays_beside_what_was_understood(qtbot: QtBot) -> None:
    made = Form()
    qtbot.addWidget(made)
    made.add_date("since", "Comes since", "Earlier registers do not expect them.")
    made.show()
    assert _notes(made) == ["Earlier registers do not expect them."]
    made.set_values({"since": date(2026, 5, 12)})
    assert _notes(made) == ["Tue 12 May 2026, in 6 days · Earlier registers do not expect them."]


def test_finish_lists_errors_and_goes_to_the_first(form: Form) -> None:
    form.set_values({"number": "3"})
    assert not form.finish()
    assert form.summary.text().splitlines() == [
        "Preferred name: This cannot be left empty.",
        "Number: That is not an even number. Try 4.",
    ]
    assert form.focusWidget() is form.field("name")
    form.set_values({"name": "Carys", "number": "8"})
    assert form.finish()
    assert not form.summary.isVisible()


def test_a_hidden_row_is_not_asked(form: Form) -> None:
    form.set_row_visible("name", False)
    assert form.finish()
    assert "name" not in form.values()


def test_every_field_has_a_name_and_its_label_is_its_buddy(form: Form) -> None:
    for name, label in (("name", "Preferred name"), ("starts", "Starts"), ("more", "More")):
        assert form.field(name).accessibleName() == label
        assert form.label(name).buddy() is form.field(name)


def test_tab_leaves_a_text_area_and_ctrl_tab_does_not(qtbot: QtBot) -> None:
    holder = Form()
    text: GrowingText = holder.add_text("a", "A", multiline=True)
    after = holder.add_text("b", "B")
    qtbot.addWidget(holder)
    with qtbot.waitExposed(holder):
        holder.show()
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert text.text() == "\t"
    QTest.keyClick(text, Qt.Key.Key_Tab)
    assert holder.focusWidget() is after


def test_a_growing_text_grows_to_its_limit(qtbot: QtBot) -> None:
    text = GrowingText(lines=2, most=4)
    qtbot.addWidget(text)
    text.show()
    heights = []
    for lines in (1, 2, 3, 9):
        text.setText("\n".join("x" * lines))
        heights.append(text.height())
    assert heights[0] == heights[1] < heights[2] < heights[3]
    text.setText("\n".join("x" * 20))
    assert text.height() == heights[3]


def test_exclusive_choices_keep_one(qtbot: QtBot) -> None:
    flow = ChoiceFlow([(1, "A plan"), (2, "An idea")], exclusive=True)
    qtbot.addWidget(flow)
    first, second = flow.buttons()
    first.click()
    second.click()
    assert flow.chosen() == [2]
    second.click()
    assert flow.chosen() == []


def test_one_that_must_be_chosen_stays_chosen(qtbot: QtBot) -> None:
    flow = ChoiceFlow([(1, "A plan"), (2, "An idea")], exclusive=True, required=True)
    qtbot.addWidget(flow)
    first, _second = flow.buttons()
    first.click()
    first.click()
    assert flow.chosen() == [1]


def test_what_is_asked_as_a_question_has_no_colon_behind_it(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    form.add_choices("kind", "What would you like?", [(1, "Tea")], exclusive=True, required=True)
    form.add_text("name", "Name", required=True)
    assert not form.finish()
    assert form.summary.text().splitlines() == [
        "What would you like? This cannot be left empty.",
        "Name: This cannot be left empty.",
    ]


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[tuple[FormDialog, list[dict[str, Any]]]]:
    parent = QWidget()
    qtbot.addWidget(parent)
    saved: list[dict[str, Any]] = []

    def save(values: dict[str, Any]) -> None:
        if values["name"] == "Twice":
            raise UserError("There is one already.")
        saved.append(values)

    made = FormDialog(parent, "Add person", "Add person", save)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.form.add_text("name", "Preferred name", required=True)
    parent.show()
    made.open()
    yield made, saved
    parent.close()


def test_ctrl_enter_saves_and_closes(dialog: tuple[FormDialog, list[dict[str, Any]]], qtbot: QtBot) -> None:
    made, saved = dialog
    QTest.keyClicks(made.form.field("name"), "Carys")
    QTest.keyClick(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert saved == [{"name": "Carys"}]
    assert not made.isVisible()


def test_a_refused_save_keeps_what_was_typed(dialog: tuple[FormDialog, list[dict[str, Any]]]) -> None:
    made, saved = dialog
    made.form.set_values({"name": "Twice"})
    made.save()
    assert made.isVisible()
    assert made.messages.text() == "There is one already."
    assert made.form.values() == {"name": "Twice"}


def test_escape_asks_only_when_text_would_go(
    dialog: tuple[FormDialog, list[dict[str, Any]]], qtbot: QtBot
) -> None:
    made, _saved = dialog
    QTest.keyClicks(made.form.field("name"), "C")
    QTest.keyClick(made, Qt.Key.Key_Escape)
    assert made.isVisible()
    assert made.messages.link_button().text() == "Leave without saving"
    made.messages.link_button().click()
    assert not made.isVisible()


def test_a_form_with_something_wrong_in_it_can_be_left(
    dialog: tuple[FormDialog, list[dict[str, Any]]],
) -> None:
    made, _saved = dialog
    made.form.set_values({"name": "Twice"})
    made.save()
    assert made.messages.rank == "danger", "the control: something is wrong"
    QTest.keyClicks(made.form.field("name"), "C")
    made.cancel_button.click()
    assert made.messages.link_button().text() == "Leave without saving"
    made.messages.link_button().click()
    assert not made.isVisible()


def test_no_scroll_bar_shows_before_the_limit(qtbot: QtBot) -> None:
    text = GrowingText("We sang.\nAll of it.\nTwice.", lines=2, most=4)
    qtbot.addWidget(text)
    text.resize(300, 100)
    with qtbot.waitExposed(text):
        text.show()
    assert not text.verticalScrollBar().isVisible()
    text.setText("\n".join("x" * 9))
    qtbot.waitUntil(text.verticalScrollBar().isVisible)


def test_a_dialog_grows_with_what_it_says_and_cuts_nothing(qtbot: QtBot) -> None:
    made = FormDialog(None, "Add a clearance", "Write down", lambda values: None)
    qtbot.addWidget(made)
    made.form.add_text("kind", "What")
    check = made.form.add_check("sure", "It was checked")
    made.open()
    before = made.height()
    made.form.set_hint("kind", "A sentence that needs more than one line. " * 4)
    qtbot.waitUntil(lambda: made.height() > before)
    notes = [n for n in made.form.findChildren(QLabel) if n.text().startswith("A sentence")]
    assert [n.height() >= n.heightForWidth(n.width()) for n in notes] == [True]
    left = [each.mapTo(made, QPoint(0, 0)).x() for each in (check, made.form.field("kind"))]
    assert left == [24, 24]


def test_a_form_taller_than_the_screen_scrolls_and_its_buttons_stay(qtbot: QtBot) -> None:
    made = FormDialog(None, "Add a person", "Add", lambda values: None)
    qtbot.addWidget(made)
    for number in range(20):
        made.form.add_text(str(number), f"Question {number}", hint="In any words")
    made.open()
    holder = made.form.parentWidget()
    assert holder is not None
    qtbot.waitUntil(lambda: holder.height() > 100)
    assert made.height() <= made.screen().availableGeometry().height()
    assert made.rect().contains(made.save_button.geometry())
    last = made.form.field("19")
    last.setFocus()
    assert isinstance(last, QLineEdit)


def test_many_choices_make_a_dialog_taller_and_not_wider(qtbot: QtBot) -> None:
    made = FormDialog(None, "Who was there", "Write down", lambda values: None)
    qtbot.addWidget(made)
    made.form.add_choices("who", "Who", [(n, f"Somebody called number {n}") for n in range(12)])
    made.open()
    qtbot.waitUntil(lambda: made.height() > made.form.sizeHint().height())
    assert made.width() == made.minimumWidth()


def test_another_way_to_end_a_dialog_lets_go_of_what_was_typed(qtbot: QtBot) -> None:
    taken: list[str] = []
    made = FormDialog(None, "Change it", "Save", lambda values: None)
    qtbot.addWidget(made)
    made.form.add_text("kind", "What")
    other = made.add_other_action("Take away", lambda: taken.append("it"))
    made.open()
    QTest.keyClicks(made.form.field("kind"), "DBS")
    other.click()
    assert taken == ["it"]
    assert not made.isVisible()


def test_a_dialog_that_grows_stays_on_the_screen(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    room = parent.screen().availableGeometry()
    parent.setGeometry(room)
    parent.show()
    made = FormDialog(parent, "Add group", "Add group", lambda _values: None)
    for number in range(12):
        made.form.add_text(f"text{number}", f"Text {number}", "What is meant by it")
    made.open()
    foot = made.save_button
    qtbot.waitUntil(lambda: made.height() > room.height() // 2)
    qtbot.waitUntil(lambda: room.contains(foot.mapToGlobal(foot.rect().bottomLeft())))
    assert made.frameGeometry().top() >= room.top()
    made.form.saved()
    made.close()
