"""What the cards of a concern are made of: rows with a tag, entries with what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.plugins.safeguarding.rules import split_words
from therapydesk.plugins.safeguarding.service import ConcernView, EntryView
from therapydesk.plugins.safeguarding.ui.raise_cards import first_name
from therapydesk.plugins.safeguarding.ui.words import happened, signed
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.links import LinkLabel

TAG_CHARS, TAG_MOST = 14, 24
TAG_BOX = "tag-box"
Call = Callable[[], object]


def called(view: ConcernView) -> str:
    """How the person is called: the first name of somebody we know; else what was written, which may be no name."""
    return first_name(view.name) if view.person_id is not None else view.name


def tag(word: str) -> QLabel:
    """A small framed word: what kind of fact stands beside it."""
    made = QLabel(word)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("part", "tag")
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def named_link(text: str, slot: Call, name: str, spoken: str = "") -> LinkLabel:
    """A link that a page can find again by `name` after it was read afresh; `spoken` says what it belongs to."""
    made = LinkLabel(text, slot)
    made.setObjectName(name)
    if spoken:
        made.setAccessibleName(spoken)
    return made


def fact_row(
    word: str, text: str, note: str = "", *, struck: bool = False, link: QWidget | None = None
) -> QWidget:
    """A tag, the text beside it, and under that in small who says so; at the right what can be done with it."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(8, 4, 8, 4)
    row.setSpacing(12)
    left = QWidget()
    left.setObjectName(TAG_BOX)
    left.setMinimumWidth(style.chars(TAG_CHARS))
    inside = QHBoxLayout(left)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.addWidget(tag(word))
    inside.addStretch(1)
    row.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
    texts = QVBoxLayout()
    texts.setSpacing(0)
    said = text_label(text, "", "text_muted" if struck else "", wrap=True)
    if struck:
        font = said.font()
        font.setStrikeOut(True)
        said.setFont(font)
        said.setAccessibleName(tr("Does not hold: {text}").format(text=text))
    texts.addWidget(said)
    if note:
        texts.addWidget(text_label(note, "small", "text_muted", wrap=True))
    row.addLayout(texts, 1)
    if link is not None:
        row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
    return holder


def inset(widget: QWidget) -> QWidget:
    """The widget where the texts of a card begin."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(8, 0, 8, 0)
    row.addWidget(widget)
    row.addStretch(1)
    return holder


def put(card: Card, *rows: QWidget) -> None:
    """Put rows into a card, however many they are."""
    for row in rows:
        card.body.addWidget(row)
        row.show()


def line_up(card: Card) -> None:
    """Let the texts of all rows of a card begin on one line, as far as their tags are not very long."""
    boxes = card.findChildren(QWidget, TAG_BOX)
    widths = [box.sizeHint().width() for box in boxes]
    widest = max((w for w in widths if w <= style.chars(TAG_MOST)), default=0)
    for box in boxes:
        box.setMinimumWidth(max(widest, style.chars(TAG_CHARS)))


def empty(card: Card, sentence: str) -> None:
    """Say in a card that there is nothing yet."""
    label = text_label(sentence, "", "text_muted", wrap=True)
    label.setContentsMargins(8, 0, 8, 0)
    put(card, label)


def is_gone(view: ConcernView, entry: EntryView) -> bool:
    """Whether somebody said later that this entry does not hold."""
    return any(e.kind == "withdrawn" and e.about_id == entry.id for e in view.entries)


def of_kind(view: ConcernView, *kinds: str) -> list[EntryView]:
    """All entries of these kinds, also those that do not hold: they are shown struck through."""
    return [e for e in view.entries if e.kind in kinds]


def said_rows(entry: EntryView, link: QWidget) -> list[QWidget]:
    """What was handed over, in its order: somebody's own words apart from what the writer tells. The link is in the last."""
    said = tr("Said to {name}").format(name=first_name(entry.author))
    written = tr("Written")
    pieces = split_words(entry.text)
    rows = [fact_row(said if piece.spoken else written, piece.text) for piece in pieces]
    where = str(entry.detail.get("where", ""))
    place = " · ".join(part for part in (happened(entry), where) if part)
    rows.append(fact_row(tr("When, where"), place, link=None if entry.done else link))
    if entry.done:
        rows.append(fact_row(tr("Done"), entry.done, link=link))
    return rows


def beside_rows(view: ConcernView, entry: EntryView) -> list[QWidget]:
    """Corrections, additions, answers: dated and signed beside what they are about."""
    words = {
        "correction": tr("Correction"),
        "addition": tr("Added"),
        "withdrawn": tr("Does not hold"),
        "answer": tr("Answer"),
    }
    return [
        fact_row(words.get(each.kind, tr("Added")), _with_reason(each), signed(each))
        for each in view.about(entry.id)
    ]


def _with_reason(entry: EntryView) -> str:
    reason = str(entry.detail.get("reason", "") or entry.detail.get("reference", ""))
    return f"{entry.text} ({reason})" if reason else entry.text


class Painful(QWidget):
    """What is painful to read: it says so, and is shown when one asks for it."""

    def __init__(self, warning: str, rows: Sequence[QWidget], key: UUID, opened: set[UUID]) -> None:
        super().__init__()
        self._rows = QWidget()
        inside = QVBoxLayout(self._rows)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for row in rows:
            inside.addWidget(row)
        self._key, self._opened = key, opened
        sentence = tr("This part is about: {what}").format(what=warning)
        line = QHBoxLayout()
        line.setContentsMargins(8, 4, 8, 4)
        line.addWidget(text_label(sentence, "", "text_muted", wrap=True), 1)
        self._link = named_link(
            tr("Show"), self.show_rows, f"show-{key}", tr("Show: {what}").format(what=warning)
        )
        line.addWidget(self._link)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._rows)
        self._rows.setVisible(key in opened)
        self._link.setVisible(key not in opened)

    def show_rows(self) -> None:
        """Show what is under the warning; it stays open as long as the page does."""
        self._opened.add(self._key)
        self._rows.show()
        self._link.hide()
