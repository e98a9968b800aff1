"""Cards of a group: what its kind is like and needs, and what is to be looked at where it meets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from therapydesk.api import ntr
from therapydesk.plugins.groups import kinds
from therapydesk.plugins.groups.kinds import Kind
from therapydesk.plugins.groups.ui.so_far import due_words
from therapydesk.plugins.groups.venue_checks import CheckView
from therapydesk.ui.kit.cards import Card, CardRow


def show_kind(card: Card, kind: Kind | None) -> None:
    """Show what a kind is like; the card hides from those who may not know it."""
    card.clear_rows()
    for line in kinds.about(kind) if kind is not None else ():
        card.add_text(line)
    card.setVisible(kind is not None)


def show_checks(
    card: Card, found: Sequence[CheckView], on_done: Callable[[CheckView], object] | None
) -> None:
    """Show what is to be looked at; Enter on one says that it was. A card with nothing to say hides."""
    card.clear_rows()
    for each in found:
        again = ntr("each month", "every {n} months", each.every_months) if each.every_months else ""
        due = due_words(each.due_on)
        act = partial(on_done, each) if on_done is not None else None
        card.add_row(CardRow(each.what, ", ".join(part for part in (due, again) if part), on_open=act))
    card.setVisible(bool(found))
