"""What was sent: read only, with the words behind the focused field marked."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextEdit

from therapydesk.api import show_day, tr
from therapydesk.plugins.referrals.lists import ReferralView
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Pane
from therapydesk.ui.kit.labels import icon_button, text_label

_HEADING = re.compile(r"([^:\n]{1,60}): ")
MARKED = 60
LEADING = 112  # per cent of the face's own line: 1.4 times the size of the letters


class OriginalPane(Pane):
    """The referral as it came, and where it came from."""

    def __init__(self) -> None:
        super().__init__(tr("What was sent"))
        self.open_file = icon_button("document", tr("Save the file as it was sent"))
        self.add_tool(self.open_file)
        self.about = text_label("", "small", "text_muted", wrap=True)
        self.text = QTextEdit()  # a QTextEdit, which takes the focus too, is a mere label to a screen reader
        self.text.setReadOnly(True)
        self.text.setProperty("plain", True)  # read, not written: no frame
        self.text.setAccessibleName(tr("What was sent"))
        self.text.setUndoRedoEnabled(False)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.document().setDocumentMargin(0)
        self.body.addWidget(self.about)
        self.body.addWidget(self.text, 1)
        self._view: ReferralView | None = None
        style.signals.theme_changed.connect(self._write)

    def show_view(self, view: ReferralView) -> None:
        """Show what came, or why it cannot be read here."""
        self._view = view
        self.open_file.setVisible(view.document_id is not None)
        who = ", ".join(part for part in (view.referrer, view.organisation) if part) or tr(
            "Sender not recorded"
        )
        day = view.referred_on or view.row.received_on
        lines = [who, show_day(day)]
        if view.original_from:
            lines[1] += f" · {view.original_from}"
        self.about.setText("\n".join(lines))
        self._write()

    def _write(self) -> None:
        view = self._view
        if view is None:
            return
        self.text.clear()
        if not view.readable:
            self.text.setPlainText(
                tr("What was sent is sealed. Therapists and safeguarding leads can read it.")
            )
            return
        cursor = QTextCursor(self.text.document())
        plain, muted = QTextCharFormat(), QTextCharFormat()
        muted.setForeground(style.token("text_muted"))
        muted.setFontPointSize(style.small_font().pointSizeF())
        for number, line in enumerate((view.original or tr("Nothing was written.")).split("\n")):
            block = QTextBlockFormat()
            block.setLineHeight(LEADING, int(QTextBlockFormat.LineHeightTypes.ProportionalHeight.value))
            block.setBottomMargin(8)
            cursor.setBlockFormat(block) if number == 0 else cursor.insertBlock(block)
            heading = _HEADING.match(line)
            if heading is not None:
                cursor.insertText(f"{heading[1]}: ", muted)
                line = line[heading.end() :]
            cursor.insertText(line, plain)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def mark_words(self, words: str) -> None:
        """Mark where these words stand in what was sent; nothing when they stand nowhere."""
        marks = []
        how = QTextCharFormat()
        how.setBackground(style.token("info_soft"))
        how.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        how.setUnderlineColor(style.token("info"))
        for part in words.split("\n"):
            found = self._find(part.strip())
            if found is not None:
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = found, how
                marks.append(mark)
        self.text.setExtraSelections(marks)
        if marks:
            shown = QTextCursor(marks[0].cursor)
            shown.clearSelection()
            self.text.setTextCursor(shown)
            self.text.ensureCursorVisible()

    def _find(self, words: str) -> QTextCursor | None:
        if len(words) < 3:
            return None
        document: QTextDocument = self.text.document()
        found = document.find(words[:MARKED])
        if found.isNull():
            return None
        found.setPosition(found.selectionStart())
        length = min(len(words), found.block().length() - 1 - found.positionInBlock())
        found.setPosition(found.position() + length, QTextCursor.MoveMode.KeepAnchor)
        return found
