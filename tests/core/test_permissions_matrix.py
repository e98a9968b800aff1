"""S9: permissions.csv and the service functions say the same, both ways; who lacks one is refused."""

from __future__ import annotations

import importlib
import pkgutil
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

import therapydesk
from therapydesk.core import permissions
from therapydesk.core.errors import PermissionDenied, ZoneClosed
from therapydesk.core.permissions import (
    ROLES,
    SERVICES,
    Service,
    allowed,
    allows,
    key_for,
    keys_missing,
    matrix,
    scope_of,
)
from therapydesk.core.tables import ZONES

# Rows of the table that no service function asks for, and why not.
ASKED_ELSEWHERE = {
    "dashboard.read": "the window shows Today and cards by it; what they read asks for its own permission",
    "backup.make": "a file outside the vault, no row: core.vault.backup asks (tests/core/vault/test_backup.py)",
    "backup.restore": "files again: core.vault.restore asks (tests/core/vault/test_restore.py)",
    "backup.restore_safeguarding": "files again: core.vault.restore asks (tests/core/vault/test_restore.py)",
    "backup.rescue": "a backup without a vault: core.vault.rescue asks (tests/core/vault/test_rescue.py)",
    "backup.salvage": "files again: core.vault.salvage asks (tests/core/vault/test_salvage.py)",
    "backup.rotate": "a key is no row: records.key_renewal asks (tests/records/test_key_renewal.py)",
    "backup.rotate_safeguarding": "a key is no row either: records.key_renewal asks, too",
    "groups.read_profile": "a part of a group's view: groups.service asks it beside groups.read (tests/plugins/groups)",
    "groups.see_hidden": "a part of a group's view, too",
    "modules.switch": "a setting of the machine, not rows: Settings › Modules and the command line ask",
    "subject_access.clinical": "a part of an answer: subject_collect.require_part asks it beside subject_access.review",
    "subject_access.safeguarding": "a part of an answer: subject_collect.require_part asks it, too",
    "users.manage": "users are the vault's own file, not rows: records.staff asks (tests/records/test_staff.py)",
    "users.grant_clinical": "a key is no row either: records.staff asks (tests/records/test_staff.py)",
    "users.grant_safeguarding": "a key is no row either: records.staff asks (tests/records/test_staff.py)",
}
NO_FUNCTION_YET: dict[str, str] = {}
QT = (".ui", ".app", ".testing", ".__main__", ".self_test")


def import_everything() -> None:
    """Every Qt-free module of the program, so that each service function is registered."""
    for found in pkgutil.walk_packages(therapydesk.__path__, "therapydesk."):
        inner = f".{found.name.removeprefix('therapydesk.')}"
        if ".migrations" in found.name or ".alembic" in found.name or any(q in inner for q in QT):
            continue
        importlib.import_module(found.name)


import_everything()
OURS = {name: service for name, service in SERVICES.items() if name.startswith("therapydesk.")}


def a_db(*roles: str) -> Any:
    """What a check looks at: who is signed in. No check may come as far as a query."""
    user = SimpleNamespace(id=UUID(int=7), name="Somebody", roles=frozenset(roles))
    return SimpleNamespace(
        info={"user": user, "authority": None, "scope": None}, user=user, held=frozenset(ZONES)
    )


def probe(service: Service) -> Any:
    """A function under the same permission that only says that it was reached."""
    return allowed(service.permission, filters=True)(lambda db: "reached")


@pytest.fixture(autouse=True)
def _registry() -> Any:
    before = dict(SERVICES)
    yield
    SERVICES.clear()
    SERVICES.update(before)


def test_there_are_services_of_every_kind() -> None:
    owners = {name.split(".")[2] for name in OURS if name.startswith("therapydesk.plugins.")}
    assert {"diary", "notes", "referrals"} <= owners
    assert len(OURS) > 60


def test_every_service_function_asks_for_a_permission_of_the_table() -> None:
    strange = {name: s.permission for name, s in OURS.items() if s.permission not in matrix()}
    assert strange == {}


def test_every_permission_of_the_table_is_asked_for_by_a_service_function() -> None:
    asked = {service.permission for service in OURS.values()}
    assert set(matrix()) - asked == {*ASKED_ELSEWHERE, *NO_FUNCTION_YET}


def test_the_table_is_whole_and_says_only_own_all_or_none() -> None:
    import csv
    from importlib import resources

    source = resources.files("therapydesk.core").joinpath("permissions.csv").read_text("utf-8")
    rows = list(csv.DictReader(source.splitlines()))
    assert len({row["permission"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {"permission", *ROLES, "key"}
        assert row["key"] in {"", "clinical", "safeguarding"}
        assert {row[role] for role in ROLES} <= {"own", "all", "none"}
        assert {row[role] for role in ROLES} != {"none"}, f"nobody may {row['permission']}"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(OURS))
def test_the_service_function_obeys_the_table_for_the_role(name: str, role: str) -> None:
    service = OURS[name]
    declared = matrix()[service.permission].get(role)
    if declared is None:
        module, _, function = name.rpartition(".")
        called = getattr(importlib.import_module(module), function, None)
        if called is not None and getattr(called, "permission", None) == service.permission:
            with pytest.raises(PermissionDenied, match="does not include"):
                called(a_db(role))
        with pytest.raises(PermissionDenied, match="does not include"):
            probe(service)(a_db(role))
    else:
        assert probe(service)(a_db(role)) == "reached"
        assert scope_of([role], service.permission) == declared


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_function_that_some_role_has_for_its_own_people_says_whose_they_are(name: str) -> None:
    service = OURS[name]
    if "own" in matrix()[service.permission].values():
        assert service.filters or service.person is not None, f"{name} cannot tell whose the person is"


def test_own_people_are_let_in_and_others_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = UUID(int=1)
    monkeypatch.setattr(permissions, "_owns", [lambda _db, person_id: person_id == mine])

    @allowed("notes.read", person="person_id")
    def read_it(db: Any, person_id: UUID) -> str:
        return "read"

    assert read_it(a_db("therapist"), mine) == "read"
    with pytest.raises(PermissionDenied, match="own people"):
        read_it(a_db("therapist"), UUID(int=2))
    assert read_it(a_db("lead"), UUID(int=2)) == "read"
    with pytest.raises(PermissionDenied, match="does not include"):
        read_it(a_db("admin"), mine)


@pytest.mark.parametrize("name", sorted(n for n, s in OURS.items() if key_for(s.permission)))
def test_without_its_key_a_service_function_refuses_in_words(name: str) -> None:
    service, db = OURS[name], a_db(*ROLES)
    db.held = frozenset({"core"})
    with pytest.raises(ZoneClosed, match="Settings, Who works here"):
        probe(service)(db)
    assert not allows(db.user, db.held, service.permission)
    db.held = frozenset({"core", key_for(service.permission)})
    assert probe(service)(db) == "reached"


def test_the_keys_that_a_role_is_for_and_that_were_not_given() -> None:
    therapist, lead, admin = (a_db(role).user for role in ("therapist", "lead", "admin"))
    assert keys_missing(therapist, {"core"}) == ["clinical"]
    assert keys_missing(lead, {"core", "clinical"}) == ["safeguarding"]
    assert keys_missing(therapist, {"core", "clinical"}) == []
    assert keys_missing(admin, {"core"}) == []


def test_roles_add_up() -> None:
    assert scope_of(["admin"], "notes.read") is None
    assert scope_of(["admin", "therapist"], "notes.read") == "own"
    assert scope_of(["admin", "therapist", "lead"], "notes.read") == "all"
    assert scope_of([], "people.read") is None
    assert scope_of(ROLES, "no.such") is None


def test_inside_a_service_call_the_outer_permission_counts_and_it_ends_with_the_call() -> None:
    @allowed("people.read", filters=True)
    def inner(db: Any) -> str:
        return "inner"

    @allowed("audit.read", filters=True)
    def outer(db: Any) -> str:
        return inner(db)

    db = a_db("auditor")
    assert outer(db) == "inner"
    with pytest.raises(PermissionDenied):
        inner(db)


def test_a_service_function_takes_db_first() -> None:
    with pytest.raises(TypeError, match="takes db first"):
        allowed("people.read")(lambda person_id: None)


def test_the_control_a_public_function_without_a_permission_is_found() -> None:
    from types import ModuleType

    module = ModuleType("made_service")
    exec("def read_all(db):\n    return []\n", vars(module))
    with pytest.raises(TypeError, match="read_all declares no permission"):
        permissions.check_services(module)
