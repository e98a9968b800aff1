"""Short forms that add to a concern's record. Nothing that was recorded is changed: what is said later stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from therapydesk.api import local_now, tr
from therapydesk.plugins.safeguarding.service import (
    ConcernView,
    EntryView,
    Liaison,
    Record,
    Weighed,
    Wishes,
    coded_choices,
    how_words,
    pack,
)
from therapydesk.plugins.safeguarding.ui.actions_pane import by_words
from therapydesk.plugins.safeguarding.ui.concern_cards import basis_words
from therapydesk.plugins.safeguarding.ui.parts import called
from therapydesk.plugins.safeguarding.ui.when_field import understand_when
from therapydesk.plugins.safeguarding.ui.words import happened, unsure
from therapydesk.ui.kit.forms import Form, FormDialog
from therapydesk.ui.kit.labels import text_label

Save = Callable[..., object]


def codes(name: str) -> list[tuple[str, str]]:
    """A list that all nations share, as choices."""
    return [(code.id, code.title) for code in coded_choices(name)]


def add_when(form: Form, label: str) -> None:
    """A field for when, filled with now; "about" before it where one is not sure."""
    hint = tr("Like: today 15:50, tue, about 3 May. Leave the time out if you do not know it.")
    form.add_text("when", label, hint, required=True, check=understand_when)
    form.set_values({"when": by_words(local_now())})


def record_dialog(parent: QWidget, view: ConcernView, save: Save, kind: str = "note") -> FormDialog:
    """Add to the record: something that happened, a talk with the person, what they want now."""
    name = called(view)

    def on_save(values: dict[str, Any]) -> None:
        wants = values.get("wants", "")
        text = values["text"] if values["text"] else wants
        save(
            Record(
                text,
                values["kind"],
                values["when"],
                "" if values["kind"] == "wants" else values.get("basis", ""),
                values.get("says", ""),
                wants=wants,
                done=values["done"],
                warning=values.get("warning", ""),
            )
        )

    dialog = FormDialog(parent, tr("Add to record"), tr("Add to record"), on_save)
    form = dialog.form
    kinds = [
        ("note", tr("Something that happened")),
        ("talk", tr("Talk with {name}").format(name=name)),
        ("wants", tr("What {name} wants now").format(name=name)),
    ]
    choice = form.add_choice("kind", tr("What it is"), kinds)
    form.add_choice("basis", tr("What it rests on"), list(basis_words().items()))
    form.add_text("says", tr("Who says so"), tr("Leave it empty if you saw it yourself."))
    form.add_text(
        "text", tr("What happened"), tr("Facts first; spoken words in quotation marks."), True, required=True
    )
    wants_hint = tr("Their own words in quotation marks.")
    form.add_text("wants", tr("What {name} wants").format(name=name), wants_hint, True)
    form.add_text("done", tr("What was done"))
    form.add_text(
        "warning", tr("What is painful in it"), tr("Then it is covered until somebody asks for it.")
    )
    add_when(form, tr("When it happened"))

    def show(at: int) -> None:
        kind = kinds[at][0]
        form.set_row_visible("basis", kind != "wants")
        form.set_row_visible("says", kind == "note")
        form.set_row_visible("warning", kind != "wants")
        form.set_row_visible("wants", kind != "note")

    choice.currentIndexChanged.connect(show)
    choice.setCurrentIndex([k for k, _word in kinds].index(kind))
    show(choice.currentIndex())
    dialog.open()
    return dialog


def beside_dialog(parent: QWidget, entry: EntryView, save: Save) -> FormDialog:
    """Correct, add to, or take back an entry: `save(way, text, reason)`. The entry itself stays as it is."""

    def on_save(values: dict[str, Any]) -> None:
        save(values["way"], values["text"], values.get("reason", ""))

    dialog = FormDialog(parent, tr("Correct or add"), tr("Put beside"), on_save, entry.id)
    form = dialog.form
    words = tr("Entry {n}, {when}: {text}").format(n=entry.seq, when=happened(entry), text=_start(entry.text))
    form.add_widget(text_label(words, "", "text_muted", wrap=True))
    ways = [("addition", tr("Add something")), ("correction", tr("Correct it"))]
    if entry.kind != "raised":
        ways.append(("withdrawn", tr("It does not hold")))
    choice = form.add_choice("way", tr("What to do"), ways)
    form.add_text("text", tr("Text"), tr("It stands beside, dated and signed."), True, required=True)
    form.add_text("reason", tr("Why it was wrong"), required=True)
    form.set_row_visible("reason", False)
    choice.currentIndexChanged.connect(lambda at: form.set_row_visible("reason", ways[at][0] == "correction"))
    dialog.open()
    return dialog


def _start(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200].rsplit(' ', 1)[0]} …"


def wishes_dialog(parent: QWidget, view: ConcernView, save: Save) -> FormDialog:
    """Agreement and capacity, for this decision and now."""

    def on_save(values: dict[str, Any]) -> None:
        save(Wishes(**values))

    dialog = FormDialog(parent, tr("Agreement and capacity"), tr("Record"), on_save)
    form = dialog.form
    form.add_choice("asked", tr("Were they asked what they want to come of it?"), codes("asked"))
    form.add_choice("consent", tr("Telling others"), codes("consent"))
    form.add_choice("capacity", tr("Capacity"), codes("capacity"))
    form.add_text("decision", tr("For which decision"), tr("Capacity is for one decision, at one time."))
    form.add_choice("advocate", tr("Who speaks for them"), codes("advocate"))
    reason = tr("Needed when others were told without agreement, and for a lack of capacity.")
    form.add_text("reason", tr("Why"), reason, multiline=True)
    form.set_values({"asked": "yes_given" if view.wants else "not_recorded", "capacity": "not_asked"})
    dialog.open()
    return dialog


def kinds_dialog(parent: QWidget, view: ConcernView, save: Save) -> FormDialog:
    """The kinds of harm, of the pathway."""
    way = pack(view.nation).pathway(view.pathway)

    def on_save(values: dict[str, Any]) -> None:
        save(Weighed(view.pathway, view.ticked, values["kinds"], values["reason"]))

    dialog = FormDialog(parent, tr("Kinds of harm"), tr("Record"), on_save)
    choices = [(c.id, unsure(c.title, confirmed=c.confirmed)) for c in way.categories]
    dialog.form.add_choices("kinds", tr("Choose all that fit"), choices)
    dialog.form.add_text("reason", tr("Why"), multiline=True)
    dialog.form.set_values({"kinds": view.categories})
    dialog.open()
    return dialog


def told_dialog(parent: QWidget, save: Save) -> FormDialog:
    """Somebody knows of it: who, what they were told, when."""

    def on_save(values: dict[str, Any]) -> None:
        save(values["who"], values["what"], values["when"])

    dialog = FormDialog(parent, tr("Who knows"), tr("Record"), on_save)
    dialog.form.add_text("who", tr("Who"), required=True)
    dialog.form.add_text("what", tr("What they were told"), required=True)
    add_when(dialog.form, tr("When"))
    dialog.open()
    return dialog


def liaison_dialog(parent: QWidget, save: Save, *, strategy: bool = False) -> FormDialog:
    """A talk with another body: who, when, what was asked, what was answered. `strategy`: asks whether it was the strategy
    discussion, from which the council has a time of its own.
    """

    def on_save(values: dict[str, Any]) -> None:
        body, _comma, who = values["body"].partition(",")
        save(
            Liaison(
                body.strip(),
                values["asked"],
                who.strip(),
                values["how"],
                values["answered"],
                values["reference"],
                not values["nameless"],
                values["when"],
                values.get("strategy", False),
            )
        )

    dialog = FormDialog(parent, tr("Talk with another body"), tr("Record"), on_save)
    form = dialog.form
    form.add_text(
        "body", tr("Which body, and who there"), tr("Like: Council adult team, J Amos."), required=True
    )
    form.add_choice("how", tr("How"), list(how_words().items()))
    form.add_text("asked", tr("What was asked"), multiline=True, required=True)
    form.add_text("answered", tr("What was answered"), tr("It can be added later."), multiline=True)
    form.add_text("reference", tr("Their reference"))
    form.add_check("nameless", tr("Asked without giving names"))
    if strategy:
        form.add_check("strategy", tr("It was the strategy discussion, or they told us of it"))
    add_when(form, tr("When"))
    dialog.open()
    return dialog


def answer_dialog(parent: QWidget, entry: EntryView, save: Save) -> FormDialog:
    """What a body answered later: `save(answer, who, reference, when)`."""

    def on_save(values: dict[str, Any]) -> None:
        save(values["answer"], values["who"], values["reference"], values["when"])

    dialog = FormDialog(parent, tr("Record the answer"), tr("Record"), on_save, entry.id)
    form = dialog.form
    asked = tr("{body}: {asked}").format(body=entry.says, asked=_start(entry.text))
    form.add_widget(text_label(asked, "", "text_muted", wrap=True))
    form.add_text("answer", tr("What was answered"), multiline=True, required=True)
    form.add_text("who", tr("Who answered"))
    form.add_text("reference", tr("Their reference"))
    add_when(form, tr("When"))
    dialog.open()
    return dialog
