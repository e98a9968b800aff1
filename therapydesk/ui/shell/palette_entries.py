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
    normal_name,
    search,
    tr,
)
from therapydesk.ui.shell.command_palette import MOST, Entry
from therapydesk.ui.shell.privacy_window import PrivacyWindow

if TYPE_CHECKING:
    from therapydesk.ui.shell.desk_view import DeskView

PERSON = "person"
LEAST = 3  # people, and things to do or pages, that are always shown


def find_entries(view: DeskView, text: str) -> list[Entry]:
    """The best entries for a text: people, then what can be done (also with the first of them), then pages and records; at
    most nine. A page whose name begins with the text stands before records; where nobody is called that, before what can be
    done, too. What keeps people from being read is told on the page.
    """
    doing = [_command(view, c) for c in view.commands if _fits(c.title, text)]
    pages = [_page(view, p) for p in [*view.pages, *_outside(view)] if _fits(p.title, text)]
    hits = _hits(view, text) if text else []
    people = [hit for hit in hits if hit.link.page == PERSON]
    others = sorted((hit for hit in hits if hit.link.page != PERSON), key=lambda hit: -hit.score)
    records = [_record(view, hit) for hit in others]
    with_first = _with_person(view, people[0]) if people else []
    kept = min(LEAST, len(doing) + len(pages))  # what is typed may be the name of one of these
    records = records[: 1 if kept else 2]
    room = max(LEAST, MOST - kept - len(with_first) - len(records))
    shown = [Entry(h.title, h.subtitle, h.icon, tr("People"), _opener(view, h.link)) for h in people[:room]]
    room = MOST - len(shown) - len(with_first) - len(records)
    named = [page for page in pages if text and normal_name(page.title).startswith(normal_name(text))]
    places = [*named, *records, *(page for page in pages if page not in named)]
    doing = doing[: max(2, room // 2)]
    if named and not shown:
        return [*places[: MOST - len(doing)], *doing]
    return [*shown, *with_first, *doing, *places][:MOST]


def _hits(view: DeskView, text: str) -> list[Hit]:
    """People, then what modules find."""
    found: list[Hit] = []
    if view.page is not None:
        view.desk.vault.count_search()
        with view.page.guard(), view.desk.vault.read() as db:
            people = search(db, text, 6)
            answers = view.desk.plugins.ask(hooks.search, db=db, text=text, limit=3)
            found = [*people, *answers.values]
    return found


def _with_person(view: DeskView, hit: Hit) -> list[Entry]:
    """What is done most with a person: write a note, book a session."""
    offered = (
        ("notes.write", tr("Write note for {name}"), "notes", Link("notes.notes", hit.link.ref, ("new",))),
        (
            "appointments.book",
            tr("Book session with {name}"),
            "diary",
            Link("diary.diary", hit.link.ref, ("new",)),
        ),
    )
    there = {page.id for page in view.pages}
    return [
        Entry(words.format(name=hit.title), "", icon, tr("Do"), _opener(view, link))
        for permission, words, icon, link in offered
        if link.page in there and view.desk.vault.allows(permission)
    ]


def _record(view: DeskView, hit: Hit) -> Entry:
    """A record of a module; at the right stands the page it is on."""
    page = next((page.title for page in view.pages if page.id == hit.link.page), "")
    return Entry(hit.title, hit.subtitle, hit.icon, tr("Go to"), _opener(view, hit.link), page)


def _outside(view: DeskView) -> list[Page]:
    """Pages that stand in no sidebar, for those who may see them."""
    if not view.sees_privacy:
        return []
    return [Page("privacy", tr("Privacy"), "", "subject_access.read", PrivacyWindow, icon="lock")]


def _fits(title: str, text: str) -> bool:
    return normal_name(text) in normal_name(title)


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
    return [c for c in view.desk.plugins.offered(hooks.commands, view.desk.vault) if c.run is not None]
