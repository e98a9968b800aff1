"""Music used: name at the left, how at the right, and one field to add to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.plugins.notes.service import MusicView
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.icons import icon
from therapydesk.ui.kit.labels import IconMark, icon_button, text_label


class MusicCard(Card):
    """The music of one note. With `add(text)` and `remove(music)` it can be changed; `add` says whether it was kept."""

    def __init__(
        self,
        add: Callable[[str], bool] | None = None,
        remove: Callable[[MusicView], object] | None = None,
    ) -> None:
        super().__init__(tr("Music used"))
        self._add, self._remove = add, remove
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(style.sp(1))
        self.add_row(self._list)
        self.field = QLineEdit()
        if add is not None:
            self._make_field()

    def _make_field(self) -> None:
        name = tr("Add a song, piece or instrument")
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(name)
        hint = tr("After a comma: how it was used, such as “Calon Lân, sung together”. Enter adds it.")
        self.field.setAccessibleDescription(hint)
        self.field.setToolTip(hint)
        plus = self.field.addAction(icon("add"), QLineEdit.ActionPosition.LeadingPosition)
        plus.setText(name)
        plus.triggered.connect(self.take)
        self.field.editingFinished.connect(self.take)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, style.sp(1), 0, 0)
        row.addWidget(self.field)
        self.add_row(holder)

    def take(self) -> bool:
        """Add what stands in the field. It stays there when it could not be kept; then the answer is False."""
        text = self.field.text()
        if self._add is None or not text.strip():
            return True
        self.field.clear()
        if self._add(text):
            return True
        self.field.setText(text)
        return False

    def show_music(self, music: tuple[MusicView, ...]) -> None:
        """Show these, in the order they were added."""
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for each in music:
            self._rows.addWidget(self._row(each))
        self._list.setVisible(bool(music))

    def _row(self, each: MusicView) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.sp(3))
        row.addWidget(IconMark("music", "text"))
        row.addWidget(text_label(each.name, wrap=True), 5)
        if each.how:
            how = text_label(each.how, tone="text_muted", wrap=True)
            how.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(how, 4)
        if self._remove is not None:
            remove = self._remove
            name = tr("Take out {name}").format(name=each.name)
            row.addWidget(icon_button("close", name, lambda: remove(each)))
        return holder
