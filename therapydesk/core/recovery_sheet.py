"""The sheet of a recovery kit: the code in large letters, the same as a square to scan, and how to keep it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from therapydesk.core import dates, pdf
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing

CODE = pdf.Style(18, 28, strong=True)
NUMBER = pdf.Style(11, 28)
ACROSS = 2  # groups beside each other
SQUARE = 34 * pdf.MM


def recovery_kit_pdf(practice: str, groups: Sequence[str]) -> bytes:
    """One A4 page. The title and file name hold no name of anybody."""
    letterhead = pdf.Letterhead(practice, "", (), (dates.show_day(dates.today()),))
    sheet = pdf.Sheet(letterhead, tr("Recovery kit"), tr("Recovery kit for TherapyDesk"))
    story = [
        sheet.text(tr("Opens everything that you can open, if your passphrase is forgotten.")),
        sheet.section(tr("The code")),
        sheet.beside([_groups(groups)], [_square("-".join(groups))], SQUARE),
        sheet.space(12),
        sheet.text(tr("Keep this apart from the computer: a safe, a locked drawer, a bank.")),
        sheet.text(
            tr("Whoever holds it can read everything. Capitals and spaces do not matter when you type it.")
        ),
    ]
    return bytes(sheet.build(story))


def _groups(groups: Sequence[str]) -> Any:
    """The groups in pairs, each after its number, far enough apart to be read aloud."""
    from reportlab.platypus import Flowable

    rows = -(-len(groups) // ACROSS)

    class Groups(Flowable):  # type: ignore[misc]  # reportlab has no types
        def wrap(self, width: float, _height: float) -> tuple[float, float]:
            self.width, self.height = width, rows * CODE.leading
            return self.width, self.height

        def draw(self) -> None:
            for n, group in enumerate(groups):
                x = (n % ACROSS) * self.width / ACROSS
                y = self.height - (n // ACROSS + 1) * CODE.leading + 8
                self.canv.setFont(NUMBER.font, NUMBER.size)
                self.canv.drawString(x, y, str(n + 1))
                self.canv.setFont(CODE.font, CODE.size)
                self.canv.drawString(x + 20, y, group, charSpace=1.5)

    return Groups()


def _square(code: str) -> Drawing:
    """The code as a QR code, with four modules of white round it."""
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    widget = QrCodeWidget(code, barLevel="M", barBorder=4)
    left, foot, right, top = widget.getBounds()
    drawing = Drawing(SQUARE, SQUARE, transform=[SQUARE / (right - left), 0, 0, SQUARE / (top - foot), 0, 0])
    drawing.add(widget)
    return drawing
