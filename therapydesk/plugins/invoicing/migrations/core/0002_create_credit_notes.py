"""Create credit notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

# What is printed on a credit note never changes, whoever asks.
FIXED = {
    "invoicing_credit_note": "number, year, sequence, issued_on, invoice_id, reason, total",
    "invoicing_credit_line": "credit_note_id, invoice_line_id, amount",
}
# Invoices and credit notes share one series: neither takes a number that the other has.
SERIES = ("invoicing_invoice", "invoicing_credit_note")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "invoicing_credit_note",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoicing_invoice.id"],
            name=op.f("fk_invoicing_credit_note_invoice_id_invoicing_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invoicing_credit_note_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_credit_note")),
        sa.UniqueConstraint("number", name=op.f("uq_invoicing_credit_note_number")),
        sa.UniqueConstraint("year", "sequence", name=op.f("uq_invoicing_credit_note_year_sequence")),
    )
    with op.batch_alter_table("invoicing_credit_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoicing_credit_note_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoicing_credit_note_person_id"), ["person_id"], unique=False)

    op.create_table(
        "invoicing_credit_line",
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_line_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_note_id"],
            ["invoicing_credit_note.id"],
            name=op.f("fk_invoicing_credit_line_credit_note_id_invoicing_credit_note"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"],
            ["invoicing_invoice_line.id"],
            name=op.f("fk_invoicing_credit_line_invoice_line_id_invoicing_invoice_line"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invoicing_credit_line_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_credit_line")),
        sa.UniqueConstraint("invoice_line_id", name=op.f("uq_invoicing_credit_line_invoice_line_id")),
    )
    with op.batch_alter_table("invoicing_credit_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoicing_credit_line_credit_note_id"), ["credit_note_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invoicing_credit_line_person_id"), ["person_id"], unique=False)

    for table, columns in FIXED.items():
        op.execute(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {columns} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'a credit note is not changed'); END"
        )
    for table, other in (SERIES, SERIES[::-1]):
        op.execute(
            f"CREATE TRIGGER {table}_series BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {other} WHERE year = NEW.year AND sequence = NEW.sequence) "
            "BEGIN SELECT RAISE(ABORT, 'this number is given already'); END"
        )


def downgrade() -> None:
    """Take the change back."""
    op.execute(f"DROP TRIGGER {SERIES[0]}_series")  # the other ones go with their tables
    with op.batch_alter_table("invoicing_credit_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoicing_credit_line_person_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_credit_line_credit_note_id"))

    op.drop_table("invoicing_credit_line")
    with op.batch_alter_table("invoicing_credit_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoicing_credit_note_person_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_credit_note_invoice_id"))

    op.drop_table("invoicing_credit_note")
