"""The main job by keyboard alone, in a real window. Started by test_keyboard.py in a process of its own.

    python -m tests.journeys.keyboard_job VAULT USER PASSPHRASE_FILE OUT FILE…

Each FILE is imported in turn; somebody who came in with the first of them gets a session, a note and an invoice. Prints
a line a step; the last is "done". Everything goes through key presses on the window that has the focus.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from tests.journeys.hands import Ctrl, Hands, Key, Shift, wait_for
from therapydesk import app as program_module
from therapydesk.api import appointments, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.diary.ui.attendance_dialog import AttendanceDialog
from therapydesk.plugins.diary.ui.diary_page import DiaryPage
from therapydesk.plugins.invoicing import service as invoicing
from therapydesk.plugins.invoicing.ui.invoices_page import InvoicesPage
from therapydesk.plugins.notes import lists
from therapydesk.plugins.referrals import service as referrals
from therapydesk.plugins.referrals.ui.referrals_page import ReferralsPage
from therapydesk.ui.kit.growing_text import GrowingText
from therapydesk.ui.shell.desk_view import DeskView
from therapydesk.ui.shell.import_wizard import COLUMNS, DONE, PLAN, START, ImportWizard


class Job:
    """One run of the program and what became of it. Each step is a method."""

    def __init__(self, vault: str) -> None:
        self.app = QApplication(sys.argv[:1])
        options = program_module._options().parse_args(["--vault", vault])
        self.program = program_module.Program(self.app, options)
        self.hands = Hands()
        self.name = ""
        self.number = ""

    @property
    def view(self) -> DeskView:
        view = self.program.window.view
        assert view is not None
        return view

    @property
    def vault(self) -> Vault:
        assert self.program.vault is not None
        return self.program.vault

    def on_page(self, kind: type[Any]) -> Any:
        """The page in view, once it is of this kind."""
        wait_for(kind.__name__, lambda: isinstance(self.view.page, kind))
        return self.view.page

    def activate(self, window: QWidget) -> None:
        """Give the window the keyboard; without a window manager it has to be asked for."""

        def is_active() -> bool:
            window.activateWindow()
            return QApplication.focusWindow() is not None

        wait_for("the keyboard", is_active)

    # -- the steps ----------------------------------------------------------------------------------------

    def unlock(self, user: str, secret: str) -> None:
        self.program.start()
        window = self.program.window
        wait_for("the window and what it loads behind it", lambda: self.program.loader.plugins is not None)
        self.activate(window)
        page = self.program.unlock_page
        assert page is not None
        page.user.setCurrentText(user)
        page.focus_first()
        self.hands.write(secret)
        self.hands.press(Key.Key_Return)
        wait_for("the desk", lambda: window.view is not None and window.view.page is not None)
        wait_for("quiet", lambda: self.program.runner is not None and not self.program.runner.busy())
        print("unlocked")

    def take_in(self, path: Path) -> None:
        """Ctrl+I, the file, the plan, and carry it out."""
        with self.vault.read() as db:
            before = referrals.count_referrals(db)
        self.hands.press(Key.Key_I, Ctrl)
        self.hands.name_file(path)
        wizard: ImportWizard = self.on_page(ImportWizard)
        wait_for("the file", lambda: wizard.source is not None and not self.view.desk.jobs.busy())
        self.activate(self.program.window)
        for step in (START, COLUMNS):
            if wizard.step == step:
                self.hands.press(Key.Key_Return, Ctrl)
                wait_for("the next step", partial(lambda before: wizard.step > before, step))
        wait_for("the plan", lambda: wizard.step == PLAN)
        plan = wizard.plan
        assert plan is not None
        with self.vault.read() as db:
            assert referrals.count_referrals(db) == before, (
                "something was written before the plan was carried out"
            )
        counts = {word: plan.count(word) for word in ("new", "same", "perhaps_same", "refused")}
        self.hands.press(Key.Key_Return, Ctrl)
        wait_for("what came in", lambda: wizard.step == DONE)
        self.hands.press(Key.Key_Return, Ctrl)
        self.on_page(ReferralsPage)
        with self.vault.read() as db:
            written = referrals.count_referrals(db) - before
        assert written >= counts["new"] > 0, f"{written} of {counts}"
        found = ", ".join(f"{n} {word}" for word, n in counts.items())
        print(f"{path.name}: {len(plan.rows)} rows ({found}), {written} imported")

    def accept(self) -> None:
        """Look for somebody of the first file in the queue, read what was sent, accept."""
        page: ReferralsPage = self.on_page(ReferralsPage)
        with self.vault.read() as db:
            rows = [r for r in referrals.list_referrals(db, "new") if r.agreed == "yes"]
        wanted = next(r for r in reversed(rows) if r.format == "csv")
        self.name = wanted.name
        self.hands.press(Key.Key_F, Ctrl)
        self.hands.write(self.name)
        wait_for("one row", lambda: page.table.row_count() == 1)
        self.hands.press(Key.Key_Down)
        self.hands.press(Key.Key_Return)
        wait_for("the referral", lambda: page.view is not None and page.view.row.id == wanted.id)
        self.hands.press(Key.Key_Escape)
        self.hands.press(Key.Key_A)
        with self.vault.read() as db:
            wait_for("the answer", lambda: referrals.read_referral(db, wanted.id).row.state == "accepted")
        print("referral accepted")

    def hold_session(self) -> None:
        """Book a session by typing, and say who came."""
        self.hands.press(Key.Key_4, Ctrl)
        page: DiaryPage = self.on_page(DiaryPage)
        self.hands.press(Key.Key_N, Ctrl)
        self.hands.write(f"today 7:15am {self.name} 45")
        wait_for("the words to be understood", lambda: page.line.found.can_book)
        self.hands.press(Key.Key_Return)
        wait_for("the booked session", lambda: self.sessions())
        self.hands.press(Key.Key_Escape)
        wait_for(
            "the session to be chosen", lambda: (v := page.chosen()) is not None and v.heading == self.name
        )
        print("session booked")
        self.hands.find("who came")
        wait_for("who came", lambda: isinstance(QApplication.activeModalWidget(), AttendanceDialog))
        self.hands.press(Key.Key_P)
        self.hands.press(Key.Key_Return)
        wait_for("the completed session", lambda: self.sessions()[0].state == "completed")
        print("session completed")

    def sessions(self) -> list[appointments.AppointmentView]:
        """The person's sessions of today."""
        with self.vault.read() as db:
            found = appointments.list_sessions(db, today(), today() + timedelta(1))
        return [view for view in found if view.heading == self.name]

    def write_note(self) -> None:
        """From the session in the diary: its menu, the note, sign."""
        self.activate(self.program.window)
        page: DiaryPage = self.on_page(DiaryPage)
        wait_for(
            "the session to be chosen", lambda: (v := page.chosen()) is not None and v.heading == self.name
        )
        self.hands.press(Key.Key_Return)
        wait_for("the menu", lambda: QApplication.activePopupWidget() is not None)
        self.hands.press(Key.Key_Down)
        self.hands.press(Key.Key_Return)
        wait_for("the note", lambda: isinstance(QApplication.focusWidget(), GrowingText))
        self.hands.write("We found a tempo together.")
        self.hands.press(Key.Key_Return, Ctrl)
        wait_for("the question", lambda: QApplication.activeModalWidget() is not None)
        self.hands.press(Key.Key_Return)
        wait_for("the signed note", self.is_signed)
        print("note signed")

    def is_signed(self) -> bool:
        with self.vault.read() as db:
            rows = lists.list_notes(db, self.name, "signed", limit=20)
        return any("tempo together" in row.first_words for row in rows)

    def invoice(self, out: Path) -> None:
        """Tick this person alone, issue, save the PDF."""
        self.activate(self.program.window)
        self.hands.find("invoices")
        page: InvoicesPage = self.on_page(InvoicesPage)
        wait_for("the drafts", lambda: page.drafts.model.payers)
        self.hands.press(Key.Key_F, Ctrl)
        self.hands.press(Key.Key_Backtab, Shift)
        self.hands.press(Key.Key_Home)  # all months: the session is of today
        self.hands.press(Key.Key_F, Ctrl)
        self.hands.write(self.name)
        wait_for("one draft", lambda: len(page.drafts.model.payers) == 1)
        self.hands.press(Key.Key_Down)
        wait_for("its picture", lambda: page.preview.save_button.isEnabled())
        self.hands.press(Key.Key_Return, Ctrl)
        wait_for("the question", lambda: QApplication.activeModalWidget() is not None)
        self.hands.press(Key.Key_Return, Ctrl)
        wait_for("the invoice", lambda: self.issued())
        print("invoice issued")
        self.activate(self.program.window)
        self.hands.press(Key.Key_S, Ctrl | Shift)
        self.hands.name_file(out)
        wait_for("the PDF", lambda: list(out.glob("*.pdf")))
        print(f"PDF saved: {next(out.glob('*.pdf')).name}")

    def issued(self) -> list[Any]:
        with self.vault.read() as db:
            rows = invoicing.list_invoices(db, "due", self.name)
        return [row for row in rows if row.issued_on == today()]

    def lock(self) -> None:
        self.activate(self.program.window)
        self.hands.press(Key.Key_L, Ctrl)
        wait_for("the lock", lambda: not self.vault.is_unlocked)
        print("locked")
        self.program.window.close()


def main(vault: str, user: str, secret: str, out: str, *files: str) -> None:
    """All of it, one step after the other."""
    job = Job(vault)
    job.unlock(user, Path(secret).read_text("utf-8").strip())
    for file in files:
        job.take_in(Path(file))
    job.accept()
    job.hold_session()
    job.write_note()
    job.invoice(Path(out))
    job.lock()
    print("done")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except AssertionError as error:  # told here, or the program's own window for faults would take it
        sys.exit(str(error))
