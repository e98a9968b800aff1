"""Talks with other bodies: who, when, what was asked, what was answered (AH22)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from therapydesk.api import Db, UserError, allowed, tr
from therapydesk.plugins.safeguarding.chain import (
    NewEntry,
    When,
    append,
    find_concern,
    find_entry,
    need_open,
    need_text,
)


@dataclass(frozen=True)
class Liaison:
    """A talk with another body. `agency` is the body, `who` the worker there, `how` by phone, in writing or in person.

    `asked` and `answered` are what was asked and what was answered (may come later: `answer_liaison`); `names_given` is
    False for advice without names; `reference` is theirs. `strategy`: it was the strategy discussion about a child.
    """

    agency: str
    asked: str
    who: str = ""
    how: str = "phone"
    answered: str = ""
    reference: str = ""
    names_given: bool = True
    when: When | None = None
    strategy: bool = False


def how_words() -> dict[str, str]:
    """The ways of talking: code and words."""
    return {"phone": tr("By phone"), "writing": tr("In writing"), "person": tr("In person")}


@allowed("safeguarding.write")
def add_liaison(db: Db, concern_id: UUID, liaison: Liaison) -> UUID:
    """Record a talk with another body; gives the entry's id. Raises UserError without the body or what was asked."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    agency = need_text(liaison.agency, tr("Say which body it was."))
    asked = need_text(liaison.asked, tr("Write what was asked."))
    ways = how_words()
    if liaison.how not in ways:
        raise UserError(tr("Say how: by phone, in writing or in person."))
    says = tr("{body}, {how}").format(body=agency, how=ways[liaison.how].lower())
    detail = {k: v for k, v in asdict(liaison).items() if k != "when"}
    return append(
        db, concern, NewEntry("liaison", asked, liaison.when, says, done=liaison.answered, detail=detail)
    ).id


@allowed("safeguarding.write")
def answer_liaison(
    db: Db, entry_id: UUID, answer: str, *, who: str = "", reference: str = "", when: When | None = None
) -> UUID:
    """Record what the body answered; it stands beside what was asked. Gives the entry's id."""
    entry = find_entry(db, entry_id)
    if entry.kind != "liaison":
        raise UserError(tr("This is not a talk with another body."))
    concern = find_concern(db, entry.concern_id)
    need_open(concern)
    text = need_text(answer, tr("Write what was answered."))
    detail = {"who": who.strip(), "reference": reference.strip()}
    return append(
        db, concern, NewEntry("answer", text, when, entry.says, detail=detail, about_id=entry_id)
    ).id
