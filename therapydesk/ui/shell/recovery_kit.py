"""The recovery kit: the sheet as it will be printed, and the code typed back from the paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import UserError, put_file, recovery_kit_pdf, recovery_problem, split_recovery_code, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.files import ask_file
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.labels import IconMark, button, text_label
from therapydesk.ui.kit.messages import announce
from therapydesk.ui.kit.pdfview import PdfView
from therapydesk.ui.kit.printing import print_pages
from therapydesk.ui.kit.two_columns import TwoColumns
from therapydesk.ui.shell.first_steps import head_of_step

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

GROUPS = 8
NARROW = 80  # average letters; a page narrower than so many has the sheet above the rest


class CodeFields(QWidget):
    """Eight fields for the eight groups. Pasting the whole code fills them all."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(style.sp(2))
        self.fields: list[QLineEdit] = []
        for n in range(GROUPS):
            field = QLineEdit()
            field.setAccessibleName(tr("Group {n} of 8").format(n=n + 1))
            field.setFixedWidth(style.chars(11))
            field.setAlignment(Qt.AlignmentFlag.AlignCenter)
            field.textEdited.connect(lambda _text, n=n: self._edited(n))
            field.installEventFilter(self)
            self.fields.append(field)
            grid.addWidget(field, n // 4, n % 4)

    def code(self) -> str:
        """The groups joined as they were typed."""
        return "-".join(f.text().strip().upper() for f in self.fields)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.matches(QKeySequence.StandardKey.Paste)
        ):
            groups = split_recovery_code(QApplication.clipboard().text())
            if len(groups) == GROUPS:
                for field, group in zip(self.fields, groups, strict=True):
                    field.setText(group)
                self.changed.emit()
                return True
        return super().eventFilter(watched, event)

    def _edited(self, n: int) -> None:
        if len(self.fields[n].text().strip()) >= 5 and n + 1 < GROUPS:
            self.fields[n + 1].setFocus()
        self.changed.emit()


class RecoveryKitStep(QWidget):
    """Emits `typed_back(right)`: set-up does not end before the code was typed back."""

    typed_back = Signal(bool)
    left_to_type = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[str] = []
        self._pdf = b""
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 4)
        column.setSpacing(style.sp(4))
        sentence = tr(
            "If a passphrase is forgotten, this sheet is the only way back in. Nobody else can open your records, and "
            "neither can we."
        )
        column.addLayout(head_of_step(tr("Print your recovery kit"), sentence))
        beside = TwoColumns(5, 6, space=style.sp(6), narrow=NARROW)
        self.sheet = PdfView()
        self.sheet.setMinimumHeight(style.line_height() * 14)
        beside.left.addWidget(self.sheet, 1)
        self._add_steps(beside.right)
        column.addWidget(beside, 1)

    def _add_steps(self, right: QVBoxLayout) -> None:
        right.setSpacing(style.sp(2))
        right.addWidget(text_label(tr("1 Put it on paper"), "section"))
        self._save = button(tr("Save as PDF"), self._save_pdf, "save")
        buttons = QWidget()
        flow = FlowLayout(buttons, spacing=8)
        flow.addWidget(button(tr("Print kit"), self.print_kit, "print"))
        flow.addWidget(self._save)
        right.addWidget(buttons)
        self._saved = text_label("", wrap=True)
        self._saved.hide()
        right.addWidget(self._saved)
        right.addSpacing(style.sp(4))
        right.addWidget(text_label(tr("2 Type it back from the paper"), "section", wrap=True))
        hint = tr("So that we both know it can be read. Capitals and spaces do not matter.")
        right.addWidget(text_label(hint, tone="text_muted", wrap=True))
        self.code = CodeFields()
        self.code.changed.connect(self._check)
        fields = QHBoxLayout()
        fields.addWidget(self.code)
        fields.addStretch(1)
        right.addLayout(fields)
        state = QHBoxLayout()
        self._mark = IconMark("info", "info")
        self._state = text_label("", wrap=True)
        state.addWidget(self._mark)
        state.addWidget(self._state, 1)
        right.addLayout(state)
        right.addStretch(1)

    def show_code(self, code: str, practice: str) -> None:
        """Show the sheet for this code."""
        self._groups = split_recovery_code(code)
        self._pdf = recovery_kit_pdf(practice, self._groups)
        self.sheet.show_pdf(self._pdf)
        self._check()

    def focus_first(self) -> None:
        self.code.fields[0].setFocus()

    def _check(self) -> None:
        typed = [f.text().strip().upper() for f in self.code.fields]
        right = sum(a == b for a, b in zip(typed, self._groups, strict=False))
        wrong = next((n for n, t in enumerate(typed) if len(t) >= 5 and t != self._groups[n]), -1)
        rank = "danger" if wrong >= 0 else "ok" if right else "info"
        self._mark.set_mark(rank, rank)
        if wrong >= 0:
            problem = recovery_problem(typed[wrong]) or tr("It is not what the sheet says.")
            self._state.setText(tr("Group {n}: {problem}").format(n=wrong + 1, problem=problem))
        else:
            self._state.setText(tr("{n} of 8 groups are right").format(n=right))
        self.left_to_type.emit(GROUPS - right)
        self.typed_back.emit(right == GROUPS)

    def print_kit(self) -> None:
        """Ask for a printer, and print."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self._print_on(printer))
        QDialog.open(dialog)  # its own open() is another one

    def _print_on(self, printer: QPrinter) -> None:
        print_pages(self._pdf, printer)
        self._tell(tr("Sent to the printer."), "text_muted")

    def _save_pdf(self) -> None:
        name = str(Path.home() / tr("Recovery kit.pdf"))
        ask_file(self, tr("Save the recovery kit"), name, self._write)

    def _write(self, path: Path) -> None:
        """Whether it is saved is said under the button."""
        try:
            put_file(path, self._pdf)
        except UserError as error:
            self._tell(str(error), "danger")
        else:
            self._tell(tr("Saved {file}.").format(file=path.name), "text_muted")

    def _tell(self, text: str, tone: str) -> None:
        self._saved.setText(text)
        style.set_tone(self._saved, tone)
        self._saved.show()
        announce(self._saved, text, assertive=tone == "danger")
