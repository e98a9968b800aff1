"""Users: who works here and may sign in. Keys and passphrases are the vault's, never here."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from therapydesk.core.tables import NO_PERSONAL_DATA, CoreBase, Stamped
from therapydesk.core.vault.admin import set_user_mirror
from therapydesk.core.vault.session import Actor, Db
from therapydesk.core.words import mark


class User(Stamped, CoreBase):
    """Somebody who signs in; the id is the one in users.json."""

    __tablename__ = "user"
    log_name = mark("Person who signs in")
    privacy = NO_PERSONAL_DATA

    name: Mapped[str] = mapped_column(String(200))
    job_title: Mapped[str] = mapped_column(String(100), default="")
    registration: Mapped[str] = mapped_column(String(40), default="")  # for example an HCPC number
    left: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan")


class UserRole(CoreBase):
    """A role that a user has; roles add up."""

    __tablename__ = "user_role"
    log_name = mark("Role of somebody who signs in")
    privacy = NO_PERSONAL_DATA

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class PracticeSetting(Stamped, CoreBase):
    """A practice setting: `value` is JSON."""

    __tablename__ = "practice_setting"
    log_name = mark("Setting of the practice")
    privacy = NO_PERSONAL_DATA

    name: Mapped[str] = mapped_column(String(100), unique=True)
    value: Mapped[str]


def _keep_record(db: Db, actor: Actor, left: bool) -> None:
    """The record of somebody who signs in follows the vault's own list of users."""
    user = db.get(User, actor.id)
    if user is None:
        user = User(id=actor.id, name=actor.name)
        db.add(user)
    user.name, user.left = actor.name, left
    gone = [role for role in user.roles if role.role not in actor.roles]
    for role in gone:
        user.roles.remove(role)
    known = {role.role for role in user.roles}
    user.roles.extend(UserRole(role=role) for role in sorted(actor.roles - known))


set_user_mirror(_keep_record)
