"""What a register counts, and the codes of a roster. No database, no clock.

A session is counted by heads: everybody who was there for all or part of it, members, those who come along, helpers who sing
along as members, walk-ins, and those who gave no name. Somebody who comes to two sessions is two visits and one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Shape = Literal["single", "pairs", "hub", "meeting"]
SHAPES: tuple[Shape, ...] = ("single", "pairs", "hub", "meeting")
CAME = frozenset({"came", "came_late", "left_early"})
ANNOUNCED = frozenset({"sent_apologies", "we_cancelled"})
SILENT = "no_word"
SILENT_LIMIT = 2  # absences in a row without a word, after which somebody is rung
MEMBER_ROLES = ("member", "role_model")
TEAM_ROLES = ("lead", "helper", "volunteer", "peer_navigator")
PLACEMENT_ROLES = ("volunteer", "peer_navigator", "role_model", "helper")
ROLES = (*MEMBER_ROLES, "supporter", *TEAM_ROLES)
STATES = ("waiting", "taster", "member", "left")
VOICES = ("soprano", "alto", "tenor", "bass", "other")
TRAVEL = ("own", "lift_needed", "lift_offered", "transport")
RATINGS = range(5)


@dataclass(frozen=True)
class Head:
    """One attendance: somebody, or `headcount` people without a name.

    `role`: person, carer or worker; `pairs` are those that they are half of, each the same for a person and whoever comes
    with them (somebody who came along with one person last year and with another now has two). `announced`: away with word,
    by a planned absence or apologies.
    """

    session: UUID
    person_id: UUID | None
    role: str
    state: str
    headcount: int = 1
    pairs: frozenset[UUID] = frozenset()
    announced: bool = False

    @property
    def came(self) -> bool:
        """Whether they were there for all or part of it."""
        return self.state in CAME


@dataclass(frozen=True)
class Count:
    """What some sessions come to. `rate` is None when nobody was expected."""

    sessions: int
    people: int
    carers: int
    pairs: int
    anonymous: int
    visits: int
    rate: float | None


def count(heads: Iterable[Head]) -> Count:
    """Count people, those who come along, pairs, heads without a name, visits, and how many of those expected came.

    `people` and `carers` are different people over all sessions, a worker is neither; somebody who came as both counts as a
    person. `pairs` are different pairs of which both came to the same session. `visits` are heads. `rate` is came ÷ (came +
    not there without word) over members and those who come along: who said that they would be away is not counted against
    anybody. Claiming a head without a name moves one from `anonymous` to `people` and leaves `visits` as it was.
    """
    people: set[UUID] = set()
    carers: set[UUID] = set()
    pairs: dict[tuple[UUID, UUID], set[str]] = {}
    sessions: set[UUID] = set()
    anonymous = visits = expected = came = 0
    for head in heads:
        sessions.add(head.session)
        if head.role == "worker":
            continue
        if head.person_id is not None and (head.came or not (head.announced or head.state in ANNOUNCED)):
            expected += 1
            came += head.came
        if not head.came:
            continue
        visits += head.headcount
        if head.person_id is None:
            anonymous += head.headcount
            continue
        (carers if head.role == "carer" else people).add(head.person_id)
        for pair in head.pairs:
            pairs.setdefault((head.session, pair), set()).add(head.role)
    both = {pair for (_, pair), roles in pairs.items() if len(roles) > 1}
    rate = came / expected if expected else None
    return Count(len(sessions), len(people), len(carers - people), len(both), anonymous, visits, rate)


def silent_run(states: Sequence[str], announced: Sequence[bool]) -> int:
    """How many of the last sessions, newest first, somebody missed in a row without a word.

    One that was announced neither counts nor ends the run; one to which they came ends it.
    """
    run = 0
    for state, said in zip(states, announced, strict=True):
        if state in CAME:
            break
        if state == SILENT and not said:
            run += 1
    return run


def balance(voices: Mapping[str, int]) -> list[tuple[str, int]]:
    """The parts of a choir with how many sing each, in the order of a score; parts that nobody sings too."""
    return [(voice, voices.get(voice, 0)) for voice in VOICES if voice != "other" or voices.get("other")]
