"""A made-up price and open session for the demo practice and for the tests of every plugin."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from uuid import UUID

from therapydesk.api import Appointment, Attendance, Db, Money, today
from therapydesk.plugins.invoicing.models import DraftLine, Rate

PRICES = (42, 48, 52, 58)


def add_sample(db: Db, person_id: UUID, seed: int) -> None:
    """One price of the person's own and one session that waits to be invoiced; nothing outside core."""
    if db.zone != "core":
        return
    rng = random.Random(seed)
    day, price = today() - timedelta(days=rng.randint(2, 20)), Money(rng.choice(PRICES))
    session = Appointment(
        starts_at=datetime.combine(day, time(rng.randint(9, 16))),
        minutes=45,
        state="completed",
        therapist_id=db.user.id,
        attendances=[Attendance(person_id=person_id, state="came")],
    )
    db.add(session)
    db.add(Rate(person_id=person_id, amount=price, from_on=day - timedelta(days=365)))
    db.flush()
    db.add(
        DraftLine(
            appointment_id=session.id,
            person_id=person_id,
            payer_person_id=person_id,
            happened_on=day,
            kind=session.kind,
            minutes=45,
            state="came",
            each=price,
            charged=True,
        )
    )
