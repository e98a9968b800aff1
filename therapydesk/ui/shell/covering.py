"""Pages that lie over the one in view, and go back to the very place: a record stays open, the focus returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QStackedWidget, QWidget
from shiboken6 import isValid

from therapydesk.api import Link, Page, UserError, tr
from therapydesk.ui.kit.form_drafts import keep_all
from therapydesk.ui.kit.over_page import OverPage
from therapydesk.ui.kit.page import BasePage

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk


@dataclass(frozen=True)
class _Cover:
    page: OverPage
    page_id: str
    beneath: BasePage
    focus: QWidget | None
    dialog: QDialog | None = None  # what was open over the page beneath


class Covering:
    """At most one page over another in the stack of pages."""

    def __init__(self, desk: Desk, stack: QStackedWidget) -> None:
        self._desk, self._stack = desk, stack
        self._cover: _Cover | None = None
        self._aside: tuple[QDialog, QWidget | None] | None = None

    @property
    def page(self) -> OverPage | None:
        """What lies over a page now."""
        return self._cover.page if self._cover is not None else None

    @property
    def beneath(self) -> BasePage | None:
        """What it lies over."""
        return self._cover.beneath if self._cover is not None else None

    def open(self, offered: Page, link: Link, beneath: BasePage) -> None:
        """Lay this page over the one in view. A link that says nothing is about whom that page is about.

        The page that lies there already stays, with what is typed in it. Raises UserError when it cannot be built.
        """
        if self._cover is not None and self._cover.page_id == offered.id:
            self._cover.page.focus_first()
            return
        self.uncover()
        made = self._desk.plugins.build(offered, self._desk)
        if not isinstance(made, OverPage):
            raise UserError(
                tr("“{page}” could not be opened.").format(page=offered.title), tr("See Settings, Modules.")
            )
        dialog, focus = self._aside or (None, QApplication.focusWidget())
        self._aside = None
        if link.ref is None and not link.args:
            subject = getattr(dialog, "subject", beneath.subject)()
            link = replace(link, ref=subject.person_id, args=subject.source)
        inside = focus if focus is not None and (dialog or beneath).isAncestorOf(focus) else None
        self._cover = _Cover(made, offered.id, beneath, inside, dialog)
        made.set_back(beneath.title() or beneath.accessibleName(), made.leave)
        made.left.connect(self.close)
        self._stack.addWidget(made)
        self._stack.setCurrentWidget(made)
        opener = getattr(made, "open_ref", None)
        if opener is not None:
            with made.guard():
                opener(link)
        QTimer.singleShot(0, made.focus_first)

    def close(self, said: str = "") -> None:
        """Go back to the page beneath, to where the focus was, and say there what was done."""
        cover, self._cover = self._cover, None
        if cover is None:
            return
        self._stack.setCurrentWidget(cover.beneath)
        self._drop(cover.page)
        if cover.dialog is not None and isValid(cover.dialog):
            cover.dialog.show()
        if cover.focus is not None and isValid(cover.focus) and cover.focus.isVisible():
            cover.focus.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            cover.beneath.focus_first()
        if said:
            cover.beneath.done(said)

    def put_aside(self, dialog: QDialog) -> None:
        """A dialog makes room for what is asked for over it, with everything in it."""
        self._aside = (dialog, dialog.focusWidget())
        dialog.hide()

    def bring_back(self) -> None:
        """Nothing was laid over the page: the dialog goes on."""
        aside, self._aside = self._aside, None
        if aside is not None and isValid(aside[0]):
            aside[0].show()

    def uncover(self) -> None:
        """Another page is opened: what is typed is kept, and the page beneath is the one in view again.

        A dialog that was put aside goes; what was typed in it comes back when it is opened again.
        """
        cover, self._cover = self._cover, None
        if cover is None:
            return
        if cover.dialog is not None and isValid(cover.dialog):
            keep_all()
            cover.dialog.deleteLater()
        with cover.beneath.guard():
            cover.page.save_now()
        self._stack.setCurrentWidget(cover.beneath)
        self._drop(cover.page)

    def _drop(self, page: OverPage) -> None:
        page.hide()
        self._stack.removeWidget(page)
        page.deleteLater()
