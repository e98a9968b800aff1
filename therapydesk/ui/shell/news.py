"""What must be known after unlocking: one sentence at a time in the message bar, the gravest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from therapydesk.api import ntr, show_day, tr, zone_title
from therapydesk.ui.kit.messages import RANKS, MessageBar

if TYPE_CHECKING:
    from therapydesk.core.plugins import Plugins
    from therapydesk.core.vault.check import Finding
    from therapydesk.core.vault.outbox import Waiting
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.kit.desk import Desk

OpenSettings = Callable[[str], object]


@dataclass(frozen=True)
class News:
    """A sentence, and the button that leads to what can be done about it. `rank`: warn or danger."""

    rank: str
    text: str
    link: str = ""
    slot: Callable[[], object] | None = None


class NewsTeller(QObject):
    """Shows what it is told in one message bar, each until it is dealt with. Danger does not wait for its turn."""

    def __init__(self, bar: MessageBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._left: list[News] = []
        self._shown: News | None = None
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._next)
        bar.closed.connect(self._turn.start)

    def tell(self, news: Iterable[News]) -> None:
        """Add to what waits, and show the first when the bar is free."""
        self._left = _gravest_first([*self._left, *news])
        self._next()

    def _next(self) -> None:
        if self._shown is not None and self._bar.text() != self._shown.text:
            self._shown = None
        if not self._left:
            return
        first = self._left[0]
        if self._bar.rank and (first.rank != "danger" or self._bar.rank == "danger"):
            return
        waits = [self._shown] if self._shown is not None else []
        self._left = _gravest_first([*waits, *self._left[1:]])
        self._shown = first
        self._bar.show_message(first.rank, first.text, first.link, first.slot)


def _gravest_first(news: list[News]) -> list[News]:
    return sorted(news, key=lambda each: RANKS.index(each.rank), reverse=True)


def tell_news(desk: Desk, bar: MessageBar, open_settings: OpenSettings) -> None:
    """Say in this bar what must be known. The short check of the files goes on behind it, after the settling that was
    started before; then it is known, too, what could not be taken in.
    """
    teller = NewsTeller(bar)
    vault, plugins = desk.vault, desk.plugins
    teller.tell(news_at_unlock(vault, open_settings))

    def checked(findings: list[Finding]) -> None:
        teller.tell([*news_of_damage(findings), *news_of_waiting(vault.waiting, plugins, open_settings)])

    desk.jobs.start(lambda job: vault.quick_check(lambda: job.cancelled), checked)


def news_at_unlock(vault: Vault, open_settings: OpenSettings) -> list[News]:
    """A log that does not fit, a key that somebody who left still knows, a kit that was used or is missing."""
    news = []
    if vault.log_findings:
        sentence = tr("The activity log does not fit together any more. Nothing is lost; tell the owner.")
        news.append(News("danger", sentence))
    for use in (u for u in vault.kit_uses() if u.name != vault.user.name):
        text = tr("{name} came in with a recovery kit on {day}. If it was not {name}, tell the owner.")
        news.append(News("warn", text.format(name=use.name, day=show_day(use.at.date()))))
    if vault.needs_kit and not vault.demo:
        text = tr("You have no recovery kit. If you forget your passphrase, nobody can let you in again.")
        news.append(News("warn", text, tr("Make a recovery kit"), lambda: open_settings("you")))
    for zone in sorted(vault.zones_to_change() & vault.zones):
        text = tr("Somebody who left still knows the key to {part}.").format(part=zone_title(zone))
        news.append(News("warn", text, tr("See who works here"), lambda: open_settings("users")))
    return news


def news_of_waiting(waiting: list[Waiting], plugins: Plugins, open_settings: OpenSettings) -> list[News]:
    """What could not be carried over to where it belongs, by the module that should take it in."""
    news = []
    for taker, n in sorted(Counter(each.taker for each in waiting).items()):
        entry = plugins.loaded.get(taker)
        name = entry.info.title if entry is not None else tr("a module that is not here")
        text = ntr(
            "{n} message for {module} could not be taken in. It is kept, and tried again at each unlock.",
            "{n} messages for {module} could not be taken in. They are kept, and tried again at each unlock.",
            n,
        )
        see = (tr("See modules"), lambda: open_settings("modules"))
        news.append(News("warn", text.format(n=n, module=name), *see))
    return news


def news_of_damage(findings: list[Finding]) -> list[News]:
    """What the short check of the files found."""
    return [News("danger", finding.message) for finding in findings]
