"""Pages of a PDF from memory: as pictures, with a pager in words and zoom. In dark the paper is toned."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.labels import icon_button, text_label
from therapydesk.ui.kit.read_area import ReadArea

ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)


class PdfView(QWidget):
    """Shows `data` page by page. Zoom 0 fits the whole page; no file is ever written."""

    page_changed = Signal(int)

    def __init__(self, data: bytes = b"", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = b""
        self._sizes: list[tuple[float, float]] = []  # of the pages, in points
        self._page = 0
        self._zoom = 0.0
        self.paper = QLabel()
        self.paper.setProperty("part", "paper")
        self.paper.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area = ReadArea()
        self._area.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._area.setWidget(self.paper)
        self._area.setProperty("focusRing", True)
        self._build()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._draw)
        style.signals.theme_changed.connect(self._later.start)
        if data:
            self.show_pdf(data)

    def _build(self) -> None:
        self._where = text_label("", "small", "text_muted")
        self._before = icon_button("left", tr("Page before"), lambda: self.go_to(self._page - 1))
        self._after = icon_button("right", tr("Next page"), lambda: self.go_to(self._page + 1))
        self._smaller = icon_button("less", tr("Smaller"), lambda: self._step(-1))
        self._bigger = icon_button("add", tr("Bigger"), lambda: self._step(1))
        self._fit = icon_button("document", tr("Whole page"), lambda: self.set_zoom(0.0))
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self._before)
        bar.addWidget(self._where)
        bar.addWidget(self._after)
        bar.addStretch(1)
        for tool in (self._smaller, self._bigger, self._fit):
            bar.addWidget(tool)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._area, 1)
        layout.addLayout(bar)

    def show_pdf(self, data: bytes) -> None:
        """Show another document, at its first page."""
        import pypdfium2

        document = pypdfium2.PdfDocument(data)
        self._sizes = [document[page].get_size() for page in range(len(document))]
        document.close()
        self._data = data
        self._page = 0
        self._later.start()
        self._tell()

    def page_count(self) -> int:
        return len(self._sizes)

    def current_page(self) -> int:
        return self._page

    def go_to(self, page: int) -> None:
        """Show page `page`, counted from 0; past the ends nothing happens."""
        if 0 <= page < self.page_count():
            self._page = page
            self._draw()
            self._tell()
            self._area.verticalScrollBar().setValue(0)
            self.page_changed.emit(page)

    def set_zoom(self, zoom: float) -> None:
        self._zoom = zoom
        self._draw()

    def _step(self, way: int) -> None:
        now = self._scale() / self._unit()
        steps = [zoom for zoom in ZOOMS if (zoom > now + 0.01 if way > 0 else zoom < now - 0.01)]
        if steps:
            self.set_zoom(steps[0] if way > 0 else steps[-1])

    def _unit(self) -> float:
        """Pixels for a point at zoom 1."""
        return self.logicalDpiY() / 72

    def _scale(self) -> float:
        if self._zoom or not self._sizes:
            return (self._zoom or 1.0) * self._unit()
        width, height = self._sizes[self._page]
        room = self._area.viewport().size()
        return float(max(0.1, min((room.width() - 8) / width, (room.height() - 8) / height)))

    def _tell(self) -> None:
        count = self.page_count()
        text = tr("Page {n} of {total}").format(n=self._page + 1, total=count) if count else tr("No pages")
        self._where.setText(text)
        self._area.setAccessibleName(text)
        self._before.setEnabled(self._page > 0)
        self._after.setEnabled(self._page + 1 < count)

    def _draw(self) -> None:
        if not self._sizes:
            return
        ratio = self.devicePixelRatioF()
        image = render_page(self._data, self._page, self._scale() * ratio)
        pixmap = QPixmap.fromImage(toned(image))
        pixmap.setDevicePixelRatio(ratio)
        self.paper.setPixmap(pixmap)
        self.paper.resize(self.paper.sizeHint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()), 0)
        if step and self.page_count() > 1:
            self.go_to(self._page + step)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._zoom:
            self._later.start()


def render_page(data: bytes, page: int, scale: float) -> QImage:
    """Return the picture of a page, `scale` pixels to the point; the document is open only while drawn."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    bitmap = document[page].render(scale=scale)
    form = QImage.Format.Format_BGR888 if bitmap.n_channels == 3 else QImage.Format.Format_RGB32
    image = QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, form).copy()
    document.close()
    return image


def toned(image: QImage) -> QImage:
    """Return the picture of a page as the theme shows paper

    As it is in light, paper `text` and ink `bg` in dark.
    """
    if style.current_theme() is not style.Theme.DARK:
        return image
    paper, ink = style.token("text"), style.token("bg")
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(
        QImage.Format.Format_Indexed8
    )
    table = []
    for color in grey.colorTable():
        share = QColor(color).lightnessF()
        red = round(ink.red() + (paper.red() - ink.red()) * share)
        green = round(ink.green() + (paper.green() - ink.green()) * share)
        blue = round(ink.blue() + (paper.blue() - ink.blue()) * share)
        table.append(QColor(red, green, blue).rgb())
    grey.setColorTable(table)
    return grey.convertToFormat(QImage.Format.Format_RGB32)
