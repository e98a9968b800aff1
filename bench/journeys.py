"""What people do, step by step in the real window, by keys where they type. Each step is named as it is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from bench.painted import has_keyboard, wait, wait_until
from therapydesk.api import Link, PeopleQuery, list_people
from therapydesk.ui.shell.desk_view import DeskView

LONGEST = 300.0  # seconds a job may take
Step = Callable[[str], None]  # told when a step has ended; "" for what only leads to it
SETTLE_MS = 600
KEY_MS = 160  # long enough that what waits for a pause in typing happens after each key
NOTE = "We found a tempo together and sang two verses. Next week the guitar."
DIARY = "fri 7pm carys 45"


def open_pages(view: DeskView, step: Step) -> None:
    """Every page of the sidebar, from the top."""
    for page in view.pages:
        view.open(Link(page.id))
        wait(SETTLE_MS)
        step(page.title)


def open_person(view: DeskView, step: Step) -> None:
    """A person with sessions, notes and invoices, and each of the tabs."""
    with view.desk.vault.read() as db:
        person = list_people(db, PeopleQuery("carys"))[0]
    view.open(Link("person", person.id))
    wait(SETTLE_MS)
    step("the person")
    page: Any = view.page
    for n in range(1, page.tabs.count()):
        page.tabs.setCurrentIndex(n)
        wait(SETTLE_MS)
        step(page.tabs.tabText(n))


def open_concern(view: DeskView, step: Step) -> None:
    """The list of concerns, the first of them, and the form that raises one."""
    page = _open(view, Link("safeguarding.safeguarding"))
    step("concerns")
    first = page.table.current_row()
    view.open(Link("safeguarding.safeguarding", first.id, ("open",)))
    wait(SETTLE_MS)
    step("a concern")
    view.open(Link("safeguarding.raise"))
    wait(SETTLE_MS)
    step("raise")
    view.go_back()
    wait(SETTLE_MS)


def open_groups(view: DeskView, step: Step) -> None:
    """The list of groups, the first of them, and the register of its next session."""
    page = _open(view, Link("groups.groups"))
    step("groups")
    row = page.table.current_row()
    view.open(Link("groups.groups", row.id))
    wait(SETTLE_MS)
    step("a group")


def type_session(view: DeskView, step: Step) -> None:
    """A session into the diary's line."""
    page = _open(view, Link("diary.diary"))
    page.line.start()
    wait(SETTLE_MS)
    step("")
    _type(view, DIARY)
    step("keys")
    QTest.keyClick(_focused(view), Qt.Key.Key_Escape)
    wait(SETTLE_MS)


def type_note(view: DeskView, step: Step) -> None:
    """A note on the last session without one."""
    page = _open(view, Link("notes.notes", args=("new",)))
    step("")
    _type(view, NOTE)
    step("keys")
    page.save_now()
    wait(SETTLE_MS)


def type_filter(view: DeskView, step: Step) -> None:
    """A name into the filter over the People list, and out again."""
    page = _open(view, Link("caseload.people"))
    page.filter_list()
    wait(SETTLE_MS)
    step("")
    _type(view, "bronwen ll")
    for _ in range(10):
        QTest.keyClick(_focused(view), Qt.Key.Key_Backspace)
        wait(KEY_MS)
    step("keys")


def type_palette(view: DeskView, step: Step) -> None:
    """A name into the palette."""
    view.palette_.open()
    wait(SETTLE_MS)
    step("")
    _type(view, "bronwen ll")
    step("keys")
    view.palette_.close_palette()
    wait(SETTLE_MS)


def plan_import(view: DeskView, path: Path, step: Step) -> None:
    """A file up to its plan."""
    view.open_import([path])
    page: Any = view.page
    wait_until(lambda: page.source is not None, LONGEST)
    wait(SETTLE_MS)
    step("read")
    for _ in range(2):  # what it is, columns
        if page.plan is None:
            page.go_on()
            wait(SETTLE_MS)
    wait_until(lambda: page.plan is not None, LONGEST)
    wait(SETTLE_MS)
    step("plan")


def issue_invoices(view: DeskView, count: int, step: Step) -> None:
    """Invoices from their drafts, printed in the background."""
    page = _open(view, Link("invoicing.invoices", args=("drafts",)))
    step("open")
    _tick(page.drafts.model, count)
    wait(SETTLE_MS)
    step("tick")
    page.issuing.issue()
    wait(SETTLE_MS)
    view.desk.jobs.wait_idle(60_000)
    wait(SETTLE_MS)
    step("issue")


def _tick(model: Any, count: int) -> None:
    """Tick the first payers that can be, and nobody else."""
    model.toggle_all()
    if model.ticked_payers():
        model.toggle_all()
    able = [n for n, p in enumerate(model.payers) if p.ready and not (p.blocked or p.ask)]
    for row in able[:count]:
        model.toggle(model.index(row, 0))
        wait(50)
    assert len(model.ticked_payers()) == count


def _open(view: DeskView, link: Link) -> Any:
    view.open(link)
    wait(SETTLE_MS)
    return view.page


def _focused(view: DeskView) -> QWidget:
    wait_until(lambda: has_keyboard(view.window()))
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def _type(view: DeskView, text: str) -> None:
    for letter in text:
        QTest.keyClicks(_focused(view), letter)
        wait(KEY_MS)
