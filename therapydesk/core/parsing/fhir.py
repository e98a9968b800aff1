"""From a FHIR file to referred people: which resources make one referral, and what to say of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from therapydesk.core.parsing.fhir_bundle import Bundle, Entry, open_bundle
from therapydesk.core.parsing.fhir_ers import read_parameters, read_worklist
from therapydesk.core.parsing.fhir_names import nhs_identifier
from therapydesk.core.parsing.fhir_person import add_person
from therapydesk.core.parsing.fhir_record import Draft
from therapydesk.core.parsing.fhir_referral import (
    WITHDRAWN,
    add_consent,
    add_flags,
    add_goals,
    add_message,
    add_referral,
)
from therapydesk.core.parsing.fhir_tree import Node, codes, concept, nodes, read_json, text, texts
from therapydesk.core.parsing.fhir_types import RESOURCE_TYPES
from therapydesk.core.parsing.fhir_xml import read_xml
from therapydesk.core.parsing.heads import MAX_ROWS
from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.parsing.types import ImportProblem, Parsed
from therapydesk.core.words import tr

_REQUESTS = ("ServiceRequest", "ReferralRequest", "Task")


def read_fhir(data: bytes, kind: str, today: date) -> Parsed:
    """The referred people of a FHIR file. Raises Refused."""
    content = _content(data, kind)
    bundle = open_bundle(content)
    unknown = sorted({entry.kind for entry in bundle.entries if entry.kind not in RESOURCE_TYPES})
    if unknown and len(bundle.entries) == 1:
        raise Refused(
            tr("“{{file}}” holds “{kind}”, which is not a FHIR resource.").format(
                kind=unknown[0][:40] or "?"
            ),
            tr("Ask the sender for the referral as a FHIR R4 ServiceRequest or Bundle."),
        )
    if len(bundle.entries) > MAX_ROWS:
        raise Refused(
            tr("“{{file}}” has more than {n} resources.").format(n=f"{MAX_ROWS:,}"),
            tr("Ask the sender for smaller files."),
        )
    drafts, problems = _drafts(bundle, today)
    problems += [
        ImportProblem(
            None, "", tr("“{kind}” is not a FHIR resource; it was left out.").format(kind=name[:40] or "?")
        )
        for name in unknown
    ]
    for draft in drafts:
        add_goals(draft)
        add_consent(draft)
        add_flags(draft)
        add_message(draft, today)
        problems += draft.problems
    if not drafts and not problems:
        problems.append(ImportProblem(1, "", _nobody(bundle)))
    return Parsed(kind, [], [draft.finish() for draft in drafts], problems)


def _content(data: bytes, kind: str) -> Any:
    return read_xml(data) if kind == "fhir-xml" else read_json(data)


def _drafts(bundle: Bundle, today: date) -> tuple[list[Draft], list[ImportProblem]]:
    drafts: dict[str, Draft] = {}
    problems: list[ImportProblem] = []
    spoken_for: list[Node] = []
    cancelled = any("delete" in codes(entry.resource, "reason") for entry in bundle.of("MessageHeader"))
    for entry in _requests(bundle):
        subject = entry.resource.get("subject") or entry.resource.get("for")
        patient = bundle.follow(subject, entry.resource)
        if patient is not None:
            spoken_for.append(patient)
        if cancelled or text(entry.resource, "status") in WITHDRAWN:
            problems.append(ImportProblem(entry.row, "status", _withdrawn(entry, cancelled)))
            continue
        key = _key(subject, patient)
        if not key:
            problems.append(ImportProblem(entry.row, "subject", _no_subject(entry, subject)))
            continue
        if key not in drafts:
            drafts[key] = Draft(entry.row, bundle, today.isoformat())
            _add_subject(drafts[key], entry, subject, patient, today)
        add_referral(drafts[key], entry.resource, today)
    for entry in bundle.of("Patient"):
        if not any(entry.resource is patient for patient in spoken_for):
            draft = drafts[f"row {entry.row}"] = Draft(entry.row, bundle, today.isoformat())
            add_person(draft, entry.resource, today)
    for entry in bundle.entries:
        for reader in (read_worklist, read_parameters):
            for draft in reader(entry, bundle, today.isoformat()):
                drafts[f"row {draft.row} of {entry.row}"] = draft
    named = [draft for draft in drafts.values() if draft.fields.get("name") or draft.fields.get("nhs_number")]
    problems += [
        ImportProblem(draft.row, "name", tr("This person has neither a name nor an NHS number."))
        for draft in drafts.values()
        if draft not in named
    ]
    return named, problems


def _requests(bundle: Bundle) -> Iterator[Entry]:
    """The requests, the one the message is about first; Tasks last, since they only carry out a request."""
    focus = [
        bundle.follow(item, entry.resource)
        for entry in bundle.of("MessageHeader")
        for item in nodes(entry.resource, "focus")
    ]
    requests = bundle.of("ServiceRequest", "ReferralRequest")
    requests.sort(key=lambda entry: not any(entry.resource is about for about in focus))
    yield from requests
    yield from bundle.of("Task")


def _key(subject: Any, patient: Node | None) -> str:
    """What makes two requests be about the same person; "" when nobody is named."""
    if patient is not None and text(patient, "resourceType") == "Patient":
        number = nhs_identifier(patient)
        return text(number[0], "value") if number else f"resource {id(patient)}"
    if patient is not None:
        return ""
    return text(subject, "identifier", "value") or text(subject, "display")


def _add_subject(draft: Draft, entry: Entry, subject: Any, patient: Node | None, today: date) -> None:
    source = f"{entry.kind}.{'subject' if entry.resource.get('subject') else 'for'}"
    if patient is not None:
        add_person(draft, patient, today)
        return
    reference = nodes(subject)[0]
    draft.put("name", text(reference, "display"), f"{source}.display")
    if nhs_identifier({"identifier": nodes(reference, "identifier")}):
        draft.put("nhs_number", text(reference, "identifier", "value"), f"{source}.identifier")


def _withdrawn(entry: Entry, cancelled: bool) -> str:
    if cancelled:
        return tr("This message takes an earlier referral back; it was not imported. Close that referral.")
    return tr("The sender has withdrawn this referral (status: {status}); it was not imported.").format(
        status=text(entry.resource, "status")
    )


def _no_subject(entry: Entry, subject: Any) -> str:
    where = text(subject, "reference")
    if where:
        return tr(
            "The person of this {kind} ({reference}) is not in the file. Ask the sender for their details."
        ).format(kind=entry.kind, reference=where[:80])
    return tr("This {kind} names no person. Ask the sender who is referred.").format(kind=entry.kind)


def _nobody(bundle: Bundle) -> str:
    """Why a sound FHIR file holds no referral."""
    kinds = list(dict.fromkeys(entry.kind for entry in bundle.entries))
    if not kinds:
        return tr("This FHIR file is an empty list: nobody is referred in it.")
    if "OperationOutcome" in kinds:
        outcome = bundle.of("OperationOutcome")[0].resource
        said = (
            concept(outcome, "issue", "details")
            or next(iter(texts(outcome, "issue", "diagnostics")), "")
            or concept(outcome, "issue")
        )
        return tr("This file is a message from the sender's system, not a referral: {text}").format(
            text=said[:200] or "OperationOutcome"
        )
    only = tr(
        "Nobody is referred in this file; it holds only: {kinds}. Ask the sender for the referral itself."
    )
    return only.format(kinds=", ".join(kinds[:6]))
