"""One set list: its songs in order, moved by Alt and the arrow keys, by dragging or by buttons; printed, copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout

from therapydesk.api import StaleRecord, may, ntr, show_day, today, tr
from therapydesk.plugins.groups import music_service, music_sets
from therapydesk.plugins.groups.music_service import PieceView
from therapydesk.plugins.groups.music_sets import SetView
from therapydesk.plugins.groups.ui import music_print, music_set_dialogs
from therapydesk.plugins.groups.ui.music_field import SongField
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.labels import button
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.row_drag import RowDrag
from therapydesk.ui.kit.tables import ListTable


@dataclass(frozen=True)
class Row:
    """A song of the list; `id` is its place from 0, `set_key` the key it is sung in ("" is its own)."""

    id: int
    piece: PieceView
    set_key: str
    on_day: date

    @property
    def number(self) -> int:
        return self.id + 1

    @property
    def title(self) -> str:
        return self.piece.title

    @property
    def key(self) -> str:
        return self.set_key or self.piece.details.key

    @property
    def state(self) -> State | None:
        """What speaks against singing it that day."""
        rests = self.piece.details.rests_until
        if self.piece.ended_on is not None:
            return State(tr("Not sung any more"), "dash", "text_muted")
        if rests is not None and rests > self.on_day:
            return State(tr("Rests until {day}").format(day=show_day(rests, short=True)), "half", "warn")
        return None


class SetPage(BasePage):
    """Enter or F2 on a song changes its key, Delete takes it out. A title and Enter add a song at the end.

    `open_set` shows another set list, `removed` is told of one that is gone.
    """

    watches = ("groups_set_list", "groups_set_item", "groups_piece")
    help_name = "songs"
    scrolls = True

    def __init__(
        self,
        desk: Desk,
        set_id: UUID,
        open_set: Callable[[UUID], object],
        removed: Callable[[SetView], object],
    ) -> None:
        super().__init__(desk, tr("Set list"))
        self.set_id = set_id
        self._open_set, self._removed = open_set, removed
        self.view: SetView | None = None
        self.edits = may(desk.user, "groups.edit")
        columns = [
            Column(tr("Number"), "number", kind="number", width=9),
            Column(tr("Title"), "title", strong=True),
            Column(tr("Key"), "key", width=8, empty=tr("None")),
            Column(
                tr("Last sung"),
                _last,
                width=20,
                priority=2,
                empty=tr("Never"),
                sort_key=lambda row: row.piece.last_on,
            ),
            Column(tr("State"), "state", kind="state", width=26, priority=1, empty=tr("May be sung")),
        ]
        self.table = ListTable(columns, tr("Songs of the set list"))
        self.table.set_states(empty=tr("No songs yet. Type a title above and press Enter."))
        self.table.setMinimumHeight(6 * self.table.view.row_height())
        self.field = SongField(tr("Song to add: its title"))
        self.field.returnPressed.connect(self.add)
        self.field.left_down.connect(self.table.setFocus)
        if self.edits:
            self._add_editing()
        self.body.addWidget(self.table, 1)
        self.add_action_button(tr("Print"), self.print_page, "print", primary=True)

    def _add_editing(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        self.up_button = button(tr("Move up"), lambda: self.shift(-1), "up")
        self.down_button = button(tr("Move down"), lambda: self.shift(1), "down")
        self.out_button = button(tr("Take out"), self.take_out, "close")
        for each in (self.up_button, self.down_button, self.out_button):
            row.addWidget(each)
        self.body.addLayout(row)
        self.table.opened.connect(self.change_key)
        RowDrag(self.table).moved.connect(self.move_song)
        self.table.add_row_action(tr("Move up"), lambda _row: self.shift(-1), "Alt+Up")
        self.table.add_row_action(tr("Move down"), lambda _row: self.shift(1), "Alt+Down")
        self.table.add_row_action(tr("Key"), self.change_key, "F2")
        self.table.add_row_action(tr("Take out"), lambda _row: self.take_out(), "Delete")
        self.add_action_button(tr("Remove"), self.remove)
        self.add_action_button(tr("Copy to another day"), self.copy, "repeat")
        self.add_action_button(tr("Change"), self.change, "edit")

    def refresh(self) -> None:
        """Read the set list and its songs."""
        with self.desk.vault.read() as db:
            view = music_sets.get_set(db, self.set_id)
            pieces = {p.id: p for p in music_service.get_pieces(db, {piece for piece, _, _ in view.items})}
            titles = music_service.list_titles(db) if self.edits else []
        self.view = view
        self.field.set_titles(titles)
        self.set_title(view.title)
        known = [view.group, show_day(view.on_day) if view.on_day is not None else ""]
        known.append(ntr("one song", "{n} songs", len(view.items)))
        self.set_summary(" · ".join(each for each in known if each))
        day = view.on_day or today()
        rows = [Row(n, pieces[piece], key, day) for n, (piece, _, key) in enumerate(view.items)]
        self.table.show_rows(rows)
        if self.edits:
            for each in (self.up_button, self.down_button, self.out_button):
                each.setEnabled(bool(rows))

    # -- its songs ---------------------------------------------------------------------------------------

    def add(self) -> None:
        """The song in the field comes at the end."""
        with self.guard():
            piece = self.field.pick()
            if piece is None or self.view is None:
                return
            self._keep([*self.view.keys, (piece, "")], tr("Added: {title}"), len(self.view.items))
            self.field.clear()
            self.field.setFocus()

    def shift(self, by: int) -> None:
        """Move the song that is chosen up (-1) or down (1)."""
        row = self.table.current_row()
        if row is not None:
            self.move_song(row.id, row.id + by)

    def move_song(self, number: int, to: int) -> None:
        """Move a song to another place; both are counted from 0."""
        if self.view is None or not 0 <= to < len(self.view.items):
            return
        keys = self.view.keys
        keys.insert(to, keys.pop(number))
        with self.guard():
            self._keep(keys, tr("Moved: {title}"), to)

    def take_out(self) -> None:
        """The song that is chosen is not on the list any more."""
        row = self.table.current_row()
        if self.view is None or row is None:
            return
        keys = self.view.keys
        del keys[row.id]
        with self.guard():
            self._keep(keys, tr("Taken out: {title}"), min(row.id, len(keys) - 1), row.title)

    def change_key(self, row: Row) -> None:
        """Ask in which key this song is sung."""
        if self.view is None:
            return
        keys = self.view.keys

        def keep(key: str) -> None:
            keys[row.id] = (keys[row.id][0], key)
            self._keep(keys, tr("Saved: {title}"), row.id)

        music_set_dialogs.key_dialog(self, row.title, row.set_key, keep)

    def _keep(self, keys: Sequence[tuple[UUID, str]], words: str, at: int, title: str = "") -> None:
        """Keep these songs, choose the one at this place, and say of it what was done."""
        before = self.view
        if before is None:
            return
        self._save(before, keys, before.row_version)
        self.table.select_key(at)
        told = words.format(title=title or self.view.items[at][1]) if self.view is not None else ""
        self.done(told, lambda: self._turn(keys, before.keys), lambda: self._turn(before.keys, keys))

    def _turn(self, seen: Sequence[tuple[UUID, str]], wanted: Sequence[tuple[UUID, str]]) -> None:
        """Undo and redo: only while the songs are as they were left."""
        with self.desk.vault.read() as db:
            now = music_sets.get_set(db, self.set_id)
        if now.keys != list(seen):
            raise StaleRecord(tr("This set list was changed meanwhile."), tr("Look at it again."))
        self._save(now, wanted, now.row_version)

    def _save(self, view: SetView, keys: Sequence[tuple[UUID, str]], version: int) -> None:
        with self.desk.vault.write("core") as db:
            music_sets.save_set(
                db,
                view.title,
                keys,
                set_id=view.id,
                group_id=view.group_id,
                on_day=view.on_day,
                row_version=version,
            )
        self.refresh()

    # -- the list as a whole -----------------------------------------------------------------------------

    def new_record(self) -> None:
        """Ctrl+N: to the field for a song."""
        if self.edits:
            self.field.setFocus()

    def change(self) -> None:
        """Title, group and day."""
        if self.view is not None:
            music_set_dialogs.set_dialog(self, self.view, lambda _made: self._changed())

    def _changed(self) -> None:
        self.refresh()
        self.done(tr("Saved."))

    def copy(self) -> None:
        """The same songs for another day; the copy is shown."""
        if self.view is not None:
            music_set_dialogs.copy_dialog(self, self.view, self._open_set)

    def remove(self) -> None:
        """It is not needed any more."""
        if self.view is None:
            return
        with self.guard():
            with self.desk.vault.write("core") as db:
                music_sets.remove_set(db, self.view.id)
            self._removed(self.view)

    def print_page(self) -> None:
        """Ctrl+P: the song book of this list, in its order and keys."""
        if self.view is None:
            return
        with self.guard():
            music_print.print_dialog(self, self.view.keys, self.view.title, is_set=True)

    def focus_first(self) -> None:
        if self.edits and (self.view is None or not self.view.items):
            self.field.setFocus()
        else:
            self.table.setFocus()


def _last(row: Row) -> str:
    return show_day(row.piece.last_on, short=True) if row.piece.last_on is not None else ""
