"""Places on a body in words, days and times as they are typed, and steps with their days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import QPoint, Qt

from therapydesk.core.errors import UserError
from therapydesk.plugins.safeguarding.service import When
from therapydesk.plugins.safeguarding.ui.actions_pane import next_working_day, understand_by
from therapydesk.plugins.safeguarding.ui.body_map import BodyMap, Mark
from therapydesk.plugins.safeguarding.ui.body_places import place_words
from therapydesk.plugins.safeguarding.ui.plan_dialogs import understand_steps
from therapydesk.plugins.safeguarding.ui.when_field import WhenField, understand_when


@pytest.mark.parametrize(
    ("side", "x", "y", "words"),
    [
        ("front", 500, 80, "face, front"),
        ("back", 500, 80, "head, back"),
        ("front", 500, 160, "throat, front"),
        ("front", 500, 260, "chest, front"),
        ("back", 500, 400, "lower back, back"),
        ("front", 830, 470, "left forearm, front"),
        ("back", 830, 470, "right forearm, back"),
        ("front", 170, 470, "right forearm, front"),
        ("front", 300, 500, "right hip, front"),
        ("back", 500, 480, "buttocks, back"),
        ("front", 600, 660, "left knee, front"),
        ("front", 900, 600, "left hand, front"),
        ("front", 20, 20, "beside the body, front"),
    ],
)
def test_left_and_right_are_the_persons_own(side: str, x: int, y: int, words: str) -> None:
    assert place_words(side, x, y) == words


@pytest.fixture
def body(qtbot: Any) -> BodyMap:
    made = BodyMap(editable=True)
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.show()
    return made


def test_a_click_places_a_mark_where_it_was_and_none_beside_the_figures(body: BodyMap, qtbot: Any) -> None:
    placed: list[tuple[str, int, int]] = []
    body.placed.connect(lambda *where: placed.append(where))
    at = body.point("back", 500, 300).toPoint()
    qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    ((side, x, y),) = placed
    assert side == "back"
    assert abs(x - 500) < 10
    assert abs(y - 300) < 10


def test_the_keys_go_from_the_front_to_the_back_and_stay_inside(body: BodyMap, qtbot: Any) -> None:
    cursor = body.focusProxy()
    assert cursor is not None
    for _step in range(12):
        qtbot.keyClick(cursor, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert cursor.accessibleName().endswith(", back")
    for _step in range(40):
        qtbot.keyClick(cursor, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    placed: list[tuple[str, int, int]] = []
    body.placed.connect(lambda *where: placed.append(where))
    qtbot.keyClick(cursor, Qt.Key.Key_Return)
    assert placed[0][2] == 1000


def test_each_mark_is_a_named_button_and_the_map_says_all(body: BodyMap) -> None:
    body.show_marks([Mark("front", 500, 260, "Bruise"), Mark("back", 500, 400)])
    assert body.accessibleName() == "Body map, 1: chest, front, 2: lower back, back"
    names = [button.accessibleName() for button in body._buttons]
    assert names == ["Mark 1: chest, front, Bruise", "Mark 2: lower back, back"]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("today 15:50", When(date(2026, 5, 6), "15:50")),
        ("about 3 May", When(date(2026, 5, 3), "", exact=False)),
        ("Tue 5 May 2026, 09:00", When(date(2026, 5, 5), "09:00")),
        ("yesterday", When(date(2026, 5, 5))),
    ],
)
def test_when_something_happened_is_understood(text: str, when: When) -> None:
    assert understand_when(text) == when


def test_a_field_that_is_left_empty_means_today_without_a_time(qtbot: Any) -> None:
    field = WhenField()
    qtbot.addWidget(field)
    assert field.when() == When(date(2026, 5, 6), "15:59")
    field.set_texts("", "", "")
    assert field.when() == When(date(2026, 5, 6), "")
    field.set_texts("31 Feb", "", "")
    assert "day" in field.check()


def test_by_when_is_a_moment_to_come() -> None:
    assert understand_by("tomorrow") == datetime(2026, 5, 7, 16, 0, tzinfo=UTC)
    assert understand_by("thu 10:30") == datetime(2026, 5, 7, 9, 30, tzinfo=UTC)
    assert next_working_day() == datetime(2026, 5, 7, 17, 0)
    with pytest.raises(UserError, match="over already"):
        understand_by("today 9:00")


def test_each_step_of_a_plan_has_its_day() -> None:
    me = uuid4()
    steps = understand_steps("Ring the bank, with Iolo, tomorrow\n\nVisit, fri", me)
    assert [(s.text, s.due_at.day, s.owner_id) for s in steps] == [
        ("Ring the bank, with Iolo", 7, me),
        ("Visit", 8, me),
    ]
    with pytest.raises(UserError, match="Line 2"):
        understand_steps("Ring, tomorrow\nVisit", me)
