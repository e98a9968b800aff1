"""What an entry holds beside its text, in words: for the copy that the person is given."""

from __future__ import annotations

from datetime import date
from typing import Any

from therapydesk.api import show_day, tr
from therapydesk.plugins.safeguarding.liaising import how_words
from therapydesk.plugins.safeguarding.packs import coded_choices
from therapydesk.plugins.safeguarding.views import EntryView

LISTS = ("asked", "achieved", "risk", "source_of_risk", "consent", "capacity", "advocate")


def particulars(entry: EntryView) -> list[str]:
    """A line for each thing that only `detail` holds, such as consent, a safety plan's signs or where a mark lies."""
    if entry.kind not in ("consent", "closed", "plan", "safety_plan", "liaison", "mark"):
        return []
    found = []
    for key, label in _labels().items():
        value = entry.detail.get(key)
        if value not in (None, "", []) and not (key == "asked" and entry.kind == "liaison"):
            found.append(tr("{label}: {value}").format(label=label, value=_words(key, value)))
    if entry.detail.get("names_given") is False:
        found.append(tr("Asked without names"))
    if entry.detail.get("strategy"):
        found.append(tr("It was the strategy discussion"))
    return found


def _labels() -> dict[str, str]:
    return {
        "asked": tr("Were they asked what they want"),
        "achieved": tr("What they wanted"),
        "risk": tr("Risk"),
        "source_of_risk": tr("Where the risk came from"),
        "consent": tr("Telling others"),
        "capacity": tr("Capacity"),
        "decision": tr("For which decision"),
        "advocate": tr("Who speaks for them"),
        "made_with": tr("Made with"),
        "agreed": tr("Do they agree"),
        "agreed_on": tr("Agreed on"),
        "early_signs": tr("First signs"),
        "helps": tr("What helps"),
        "tell": tr("To be told"),
        "not_tell": tr("Not to be told"),
        "steps": tr("Steps"),
        "review_on": tr("Looked at again on"),
        "agency": tr("Which body"),
        "who": tr("Who there"),
        "how": tr("How"),
        "reference": tr("Their reference"),
        "view": tr("Body map"),
        "x": tr("From the left, in hundredths of the picture"),
        "y": tr("From the top, in hundredths of the picture"),
        "size": tr("Size"),
        "colour": tr("Colour"),
    }


def _words(key: str, value: Any) -> str:
    if key in LISTS:
        return {c.id: c.title for c in coded_choices(key)}.get(value, str(value))
    if key == "agreed":
        return {"yes": tr("Yes"), "partly": tr("Partly"), "no": tr("No")}.get(value, str(value))
    if key == "how":
        return how_words().get(value, str(value))
    if key == "view":
        return {"front": tr("Front"), "back": tr("Back")}.get(value, str(value))
    if key in ("review_on", "agreed_on"):
        return show_day(date.fromisoformat(value))
    if key in ("x", "y"):
        return str(round(float(value) * 100))
    return "; ".join(str(each) for each in value) if isinstance(value, list) else str(value)
