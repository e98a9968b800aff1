"""Privacy › Erasure: what was erased, what of it waits for whom, and erasing somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from therapydesk.api import UserError, coded_list, find_person, in_words, may, ntr, tr, zone_heading
from therapydesk.records import erasure
from therapydesk.records.erasure_lists import (
    ErasureView,
    Gap,
    TaskView,
    clinical_erasure_tasks,
    gaps_in_erasures,
    list_erasures,
    safeguarding_erasure_tasks,
)
from therapydesk.records.erasure_parts import erasure_obstacles, look_at_erasure
from therapydesk.ui.kit.cards import FlowLayout
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import Notice, button, text_label
from therapydesk.ui.kit.messages import confirm
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import Column, ListTable
from therapydesk.ui.shell.backup_words import moment
from therapydesk.ui.shell.privacy_part import Part
from therapydesk.ui.shell.privacy_whom import add_whom, whom
from therapydesk.ui.shell.privacy_words import erasure_state, outcome_lines, parts_words


def basis_words(row: ErasureView | TaskView) -> str:
    """Why somebody was erased."""
    return in_words("erasure_bases", row.basis)


def number_words(row: ErasureView) -> str:
    """An erasure has no name; the end of its id tells it from others."""
    return tr("No. {id}").format(id=row.id.hex[-6:])


def gap_words(gap: Gap) -> str:
    """What is not known on a computer that a backup was brought back on."""
    text = tr(
        "This practice was brought back from a backup on {day}. Who was erased between {since} and then is not known here: "
        "look through your papers, and erase these people again."
    )
    return text.format(day=moment(gap.brought_back), since=moment(gap.known_to))


class ErasurePart(Part):
    """Above, the parts that wait for the decision of who is signed in; below, every erasure."""

    watches = ("erasure", "erasure_part", "erasure_task")

    def __init__(self, page: BasePage) -> None:
        super().__init__(page)
        self.tasks: list[TaskView] = []
        self._starts = may(self.desk.user, "privacy.erase")
        if self._starts:
            self.add_head_button(tr("Erase somebody"), self.new_record, kind="danger")
        self.gaps = Notice("warn")
        self._gaps_text = text_label("", wrap=True)
        self.gaps.row.addWidget(self._gaps_text, 1)
        self.gaps.hide()
        self.body.addWidget(self.gaps)
        self.waiting = ListTable(
            [
                Column(tr("Whose"), "who", strong=True, second=basis_words),
                Column(tr("Part"), lambda task: zone_heading(task.zone)),
                Column(tr("Asked for"), "begun_on", kind="date"),
            ],
            tr("Waits for your decision"),
            two_line=True,
            row_key="erasure_id",
        )
        self.waiting_title = text_label(tr("Waits for your decision"), "section")
        self.waiting.opened.connect(self.decide)
        self.decide_button = button(tr("Decide"), self._decide_current)
        self.buttons = FlowLayout(spacing=8)
        self.buttons.addWidget(self.decide_button)
        self.body.addWidget(self.waiting_title)
        self.body.addWidget(self.waiting, 1)
        self.body.addLayout(self.buttons)
        self.table = ListTable(
            [
                Column(tr("Erasure"), number_words, strong=True, second=basis_words),
                Column(tr("On"), "happened_on", kind="date"),
                Column(tr("Parts"), parts_words, priority=1),
                Column(tr("State"), erasure_state, kind="state"),
            ],
            tr("Erasures"),
            two_line=True,
        )
        self.table.set_states(empty=tr("Nobody has been erased."))
        self.setFocusProxy(self.table)
        self.body.addWidget(text_label(tr("All erasures"), "section"))
        self.body.addWidget(self.table, 2)

    def refresh(self) -> None:
        """Read what waits and what was done."""
        with self.desk.vault.read() as db:
            rows = list_erasures(db)
            gaps = gaps_in_erasures(db)
            self.tasks = []
            for permission, tasks in (
                ("privacy.erase_clinical", clinical_erasure_tasks),
                ("privacy.erase_safeguarding", safeguarding_erasure_tasks),
            ):
                if may(self.desk.user, permission):
                    self.tasks += tasks(db)
        waits = sum(any(p.state == "waiting" for p in row.parts) for row in rows)
        told = tr("Names are not kept. What was erased stays erased when a backup is brought back.")
        count = ntr("{n} erasure waits for somebody.", "{n} erasures wait for somebody.", waits).format(
            n=waits
        )
        self.tell(f"{count} {told}" if waits else told)
        self._gaps_text.setText("\n".join(gap_words(gap) for gap in gaps))
        self.gaps.setVisible(bool(gaps))
        for widget in (self.waiting_title, self.waiting, self.decide_button):
            widget.setVisible(bool(self.tasks))
        self.waiting.show_rows(self.tasks)
        self.table.show_rows(rows)

    # -- erasing somebody ----------------------------------------------------------------

    def new_record(self) -> None:
        """Whom, and why; then what goes and what is kept, and a word to type."""
        if not self._starts:
            return

        def look(values: dict[str, Any]) -> None:
            with self.desk.vault.read() as db:
                person_id = whom(db, values)
                against = erasure_obstacles(db, person_id)
                if against:
                    raise UserError(tr("This person cannot be erased now."), " ".join(against))
                lines = outcome_lines(look_at_erasure(db, person_id))
                name = find_person(db, person_id).full_name
            self._confirm(person_id, name, values["basis"], lines)

        dialog = FormDialog(self, tr("Erase somebody"), tr("Look at what goes"), look, "erase")
        add_whom(dialog.form, tr("Whom"))
        dialog.form.add_choice("basis", tr("Why"), self._bases())
        dialog.open()

    @staticmethod
    def _bases() -> list[tuple[str, str]]:
        return [(code, words) for code, words in coded_list("erasure_bases") if code != "retention"]

    def _confirm(self, person_id: UUID, name: str, basis: str, lines: list[str]) -> None:
        waits = [
            zone_heading(zone)
            for zone, permission in (
                ("clinical", "privacy.erase_clinical"),
                ("safeguarding", "privacy.erase_safeguarding"),
            )
            if zone == "safeguarding" or not may(self.desk.user, permission)
        ]
        told = [
            tr("It cannot be undone."),
            *lines,
            tr("Waits for who holds it: {parts}.").format(parts=", ".join(waits)),
            tr("Backups made before still hold them; whoever brings one back erases them again."),
        ]
        vault = self.desk.vault
        confirm(
            self,
            tr("Erase {name}?").format(name=name),
            "\n\n".join(told),
            tr("Erase for good"),
            lambda: self._work(lambda: erasure.erase_person(vault, person_id, basis)),
            danger=True,
            type_word=tr("erase"),
        )

    def _work(self, work: Any) -> None:
        self.desk.jobs.start(lambda _job: work(), self._erased, self.page.job_failed, title=tr("Erasing"))

    def _erased(self, _done: object) -> None:
        self.page.done(tr("Erased. Files were written anew, and older ones removed."))
        self.page.mark_stale()

    # -- deciding a part -----------------------------------------------------------------

    def _decide_current(self) -> None:
        task = self.waiting.current_row()
        if task is not None:
            self.decide(task)

    def decide(self, task: TaskView) -> FormDialog:
        """Erase a part that waits, or keep it with a reason."""
        vault = self.desk.vault

        def save(values: dict[str, Any]) -> None:
            keep = values["keep"]
            if keep:
                erasure.decide_part(vault, task.zone, task.erasure_id, keep)
                self.page.done(tr("Kept, with the reason."))
                return
            confirm(
                self,
                tr("Erase {name}?").format(name=task.who),
                "\n\n".join([tr("It cannot be undone."), *outcome_lines({task.zone: task.outcome})]),
                tr("Erase for good"),
                lambda: self._work(lambda: erasure.decide_part(vault, task.zone, task.erasure_id)),
                danger=True,
                type_word=tr("erase"),
            )

        title = tr("{part} of {name}").format(part=zone_heading(task.zone), name=task.who)
        dialog = FormDialog(self, title, tr("Decide"), save, f"erasure.{task.erasure_id}")
        choices = [("", tr("Erase it"))]
        choices += [
            (code, tr("Keep it: {why}").format(why=words)) for code, words in coded_list("keep_reasons")
        ]
        hint = " ".join(outcome_lines({task.zone: task.outcome}))
        dialog.form.add_choice("keep", tr("Your decision"), choices, hint)
        dialog.open()
        return dialog
