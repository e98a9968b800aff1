"""What may be written down, by whom, and what is read of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from therapydesk_team import lists, service
from therapydesk_team.models import Credential, Hours
from therapydesk_team.service import CredentialDetails, HoursDetails, MemberDetails

from therapydesk.api import NotFound, PermissionDenied, StaleRecord, UserError
from therapydesk.testing import USER, add_person, sign_in


def test_who_signs_in_is_in_the_team_by_themselves(team: Any) -> None:
    rows = team.rows()
    assert list(rows) == ["The practice", "Carys Bowen", "Kit Lane", USER]
    assert rows[USER].roles[0] == "owner"
    with team.desk.vault.write("core") as db:
        service.save_member(db, MemberDetails("Somebody else", ("volunteer",), ("piano",)), team.ids[USER])
    row = team.rows()[USER]
    assert (row.name, row.skills, row.roles[-1]) == (USER, ("piano",), "volunteer")


@pytest.mark.parametrize("details", [MemberDetails("  ", ("volunteer",)), MemberDetails("Ann")])
def test_somebody_needs_a_name_and_something_they_do(team: Any, details: MemberDetails) -> None:
    with team.desk.vault.write("core") as db, pytest.raises(UserError):
        service.save_member(db, details)


def test_who_left_is_in_a_list_of_their_own_and_can_come_back(team: Any) -> None:
    with team.desk.vault.write("core") as db:
        service.set_left(db, team.ids["Carys Bowen"], date(2026, 5, 1))
    assert "Carys Bowen" not in team.rows()
    assert list(team.rows(left=True)) == ["Carys Bowen"]
    with team.desk.vault.write("core") as db:
        service.set_left(db, team.ids["Carys Bowen"], None)
        with pytest.raises(UserError, match="Settings"):
            service.set_left(db, team.ids[USER], date(2026, 5, 1))
    assert "Carys Bowen" in team.rows()


def test_only_somebody_of_whom_nothing_is_written_is_taken_out(team: Any) -> None:
    team.log("progress", 0, "Kit Lane")
    with team.desk.vault.write("core") as db:
        service.remove_member(db, team.ids["Carys Bowen"])
        with pytest.raises(UserError, match="They have left"):
            service.remove_member(db, team.ids["Kit Lane"])
    assert "Carys Bowen" not in team.rows()


def test_what_somebody_else_changed_meanwhile_is_not_written_over(team: Any) -> None:
    kit, dbs = team.ids["Kit Lane"], team.give("Kit Lane", "dbs", date(2026, 1, 1))
    seen, held = team.rows()["Kit Lane"].row_version, team.rows()["Kit Lane"].held["dbs"].row_version
    other, again = MemberDetails("Kit Lane", ("student",)), CredentialDetails("dbs", date(2026, 2, 2))
    with team.desk.vault.write("core") as db:
        service.save_member(db, other, kit, seen)
        service.save_credential(db, kit, again, dbs, held)
    for stale in (
        lambda db: service.save_member(db, MemberDetails("Kit", ("volunteer",)), kit, seen),
        lambda db: service.set_left(db, kit, date(2026, 5, 1), seen),
        lambda db: service.save_credential(db, kit, again, dbs, held),
        lambda db: service.remove_credential(db, dbs, held),
    ):
        with pytest.raises(StaleRecord), team.desk.vault.write("core") as db:
            stale(db)
    assert team.rows()["Kit Lane"].roles == ("student",)
    assert team.rows()["Kit Lane"].held["dbs"].held_on == date(2026, 2, 2)


def test_what_is_written_of_a_user_for_the_first_time_is_not_written_over(team: Any) -> None:
    seen = team.rows()[USER].row_version
    with team.desk.vault.write("core") as db:
        service.save_member(db, MemberDetails(skills=("piano",)), team.ids[USER], seen)
    with pytest.raises(StaleRecord), team.desk.vault.write("core") as db:
        service.save_member(db, MemberDetails(skills=("harp",)), team.ids[USER], seen)
    assert team.rows()[USER].skills == ("piano",)


def test_the_matrix_says_held_due_expired_and_missing(team: Any) -> None:
    team.give(USER, "hcpc", date(2024, 6, 1), date(2026, 5, 31))
    team.give(USER, "dbs", date(2022, 1, 1))
    team.give(USER, "indemnity", date(2026, 1, 1))
    standing = team.standing(USER)
    assert (standing["hcpc"], standing["dbs"], standing["indemnity"]) == ("due", "expired", "held")
    assert standing["safeguarding_3"] == "missing"
    assert "first_aid" not in standing
    assert team.standing("The practice") == {"ico_fee": "missing"}


def test_the_higher_level_stands_in_for_the_lower_while_it_counts(team: Any) -> None:
    assert team.standing(USER)["safeguarding_2"] == "missing"
    team.give(USER, "safeguarding_3", date(2026, 1, 1))
    assert "safeguarding_2" not in team.standing(USER)
    with team.desk.vault.write("core") as db:
        service.remove_credential(db, team.rows()[USER].held["safeguarding_3"].id)
    team.give(USER, "safeguarding_3", date(2020, 1, 1))
    assert team.standing(USER)["safeguarding_2"] == "missing"


def test_a_peer_navigator_is_in_training_until_the_training_is_held(team: Any) -> None:
    assert team.rows()["Kit Lane"].in_training
    team.give("Kit Lane", "navigator", date(2026, 5, 1))
    assert not team.rows()["Kit Lane"].in_training


def test_what_counts_longest_counts_and_the_rest_is_history(team: Any) -> None:
    team.give("Carys Bowen", "dbs", date(2026, 1, 1))
    old = team.give("Carys Bowen", "dbs", date(2020, 1, 1))
    assert team.standing("Carys Bowen")["dbs"] == "held"
    assert [h.standing for h in team.held("Carys Bowen") if h.kind.id == "dbs"] == ["held", "past"]
    assert next(h.id for h in team.held("Carys Bowen") if h.standing == "past") == old


@pytest.mark.parametrize(
    ("who", "kind", "held_on", "ends_on"),
    [
        ("Carys Bowen", "ico_fee", date(2026, 1, 1), None),
        (None, "dbs", date(2026, 1, 1), None),
        ("Carys Bowen", "nonsense", date(2026, 1, 1), None),
        ("Carys Bowen", "dbs", date(2026, 5, 7), None),
        ("Carys Bowen", "dbs", date(2026, 1, 2), date(2026, 1, 1)),
    ],
)
def test_what_cannot_be_is_refused(
    team: Any, who: str | None, kind: str, held_on: date, ends_on: date | None
) -> None:
    with pytest.raises(UserError):
        team.give(who, kind, held_on, ends_on)


def test_a_learning_session_is_written_down_once_for_all_who_came(team: Any) -> None:
    made = team.log("learning", 90, USER, "Kit Lane")
    assert {name: (row.minutes or {}).get("cpd") for name, row in team.rows().items()} == {
        "The practice": None,
        "Carys Bowen": None,
        "Kit Lane": 90,
        USER: 90,
    }
    with team.desk.vault.write("core") as db:
        whom, details = service.remove_hours(db, made)
    assert whom == [team.ids[USER], team.ids["Kit Lane"]]
    assert details == HoursDetails("learning", date(2026, 4, 7), 90, "In the hall")
    assert team.entries("Kit Lane") == []
    with team.desk.vault.write("core") as db, pytest.raises(NotFound):
        service.remove_hours(db, made)


def test_only_a_step_forward_may_take_no_time(team: Any) -> None:
    team.log("progress", 0, "Kit Lane")
    with pytest.raises(UserError, match="how long"):
        team.log("supervision", 0, "Kit Lane")
    with pytest.raises(UserError, match="not come yet"):
        team.log("supervision", 60, "Kit Lane", day=date(2026, 5, 7))


def test_somebody_may_be_supported_and_volunteer_at_once(team: Any) -> None:
    team.give("Carys Bowen", "dbs", date(2026, 1, 1))
    team.log("placement", 60, "Carys Bowen")
    person = add_person(team.desk.vault, "Carys Bowen")
    with team.desk.vault.write("core") as db:
        service.save_member(
            db, MemberDetails("Carys Bowen", ("volunteer",), person_id=person), team.ids["Carys Bowen"]
        )
    with team.desk.vault.read() as db:
        assert {row.person_id for table in (Credential, Hours) for row in db.query(table)} == {person}


def test_each_sees_names_and_their_own_and_writes_only_their_own_hours(team: Any) -> None:
    team.give("Carys Bowen", "dbs", date(2026, 1, 1))
    team.desk = sign_in(team.desk, "Tomos Rees", "therapist")
    team.ids["Tomos Rees"] = team.desk.user.id
    rows = team.rows()
    assert set(rows) == {"Carys Bowen", "Kit Lane", "Tomos Rees", USER}
    assert [name for name, row in rows.items() if row.held is not None] == ["Tomos Rees"]
    team.log("cpd", 60, "Tomos Rees")
    assert team.rows()["Tomos Rees"].minutes["cpd"] == 60
    for forbidden in (
        lambda: team.log("cpd", 60, "Carys Bowen"),
        lambda: team.held("Carys Bowen"),
        lambda: team.entries("Carys Bowen"),
        lambda: team.give("Tomos Rees", "dbs", date(2026, 1, 1)),
        lambda: team.add("Ann", "volunteer"),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()
    with team.desk.vault.read() as db:
        assert lists.years(db) == [2026]
