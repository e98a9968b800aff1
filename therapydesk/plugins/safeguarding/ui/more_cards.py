"""The further cards of a concern: talks with other bodies, plans, body map, files, who and what belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget

from therapydesk.api import show_day, tr
from therapydesk.plugins.safeguarding.service import ConcernView, EntryView, LinkView, how_words, role_words
from therapydesk.plugins.safeguarding.ui.body_map import BodyMap
from therapydesk.plugins.safeguarding.ui.body_map_dialog import shown_marks
from therapydesk.plugins.safeguarding.ui.parts import (
    beside_rows,
    empty,
    fact_row,
    is_gone,
    named_link,
    of_kind,
    put,
)
from therapydesk.plugins.safeguarding.ui.words import happened, signed
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.labels import button

SOURCES = {"appointment": "diary.diary", "note": "notes.notes"}  # the pages that show a record of this kind
Call = Callable[[], object]
OfEntry = Callable[[EntryView], object]


def _card(title: str, view: ConcernView, add: str, slot: Call, name: str) -> Card:
    card = Card(title)
    if view.state != "closed":
        card.put_at_end(named_link(add, slot, name))
    return card


def talks_card(view: ConcernView, add: Call, answer: OfEntry) -> Card:
    """Talks with other bodies: who, when, what was asked, what was answered."""
    card = _card(tr("Talks with other bodies"), view, tr("Add talk"), add, "add-talk")
    entries = of_kind(view, "liaison")
    if not entries:
        empty(card, tr("Nobody outside was asked yet."))
    ways = how_words()
    for entry in entries:
        detail = entry.detail
        who = ", ".join(str(detail.get(key, "")) for key in ("agency", "who") if detail.get(key))
        names = "" if detail.get("names_given", True) else tr("without names")
        reference = detail.get("reference", "")
        parts = [who, ways.get(str(detail.get("how", "")), ""), happened(entry), names]
        parts += [tr("strategy discussion")] if detail.get("strategy") else []
        parts += [tr("reference {r}").format(r=reference)] if reference else []
        note = " · ".join([*(part for part in parts if part), signed(entry)])
        waits = not entry.done and not any(e.kind == "answer" for e in view.about(entry.id))
        link = None
        if waits and view.state != "closed":
            spoken = tr("Record the answer of {body}").format(body=who)
            link = named_link(tr("Record answer"), partial(answer, entry), f"answer-{entry.id}", spoken)
        put(card, fact_row(tr("Asked"), entry.text, note, struck=is_gone(view, entry), link=link))
        if entry.done:
            put(card, fact_row(tr("Answered"), entry.done))
        put(card, *beside_rows(view, entry))
    return card


def plans_card(view: ConcernView, add: Call, add_own: Call) -> Card:
    """The safeguarding plan and the person's own safety plan, the newest of each first."""
    card = _card(tr("Plans"), view, tr("Safeguarding plan"), add, "add-plan")
    if view.state != "closed":
        card.put_at_end(named_link(tr("Safety plan"), add_own, "add-safety-plan"))
    entries = list(reversed(of_kind(view, "plan", "safety_plan")))
    if not entries:
        empty(card, tr("No plan yet. A safety plan is made with the person."))
    for entry in entries:
        put(card, *_plan_rows(view, entry), *beside_rows(view, entry))
    return card


def _plan_rows(view: ConcernView, entry: EntryView) -> list[Any]:
    detail, struck = entry.detail, is_gone(view, entry)
    again = detail.get("review_on", "")
    words = (
        tr("looked at again on {day}").format(day=show_day(date.fromisoformat(str(again)))) if again else ""
    )
    with_ = tr("made with {who}").format(who=detail["made_with"]) if detail.get("made_with") else ""
    note = " · ".join(part for part in (with_, words, signed(entry)) if part)
    if entry.kind == "plan":
        steps = "\n".join(f"{n}. {step}" for n, step in enumerate(detail.get("steps", ()), 1))
        return [fact_row(tr("Plan"), f"{entry.text}\n{steps}", note, struck=struck)]
    agreed = {"yes": tr("agrees"), "partly": tr("agrees in part"), "no": tr("does not agree")}
    lists = (
        (tr("First signs"), "early_signs"),
        (tr("What helps"), "helps"),
        (tr("To be told"), "tell"),
        (tr("Not to be told"), "not_tell"),
    )
    said = tr("{name} {agrees}").format(name=view.name, agrees=agreed.get(str(detail.get("agreed")), ""))
    rows = [fact_row(tr("Safety plan"), entry.impact or said, note, struck=struck)]
    if entry.impact:
        rows.append(fact_row(tr("Agreement"), said))
    rows += [fact_row(word, "\n".join(detail[key])) for word, key in lists if detail.get(key)]
    return rows


def body_card(view: ConcernView, add: Call, beside: OfEntry) -> Card:
    """Marks on a body, each described in the list below."""
    card = _card(tr("Body map"), view, tr("Place marks"), add, "add-marks")
    entries = [e for e in of_kind(view, "mark") if not is_gone(view, e)]
    gone = [e for e in of_kind(view, "mark") if is_gone(view, e)]
    if not entries and not gone:
        empty(card, tr("No marks."))
        return card
    shown = BodyMap(editable=False)
    shown.setFixedHeight(style.line_height() * 14)
    marks = shown_marks(entries)
    shown.show_marks(marks)
    put(card, shown)
    for number, (entry, mark) in enumerate(zip(entries, marks, strict=True), 1):
        link = named_link(
            tr("Correct or add"),
            partial(beside, entry),
            f"beside-{entry.id}",
            tr("Correct or add to mark {n}").format(n=number),
        )
        note = " · ".join((mark.where, happened(entry), signed(entry)))
        put(card, fact_row(tr("Mark {n}").format(n=number), entry.text, note, link=link))
        put(card, *beside_rows(view, entry))
    for entry in gone:
        put(card, fact_row(tr("Mark"), entry.text, signed(entry), struck=True), *beside_rows(view, entry))
    return card


def files_card(view: ConcernView, add: Call, keep_copy: OfEntry) -> Card:
    """Files that belong to it."""
    card = _card(tr("Files"), view, tr("Attach a file"), add, "add-file")
    entries = of_kind(view, "attachment")
    if not entries:
        empty(card, tr("No files."))
    for entry in entries:
        title = str(entry.detail.get("title", entry.text))
        link = named_link(
            tr("Save a copy"),
            partial(keep_copy, entry),
            f"copy-{entry.id}",
            tr("Save a copy of {title}").format(title=title),
        )
        text = title if entry.text == title else f"{title}\n{entry.text}"
        note = " · ".join(part for part in (entry.warning, signed(entry)) if part)
        put(card, fact_row(tr("File"), text, note, struck=is_gone(view, entry), link=link))
        put(card, *beside_rows(view, entry))
    return card


def links_card(
    view: ConcernView,
    name_person: Call,
    link_concern: Call,
    open_concern: Callable[[UUID], object],
    open_source: Call,
) -> Card:
    """Other people in it, concerns that belong to it, and the record it was raised from."""
    card = _card(tr("Belongs together"), view, tr("Name a person"), name_person, "add-person")
    if view.state != "closed":
        card.put_at_end(named_link(tr("Link a concern"), link_concern, "add-concern"))
    roles = role_words()
    if view.source is not None:
        words = {"appointment": tr("a session"), "note": tr("a note"), "group": tr("a group")}
        opened = named_link(tr("Open"), open_source, "open-source", tr("Open where it was raised from"))
        text = words.get(view.source.kind, tr("another record"))
        put(card, fact_row(tr("Raised from"), text, link=opened if view.source.kind in SOURCES else None))
    if not view.links:
        empty(card, tr("Nobody else, and no other concern."))
    for link in view.links:
        if link.concern_id is None:
            put(card, fact_row(tr("Person"), link.name, roles.get(link.role, link.role)))
        else:
            put(card, _concern_row(link, open_concern))
    return card


def _concern_row(link: LinkView, open_concern: Callable[[UUID], object]) -> Any:
    text = tr("Concern {n}").format(n=link.name)
    target = link.concern_id
    opened = named_link(
        tr("Open"),
        lambda: open_concern(target) if target is not None else None,
        f"open-{link.id}",
        tr("Open concern {n}").format(n=link.name),
    )
    return fact_row(tr("Concern"), text, link=opened)


def going_on_card(
    view: ConcernView, pass_on: Call, close: Call, reopen: Call, verify: Call, tell: Call
) -> Card:
    """What may become of it: another lead, its end, opening again; what others are told; whether the record is whole."""
    card = Card(tr("How it goes on"))
    holder, inside = QWidget(), QWidget()
    around = QHBoxLayout(holder)
    around.setContentsMargins(8, 0, 8, 0)
    around.addWidget(inside)
    row = FlowLayout(inside, spacing=8)
    if view.state == "closed":
        row.addWidget(_button(tr("Open again"), reopen, "reopen"))
    else:
        row.addWidget(_button(tr("Hand over to another lead"), pass_on, "pass-on"))
        row.addWidget(_button(tr("Close this concern"), close, "close-concern"))
    if view.person_id is not None:
        row.addWidget(_button(tr("Tell others something"), tell, "tell"))
    row.addWidget(_button(tr("Check the record"), verify, "verify"))
    put(card, holder)
    return card


def _button(text: str, slot: Call, name: str) -> Any:
    made = button(text, slot)
    made.setObjectName(name)
    return made
