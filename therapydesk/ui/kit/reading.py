"""A page of the manual in the program's own type: two weights, our sizes, and nothing wider than the window."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextBlockFormat, QTextCursor, QTextFragment, QTextLength, QTextTable
from PySide6.QtWidgets import QTextEdit

from therapydesk.ui.kit import style

TOP = {1: 0, 2: 16}  # space over a heading by its level; deeper ones have 12
INDENT = 20
LEADING = 112  # per cent of the face's own line: 1.4 times the size of the letters


def show_markdown(area: QTextEdit, text: str) -> None:
    """Show Markdown with headings, lists, links and words to type as the rest of the program looks."""
    area.setMarkdown(text)
    document = area.document()
    document.setDocumentMargin(12)
    document.setIndentWidth(INDENT)
    block = document.begin()
    while block.isValid():
        _shape(QTextCursor(block), block)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _shape_table(frame)
    area.moveCursor(QTextCursor.MoveOperation.Start)


def _shape(cursor: QTextCursor, block: QTextBlock) -> None:
    """One paragraph: its spaces, then the letters of each part of it."""
    level = block.blockFormat().headingLevel()
    form = QTextBlockFormat()
    if level:
        form.setTopMargin(TOP.get(level, 12))
        form.setBottomMargin(4)
    elif block.textList() is not None:
        form.setBottomMargin(4)
    else:
        form.setBottomMargin(8)
        form.setLeftMargin(0)
    form.setNonBreakableLines(False)
    form.setLineHeight(LEADING, int(QTextBlockFormat.LineHeightTypes.ProportionalHeight.value))
    cursor.mergeBlockFormat(form)
    for part in _parts(block):
        letters = part.charFormat()
        strong = letters.fontWeight() > style.body_font().weight() or letters.fontFixedPitch()
        font = style.title_font() if level == 1 else style.section_font() if level == 2 else style.body_font()
        if strong or level > 2:
            font = style.semibold() if level not in (1, 2) else font
        cursor.setPosition(part.position())
        cursor.setPosition(part.position() + part.length(), QTextCursor.MoveMode.KeepAnchor)
        letters.setFont(font)
        letters.setFontFixedPitch(False)
        letters.clearProperty(int(letters.Property.FontSizeAdjustment.value))
        cursor.setCharFormat(letters)


def _parts(block: QTextBlock) -> list[QTextFragment]:
    """The pieces of a paragraph that look alike, as they are before any is changed."""
    found, place = [], block.begin()
    while not place.atEnd():
        found.append(place.fragment())
        place += 1
    return found


def _shape_table(table: QTextTable) -> None:
    """As wide as the page, without lines, and with room between its columns."""
    form = table.format()
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    form.setBorder(0)
    form.setCellPadding(4)
    form.setCellSpacing(0)
    table.setFormat(form)
