"""How the two of a pair belong together, in words beside the name: "her partner", "his friend"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

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
    """For people who come with somebody what they are to them; `pairs` are both by their person, in one query for all.

    It is the relation on either record, the nearest where there are several; {} for who may not read relations.
    """
    if not pairs or not may(db.info["user"], "relations.read"):
        return {}
    comers, others = list(pairs), list(set(pairs.values()))
    one, other = aliased(Person), aliased(Person)
    query = (
        select(Relation.person_id, Relation.other_person_id, Relation.kind, one.pronouns, other.pronouns)
        .join(one, one.id == Relation.person_id)
        .join(other, other.id == Relation.other_person_id)
        .where(
            Relation.kind.in_(NEAREST),
            or_(
                and_(Relation.person_id.in_(others), Relation.other_person_id.in_(comers)),
                and_(Relation.person_id.in_(comers), Relation.other_person_id.in_(others)),
            ),
        )
    )
    found: dict[UUID, tuple[int, str]] = {}
    for whose, who, kind, pronouns, turned_pronouns in db.execute(query):
        if who is None:
            continue
        if pairs.get(who) == whose:
            _keep_nearest(found, who, kind, pronouns)
        elif pairs.get(whose) == who and kind in TURNED:
            _keep_nearest(found, whose, TURNED[kind], turned_pronouns)
    return {person: words for person, (_rank, words) in found.items()}


def _keep_nearest(found: dict[UUID, tuple[int, str]], person: UUID, kind: str, pronouns: str) -> None:
    rank = NEAREST.index("parent" if kind == "child" else kind)
    if person not in found or rank < found[person][0]:
        found[person] = (rank, beside_name(kind, pronouns))


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
