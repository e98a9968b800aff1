"""What the law of a nation says, as data (packs/*.json). Each fact has its source; `confirmed` is False for what nobody has
looked up, and screens and prints say so.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any, Protocol, TypeVar

from therapydesk.api import UserError, language, tr
from therapydesk.plugins.safeguarding.rules import Unit


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Named = TypeVar("Named", bound=_HasId)
NATIONS = ("england", "wales", "scotland", "northern_ireland")
PATHWAYS = ("adult", "child")
STRATEGY = "strategy"


@dataclass(frozen=True)
class Fact:
    """A sentence with its source."""

    text: str
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Coded:
    """A code of a list and its word."""

    id: str
    title: str
    source: str = ""
    confirmed: bool = False


@dataclass(frozen=True)
class Question:
    """One part of a test of the law."""

    id: str
    text: str


@dataclass(frozen=True)
class Test:
    """A test of the law: when every question is ticked, `says` holds."""

    title: str
    questions: tuple[Question, ...]
    says: str
    source: str
    confirmed: bool


@dataclass(frozen=True)
class CouncilClock:
    """What the council has to do and by when: `amount` of `unit` after a decision of that id, or after the strategy
    discussion (STRATEGY). `text` holds {when}; `over` says the same once that has passed. Never a due date of ours.
    """

    id: str
    after: str
    text: str
    over: str
    amount: int
    unit: Unit
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Pathway:
    """Adult or child: laws, categories, the test, and the council's own clocks where there are any."""

    id: str
    title: str
    laws: tuple[Fact, ...]
    categories: tuple[Coded, ...]
    test: Test
    council: tuple[CouncilClock, ...] = ()


@dataclass(frozen=True)
class Clock:
    """What a decision asks for and by when: `amount` of `unit` after the decision; 0 is at once."""

    id: str
    text: str
    amount: int
    unit: Unit
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Decision:
    """A decision that a lead may take, with its clocks."""

    id: str
    title: str
    hint: str
    pathways: tuple[str, ...]
    clocks: tuple[Clock, ...]
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Pack:
    """A nation's pathways and decisions; `confirmed` is False while the whole of it still wants sources."""

    nation: str
    title: str
    confirmed: bool
    pathways: tuple[Pathway, ...]
    decisions: tuple[Decision, ...]

    def pathway(self, pathway_id: str) -> Pathway:
        """The pathway of that id. Raises UserError."""
        return _found(self.pathways, pathway_id)

    def decision(self, decision_id: str) -> Decision:
        """The decision of that id. Raises UserError."""
        return _found(self.decisions, decision_id)

    def decisions_on(self, pathway_id: str) -> tuple[Decision, ...]:
        """The decisions of a pathway; all while the pathway is not chosen."""
        return tuple(d for d in self.decisions if not pathway_id or pathway_id in d.pathways)


def _found(rows: Iterable[Named], wanted: str) -> Named:
    for row in rows:
        if row.id == wanted:
            return row
    raise UserError(tr("The list of this nation does not have “{id}”.").format(id=wanted))


def pack(nation: str) -> Pack:
    """The pack of a nation, in the user's language; England's for a nation that has none."""
    bare = nation.strip().lower().replace("-", "_").replace(" ", "_")
    return _pack(bare if bare in NATIONS else "england", language())


@functools.cache
def _pack(nation: str, _language: str) -> Pack:
    data = _read(nation)
    pathways = tuple(_pathway(name, data["pathways"][name]) for name in PATHWAYS)
    return Pack(
        nation, tr(data["title"]), data["confirmed"], pathways, tuple(_decision(d) for d in data["decisions"])
    )


def _read(name: str) -> Any:
    place = resources.files("therapydesk.plugins.safeguarding").joinpath("packs", f"{name}.json")
    return json.loads(place.read_text("utf-8"))


def _pathway(name: str, data: Any) -> Pathway:
    weigh = data["weigh"]
    questions = tuple(Question(q["id"], tr(q["question"])) for q in weigh["questions"])
    test = Test(tr(weigh["title"]), questions, tr(weigh["says"]), weigh["source"], weigh["confirmed"])
    laws = tuple(Fact(tr(f["text"]), f["source"], f["confirmed"]) for f in data["laws"])
    categories = tuple(_coded(c) for c in data["categories"])
    council = tuple(_council(c) for c in data.get("council", ()))
    return Pathway(name, tr(data["title"]), laws, categories, test, council)


def _council(data: Any) -> CouncilClock:
    words = tr(data["text"]), tr(data["instead"])
    return CouncilClock(
        data["id"],
        data["after"],
        *words,
        data["amount"],
        data["unit"],
        data["source"],
        data["confirmed"],
    )


def _coded(data: Any) -> Coded:
    return Coded(data["id"], tr(data["title"]), data["source"], data["confirmed"])


def _decision(data: Any) -> Decision:
    clocks = tuple(
        Clock(c["id"], tr(c["text"]), c["amount"], c["unit"], c["source"], c["confirmed"])
        for c in data["clocks"]
    )
    hint = tr(data["hint"]) if data["hint"] else ""
    return Decision(
        data["id"],
        tr(data["title"]),
        hint,
        tuple(data["pathways"]),
        clocks,
        data["source"],
        data["confirmed"],
    )


def asks_strategy(nation: str, pathway: str) -> bool:
    """Whether the council has a time of its own from a strategy discussion on, so that its day is worth recording."""
    return bool(pathway) and any(c.after == STRATEGY for c in pack(nation).pathway(pathway).council)


def coded_choices(name: str) -> tuple[Coded, ...]:
    """A list of codes that all nations share: asked, achieved, risk, source_of_risk, advocate, capacity, consent."""
    return _lists(language())[name]


@functools.cache
def _lists(_language: str) -> dict[str, tuple[Coded, ...]]:
    return {name: tuple(_coded(c) for c in rows) for name, rows in _read("lists").items()}


def check_code(name: str, code: str) -> str:
    """The code, when the list has it. Raises UserError."""
    _found(coded_choices(name), code)
    return code
