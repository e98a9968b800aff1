"""Rows of the list of what practices do that are kept by the records, as "shown working when" says it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import USER
from tests.records.test_privacy_notices import words_of
from therapydesk.core import dates
from therapydesk.core.errors import UserError
from therapydesk.core.vault.vault import Vault
from therapydesk.records import retention, retention_runs
from therapydesk.records.consent_lists import record_consent
from therapydesk.records.episodes import Episode
from therapydesk.records.legal_holds import place_hold
from therapydesk.records.people_details import PersonDetails, add_person, find_person
from therapydesk.records.privacy_notices import held_sheet, list_told, record_told

OTHER = "seven brass bells ringing"


def on(year: int, month: int, day: int) -> None:
    dates.set_clock(lambda: datetime(year, month, day, 10, 0, tzinfo=UTC))


def closed(vault: Vault, name: str, **more: Any) -> UUID:
    """Somebody whose support ended today."""
    with vault.write("core") as db:
        person = add_person(db, PersonDetails(name, best_way="ask", **more)).id
        day = dates.today()
        db.add(Episode(person_id=person, stage="closed", opened_on=day, closed_on=day))
    return person


def test_ot18_a_what_we_hold_and_why_sheet_prints_per_person_and_the_date_they_were_told_is_stored(
    vault: Vault,
) -> None:
    on(2026, 5, 6)
    with vault.write("core") as db:
        carys = add_person(db, PersonDetails("Carys Bowen", best_way="ask")).id
        owen = add_person(db, PersonDetails("Owen Prys", best_way="ask")).id
        record_consent(db, carys, "record_sound", "yes", asked_on=date(2026, 5, 1))
    with vault.read() as db:
        hers, his = words_of(held_sheet(db, carys, "large")), words_of(held_sheet(db, owen, "large"))
        assert list_told(db, carys) == []
    for words, name, other in ((hers, "Carys Bowen", "Owen Prys"), (his, "Owen Prys", "Carys Bowen")):
        assert name in words
        assert other not in words
        assert "Notes about your sessions" in words  # what is held
        assert "Needed to reach you" in words  # why
        assert "8 years after we last met" in words  # how long
    assert ("We may record" in hers, "We may record" in his) == (True, False)
    with vault.write("core") as db:
        record_told(db, carys, date(2026, 5, 4), "large")
    with vault.read() as db:
        assert [(told.told_on, told.by) for told in list_told(db, carys)] == [(date(2026, 5, 4), USER)]
        assert list_told(db, owen) == []


def test_opening_21_a_dry_run_lists_what_is_due_what_is_held_and_why_before_anything_is_destroyed(
    vault: Vault,
) -> None:
    on(2026, 5, 6)
    with vault.write("core") as db:
        retention.confirm_rules(db, "general")
    vault.add_user("Tom Pryce", ("therapist",), OTHER, ("clinical",))
    adult = closed(vault, "Carys Bowen", born_on=date(1980, 1, 1))
    child = closed(vault, "Owen Prys", born_on=date(2015, 3, 1))
    disputed = closed(vault, "Mair Hughes", born_on=date(1975, 1, 1))
    with vault.write("core") as db:
        place_hold(db, disputed, "complaint")

    def there() -> list[tuple[str, int]]:
        """Who is there, with how much of their care record."""
        with vault.read() as db:
            return [
                (
                    find_person(db, person).full_name,
                    len(db.scalars(select(Episode).where(Episode.person_id == person)).all()),
                )
                for person in (adult, child, disputed)
            ]

    before = there()
    assert before == [("Carys Bowen", 1), ("Owen Prys", 1), ("Mair Hughes", 1)]
    on(2034, 5, 7)
    with vault.read() as db:
        due = {(v.name, v.due.keep): v for v in retention.list_due(db)}
        held = {(v.name, v.due.keep): v for v in retention.list_due(db, held=True)}
    assert set(due) == {("Carys Bowen", "clinical"), ("Carys Bowen", "contact")}
    first = due["Carys Bowen", "clinical"].due
    assert (first.rule, first.counted_from, first.due_on) == ("adult", date(2026, 5, 6), date(2034, 5, 6))
    assert {name for name, _keep in held} == {"Mair Hughes"}
    assert all("complaint" in view.why for view in held.values())
    with vault.write("core") as db:
        assert retention_runs.propose(db) == 2
    assert there() == before, "a list and a proposal destroy nothing"
    with vault.read() as db:
        item = next(i for i in retention_runs.list_items(db) if i.keep == "clinical")
    with vault.write("core") as db:
        retention_runs.agree_first(db, item.id)
    with pytest.raises(UserError, match="agreed to this already"):
        retention_runs.destroy(vault, item.id)
    assert there() == before, "one person alone is not two"
    vault.unlock("Tom Pryce", OTHER)
    retention_runs.destroy(vault, item.id)
    assert there() == [("Carys Bowen", 0), ("Owen Prys", 1), ("Mair Hughes", 1)]
