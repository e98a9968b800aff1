"""The person's support: its stage, with whom, and every move from there. None requires another first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import (
    EpisodeView,
    PermissionDenied,
    allocate,
    coded_list,
    episodes_of,
    list_therapists,
    may,
    move_episode,
    open_episode,
    put_back,
    show_day,
    stage_words,
    today,
    tr,
)
from therapydesk.plugins.caseload.ui.facts_rows import STATES
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card, FlowLayout
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import StateMark, button, text_label
from therapydesk.ui.kit.page import BasePage

Step = tuple[str, Callable[[], object]]


class SupportCard(Card):
    """One part for each episode, the open ones first; `page` says what was done and offers Undo."""

    def __init__(self, page: BasePage, person_id: UUID) -> None:
        super().__init__(tr("Support"))
        self._page, self._desk, self._person_id = page, page.desk, person_id

    def refresh(self) -> None:
        """Read the person's episodes afresh."""
        self.clear_rows()
        try:
            with self._desk.vault.read() as db:
                found = episodes_of(db, self._person_id)
        except PermissionDenied:
            self.hide()
            return
        found.sort(key=lambda e: e.stage == "closed")
        for each in found[:5]:
            self.add_row(self._part(each))
        if all(e.stage == "closed" for e in found):
            if not found:
                self.add_text(tr("No support yet."))
            if may(self._desk.user, "episodes.open"):
                self.add_row(self._buttons([(tr("Start support"), self.ask_start)]))

    def _part(self, episode: EpisodeView) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 4, 0, 8)
        column.setSpacing(style.sp(1))
        shape, token = STATES.get(episode.stage, ("dash", "text_muted"))
        column.addWidget(StateMark(stage_words(episode.stage, episode.therapist), shape, token))
        words = [tr("since {day}").format(day=show_day(episode.opened_on))]
        if episode.paused_until is not None:
            words.append(tr("paused until {day}").format(day=show_day(episode.paused_until)))
        if episode.closed_on is not None:
            words.append(tr("closed {day}").format(day=show_day(episode.closed_on)))
        if episode.review_on is not None:
            words.append(tr("review {day}").format(day=show_day(episode.review_on)))
        column.addWidget(text_label(", ".join(words), "small", "text_muted", wrap=True))
        column.addWidget(self._buttons(self.steps(episode)))
        return part

    def _buttons(self, steps: list[Step]) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, spacing=8)
        for text, slot in steps:
            flow.addWidget(button(text, slot))
        return holder

    def steps(self, episode: EpisodeView) -> list[Step]:
        """What can be done with an episode now, as words and what to call."""
        user, found = self._desk.user, list[Step]()
        if episode.stage != "closed" and may(user, "episodes.allocate"):
            found.append((tr("Allocate"), lambda: self.ask_allocate(episode)))
        if not may(user, "episodes.move"):
            return found
        if episode.stage in ("active", "waiting"):
            found.append((tr("Pause"), lambda: self.ask_pause(episode)))
        if episode.stage != "closed":
            found.append((tr("Close"), lambda: self.ask_close(episode)))
        if episode.stage in ("paused", "closed"):
            found.append((tr("Return"), lambda: self.move_to(episode, "active", tr("Support goes on"))))
        return found

    # -- steps ---------------------------------------------------------------------------

    def move_to(self, episode: EpisodeView, stage: str, words: str, **more: Any) -> None:
        """Move to a stage, with Undo."""
        desk = self._desk

        def go(to: str, **details: Any) -> None:
            with desk.vault.write("core") as db:
                move_episode(db, episode.id, to, **details)

        def undo() -> None:
            with desk.vault.write("core") as db:
                put_back(db, episode)

        with self._page.guard():
            go(stage, **more)
            self._page.done(words, undo, lambda: go(stage, **more))

    def ask_start(self) -> None:
        """Open support with a therapist, or put the person on the waiting list."""
        therapists = self._therapists()

        def save(values: dict[str, Any]) -> None:
            who = values["therapist"]
            with self._desk.vault.write("core") as db:
                stage = "active" if who is not None else "waiting"
                open_episode(db, self._person_id, opened_on=values["on"], therapist_id=who, stage=stage)
            self._page.done(tr("Support started"))

        dialog = FormDialog(self._page, tr("Start support"), tr("Start support"), save)
        nobody = tr("Nobody yet, on the waiting list")
        dialog.form.add_choice("therapist", tr("With"), [*therapists, (None, nobody)])
        dialog.form.add_date("on", tr("From"), required=True)
        dialog.form.set_values({"on": today(), "therapist": self._me(therapists)})
        dialog.open()

    def _therapists(self) -> list[tuple[UUID | None, str]]:
        with self._desk.vault.read() as db:
            return [(u.id, u.name) for u in list_therapists(db)]

    def _me(self, therapists: list[tuple[UUID | None, str]]) -> UUID | None:
        own: UUID = self._desk.user.id
        return own if any(i == own for i, _name in therapists) else None

    def ask_allocate(self, episode: EpisodeView) -> None:
        """Give it to a therapist, or back to the waiting list."""
        therapists = self._therapists()
        names = dict(therapists)

        def give(who: UUID | None) -> None:
            with self._desk.vault.write("core") as db:
                allocate(db, episode.id, who)

        def save(values: dict[str, Any]) -> None:
            who = values["therapist"]
            give(who)
            words = tr("Now with {name}").format(name=names[who]) if who else tr("Back on the waiting list")
            self._page.done(words, lambda: give(episode.therapist_id), lambda: give(who))

        dialog = FormDialog(self._page, tr("Allocate"), tr("Allocate"), save)
        nobody = tr("Nobody yet, on the waiting list")
        dialog.form.add_choice("therapist", tr("With"), [*therapists, (None, nobody)])
        dialog.form.set_values({"therapist": episode.therapist_id or self._me(therapists)})
        dialog.open()

    def ask_pause(self, episode: EpisodeView) -> None:
        """Pause, until a day if one is known."""

        def save(values: dict[str, Any]) -> None:
            self.move_to(
                episode, "paused", tr("Support paused"), on=values["on"], paused_until=values["until"]
            )

        dialog = FormDialog(self._page, tr("Pause support"), tr("Pause support"), save)
        dialog.form.add_date("on", tr("From"), required=True)
        dialog.form.add_date("until", tr("Until"), tr("Leave it empty when nobody knows yet."), future=True)
        dialog.form.set_values({"on": today()})
        dialog.open()

    def ask_close(self, episode: EpisodeView) -> None:
        """Close, with a neutral reason."""

        def save(values: dict[str, Any]) -> None:
            self.move_to(episode, "closed", tr("Support closed"), on=values["on"], reason=values["reason"])

        dialog = FormDialog(self._page, tr("Close support"), tr("Close support"), save)
        dialog.cancel_button.setText(tr("Keep open"))
        reasons = [("", tr("Choose a reason")), *coded_list("close_reasons")]
        hint = tr("Everybody in the practice can see this. Write anything personal in the notes.")
        dialog.form.add_choice("reason", tr("Reason"), reasons, hint, required=True)
        dialog.form.add_date("on", tr("On"), required=True, future=False)
        dialog.form.set_values({"on": today()})
        dialog.open()
