"""The practice's terms: when to pay and how, VAT, what a missed session costs. From its settings."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from therapydesk.api import Db, Setting, allowed, setting, tr
from therapydesk.plugins.invoicing.rules import Policy

DUE_DAYS = 30


@dataclass(frozen=True)
class VatReason:
    """Why there is no VAT, with the source of it."""

    code: str
    title: str
    text: str
    source: str
    as_of: str


@dataclass(frozen=True)
class Terms:
    """The terms in force."""

    due_days: int
    vat: VatReason
    account_name: str
    sort_code: str
    account_number: str
    questions: str
    policy: Policy


@cache
def _reasons() -> tuple[VatReason, ...]:
    text = resources.files("therapydesk.plugins.invoicing").joinpath("vat.json").read_text("utf-8")
    return tuple(VatReason(**row) for row in json.loads(text))


def vat_reasons() -> tuple[VatReason, ...]:
    """The reasons shipped, the default first, in the user's language."""
    return tuple(replace(r, title=tr(r.title), text=tr(r.text)) for r in _reasons())


@allowed("invoicing.read")
def read_terms(db: Db) -> Terms:
    """Read the terms from the practice's settings."""

    def kept(name: str, default: object = "") -> object:
        return setting(db, f"invoicing.{name}", default)

    code = str(kept("vat", vat_reasons()[0].code))
    return Terms(
        due_days=_days(kept("due_days", DUE_DAYS)),
        vat=next((v for v in vat_reasons() if v.code == code), vat_reasons()[0]),
        account_name=str(kept("account_name")).strip(),
        sort_code=str(kept("sort_code")).strip(),
        account_number=str(kept("account_number")).strip(),
        questions=str(kept("questions")).strip(),
        policy=Policy(bool(kept("charge_apologies", False)), bool(kept("charge_no_word", False))),
    )


def _days(value: object) -> int:
    """Whole days; a setting that makes no sense counts as the default."""
    text = str(value)
    return min(int(text), 365) if text.isdigit() else DUE_DAYS


def practice_settings() -> list[Setting]:
    """What the settings window offers."""
    group = tr("Invoices")
    vat = tuple((v.code, v.title) for v in vat_reasons())
    apologies = tr("Charge sessions that somebody chose not to come to")
    questions = tr(
        "Stands at the foot of each invoice: whom to ask, and that it can be sent in another form."
    )
    return [
        Setting("invoicing.due_days", tr("Days to pay"), "number", DUE_DAYS, group=group),
        Setting("invoicing.vat", tr("VAT"), "choice", vat[0][0], choices=vat, group=group),
        Setting("invoicing.account_name", tr("Bank account name"), "text", "", group=group),
        Setting("invoicing.sort_code", tr("Sort code"), "text", "", help=tr("Like 12-34-56"), group=group),
        Setting(
            "invoicing.account_number", tr("Account number"), "text", "", help=tr("8 digits"), group=group
        ),
        Setting(
            "invoicing.questions", tr("Questions about invoices"), "long_text", "", questions, group=group
        ),
        Setting("invoicing.charge_apologies", apologies, "check", False, group=group),
        Setting(
            "invoicing.charge_no_word",
            tr("Charge sessions that somebody did not come to"),
            "check",
            False,
            group=group,
        ),
    ]
