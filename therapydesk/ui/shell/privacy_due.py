"""Privacy › Retention: what is due, what is held and why, what was proposed and decided. Nothing goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from therapydesk.api import coded_list, may, ntr, show_day, tr
from therapydesk.records import retention, retention_runs
from therapydesk.records.retention import RulesConfirmed
from therapydesk.records.retention_rules import class_words
from therapydesk.records.retention_runs import ItemView
from therapydesk.ui.kit.cards import FlowLayout, SegmentedButtons
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import button
from therapydesk.ui.kit.messages import confirm
from therapydesk.ui.kit.newest import Newest
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import Column, ListTable
from therapydesk.ui.shell.privacy_part import Part
from therapydesk.ui.shell.privacy_words import (
    due_state,
    due_why,
    item_said,
    item_state,
    rule_words,
)

VIEWS = ("proposed", "due", "held", "decided")


class RetentionPart(Part):
    """Four lists, one at a time. What is due is worked out over all people, so it is read by a job."""

    watches = ("retention_item", "legal_hold", "person", "episode", "practice_setting")

    def __init__(self, page: BasePage) -> None:
        super().__init__(page)
        self.rules = RulesConfirmed("general", None, None)
        user = self.desk.user
        self._proposes = may(user, "privacy.propose_retention")
        self._confirms = may(user, "privacy.confirm_retention")
        titles = [tr("Proposed"), tr("What is due"), tr("What is held"), tr("Decided")]
        self.views = SegmentedButtons(list(zip(VIEWS, titles, strict=True)), tr("Which list"))
        self.views.chosen.connect(lambda _view: self.refresh())
        head = FlowLayout(spacing=12)
        head.addWidget(self.views)
        self._add_buttons(head)
        self.body.addLayout(head)
        self.table = ListTable(self._item_columns(), tr("Retention"), two_line=True, row_key=_key)
        self.setFocusProxy(self.table)
        self.table.current_changed.connect(lambda _row: self._fit_buttons())
        self.body.addWidget(self.table, 1)
        self._reading = Newest(self, self.desk.jobs, self._show, self.page.job_failed)
        self.views.choose("proposed")

    def _add_buttons(self, row: FlowLayout) -> None:
        made: list[tuple[str, str, Callable[[], object], bool]] = [
            ("agree", tr("Agree"), self.agree, self._confirms),
            ("keep", tr("Keep"), self.keep, self._confirms),
            ("back", tr("Take back my agreement"), self.take_back, self._confirms),
            ("propose", tr("Propose what is due"), self.propose, self._proposes),
            ("rules", tr("Agree to the times"), self.agree_to_rules, self._proposes),
        ]
        self.buttons = {name: button(text, slot) for name, text, slot, _offered in made}
        self._offered = {name for name, _text, _slot, offered in made if offered}
        for each in self.buttons.values():
            row.addWidget(each)

    @staticmethod
    def _item_columns() -> list[Column]:
        return [
            Column(
                tr("Whose"),
                lambda i: i.name or tr("Erased"),
                strong=True,
                width=18,
                second=lambda i: class_words(i.keep),
            ),
            Column(tr("State"), item_state, kind="state", second=item_said),
            Column(tr("Due since"), "due_on", kind="date"),
        ]

    @staticmethod
    def _due_columns() -> list[Column]:
        return [
            Column(tr("Whose"), "name", strong=True, width=18, second=lambda v: class_words(v.due.keep)),
            Column(tr("State"), due_state, kind="state", second=due_why),
            Column(tr("Due since"), lambda v: v.due.due_on, kind="date"),
        ]

    # -- reading -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list that is chosen."""
        view, vault = self.views.value(), self.desk.vault
        self.table.show_loading()

        def read() -> tuple[str, RulesConfirmed, list[Any]]:
            with vault.read() as db:
                rules = retention.confirmed_rules(db)
                if view in ("due", "held"):
                    return view, rules, list(retention.list_due(db, held=view == "held"))
                return view, rules, list(retention_runs.list_items(db, decided=view == "decided"))

        self._reading.start(read)

    def _show(self, answer: tuple[str, RulesConfirmed, list[Any]]) -> None:
        view, self.rules, rows = answer
        self.table.show_rows([])  # rows of one kind never stand under the heads of the other
        self.table.set_columns(self._due_columns() if view in ("due", "held") else self._item_columns())
        empty = {
            "proposed": tr("Nothing is proposed."),
            "due": tr("Nothing is due."),
            "held": tr("Nothing is held beyond its time."),
            "decided": tr("Nothing was decided yet."),
        }
        self.table.set_states(empty=empty[view])
        self.table.show_rows(rows)
        self.tell(self._said())
        self._fit_buttons()

    def _said(self) -> str:
        if self.rules.on is None:
            return tr("The practice has not agreed to the times yet, so nothing can be proposed.")
        kind = tr("mental health records") if self.rules.kind == "mental_health" else tr("general records")
        words = tr("Times for {kind}, agreed to on {day}. Nothing goes until two people agree.")
        return words.format(kind=kind, day=show_day(self.rules.on))

    def _fit_buttons(self) -> None:
        row, view, me = self.table.current_row(), self.views.value(), self.desk.user.id
        item = row if isinstance(row, ItemView) and view == "proposed" else None
        mine = item is not None and item.first_id == me
        shown = {
            "agree": item is not None and not mine,
            "keep": item is not None,
            "back": mine,
            "propose": view == "due" and self.rules.on is not None,
            "rules": self.rules.on is None,
        }
        for name, each in self.buttons.items():
            each.setVisible(name in self._offered and shown[name])

    # -- acting --------------------------------------------------------------------------

    def _item(self) -> ItemView | None:
        row = self.table.current_row()
        return row if isinstance(row, ItemView) else None

    def agree(self) -> None:
        """Agree first; or second, and then it is destroyed: a word is to be typed."""
        item, vault = self._item(), self.desk.vault
        if item is None:
            return
        if item.state == "proposed":
            with self.page.guard():
                with vault.write("core") as db:
                    retention_runs.agree_first(db, item.id)
                self.page.done(tr("You agree. A second person must, too."))
            return
        text = [
            tr("{what} of {name}, due since {day}.").format(
                what=class_words(item.keep), name=item.name, day=show_day(item.due_on)
            ),
            rule_words(item.rule),
            tr("{name} agrees already. It cannot be undone.").format(name=item.first),
        ]
        confirm(
            self,
            tr("Destroy this?"),
            "\n\n".join(text),
            tr("Destroy for good"),
            lambda: self._destroy(item),
            danger=True,
            type_word=tr("destroy"),
        )

    def _destroy(self, item: ItemView) -> None:
        vault = self.desk.vault
        self.desk.jobs.start(
            lambda _job: retention_runs.destroy(vault, item.id),
            lambda _done: self.page.done(tr("Destroyed. The list of what was decided keeps the day.")),
            self.page.job_failed,
            title=tr("Destroying"),
        )

    def keep(self) -> None:
        """Keep it, with a reason."""
        item, vault = self._item(), self.desk.vault
        if item is None:
            return

        def save(values: dict[str, Any]) -> None:
            with vault.write("core") as db:
                retention_runs.keep_item(db, item.id, values["reason"])
            self.page.done(tr("Kept. It is proposed again in a year."))

        title = tr("Keep: {what} of {name}").format(what=class_words(item.keep), name=item.name)
        dialog = FormDialog(self, title, tr("Keep"), save, f"retention.{item.id}")
        dialog.form.add_choice("reason", tr("Why"), coded_list("keep_reasons"))
        dialog.open()

    def take_back(self) -> None:
        """Think again."""
        item = self._item()
        if item is None:
            return
        with self.page.guard():
            with self.desk.vault.write("core") as db:
                retention_runs.take_back_agreement(db, item.id)
            self.page.done(tr("Taken back."))

    def propose(self) -> None:
        """Put what is due on the list, by a job."""
        vault = self.desk.vault

        def work(_job: object) -> int:
            with vault.write("core") as db:
                return retention_runs.propose(db)

        def told(count: int) -> None:
            words = ntr("{n} proposal added.", "{n} proposals added.", count).format(n=count)
            self.page.done(words)
            self.views.choose("proposed")
            self.refresh()

        self.desk.jobs.start(work, told, self.page.job_failed, title=tr("Looking at what is due"))

    def agree_to_rules(self) -> FormDialog:
        """The practice agrees to the times; which kind its records are must be chosen."""
        vault = self.desk.vault

        def save(values: dict[str, Any]) -> None:
            with vault.write("core") as db:
                retention.confirm_rules(db, values["kind"])
            self.page.done(tr("Agreed to."))

        dialog = FormDialog(self, tr("Agree to the times"), tr("Agree"), save, "retention.rules")
        hint = tr(
            "The NHS code has no line for music therapy. Ask your insurer or adviser if you are unsure."
        )
        kinds = [("general", tr("General: adults 8 years")), ("mental_health", tr("Mental health: 20 years"))]
        dialog.form.add_choice("kind", tr("Our records are"), kinds, hint)
        dialog.open()
        return dialog


def _key(row: Any) -> object:
    return row.id if isinstance(row, ItemView) else (row.person_id, row.due.keep)
