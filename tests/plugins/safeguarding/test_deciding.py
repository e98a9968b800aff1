"""Decisions with their clocks, what is to be done, liaison, plans, handing over, closing and reopening."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.plugins.safeguarding.conftest import NOW, lead, raise_about
from tests.plugins.safeguarding.screens import read
from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.records.practice import put_setting

TOMORROW = NOW + timedelta(days=1)
OUTCOME = service.Outcome("Card is back.", "yes_given", "fully", "removed", "known", told="Ruth, by phone")


def test_each_decision_starts_its_own_clocks(vault: Vault, concern_id: UUID) -> None:
    lead(vault, service.weigh_up, concern_id, service.Weighed("child", ["child", "harm"], ["neglect"]))
    lead(vault, service.decide, concern_id, "refer_child", "Likely significant harm.")
    view = read(vault, concern_id)
    due = {a.text: a.due_at for a in view.actions}
    assert due["Ring children’s social care now."] == NOW
    assert due["Confirm it in writing."] == datetime(2026, 5, 7, 16, 0, tzinfo=UTC)
    assert due["Ask what was decided, if nothing was heard."] == datetime(2026, 5, 11, 16, 0, tzinfo=UTC)
    assert (view.state, view.decided_at, view.urgency) == ("decided", NOW, None)
    decision = view.of_kind("decision")[0]
    assert decision.done == "Likely significant harm."
    assert decision.detail["unconfirmed"] == ["confirm", "chase"]
    assert {a.owner for a in view.actions} == {USER}


def test_a_clock_can_be_left_out_and_more_decisions_follow(vault: Vault, concern_id: UUID) -> None:
    assert lead(vault, service.decide, concern_id, "monitor", "Small.", leave_out=["look_again"]) == []
    lead(vault, service.decide, concern_id, "section42", "It is not small.")
    kinds = [e.detail["decision"] for e in read(vault, concern_id).of_kind("decision")]
    assert kinds == ["monitor", "section42"]


def test_the_nation_of_the_practice_chooses_the_law(vault: Vault, person_id: UUID) -> None:
    with vault.write("core") as db:
        put_setting(db, "practice.nation", "scotland")
    concern_id = raise_about(vault, person_id)
    with pytest.raises(UserError, match="section42"):
        lead(vault, service.decide, concern_id, "section42", "Because")
    lead(vault, service.decide, concern_id, "asp_inquiry", "Because")
    assert read(vault, concern_id).nation == "scotland"


def test_a_decision_needs_a_reason_also_when_no_step_is_taken(vault: Vault, concern_id: UUID) -> None:
    with pytest.raises(UserError, match="reason"):
        lead(vault, service.decide, concern_id, "no_action", " ")
    lead(vault, service.weigh_up, concern_id, service.Weighed("child"))
    with pytest.raises(UserError, match="another pathway"):
        lead(vault, service.decide, concern_id, "section42", "Because")


def test_actions_are_finished_dropped_and_moved_in_the_open(vault: Vault, concern_id: UUID) -> None:
    user_id = vault.user.id
    ring, see = (
        lead(vault, service.add_action, concern_id, service.NewAction(what, TOMORROW, owner, name))
        for what, owner, name in (("Ring the bank", user_id, ""), ("See her alone", None, "Ruth"))
    )
    with pytest.raises(UserError, match="who does it"):
        lead(vault, service.add_action, concern_id, service.NewAction("Nobody’s", TOMORROW))
    lead(vault, service.finish_action, ring, "Card stopped.")
    lead(vault, service.move_action, see, TOMORROW + timedelta(days=7), "She is away.", owner_name="Iolo")
    view = read(vault, concern_id)
    assert {(a.text, a.state, a.result) for a in view.actions} == {
        ("Ring the bank", "done", "Card stopped."),
        ("See her alone", "todo", ""),
    }
    assert next(a for a in view.actions if a.state == "todo").owner == "Iolo"
    with vault.read() as db:
        assert [a.text for a in service.list_actions(db)] == ["See her alone"]
        assert service.list_actions(db, mine=True) == []
        assert len(service.list_actions(db, only_open=False)) == 2
    with pytest.raises(UserError, match="already"):
        lead(vault, service.finish_action, ring, "Again")
    lead(vault, service.drop_action, see, "Not needed.")
    kinds = [e.kind for e in read(vault, concern_id).entries[1:]]
    assert kinds == ["action", "action", "action_done", "action_moved", "action_dropped"]
    with pytest.raises(NotFound):
        lead(vault, service.finish_action, UUID(int=3), "x")


def test_ah22_each_liaison_has_who_when_what_was_asked_and_answered(vault: Vault, concern_id: UUID) -> None:
    liaison = service.Liaison(
        "Council adult team",
        "Advice asked without names.",
        who="J Amos",
        reference="D-2291",
        names_given=False,
        when=service.When(date(2026, 5, 6), "15:30"),
    )
    entry_id = lead(vault, service.add_liaison, concern_id, liaison)
    lead(vault, service.answer_liaison, entry_id, "Stop the card first, then decide with her.", who="J Amos")
    view = read(vault, concern_id)
    (shown,) = view.of_kind("liaison")
    assert (shown.detail["who"], shown.happened_time, shown.text) == ("J Amos", "15:30", liaison.asked)
    assert shown.says == "Council adult team, by phone"
    assert shown.detail["names_given"] is False
    assert [e.text for e in view.about(shown.id)] == ["Stop the card first, then decide with her."]
    for broken in (
        service.Liaison(" ", "x"),
        service.Liaison("Council", " "),
        service.Liaison("C", "x", how="owl"),
    ):
        with pytest.raises(UserError):
            lead(vault, service.add_liaison, concern_id, broken)
    with pytest.raises(UserError, match="not a talk"):
        lead(vault, service.answer_liaison, view.entries[0].id, "x")


def test_ah22_a_safeguarding_plan_has_actions_with_dates(vault: Vault, concern_id: UUID) -> None:
    steps = [service.NewAction("Bank card stopped", TOMORROW, vault.user.id)]
    plan = service.Plan("Her money is her own again.", steps, date(2026, 6, 3), "Margaret-Anne and Iolo")
    entry_id = lead(vault, service.make_plan, concern_id, plan)
    view = read(vault, concern_id)
    assert [(a.text, a.due_at) for a in view.actions] == [("Bank card stopped", TOMORROW)]
    assert view.of_kind("plan")[0].id == entry_id
    assert view.of_kind("plan")[0].detail["review_on"] == "2026-06-03"
    with pytest.raises(UserError, match="at least one step"):
        lead(vault, service.make_plan, concern_id, service.Plan("x", [], date(2026, 6, 3)))


def test_lw09_a_safety_plan_has_agreement_early_signs_and_who_they_want_told(
    vault: Vault, concern_id: UUID
) -> None:
    plan = service.SafetyPlan(
        "yes",
        date(2026, 5, 6),
        ["I stop answering the door"],
        ["Iolo, that I need company"],
        helps=["Ringing the choir"],
        not_tell=["Derek"],
        words="“I know myself best.”",
    )
    lead(vault, service.make_safety_plan, concern_id, plan)
    (shown,) = read(vault, concern_id).of_kind("safety_plan")
    assert shown.detail["agreed"] == "yes"
    assert shown.detail["agreed_on"] == "2026-05-06"
    assert shown.detail["early_signs"] == ["I stop answering the door"]
    assert shown.detail["tell"] == ["Iolo, that I need company"]
    assert shown.impact == "“I know myself best.”"
    for broken, sentence in (
        (service.SafetyPlan("maybe", date(2026, 5, 6), ["x"], ["y"]), "agrees"),
        (service.SafetyPlan("yes", date(2026, 5, 6), [" "], ["y"]), "first signs"),
        (service.SafetyPlan("yes", date(2026, 5, 6), ["x"], []), "wants told"),
    ):
        with pytest.raises(UserError, match=sentence):
            lead(vault, service.make_safety_plan, concern_id, broken)


def test_who_knows_is_written_down(vault: Vault, concern_id: UUID) -> None:
    lead(vault, service.record_told, concern_id, "Iolo", "She will tell him.")
    assert read(vault, concern_id).knows == (service.KnowsView("Iolo", "She will tell him."),)


def test_a_concern_is_handed_over_between_leads(vault: Vault, concern_id: UUID) -> None:
    dele = vault.add_user("Dele Abara", ["lead", "therapist"], PASSPHRASE, ["safeguarding"])
    nia = vault.add_user("Nia Bevan", ["link_worker"], PASSPHRASE, [])
    lead(vault, service.mark_read, concern_id)
    lead(vault, service.pass_on, concern_id, dele.id, "I am away from tomorrow.")
    assert read(vault, concern_id).lead == "Dele Abara"
    idwal = vault.add_user("Idwal Penry", ["lead"], PASSPHRASE, [])
    with pytest.raises(UserError, match="does not hold the key"):
        lead(vault, service.pass_on, concern_id, idwal.id, "x")
    with pytest.raises(UserError, match="lead only"):
        lead(vault, service.pass_on, concern_id, nia.id, "x")
    with pytest.raises(UserError, match="already"):
        lead(vault, service.pass_on, concern_id, dele.id, "x")
    vault.unlock("Dele Abara", PASSPHRASE)
    with vault.read() as db:
        assert [row.number for row in service.list_concerns(db, "mine")] == [1]


def test_closing_asks_for_a_decision_and_for_nothing_to_be_left_open(vault: Vault, concern_id: UUID) -> None:
    with pytest.raises(UserError, match="decision first"):
        lead(vault, service.close_concern, concern_id, OUTCOME)
    (action,) = lead(vault, service.decide, concern_id, "monitor", "Small.")  # type: ignore[misc]  # one id
    with pytest.raises(UserError, match="still to be done"):
        lead(vault, service.close_concern, concern_id, OUTCOME)
    lead(vault, service.finish_action, action, "All quiet.")
    with pytest.raises(UserError):
        lead(
            vault, service.close_concern, concern_id, service.Outcome("x", "yes_given", "fully", "?", "known")
        )
    lead(vault, service.close_concern, concern_id, OUTCOME)
    view = read(vault, concern_id)
    assert view.state == "closed"
    assert view.entries[-1].detail["achieved"] == "fully"
    assert view.entries[-1].done == "Ruth, by phone"
    with vault.read() as db:
        assert service.list_concerns(db) == []
        assert [row.state for row in service.list_concerns(db, "closed")] == ["closed"]


def test_a_concern_that_was_reopened_wants_a_new_decision(vault: Vault, concern_id: UUID) -> None:
    with pytest.raises(UserError, match="is open"):
        lead(vault, service.reopen_concern, concern_id, "x")
    lead(vault, service.decide, concern_id, "no_action", "Small.")
    lead(vault, service.close_concern, concern_id, OUTCOME)
    later = NOW + timedelta(days=30)
    dates.set_clock(lambda: later)
    lead(vault, service.reopen_concern, concern_id, "It happened again.")
    view = read(vault, concern_id)
    assert (view.state, view.due_at, view.urgency) == ("read", later + timedelta(hours=24), "ok")


def test_what_is_due_first_stands_first(vault: Vault, person_id: UUID) -> None:
    calm = raise_about(vault, person_id)
    urgent = raise_about(vault, person_id, danger="now")
    decided = raise_about(vault, person_id, danger="now")
    lead(vault, service.decide, decided, "no_action", "Small.")
    with vault.read() as db:
        assert [row.id for row in service.list_concerns(db)] == [urgent, calm, decided]
        assert [row.id for row in service.list_concerns(db, offset=1, limit=1)] == [calm]
        assert service.count_undecided(db) == 2
        assert [row.name for row in service.list_concerns(db, person_id=person_id)][
            0
        ] == "Margaret-Anne Tregaskis"
