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


def read_fhir(data: bytes, kind: str, today: date) -> Parsed:
    """The referred people of a FHIR file. Raises Refused."""
    content = _content(data, kind)
    bundle = open_bundle(content)
    unknown = sorted({entry.kind for entry in bundle.entries if entry.kind not in RESOURCE_TYPES})
    if unknown and len(bundle.entries) == 1:
        raise Refused(
            tr("“{{file}}” holds “{kind}”, not a FHIR resource.").format(kind=unknown[0][:40] or "?"),
            tr("Ask the sender for the referral as a FHIR R4 ServiceRequest or Bundle."),
        )
    if len(bundle.entries) > MAX_ROWS:
        message = tr("“{{file}}” has more than {n} resources.").format(n=f"{MAX_ROWS:,}")
        raise Refused(message, tr("Ask the sender for smaller files."))
    drafts, problems = _drafts(bundle, today)
    left_out = tr("“{kind}” is not a FHIR resource; it was left out.")
    problems += [ImportProblem(None, "", left_out.format(kind=name[:40] or "?")) for name in unknown]
    for draft in drafts:
        add_goals(draft)
        add_consent(draft)
        add_message(draft, today)
        problems += draft.problems
    problems += add_flags(drafts)
    if not drafts and not problems:
        problems.append(ImportProblem(1, "", _nobody(bundle)))
    return Parsed(kind, [], [draft.finish() for draft in drafts], problems)


def _content(data: bytes, kind: str) -> Any:
    return read_xml(data) if kind == "fhir-xml" else read_json(data)


def _drafts(bundle: Bundle, today: date) -> tuple[list[Draft], list[ImportProblem]]:
    drafts, problems, taken = _from_requests(bundle, today)
    for entry in bundle.of("Patient"):
        if bundle.key_of(entry.resource) not in taken:
            drafts.append(Draft(entry.row, bundle, today.isoformat()))
            add_person(drafts[-1], entry.resource, today)
    for entry in bundle.of("List"):
        drafts += read_worklist(entry, bundle, today.isoformat())
    for entry in bundle.of("Parameters"):
        drafts += read_parameters(entry, bundle, today.isoformat())
    nameless = tr("This person has neither a name nor an NHS number.")
    problems += [ImportProblem(draft.row, "name", nameless) for draft in drafts if not _known(draft)]
    return sorted(filter(_known, drafts), key=lambda draft: draft.row), problems


def _known(draft: Draft) -> bool:
    return bool(draft.fields.get("name") or draft.fields.get("nhs_number"))


def _from_requests(bundle: Bundle, today: date) -> tuple[list[Draft], list[ImportProblem], set[str]]:
    """A draft for each person of a request, what is wrong with requests, and the people they are about."""
    drafts: dict[str, Draft] = {}
    problems: list[ImportProblem] = []
    taken: set[str] = set()
    cancelled = any("delete" in codes(entry.resource, "reason") for entry in bundle.of("MessageHeader"))
    for entry in _requests(bundle):
        subject = entry.resource.get("subject") or entry.resource.get("for")
        patient = bundle.follow(subject, entry.resource)
        key = bundle.key(subject, entry.resource)
        taken.add(key)
        if cancelled or text(entry.resource, "status") in WITHDRAWN:
            problems.append(ImportProblem(entry.row, "status", _withdrawn(entry, cancelled)))
        elif not _is_person(subject, patient):
            problems.append(ImportProblem(entry.row, "subject", _no_subject(entry, subject)))
        else:
            if key not in drafts:
                drafts[key] = Draft(entry.row, bundle, today.isoformat(), {key})
                _add_subject(drafts[key], entry, subject, patient, today)
            add_referral(drafts[key], entry.resource, today)
    return list(drafts.values()), problems, taken


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


def _is_person(subject: Any, patient: Node | None) -> bool:
    if patient is not None:
        return text(patient, "resourceType") == "Patient"
    return bool(text(subject, "identifier", "value") or text(subject, "display"))


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
        return tr("This file is a message from the sender’s system, not a referral: {text}").format(
            text=said[:200] or "OperationOutcome"
        )
    only = tr(
        "Nobody is referred in this file; it holds only: {kinds}. Ask the sender for the referral itself."
    )
    return only.format(kinds=", ".join(kinds[:6]))
