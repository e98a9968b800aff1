"""Who stands behind a reference: the person and the organisation of a requester, sender or GP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from therapydesk.core.parsing.fhir_bundle import Bundle
from therapydesk.core.parsing.fhir_names import ods_code, plain_name
from therapydesk.core.parsing.fhir_tree import Node, concept, nodes, text


@dataclass(frozen=True)
class Party:
    """A person, an organisation, or one within the other; `kind` is the resource the reference led to."""

    name: str = ""
    organisation: str = ""
    ods: str = ""
    kind: str = ""
    relation: str = ""


def read_party(bundle: Bundle, reference: Any, inside: Node | None, today: date) -> Party:
    """The party behind the first reference."""
    for item in nodes(reference):
        found = bundle.follow(item, inside)
        if found is None:
            party = _unknown(item)
        else:
            kind = text(found, "resourceType")
            people = list(_people(bundle, found))
            places = list(_places(bundle, found))
            party = Party(
                next(
                    (name for node in people if (name := plain_name(node, today))),
                    text(item, "display") if people else "",
                ),
                next((name for node in places if (name := plain_name(node, today))), ""),
                next((code for node in places if (code := ods_code(node))), ""),
                kind,
                concept(found, "relationship"),
            )
        if party.name or party.organisation or party.ods:
            return party
    return Party()


def _unknown(reference: Node) -> Party:
    """The file does not hold the resource: what the reference itself says."""
    display, ods = text(reference, "display"), ods_code(reference)
    kind = text(reference, "type") or text(reference, "reference").split("/")[0]
    if ods or kind in ("Organization", "HealthcareService"):
        return Party("", display, ods, "Organization")
    return Party(display, "", "", kind)


def _people(bundle: Bundle, found: Node) -> Iterator[Node]:
    kind = text(found, "resourceType")
    if kind == "PractitionerRole":
        practitioner = bundle.follow(found.get("practitioner"), found)
        if practitioner is not None:
            yield practitioner
        else:
            yield from ({"name": text(item, "display")} for item in nodes(found, "practitioner"))
    elif kind in ("Practitioner", "RelatedPerson", "Patient"):
        yield found


def _places(bundle: Bundle, found: Node) -> Iterator[Node]:
    kind = text(found, "resourceType")
    if kind == "Organization":
        yield found
    elif kind == "HealthcareService":
        yield from _led_to(bundle, found, "providedBy")
        yield found
    elif kind == "PractitionerRole":
        yield from _led_to(bundle, found, "organization")
    elif kind == "Practitioner":
        for role in bundle.about("PractitionerRole", "practitioner").get(bundle.key_of(found), ()):
            yield from _led_to(bundle, role, "organization")


def _led_to(bundle: Bundle, node: Node, name: str) -> Iterator[Node]:
    organisation = bundle.follow(node.get(name), node)
    if organisation is not None:
        yield organisation
    else:
        for item in nodes(node, name):
            yield {"name": text(item, "display"), "identifier": nodes(item, "identifier")}
