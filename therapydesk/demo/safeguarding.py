"""Three concerns of the demo practice at different steps: new, decided with steps to do, and closed. Made-up people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from therapydesk.api import Db, put_setting, to_utc, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service

WATCH, HOPE, CARD = range(3)
NUMBERS = {  # telephone numbers that nobody has (Ofcom's numbers for drama)
    "lead_phone": "029 2018 0177",
    "council_name": "Cardiff Council",
    "council_phone": "029 2018 0911",
    "council_night": "029 2018 0912",
}
CONCERNS = (
    service.NewConcern(
        "Said while we put the instruments away: “I don’t eat much when the lad is round, he has it.” "
        "Thinner than at the last review; coat on indoors. My view: somebody is living there.",
        wants="“Just don’t have him shout at me.” Wants us to ring before anybody comes.",
        where="Chapel room",
        danger="no",
        done="Listened, said I would have to tell our lead. Nobody else knows.",
    ),
    service.NewConcern(
        "A mother at the café told me her boy has not been at school since half-term and sleeps on a friend’s floor.",
        about_name="A boy called Osian, about 13",
        about_details="Son of a visitor of the café; surname not known.",
        wants="Could not ask him; he was not there.",
        where="Café",
        danger="unsure",
        done="Gave her the school’s number. She agreed that I pass it on.",
    ),
    service.NewConcern(
        "Told me at the tea break: “The man next door has had my card since Easter, he gets my bits.” "
        "Looked worried when I asked if he gives it back.",
        wants="“I want my card back. I don’t want him in trouble.”",
        where="St Aidan’s hall, kitchen",
        danger="no",
        done="Thanked them for telling me. Said I would pass it on, and that was all right.",
    ),
)


def add_concerns(vault: Vault, ids: Sequence[UUID]) -> None:
    """Raise them as the signed-in user, who is lead as well, and take two of them further."""
    people = [ids[n % len(ids)] for n in (5, 2, 4)]
    about = {WATCH: people[0], HOPE: None, CARD: people[1]}
    day = today() - timedelta(days=1)
    with vault.write("core") as db:
        for name, value in NUMBERS.items():
            put_setting(db, f"safeguarding.{name}", value)
        for number, new in enumerate(CONCERNS):
            values = {**vars(new), "person_id": about[number], "when": service.When(day, "15:50")}
            service.raise_concern(db, service.NewConcern(**values))
        review = today() + timedelta(days=28)
        service.tell_notice(db, people[1], "Speak to the safeguarding lead before a visit.", review)
        service.add_risk_note(
            db, people[2], "animals", "A large dog; it stays in the kitchen if asked.", review
        )
    vault.settle()
    with vault.read() as db:
        numbered = {row.number: row.id for row in service.list_concerns(db)}
    with vault.write("safeguarding") as db:
        _decided(vault.user.id, numbered[CARD + 1], db)
        _closed(numbered[HOPE + 1], db)


def _decided(lead_id: UUID, concern_id: UUID, db: Db) -> None:
    service.mark_read(db, concern_id)
    talk = service.Record(
        "Says the same again, alone. Two sums that nobody knows of, £40 and £60.",
        "talk",
        says="By telephone",
        wants="Would like the brother to help with the bank.",
    )
    service.add_record(db, concern_id, talk)
    service.weigh_up(db, concern_id, service.Weighed("adult", ["needs", "risk"], ["financial"]))
    service.record_wishes(db, concern_id, service.Wishes("yes_given", "agrees", "has"))
    asked = service.Liaison(
        "Council adult team",
        "Advice asked without names.",
        who="Duty worker",
        answered="Stop the card first, then decide together.",
        reference="D-2291",
        names_given=False,
    )
    service.add_liaison(db, concern_id, asked)
    service.record_told(db, concern_id, "The brother", "Will be told by the person")
    service.decide(db, concern_id, "monitor", "The card can be stopped today, and that is what is wanted.")
    tomorrow = to_utc(datetime.combine(today() + timedelta(days=1), time(10, 30)))
    service.add_action(
        db, concern_id, service.NewAction("Ring the bank together, stop the card", tomorrow, lead_id)
    )


def _closed(concern_id: UUID, db: Db) -> None:
    service.mark_read(db, concern_id)
    service.weigh_up(db, concern_id, service.Weighed("child", ["child"], ["neglect"]))
    service.decide(
        db, concern_id, "no_action", "The school’s lead knows the family and has a meeting this week."
    )
    outcome = service.Outcome(
        "The school took it over; they rang back.",
        "no",
        "partly",
        "reduced",
        "known",
        told="Told who raised it, by telephone",
    )
    service.close_concern(db, concern_id, outcome)
