"""A made-up volunteer for the tests of every module and for demo practices."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from therapydesk.api import Db, Person, today, tr
from therapydesk_team.models import Credential, Hours, Member


def add_sample(db: Db, person_id: UUID, seed: int) -> None:
    """The person volunteers here, too: a check that ends soon and an afternoon's help."""
    if db.zone != "core":
        return
    person = db.get_one(Person, person_id)
    places, day = ["volunteer"], today() - timedelta(days=14 + seed % 7)
    member = Member(
        name=person.full_name,
        person_id=person_id,
        places=places,
        skills=[tr("tea and welcome")],
        languages=[],
    )
    db.add(member)
    db.flush()
    ends = today() + timedelta(days=30)
    db.add(Credential(member_id=member.id, person_id=person_id, kind="dbs", held_on=day, ends_on=ends))
    db.add(
        Hours(
            member_id=member.id,
            person_id=person_id,
            kind="placement",
            day=day,
            minutes=120,
            title=tr("Choir"),
        )
    )
