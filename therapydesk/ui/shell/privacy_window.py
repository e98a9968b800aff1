"""Privacy: one page with a part for each thing that people may ask of what is kept about them.

A part (privacy_part.Part) is a file of its own and one line in `privacy_parts`. What belongs to one record is opened as a
page of its own, by `Link("privacy", id, (part,))` and one line in `record_pages`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from therapydesk.api import Link, may, tr
from therapydesk.core.vault.session import Actor
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.group_list import GroupList
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.shell.privacy_due import RetentionPart
from therapydesk.ui.shell.privacy_erasure import ErasurePart
from therapydesk.ui.shell.privacy_holds import HoldsPart
from therapydesk.ui.shell.privacy_part import Part
from therapydesk.ui.shell.privacy_request import RequestPage
from therapydesk.ui.shell.privacy_requests import RequestsPart
from therapydesk.ui.shell.privacy_review import ReviewPage

PRIVACY = "privacy"


@dataclass(frozen=True)
class Offered:
    """A part of the page: `build(page)` makes it. Who lacks the permission does not see it."""

    id: str
    title: str
    permission: str
    build: Callable[[BasePage], Part]


def privacy_parts() -> list[Offered]:
    """The parts, in the order in which they are listed."""
    return [
        Offered("requests", tr("Requests for data"), "subject_access.read", RequestsPart),
        Offered("erasure", tr("Erasure"), "privacy.see_erasures", ErasurePart),
        Offered("retention", tr("Retention"), "privacy.see_retention", RetentionPart),
        Offered("holds", tr("Legal holds"), "privacy.see_retention", HoldsPart),
    ]


def record_pages() -> Mapping[str, Callable[..., BasePage]]:
    """By the first word of a link: the page of one record, made of the desk, its id and the words that follow."""
    return {"requests": RequestPage, "review": ReviewPage}


def may_see_privacy(user: Actor) -> bool:
    """Whether the page has a part for this user."""
    return any(may(user, part.permission) for part in privacy_parts())


def privacy_page(desk: Desk, link: Link) -> BasePage:
    """The page that a link ("privacy", id of a record or None, (part, …)) means."""
    part = link.args[0] if link.args else ""
    if link.ref is not None and part in record_pages():
        return record_pages()[part](desk, link.ref, *link.args[1:])
    return PrivacyWindow(desk, part)


class PrivacyWindow(BasePage):
    """A page, though it is reached from the Tools menu. Its parts stand at the left."""

    help_name = "privacy"

    def __init__(self, desk: Desk, part: str = "") -> None:
        super().__init__(desk, tr("Privacy"))
        self.groups = GroupList(tr("Parts of Privacy"))
        self.stack = QStackedWidget()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.groups)
        row.addWidget(self.stack, 1)
        self.body.addLayout(row, 1)
        self.offered = [each for each in privacy_parts() if may(desk.user, each.permission)]
        self.parts = [each.build(self) for each in self.offered]
        for each, widget in zip(self.offered, self.parts, strict=True):
            self.groups.add_group(each.title)
            self.stack.addWidget(widget)
            self._take_in_head(widget)
        self.watches = tuple({table for widget in self.parts for table in widget.watches})
        self.groups.currentRowChanged.connect(self._turn)
        ids = [each.id for each in self.offered]
        self.groups.setCurrentRow(ids.index(part) if part in ids else 0)

    def _take_in_head(self, part: Part) -> None:
        part.told.connect(lambda sentence: self.set_summary(sentence) if part is self.part else None)
        if part.head_button is not None:
            self.add_head_widget(part.head_button)
            part.head_button.hide()

    def _turn(self, row: int) -> None:
        self.stack.setCurrentIndex(row)
        for part in self.parts:
            if part.head_button is not None:
                part.head_button.setVisible(part is self.part)
        self.set_summary(self.part.sentence if self.part is not None else "")
        self.mark_stale()

    @property
    def part(self) -> Part | None:
        """The part that is shown; None for somebody who may see none."""
        row = self.stack.currentIndex()
        return self.parts[row] if row >= 0 else None

    def refresh(self) -> None:
        """Read the part that is shown; the others when they are."""
        if self.part is not None:
            self.part.refresh()

    def focus_first(self) -> None:
        if self.part is not None:
            self.part.setFocus()

    def new_record(self) -> None:
        """Ctrl+N makes what the shown part makes."""
        self._call("new_record")

    def filter_list(self) -> None:
        """Ctrl+F goes to the filter of the shown part."""
        self._call("filter_list")

    def _call(self, name: str) -> None:
        call = getattr(self.part, name, None)
        if call is not None:
            call()
