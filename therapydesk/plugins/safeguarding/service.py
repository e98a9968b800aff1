"""The contract of this module: everything that screens, commands and hooks call. Each function says what it does where it
is written.

Who may: `safeguarding.raise` all six roles; `safeguarding.read` and `safeguarding.write` leads, who also need the key of
the zone (else ZoneClosed); `safeguarding.read_notices` and `safeguarding.write_risk_notes` all who see people, so not the
auditor; `safeguarding.tell_notice` leads. `db` writes: core for raise_concern, notices and risk notes; the safeguarding
zone for everything else that is not list_… or read_….

A lead's screen opens a concern in this order: read_concern in a `read()`, `audit.viewed(vault, "safeguarding", id,
"concern")` once it is painted, and in a `write("safeguarding")` mark_read when `read_at` is empty. Whoever shows or prints a
chronology calls read_chronology, chronology_pdf, then log_chronology in a `write("safeguarding")`.

A lead may give an action to somebody who is no lead (NewAction.tell_owner): its text, sealed to that one user, is in
list_tasks and on Today (link args ("task",), ref the task), until finish_task sends the result back to the record.

Tables to watch: safeguarding_concern, safeguarding_entry, safeguarding_action; in core safeguarding_handover,
safeguarding_task, safeguarding_notice, safeguarding_risk_note.
"""

from __future__ import annotations

from therapydesk.plugins.safeguarding.actions import (
    NewAction,
    add_action,
    drop_action,
    finish_action,
    list_actions,
    move_action,
)
from therapydesk.plugins.safeguarding.attaching import (
    attach_file,
    attach_large_file,
    read_attachment,
    read_large_attachment,
)
from therapydesk.plugins.safeguarding.chain import RecordCheck, When
from therapydesk.plugins.safeguarding.checking import verify_records
from therapydesk.plugins.safeguarding.chronology import (
    Chronology,
    ChronologyRow,
    ChronologyWish,
    chronology_pdf,
    log_chronology,
    read_chronology,
    when_words,
)
from therapydesk.plugins.safeguarding.deciding import Outcome, close_concern, decide, pass_on, reopen_concern
from therapydesk.plugins.safeguarding.liaising import Liaison, add_liaison, answer_liaison, how_words
from therapydesk.plugins.safeguarding.linking import link_concerns, link_person
from therapydesk.plugins.safeguarding.lists import ConcernRow, count_undecided, list_concerns
from therapydesk.plugins.safeguarding.notices import (
    NoticeView,
    RiskNoteView,
    add_risk_note,
    end_notice,
    end_risk_note,
    list_notices,
    list_risk_notes,
    renew_notice,
    renew_risk_note,
    tell_notice,
)
from therapydesk.plugins.safeguarding.packs import Pack, coded_choices, pack
from therapydesk.plugins.safeguarding.plans import Plan, SafetyPlan, make_plan, make_safety_plan
from therapydesk.plugins.safeguarding.raising import (
    HandoverView,
    LeadView,
    NewConcern,
    Source,
    handovers_from,
    list_handovers,
    list_leads,
    raise_concern,
)
from therapydesk.plugins.safeguarding.recording import (
    Mark,
    Record,
    Weighed,
    Wishes,
    add_mark,
    add_record,
    add_to_entry,
    correct_entry,
    mark_read,
    record_told,
    record_wishes,
    weigh_up,
    withdraw_entry,
)
from therapydesk.plugins.safeguarding.tasks import TaskView, finish_task, list_tasks
from therapydesk.plugins.safeguarding.views import (
    ActionView,
    ConcernView,
    EntryView,
    KnowsView,
    LinkView,
    read_concern,
)
from therapydesk.plugins.safeguarding.words import risk_words, role_words

__all__ = [
    "ActionView",
    "Chronology",
    "ChronologyRow",
    "ChronologyWish",
    "ConcernRow",
    "ConcernView",
    "EntryView",
    "HandoverView",
    "KnowsView",
    "LeadView",
    "Liaison",
    "LinkView",
    "Mark",
    "NewAction",
    "NewConcern",
    "NoticeView",
    "Outcome",
    "Pack",
    "Plan",
    "Record",
    "RecordCheck",
    "RiskNoteView",
    "SafetyPlan",
    "Source",
    "TaskView",
    "Weighed",
    "When",
    "Wishes",
    "add_action",
    "add_liaison",
    "add_mark",
    "add_record",
    "add_risk_note",
    "add_to_entry",
    "answer_liaison",
    "attach_file",
    "attach_large_file",
    "chronology_pdf",
    "close_concern",
    "coded_choices",
    "correct_entry",
    "count_undecided",
    "decide",
    "drop_action",
    "end_notice",
    "end_risk_note",
    "finish_action",
    "finish_task",
    "handovers_from",
    "how_words",
    "link_concerns",
    "link_person",
    "list_actions",
    "list_concerns",
    "list_handovers",
    "list_leads",
    "list_notices",
    "list_risk_notes",
    "list_tasks",
    "log_chronology",
    "make_plan",
    "make_safety_plan",
    "mark_read",
    "move_action",
    "pack",
    "pass_on",
    "raise_concern",
    "read_attachment",
    "read_chronology",
    "read_concern",
    "read_large_attachment",
    "record_told",
    "record_wishes",
    "renew_notice",
    "renew_risk_note",
    "reopen_concern",
    "risk_words",
    "role_words",
    "tell_notice",
    "verify_records",
    "weigh_up",
    "when_words",
    "withdraw_entry",
]
