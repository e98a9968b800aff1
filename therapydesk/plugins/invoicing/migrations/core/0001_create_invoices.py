"""Create invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


# What is printed on an issued invoice never changes, whoever asks.
FIXED = {
    "invoicing_invoice": "number, year, sequence, issued_on, due_on, to_name, to_address, reference, "
    "vat_text, total",
    "invoicing_invoice_line": "invoice_id, position, happened_on, what, quantity, each, amount",
}


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "invoicing_invoice",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("to_name", sa.String(length=400), nullable=False),
        sa.Column("to_address", sa.String(length=600), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("vat_text", sa.String(length=400), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_invoicing_invoice_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invoicing_invoice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoicing_invoice_number")),
        sa.UniqueConstraint("year", "sequence", name=op.f("uq_invoicing_invoice_year_sequence")),
    )
    with op.batch_alter_table("invoicing_invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoicing_invoice_due_on"), ["due_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invoicing_invoice_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invoicing_invoice_person_id"), ["person_id"], unique=False)

    op.create_table(
        "invoicing_order_number",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_invoicing_order_number_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_order_number")),
    )
    with op.batch_alter_table("invoicing_order_number", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoicing_order_number_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "invoicing_rate",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("per", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_invoicing_rate_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invoicing_rate_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_rate")),
    )
    with op.batch_alter_table("invoicing_rate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoicing_rate_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invoicing_rate_person_id"), ["person_id"], unique=False)

    op.create_table(
        "invoicing_payment",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoicing_invoice.id"],
            name=op.f("fk_invoicing_payment_invoice_id_invoicing_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invoicing_payment_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_payment")),
    )
    with op.batch_alter_table("invoicing_payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoicing_payment_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoicing_payment_person_id"), ["person_id"], unique=False)

    op.create_table(
        "invoicing_draft_line",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("payer_person_id", sa.Uuid(), nullable=True),
        sa.Column("payer_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("each", sa.BigInteger(), nullable=False),
        sa.Column("charged", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_invoicing_draft_line_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoicing_invoice.id"],
            name=op.f("fk_invoicing_draft_line_invoice_id_invoicing_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["payer_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_invoicing_draft_line_payer_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["payer_person_id"], ["person.id"], name=op.f("fk_invoicing_draft_line_payer_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invoicing_draft_line_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_draft_line")),
    )
    with op.batch_alter_table("invoicing_draft_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoicing_draft_line_appointment_id"), ["appointment_id"], unique=False
        )
        batch_op.create_index("ix_invoicing_draft_line_open", ["invoice_id", "happened_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invoicing_draft_line_payer_organisation_id"),
            ["payer_organisation_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_invoicing_draft_line_payer_person_id"), ["payer_person_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invoicing_draft_line_person_id"), ["person_id"], unique=False)

    op.create_table(
        "invoicing_invoice_line",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("each", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_invoicing_invoice_line_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoicing_invoice.id"],
            name=op.f("fk_invoicing_invoice_line_invoice_id_invoicing_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invoicing_invoice_line_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_invoice_line")),
    )
    with op.batch_alter_table("invoicing_invoice_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoicing_invoice_line_appointment_id"), ["appointment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoicing_invoice_line_invoice_id"), ["invoice_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invoicing_invoice_line_person_id"), ["person_id"], unique=False)

    for table, columns in FIXED.items():
        op.execute(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {columns} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'an issued invoice is not changed'); END"
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("invoicing_invoice_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoicing_invoice_line_person_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_invoice_line_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_invoice_line_appointment_id"))

    op.drop_table("invoicing_invoice_line")
    with op.batch_alter_table("invoicing_draft_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoicing_draft_line_person_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_draft_line_payer_person_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_draft_line_payer_organisation_id"))
        batch_op.drop_index("ix_invoicing_draft_line_open")
        batch_op.drop_index(batch_op.f("ix_invoicing_draft_line_appointment_id"))

    op.drop_table("invoicing_draft_line")
    with op.batch_alter_table("invoicing_payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoicing_payment_person_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_payment_invoice_id"))

    op.drop_table("invoicing_payment")
    with op.batch_alter_table("invoicing_rate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoicing_rate_person_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_rate_organisation_id"))

    op.drop_table("invoicing_rate")
    with op.batch_alter_table("invoicing_order_number", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoicing_order_number_organisation_id"))

    op.drop_table("invoicing_order_number")
    with op.batch_alter_table("invoicing_invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoicing_invoice_person_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_invoice_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_invoicing_invoice_due_on"))

    op.drop_table("invoicing_invoice")
