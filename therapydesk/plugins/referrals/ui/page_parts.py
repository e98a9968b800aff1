"""Parts of the referrals page that stand by themselves."""

from __future__ import annotations

from typing import Any

from therapydesk.api import Duplicate, PersonDetails, find_duplicates, ntr, tr
from therapydesk.plugins.referrals import service
from therapydesk.plugins.referrals.lists import ReferralView
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.page import BasePage


def save_original(page: BasePage, view: ReferralView | None) -> None:
    """Ask where to, and save the file that a referral came in."""
    if view is None or view.document_id is None:
        return
    with page.guard():
        with page.desk.vault.read() as db:
            title, _media, content = service.read_file(db, view.document_id)
        save_file(page, tr("Save the file as it was sent"), title, content)


def summary(open_: int, answer: int, may_answer: bool) -> str:
    """The line under the title."""
    parts = [ntr("{n} open", "{n} open", open_)]
    if may_answer:
        parts.append(ntr("{n} is waiting for your answer", "{n} are waiting for your answer", answer))
    return " · ".join(parts)


def duplicate_of(db: Any, view: ReferralView) -> Duplicate | None:
    """Somebody else who may be the same person."""
    phones = tuple(value for kind, value in view.contacts if kind == "phone")
    emails = tuple(value for kind, value in view.contacts if kind == "email")
    details = PersonDetails(
        view.full_name,
        born_on=view.born_on,
        nhs_number=view.nhs_number,
        phones=phones,
        emails=emails,
        postcode=view.postcode,
    )
    found = find_duplicates(db, details, limit=3)
    return next((one for one in found if one.person_id != view.row.person_id), None)
