"""Groups: neutral in core, what they are for in clinical, hidden ones for their own team; terms, checks, training."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError, today
from therapydesk.plugins.groups import roster, service, terms, venue_checks
from therapydesk.plugins.groups.kinds import kinds
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails
from therapydesk.testing import add_person


def test_each_kind_has_a_template() -> None:
    """AH12."""
    found = {kind.id: kind for kind in kinds()}
    assert {
        "community_choir",
        "stroke_choir",
        "aphasia",
        "parkinsons",
        "dementia",
        "mental_health_jam",
    } <= set(found)
    assert {"parent_baby", "young_people", "hub", "own"} <= set(found)
    for kind in found.values():
        assert kind.title
        assert kind.source
    assert found["dementia"].shape == "pairs"
    assert found["dementia"].warning


def test_what_a_group_is_for_is_clinical(choir: Choir) -> None:
    with choir.vault.write("clinical") as db:
        service.save_profile(db, choir.group_id, ProfileDetails("dementia", aims=("Mood", "Taking part")))
    with choir.vault.read() as db:
        seen = service.get_group(db, choir.group_id)
    assert seen.kind is not None
    assert (seen.kind.id, [text for _, text in seen.aims]) == ("dementia", ["Mood", "Taking part"])
    choir.vault.add_user("Sam Admin", ["admin"], PASSPHRASE, [])
    choir.vault.unlock("Sam Admin", PASSPHRASE)
    with choir.vault.read() as db:
        seen = service.get_group(db, choir.group_id)
    assert (seen.kind, seen.aims, seen.warning_signs) == (None, (), "")


def test_a_hidden_group_stands_under_its_neutral_name(choir: Choir) -> None:
    """AH06."""
    me = choir.vault.user.id
    choir.vault.add_user("Other Therapist", ["therapist"], PASSPHRASE, ["clinical"])
    choir.do(service.save_group, GroupDetails("Thursday group", hidden=True, therapist_id=me), choir.group_id)
    with choir.vault.write("clinical") as db:
        service.save_profile(db, choir.group_id, ProfileDetails("own", "Voices of our own"))
    with choir.vault.read() as db:
        assert service.get_group(db, choir.group_id).name == "Voices of our own"
        assert [view.name for view in service.find_groups(db, "VOICES")] == ["Voices of our own"]
        assert service.find_groups(db, "Thursday") == []
    choir.vault.unlock("Other Therapist", PASSPHRASE)
    with choir.vault.read() as db:
        seen = service.get_group(db, choir.group_id)
        assert service.find_groups(db, "voices") == []
        assert [view.name for view in service.find_groups(db, "thursday")] == ["Thursday group"]
        assert service.find_groups(db, " ") == []
    assert (seen.name, seen.kind) == ("Thursday group", None)
    choir.vault.unlock(USER, PASSPHRASE)


def test_a_name_that_is_taken_is_refused(choir: Choir) -> None:
    with pytest.raises(UserError, match="of that name already"):
        choir.do(service.save_group, GroupDetails("tuneful wednesdays"))


def test_terms_do_not_overlap(choir: Choir) -> None:
    choir.do(terms.save_term, choir.group_id, "Spring", date(2026, 1, 5), date(2026, 3, 27))
    with pytest.raises(UserError, match="another term"):
        choir.do(terms.save_term, choir.group_id, "Other", date(2026, 3, 27), date(2026, 5, 1))
    with pytest.raises(UserError, match="ends after it starts"):
        choir.do(terms.save_term, choir.group_id, "Odd", date(2026, 9, 2), date(2026, 9, 1))


def test_a_venue_check_comes_again_when_it_was_done(choir: Choir) -> None:
    """KC32."""
    made = choir.do(venue_checks.add_check, choir.group_id, "Piano castors", today(), 6)
    with choir.vault.read() as db:
        assert [(check.what, name) for check, name in venue_checks.checks_due(db, today())] == [
            ("Piano castors", "Tuneful Wednesdays")
        ]
    choir.do(venue_checks.check_done, made, today())
    with choir.vault.read() as db:
        assert venue_checks.checks_due(db, today()) == []
        assert len(venue_checks.checks_due(db, today() + timedelta(days=200))) == 1


def test_a_peer_navigator_needs_a_finished_training(choir: Choir) -> None:
    """OT06, OT07."""
    person = add_person(choir.vault, "Pia Peer")
    details = MemberDetails(role="peer_navigator")
    with pytest.raises(UserError, match="finished training"):
        choir.do(roster.add_member, choir.group_id, person, details)
    choir.do(
        roster.add_training,
        person,
        "Peer navigation",
        today() - timedelta(days=400),
        today() - timedelta(days=1),
    )
    with pytest.raises(UserError, match="finished training"):
        choir.do(roster.add_member, choir.group_id, person, details)
    choir.do(roster.add_training, person, "Peer navigation", today() - timedelta(days=10))
    choir.do(roster.add_member, choir.group_id, person, details)
    with choir.vault.read() as db:
        assert roster.trained(db, today() - timedelta(days=30), today()) == [("Peer navigation", 1)]


def test_an_independent_group_keeps_no_members(choir: Choir) -> None:
    """OT12."""
    choir.do(service.save_group, GroupDetails("Parents’ network", independent=True), choir.group_id)
    with pytest.raises(UserError, match="run by others"):
        choir.join("Ann")


def test_voices_are_counted_by_part(choir: Choir) -> None:
    for name, voice in (("Ann", "alto"), ("Bea", "alto"), ("Cai", "bass")):
        choir.join(name, voice=voice)
    with choir.vault.read() as db:
        assert roster.voice_balance(db, choir.group_id) == [
            ("soprano", 0),
            ("alto", 2),
            ("tenor", 0),
            ("bass", 1),
        ]
