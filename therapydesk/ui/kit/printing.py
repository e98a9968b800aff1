"""Print with a look first: the pages from memory, how large the letters are, a printer or a PDF file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import Outgoing, pdf, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.files import save_file, tell_log
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.pdfview import PdfView, render_page
from therapydesk.ui.kit.segments import SegmentedButtons

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

Build = Callable[[pdf.Size], bytes]
A_PAPER = Outgoing("paper")
DOTS = 300  # an inch, on paper


class PrintWindow(QDialog):
    """`build(size)` makes the PDF: "normal", "large" or "extra_large". `title` is the window's and the file's name.

    With `nameless`, which makes the same without anybody's name, "Leave out names" is offered. Print and save close
    the window; the page says what was saved. `told` is what the activity log says that leaves; None when it was told
    already.
    """

    def __init__(
        self,
        page: BasePage,
        title: str,
        build: Build,
        nameless: Build | None = None,
        *,
        told: Outgoing | None = A_PAPER,
    ) -> None:
        super().__init__(page)
        self._told = told
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self._page, self._build, self._nameless, self.data = page, build, nameless, b""
        options = [("normal", tr("Normal")), ("large", tr("Large")), ("extra_large", tr("Extra large"))]
        self.sizes = SegmentedButtons(options, tr("Size of the letters"))
        self.sizes.chosen.connect(self.show_size)
        self.names = QCheckBox(tr("Leave out names"))
        self.names.setMinimumHeight(style.button_height())
        self.names.toggled.connect(lambda _on: self.show_size(self.sizes.value()))
        self.view = PdfView()
        self.save_button = button(tr("Save as PDF"), self.save, "save")
        self.print_button = button(tr("Print"), self.print, "print", kind="primary")
        self.print_button.setDefault(True)  # Enter prints from the sizes, too
        self._lay_out(title)
        self.show_size("normal")

    def _lay_out(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(text_label(title, "section", wrap=True))
        choices = QWidget()
        flow = FlowLayout(choices, spacing=16)
        flow.addWidget(self.sizes)
        flow.addWidget(self.names)
        self.names.setVisible(self._nameless is not None)
        column.addWidget(choices)
        column.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for made in (button(tr("Cancel"), self.reject), self.save_button, self.print_button):
            row.addWidget(made)
        column.addLayout(row)
        room = self.screen().availableGeometry().size()
        self.resize(QSize(style.chars(90), style.line_height() * 30).boundedTo(room * 0.9))

    def show_size(self, size: pdf.Size) -> None:
        """Make the pages anew with letters of this size."""
        build = self._nameless if self._nameless is not None and self.names.isChecked() else self._build
        with self._page.guard():
            self.data = build(size)
            self.view.show_pdf(self.data)

    def save(self) -> None:
        """Ask where to, and save the PDF."""
        self.accept()
        save_file(self._page, tr("Save as PDF"), f"{self.windowTitle()}.pdf", self.data, told=self._told)

    def print(self) -> None:
        """Ask for a printer, and print."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self._print_on(printer))
        QDialog.open(dialog)  # its own open() is another one

    def _print_on(self, printer: QPrinter) -> None:
        with self._page.guard():
            tell_log(self._page, "print", self._told)
            print_pages(self.data, printer)
            self.accept()
            self._page.done(tr("Sent to the printer."))


def print_pages(data: bytes, printer: QPrinter) -> None:
    """Draw each page of a PDF over the whole paper of a printer, pictures of 300 dots an inch."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    count, wide = len(document), document[0].get_width() > document[0].get_height()
    document.close()
    layout = printer.pageLayout()
    layout.setOrientation(layout.Orientation.Landscape if wide else layout.Orientation.Portrait)
    printer.setPageLayout(layout)
    printer.setFullPage(True)
    painter = QPainter(printer)
    for page in range(count):
        if page:
            printer.newPage()
        image = render_page(data, page, DOTS / 72)
        room = printer.pageLayout().fullRectPixels(printer.resolution())
        fitted = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRect(room.topLeft(), fitted), image)
    painter.end()
