"""A copy for somebody who asked for their data says in words what any table keeps as a code, of every built-in module."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import String

from therapydesk.api import Privacy, today
from therapydesk.core.parsing.types import FORMATS
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Base
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins import safeguarding
from therapydesk.plugins.caseload import service as caseload
from therapydesk.plugins.groups import rules, words, works_rules
from therapydesk.plugins.invoicing import rules as invoicing
from therapydesk.plugins.referrals import words as referrals
from therapydesk.plugins.safeguarding import notices, packs, raising
from therapydesk.plugins.safeguarding.words import entry_words, role_words
from therapydesk.records import (
    episode_moves,
    merging,
    relation_lists,
    subject_deciding,
    subject_requests,
    subject_words,
)
from therapydesk.records.appointment_words import KINDS, MARKS, STATES, absence_reasons
from therapydesk.records.coded_lists import coded_list
from therapydesk.records.consent_lists import STATES as CONSENTS
from therapydesk.records.episode_moves import STAGES
from therapydesk.records.subject_collect import _code_words, _parents, collect_part
from therapydesk.records.subject_labels import QUIET
from therapydesk.records.subject_sources import LEFT_OUT
from therapydesk.records.subject_tables import CoreSubjectItem
from therapydesk.testing import add_person

SHORT = 60  # a code fits into this; longer columns hold what somebody wrote
WRITTEN = set(
    "groups_member.skill groups_skill.activity groups_shift.role groups_sung.key invoicing_credit_note.number "
    "invoicing_invoice.number invoicing_invoice.reference person.language person.nhs_number "
    "person.nhs_number_unchecked person.no_nhs_number_reason person.postcode person.pronouns "
    "safeguarding_entry.happened_time subject_request.number".split()
)


def listed(name: str) -> list[str]:
    text = resources.files("therapydesk.plugins.groups").joinpath(f"{name}.csv").read_text("utf-8")
    return [row["code"] for row in csv.DictReader(text.splitlines())]


def of_list(name: str) -> list[str]:
    return [code for code, _words in coded_list(name)]


CODES: dict[str, Iterable[str]] = {
    "access_need.code": of_list("access_needs"),
    "appointment.cancel_reason": [reason.code for reason in absence_reasons("cancel")],
    "appointment.kind": KINDS,
    "appointment.state": STATES,
    "attendance.reason": [reason.code for reason in absence_reasons("absence")],
    "attendance.role": ("person", "carer", "worker"),
    "attendance.state": (*MARKS, "expected"),
    "caseload_statement.kind": caseload.KINDS,
    "consent.answered_by": of_list("consent_answerers"),
    "consent.how": of_list("consent_ways"),
    "consent.purpose": of_list("consent_purposes"),
    "consent.state": CONSENTS,
    "consent_use.purpose": of_list("consent_purposes"),
    "contact_point.kind": ("phone", "email", "other"),
    "episode.close_reason": of_list("close_reasons"),
    "episode.stage": STAGES,
    "episode_change.after": STAGES,
    "episode_change.before": STAGES,
    "episode_change.what": ("stage", "therapist"),
    "erasure_task.basis": of_list("erasure_bases"),
    "erasure_task.state": ("waiting", "done", "kept"),
    "groups_agreed.kind": ("decision", "action"),
    "groups_group.shape": rules.SHAPES,
    "groups_maker.credit": works_rules.CREDITS[1:],
    "groups_measure.measure": listed("measures"),
    "groups_measure.said_by": ("themselves", "supporter", "staff"),
    "groups_member.role": rules.ROLES,
    "groups_member.state": rules.STATES,
    "groups_member.travel": rules.TRAVEL,
    "groups_member.voice": rules.VOICES,
    "groups_performer.credit": works_rules.CREDITS[1:],
    "groups_placement.role": rules.PLACEMENT_ROLES,
    "groups_programme_name.use": works_rules.USES,
    "groups_reported.kind": words.REPORTED,
    "groups_ring.outcome": ("reached", "left_word", "no_answer"),
    "groups_skill.at": ("start", "review"),
    "groups_skill.level": words.LEVELS,
    "groups_sung_person.part": ("liked", "led"),
    "groups_waiting.activity": listed("activities"),
    "groups_work.kind": works_rules.KINDS,
    "groups_work.uses": works_rules.USES,
    "invoicing_draft_line.kind": KINDS,
    "invoicing_draft_line.reason": invoicing.REASONS,
    "invoicing_draft_line.state": MARKS,
    "invoicing_payment.method": ("transfer", "card", "cheque", "cash"),
    "invoicing_rate.kind": KINDS,
    "invoicing_rate.per": ("person", "session"),
    "legal_hold.reason": of_list("hold_reasons"),
    "notes_note.state": ("draft", "signed"),
    "privacy_notice.how": of_list("told_ways"),
    "referrals_referral.agreed": referrals.AGREED,
    "referrals_referral.format": FORMATS,
    "referrals_referral.reason_code": [
        row.code for way in referrals.Decision for row in referrals.answer_reasons(way)
    ],
    "referrals_referral.state": referrals.STATES,
    "relation.kind": relation_lists.KINDS,
    "safeguarding_action.state": ("todo", "done", "dropped"),
    "safeguarding_concern.danger": raising.DANGER,
    "safeguarding_concern.nation": packs.NATIONS,
    "safeguarding_concern.pathway": packs.PATHWAYS,
    "safeguarding_concern.state": ("new", "read", "decided", "closed"),
    "safeguarding_entry.kind": entry_words(),
    "safeguarding_person_link.role": role_words(),
    "safeguarding_risk_note.kind": notices.RISK_KINDS,
    "subject_decision.kind": subject_deciding.OUTCOMES,
    "subject_decision.outcome": ("none", "some"),
    "subject_part.part": ZONES,
    "subject_part.state": ("waiting", "ready"),
    "subject_pause.why": subject_words.pause_words(),
    "subject_request.asked_by": subject_words.asker_words(),
    "subject_request.end_reason": (*subject_words.refusal_words(), *subject_words.cancel_words()),
    "subject_request.extension_reason": subject_words.extension_words(),
    "subject_request.how_received": subject_words.received_words(),
    "subject_request.how_sent": subject_words.sent_words(),
    "subject_request.state": subject_words.state_words(),
}


def copied_columns() -> dict[str, list[Any]]:
    """Each column that may hold a code, of a table about people and of what its rows hang on, with what says it in words.

    A table may stand in several zones, and be told beside several others: there is one for each.
    """
    found: dict[str, list[Any]] = {}
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        privacy = mapper.class_.privacy
        if not mapper.class_.__module__.startswith("therapydesk."):
            continue  # a module that was added has tests of its own
        if not isinstance(privacy, Privacy) or table.name in LEFT_OUT:
            continue
        say = _code_words(table)
        for at, prefix in ((table, ""), *((parent, f"{parent.name}.") for _key, parent in _parents(table))):
            for column in at.c:
                short = isinstance(column.type, String) and (column.type.length or SHORT + 1) <= SHORT
                hidden = not prefix and column.name in privacy.hide
                if short and not hidden and column.name not in QUIET:
                    found.setdefault(f"{at.name}.{column.name}", []).append(say.get(f"{prefix}{column.name}"))
    return found


def raw(columns: dict[str, list[Any]], codes: dict[str, Iterable[str]]) -> list[str]:
    """The codes that a copy would show as they are."""
    return [
        f"{name}: {code}"
        for name, listed_codes in codes.items()
        for code in listed_codes
        for say in columns[name]
        if say is None or say(code) in ("", code)
    ]


def test_every_short_column_is_known_as_a_code_or_as_written_by_somebody(plugins: Plugins) -> None:
    assert set(copied_columns()) == set(CODES) | WRITTEN


def test_every_code_of_every_table_is_said_in_words(plugins: Plugins) -> None:
    columns = copied_columns()
    assert raw(columns, CODES) == []
    assert raw({**columns, "episode.stage": [None]}, CODES) == [f"episode.stage: {stage}" for stage in STAGES]


def test_every_kind_of_entry_that_the_program_writes_has_words() -> None:
    folder = Path(safeguarding.__file__).parent
    written = {
        kind
        for file in folder.glob("*.py")
        for kind in re.findall(r'NewEntry\(\s*"(\w+)"', file.read_text("utf-8"))
    }
    assert {"raised", "decision", "told"} <= written <= set(entry_words())


def test_a_code_that_nobody_knows_stays_and_what_was_not_chosen_says_nothing(plugins: Plugins) -> None:
    """A practice's own words are codes, too; an older file may hold a code that is gone."""
    columns = copied_columns()
    for name in set(CODES) - {"subject_part.part"}:
        assert [say("Stroke café") for say in columns[name]] == ["Stroke café"] * len(columns[name]), name
    assert [say("") for say in columns["groups_member.voice"]] == [""]


def test_what_is_kept_as_a_number_or_as_several_codes_is_said_too(plugins: Plugins) -> None:
    tables = {mapper.class_.__name__: mapper.class_.code_words for mapper in Base.registry.mappers}
    assert [tables["Episode"]["priority"](n) for n in (1, 2, 3)] == ["Soon", "Usual", "Can wait"]
    assert [tables["Referral"]["priority"](n) for n in (1, 2, 3)] == ["Soon", "Usual", "Can wait"]
    assert tables["ClinicalErasureTask"]["classes"]("clinical contact") == "Care record, Name and contact"
    outcome = tables["SafeguardingSubjectDecision"]["outcome"]
    assert all(outcome(code) != code for code in subject_deciding.OUTCOMES["release"])


def test_a_copy_says_who_had_the_support_and_what_joining_replaced(vault: Vault, plugins: Plugins) -> None:
    person, other = add_person(vault, "Carys Bowen"), add_person(vault, "Carys Bowen", preferred_name="Caz")
    with vault.write("core") as db:
        episode = episode_moves.open_episode(db, person)
        episode_moves.allocate(db, episode.id, db.user.id)
        merging.merge_people(db, person, other, frozenset({"preferred_name"}))
        request = subject_requests.record_request(db, person, today())
    collect_part(vault, request, "core")
    with vault.read() as db:
        items = db.query(CoreSubjectItem).filter(CoreSubjectItem.request_id == request).all()
        name = db.user.name
    told = [(item.source, [(field[1], field[2]) for field in json.loads(item.fields)]) for item in items]
    steps = [dict(fields) for source, fields in told if source == "episode_change"]
    assert [(step["What"], step["After"]) for step in steps] == [
        ("How far the support is", "Waiting"),
        ("Music therapist", name),
    ]
    (joined,) = [dict(fields) for source, fields in told if source == "merge"]
    assert "Preferred name: nothing → Caz" in joined["Before"]
