"""Words and shapes for what a concern's codes mean on screen."""

from __future__ import annotations

from datetime import UTC, datetime

from therapydesk.api import now, ntr, relative, show_day, show_instant, show_time, to_local, today, tr
from therapydesk.plugins.safeguarding.rules import Urgency
from therapydesk.plugins.safeguarding.service import ActionView, ConcernRow, EntryView
from therapydesk.ui.kit.icons import State

HOUR = 3600


def instant(at: datetime, *, short: bool = True) -> str:
    """A moment (UTC) as "Wed 6 May, 15:59"."""
    local = to_local(at)
    return f"{show_day(local.date(), short=short)}, {show_time(local.time())}"


def how_long(due: datetime) -> str:
    """How far away a moment is: "in 22 hours", "3 hours ago", else in days. No seconds, and nothing that ticks."""
    seconds = (due.astimezone(UTC) - now()).total_seconds()
    hours = int(abs(seconds) // HOUR)
    if hours >= 48:
        return relative(to_local(due).date(), today())
    if hours == 0:
        return tr("in less than an hour") if seconds > 0 else tr("less than an hour ago")
    if seconds > 0:
        return ntr("in one hour", "in {n} hours", hours).format(n=hours)
    return ntr("one hour ago", "{n} hours ago", hours).format(n=hours)


def due_state(row: ConcernRow) -> State:
    """The decision of a concern in a list, as word and shape; the shape says how urgent it is."""
    if row.urgency is None:
        return State(tr("Decided") if row.state == "decided" else tr("Closed"), "tick", "ok")
    text = tr("{when}, {away}").format(when=instant(row.due_at), away=how_long(row.due_at))
    return State(text, *_mark(row.urgency))


def _mark(urgency: Urgency) -> tuple[str, str]:
    return {"late": ("square", "danger"), "soon": ("diamond", "warn"), "ok": ("ring", "text_muted")}[urgency]


def concern_state(state: str) -> State:
    """How far a concern has got, for leads."""
    found = {
        "new": State(tr("New"), "half", "warn"),
        "read": State(tr("Read"), "half", "warn"),
        "decided": State(tr("Decided"), "full", "ok"),
        "closed": State(tr("Closed"), "dash", "text_muted"),
    }
    return found.get(state, State(state))


def handover_state(state: str) -> State:
    """How far what one raised has got, for whoever raised it."""
    found = {
        "sent": State(tr("Sent"), "ring", "text_muted"),
        "received": State(tr("Read by the lead"), "half", "warn"),
        "decided": State(tr("Decided"), "full", "ok"),
        "closed": State(tr("Closed"), "tick", "ok"),
    }
    return found.get(state, State(state))


def action_state(row: ActionView) -> State:
    """How far an action has got."""
    if row.state == "done":
        return State(tr("Done"), "tick", "ok")
    if row.state == "dropped":
        return State(tr("Not done after all"), "dash", "text_muted")
    if row.urgency == "late":
        return State(tr("Late"), "square", "danger")
    return State(tr("To do"), "half", "warn")


def happened(entry: EntryView) -> str:
    """When something happened, as it is known: "about Mon 6 Apr, 15:50"."""
    day = show_day(entry.happened_on, short=True)
    text = f"{day}, {entry.happened_time}" if entry.happened_time else day
    return text if entry.exact else tr("about {when}").format(when=text)


def signed(entry: EntryView) -> str:
    """Who wrote an entry, and when."""
    return tr("{author}, {when}").format(author=entry.author, when=show_instant(entry.at))


def unsure(text: str, *, confirmed: bool) -> str:
    """A fact of the law, with a word when nobody has confirmed it."""
    return text if confirmed else tr("{text} (not confirmed)").format(text=text)
