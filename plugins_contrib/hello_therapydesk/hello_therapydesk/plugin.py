"""The smallest module: a card on Today that says hello."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapydesk.api import Card, PluginInfo, hookimpl, tr

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk

INFO = PluginInfo("hello", "Hello", "A card on Today that says hello")


def _open_card(desk: Desk) -> Any:
    from therapydesk.ui.kit import cards  # Qt is imported when the card is opened, never at start

    card = cards.Card(tr("Hello"))
    card.add_text(tr("Hello, {name}.").format(name=desk.user.name))
    return card


@hookimpl
def dashboard_cards() -> list[Card]:
    return [Card("hello.card", tr("Hello"), "dashboard.read", _open_card, order=90, column=1)]
