"""The three looks of the list of people, and the lists on one person."""

from __future__ import annotations

from collections.abc import Sequence

from therapydesk.api import show_day, tr
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.icons import State
from therapydesk_team import rules
from therapydesk_team.lists import Entry, Held, TeamRow

NOT_SHOWN = "—"


def state(standing: rules.Standing) -> State | None:
    """A standing as a word with its shape."""
    return {
        "held": State(tr("Held"), "full", "ok"),
        "due": State(tr("Due"), "half", "warn"),
        "expired": State(tr("Expired"), "diamond", "danger"),
        "missing": State(tr("Missing"), "ring", "danger"),
        "past": State(tr("Renewed since"), "dash", "text_muted"),
    }.get(standing)


def _until(held: Held | None) -> str:
    if held is None or held.ends_on is None:
        return ""
    words = tr("ended {day}") if held.standing == "expired" else tr("to {day}")
    return words.format(day=show_day(held.ends_on, short=True))


def _worst(row: TeamRow) -> State | None:
    if row.in_training:
        return State(tr("In training"), "half", "text_muted")
    return state(row.worst)


def people() -> list[Column]:
    """Who works here."""
    return [
        Column(tr("Name"), "name", strong=True, second=lambda r: rules.role_words(r.roles)),
        Column(tr("Skills"), lambda r: ", ".join(r.skills), priority=1),
        Column(tr("Languages"), lambda r: ", ".join(r.languages), priority=2),
        Column(tr("State"), _worst, kind="state", empty=NOT_SHOWN),
    ]


def matrix(rows: Sequence[TeamRow], group: str) -> list[Column]:
    """People by the kinds of a group; those that ask for something come first and stay when there is little room."""
    order: Sequence[rules.Standing] = ("expired", "missing", "due", "held")
    kinds = []
    for kind in rules.kinds().values():
        states = [held.standing for r in rows if (held := (r.held or {}).get(kind.id))]
        if states and kind.group == group:
            kinds.append((order.index(rules.worst(states)), kind))
    kinds.sort(key=lambda pair: pair[0])  # stable: within one rank the order of the file stays
    name = Column(tr("Name"), "name", strong=True, second=lambda r: rules.role_words(r.roles))
    return [name, *(_kind_column(kind, rank) for rank, kind in kinds)]


def _kind_column(kind: rules.Kind, rank: int) -> Column:
    def held(row: TeamRow) -> Held | None:
        return (row.held or {}).get(kind.id)

    def word(row: TeamRow) -> State | None:
        one = held(row)
        return state(one.standing) if one else None

    return Column(
        kind.short, word, kind="state", second=lambda row: _until(held(row)), empty=NOT_SHOWN, priority=rank
    )


def hours() -> list[Column]:
    """Hours of a year by what they count as."""
    name = Column(tr("Name"), "name", strong=True, second=lambda r: rules.role_words(r.roles))
    return [name, *(_total_column(key, title) for key, title in rules.totals())]


def _total_column(key: str, title: str) -> Column:
    def minutes(row: TeamRow) -> int:
        return (row.minutes or {}).get(key, 0)

    def words(row: TeamRow) -> str:
        return rules.in_hours(minutes(row)) if minutes(row) else ""

    return Column(title, words, align="right", empty=NOT_SHOWN, sort_key=minutes)


def credentials() -> list[Column]:
    """What one person holds and held."""
    return [
        Column(tr("What"), lambda h: h.kind.title, strong=True, second="remark"),
        Column(tr("State"), lambda h: state(h.standing), kind="state"),
        Column(tr("Given"), "held_on", kind="date", empty=NOT_SHOWN),
        Column(tr("Ends"), "ends_on", kind="date", empty=NOT_SHOWN, relative=True),
        Column(tr("Number"), "reference", empty=NOT_SHOWN, priority=1),
    ]


def entries() -> list[Column]:
    """The hours of one person."""
    kinds = dict(rules.hour_kinds())
    return [
        Column(tr("Day"), "day", kind="date"),
        Column(tr("What"), lambda e: e.title or kinds.get(e.kind, e.kind), strong=True, second=_more),
        Column(tr("Kind"), lambda e: kinds.get(e.kind, e.kind), priority=1),
        Column(
            tr("How long"),
            lambda e: rules.in_hours(e.minutes) if e.minutes else "",
            align="right",
            empty=NOT_SHOWN,
        ),
        Column(tr("With"), "with_whom", empty=NOT_SHOWN, priority=2),
    ]


def _more(entry: Entry) -> str:
    return " ".join(entry.remark.split())
