"""Settings › Who works here: who signs in, what their role lets them do, and which keys they hold (security §3, §4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from therapydesk.api import (
    ROLES,
    StaffMember,
    add_staff,
    change_key,
    change_roles,
    give_key,
    list_staff,
    may,
    may_give,
    remove_staff,
    role_title,
    take_key,
    tr,
    zone_title,
)
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import Notice, StateMark, button, line, text_label
from therapydesk.ui.kit.messages import confirm
from therapydesk.ui.shell.change_key import ask_for_key, may_change_a_key
from therapydesk.ui.shell.still_open import show_still_open
from therapydesk.ui.shell.work_dialog import WorkDialog, add_new_passphrase

if TYPE_CHECKING:
    from therapydesk.api import Zone
    from therapydesk.ui.kit.page import BasePage


class UsersPane(QWidget):
    """One row for each who signs in. Buttons that the signed-in user may not press are not there."""

    def __init__(self, desk: Desk, page: BasePage, lock: Callable[[], object]) -> None:
        super().__init__()
        self._desk, self._page, self._lock = desk, page, lock
        self._manages = may(desk.user, "users.manage")
        self.setProperty("words", "users people roles keys access program sign in staff")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(style.sp(2))
        self.refresh()

    def refresh(self) -> None:
        """Read and show again."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._column.addWidget(text_label(tr("Who works here"), "section"))
        sentence = tr(
            "A role says what somebody may do. A key decides which part of the practice opens for them at all."
        )
        self._column.addWidget(text_label(sentence, tone="text_muted", wrap=True))
        changes = may_change_a_key(self._desk.vault)
        if self._manages or changes:
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 4, 0, 4)
            if self._manages:
                self.add_button = button(tr("Add somebody"), self.add, "add")
                row.addWidget(self.add_button)
            if changes:
                row.addWidget(button(tr("Change a key"), self.change_a_key))
            row.addStretch(1)
            self._column.addWidget(holder)
        with self._page.guard():
            for zone in sorted(self._desk.vault.zones_to_change()):
                self._column.addWidget(self._key_to_change(zone))
            for member in list_staff(self._desk.vault):
                self._column.addWidget(line())
                self._column.addWidget(self._row(member))
        self._column.addStretch(1)

    # -- rows --------------------------------------------------------------------------------------------

    def _row(self, member: StaffMember) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(style.sp(1))
        top = QHBoxLayout()
        top.setSpacing(style.sp(3))
        mine = member.id == self._desk.user.id
        name = tr("{name} (you)").format(name=member.name) if mine else member.name
        top.addWidget(text_label(name, "strong"))
        roles = ", ".join(role_title(r) for r in ROLES if r in member.roles)
        top.addWidget(text_label(roles, tone="text_muted", wrap=True), 1)
        column.addLayout(top)
        parts = " · ".join(zone_title(zone) for zone in member.holds)
        column.addWidget(
            text_label(tr("Opens: {parts}").format(parts=parts), "small", "text_muted", wrap=True)
        )
        for zone in member.waits_for:
            word = tr("Has no key yet: {part}").format(part=zone_title(zone))
            column.addWidget(StateMark(word, "half", "warn"))
        buttons = self._buttons(member)
        if buttons:
            flow = QWidget()
            laid = FlowLayout(flow, spacing=8)
            for made in buttons:
                laid.addWidget(made)
            column.addWidget(flow)
        return holder

    def _buttons(self, member: StaffMember) -> list[QPushButton]:
        vault, mine = self._desk.vault, member.id == self._desk.user.id
        made = []
        for zone in (z for z in member.waits_for if may_give(vault, z)):
            text = tr("Give the key to {part}").format(part=zone_title(zone))
            made.append(self._button(text, partial(self.give, member, zone), member))
        if self._manages:
            made.append(self._button(tr("Change roles"), partial(self.change, member), member))
        for zone in (z for z in member.holds if may_give(vault, z) and len(vault.holders(z)) > 1):
            part = zone_title(zone)
            text = (tr("Give up the key to {part}") if mine else tr("Take the key to {part}")).format(
                part=part
            )
            made.append(self._button(text, partial(self.take, member, zone), member))
        if self._manages and not mine:
            made.append(self._button(tr("Remove"), partial(self.remove, member), member))
        return made

    @staticmethod
    def _button(text: str, slot: Callable[[], object], member: StaffMember) -> QPushButton:
        made = button(text, slot)
        made.setAccessibleName(tr("{action}: {name}").format(action=text, name=member.name))
        return made

    def _key_to_change(self, zone: Zone) -> QFrame:
        box = Notice("warn")
        text = tr("Somebody who left still knows the key to {part}.").format(part=zone_title(zone))
        if zone not in self._desk.vault.zones:
            text = " ".join((text, tr("Whoever holds it can change it here.")))
        box.row.addWidget(text_label(text, wrap=True), 1)
        if zone in self._desk.vault.zones:
            words = tr("Change the key"), tr("Change the key now")
            box.row.addWidget(button(words[0], partial(self._change_key, zone, words)))
        return box

    # -- what the buttons do -----------------------------------------------------------------------------

    def add(self) -> WorkDialog:
        """Ask for name, roles and a first passphrase, and add them."""
        vault = self._desk.vault

        def work(values: dict[str, Any]) -> StaffMember:
            actor = add_staff(vault, values["name"], values["roles"], values["first"])
            return next(one for one in list_staff(vault) if one.id == actor.id)

        words = tr("Add somebody"), tr("Add to the practice")
        dialog = WorkDialog(self, self._desk.jobs, words, work, self._added)
        dialog.form.add_text("name", tr("Name"), tr("It stands beside what they write."), required=True)
        roles = [(role, role_title(role)) for role in ROLES]
        dialog.form.add_choices("roles", tr("What they do here"), roles, required=True)
        hint = tr("Let them type it themselves, or tell them to change it in Settings, You.")
        add_new_passphrase(dialog, tr("First passphrase"), hint)
        dialog.open()
        return dialog

    def change_a_key(self) -> WorkDialog:
        """Ask which key is to be changed although nobody left; a lead does it with an owner."""
        return ask_for_key(self, self._desk, self._key_changed)

    def _key_changed(self, sentence: str) -> None:
        self._page.done(sentence)
        self.refresh()

    def _added(self, member: StaffMember) -> None:
        text = tr("{name} can sign in now.").format(name=member.name)
        if member.waits_for:
            parts = ", ".join(zone_title(zone) for zone in member.waits_for)
            more = tr("Still to give: the key to {parts}.").format(parts=parts)
            text = f"{text} {more}"
        self._page.done(text)
        self.refresh()

    def change(self, member: StaffMember) -> FormDialog:
        """Ask for other roles."""

        def save(values: dict[str, Any]) -> None:
            change_roles(self._desk.vault, member.id, values["roles"])
            text = tr("Roles changed. They count from the next unlock of {name}.")
            self._page.done(text.format(name=member.name))
            self.refresh()

        title = tr("Roles of {name}").format(name=member.name)
        dialog = FormDialog(self, title, tr("Change roles"), save)
        roles = [(role, role_title(role)) for role in ROLES]
        hint = tr("A role gives no key. Keys are given by whoever holds them.")
        dialog.form.add_choices("roles", tr("What they do here"), roles, hint, required=True)
        dialog.form.set_values({"roles": [role for role in ROLES if role in member.roles]})
        dialog.open()
        return dialog

    def give(self, member: StaffMember, zone: Zone) -> None:
        """Show the six words of their keys, to be compared with what they read out; then give the key."""
        text = tr(
            "{name} signs in and reads out the six words in Settings, You. Give the key only if they are these:"
        ).format(name=member.name)
        words = self._desk.vault.fingerprint(member.id)
        title = tr("Give {name} the key to {part}?").format(name=member.name, part=zone_title(zone))
        confirm(self, title, f"{text}\n\n{words}", tr("Give the key"), partial(self._give, member, zone))

    def _give(self, member: StaffMember, zone: Zone) -> None:
        with self._page.guard():
            give_key(self._desk.vault, zone, member.id)
            text = tr("{name} holds the key to {part}, from their next unlock on.")
            self._page.done(text.format(name=member.name, part=zone_title(zone)))
        self.refresh()

    def take(self, member: StaffMember, zone: Zone) -> WorkDialog:
        """Ask, then take the key away and change it; whoever gives up their own key is locked out of that part."""
        mine, part = member.id == self._desk.user.id, zone_title(zone)
        if mine:
            title = tr("Give up your key to {part}?").format(part=part)
            words, text = (
                (title, tr("Give up the key")),
                tr("TherapyDesk locks afterwards. Only a holder can give it back."),
            )
        else:
            title = tr("Take the key to {part} from {name}?").format(part=part, name=member.name)
            words, text = (
                (title, tr("Take the key")),
                tr("What they wrote stays. What they copied stays theirs."),
            )

        def then(_result: object) -> None:
            if mine:
                self._lock()
                return
            self._page.done(tr("{name} opens {part} no more.").format(name=member.name, part=part))
            self.refresh()

        return self._ask(words, text, lambda: take_key(self._desk.vault, zone, member.id), then)

    def remove(self, member: StaffMember) -> WorkDialog:
        """Ask, then let somebody go."""
        words = tr("Remove {name}?").format(name=member.name), tr("Remove {name}").format(name=member.name)
        text = tr("They cannot sign in any more, and the keys they knew are changed. What they wrote stays.")

        def then(left: frozenset[Zone]) -> None:
            self._page.done(tr("{name} cannot sign in any more.").format(name=member.name))
            self.refresh()
            if left:
                parts = ", ".join(zone_title(zone) for zone in sorted(left))
                sentence = tr("Whoever holds the key to {parts} has to change it, here.").format(parts=parts)
                self._page.messages.show_message("warn", sentence)
            show_still_open(self._desk, self, member.id, member.name)

        return self._ask(words, text, lambda: remove_staff(self._desk.vault, member.id), then)

    def _change_key(self, zone: Zone, words: tuple[str, str]) -> WorkDialog:
        def then(_result: object) -> None:
            self._key_changed(tr("The key to {part} is changed.").format(part=zone_title(zone)))

        text = tr("Everybody who works here and held it gets the new one.")
        return self._ask(words, text, lambda: change_key(self._desk.vault, zone), then)

    def _ask(
        self, words: tuple[str, str], text: str, work: Callable[[], Any], then: Callable[[Any], object]
    ) -> WorkDialog:
        """A question whose work copies whole files, so it runs behind the dialog and nothing else can be opened."""
        dialog = WorkDialog(self, self._desk.jobs, words, lambda _values: work(), then)
        body = text_label(text, wrap=True)
        body.setMinimumWidth(style.chars(56))
        dialog.form.add_widget(body)
        dialog.open()
        dialog.cancel_button.setFocus()
        return dialog
