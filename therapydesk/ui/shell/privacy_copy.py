"""A copy to be gone through: its text, with each place marked as it will be given."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QWidget

from therapydesk.api import ntr, show_day, tr
from therapydesk.records.subject_marks import Mark
from therapydesk.records.subject_review import FoundName, ItemView
from therapydesk.records.subject_words import keep_words, withhold_words
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import KeyHint, Pane
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.labels import button, icon_button, text_label

COVERED, KEPT, OPEN = "redact", "keep", ""


class CopyText(QTextEdit):
    """The fields under one another, as plain text that is only read. Words can be chosen, to be covered by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("Text of this entry"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self._starts: list[tuple[int, int]] = []  # where the text of each field begins, and how long it is
        self._item: ItemView | None = None
        style.signals.theme_changed.connect(self._show_again)

    def _show_again(self) -> None:
        self.show_item(self._item)

    def show_item(self, item: ItemView | None) -> None:
        """Show the fields of a copy; each mark in its colour and with a line or a bar, so that colour is not alone."""
        self.blockSignals(True)  # the cursor goes nowhere that somebody put it
        self._item = item
        self._fill(item)
        self.blockSignals(False)

    def _fill(self, item: ItemView | None) -> None:
        self.clear()
        self._starts = []
        if item is None:
            return
        cursor = self.textCursor()
        for field in item.fields:
            label = QTextCharFormat()
            label.setForeground(style.token("text_muted"))
            cursor.insertText(f"{field.label}\n", label)
            self._starts.append((cursor.position(), len(field.text)))
            cursor.insertText(f"{field.text}\n\n", _plain())
        for mark in item.marks:
            start, _length = self._starts[mark.field]
            place = self.textCursor()
            place.setPosition(start + _units(item.fields[mark.field].text, mark.start))
            place.setPosition(
                start + _units(item.fields[mark.field].text, mark.end), QTextCursor.MoveMode.KeepAnchor
            )
            place.setCharFormat(_format(mark.decision))
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def go_to(self, mark: Mark) -> None:
        """Scroll to a mark."""
        if self._item is None:
            return
        start, _length = self._starts[mark.field]
        place = self.textCursor()
        place.setPosition(start + _units(self._item.fields[mark.field].text, mark.start))
        self.setTextCursor(place)
        self.ensureCursorVisible()

    def at_cursor(self) -> Mark | None:
        """The mark that the cursor stands in; None between marks."""
        if self._item is None:
            return None
        place = self.textCursor().position()
        for mark in self._item.marks:
            start, _length = self._starts[mark.field]
            text = self._item.fields[mark.field].text
            if start + _units(text, mark.start) <= place <= start + _units(text, mark.end):
                return mark
        return None

    def chosen(self) -> tuple[int, int, int] | None:
        """The field, start and end of the words that are chosen; None without, or when they reach over two fields."""
        cursor = self.textCursor()
        if self._item is None or not cursor.hasSelection():
            return None
        begin, end = cursor.selectionStart(), cursor.selectionEnd()
        for number, (start, _length) in enumerate(self._starts):
            text = self._item.fields[number].text
            if start <= begin and end <= start + _units(text, len(text)):
                return number, _points(text, begin - start), _points(text, end - start)
        return None


def _units(text: str, place: int) -> int:
    """A place in Qt's text, which counts letters outside the first plane twice."""
    return len(text[:place].encode("utf-16-le")) // 2


def _points(text: str, place: int) -> int:
    return len(text.encode("utf-16-le")[: 2 * place].decode("utf-16-le", "ignore"))


def _plain() -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(style.token("text"))
    return made


def _format(decision: str) -> QTextCharFormat:
    made = QTextCharFormat()
    if decision == COVERED:
        made.setBackground(style.token("text"))
        made.setForeground(style.token("surface"))
        made.setFontStrikeOut(True)
    elif decision == KEPT:
        made.setForeground(style.token("text"))
        made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
    else:
        made.setBackground(style.token("warn_soft"))
        made.setForeground(style.token("text"))
        made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
    return made


class CopyPane(Pane):
    """The copy in front, what is decided about it, and the buttons that decide. Emits what was wanted."""

    wanted = Signal(str)  # cover, keep, choose, give, withhold, look
    left = Signal()

    def __init__(self, *, keys: bool) -> None:
        super().__init__(tr("No entry chosen"))
        self.title.setWordWrap(True)
        self.back = icon_button("left", tr("Back to the list"), self.left.emit)
        self.back.hide()
        self.add_tool(self.back)
        self.text = CopyText()
        self.said = text_label("", "", "text_muted", wrap=True)
        self.where = text_label("", "strong", wrap=True)
        self.body.addWidget(self.said)
        self.body.addWidget(self.text, 1)
        self.body.addWidget(self.where)
        self.cover = button(tr("Cover it"), lambda: self.wanted.emit("cover"))
        self.keep = button(tr("Leave it readable"), lambda: self.wanted.emit("keep"))
        self.choose = button(tr("Cover chosen words"), lambda: self.wanted.emit("choose"))
        self.give = button(tr("Give this file"), lambda: self.wanted.emit("give"))
        self.look = button(tr("Look at the file"), lambda: self.wanted.emit("look"))
        self.withhold = button(tr("Leave this entry out"), lambda: self.wanted.emit("withhold"))
        self._buttons = QWidget()
        row = FlowLayout(self._buttons, spacing=8)
        for each in (self.cover, self.keep, self.choose, self.look, self.give, self.withhold):
            row.addWidget(each)
        self.body.addWidget(self._buttons)
        self._hints = QWidget()
        hints = QHBoxLayout(self._hints)
        hints.setContentsMargins(0, 0, 0, 0)
        hints.setSpacing(16)
        for key, word in (("C", tr("cover")), ("R", tr("readable")), ("O", tr("leave out"))):
            hints.addWidget(KeyHint(key, word))
        hints.addStretch(1)
        self._keys, self._room = keys, True
        self.body.addWidget(self._hints)
        self._filler = QWidget()
        self.body.addWidget(self._filler, 1)
        self.show_item(None, None)

    def show_hints(self, on: bool) -> None:
        """Show the keys, where there is room for them."""
        self._room = on
        self._hints.setVisible(self._keys and on and not self.text.isHidden())

    def show_item(self, item: ItemView | None, mark: Mark | None) -> None:
        """Show a copy; `mark` is the place that is to be decided."""
        day = f", {show_day(item.happened_on)}" if item is not None and item.happened_on is not None else ""
        self.set_title(f"{item.title}{day}" if item is not None else tr("No entry chosen"))
        self.text.setVisible(item is not None)
        self._filler.setVisible(item is None)
        self._hints.setVisible(self._keys and self._room and item is not None)
        self.text.show_item(item)
        self.said.setText(_sentence(item))
        self.say_place(mark)
        if mark is not None:
            self.text.go_to(mark)
        is_file = item is not None and bool(item.file_name)
        there = item is not None
        for made, on in (
            *((self.cover, mark is not None), (self.keep, mark is not None)),
            *((self.choose, there), (self.withhold, there)),
            *((self.give, is_file), (self.look, is_file)),
        ):
            made.setVisible(on)
        if item is not None:
            again = item.decision == "withhold"
            self.withhold.setText(tr("Give this entry after all") if again else tr("Leave this entry out"))

    def say_place(self, mark: Mark | None) -> None:
        """Say which place the buttons decide on, and what was decided on it."""
        said = {
            OPEN: tr("To decide: “{words}”"),
            COVERED: tr("Covered: “{words}”"),
            KEPT: tr("Left readable: “{words}”"),
        }
        self.where.setText(said[mark.decision].format(words=mark.text) if mark is not None else "")
        self.where.setVisible(mark is not None)

    def show_name(self, name: FoundName | None) -> None:
        """In place of a copy: a name, and what the buttons then do to every place of it."""
        self.set_title(name.text if name is not None else tr("No name chosen"))
        self.text.hide()
        self._hints.hide()
        self._filler.show()
        self.where.hide()
        told = tr(
            "What you decide counts for every place of this name in this part where nobody has decided yet."
        )
        self.said.setText(told if name is not None else tr("Choose a name in the list."))
        for made in (self.choose, self.give, self.look, self.withhold):
            made.hide()
        for made in (self.cover, self.keep):
            made.setVisible(name is not None and name.undecided > 0)


def _sentence(item: ItemView | None) -> str:
    if item is None:
        return tr("Choose an entry in the list.")
    if item.decision == "withhold":
        return tr("Left out: {reason}.").format(reason=withhold_words().get(item.reason, item.reason))
    said = []
    if item.file_name:
        named = tr("A file, “{name}”. Names in it are not found: look at it before you give it.")
        given = tr("It is given.") if item.decision == "give" else tr("Nobody has decided yet.")
        said += [named.format(name=item.file_name), given]
    waiting = sum(not mark.decision for mark in item.marks)
    covered = sum(mark.decision == COVERED for mark in item.marks)
    kept = [mark for mark in item.marks if mark.decision == KEPT]
    if waiting:
        said.append(
            ntr("{n} place names somebody else.", "{n} places name somebody else.", waiting).format(n=waiting)
        )
    if covered:
        said.append(ntr("{n} place is covered.", "{n} places are covered.", covered).format(n=covered))
    if kept:
        reasons = ", ".join(dict.fromkeys(keep_words().get(m.reason, m.reason) for m in kept))
        said.append(tr("Left readable: {reasons}.").format(reasons=reasons))
    return " ".join(said) or tr("Given as it is.")
