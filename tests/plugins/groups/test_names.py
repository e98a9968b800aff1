from __future__ import annotations

from tests.plugins.groups.conftest import Choir
from therapydesk.api import Person
from therapydesk.plugins.groups import roster


def test_two_who_are_called_the_same_are_told_apart_on_the_roster_and_in_the_register(choir: Choir) -> None:
    for name in ("Dilwyn Rees", "Dillwyn Rees", "Dot Penry"):
        choir.join(name)
    with choir.vault.write("core") as db:
        for name in choir.people:
            person = db.get(Person, choir.people[name])
            assert person is not None
            person.preferred_name = name.split()[0].replace("ll", "l")
    with choir.vault.read() as db:
        listed = [member.name for member in roster.list_members(db, choir.group_id)]
    expected = ["Dillwyn Rees", "Dilwyn Rees", "Dot"]
    assert listed == expected
    (session,) = choir.book()
    assert [row.name for row in choir.open(session).rows] == expected
