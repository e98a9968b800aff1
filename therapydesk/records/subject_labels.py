"""What a column holds, in words for the person whose row it is, and a value as they can read it."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from therapydesk.core.dates import show_day, show_instant, show_time
from therapydesk.core.money import Money
from therapydesk.core.words import tr

LINE_ENDS = re.compile("\r\n?|\v|\f|\x85|\u2028|\u2029")
QUIET = frozenset(
    {
        *(
            "id",
            "row_version",
            "changed_by",
            "normal_name",
            "sort_name",
            "position",
            "batch_id",
            "message_id",
        ),
        *("person_id", "signed_by", "merged_into", "series_id", "time_zone", "source_row", "sequence"),
        *("prompt", "template"),
    }
)
BY_STAFF = frozenset({"created_by", "therapist_id", "answered_by", "decided_by", "signer_name", "decided_as"})


def label_words() -> dict[str, str]:
    """Columns whose name alone does not say it."""
    return {
        "created_at": tr("Written down on"),
        "created_by": tr("Written down by"),
        "changed_at": tr("Last changed on"),
        "happened_on": tr("Day"),
        "born_on": tr("Date of birth"),
        "died_on": tr("Date of death"),
        "therapist_id": tr("Music therapist"),
        "signer_name": tr("Signed by"),
        "signed_at": tr("Signed on"),
        "each": tr("Price of each"),
        "to_name": tr("To"),
        "to_address": tr("Address"),
        "from_on": tr("From"),
        "to_on": tr("Until"),
        "other_person_id": tr("Who"),
        "payer_person_id": tr("Who pays"),
        "organisation_id": tr("Organisation"),
        "payer_organisation_id": tr("Organisation that pays"),
        "appointment_id": tr("Session"),
        "referral_id": tr("Referral"),
        "gone_id": tr("Joined record"),
        "nhs_number": tr("NHS number"),
        "no_nhs_number_reason": tr("Why there is no NHS number"),
        "nhs_number_unchecked": tr("NHS number as it was given"),
        "what": tr("What"),
        "hard": tr("What makes it hard"),
        "helps": tr("What helps"),
        "matters": tr("What matters"),
        "enjoys": tr("What they enjoy"),
        "would_like": tr("What they would like"),
        "how_received": tr("How it came"),
        "asked_by": tr("Who asked"),
        "whose_words": tr("Whose words"),
    }


def label(column: str) -> str:
    """The words for a column; its name, made readable, when nobody gave any."""
    known = label_words().get(column)
    if known is not None:
        return known
    plain = column.removesuffix("_id").replace("_", " ")
    for end in (" on", " at"):
        plain = plain.removesuffix(end) if len(plain) > 6 else plain
    return plain[:1].upper() + plain[1:]


def show(value: Any) -> str:
    """A value as it stands on paper; empty for what is not to be read, such as an id."""
    if value is None or value == "" or isinstance(value, UUID | bytes):
        return ""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, datetime):
        if value.tzinfo is None:  # a session: local wall time
            return f"{show_day(value.date())} {show_time(value.time())}"
        return show_instant(value)
    if isinstance(value, date):
        return show_day(value)
    if isinstance(value, time):
        return show_time(value)
    if isinstance(value, Money):
        return value.show()
    text = LINE_ENDS.sub(
        "\n", str(value).replace("\0", "")
    )  # so that places in it are the same on every screen
    return text.replace("_", " ") if text.isascii() and "_" in text and " " not in text else text
