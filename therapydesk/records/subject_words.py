"""The codes of a request for one's own data, in words."""

from __future__ import annotations

from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.words import tr
from therapydesk.records.staff import zone_heading


def received_words() -> dict[str, str]:
    """How a request came. It needs no form and no particular words; a spoken one counts."""
    return {
        "letter": tr("By letter"),
        "email": tr("By e-mail"),
        "spoken": tr("Spoken, in person or by phone"),
        "other": tr("Another way"),
    }


def asker_words() -> dict[str, str]:
    """Who asked."""
    return {
        "self": tr("They themselves"),
        "parent": tr("Somebody with parental responsibility"),
        "for_them": tr("Somebody who acts for them, with their authority"),
    }


def pause_words() -> dict[str, str]:
    """Why the clock stands."""
    return {
        "identity": tr("Waiting to know that it is them, or that they may ask"),
        "clarification": tr("Waiting to know what they mean"),
    }


def extension_words() -> dict[str, str]:
    """The two lawful reasons for more time (UK GDPR Article 12(3))."""
    return {
        "complex": tr("The request is complex"),
        "many": tr("There are several requests from the same person"),
    }


def sent_words() -> dict[str, str]:
    """How the answer went out."""
    return {
        "by_hand": tr("Handed over"),
        "post": tr("By tracked post"),
        "email": tr("By e-mail, with the passphrase told another way"),
        "other": tr("Another way"),
    }


def refusal_words() -> dict[str, str]:
    """Why a request is refused as a whole. Text that is left out of an answer has reasons of its own."""
    return {
        "unfounded": tr("Plainly without ground"),
        "excessive": tr("Plainly excessive, such as the same again"),
        "not_them": tr("They could not show that it is them, or that they may ask"),
    }


def cancel_words() -> dict[str, str]:
    """Why a request ends without an answer."""
    return {"withdrawn": tr("They took it back"), "slip": tr("It was written down by mistake")}


def end_words() -> dict[str, str]:
    """Why a request ended without an answer: refused or taken back."""
    return {**refusal_words(), **cancel_words()}


def decision_words() -> dict[str, str]:
    """What a decision about a whole part is about."""
    return {
        "serious_harm": tr("Whether it would be likely to do serious harm"),
        "release": tr("What is given"),
    }


def harm_words() -> dict[str, str]:
    """What a health professional decided about the clinical part."""
    return {
        "none": tr("Nothing in it would be likely to do serious harm"),
        "some": tr("Some of it would be likely to do serious harm, and is left out"),
    }


def release_words() -> dict[str, str]:
    """What a safeguarding lead decided about the safeguarding part."""
    return {
        "none": tr("All of it is given"),
        "some": tr("Some of it is given"),
        "all": tr("None of it is given, nor is it told whether there is anything"),
    }


def withhold_words() -> dict[str, str]:
    """Why something is left out of the answer (domain facts of 2026, not checked with a lawyer)."""
    return {
        "third_party": tr("It is about somebody else"),
        "serious_harm": tr("Serious harm would be likely"),
        "child_abuse": tr("Child abuse data, and not in their interest"),
        "privilege": tr("Advice from a lawyer"),
        "not_theirs": tr("It is not about them"),
    }


def keep_words() -> dict[str, str]:
    """Why a name of somebody else stays readable (Data Protection Act 2018, Schedule 2, paragraph 16)."""
    return {
        "agreed": tr("They agreed"),
        "known": tr("The person knows it already"),
        "nobody": tr("It is no name of anybody else"),
        "reasonable": tr("It is reasonable without asking them"),
    }


def part_words() -> dict[Zone, str]:
    """The parts of an answer, by zone."""
    return {zone: zone_heading(zone) for zone in ZONES}


def part_holder_words() -> dict[Zone, str]:
    """Who collects a part."""
    return {
        "core": tr("an owner"),
        "clinical": tr("a music therapist"),
        "safeguarding": tr("a safeguarding lead"),
    }


def part_state_word(state: str) -> str:
    """How far a part is, for the person who asked."""
    return {"waiting": tr("Not ready yet"), "ready": tr("Ready")}.get(state, state)


def state_words() -> dict[str, str]:
    """The states of a request."""
    return {
        "open": tr("Open"),
        "sent": tr("Sent"),
        "cancelled": tr("Ended without an answer"),
        "refused": tr("Refused"),
    }
