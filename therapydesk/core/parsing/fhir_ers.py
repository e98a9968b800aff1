"""What e-RS (STU3) has besides ReferralRequest: worklists and the Parameters of a new referral."""

from __future__ import annotations

from collections.abc import Iterator

from therapydesk.core.parsing.fhir_bundle import Bundle, Entry
from therapydesk.core.parsing.fhir_names import day_of, nhs_identifier
from therapydesk.core.parsing.fhir_record import Draft
from therapydesk.core.parsing.fhir_tree import Node, concept, nodes, text, texts


def read_worklist(entry: Entry, bundle: Bundle, today: str) -> Iterator[Draft]:
    """The people of an e-RS worklist: it is a List whose entries carry an extension named …WorkListItem…."""
    if entry.kind != "List":
        return
    for row, item in enumerate(nodes(entry.resource, "entry"), 1):
        for extension in nodes(item, "extension"):
            kind = text(extension, "url").casefold()
            if "worklistitem" in kind and "adviceandguidance" not in kind:
                draft = Draft(row, bundle, today)
                _add_item(
                    draft, {text(part, "url"): part for part in nodes(extension, "extension")}, entry.resource
                )
                draft.put("referral_id", text(item, "item", "reference").split("/")[-1], "List.entry.item")
                yield draft


def _add_item(draft: Draft, parts: dict[str, Node], inside: Node) -> None:
    source = "List.entry.extension[{}]"
    patient = draft.bundle.follow(nodes(parts.get("patient"), "valueReference"), inside)
    if patient is not None:
        number = nhs_identifier(patient)
        draft.put("nhs_number", text(number[0], "value") if number else "", source.format("patient"))
    draft.put(
        "nhs_number",
        text(parts.get("patient"), "valueReference", "identifier", "value"),
        source.format("patient"),
    )
    draft.put("name", text(parts.get("patient"), "valueReference", "display"), source.format("patient"))
    draft.put(
        "priority",
        concept(parts.get("priority"), "valueCodeableConcept").replace("_", " ").casefold(),
        source.format("priority"),
    )
    for name in ("referralCreated", "clinicalInfoFirstSubmitted", "referralDate"):
        draft.put("referred_on", day_of(text(parts.get(name), "valueDateTime")), source.format(name))
    draft.put("reason", text(parts.get("clinicalContext"), "valueString"), source.format("clinicalContext"))
    draft.put("referrer", text(parts.get("referrer"), "valueReference", "display"), source.format("referrer"))


def read_parameters(entry: Entry, bundle: Bundle, today: str) -> Iterator[Draft]:
    """The person of a createReferral request: only an NHS number and the priority are told."""
    if entry.kind != "Parameters":
        return
    named = {text(part, "name"): part for part in nodes(entry.resource, "parameter")}
    number = text(named.get("patient"), "valueIdentifier", "value")
    if not number or not any(
        "referral" in profile.casefold() for profile in texts(entry.resource, "meta", "profile")
    ):
        return
    draft = Draft(entry.row, bundle, today)
    draft.put("nhs_number", number, "Parameters.patient")
    draft.put(
        "referred_on",
        day_of(text(named.get("eReferralPathwayStart"), "valueInstant")),
        "Parameters.eReferralPathwayStart",
    )
    for criteria in nodes(named.get("shortlist"), "resource", "contained", "parameter"):
        if text(criteria, "name") == "priority":
            draft.put(
                "priority",
                text(criteria, "valueCoding", "code").replace("_", " ").casefold(),
                "Parameters.shortlist",
            )
    yield draft
