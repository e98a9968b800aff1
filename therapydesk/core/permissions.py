"""Who may do what. `permissions.csv` is the sole source for built-ins; a service function declares its permission.

The column `key` names the zone that cannot be done without: whoever has the role and was not given that key yet is told so.
A permission is asked once, at the outermost service call of a unit of work (architecture §8). Deny wins over allow and
there is no default allow: what is not in the table is refused.
"""

from __future__ import annotations

import csv
import functools
import inspect
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from importlib import resources
from types import ModuleType
from typing import Any, Literal, ParamSpec, TypeVar, cast
from uuid import UUID

from therapydesk.core.contributions import Permission, Scope
from therapydesk.core.errors import PermissionDenied, ZoneClosed
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.words import tr

Role = Literal["owner", "admin", "link_worker", "therapist", "lead", "auditor"]
ROLES: tuple[Role, ...] = (
    "owner",
    "admin",
    "link_worker",
    "therapist",
    "lead",
    "auditor",
)
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Service:
    """A registered service function: its permission and the argument that names the person (for `own`)."""

    permission: str
    function: Callable[..., Any]
    person: str | Callable[..., UUID | None] | None
    filters: bool


SERVICES: dict[str, Service] = {}
_contributed: dict[str, dict[str, Scope]] = {}
_contributed_keys: dict[str, Zone | None] = {}
_owns: list[Callable[[Any, UUID], bool]] = []


def role_title(role: str) -> str:
    """The role in words."""
    titles = {
        "owner": tr("Owner"),
        "admin": tr("Practice admin"),
        "link_worker": tr("Link worker"),
        "therapist": tr("Music therapist"),
        "lead": tr("Safeguarding lead"),
        "auditor": tr("Auditor"),
    }
    return titles.get(role, role)


@functools.cache
def _rows() -> tuple[dict[str, str], ...]:
    source = resources.files("therapydesk.core").joinpath("permissions.csv").read_text("utf-8")
    return tuple(csv.DictReader(source.splitlines()))


@functools.cache
def matrix() -> dict[str, dict[str, Scope]]:
    """permissions.csv: permission → role → own or all."""
    table: dict[str, dict[str, Scope]] = {}
    for row in _rows():
        scopes = {role: row[role].strip() for role in ROLES}
        table[row["permission"]] = {r: cast(Scope, s) for r, s in scopes.items() if s in ("own", "all")}
    return table


@functools.cache
def _keys() -> dict[str, Zone]:
    return {row["permission"]: cast(Zone, row["key"]) for row in _rows() if row["key"]}


def key_for(permission: str) -> Zone | None:
    """The zone whose key this needs, besides core's."""
    return _keys().get(permission) or _contributed_keys.get(permission)


def contribute(permissions: Iterable[Permission]) -> None:
    """Take in the permissions of a contrib plugin."""
    for permission in permissions:
        _contributed[permission.id] = dict(permission.roles)
        _contributed_keys[permission.id] = permission.key


def known(permission: str) -> bool:
    """Whether the permission is declared anywhere."""
    return permission in matrix() or permission in _contributed


def scope_of(roles: Iterable[str], permission: str) -> Scope | None:
    """The widest scope that the roles give: all, own or None."""
    table = matrix().get(permission) or _contributed.get(permission, {})
    scopes = {table.get(role) for role in roles}
    return "all" if "all" in scopes else "own" if "own" in scopes else None


def may(user: Any, permission: str) -> bool:
    """Whether the user may do this for anybody at all, by role. Whether they also hold the key: `allows` of a vault."""
    return scope_of(user.roles, permission) is not None


def allows(user: Any, held: Collection[Zone], permission: str) -> bool:
    """Whether the user may do this for anybody at all, and holds the key that it needs (what the shell shows)."""
    return may(user, permission) and key_for(permission) in (None, *held)


def keys_missing(user: Any, held: Collection[Zone]) -> list[Zone]:
    """The zones that the user's roles are for, and whose key they were not given."""
    wanted = {key for permission, key in _keys().items() if may(user, permission)}
    return [zone for zone in ZONES if zone in wanted and zone not in held]


def require(db: Any, permission: str) -> Scope:
    """The scope the signed-in user has. Raises PermissionDenied for none, ZoneClosed without the key."""
    scope = require_of(db.info["user"], permission)
    if key_for(permission) not in (None, *db.held):
        raise ZoneClosed()
    return scope


def require_of(user: Any, permission: str) -> Scope:
    """The scope a user has, for what is no unit of work (users, modules). Raises PermissionDenied for none."""
    scope = scope_of(user.roles, permission)
    if scope is None:
        raise PermissionDenied(tr("Your role does not include this."), _who_can(permission))
    return scope


def _who_can(permission: str) -> str:
    table = matrix().get(permission) or _contributed.get(permission, {})
    names = ", ".join(role_title(r) for r in ROLES if r in table)
    return tr("These roles can: {roles}.").format(roles=names) if names else ""


def set_ownership_rule(rule: Callable[[Any, UUID], bool]) -> None:
    """Records say when a person is the signed-in user's own (security §4)."""
    _owns[:] = [rule]


def is_own(db: Any, person_id: UUID | None) -> bool:
    """Whether the person is the signed-in user's own."""
    return person_id is not None and bool(_owns) and _owns[0](db, person_id)


def only_own(db: Any) -> bool:
    """Whether the running service call must keep to the user's own people (or rows they wrote)."""
    return bool(db.info.get("scope") == "own")


def allowed(
    permission: str,
    *,
    person: str | Callable[..., UUID | None] | None = None,
    filters: bool = False,
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare the permission of a service function `verb_noun(db, …)`.

    `person` names the argument that holds the person's id, or is a function of the same arguments that finds it; it is
    asked when the user has the permission for their own people only. `filters=True` says that the function itself keeps
    to them by `only_own(db)`. Raises PermissionDenied at the call, TypeError at import when `db` is not first.
    """

    def declare(function: Callable[P, T]) -> Callable[P, T]:
        signature = inspect.signature(function)
        if next(iter(signature.parameters), "") != "db":
            raise TypeError(f"{function.__qualname__}: a service function takes db first")
        name = f"{function.__module__}.{function.__qualname__}"
        SERVICES[name] = Service(permission, function, person, filters)

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> T:
            db = cast(Any, args[0] if args else kwargs["db"])
            if db.info.get("authority"):
                return function(*args, **kwargs)
            scope = require(db, permission)
            if scope == "own" and not filters:
                _check_own(db, person, signature, args, kwargs)
            db.info["authority"], db.info["scope"] = permission, scope
            try:
                return function(*args, **kwargs)
            finally:
                db.info["authority"] = db.info["scope"] = None

        checked.__dict__["permission"] = permission
        return checked

    return declare


def _check_own(db: Any, person: Any, signature: inspect.Signature, args: Any, kwargs: Any) -> None:
    if isinstance(person, str):
        person_id = signature.bind(*args, **kwargs).arguments.get(person)
    else:
        person_id = person(*args, **kwargs) if person is not None else None
    if not is_own(db, person_id):
        raise PermissionDenied(
            tr("This is not one of your own people."),
            tr("Ask who holds the caseload to allocate them."),
        )


def check_services(module: ModuleType) -> None:
    """Raise TypeError when a public function of a service module takes `db` first and declares no permission."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("_") or function.__module__ != module.__name__:
            continue
        if next(iter(inspect.signature(function).parameters), "") == "db" and not hasattr(
            function, "permission"
        ):
            raise TypeError(f"{module.__name__}.{name} declares no permission")
