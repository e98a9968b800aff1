"""What everybody who meets a person sees; and what this module answers when the window asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.plugins.safeguarding.conftest import NOW, lead, raise_about
from therapydesk.api import hooks
from therapydesk.core import dates
from therapydesk.core.errors import NotFound, PermissionDenied, UserError
from therapydesk.core.permissions import ROLES
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.models import Notice
from therapydesk.records.episode_moves import open_episode
from therapydesk.records.episodes import Episode
from therapydesk.records.merging import merge_people
from therapydesk.records.people_details import record_death
from therapydesk.records.practice import put_setting
from therapydesk.testing import add_person

TODAY = date(2026, 5, 6)
JUNE = date(2026, 6, 3)
SPEAK = "Speak to Bethan before a visit."


def ask(vault: Vault, hook: Any, **more: Any) -> list[Any]:
    with vault.read() as db:
        answers = vault.host.ask(hook, only="safeguarding", db=db, **more)  # type: ignore[attr-defined]  # the plugin host
    assert not answers.failures
    found: list[Any] = answers.values
    return found


def facts(vault: Vault, person_id: UUID) -> list[tuple[str, str]]:
    found = ask(vault, hooks.person_facts, person_ids=[person_id])
    return [(fact.kind, fact.text) for each in found for fact in each.get(person_id, [])]


def core(vault: Vault, what: Any, *args: Any) -> Any:
    with vault.write("core") as db:
        return what(db, *args)


# --- Notices ---


def test_others_are_told_nothing_but_what_the_lead_chose(
    vault: Vault, person_id: UUID, concern_id: UUID
) -> None:
    core(vault, service.tell_notice, person_id, SPEAK, JUNE)
    assert facts(vault, person_id) == [("notice", SPEAK), ("concern", "Concern 1 is open.")]
    for role in ("admin", "link_worker", "therapist", "owner"):
        vault.unlock(USER, PASSPHRASE)
        vault.add_user(f"A {role}", [role], PASSPHRASE, [])
        vault.unlock(f"A {role}", PASSPHRASE)
        assert facts(vault, person_id) == [("notice", SPEAK)]
        assert ask(vault, hooks.timeline, person_id=person_id, since=NOW - timedelta(days=9)) == []
        assert ask(vault, hooks.search, text="Tregaskis", limit=20) == []
        assert ask(vault, hooks.subject_extras, person_id=person_id) == []
        assert ask(vault, hooks.due_items, today=TODAY) == []
    vault.unlock(USER, PASSPHRASE)
    vault.add_user("An auditor", ["auditor"], PASSPHRASE, [])
    vault.unlock("An auditor", PASSPHRASE)
    assert facts(vault, person_id) == []


def test_only_a_lead_tells_and_ends_a_notice(vault: Vault, person_id: UUID) -> None:
    notice_id = core(vault, service.tell_notice, person_id, SPEAK, JUNE)
    vault.add_user("Nia Bevan", ["owner", "admin", "link_worker", "therapist"], PASSPHRASE, [])
    vault.unlock("Nia Bevan", PASSPHRASE)
    with vault.read() as db:
        assert [n.lead for n in service.list_notices(db, [person_id])] == [USER]
    for call in ((service.tell_notice, person_id, "x", JUNE), (service.end_notice, notice_id)):
        with pytest.raises(PermissionDenied):
            core(vault, *call)
    vault.unlock(USER, PASSPHRASE)
    core(vault, service.renew_notice, notice_id, date(2026, 7, 1))
    core(vault, service.end_notice, notice_id)
    with vault.read() as db:
        assert service.list_notices(db, [person_id]) == []
        (ended,) = service.list_notices(db, [person_id], ended=True)
    assert (ended.review_on, ended.ended_on) == (date(2026, 7, 1), TODAY)
    with pytest.raises(NotFound):
        core(vault, service.end_notice, notice_id)


@pytest.mark.parametrize(
    ("text", "day", "sentence"),
    [(" ", JUNE, "need to know"), ("x" * 201, JUNE, "201 letters"), ("Speak", TODAY, "day to come")],
)
def test_a_notice_is_short_and_has_a_review_to_come(
    vault: Vault, person_id: UUID, text: str, day: date, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        core(vault, service.tell_notice, person_id, text, day)
    with pytest.raises(NotFound):
        core(vault, service.tell_notice, UUID(int=4), "Speak", JUNE)


# --- Risk notes ---


def test_risk_notes_are_written_and_read_by_all_who_see_people(vault: Vault, person_id: UUID) -> None:
    for role in ROLES:
        vault.unlock(USER, PASSPHRASE)
        vault.add_user(f"A {role}", [role], PASSPHRASE, [])
        vault.unlock(f"A {role}", PASSPHRASE)
        if role == "auditor":
            with pytest.raises(PermissionDenied):
                core(vault, service.add_risk_note, person_id, "animals", "A dog", JUNE)
            with pytest.raises(PermissionDenied), vault.read() as db:
                service.list_risk_notes(db, [person_id])
        else:
            core(vault, service.add_risk_note, person_id, "animals", f"A dog, {role}", JUNE)
            assert facts(vault, person_id)[0] == ("risk", f"Animals: A dog, {role}")


def test_a_risk_note_is_ended_and_renewed(vault: Vault, person_id: UUID) -> None:
    note_id = core(vault, service.add_risk_note, person_id, "visit", "Two go together", JUNE)
    with pytest.raises(UserError, match="kind of risk"):
        core(vault, service.add_risk_note, person_id, "weather", "Rain", JUNE)
    core(vault, service.renew_risk_note, note_id, date(2026, 9, 1))
    with vault.read() as db:
        (note,) = service.list_risk_notes(db, [person_id])
    assert (note.review_on, note.author, note.noted_on) == (date(2026, 9, 1), USER, TODAY)
    core(vault, service.end_risk_note, note_id)
    assert facts(vault, person_id) == []
    with pytest.raises(NotFound):
        core(vault, service.renew_risk_note, note_id, date(2026, 9, 1))


def test_reviews_are_due_for_those_who_may_mend_them_and_not_for_the_dead(
    vault: Vault, person_id: UUID
) -> None:
    core(vault, service.tell_notice, person_id, SPEAK, JUNE)
    core(vault, service.add_risk_note, person_id, "visit", "Two go together", JUNE)
    assert ask(vault, hooks.due_items, today=TODAY) == []
    due = ask(vault, hooks.due_items, today=JUNE)
    assert [(item.kind, item.due_on, item.person_id) for item in due] == [
        ("notice", JUNE, person_id),
        ("risk", JUNE, person_id),
    ]
    vault.add_user("Nia Bevan", ["link_worker"], PASSPHRASE, [])
    vault.unlock("Nia Bevan", PASSPHRASE)
    assert [item.kind for item in ask(vault, hooks.due_items, today=JUNE)] == ["risk"]
    vault.unlock(USER, PASSPHRASE)
    core(vault, record_death, person_id, TODAY)
    assert ask(vault, hooks.due_items, today=JUNE) == []


def test_kc24_an_active_person_with_no_current_assessment_is_on_the_to_do_list(
    vault: Vault, person_id: UUID
) -> None:
    with vault.write("core") as db:
        open_episode(db, person_id, stage="active")
    assert ask(vault, hooks.due_items, today=TODAY) == []  # the practice has not asked for it
    core(vault, put_setting, "safeguarding.ask_before_start", True)
    assert ask(vault, hooks.due_items, today=TODAY) == []  # somebody else's, or nobody's yet
    with vault.write("core") as db:
        db.scalars(select(Episode)).one().therapist_id = vault.user.id
    (item,) = ask(vault, hooks.due_items, today=TODAY)
    assert (item.text, item.kind) == (
        "Margaret-Anne Tregaskis: health and risk were not looked at yet",
        "assessment",
    )
    core(vault, service.add_risk_note, person_id, "animals", "A dog", JUNE)
    assert "assessment" in [item.kind for item in ask(vault, hooks.due_items, today=TODAY)]
    core(vault, service.add_risk_note, person_id, "start", "Nothing found", JUNE)
    assert ask(vault, hooks.due_items, today=TODAY) == []
    late = ask(vault, hooks.due_items, today=JUNE + timedelta(days=1))
    assert [item.kind for item in late] == ["risk", "risk", "assessment"]


def test_joined_records_keep_their_notices(vault: Vault, person_id: UUID) -> None:
    core(vault, service.tell_notice, person_id, SPEAK, JUNE)
    kept = add_person(vault, "Margaret Tregaskis")
    core(vault, merge_people, kept, person_id)
    assert facts(vault, kept) == [("notice", SPEAK)]
    with vault.read() as db:
        assert db.scalars(select(Notice.person_id)).all() == [kept]


# --- What leads are told ---


def test_decisions_and_actions_stay_on_today_until_they_are_done(vault: Vault, concern_id: UUID) -> None:
    (item,) = ask(vault, hooks.due_items, today=TODAY)
    assert (item.text, item.due_on) == ("Concern 1: decide by Thu 7 May 2026 15:59", date(2026, 5, 7))
    assert item.person_id is None
    (action,) = lead(vault, service.decide, concern_id, "monitor", "Small.")  # type: ignore[misc]  # one id
    (item,) = ask(vault, hooks.due_items, today=TODAY)
    assert item.text == "Concern 1: something to do"
    assert item.link is not None
    assert (item.link.page, item.link.ref, item.link.args) == (
        "safeguarding.safeguarding",
        concern_id,
        ("open",),
    )
    lead(vault, service.finish_action, action, "Quiet.")
    assert ask(vault, hooks.due_items, today=TODAY) == []


@pytest.mark.parametrize(
    "text", ["concern 1", "1", "Tregas", "margaret-anne", "card since Easter", "my card back", "Derek n"]
)
def test_a_lead_finds_a_concern_by_number_name_or_words(vault: Vault, concern_id: UUID, text: str) -> None:
    lead(vault, service.link_person, concern_id, "source", name="Derek next door")
    (hit,) = ask(vault, hooks.search, text=text, limit=20)
    assert hit.title == "Concern 1: Margaret-Anne Tregaskis"
    assert hit.link.ref == concern_id


@pytest.mark.parametrize("text", ["", "2", "zebra", "%", "_", "99999999999999999999"])
def test_a_search_for_something_else_finds_none(vault: Vault, concern_id: UUID, text: str) -> None:
    assert ask(vault, hooks.search, text=text, limit=20) == []


def test_the_timeline_of_a_lead_has_raised_and_closed(
    vault: Vault, concern_id: UUID, person_id: UUID
) -> None:
    lead(vault, service.decide, concern_id, "no_action", "Small.")
    outcome = service.Outcome("Card is back.", "yes_given", "fully", "removed", "known")
    dates.set_clock(lambda: NOW + timedelta(days=2))
    lead(vault, service.close_concern, concern_id, outcome)
    since = NOW - timedelta(days=1)
    found = ask(vault, hooks.timeline, person_id=person_id, since=since)
    assert [m.text for m in found] == ["Concern 1 raised", "Concern 1 closed"]
    late = ask(vault, hooks.timeline, person_id=person_id, since=NOW + timedelta(days=1))
    assert [m.text for m in late] == ["Concern 1 closed"]


def test_a_subject_access_pack_of_a_lead_has_the_record_of_each_concern(
    vault: Vault, concern_id: UUID, person_id: UUID
) -> None:
    (item,) = ask(vault, hooks.subject_extras, person_id=person_id)
    assert item.path == "concern-1.txt"
    text = item.content.decode()
    assert "Chronology, concern 1" in text
    assert "“Derek next door has had my card since Easter.”" in text


def test_a_death_is_written_into_open_concerns_about_that_person(
    vault: Vault, concern_id: UUID, person_id: UUID
) -> None:
    elsewhere = raise_about(vault, add_person(vault, "Iolo Prys"))
    core(vault, record_death, person_id, TODAY)
    vault.settle()
    with vault.read() as db:
        texts = [service.read_concern(db, c).entries[-1].text for c in (concern_id, elsewhere)]
    assert texts[0] == "The practice recorded that this person has died."
    assert "died" not in texts[1]
