"""What groups come to in a period, side by side: people and visits, the rate, who stayed; saved as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from therapydesk.api import Link, Outgoing, ntr, today, tr
from therapydesk.plugins.groups import activities, answers, counting, overview, service, terms
from therapydesk.plugins.groups.activities import Tally
from therapydesk.plugins.groups.overview import GroupFigures
from therapydesk.plugins.groups.rules import Count
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.filter_bar import FilterBar
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable

Period = tuple[date, date]


@dataclass(frozen=True)
class Counted:
    """What a period comes to."""

    period: Period
    rows: list[GroupFigures]
    total: Count
    came_for: list[Tally]
    parts: list[Tally]


class FiguresPage(BasePage):
    """Enter opens a group. The total counts somebody who comes to two groups once."""

    watches = ("attendance", "appointment", "groups_group", "groups_term", "groups_visit_activity")
    help_name = "figures"
    scrolls = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Figures of groups"))
        with desk.vault.read() as db:
            views = service.list_groups(db, ended=True)
        self.periods = periods(
            today(), [(v.name, t.title, t.starts_on, t.ends_on) for v in views for t in v.terms]
        )
        kinds = sorted({v.kind.title for v in views if v.kind is not None})
        self.filter = FilterBar(tr("Name of a group"))
        self.filter.add_choice("period", tr("Period"), [(period, words) for period, words in self.periods])
        if kinds:
            self.filter.add_choice("kind", tr("Kind"), [("", tr("All kinds")), *((k, k) for k in kinds)])
        self._counted: Counted | None = None
        self.filter.changed.connect(self._filtered)
        self._with_kind = bool(kinds)
        self.table = ListTable(
            [
                Column(tr("Group"), "name", strong=True),
                Column(tr("Sessions"), lambda row: row.count.sessions, kind="number", width=10, priority=2),
                Column(tr("People"), lambda row: row.count.people, kind="number", width=9),
                Column(tr("With them"), lambda row: row.count.carers, kind="number", width=11, priority=4),
                Column(tr("Pairs"), lambda row: row.count.pairs, kind="number", width=8, priority=4),
                Column(tr("No name"), lambda row: row.count.anonymous, kind="number", width=10, priority=3),
                Column(tr("Visits"), lambda row: row.count.visits, kind="number", width=9),
                Column(
                    tr("Came"),
                    lambda row: overview.percent(row.count.rate),
                    kind="number",
                    width=9,
                    sort_key=lambda row: row.count.rate,
                ),
                Column(
                    tr("Stayed"),
                    _stayed,
                    kind="number",
                    width=14,
                    priority=1,
                    empty=tr("Too few sessions"),
                    sort_key=lambda row: row.retention,
                ),
            ],
            tr("Figures of groups"),
        )
        self.table.setMinimumHeight(8 * self.table.view.row_height())
        self.table.set_states(
            empty=tr("No register was finished in this period."),
            filtered=(tr("Nothing here matches."), tr("Clear filters"), self.filter.clear_filters),
        )
        self.table.opened.connect(lambda row: desk.open_link(Link(answers.PAGE, row.group_id)))
        self.filter.down_pressed.connect(self.table.setFocus)
        self.done_there, self.parts = Card(tr("What people came for")), Card(tr("How they took part"))
        self.body.setSpacing(12)
        for widget in (self.filter, self.table, self.done_there, self.parts):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.add_action_button(tr("Save figures"), self.save, "save", primary=True)

    def period(self) -> Period:
        """The first and last day that are counted."""
        chosen: Period | None = self.filter.value("period")
        return chosen or self.periods[0][0] or (today(), today())

    def refresh(self) -> None:
        """Count what was finished in the period, in the background: it may be ten years."""
        vault, period = self.desk.vault, self.period()

        def work(_job: object) -> Counted:
            with vault.read() as db:
                return Counted(
                    period,
                    overview.figures(db, *period),
                    counting.total(db, *period),
                    activities.tally(db, "activities", *period),
                    activities.tally(db, "parts", *period),
                )

        self.desk.jobs.start(work, self._show, self.job_failed, tr("Counting"))

    def _filtered(self) -> None:
        """Another period is counted; a name or kind only chooses among what was counted."""
        if self._counted is not None and self._counted.period == self.period():
            self._show(self._counted)
        else:
            self.mark_stale()

    def _show(self, counted: Counted) -> None:
        """Show what was counted, unless another period was chosen meanwhile."""
        if counted.period != self.period():
            return
        self._counted = counted
        kept = [row for row in counted.rows if self._keep(row)]
        self.table.show_rows(kept, filtered=self.filter.is_filtered())
        self.set_summary(_total(counted.total))
        for card, found in ((self.done_there, counted.came_for), (self.parts, counted.parts)):
            card.clear_rows()
            for each in found:
                words = ntr("one visit of {people}", "{n} visits of {people}", each.visits)
                people = ntr("one person by name", "{n} people by name", each.people)
                card.add_row(CardRow(each.words, right=words.format(n=each.visits, people=people)))
            card.setVisible(bool(found))

    def _keep(self, row: GroupFigures) -> bool:
        kind = self.filter.value("kind") if self._with_kind else ""
        return self.filter.matches(row.name) and kind in ("", row.kind, None)

    def filter_list(self) -> None:
        """Ctrl+F."""
        self.filter.focus_search()

    def focus_first(self) -> None:
        self.table.setFocus()

    def save(self) -> None:
        """The figures of the period as CSV; no person is named in it."""
        with self.guard():
            with self.desk.vault.read() as db:
                content = overview.figures_csv(db, *self.period())
            save_file(self, tr("Save figures"), tr("groups.csv"), content, told=Outgoing("figures"))


def periods(day: date, found: list[tuple[str, str, date, date]]) -> list[tuple[Any, str]]:
    """Twelve months, this year, the last one, and the terms of groups, the newest first."""
    this, last = day.year, day.year - 1
    words = tr("{group}: {term}")
    newest = sorted(found, key=lambda term: term[2], reverse=True)
    year = tr("The year {year}")
    return [
        (terms.year_to(day), tr("The last twelve months")),
        ((date(this, 1, 1), date(this, 12, 31)), year.format(year=this)),
        ((date(last, 1, 1), date(last, 12, 31)), year.format(year=last)),
        *(((starts, ends), words.format(group=group, term=title)) for group, title, starts, ends in newest),
    ]


def _stayed(row: GroupFigures) -> str:
    if row.retention is None:
        return ""
    return tr("{n} of {m}").format(n=row.stayed, m=row.began)


def _total(count: Count) -> str:
    parts = [
        ntr("One session", "{n} sessions", count.sessions),
        ntr("one person", "{n} different people", count.people),
        ntr("one visit", "{n} visits", count.visits),
    ]
    if count.rate is not None:
        parts.append(tr("{rate} of those expected came").format(rate=overview.percent(count.rate)))
    return " · ".join(parts)
