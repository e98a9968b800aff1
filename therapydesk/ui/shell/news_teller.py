"""Sentences that must be known, one at a time in a message bar, the gravest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from therapydesk.ui.kit.messages import RANKS, MessageBar


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
