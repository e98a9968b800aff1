"""The lifts of a group, in a card: whose car has whom, and who has no lift yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from therapydesk.api import ntr, tr
from therapydesk.plugins.groups.lifts import Lifts
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.ui.kit.cards import Card, CardRow


def show_lifts(card: Card, found: Lifts, on_match: Callable[[MemberView], object] | None) -> None:
    """Show them; a card with nothing to say hides. Enter on somebody without a lift calls `on_match`."""
    card.clear_rows()
    for member in found.waiting:
        act = partial(on_match, member) if on_match is not None else None
        card.add_row(CardRow(member.name, tr("needs a lift"), on_open=act, two_line=False))
    for car in found.cars:
        names = ", ".join(rider.name for rider in car.riders)
        seats = ntr("one seat free", "{n} seats free", car.free) if car.free else tr("full")
        words = tr("{driver} takes {names}; {seats}") if names else tr("{driver}: {seats}")
        card.add_text(words.format(driver=car.driver.name, names=names, seats=seats))
    if found.fetched:
        names = ", ".join(member.name for member in found.fetched)
        card.add_text(tr("By transport: {names}").format(names=names))
    card.setVisible(bool(found.waiting or found.cars or found.fetched))
