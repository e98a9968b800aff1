"""Rows of the list of what practices do, as "shown working when" says it. Others have their test where the rest of their
subject is: KC04 in test_door.py, KC24 in test_notices.py, LW09 and AH22 in test_deciding.py, AH21 in test_raising.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from tests.plugins.conftest import OpenDesk, Window
from tests.plugins.safeguarding import evaluations
from tests.plugins.safeguarding.conftest import lead
from tests.plugins.safeguarding.evaluations import KIND, Rating
from tests.plugins.safeguarding.test_record import a_long_record, check
from therapydesk.api import hooks, new_id
from therapydesk.built_in import BUILT_IN
from therapydesk.core.plugins import Found, Plugins, load_all
from therapydesk.core.vault import generations
from therapydesk.core.vault.opening import files_of
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import rules, service
from therapydesk.plugins.safeguarding.ui.raise_page import RaisePage
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.record_facts import RecordFacts

TODAY = date(2026, 5, 6)

# --- KC08: an alert on deterioration, which stays until someone records what they did ---


@pytest.fixture
def with_evaluations() -> Iterator[Plugins]:
    """All modules, and one that rates sessions."""
    host = load_all(BUILT_IN, {}, (), contrib=False)
    host.load([], [Found("evaluations", evaluations.__name__, "evaluations", "1.0", "Somebody", "d")])
    assert host.is_on("evaluations")
    yield host
    evaluations.ratings.clear()
    evaluations.answered.clear()


def rate(person_id: UUID, *moods: int) -> UUID:
    """A mood a week, the last one today; returns the last evaluation."""
    for week, mood in enumerate(reversed(moods)):
        evaluations.ratings.append(Rating(new_id(), person_id, TODAY - timedelta(weeks=week), mood))
    return max(evaluations.ratings, key=lambda rating: rating.day).id


def alerts(vault: Vault, host: Plugins) -> list[str]:
    """What stands on Today of falling moods."""
    with vault.read() as db:
        return [i.text for i in host.ask(hooks.due_items, db=db, today=TODAY).values if i.kind == "alert"]


@pytest.mark.parametrize("moods", [(4, 3), (4, 3, 3), (2, 4, 3)])
def test_kc08_control_fewer_than_three_falling_ratings_raise_no_alert(
    vault: Vault, with_evaluations: Plugins, person_id: UUID, moods: tuple[int, ...]
) -> None:
    rate(person_id, *moods)
    assert alerts(vault, with_evaluations) == []


def test_kc08_three_falling_ratings_raise_an_alert_that_stays_until_somebody_records_what_they_did(
    vault: Vault, open_desk: OpenDesk, open_page: Any, with_evaluations: Plugins, person_id: UUID, qtbot: Any
) -> None:
    """The ratings are those of a stand-in: sessions are rated in a module of their own. What is shown is the door: the
    alert stands on Today, a concern is offered beside the evaluation and never raised by itself, it goes back to the
    evaluation by id alone, and neither module knows the other.
    """
    evaluation = rate(person_id, 4, 3, 2)
    assert alerts(vault, with_evaluations) == ["Mood has fallen three times"]
    with vault.read() as db:
        assert service.list_concerns(db, "all") == []  # nothing is raised by itself
    window: Window = open_desk(with_evaluations)
    page = QWidget()
    qtbot.addWidget(page)
    card = RecordFacts(window.desk, "Beside the evaluation", KIND, evaluation, person_id)
    QVBoxLayout(page).addWidget(card)
    page.show()

    def shown() -> list[str]:
        QApplication.processEvents()
        widgets: list[Any] = [*card.findChildren(QLabel), *card.findChildren(LinkLabel)]
        return [widget.text() for widget in widgets if widget.isVisibleTo(card)]

    assert "Mood has fallen three times. What did you do?" in shown()
    (offer,) = [link for link in card.findChildren(LinkLabel) if link.text() == "Raise a concern"]
    qtbot.keyClick(offer, " ")
    (link,) = window.links
    raising: RaisePage = open_page(RaisePage(window.desk))
    raising.open_ref(link)
    raising.form.text("seen").setPlainText("He said he does not get up any more.")
    raising.send()
    window.wait()
    with vault.read() as db:
        (concern,) = service.list_concerns(db, "all")
        assert service.read_concern(db, concern.id).source == service.Source(KIND, evaluation)
    card.refresh()
    assert any(text.startswith("Concern 1: ") for text in shown())
    assert alerts(vault, with_evaluations) == ["Mood has fallen three times"], (
        "a concern is no answer by itself"
    )
    evaluations.answered[evaluation] = "Rang his key worker; concern 1"
    assert alerts(vault, with_evaluations) == []
    card.refresh()
    assert "Mood has fallen three times. What did you do?" not in shown()


# --- Opening 23: changing one old byte makes the check fail and names the entry ---


def test_opening_23_one_old_byte_changed_in_the_file_makes_the_check_fail_and_names_the_entry(
    vault: Vault, concern_id: UUID
) -> None:
    """By somebody who holds the key, with another tool, in the oldest entry that a lead wrote; the log of the practice is
    left alone.
    """
    a_long_record(vault, concern_id)
    assert check(vault, concern_id).whole  # the control
    state = vault.unlocked
    path, keys = files_of(vault.folder, state.current, state.ring)["safeguarding"]
    with closing(generations.connect_alone(path, keys)) as raw:
        raw.execute("DROP TRIGGER safeguarding_entry_no_update")
        (before,) = raw.execute("SELECT text FROM safeguarding_entry WHERE seq = 2").fetchone()
        after = before.replace("choir", "chair")
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
        raw.execute("UPDATE safeguarding_entry SET text = ? WHERE seq = 2", (after,))
        raw.commit()
    found = check(vault, concern_id)
    assert found.broken == rules.Break(2, "changed")
    lead(vault, service.add_record, concern_id, service.Record("Written after it was changed."))
    assert check(vault, concern_id).broken == rules.Break(2, "changed"), "what comes later does not heal it"
