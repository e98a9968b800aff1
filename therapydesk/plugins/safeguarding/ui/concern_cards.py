"""The cards of a concern that are read first: what the person wants, the clock, what was seen and said, who knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import ntr, show_day, to_local, tr
from therapydesk.plugins.safeguarding.rules import split_words
from therapydesk.plugins.safeguarding.service import ConcernView, EntryView, LeadView, pack
from therapydesk.plugins.safeguarding.ui.parts import (
    Painful,
    beside_rows,
    called,
    empty,
    fact_row,
    inset,
    is_gone,
    line_up,
    named_link,
    of_kind,
    put,
    said_rows,
)
from therapydesk.plugins.safeguarding.ui.raise_cards import first_name
from therapydesk.plugins.safeguarding.ui.words import happened, how_long, instant, signed, unsure
from therapydesk.ui.kit.cards import Card, OwnWords
from therapydesk.ui.kit.labels import IconMark, text_label

Call = Callable[[], object]
OfEntry = Callable[[EntryView], object]
FEW = 20  # entries that are shown at once
BASES = ("said", "seen", "told", "view")


def _frame(name: str) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setProperty("part", "card")
    frame.setAccessibleName(name)
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(4)
    return frame, column


def wants_card(view: ConcernView, me: UUID, ask: Call) -> QWidget:
    """What the person wants, first and large: their own words with the bar, and who asked."""
    label = tr("What {name} wants").format(name=called(view))
    frame, column = _frame(label)
    entry = view.wants
    if entry is None:
        column.addWidget(text_label(label, "small", "text_muted"))
        column.addWidget(text_label(tr("Nobody has asked yet."), "section", wrap=True))
        column.addWidget(named_link(tr("Record what they want"), ask, "ask"))
        return frame
    spoken, rest = _spoken(entry), _told(entry)
    before = [e for e in view.of_kind("raised", "wants", "talk") if _spoken(e)]
    if not spoken and before:  # what they said themselves stays first; what was told since stands under it
        since = tr("Said {when}. Since then: {text}").format(when=happened(before[-1]), text=rest)
        column.addWidget(
            OwnWords(_spoken(before[-1]), label, f"{since} {_asked(view, entry, me)}", large=True)
        )
        return frame
    if not spoken:  # told by somebody else: not their own words, so without the bar
        column.addWidget(text_label(label, "small", "text_muted"))
        column.addWidget(text_label(rest, "section", wrap=True))
        column.addWidget(text_label(_asked(view, entry, me), "", "text_muted", wrap=True))
        return frame
    note = " ".join(part for part in (rest, _asked(view, entry, me)) if part)
    column.addWidget(OwnWords(spoken, label, note, large=True))
    return frame


def _spoken(entry: EntryView) -> str:
    """What somebody said they want, in their own words."""
    return " ".join(piece.text for piece in split_words(entry.impact) if piece.spoken)


def _told(entry: EntryView) -> str:
    """What others told of what they want."""
    return " ".join(piece.text for piece in split_words(entry.impact) if not piece.spoken)


def _asked(view: ConcernView, entry: EntryView, me: UUID) -> str:
    who = tr("you") if entry.by == me else first_name(entry.author)
    times = len([e for e in view.of_kind("raised", "wants", "talk") if e.impact])
    text = tr("Asked by {who}, {when}.").format(who=who, when=happened(entry))
    if times < 2:
        return text
    return tr("{text} Asked {n} times so far.").format(text=text, n=times)


def due_card(view: ConcernView, hours: int) -> QWidget:
    """When the decision is due: day and hour first, how far away beside. It warns under four hours and when it is late."""
    if view.state == "closed" and view.closed_at is not None:
        return _moment_card(tr("Closed"), instant(view.closed_at, short=False), tr("It can be opened again."))
    if view.urgency is None and view.decided_at is not None:
        return _moment_card(tr("Decided"), instant(view.decided_at, short=False), _last_decision(view))
    target = ntr("our own target is one hour", "our own target is {n} hours", hours).format(n=hours)
    away = how_long(view.due_at)
    if view.danger == "now":
        note = tr("{away} · somebody may be in danger now").format(away=away)
    else:
        note = tr("{away} · {target}").format(away=away, target=target)
    mark = {"soon": "warn", "late": "danger"}.get(view.urgency or "", "")
    words = {"soon": tr("Soon: {note}"), "late": tr("Late: {note}")}.get(view.urgency or "", "{note}")
    due = instant(view.due_at, short=False)
    return _moment_card(tr("Decision due"), due, words.format(note=note), mark)


def _last_decision(view: ConcernView) -> str:
    decisions = view.of_kind("decision")
    return decisions[-1].text if decisions else ""


def _moment_card(label: str, moment: str, note: str, mark: str = "") -> QWidget:
    frame, column = _frame(", ".join((label, moment, note)))
    column.addWidget(text_label(label, "small", "text_muted"))
    column.addWidget(text_label(moment, "section", wrap=True))
    row = QHBoxLayout()
    row.setSpacing(6)
    if mark:
        row.addWidget(IconMark("clock", mark, small=True))
    row.addWidget(text_label(note, "strong" if mark else "", mark or "text_muted", wrap=True), 1)
    column.addLayout(row)
    column.addStretch(1)
    return frame


def facts_card(
    view: ConcernView, opened: set[UUID], beside: OfEntry, show_all: Call | None, open_person: Call
) -> QWidget:
    """What was seen and said: what was handed over as it was sent, then what was added.

    Of many entries the newest are shown, and `show_all` asks for the rest; without it all are.
    """
    card = Card(tr("What was seen and said"))
    card.put_at_end(
        text_label(tr("Sealed as sent, {when}").format(when=instant(view.raised_at)), "", "text_muted")
    )
    who = ", ".join(part for part in (view.full_name, born(view), view.details) if part)
    link = (
        named_link(tr("Open their page"), open_person, "open-person") if view.person_id is not None else None
    )
    put(card, fact_row(tr("Who"), who, link=link))
    for entry in of_kind(view, "raised"):
        rows = [*said_rows(entry, _beside_link(entry, beside)), *beside_rows(view, entry)]
        put(card, *_covered(entry, rows, opened))
    later = of_kind(view, "note", "talk", "wants")
    hidden = len(later) - FEW if show_all is not None and len(later) > FEW else 0
    if hidden and show_all is not None:
        text = ntr("Show one earlier entry", "Show {n} earlier entries", hidden).format(n=hidden)
        put(card, inset(named_link(text, show_all, "show-all")))
    for entry in later[hidden:]:
        put(card, *_covered(entry, _later(view, entry, beside), opened))
    line_up(card)
    return card


def _covered(entry: EntryView, rows: list[QWidget], opened: set[UUID]) -> list[QWidget]:
    return [Painful(entry.warning, rows, entry.id, opened)] if entry.warning else rows


def _beside_link(entry: EntryView, beside: OfEntry) -> QWidget:
    spoken = tr("Correct or add to entry {n}").format(n=entry.seq)
    return named_link(tr("Correct or add"), lambda: beside(entry), f"beside-{entry.id}", spoken)


def basis_words() -> dict[str, str]:
    """What an entry rests on: code and word."""
    return {
        "said": tr("Said"),
        "seen": tr("Seen"),
        "told": tr("Told by others"),
        "view": tr("View"),
    }


def _later(view: ConcernView, entry: EntryView, beside: OfEntry) -> list[QWidget]:
    kinds = {"talk": tr("Talk"), "wants": tr("Wants"), "note": tr("Note")}
    word = basis_words().get(str(entry.detail.get("basis", "")), kinds.get(entry.kind, entry.kind))
    note = " · ".join(part for part in (happened(entry), entry.says, signed(entry)) if part)
    text = entry.text
    if entry.impact and entry.kind != "wants":
        text = f"{text}\n{entry.impact}"
    elif entry.impact:
        text = entry.impact if entry.impact == entry.text else f"{entry.text}\n{entry.impact}"
    if entry.done:
        text = tr("{text}\nDone: {done}").format(text=text, done=entry.done)
    link = _beside_link(entry, beside)
    row = fact_row(word, text, note, struck=is_gone(view, entry), link=link)
    return [row, *beside_rows(view, entry)]


def decisions_card(view: ConcernView, beside: OfEntry) -> QWidget | None:
    """What was decided, why, and by whom; also how it was closed, handed over, opened again. None while there is nothing."""
    words = {
        "decision": tr("Decided"),
        "handed_over": tr("Handed over"),
        "closed": tr("Closed"),
        "reopened": tr("Opened again"),
    }
    entries = of_kind(view, *words)
    if not entries:
        return None
    card = Card(tr("Decisions"))
    found = pack(view.nation)
    for entry in entries:
        text = f"{entry.text}\n{entry.done}" if entry.done else entry.text
        note = signed(entry)
        if entry.kind == "decision" and entry.detail.get("unconfirmed"):
            note = tr("{note} · times of {nation} that are not confirmed: check the local procedure").format(
                note=note, nation=found.title
            )
        put(card, fact_row(words[entry.kind], text, note, link=_beside_link(entry, beside)))
        put(card, *beside_rows(view, entry))
    line_up(card)
    return card


def knows_card(view: ConcernView, leads: Sequence[LeadView], me: UUID, add: Call) -> QWidget:
    """Who knows, and what each was told."""
    card = Card(tr("Who knows"))
    card.set_link(tr("Add"), add)
    rows = [(tr("You") if view.raised_by == me else view.raiser, tr("raised it"))]
    rows += [
        (
            tr("You") if lead.id == me else lead.name,
            tr("can read it") if lead.holds_key else tr("has no key yet"),
        )
        for lead in leads
    ]
    rows += [(each.name, each.what) for each in view.knows]
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(8, 0, 8, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    for place, (name, what) in enumerate(rows):
        grid.addWidget(text_label(name, wrap=True), place, 0)
        grid.addWidget(text_label(what, "", "text_muted", wrap=True), place, 1)
    grid.setColumnStretch(1, 1)
    put(card, holder)
    return card


def council_card(view: ConcernView) -> QWidget | None:
    """Until when the council has for what: for information, apart from what is ours to do. None where there is nothing."""
    if not view.council:
        return None
    card = Card(tr("The council’s own times"))
    note = tr(
        "For information: these are not your dates. They are counted from the day that is recorded here."
    )
    rows = [
        unsure(t.text.format(when=show_day(to_local(t.until).date())), confirmed=t.confirmed)
        for t in view.council
    ]
    sources = ["", *(t.source for t in view.council)]
    for text, source in zip([note, *rows], sources, strict=True):
        label = text_label(text, "", "" if source else "text_muted", wrap=True)
        label.setToolTip(source)
        label.setContentsMargins(8, 2, 8, 2)
        put(card, label)
    return card


def law_card(view: ConcernView) -> QWidget:
    """What the law of this nation says on the pathway; what nobody has confirmed is marked."""
    found = pack(view.nation)
    card = Card(tr("What the law says, {nation}").format(nation=found.title))
    if not found.confirmed:
        label = text_label(
            tr("Nobody has confirmed this page for {nation} yet.").format(nation=found.title),
            "strong",
            "warn",
            wrap=True,
        )
        label.setContentsMargins(8, 0, 8, 4)
        put(card, label)
    if not view.pathway:
        empty(card, tr("Choose adult or child first."))
        return card
    for fact in found.pathway(view.pathway).laws:
        label = text_label(
            unsure(fact.text, confirmed=fact.confirmed or not found.confirmed), "", "text_muted", wrap=True
        )
        label.setToolTip(fact.source)
        label.setContentsMargins(8, 2, 8, 2)
        put(card, label)
    return card


def born(view: ConcernView) -> str:
    """When the person was born, in words; empty when it is not known."""
    return tr("born {day}").format(day=show_day(view.born_on)) if view.born_on is not None else ""
