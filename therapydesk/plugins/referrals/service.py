"""The door to referrals: everything that may be done with them."""

from __future__ import annotations

from therapydesk.plugins.referrals.columns import guess_columns
from therapydesk.plugins.referrals.comparing import compare_row
from therapydesk.plugins.referrals.lists import (
    count_referrals,
    count_to_answer,
    list_batches,
    list_referrals,
    list_senders,
    read_file,
    read_referral,
    referrals_of,
)
from therapydesk.plugins.referrals.planning import plan
from therapydesk.plugins.referrals.triage import keep, reopen, triage
from therapydesk.plugins.referrals.undoing import undo_batch
from therapydesk.plugins.referrals.words import Decision
from therapydesk.plugins.referrals.writing import carry_out

__all__ = [
    "Decision",
    "carry_out",
    "compare_row",
    "count_referrals",
    "count_to_answer",
    "guess_columns",
    "keep",
    "list_batches",
    "list_referrals",
    "list_senders",
    "plan",
    "read_file",
    "read_referral",
    "referrals_of",
    "reopen",
    "triage",
    "undo_batch",
]
