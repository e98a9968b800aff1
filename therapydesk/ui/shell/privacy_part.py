"""What a part of the Privacy page is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import button
from therapydesk.ui.kit.page import BasePage


class Part(QWidget):
    """A part of the Privacy page: adds to `self.body`, lists the tables it shows in `watches`, reads in `refresh()`.

    Errors and what was done go to the page: `self.page.guard()`, `self.page.done(…)`. `new_record` and `filter_list` are
    what Ctrl+N and Ctrl+F do while it is shown. While it is shown its sentence stands under the page's title (`tell`), and
    its button at the place of every page's primary one (`add_head_button`).
    """

    told = Signal(str)  # the sentence is another one

    watches: tuple[str, ...] = ()
    new_record: Callable[[], object] | None = None
    filter_list: Callable[[], object] | None = None

    def __init__(self, page: BasePage) -> None:
        super().__init__()
        self.page = page
        self.sentence = ""
        self.head_button: QPushButton | None = None
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(style.sp(3))

    @property
    def desk(self) -> Desk:
        """The desk of the page."""
        return self.page.desk

    def tell(self, sentence: str) -> None:
        """Say how the part stands, under the page's title."""
        self.sentence = sentence
        self.told.emit(sentence)

    def add_head_button(
        self, text: str, slot: Callable[[], object], icon: str = "", kind: str = "primary"
    ) -> None:
        """Put a button into the page's head; it is there while the part is shown."""
        self.head_button = button(text, slot, icon, kind)

    def refresh(self) -> None:
        """Read and show again."""
