"""What a column holds, in words for the person whose row it is, and a value as they can read it."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from therapydesk.core.dates import show_day, show_instant, show_time
from therapydesk.core.money import Money
from therapydesk.core.words import mark, tr

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


# Columns whose name alone does not say it.
LABELS = {
    "created_at": mark("Written down on"),
    "created_by": mark("Written down by"),
    "changed_at": mark("Last changed on"),
    "happened_on": mark("Day"),
    "born_on": mark("Date of birth"),
    "died_on": mark("Date of death"),
    "therapist_id": mark("Music therapist"),
    "signer_name": mark("Signed by"),
    "signed_at": mark("Signed on"),
    "each": mark("Price of each"),
    "to_name": mark("To"),
    "to_address": mark("Address"),
    "from_on": mark("From"),
    "to_on": mark("Until"),
    "other_person_id": mark("Who"),
    "payer_person_id": mark("Who pays"),
    "organisation_id": mark("Organisation"),
    "payer_organisation_id": mark("Organisation that pays"),
    "appointment_id": mark("Session"),
    "referral_id": mark("Referral"),
    "gone_id": mark("Joined record"),
    "nhs_number": mark("NHS number"),
    "no_nhs_number_reason": mark("Why there is no NHS number"),
    "nhs_number_unchecked": mark("NHS number as it was given"),
    "what": mark("What"),
    "hard": mark("What makes it hard"),
    "helps": mark("What helps"),
    "matters": mark("What matters"),
    "enjoys": mark("What they enjoy"),
    "would_like": mark("What they would like"),
    "how_received": mark("How it came"),
    "asked_by": mark("Who asked"),
    "whose_words": mark("Whose words"),
    "vat_text": mark("VAT"),
    "ods_code": mark("ODS code"),
    "about_id": mark("Who it is about"),
    "about_name": mark("Who it is about"),
    "about_details": mark("More about who it is about"),
    "author_name": mark("Written by"),
    "raiser_name": mark("Raised by"),
    "lead_name": mark("Safeguarding lead"),
    "lead_id": mark("Safeguarding lead"),
    "owner_name": mark("Who does it"),
    "owner_id": mark("Who does it"),
    "worker_id": mark("Worker"),
    "due_at": mark("Due"),
    "due_on": mark("Due"),
    "answered_by": mark("Answered by"),
    "email": mark("E-mail"),
    "said_on": mark("Said on"),
    "told_on": mark("Told on"),
    "on_day": mark("Day"),
    "happened_time": mark("Time"),
    "is_payer": mark("Pays"),
    "is_referrer": mark("Refers people"),
    "is_setting": mark("Is a place of sessions"),
    "note_each": mark("A note on each"),
    "media_type": mark("Kind of file"),
    "file_size": mark("Size of the file"),
    "external_id": mark("Their own number"),
    "waiting_since": mark("Waiting since"),
    "asked_on": mark("Asked on"),
    "undone_at": mark("Taken back on"),
    "credit_text": mark("What is credited"),
    "seen_at": mark("Seen on"),
    "read_at": mark("Read on"),
    "paid_on": mark("Paid on"),
    "sha256": mark("Check sum"),
    "prev": mark("Check sum before"),
    "seq": mark("Number in the record"),
    "source_kind": mark("Where it comes from"),
    "source_ref": mark("What it comes from"),
    "code": mark("What helps"),
    "per": mark("Price for"),
    "reason_code": mark("Reason"),
    "cancel_reason": mark("Why it was cancelled"),
    "close_reason": mark("Why it ended"),
    "end_reason": mark("Why it ended"),
    "extension_reason": mark("Why it took longer"),
    "stage": mark("How far it is"),
    "priority": mark("How soon"),
    "danger": mark("Whether anyone was in danger"),
    "says": mark("Who says so"),
    "author": mark("Written by"),
    "tell_owner": mark("Shown to who does it"),
    "classes": mark("Which records"),
}


def label(column: str) -> str:
    """The words for a column, for `tr`; its name, made readable, when nobody gave any. `subject_texts` extracts them."""
    known = LABELS.get(column)
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
