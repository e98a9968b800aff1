"""Who works here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from therapydesk.core.permissions import ROLES, allowed, role_title
from therapydesk.core.tables import Zone
from therapydesk.core.vault.session import Db
from therapydesk.records.users import User


@dataclass(frozen=True)
class UserView:
    """Somebody who signs in."""

    id: UUID
    name: str
    job_title: str
    registration: str
    roles: frozenset[str]
    left: bool


@allowed("users.read")
def list_users(db: Db, *, left: bool = False) -> list[UserView]:
    """Users by name; with `left` also those who no longer work here."""
    query = select(User).options(selectinload(User.roles)).order_by(User.name)
    rows = db.scalars(query if left else query.where(User.left.is_(False)))
    return [
        UserView(u.id, u.name, u.job_title, u.registration, frozenset(r.role for r in u.roles), u.left)
        for u in rows
    ]


@allowed("users.read")
def list_therapists(db: Db) -> list[UserView]:
    """Users with the role of a therapist."""
    return [u for u in list_users(db) if "therapist" in u.roles]


@allowed("users.read")
def key_holders(db: Db, zone: Zone) -> frozenset[UUID]:
    """The users who hold the key of a zone, whatever their roles."""
    found: frozenset[UUID] = db.info["vault"].holders(zone)
    return found


@allowed("users.read")
def user_title(db: Db, user_id: UUID) -> str:
    """What stands under a user's name: the job title, else the first roles in words."""
    user = db.get(User, user_id)
    if user is not None and user.job_title:
        return user.job_title
    roles = {r.role for r in user.roles} if user is not None else set()
    order = ("therapist", "link_worker", "admin", "lead", "owner", "auditor")
    named = [role_title(r) for r in order if r in roles and r in ROLES]
    return ", ".join(named[:1])
