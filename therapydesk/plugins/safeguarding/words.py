"""The codes of the safeguarding tables, in words."""

from __future__ import annotations

from therapydesk.api import tr
from therapydesk.plugins.safeguarding.packs import NATIONS, pack


def concern_words() -> dict[str, str]:
    """How far a concern has got, for leads: code and words."""
    return {"new": tr("New"), "read": tr("Read"), "decided": tr("Decided"), "closed": tr("Closed")}


def danger_words() -> dict[str, str]:
    """Whether anyone is in danger now: code and words."""
    return {"no": tr("No"), "now": tr("Yes, now"), "unsure": tr("Not sure")}


def nation_words() -> dict[str, str]:
    """Whose law was gone by: code and words."""
    return {nation: pack(nation).title for nation in NATIONS}


def pathway_words() -> dict[str, str]:
    """The two ways of a concern: code and words."""
    return {way.id: way.title for way in pack("").pathways}


def action_words() -> dict[str, str]:
    """How far an action has got: code and words."""
    return {"todo": tr("To do"), "done": tr("Done"), "dropped": tr("Not done after all")}


def entry_words() -> dict[str, str]:
    """What an entry in the record of a concern is: code and words."""
    return {
        "raised": tr("What was raised"),
        "read": tr("Read"),
        "note": tr("Note"),
        "talk": tr("Talk"),
        "wants": tr("Wants"),
        "told": tr("Told"),
        "weighed": tr("Weighed up"),
        "consent": tr("Consent and capacity"),
        "decision": tr("Decided"),
        "handed_over": tr("Handed over"),
        "closed": tr("Closed"),
        "reopened": tr("Opened again"),
        "action": tr("To do"),
        "action_done": tr("Done"),
        "action_dropped": tr("Not done after all"),
        "action_moved": tr("To do by another day"),
        "plan": tr("Plan"),
        "safety_plan": tr("Safety plan"),
        "liaison": tr("Talk with another body"),
        "answer": tr("Answer"),
        "mark": tr("Body map"),
        "attachment": tr("File"),
        "person": tr("Another person"),
        "concern": tr("Another concern"),
        "correction": tr("Correction"),
        "addition": tr("Added"),
        "withdrawn": tr("Does not hold"),
    }


def role_words() -> dict[str, str]:
    """How somebody belongs to a concern: code and words."""
    return {
        "at_home": tr("Lives in the same home"),
        "at_risk": tr("Also at risk"),
        "source": tr("Source of harm"),
        "saw": tr("Saw or heard it"),
        "helps": tr("Helps the person"),
        "other": tr("Otherwise"),
    }


def risk_words() -> dict[str, str]:
    """Kinds of risk notes: code and words."""
    return {
        "visit": tr("Home visits"),
        "alone": tr("Working alone"),
        "place": tr("The place"),
        "animals": tr("Animals"),
        "health": tr("Health in a session"),
        "people": tr("Other people there"),
        "start": tr("Looked at before the start"),
        "other": tr("Something else"),
    }
