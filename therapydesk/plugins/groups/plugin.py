"""Groups: choirs, groups and hubs, their rosters and registers. A table of contents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import (
    Base,
    Command,
    Db,
    DueItem,
    Fact,
    Hit,
    Link,
    Moment,
    Page,
    PersonTab,
    PluginInfo,
    Setting,
    hookimpl,
    mark,
    tr,
)
from therapydesk.plugins.groups import (
    activities,
    answers,
    music_answers,
    sample,
    works_answers,
    works_printed,
)
from therapydesk.plugins.groups.measure_models import Measure, Reported
from therapydesk.plugins.groups.models import (
    Aim,
    AimRating,
    Conversation,
    Excerpt,
    Group,
    GroupNote,
    GroupProfile,
    GroupSession,
    Member,
    PlannedAbsence,
    Ring,
    Shift,
    Term,
    Training,
    VenueCheck,
    Visit,
    VisitActivity,
    Waiting,
)
from therapydesk.plugins.groups.music_models import (
    Piece,
    PieceCopies,
    PieceTag,
    SetItem,
    SetList,
    Sung,
    SungPerson,
)
from therapydesk.plugins.groups.placement_models import Agreed, HandOff, Placement, SkillLevel
from therapydesk.plugins.groups.works_models import (
    Event,
    EventItem,
    Maker,
    Performer,
    ProgrammeName,
    Work,
    WorkUse,
)

if TYPE_CHECKING:
    import click

    from therapydesk.ui.kit.desk import Desk

SONGS, WORKS = "groups.songs", "groups.works"

INFO = PluginInfo(
    "groups",
    mark("Groups"),
    mark("Choirs, groups and hubs: rosters, registers and what they come to"),
    zone="core",
    icon="groups",
)


@hookimpl
def models() -> list[type[Base]]:
    return [
        *(Group, Term, GroupSession, Member, PlannedAbsence, Visit, VisitActivity, Ring, Shift, Training),
        *(VenueCheck, Waiting, GroupProfile, Aim, AimRating, GroupNote, Excerpt, Conversation),
        *(Placement, SkillLevel, Agreed, HandOff, Measure, Reported),
        *(Piece, PieceTag, Sung, SungPerson, SetList, SetItem, PieceCopies),
        *(Work, Maker, WorkUse, Event, Performer, EventItem, ProgrammeName),
    ]


@hookimpl
def settings() -> list[Setting]:
    return activities.settings()


def _cli() -> click.Command:
    from therapydesk.plugins.groups.commands import groups

    return groups


def _songs_cli() -> click.Command:
    from therapydesk.plugins.groups.music_commands import songs

    return songs


def _open_page(desk: Desk) -> Any:
    from therapydesk.plugins.groups.ui.groups_page import GroupsPage

    return GroupsPage(desk)


def _open_song_page(desk: Desk) -> Any:
    from therapydesk.plugins.groups.ui.music_page import SongsPage

    return SongsPage(desk)


def _open_works_page(desk: Desk) -> Any:
    from therapydesk.plugins.groups.ui.works_page import WorksPage

    return WorksPage(desk)


def _open_works_tab(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.groups.ui.works_tab import WorksTab

    return WorksTab(desk, person_id)


@hookimpl
def pages() -> list[Page]:
    return [
        Page(answers.PAGE, tr("Groups"), "work", "groups.read", _open_page, icon="groups", order=30),
        Page(SONGS, tr("Songs"), "work", "groups.read", _open_song_page, icon="music", order=32),
        Page(WORKS, tr("Music made"), "work", "groups.read", _open_works_page, icon="microphone", order=33),
    ]


def _open_groups_tab(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.groups.ui.person_groups_tab import PersonGroupsTab

    return PersonGroupsTab(desk, person_id)


@hookimpl
def person_tabs() -> list[PersonTab]:
    return [
        PersonTab("groups.person", tr("Groups"), "groups.read", _open_groups_tab, order=38),
        PersonTab("groups.made", tr("Music"), "groups.read", _open_works_tab, order=40),
    ]


def _open_groups(desk: Desk) -> None:
    desk.open_link(Link(answers.PAGE))


def _open_helpers(desk: Desk) -> None:
    desk.open_link(Link(answers.PAGE, args=("helpers",)))


def _open_works(desk: Desk) -> None:
    desk.open_link(Link(WORKS))


def _open_songs(desk: Desk) -> None:
    desk.open_link(Link(SONGS))


def _open_sets(desk: Desk) -> None:
    desk.open_link(Link(SONGS, args=("sets",)))


@hookimpl
def commands() -> list[Command]:
    return [
        Command("groups.open", tr("Groups"), "groups.read", _open_groups, cli=_cli),
        Command("helpers.open", tr("Helpers"), "groups.read", _open_helpers),
        Command("songs.open", tr("Songs"), "groups.read", _open_songs, cli=_songs_cli),
        Command("sets.open", tr("Set lists"), "groups.read", _open_sets),
        Command("works.open", tr("Music made"), "groups.read", _open_works),
    ]


@hookimpl
def person_facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    return answers.facts(db, person_ids)


@hookimpl
def due_items(db: Db, today: date) -> list[DueItem]:
    return [*answers.due(db, today), *works_printed.due(db, today)]


@hookimpl
def timeline(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    return [*answers.moments(db, person_id, since), *works_answers.moments(db, person_id, since)]


@hookimpl
def record_facts(db: Db, kind: str, ref: UUID, person_id: UUID | None) -> list[Fact]:
    return [*answers.about_session(db, kind, ref), *works_answers.record_facts(db, kind, ref)]


@hookimpl
def search(db: Db, text: str, limit: int) -> list[Hit]:
    found = (answers.hits, works_answers.hits, music_answers.hits)
    return [hit for hits in found for hit in hits(db, text, limit)][:limit]


@hookimpl
def sample_data(db: Db, person_id: UUID, seed: int) -> None:
    sample.add_sample(db, person_id, seed)
