"""How the two of a pair belong together, in words beside the name: "her partner", "his friend"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, Person, Relation, allowed, may, tr
from therapydesk.plugins.groups.roster import MemberView

NEAREST = ("partner", "parent", "sibling", "friend", "carer", "supporter", "worker")
TURNED = {"partner": "partner", "sibling": "sibling", "friend": "friend", "parent": "child"}


def pairs_of(members: Sequence[MemberView]) -> dict[UUID, UUID]:
    """Who comes with whom, both by their person."""
    by_member = {m.id: m.person_id for m in members}
    return {m.person_id: by_member[m.pair_id] for m in members if m.pair_id in by_member}


@allowed("groups.read")
def relations_of(db: Db, pairs: Mapping[UUID, UUID]) -> dict[UUID, str]:
    """For people who come with somebody what they are to them; `pairs` are both by their person, in two questions for all.

    It is the relation on either record, the nearest where there are several; {} for who may not read relations.
    """
    if not pairs or not may(db.info["user"], "relations.read"):
        return {}
    around = [*pairs, *set(pairs.values())]
    query = select(Relation.person_id, Relation.other_person_id, Relation.kind).where(
        Relation.kind.in_(NEAREST),
        Relation.person_id.in_(around),
        Relation.other_person_id.in_(around),
    )
    nearest: dict[UUID, str] = {}
    for whose, who, kind in db.execute(query):
        if who is not None and pairs.get(who) == whose:
            _keep_nearest(nearest, who, kind)
        elif pairs.get(whose) == who and kind in TURNED:
            _keep_nearest(nearest, whose, TURNED[kind])
    if not nearest:
        return {}
    called = select(Person.id, Person.pronouns).where(Person.id.in_({pairs[person] for person in nearest}))
    pronouns = dict(db.execute(called).all())
    return {person: beside_name(kind, pronouns.get(pairs[person], "")) for person, kind in nearest.items()}


def _keep_nearest(nearest: dict[UUID, str], person: UUID, kind: str) -> None:
    if person not in nearest or _rank(kind) < _rank(nearest[person]):
        nearest[person] = kind


def _rank(kind: str) -> int:
    return NEAREST.index("parent" if kind == "child" else kind)


def beside_name(kind: str, pronouns: str) -> str:
    """What somebody is to a person with these pronouns: "her partner"; "their" where they are not known or are others.

    `kind` is one of NEAREST or child; who pays or is the surgery is no relation that stands beside a name.
    """
    begins = pronouns.split("/")[0].strip().casefold()
    place = {"she": 0, "he": 1}.get(begins, 2)
    words = {
        "partner": (tr("her partner"), tr("his partner"), tr("their partner")),
        "parent": (tr("her parent"), tr("his parent"), tr("their parent")),
        "child": (tr("her son or daughter"), tr("his son or daughter"), tr("their son or daughter")),
        "sibling": (tr("her sibling"), tr("his sibling"), tr("their sibling")),
        "friend": (tr("her friend"), tr("his friend"), tr("their friend")),
        "carer": (tr("her carer"), tr("his carer"), tr("their carer")),
        "supporter": (tr("her supporter"), tr("his supporter"), tr("their supporter")),
        "worker": (tr("her worker"), tr("his worker"), tr("their worker")),
    }
    return words[kind][place]
