"""Let members and relations go: whoever came along with somebody who is erased stays, on their own."""

from __future__ import annotations

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

POINTS = (
    ("fk_groups_member_pair_id_groups_member", "groups_member", "pair_id"),
    ("fk_groups_member_lift_with_groups_member", "groups_member", "lift_with"),
    ("fk_groups_member_emergency_id_relation", "relation", "emergency_id"),
)


def upgrade() -> None:
    """Make the change."""
    _point_anew("SET NULL")


def downgrade() -> None:
    """Take the change back."""
    _point_anew(None)


def _point_anew(ondelete: str | None) -> None:
    lone = {"resolve_fks": False}  # the table alone: the others may be another module's
    with op.batch_alter_table("groups_member", schema=None, reflect_kwargs=lone) as batch_op:
        for name, table, column in POINTS:
            batch_op.drop_constraint(batch_op.f(name), type_="foreignkey")
            batch_op.create_foreign_key(batch_op.f(name), table, [column], ["id"], ondelete=ondelete)
