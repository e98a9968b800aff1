"""A referral file of ten thousand rows: most new, some of people who are here, some of them written with a slip."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import xlsxwriter

from bench.made import known_people
from bench.practice import Practice
from therapydesk.api import today
from therapydesk.demo import people_data
from therapydesk.demo.files import HEADS
from therapydesk.demo.people_data import MadeUp

KNOWN, SLIPS = 500, 500
FIRST_NEW = 110_000  # numbers of made-up people above those of any practice


def rows(small: Practice, large: Practice, count: int) -> list[tuple[str, ...]]:
    """The rows in a random order; dates day first. In the small practice itself nobody of them is known."""
    rng = random.Random(5)
    known = known_people(small, min(large.people, small.people + KNOWN + SLIPS))
    slipped = [_with_slip(person, rng) for person in known[KNOWN:]]
    here = [*known[:KNOWN], *slipped][:count]
    new = [people_data.make_person(FIRST_NEW + n, rng, today()) for n in range(count - len(here))]
    mixed = [*here, *new]
    rng.shuffle(mixed)
    return [_row(person, rng) for person in mixed]


def write_csv(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    """As a CSV file with one row of heads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADS, *rows])


def write_xlsx(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    """The same as a sheet of text cells."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Referrals")
    for number, row in enumerate([HEADS, *rows]):
        for column, value in enumerate(row):
            sheet.write_string(number, column, value)
    book.close()


def _with_slip(person: MadeUp, rng: random.Random) -> MadeUp:
    """The family name with two letters the other way round, and no NHS number that would tell."""
    given, _space, family = person.full_name.partition(" ")
    at = rng.randrange(1, len(family) - 1) if len(family) > 2 else 0
    family = family[:at] + family[at : at + 2][::-1] + family[at + 2 :]
    return replace(person, full_name=f"{given} {family}", nhs_number="")


def _row(person: MadeUp, rng: random.Random) -> tuple[str, ...]:
    born = person.born_on.strftime("%d/%m/%Y") if person.born_on else ""
    wish = rng.choice(people_data.LIKES).capitalize()
    who = (person.full_name, born, person.nhs_number, person.postcode, person.phone, person.email)
    return (*who, wish, "Cathays link workers")
