"""Rates and past invoices of the demo practice."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from therapydesk.api import Db
from therapydesk.core.vault.vault import Vault


def add_rates(db: Db, organisations: Sequence[UUID]) -> None:
    """One rate for everybody, another for the last organisation."""


def issue_past(vault: Vault, limit: int) -> None:
    """Draft lines for past sessions, and last month's invoices issued."""
