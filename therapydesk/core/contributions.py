"""What hooks return: small frozen dataclasses (architecture §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar
from uuid import UUID

from therapydesk.core.tables import Zone

if TYPE_CHECKING:
    import click

Section = Literal["", "people", "work", "care", "practice"]
Scope = Literal["own", "all"]
T = TypeVar("T")


@dataclass(frozen=True)
class PluginInfo:
    """Who a plugin is. `zone` is its home zone; `needs_api` the version of the contract it was written for."""

    id: str
    title: str
    summary: str
    zone: Zone = "core"
    needs_api: int = 1
    icon: str = "settings"


@dataclass(frozen=True)
class Link:
    """Where to go in the window: a page id ("diary.diary"), optionally a record and further words."""

    page: str
    ref: UUID | None = None
    args: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A page in the sidebar. `build(desk)` returns a QWidget, normally a BasePage.

    With `in_sidebar=False` it is opened by a link alone, from anywhere: `build` returns an OverPage, which lies over the
    page in view until it is left. A link to it without a record is about whoever the page in view is about.
    """

    id: str
    title: str
    section: Section
    permission: str
    build: Callable[[Any], Any]
    icon: str = "reports"
    order: int = 50
    shortcut: str = ""
    badge: Callable[[Any], int] | None = None  # badge(db): things the user can act on
    in_sidebar: bool = True


@dataclass(frozen=True)
class PersonTab:
    """A tab on the person page. `build(desk, person_id)` returns a QWidget."""

    id: str
    title: str
    permission: str
    build: Callable[[Any, UUID], Any]
    order: int = 50


@dataclass(frozen=True)
class Card:
    """A card on Today (`build(desk)`) or on a person's overview (`build(desk, person_id)`)."""

    id: str
    title: str
    permission: str
    build: Callable[..., Any]
    place: Literal["today", "person"] = "today"
    order: int = 50
    column: int = 0  # 0 the wide column, 1 the narrow one


@dataclass(frozen=True)
class Command:
    """Something to do, for menus, palette and command line. `run(desk)`; `cli` a Qt-free click command or group.

    With `anywhere` the shortcut works in a dialog, too: the dialog steps aside, and comes back as it was.
    """

    id: str
    title: str
    permission: str
    run: Callable[[Any], None] | None = None
    shortcut: str = ""
    menu: Literal["", "file", "edit", "view", "go", "person", "care", "tools", "help"] = ""
    icon: str = ""
    cli: Callable[[], click.Command] | None = None
    anywhere: bool = False


@dataclass(frozen=True)
class Permission:
    """A permission of a contrib plugin and the roles that have it (built-ins are in permissions.csv). `key` is the zone that
    it cannot be done without.
    """

    id: str
    title: str
    roles: Mapping[str, Scope]
    key: Zone | None = None


@dataclass(frozen=True)
class Setting:
    """A practice setting; the settings window draws it."""

    id: str
    title: str
    kind: Literal["text", "long_text", "number", "money", "choice", "check"]
    default: Any
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    group: str = "Practice"


@dataclass(frozen=True)
class Field:
    """A field that an importer fills. `names` are heads seen in the wild, for guessing."""

    id: str
    title: str
    names: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Importer:
    """A kind of file a plugin can take in, and the functions that the import window and the command line call.

    `read(path, reader="", cancelled=None)` reads it in the limited worker (core.importing.ReadFile); `guess(db, source)`
    matches its columns (FileMatch); `plan(db, source, match)` makes the ImportPlan and writes nothing; `compare(db, plan,
    key)` puts a row beside the record it may belong to (Comparison); `save(db, plan, choices)` carries out exactly that
    plan (BatchResult); `undo(db, batch_id)` takes it back; `unread(plan)` is a CSV file of the rows that were refused.
    `done` is where the imported things are seen.
    """

    id: str
    title: str
    kind: str
    file_types: tuple[str, ...]
    permission: str
    fields: tuple[Field, ...]
    read: Callable[..., Any]
    guess: Callable[..., Any]
    plan: Callable[..., Any]
    compare: Callable[..., Any]
    save: Callable[..., Any]
    undo: Callable[..., Any]
    unread: Callable[..., bytes]
    done: Link | None = None


@dataclass(frozen=True)
class Report:
    """A report: `run(db, **choices)` returns rows of `fields`."""

    id: str
    title: str
    permission: str
    fields: tuple[Field, ...]
    run: Callable[..., Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Fact:
    """Something worth seeing wherever a person is shown. `level`: info or warn."""

    kind: str
    text: str
    level: Literal["info", "warn"] = "info"
    link: Link | None = None
    order: int = 50


@dataclass(frozen=True)
class DueItem:
    """Something to do by a day."""

    text: str
    due_on: date
    person_id: UUID | None = None
    link: Link | None = None
    kind: str = ""


@dataclass(frozen=True)
class Moment:
    """Something that happened to a person."""

    at: datetime
    kind: str
    text: str
    link: Link | None = None


@dataclass(frozen=True)
class Hit:
    """Something the search found; higher `score` first (0 to 100)."""

    title: str
    subtitle: str
    link: Link
    score: float = 50.0
    icon: str = "person"


@dataclass(frozen=True)
class ExportItem:
    """One file of a subject access pack."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Failure:
    """A plugin that could not answer, and the error (class and place, no content)."""

    plugin_id: str
    title: str
    error: str


@dataclass(frozen=True)
class Answers(Generic[T]):
    """What `ask` collected, and who failed."""

    values: list[T] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
