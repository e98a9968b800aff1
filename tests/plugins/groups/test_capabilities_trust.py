"""Rows of the list of what practices do that are about trust, as "shown working when" says it: consent that acts, and safe
places.
"""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import pytest

from tests.plugins.groups.conftest import Choir
from tests.plugins.groups.test_works import agree, concert, make, maker, programme, uses
from therapydesk.api import (
    ConsentMissing,
    DueItem,
    add_months,
    hooks,
    list_consents,
    record_consent,
    require_consents,
    sealing,
    today,
    withdraw_consent,
)
from therapydesk.core.plugins import Plugins
from therapydesk.plugins.groups import venue_checks, works_files, works_programme, works_service
from therapydesk.plugins.groups.works_events import Item
from therapydesk.records.erasure import erase_person


def clip(choir: Choir, title: str, *names: str) -> UUID:
    """A film of these people, with its file, that is meant to be shown on the web."""
    made = make(choir, title, [maker(choir, name) for name in names], kind="film", uses=("web", "perform"))
    source = io.BytesIO(title.encode() * 100)
    with sealing(choir.vault.folder, "clinical", source) as sealed, choir.vault.write("clinical") as db:
        works_files.add_work_file(db, made, sealed, f"{title}.mp4", "video/mp4")
    return made


@pytest.fixture
def films(choir: Choir) -> dict[str, UUID]:
    """Three clips: two with Ann in them."""
    for name in ("Ann Price", "Bea Lloyd"):
        choir.join(name)
    return {
        "Ann alone": clip(choir, "Ann alone", "Ann Price"),
        "Both": clip(choir, "Both", "Ann Price", "Bea Lloyd"),
        "Bea alone": clip(choir, "Bea alone", "Bea Lloyd"),
    }


def shown_on_the_web(choir: Choir, films: dict[str, UUID]) -> set[str]:
    """What gets out for the web by every way there is: the ledger, a programme, and the question before a file goes."""
    event = concert(choir, [Item(work_id=film) for film in films.values()])
    with choir.vault.read() as db:
        ledger = works_programme.works_csv(db, "web").decode("utf-8-sig")
    listed = {line.title for line in programme(choir, event, "web").lines}
    asked = set()
    for title, film in films.items():
        try:
            choir.do(works_service.require_cleared, film, "web")
        except ConsentMissing:
            continue
        asked.add(title)
    assert asked == listed == {title for title in films if title in ledger}
    return asked


def withdraw_web(choir: Choir, name: str) -> None:
    with choir.vault.read() as db:
        given = next(c for c in list_consents(db, choir.people[name]) if c.purpose == "web" and c.holds)
    choir.do(withdraw_consent, given.id)


def test_kc11_nothing_is_exported_for_publicity_without_a_live_consent_and_withdrawing_lists_every_item(
    choir: Choir, films: dict[str, UUID]
) -> None:
    assert shown_on_the_web(choir, films) == set()
    for name in choir.people:
        agree(choir, name, "perform")
    assert shown_on_the_web(choir, films) == set(), "a consent for another use is none for this one"
    for name in choir.people:
        agree(choir, name, "web")
    assert shown_on_the_web(choir, films) == set(films)
    choir.do(record_consent, choir.people["Bea Lloyd"], "web", "yes", expires_on=today())
    assert shown_on_the_web(choir, films) == set(films), "it is live until its last day"
    withdraw_web(choir, "Ann Price")
    affected = {label for purpose, label, may in uses(choir, "Ann Price") if purpose == "web" and not may}
    assert affected == {"Ann alone", "Both"}
    assert shown_on_the_web(choir, films) == {"Bea alone"}


def test_opening_12_withdrawing_web_lists_and_blocks_every_affected_clip_and_the_proof_outlives_erasure(
    choir: Choir, films: dict[str, UUID]
) -> None:
    for name in choir.people:
        agree(choir, name, "web")
        agree(choir, name, "perform")
    assert shown_on_the_web(choir, films) == set(films)
    withdraw_web(choir, "Ann Price")
    listed = {(label, may) for purpose, label, may in uses(choir, "Ann Price") if purpose == "web"}
    assert listed == {("Ann alone", False), ("Both", False)}
    with choir.vault.read() as db:
        for title, blocked in (("Ann alone", True), ("Both", True), ("Bea alone", False)):
            if blocked:
                with pytest.raises(ConsentMissing, match="Ann Price"):
                    require_consents(db, films[title], "web")
            else:
                require_consents(db, films[title], "web")
    assert {label for purpose, label, may in uses(choir, "Ann Price") if purpose == "perform" and may} == {
        "Ann alone",
        "Both",
    }, "purpose by purpose: what rests on another consent may go on"
    before = _answers(choir)
    erase_person(choir.vault, choir.people["Ann Price"], "request")
    assert _answers(choir) == before
    assert [state for purpose, state, _on in before if purpose == "web"] == ["withdrawn", "yes"]


def _answers(choir: Choir) -> list[tuple[str, str, object]]:
    """What Ann answered, when: the proof that she was asked."""
    with choir.vault.read() as db:
        given = list_consents(db, choir.people["Ann Price"])
        return sorted((c.purpose, c.state, c.asked_on) for c in given)


def test_kc32_a_venue_or_kit_item_has_checks_with_a_next_due_date_on_the_to_do_list(
    choir: Choir, plugins: Plugins
) -> None:
    def due(day: object) -> list[DueItem]:
        with choir.vault.read() as db:
            items = plugins.ask(hooks.due_items, db=db, today=day).values
        return [item for item in items if "Piano castors" in item.text]

    assert due(today()) == []
    made = choir.do(venue_checks.add_check, choir.group_id, "Piano castors", today() + timedelta(days=3), 6)
    (item,) = due(today() + timedelta(days=3))
    assert item.due_on == today() + timedelta(days=3)
    choir.do(venue_checks.check_done, made, today())
    assert due(today() + timedelta(days=30)) == []
    (item,) = due(add_months(today(), 6))
    assert item.due_on == add_months(today(), 6)
