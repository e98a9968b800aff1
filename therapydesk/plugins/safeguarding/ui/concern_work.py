"""What can be done with the concern in view: each opens a short form, and what it records stands in the record at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import Hit, Link, UserError, Zone, search, tr
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.packs import asks_strategy
from therapydesk.plugins.safeguarding.service import ActionView, ConcernView, EntryView, NewAction
from therapydesk.plugins.safeguarding.ui.actions_pane import add_action_dialog, end_action_dialog
from therapydesk.plugins.safeguarding.ui.body_map_dialog import BodyMapDialog
from therapydesk.plugins.safeguarding.ui.chronology_dialog import chronology_dialog
from therapydesk.plugins.safeguarding.ui.decide_dialog import (
    close_dialog,
    decide_dialog,
    pass_on_dialog,
    reopen_dialog,
)
from therapydesk.plugins.safeguarding.ui.link_dialogs import concern_dialog, person_dialog
from therapydesk.plugins.safeguarding.ui.more_cards import SOURCES
from therapydesk.plugins.safeguarding.ui.notice_dialogs import notice_dialog
from therapydesk.plugins.safeguarding.ui.plan_dialogs import plan_dialog, safety_plan_dialog
from therapydesk.plugins.safeguarding.ui.record_dialogs import (
    answer_dialog,
    beside_dialog,
    kinds_dialog,
    liaison_dialog,
    record_dialog,
    told_dialog,
    wishes_dialog,
)
from therapydesk.plugins.safeguarding.ui.weigh_card import need_pathway
from therapydesk.ui.kit.forms import FormDialog

if TYPE_CHECKING:
    from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage

ZONE: Zone = "safeguarding"
Write = Callable[[Any], object]


class ConcernWork:
    """The forms of one concern page."""

    def __init__(self, page: ConcernPage) -> None:
        self._page = page
        self._vault = page.desk.vault
        self._me: UUID = page.desk.user.id

    @property
    def view(self) -> ConcernView:
        """The concern as the page shows it."""
        return self._page.view

    def _write(self, call: Write, said: str) -> None:
        """Record it, and say so. Raises UserError: then the form stays, with what was typed."""
        with self._vault.write(ZONE) as db:
            call(db)
        self._page.done(said)

    # -- the record ----------------------------------------------------------------------------------------

    def add(self, kind: str = "note") -> FormDialog:
        """Add to record."""

        def save(record: service.Record) -> None:
            self._write(
                lambda db: service.add_record(db, self.view.id, record), tr("It stands in the record.")
            )

        return record_dialog(self._page, self.view, save, kind)

    def beside(self, entry: EntryView) -> FormDialog:
        """Correct or add to an entry."""

        def save(way: str, text: str, reason: str) -> None:
            calls: dict[str, Write] = {
                "addition": lambda db: service.add_to_entry(db, entry.id, text),
                "correction": lambda db: service.correct_entry(db, entry.id, text, reason),
                "withdrawn": lambda db: service.withdraw_entry(db, entry.id, text),
            }
            self._write(calls[way], tr("It stands beside the entry, which stays as it was."))

        return beside_dialog(self._page, entry, save)

    def weigh(self, weighed: service.Weighed) -> None:
        """Record what was ticked."""
        with self._page.guard():
            self._write(
                lambda db: service.weigh_up(db, self.view.id, weighed), tr("What was weighed up is recorded.")
            )

    def kinds(self) -> None:
        """Choose the kinds of harm."""
        with self._page.guard():
            need_pathway(self.view)
            kinds_dialog(
                self._page,
                self.view,
                lambda weighed: self._write(
                    lambda db: service.weigh_up(db, self.view.id, weighed), tr("The kinds are recorded.")
                ),
            )

    def wishes(self) -> FormDialog:
        """Record agreement and capacity."""
        return wishes_dialog(
            self._page,
            self.view,
            lambda wishes: self._write(
                lambda db: service.record_wishes(db, self.view.id, wishes),
                tr("Agreement and capacity are recorded."),
            ),
        )

    def told(self) -> FormDialog:
        """Somebody knows of it."""
        return told_dialog(
            self._page,
            lambda who, what, when: self._write(
                lambda db: service.record_told(db, self.view.id, who, what, when),
                tr("It is written down who knows."),
            ),
        )

    def talk(self) -> FormDialog:
        """A talk with another body."""
        return liaison_dialog(
            self._page,
            lambda liaison: self._write(
                lambda db: service.add_liaison(db, self.view.id, liaison), tr("The talk is recorded.")
            ),
            strategy=asks_strategy(self.view.nation, self.view.pathway),
        )

    def answer(self, entry: EntryView) -> FormDialog:
        """What a body answered."""
        return answer_dialog(
            self._page,
            entry,
            lambda text, who, reference, when: self._write(
                lambda db: service.answer_liaison(
                    db, entry.id, text, who=who, reference=reference, when=when
                ),
                tr("The answer is recorded."),
            ),
        )

    def marks(self) -> BodyMapDialog:
        """Place marks on the body map."""

        def save(marks: Sequence[service.Mark]) -> None:
            def call(db: Any) -> None:
                for mark in marks:
                    service.add_mark(db, self.view.id, mark)

            self._write(call, tr("The marks are recorded."))

        dialog = BodyMapDialog(self._page, save)
        dialog.open()
        return dialog

    # -- deciding and doing --------------------------------------------------------------------------------

    def decide(self) -> FormDialog:
        """Record a decision; the clocks it starts and the next step go on the list of actions."""

        def save(decision: str, reason: str, step: NewAction | None) -> None:
            def call(db: Any) -> None:
                service.decide(db, self.view.id, decision, reason)
                if step is not None:
                    service.add_action(db, self.view.id, step)

            self._write(call, tr("The decision is recorded. Whoever raised it is told that there is one."))

        return decide_dialog(self._page, self.view, self._me, save)

    def add_action(self) -> FormDialog:
        """Something to be done."""
        return add_action_dialog(
            self._page,
            self._page.staff,
            self._me,
            lambda new: self._write(
                lambda db: service.add_action(db, self.view.id, new), tr("It is on the list.")
            ),
        )

    def change_action(self, action: ActionView) -> FormDialog | None:
        """Done, not done after all, another day. One that has ended says what came of it."""
        if action.state != "todo":
            self._page.messages.show_message("info", f"{action.text}: {action.result}")
            return None

        def save(how: str, words: str, by: datetime | None) -> None:
            calls: dict[str, Write] = {
                "done": lambda db: service.finish_action(db, action.id, words),
                "dropped": lambda db: service.drop_action(db, action.id, words),
                "moved": lambda db: service.move_action(db, action.id, by or action.due_at, words),
            }
            self._write(calls[how], tr("It is recorded."))

        return end_action_dialog(self._page, action, save)

    def plan(self) -> FormDialog:
        """A safeguarding plan."""
        return plan_dialog(
            self._page,
            self.view,
            self._me,
            lambda plan: self._write(
                lambda db: service.make_plan(db, self.view.id, plan),
                tr("The plan is recorded; its steps are on the list."),
            ),
        )

    def safety_plan(self) -> FormDialog:
        """A safety plan with the person."""
        return safety_plan_dialog(
            self._page,
            self.view,
            lambda plan: self._write(
                lambda db: service.make_safety_plan(db, self.view.id, plan),
                tr("The safety plan is recorded."),
            ),
        )

    def pass_on(self) -> None:
        """Hand over to another lead."""
        others = [lead for lead in self._page.leads if lead.id != self.view.lead_id]
        if not others:
            raise UserError(tr("There is no other safeguarding lead."))
        pass_on_dialog(
            self._page,
            others,
            lambda lead, reason: self._write(
                lambda db: service.pass_on(db, self.view.id, lead, reason), tr("The concern is handed over.")
            ),
        )

    def close(self) -> FormDialog:
        """Close with an outcome."""
        return close_dialog(
            self._page,
            self.view,
            lambda outcome: self._write(
                lambda db: service.close_concern(db, self.view.id, outcome),
                tr("The concern is closed. Whoever raised it is told."),
            ),
        )

    def reopen(self) -> FormDialog:
        """Open a closed concern again."""
        return reopen_dialog(
            self._page,
            lambda reason: self._write(
                lambda db: service.reopen_concern(db, self.view.id, reason), tr("The concern is open again.")
            ),
        )

    # -- people, other concerns ----------------------------------------------------------------------------

    def find_people(self, text: str, most: int) -> list[Hit]:
        """People of a name."""
        with self._vault.read() as db:
            return search(db, text, most)

    def name_person(self) -> FormDialog:
        """Name another person."""
        return person_dialog(
            self._page,
            self.find_people,
            lambda role, ref, name, why: self._write(
                lambda db: service.link_person(db, self.view.id, role, person_id=ref, name=name, why=why),
                tr("The person is named in the concern."),
            ),
        )

    def link_concern(self) -> None:
        """Link another concern."""
        with self._page.guard():
            with self._vault.read() as db:
                rows = [r for r in service.list_concerns(db, "all") if r.id != self.view.id]
            if not rows:
                raise UserError(tr("There is no other concern."))
            concern_dialog(
                self._page,
                sorted(rows, key=lambda row: -row.number),
                lambda other, why: self._write(
                    lambda db: service.link_concerns(db, self.view.id, other, why),
                    tr("The two concerns are linked."),
                ),
            )

    # -- what leaves the record ----------------------------------------------------------------------------

    def tell(self) -> FormDialog | None:
        """What others are told about the person."""
        person = self.view.person_id
        return notice_dialog(self._page, person) if person is not None else None

    def chronology(self) -> FormDialog:
        """Choose what goes into a chronology, then look at it and print it."""
        return chronology_dialog(self._page, self.view)

    def verify(self) -> None:
        """Whether the record is as it was written."""
        with self._vault.read() as db:
            check = service.verify_records(db, [self.view.id])[0]
        if check.whole:
            text = tr("The record is whole: {n} entries, none changed since written. Record check {check}.")
            self._page.messages.show_message("ok", text.format(n=check.entries, check=check.check))
            return
        broken = check.broken
        words = {
            "changed": tr("was changed"),
            "missing": tr("is missing"),
            "moved": tr("does not follow the one before"),
        }
        what = words.get(broken.why, broken.why) if broken is not None else ""
        text = tr("The record is not whole: entry {n} {what}. Tell the owner, and compare a backup.")
        number = broken.seq if broken is not None else 0
        self._page.messages.show_message("danger", text.format(n=number, what=what))

    def open_source(self) -> None:
        """The record that it was raised from."""
        source = self.view.source
        if source is not None and source.kind in SOURCES:
            self._page.desk.open_link(Link(SOURCES[source.kind], source.ref, ("open",)))

    def open_person(self) -> None:
        """The page of the person it is about."""
        if self.view.person_id is not None:
            self._page.desk.open_link(Link("person", self.view.person_id))
