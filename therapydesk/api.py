"""Door 1 for plugins: everything they may use that is not a widget. No Qt here."""

from __future__ import annotations

from therapydesk.core import (
    audit,
    pdf,
)
from therapydesk.core import (
    hookspecs as hooks,
)
from therapydesk.core.audit import (
    viewed,
)
from therapydesk.core.command_line import (
    CliContext,
)
from therapydesk.core.contributions import (
    Answers,
    Card,
    Command,
    DueItem,
    ExportItem,
    Fact,
    Failure,
    Field,
    Hit,
    Importer,
    ImportProblem,
    Link,
    Moment,
    Page,
    Permission,
    PersonTab,
    PluginInfo,
    Report,
    Setting,
)
from therapydesk.core.dates import (
    LONDON,
    LONG_MONTHS,
    add_months,
    bank_holidays,
    local_now,
    month_end,
    now,
    parse_birth_date,
    parse_day,
    parse_time,
    relative,
    show_day,
    show_instant,
    show_month,
    show_time,
    to_utc,
    today,
)
from therapydesk.core.errors import (
    Busy,
    NotFound,
    PermissionDenied,
    StaleRecord,
    UserError,
    ZoneClosed,
)
from therapydesk.core.events import Event, HandedOver
from therapydesk.core.hookspecs import hookimpl
from therapydesk.core.ids import new_id
from therapydesk.core.importing import (
    OUTCOMES,
    BatchResult,
    Choice,
    ColumnMatch,
    ComparedField,
    Comparison,
    FileMatch,
    ImportPlan,
    Outcome,
    PlannedRow,
    ReadFile,
    RowProblem,
)
from therapydesk.core.jobs import Job
from therapydesk.core.money import Money, MoneyType, parse_money
from therapydesk.core.parsing.heads import column_letters
from therapydesk.core.parsing.types import (
    Parsed,
    Table,
)
from therapydesk.core.parsing.worker import (
    read_file,
)
from therapydesk.core.permissions import (
    ROLES,
    allowed,
    is_own,
    may,
    only_own,
    role_title,
)
from therapydesk.core.plugins import Loaded
from therapydesk.core.recovery_sheet import recovery_kit_pdf
from therapydesk.core.tables import (
    NO_PERSONAL_DATA,
    Base,
    ClinicalBase,
    CoreBase,
    Erase,
    Instant,
    Keyed,
    Privacy,
    SafeguardingBase,
    Stamped,
    Zone,
)
from therapydesk.core.text import (
    check_email,
    check_nhs_number,
    check_phone,
    check_postcode,
    normal_name,
    plain_cell,
    show_nhs_number,
    show_phone,
    tidy,
)
from therapydesk.core.vault.creation import (
    NewPractice,
)
from therapydesk.core.vault.outbox import (
    hand_over,
    publish,
    take_back,
)
from therapydesk.core.vault.passphrase import (
    check_passphrase,
)
from therapydesk.core.vault.recovery import (
    RecoveryCode,
    recovery_problem,
    split_recovery_code,
)
from therapydesk.core.vault.session import (
    Actor,
    Db,
)
from therapydesk.core.words import mark, ntr, person_word, set_language, tr
from therapydesk.records import (
    appointments,
    events,
    ownership,
    rhythm,
)
from therapydesk.records import episode_moves as episodes
from therapydesk.records.appointment_tables import Appointment, Attendance, Room
from therapydesk.records.coded_lists import coded_list, in_words
from therapydesk.records.consent_lists import (
    ConsentView,
    list_consents,
    record_consent,
    withdraw_consent,
)
from therapydesk.records.consents import (
    Consent,
)
from therapydesk.records.documents import (
    ClinicalDocument,
    Document,
    DocumentView,
    add_document,
    read_document,
)
from therapydesk.records.duplicates import (
    Duplicate,
    Match,
    Sought,
    find_duplicates,
    match_many,
)
from therapydesk.records.episode_moves import (
    EpisodeView,
    allocate,
    episodes_of,
    list_waiting,
    move_episode,
    open_episode,
    put_back,
    reviews_due,
    set_review,
)
from therapydesk.records.episodes import (
    Episode,
    EpisodeChange,
)
from therapydesk.records.merging import FieldPair, compare_people, merge_people, repoint, unmerge_people
from therapydesk.records.organisation_lists import (
    OrganisationDetails,
    OrganisationView,
    find_or_add_organisation,
    list_organisations,
    save_organisation,
)
from therapydesk.records.organisations import (
    Organisation,
)
from therapydesk.records.people import (
    AccessNeed,
    ContactPoint,
    Person,
    all_names,
    list_name,
)
from therapydesk.records.people_details import (
    PersonDetails,
    PersonView,
    add_person,
    edit_person,
    find_person,
    get_person,
    record_death,
    stage_words,
)
from therapydesk.records.people_lists import (
    PeopleFound,
    PeopleQuery,
    PersonRow,
    count_people,
    find_people,
    list_people,
    mark_people,
    read_people,
)
from therapydesk.records.practice import PracticeCard, practice_card, put_setting, setting
from therapydesk.records.relation_lists import (
    RelationView,
    add_relation,
    end_relation,
    list_relations,
    relation_words,
)
from therapydesk.records.relations import (
    Relation,
)
from therapydesk.records.search import (
    search,
)
from therapydesk.records.user_lists import UserView, list_therapists, list_users, user_title
from therapydesk.records.users import (
    User,
)

__all__ = [
    "AccessNeed",
    "Actor",
    "Answers",
    "Appointment",
    "Attendance",
    "Base",
    "BatchResult",
    "Busy",
    "Card",
    "Choice",
    "CliContext",
    "ClinicalBase",
    "ClinicalDocument",
    "ColumnMatch",
    "Command",
    "ComparedField",
    "Comparison",
    "Consent",
    "ConsentView",
    "ContactPoint",
    "CoreBase",
    "Db",
    "Document",
    "DocumentView",
    "DueItem",
    "Duplicate",
    "Episode",
    "EpisodeChange",
    "EpisodeView",
    "Erase",
    "Event",
    "ExportItem",
    "Fact",
    "Failure",
    "Field",
    "FieldPair",
    "FileMatch",
    "HandedOver",
    "Hit",
    "ImportPlan",
    "ImportProblem",
    "Importer",
    "Instant",
    "Job",
    "Keyed",
    "LONDON",
    "LONG_MONTHS",
    "Link",
    "Loaded",
    "Match",
    "Moment",
    "Money",
    "MoneyType",
    "NO_PERSONAL_DATA",
    "NewPractice",
    "NotFound",
    "OUTCOMES",
    "Organisation",
    "OrganisationDetails",
    "OrganisationView",
    "Outcome",
    "Page",
    "Parsed",
    "PeopleFound",
    "PeopleQuery",
    "Permission",
    "PermissionDenied",
    "Person",
    "PersonDetails",
    "PersonRow",
    "PersonTab",
    "PersonView",
    "PlannedRow",
    "PluginInfo",
    "PracticeCard",
    "Privacy",
    "ROLES",
    "ReadFile",
    "RecoveryCode",
    "Relation",
    "RelationView",
    "Report",
    "Room",
    "RowProblem",
    "SafeguardingBase",
    "Setting",
    "Sought",
    "StaleRecord",
    "Stamped",
    "Table",
    "User",
    "UserError",
    "UserView",
    "Zone",
    "ZoneClosed",
    "add_document",
    "add_months",
    "add_person",
    "add_relation",
    "all_names",
    "allocate",
    "allowed",
    "appointments",
    "audit",
    "bank_holidays",
    "check_email",
    "check_nhs_number",
    "check_passphrase",
    "check_phone",
    "check_postcode",
    "coded_list",
    "column_letters",
    "compare_people",
    "count_people",
    "edit_person",
    "end_relation",
    "episodes",
    "episodes_of",
    "events",
    "find_duplicates",
    "find_or_add_organisation",
    "find_people",
    "find_person",
    "get_person",
    "hand_over",
    "hookimpl",
    "hooks",
    "in_words",
    "is_own",
    "list_consents",
    "list_name",
    "list_organisations",
    "list_people",
    "list_relations",
    "list_therapists",
    "list_users",
    "list_waiting",
    "local_now",
    "mark",
    "mark_people",
    "match_many",
    "may",
    "merge_people",
    "month_end",
    "move_episode",
    "new_id",
    "normal_name",
    "now",
    "ntr",
    "only_own",
    "open_episode",
    "ownership",
    "parse_birth_date",
    "parse_day",
    "parse_money",
    "parse_time",
    "pdf",
    "person_word",
    "plain_cell",
    "practice_card",
    "publish",
    "put_back",
    "put_setting",
    "read_document",
    "read_file",
    "read_people",
    "record_consent",
    "record_death",
    "recovery_kit_pdf",
    "recovery_problem",
    "relation_words",
    "relative",
    "repoint",
    "reviews_due",
    "rhythm",
    "role_title",
    "save_organisation",
    "search",
    "set_language",
    "set_review",
    "setting",
    "show_day",
    "show_instant",
    "show_month",
    "show_nhs_number",
    "show_phone",
    "show_time",
    "split_recovery_code",
    "stage_words",
    "take_back",
    "tidy",
    "to_utc",
    "today",
    "tr",
    "unmerge_people",
    "user_title",
    "viewed",
    "withdraw_consent",
]
