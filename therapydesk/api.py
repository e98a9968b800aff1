"""Door 1 for plugins: everything they may use that is not a widget. No Qt here."""

from __future__ import annotations

from therapydesk.core import (
    audit,
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
    bank_holidays,
    local_now,
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
from therapydesk.core.parsing.types import (
    Parsed,
    Table,
)
from therapydesk.core.parsing.worker import (
    read_file,
)
from therapydesk.core.permissions import allowed, may, only_own
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
    new_id,
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
from therapydesk.core.words import mark, ntr, person_word, tr
from therapydesk.records import (
    appointments,
    episodes,
    events,
    ownership,
)
from therapydesk.records.consents import (
    Consent,
)
from therapydesk.records.documents import (
    ClinicalDocument,
)
from therapydesk.records.episodes import (
    Episode,
)
from therapydesk.records.organisations import (
    Organisation,
)
from therapydesk.records.people import (
    AccessNeed,
    ContactPoint,
    Person,
)
from therapydesk.records.relations import (
    Relation,
)
from therapydesk.records.users import (
    User,
)

__all__ = [
    "AccessNeed",
    "Actor",
    "Answers",
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
    "ContactPoint",
    "CoreBase",
    "Db",
    "DueItem",
    "Episode",
    "Erase",
    "Event",
    "ExportItem",
    "Fact",
    "Failure",
    "Field",
    "FileMatch",
    "HandedOver",
    "Hit",
    "ImportPlan",
    "ImportProblem",
    "Importer",
    "Instant",
    "Keyed",
    "LONDON",
    "Link",
    "Moment",
    "NO_PERSONAL_DATA",
    "NewPractice",
    "NotFound",
    "OUTCOMES",
    "Organisation",
    "Outcome",
    "Page",
    "Parsed",
    "Permission",
    "PermissionDenied",
    "Person",
    "PersonTab",
    "PlannedRow",
    "PluginInfo",
    "Privacy",
    "ReadFile",
    "RecoveryCode",
    "Relation",
    "Report",
    "RowProblem",
    "SafeguardingBase",
    "Setting",
    "StaleRecord",
    "Stamped",
    "Table",
    "User",
    "UserError",
    "Zone",
    "ZoneClosed",
    "allowed",
    "appointments",
    "audit",
    "bank_holidays",
    "check_email",
    "check_nhs_number",
    "check_passphrase",
    "check_phone",
    "check_postcode",
    "episodes",
    "events",
    "hand_over",
    "hookimpl",
    "hooks",
    "local_now",
    "mark",
    "may",
    "new_id",
    "normal_name",
    "now",
    "ntr",
    "only_own",
    "ownership",
    "parse_birth_date",
    "parse_day",
    "parse_time",
    "person_word",
    "plain_cell",
    "publish",
    "read_file",
    "recovery_problem",
    "relative",
    "show_day",
    "show_instant",
    "show_month",
    "show_nhs_number",
    "show_phone",
    "show_time",
    "split_recovery_code",
    "take_back",
    "tidy",
    "to_utc",
    "today",
    "tr",
    "viewed",
]
