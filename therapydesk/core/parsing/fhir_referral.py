"""The referral (ServiceRequest, Task, ReferralRequest), and the consent, flags and message around it."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from therapydesk.core.parsing.fhir_bundle import system_tail
from therapydesk.core.parsing.fhir_names import day_of, is_day
from therapydesk.core.parsing.fhir_party import Party, read_party
from therapydesk.core.parsing.fhir_record import Draft
from therapydesk.core.parsing.fhir_tree import (
    Node,
    codes,
    concept,
    extension_text,
    extensions,
    nodes,
    text,
    texts,
    value_of,
)
from therapydesk.core.parsing.types import ImportProblem
from therapydesk.core.words import tr

WITHDRAWN = {"revoked", "entered-in-error", "cancelled", "rejected", "failed"}
_OPEN = {"", "active", "requested", "received", "accepted", "ready", "in-progress"}
_REFERENCE_NUMBERS = ("ubrn", "ers-request-id")
_NOTHING_ASKED = ("fulfill", "fulfill the focal request")


def add_referral(draft: Draft, request: Node, today: date) -> None:
    """Everything that a request says about the referral (not about the person)."""
    kind = text(request, "resourceType")
    _add_reason(draft, request, kind)
    status = text(request, "status")
    if status not in _OPEN:
        draft.put(
            "notes",
            tr("The sender’s status of this referral: {status}").format(status=status),
            f"{kind}.status",
        )
    draft.put("priority", _priority(request), f"{kind}.priority")
    for name in ("authoredOn", "occurrenceDateTime"):
        if is_day(day_of(text(request, name))):
            draft.put("referred_on", day_of(text(request, name)), f"{kind}.{name}")
    for ending in ("ClinicalInfoFirstSubmitted", "eReferralPathwayStart"):
        draft.put("referred_on", day_of(extension_text(request, ending)), f"{kind}.extension[{ending}]")
    _add_identifier(draft, request, kind)
    _add_referrer(draft, request, kind, today)
    _add_requirements(draft, request, kind)
    for note in texts(request, "note", "text"):
        draft.put("notes", note, f"{kind}.note")
    for name in ("patientInstruction", "PatientInstruction"):
        if told := text(request, name):
            draft.put("notes", tr("Told the person: {text}").format(text=told), f"{kind}.{name}")
    for plan in nodes(request, "basedOn"):
        _add_plan(draft, draft.bundle.follow(plan, request))


def _add_reason(draft: Draft, request: Node, kind: str) -> None:
    for name in ("reasonCode", "reason"):
        draft.put("reason", concept(request, name), f"{kind}.{name}")
    for name in ("reasonReference", "supportingInfo"):
        for index, reference in enumerate(nodes(request, name)):
            found = draft.bundle.follow(reference, request)
            words = text(reference, "display") or (concept(found, "code") if found is not None else "")
            if name == "reasonReference":
                draft.put("reason", words, f"{kind}.{name}[{index}]")
            elif words:
                draft.put("notes", tr("See also: {text}").format(text=words), f"{kind}.{name}[{index}]")
    for name in ("description", "focus.display"):
        draft.put("reason", text(request, *name.split(".")), f"{kind}.{name}")
    for name in ("code", "serviceRequested", "orderDetail", "specialty"):
        asked = concept(request, name)
        if not asked or asked.casefold() in _NOTHING_ASKED:
            continue
        if name != "specialty" and "reason" not in draft.fields:
            draft.put("reason", asked, f"{kind}.{name}")
        else:
            draft.put("notes", tr("Asked for: {what}").format(what=asked), f"{kind}.{name}")


def _priority(request: Node) -> str:
    code = text(request, "priority") or extension_text(request, "ReferralPriority")
    return code.replace("_", " ").casefold()


def _add_identifier(draft: Draft, request: Node, kind: str) -> None:
    known = [(text(item, "value"), system_tail(item)) for item in nodes(request, "identifier")]
    if kind == "ReferralRequest" and text(request, "id").isdigit():  # e-RS: the id is the booking reference
        draft.put("referral_id", text(request, "id"), f"{kind}.id")
    known.sort(key=lambda pair: pair[1] not in _REFERENCE_NUMBERS)
    for value, _ in known:
        draft.put("referral_id", value, f"{kind}.identifier")
    draft.put("referral_id", text(request, "id"), f"{kind}.id")


def _add_referrer(draft: Draft, request: Node, kind: str, today: date) -> None:
    for name in ("requester", "recorder", "sender"):
        item = request.get(name)
        agents = [inner for node in nodes(item) for inner in nodes(node, "agent")]  # STU3
        party = read_party(draft.bundle, agents or item, request, today)
        behalf = read_party(
            draft.bundle,
            [inner for node in nodes(item) for inner in nodes(node, "onBehalfOf")],
            request,
            today,
        )
        put_referrer(draft, party, f"{kind}.{name}")
        put_referrer(draft, behalf, f"{kind}.{name}.onBehalfOf")
    source = extension_text(request, "SourceOfServiceRequest")
    if source:
        draft.put("notes", source, f"{kind}.extension[SourceOfServiceRequest]")
    reason = extension_text(request, "PriorityReason")
    if reason:
        draft.put(
            "notes", tr("Why this priority: {text}").format(text=reason), f"{kind}.extension[PriorityReason]"
        )


def put_referrer(draft: Draft, party: Party, source: str) -> None:
    """Who sent the person, and from where."""
    name = party.name
    if party.kind == "Patient":
        name = tr("Self-referral")
    elif party.relation:
        name = f"{party.name} ({party.relation})" if party.name else party.relation
    draft.put("referrer", name, source)
    draft.put("referrer_organisation", party.organisation, source)
    draft.put("referrer_ods", party.ods, source)


def _add_requirements(draft: Draft, request: Node, kind: str) -> None:
    """What e-RS calls additional requirements."""
    source = f"{kind}.extension[PatientAdditionalRequirement]"
    for extension in extensions(request, "PatientAdditionalRequirement"):
        draft.put("access_needs", value_of(extension), source)
        if "interpreter" in codes(extension, "valueCoding"):
            draft.put("interpreter", "yes", source)


def _add_plan(draft: Draft, plan: Node | None) -> None:
    if plan is None or text(plan, "resourceType") != "CarePlan":
        return
    activities = nodes(plan, "activity")
    outcomes = [concept(outcome) for outcome in nodes(activities, "outcomeCodeableConcept")]
    details = texts(activities, "detail", "description")
    for words in (text(plan, "description"), *texts(plan, "note", "text"), *details, *outcomes):
        draft.put("notes", words, "CarePlan")


def add_goals(draft: Draft) -> None:
    """What the person wants: FHIR says that with Goals."""
    for goal in draft.about("Goal", "subject"):
        draft.put("would_like", concept(goal, "description"), "Goal.description")


def add_consent(draft: Draft) -> None:
    """Whether the person agreed. Consent that is implied, or to something else, is noted but no agreement."""
    for consent in [*draft.about("Consent", "patient"), *draft.about("Consent", "subject")]:
        rules = codes(consent, "policyRule")
        status = text(consent, "status")
        scope = codes(consent, "scope")
        about = concept(consent, "category") or concept(consent, "scope")
        refused = (
            status == "rejected"
            or "optout" in rules
            or text(consent, "provision", "type") == "deny"
            or text(consent, "except", "type") == "deny"
        )
        care = (
            bool(scope & {"treatment"})
            or bool(codes(consent, "category") & {"drc", "treatment"})
            or not codes(consent, "category")
        )
        if refused:
            draft.put("agreed", "no", "Consent.provision" if status != "rejected" else "Consent.status")
        elif status == "active" and care and "implied" not in rules:
            draft.put("agreed", "yes", "Consent.status")
        said = tr("Consent in the file: {about}, {status}").format(about=about or "?", status=status or "?")
        draft.put(
            "notes", said + (f", {concept(consent, 'policyRule').casefold()}" if rules else ""), "Consent"
        )


@cache
def _code_names() -> dict[str, str]:
    """For flags without words: the BaRS code systems safeguarding-codes-bars and flag-categories-bars."""
    with Path(__file__).with_name("flag_codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["display"] for row in csv.DictReader(file)}


def add_flags(drafts: list[Draft]) -> list[ImportProblem]:
    """Give every flag to its person, or to the only one there is; tell of those that fit none."""
    keys = {key: draft for draft in drafts for key in draft.keys}
    problems = []
    for entry in drafts[0].bundle.of("Flag") if drafts else ():
        words = _flag_words(entry.resource)
        about = keys.get(drafts[0].bundle.key(entry.resource.get("subject"), entry.resource))
        about = about or (drafts[0] if len(drafts) == 1 else None)
        if about is not None:
            about.put("flags", words, "Flag.code")
        else:
            said = tr("It is not clear whom this flag is about: {flag}").format(flag=words[:300])
            problems.append(ImportProblem(entry.row, "flags", said))
    return problems


def _flag_words(flag: Node) -> str:
    def words(name: str) -> str:
        plain = texts(flag, name, "text") or texts(flag, name, "coding", "display")
        return ", ".join(
            dict.fromkeys(
                plain or [_code_names().get(code, code) for code in texts(flag, name, "coding", "code")]
            )
        )

    category, code = words("category"), words("code")
    status = text(flag, "status")
    shown = (
        f"{category}: {code}"
        if category and code and category.casefold() not in code.casefold()
        else code or category
    )
    shown = shown or tr("Flag without a text")
    return shown if status in ("active", "") else f"{shown} ({status})"


def add_message(draft: Draft, today: date) -> None:
    """What the message around the referral says: sender, what kind of message, when."""
    for entry in draft.bundle.of("MessageHeader"):
        header = entry.resource
        put_referrer(
            draft, read_party(draft.bundle, header.get("sender"), header, today), "MessageHeader.sender"
        )
        event = text(header, "eventCoding", "code")
        if event.endswith("-response"):
            draft.put(
                "notes",
                tr("This message is an answer ({event}), perhaps not a new referral.").format(event=event),
                "MessageHeader.event",
            )
        if "update" in codes(header, "reason"):
            draft.put("notes", tr("This message changes an earlier one."), "MessageHeader.reason")
    for appointment in draft.about("Appointment", "participant", "actor"):
        if "reason" not in draft.fields:
            draft.put("reason", text(appointment, "description"), "Appointment.description")
    if is_day(day_of(draft.bundle.timestamp)) and draft.bundle.of("MessageHeader"):
        draft.put("referred_on", day_of(draft.bundle.timestamp), "Bundle.timestamp")
