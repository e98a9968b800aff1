"""What the command palette finds: people and what modules find, things to do, pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from therapydesk.api import (
    Command,
    Hit,
    Link,
    Page,
    hooks,
    may,
    normal_name,
    search,
    tr,
)
from therapydesk.ui.shell.command_palette import MOST, Entry
from therapydesk.ui.shell.privacy_window import PrivacyWindow

if TYPE_CHECKING:
    from therapydesk.ui.shell.desk_view import DeskView


def find_entries(view: DeskView, text: str) -> list[Entry]:
    """The best entries for a text: people first, then what can be done, then pages; at most nine. What keeps people from
    being read is told on the page.
    """
    doing = [_command(view, c) for c in view.commands if _fits(c.title, text)]
    pages = [_page(view, p) for p in [*view.pages, *_outside(view)] if _fits(p.title, text)]
    people: list[Entry] = []
    if text and view.page is not None:
        view.desk.vault.count_search()
        with view.page.guard(), view.desk.vault.read() as db:
            hits = search(db, text, 6)
            answers = view.desk.plugins.ask(hooks.search, db=db, text=text, limit=3)
            people = [_hit(view, h) for h in [*hits, *answers.values][:6]]
    room = MOST - min(len(people), 6)
    return [*people, *doing[: max(2, room // 2)], *pages][:MOST]


def _outside(view: DeskView) -> list[Page]:
    """Pages that stand in no sidebar, for those who may see them."""
    if not view.sees_privacy:
        return []
    return [Page("privacy", tr("Privacy"), "", "subject_access.read", PrivacyWindow, icon="lock")]


def _fits(title: str, text: str) -> bool:
    return normal_name(text) in normal_name(title)


def _hit(view: DeskView, hit: Hit) -> Entry:
    return Entry(hit.title, hit.subtitle, hit.icon, tr("People"), _opener(view, hit.link))


def _page(view: DeskView, page: Page) -> Entry:
    return Entry(
        page.title,
        "",
        page.icon,
        tr("Go to"),
        _opener(view, Link(page.id)),
        page.shortcut,
    )


def _command(view: DeskView, command: Command) -> Entry:
    def run() -> None:
        if command.run is not None:
            command.run(view.desk)

    return Entry(command.title, "", command.icon or "right", tr("Do"), run, command.shortcut)


def _opener(view: DeskView, link: Link) -> Callable[[], None]:
    return lambda: view.open(link)


def offered_commands(view: DeskView) -> list[Command]:
    """The commands of the modules that this user may run in the window."""
    found = view.desk.plugins.collect(hooks.commands)
    return [c for c in found if c.run is not None and may(view.desk.user, c.permission)]
