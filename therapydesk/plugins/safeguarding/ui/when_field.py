"""When and where: a day, a time and a place on one line, with what was understood under it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import (
    UserError,
    local_now,
    parse_day,
    parse_time,
    relative,
    show_day,
    show_time,
    today,
    tr,
)
from therapydesk.plugins.safeguarding.service import When
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import icon
from therapydesk.ui.kit.labels import IconMark, text_label

DAY_CHARS, TIME_CHARS = 18, 11
NARROW = 58  # average letters
QWIDGETSIZE_MAX = 16777215


class _Line(QLineEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


def _line(name: str, icon_name: str) -> _Line:
    made = _Line()
    made.setAccessibleName(name)
    made.setPlaceholderText(name)
    shown = made.addAction(icon(icon_name), QLineEdit.ActionPosition.LeadingPosition)
    shown.setText(name)
    shown.triggered.connect(made.selectAll)
    return made


class WhenField(QWidget):
    """`when()` is what was understood; a time may begin with "about". Without `place` there is no field for where."""

    edited = Signal()
    left = Signal()

    def __init__(self, *, place: bool = True) -> None:
        super().__init__()
        self.day, self.time = _line(tr("Day"), "diary"), _line(tr("Time, if known"), "clock")
        self.time.setPlaceholderText(tr("Time"))
        self.place = _line(tr("Where"), "place")
        self._note = text_label("", "small", "text_muted", wrap=True)
        self._mark = IconMark("danger", "danger", small=True)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(8)
        for each in (self.day, self.time, self.place):
            self._line.addWidget(each, int(each is self.place))
            each.textChanged.connect(lambda _text: self.edited.emit())
            each.left.connect(self._on_left)
        note = QHBoxLayout()
        note.setSpacing(6)
        note.addWidget(self._mark)
        note.addWidget(self._note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._line)
        column.addLayout(note)
        self.place.setVisible(place)  # only now: without a parent it would be a window of its own
        self._fit()
        style.signals.theme_changed.connect(self._fit)
        self.setFocusProxy(self.day)
        self.set_now()

    def _fit(self) -> None:
        """On one line, or where letters have too little room one below the other."""
        narrow = self.width() < style.chars(NARROW)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._line.setDirection(down if narrow else across)
        for field, chars in ((self.day, DAY_CHARS), (self.time, TIME_CHARS)):
            field.setMinimumWidth(style.chars(chars) + 46)
            field.setMaximumWidth(QWIDGETSIZE_MAX if narrow else style.chars(chars) + 46)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_now(self) -> None:
        """Today, at this time."""
        here = local_now()
        self.show_when(When(here.date(), show_time(here.time())))

    def show_when(self, when: When, place: str = "") -> None:
        """Fill the fields."""
        self.day.setText(show_day(when.on))
        self.time.setText(when.time if when.exact else tr("about {time}").format(time=when.time).strip())
        self.place.setText(place)
        self._say("")

    def texts(self) -> tuple[str, str, str]:
        """Day, time and place as they were typed."""
        return self.day.text(), self.time.text(), self.place.text().strip()

    def set_texts(self, day: str, time: str, place: str) -> None:
        """Fill the fields with what was typed before."""
        for field, text in zip((self.day, self.time, self.place), (day, time, place), strict=True):
            field.setText(text)

    def when(self) -> When:
        """What was understood. Raises UserError for a day or time that is none."""
        day = parse_day(self.day.text(), future=False) if self.day.text().strip() else today()
        text, about = _bare(self.time.text())
        return When(day, show_time(parse_time(text)) if text else "", not about)

    def check(self) -> str:
        """Show what was understood; what is wrong, if anything is."""
        try:
            found = self.when()
        except UserError as error:
            self._say(str(error), wrong=True)
            return str(error)
        self._say(tr("{day}, {when}").format(day=show_day(found.on), when=relative(found.on, today())))
        return ""

    def _on_left(self) -> None:
        self.check()
        self.left.emit()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))
        self._mark.setVisible(wrong)
        style.set_tone(self._note, "danger" if wrong else "text_muted")
        for each in (self.day, self.time):
            style.set_property(each, "error", wrong)
            each.setAccessibleDescription(text)


_ABOUT = {"about", "around", "ca", "ca.", "circa", "~"}


def _bare(text: str) -> tuple[str, bool]:
    """The text without an "about" before it, and whether there was one."""
    words = text.split()
    about = bool(words) and words[0].casefold() in {*_ABOUT, tr("about {time}").split()[0].casefold()}
    return " ".join(words[1:] if about else words), about


def understand_when(text: str) -> When:
    """When something happened, as it is typed: "today 15:50", "about 6 April". Raises UserError for what is no day."""
    bare, about = _bare(text.replace(",", " "))
    words = bare.split()
    time = ""
    if len(words) > 1 and (":" in words[-1] or words[-1].lower().endswith(("am", "pm"))):
        time, words = show_time(parse_time(words[-1])), words[:-1]
    return When(parse_day(" ".join(words), future=False), time, not about)
