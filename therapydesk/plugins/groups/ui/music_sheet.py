"""The words of a song on screen, with the chords over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from therapydesk.api import tr
from therapydesk.plugins.groups.music_song import Line, Section, Song, clusters
from therapydesk.ui.kit import style

GAP = 0.7  # of a line, between sections


@dataclass(frozen=True)
class _Row:
    """Words from the left edge, chords at their places; `label` is the name of a section."""

    words: str
    chords: tuple[tuple[float, str], ...] = ()
    label: bool = False


class ChordSheet(QWidget):
    """Shows a song; lines that are too long go on in the next row, between words."""

    def __init__(self) -> None:
        super().__init__()
        self._song = Song()
        self._rows: list[_Row | None] = []  # None is the gap between sections
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_song(self, song: Song) -> None:
        """Show this one."""
        self._song = song
        self.setAccessibleName(tr("Words"))
        self.setAccessibleDescription("\n".join(line.words for line in song.lines() if line.kind == "words"))
        self._lay_out(self.width())
        self.updateGeometry()
        self.update()

    def _lay_out(self, width: int) -> None:
        body, strong = QFontMetricsF(style.body_font()), QFontMetricsF(style.semibold())
        self._rows = []
        chorus: tuple[Line, ...] = ()
        for section in self._song.sections:
            if section.kind == "chorus" and section.lines:
                chorus = section.lines
            if self._rows:
                self._rows.append(None)
            label = section.label or {"chorus": tr("Chorus"), "bridge": tr("Bridge")}.get(section.kind, "")
            if label:
                self._rows.append(_Row(label, label=True))
            for line in chorus if section.again else section.lines:
                self._rows += _laid(line, section, width, body, strong)

    def _height(self) -> int:
        line = style.line_height()
        gaps = sum(row is None for row in self._rows)
        chords = sum(row is not None and bool(row.chords) for row in self._rows)
        return round(line * (len(self._rows) - gaps + chords + gaps * GAP)) + 4

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        self._lay_out(width)
        return self._height()

    def sizeHint(self) -> QSize:
        return QSize(style.chars(60), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(style.chars(20), style.line_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out(self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        body, strong = style.body_font(), style.semibold()
        line, ascent, top = style.line_height(), QFontMetricsF(body).ascent(), 0.0
        for row in self._rows:
            if top > event.rect().bottom():
                break
            if row is None:
                top += line * GAP
                continue
            painter.setFont(strong)
            if row.chords:
                painter.setPen(style.token("accent"))
                for at, name in row.chords:
                    painter.drawText(QPointF(at, top + ascent), name)
                top += line
            painter.setPen(style.token("text_muted" if row.label else "text"))
            painter.setFont(strong if row.label else body)
            painter.drawText(QPointF(0, top + ascent), row.words)
            top += line
        painter.end()


def _laid(
    line: Line, section: Section, width: int, body: QFontMetricsF, strong: QFontMetricsF
) -> Iterator[_Row]:
    if line.kind == "kept":
        return
    if line.kind != "words" or section.kind in ("tab", "grid"):
        yield _Row(body.elidedText(line.words, Qt.TextElideMode.ElideRight, width))
        return
    space = body.horizontalAdvance(" ")
    words, chords = "", list[tuple[float, str]]()
    for cluster in clusters(line):
        text = "".join(each for _, each in cluster)
        if words and body.horizontalAdvance(words + text.rstrip()) > width:
            yield _Row(words.rstrip(), tuple(chords))
            words, chords = "", []
        for name, each in cluster:
            if name:
                while chords and body.horizontalAdvance(words) < (
                    chords[-1][0] + strong.horizontalAdvance(chords[-1][1]) + space
                ):
                    words += " "
                chords.append((body.horizontalAdvance(words), name))
            words += each
    yield _Row(words.rstrip(), tuple(chords))
