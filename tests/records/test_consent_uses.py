"""What rests on a consent: used only while everybody in it agrees, today (KC11)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from therapydesk.api import (
    ConsentMissing,
    NotFound,
    PermissionDenied,
    PersonDetails,
    UserError,
    add_person,
    end_consent_use,
    list_consent_uses,
    new_id,
    put_back_consent_use,
    record_consent,
    require_consent,
    require_consents,
    rest_on_consent,
    take_back_consent,
    withdraw_consent,
)
from therapydesk.core.events import Event
from therapydesk.core.vault import outbox
from therapydesk.core.vault.session import Db
from therapydesk.core.vault.vault import Vault
from therapydesk.records.events import ConsentWithdrawn

OTHER = "seven brass bells ringing"


pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def two(vault: Vault) -> tuple[UUID, UUID]:
    with vault.write("core") as db:
        return (
            add_person(db, PersonDetails("Carys Bowen", best_way="ask")).id,
            add_person(db, PersonDetails("Owen Prys", best_way="ask")).id,
        )


def agree(vault: Vault, person: UUID, state: str = "yes", **more: date) -> UUID:
    with vault.write("core") as db:
        return record_consent(db, person, "publish", state, **more)  # type: ignore[arg-type]  # days only


def asked(vault: Vault, ref: UUID) -> str:
    """Why it may not be used; empty when it may."""
    with vault.read() as db:
        try:
            require_consents(db, ref, "publish")
        except ConsentMissing as error:
            return str(error)
    return ""


def test_a_film_of_two_may_be_shown_while_both_agree(vault: Vault, two: tuple[UUID, UUID]) -> None:
    film, (carys, owen) = new_id(), two
    assert "Nobody has been asked" in asked(vault, film)
    with vault.write("core") as db:
        for person in two:
            rest_on_consent(db, person, "publish", "Film", kind="works.work", ref=film)
    assert "Carys Bowen: They have not been asked." in asked(vault, film)
    agree(vault, carys)
    assert "Carys" not in asked(vault, film)
    assert "Owen Prys" in asked(vault, film)
    given = agree(vault, owen)
    assert asked(vault, film) == ""
    with vault.write("core") as db:
        withdraw_consent(db, given)
    assert "Owen Prys: They do not agree any more." in asked(vault, film)
    with vault.read() as db:
        require_consent(db, carys, "publish")
        with pytest.raises(ConsentMissing):
            require_consent(db, owen, "publish")
        with pytest.raises(ConsentMissing):
            require_consents(db, film, "research")


@pytest.mark.parametrize(
    ("state", "until", "why"),
    [
        ("no", None, "They said no."),
        ("not_asked", None, "They have not been asked."),
        ("yes", date(2026, 5, 5), "ran out on"),
        ("yes", date(2026, 5, 6), ""),
    ],
)
def test_an_answer_counts_until_its_last_day(
    vault: Vault, two: tuple[UUID, UUID], state: str, until: date | None, why: str
) -> None:
    with vault.write("core") as db:
        rest_on_consent(db, two[0], "publish", "Poster")
        record_consent(db, two[0], "publish", state, expires_on=until)
    with vault.read() as db:
        (use,) = list_consent_uses(db, two[0])
    assert use.allowed is (why == "")
    assert why in use.why


def test_what_must_not_be_used_stands_first_and_what_was_taken_down_is_gone(
    vault: Vault, two: tuple[UUID, UUID]
) -> None:
    agree(vault, two[0])
    with vault.write("core") as db:
        poster = rest_on_consent(db, two[0], "publish", "Poster")
        rest_on_consent(db, two[0], "research", "Study")
        rest_on_consent(db, two[1], "publish", "Of somebody else")
    with vault.read() as db:
        assert [(u.label, u.allowed) for u in list_consent_uses(db, two[0])] == [
            ("Study", False),
            ("Poster", True),
        ]
        assert [u.label for u in list_consent_uses(db, two[0], "publish")] == ["Poster"]
    with vault.write("core") as db:
        end_consent_use(db, poster)
        with pytest.raises(NotFound):
            end_consent_use(db, poster)
    with vault.read() as db:
        assert [u.label for u in list_consent_uses(db, two[0])] == ["Study"]
    with vault.write("core") as db:
        put_back_consent_use(db, poster)
    with vault.read() as db:
        assert len(list_consent_uses(db, two[0])) == 2


def test_a_slip_gives_the_answer_before_its_weight_back(vault: Vault, two: tuple[UUID, UUID]) -> None:
    given = agree(vault, two[0])
    with vault.write("core") as db:
        slip = withdraw_consent(db, given)
        take_back_consent(db, slip)
    with vault.read() as db:
        require_consent(db, two[0], "publish")


def test_modules_are_told_which_purpose(vault: Vault, two: tuple[UUID, UUID]) -> None:
    told: list[tuple[str, str | None]] = []

    def hear(db: Db, event: Event) -> None:
        assert isinstance(event, ConsentWithdrawn)
        told.append((event.purpose, db.zone))

    outbox.subscribe("probe.consent", ("core", "clinical"), hear, (ConsentWithdrawn,))
    try:
        given = agree(vault, two[0])
        with vault.write("core") as db:
            withdraw_consent(db, given)
        vault.settle()
    finally:
        outbox._records.pop("probe.consent")
    assert told == [("publish", "core"), ("publish", "clinical")]


@pytest.mark.parametrize(("purpose", "label"), [("mail", "Poster"), ("publish", "   ")])
def test_what_is_not_known_is_refused(vault: Vault, two: tuple[UUID, UUID], purpose: str, label: str) -> None:
    with vault.write("core") as db, pytest.raises(UserError):
        rest_on_consent(db, two[0], purpose, label)


def test_a_therapist_is_not_told_names_of_other_peoples_people(vault: Vault, two: tuple[UUID, UUID]) -> None:
    film = new_id()
    with vault.write("core") as db:
        rest_on_consent(db, two[0], "publish", "Film", ref=film)
    vault.add_user("Tom Pryce", ("therapist",), OTHER, ("clinical",))
    vault.unlock("Tom Pryce", OTHER)
    said = asked(vault, film)
    assert "Somebody: They have not been asked." in said
    assert "Carys" not in said
    with vault.read() as db, pytest.raises(PermissionDenied):
        list_consent_uses(db, two[0])


@pytest.mark.parametrize("role", ["link_worker", "auditor"])
def test_other_roles_learn_nothing(vault: Vault, two: tuple[UUID, UUID], role: str) -> None:
    vault.add_user("Lowri Bevan", (role,), OTHER, ())
    vault.unlock("Lowri Bevan", OTHER)
    with vault.read() as db:
        for call in (list_consent_uses, lambda d, p: require_consent(d, p, "publish")):
            with pytest.raises(PermissionDenied):
                call(db, two[0])
