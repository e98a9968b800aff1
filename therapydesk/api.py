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
    new_id,
)
from therapydesk.core.text import (
    normal_name,
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
    events,
)
from therapydesk.records.people import (
    Person,
)

__all__ = [
    "Actor",
    "Answers",
    "Base",
    "Busy",
    "Card",
    "CliContext",
    "ClinicalBase",
    "Command",
    "CoreBase",
    "Db",
    "DueItem",
    "Erase",
    "Event",
    "ExportItem",
    "Fact",
    "Failure",
    "Field",
    "HandedOver",
    "Hit",
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
    "Page",
    "Permission",
    "PermissionDenied",
    "Person",
    "PersonTab",
    "PluginInfo",
    "Privacy",
    "RecoveryCode",
    "Report",
    "SafeguardingBase",
    "Setting",
    "StaleRecord",
    "Stamped",
    "UserError",
    "ZoneClosed",
    "allowed",
    "appointments",
    "audit",
    "bank_holidays",
    "check_passphrase",
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
    "parse_day",
    "parse_time",
    "person_word",
    "publish",
    "recovery_problem",
    "relative",
    "show_day",
    "show_instant",
    "show_month",
    "show_time",
    "split_recovery_code",
    "take_back",
    "tidy",
    "to_utc",
    "today",
    "tr",
    "viewed",
]
