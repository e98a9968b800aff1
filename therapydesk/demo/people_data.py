"""Made-up names and lives for the demo practice. Numbers come from test ranges and postcodes that do not exist."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

GIVEN = (
    "Amara Beti Carys Dilwyn Eirlys Ffion Gwilym Harjit Idris Jerzy Kit Llŷr Mair Nia Osian Pearl Rhodri Suryani Tomasz "
    "Una Win Yusuf Zofia Ada Cai Delyth Emrys Farah Glenys Hana Ivor Josie Kofi Leila Marged Nerys Olwen Priya Rhun "
    "Siân Tegan Ursula Violet Wil Ayesha Bronwen Cledwyn Dafydd Elin Fatima Gareth Heledd Ieuan Joan Kwame Lowri "
    "Megan Noor Owain Patrick Rosa Sunita Taliesin Vera Winifred"
).split()
FAMILY = (
    "Bowen Rees Morgan Pritchard Okonkwo Singh Kowalski Evans Hughes Mensah Begum Llewellyn Probert Vaughan Griffiths "
    "Ahmed Nowak Parry Tudor Watkins Osei Patel Fenwick Harries Ellis Gwynne Abara Sandhu Maddocks Beynon Haddad "
    "Wójcik Penry Cadwgan Ferris Okafor Thomas Ŵyn Meredith Jenkins Bhatt Lloyd Asante Prosser Howells Nguyen Bevan"
).split()
ASK = (
    "Treorchy choir, my allotment",
    "Mahalia Jackson, sweet peas",
    "steam trains and brass bands",
    "the sea at Barry, Shirley Bassey",
    "drumming with my cousins",
    "my big family, hymns from chapel",
    "reggae on Sunday mornings",
    "folk tunes my mother sang",
    "beats I make on my phone",
    "old musicals, baking",
    "rugby, male voice choirs",
    "the dog, Northern soul",
)
NEEDS = (
    "large_print",
    "welsh",
    "interpreter",
    "wheelchair",
    "hearing_loop",
    "time_to_answer",
    "quiet_room",
    "easy_read",
)
LIKES = (
    "sing with other people again",
    "play the guitar again",
    "make beats and record one of them",
    "hear Welsh hymns again",
    "find music that helps with sleep",
    "sing at a family wedding",
    "learn three songs on the ukulele",
    "drum, loudly, once a week",
    "have a calm hour in the week",
    "write a song about home",
)
ENJOYS = (
    "Holds a harmony line by ear. Knows every hymn in the blue book.",
    "Makes people laugh. Remembers the words to hundreds of songs.",
    "Plays by ear. Patient with beginners.",
    "Good sense of rhythm. Listens before joining in.",
    "Writes lyrics. Encourages others in the group.",
    "Keeps going when a tune is hard. Kind to newcomers.",
)
MATTERS = (
    "“I want to stand with the altos again, not sit and watch.”",
    "“Being one voice among many.”",
    "“Sundays with my sister.”",
    "“Doing something that is mine.”",
    "“My family seeing me well.”",
    "“Speaking Welsh with somebody.”",
)
HELPS = (
    "Sing the line first, then say it. Wait ten seconds.",
    "A seat with a view of the door.",
    "Knowing the plan before we start.",
    "Short sessions, a cup of tea in the middle.",
    "Words on a card, large print.",
    "Starting with a song that is known by heart.",
)
HARD = (
    "New rooms, at first.",
    "Loud voices close by.",
    "Finding words when tired.",
    "Getting here without the bus.",
    "Mornings after a bad night.",
)
TOWARDS = (
    "singing with the choir",
    "walking to a steady beat",
    "songs for the family",
    "playing the guitar again",
    "a steadier week",
    "finishing one song",
    "joining a group near home",
    "settling in the evening",
)
STREETS = (
    "Alder Row",
    "Harbour View",
    "Chapel Rise",
    "Penrhyn Place",
    "Sycamore Walk",
    "Cliff Court",
    "Station Parade",
)
ORGANISATIONS = (
    ("Cathays link workers", "charity", {"is_referrer": True}),
    ("Fairwater Surgery", "surgery", {"is_referrer": True}),
    (
        "Ysgol Glan Elai",
        "school",
        {"is_setting": True, "is_referrer": True, "is_payer": True},
    ),
    ("Alder House", "care_home", {"is_setting": True, "is_payer": True}),
    ("Barry stroke team", "trust", {"is_referrer": True, "is_payer": True}),
    ("Vale Council", "council", {"is_payer": True}),
    (
        "Elmbridge School",
        "school",
        {"is_setting": True, "is_referrer": True, "is_payer": True},
    ),
)


@dataclass(frozen=True)
class MadeUp:
    """One made-up person."""

    full_name: str
    preferred_name: str
    born_on: date | None
    nhs_number: str
    phone: str
    email: str
    address: str
    postcode: str
    pronouns: str
    ask_me_about: str
    needs: tuple[str, ...]
    best_way: str = "Phone, mornings"


def test_nhs_number(n: int) -> str:
    """The n-th valid number of the 999 test range, which is never issued."""
    while True:
        first = f"999{n % 1_000_000:06d}"
        check = 11 - sum(int(d) * w for d, w in zip(first, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return first + str(0 if check == 11 else check)
        n += 1


def drama_phone(n: int) -> str:
    """A mobile number from Ofcom's range for drama (07700 900000 to 900999)."""
    return f"07700 900{n % 1000:03d}"


def missing_postcode(n: int) -> str:
    """A postcode in the right form that nobody has: there is no CF88 district. 4,000 of them, then again."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    mixed = n * 1237 % 4000
    return f"CF88 {mixed % 10}{letters[mixed // 10 % 20]}{letters[mixed // 200]}"


def make_people(count: int, seed: int, today: date) -> list[MadeUp]:
    """`count` people, the first few special: Welsh letters, one name only, a long name, 101 years, two alike."""
    rng = random.Random(seed)
    special = _special(today)
    people = [*special[:count]]
    for n in range(len(people), count):
        people.append(make_person(n, rng, today))
    return people


def make_person(n: int, rng: random.Random, today: date) -> MadeUp:
    """One ordinary person; no two `n` below 128,000 have the same NHS number."""
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    born = today - timedelta(days=rng.randint(5 * 365, 92 * 365))
    needs = tuple(sorted(rng.sample(NEEDS, rng.choice((0, 0, 0, 1, 1, 2)))))
    return MadeUp(
        full_name=f"{given} {family}",
        preferred_name=given,
        born_on=born,
        nhs_number=test_nhs_number(n * 7 + 11) if rng.random() < 0.8 else "",
        phone=drama_phone(n) if rng.random() < 0.9 else "",
        email=f"{given.lower()}.{n}@example.org".encode("ascii", "ignore").decode()
        if rng.random() < 0.4
        else "",
        address=f"{rng.randint(1, 90)} {rng.choice(STREETS)}",
        postcode=missing_postcode(n),
        pronouns=rng.choice(("", "", "she/her", "he/him", "they/them")),
        ask_me_about=rng.choice(ASK) if rng.random() < 0.7 else "",
        needs=needs,
    )


def _special(today: date) -> list[MadeUp]:
    def person(name: str, preferred: str, age: int, n: int, **more: object) -> MadeUp:
        values: dict[str, object] = {
            "born_on": date(today.year - age, 3, 1 + n),
            "nhs_number": test_nhs_number(900_000 + n * 13),
            "phone": drama_phone(900 + n),
            "email": "",
            "address": f"{n + 1} Alder Row",
            "postcode": missing_postcode(700 + n),
            "pronouns": "",
            "ask_me_about": "",
            "needs": (),
        }
        values.update(more)
        return MadeUp(full_name=name, preferred_name=preferred, **values)  # type: ignore[arg-type]  # values fit by name

    long_name = "Mary Elizabeth Wilhelmina Constance Fotheringham-Okonkwo-Llewellyn of Abergwyngregyn"
    return [
        person(
            "Carys Ŵyn Bowen",
            "Carys",
            58,
            0,
            pronouns="she/her",
            needs=("large_print", "time_to_answer"),
            ask_me_about="Treorchy choir, my allotment, Mahalia Jackson",
        ),
        person(
            "Llŷr Prydderch",
            "Llŷr",
            34,
            1,
            pronouns="he/him",
            ask_me_about="beats I make on my phone",
        ),
        person(
            "Pearl Watkins",
            "Pearl",
            81,
            2,
            pronouns="she/her",
            ask_me_about="my grandchildren, hymns from chapel",
        ),
        person("Kit", "", 0, 3, born_on=None, nhs_number="", address="", postcode=""),
        person(long_name, "Mary", 67, 4),
        person(
            "Winifred Probert",
            "Win",
            101,
            5,
            pronouns="she/her",
            needs=("hearing_loop", "wheelchair"),
        ),
        person(
            "Dilwyn Rees",
            "Dilwyn",
            74,
            6,
            pronouns="he/him",
            needs=("large_print", "welsh"),
        ),
        person("Dillwyn Rees", "Dilwyn", 74, 6, nhs_number="", phone=drama_phone(977)),
    ]
