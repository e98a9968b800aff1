"""The warning that names what is painful to read in a note: kept with it, tidied, until it is signed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import PASSPHRASE, USER
from therapydesk.api import PermissionDenied, UserError
from therapydesk.plugins.notes import lists, service

LOSS, TOLD = "loss of a child", "Zebratold of the winter"


def signed(practice: Any, warning: str) -> service.NoteView:
    note = practice.draft("Carys Bowen", happened=TOLD)
    with practice.vault.write("clinical") as db:
        service.set_warning(db, note.id, warning)
        return service.sign_note(db, note.id)


def test_a_warning_is_kept_tidy_and_stands_in_the_list_in_place_of_the_words(practice: Any) -> None:
    note = practice.draft("Carys Bowen", happened=TOLD)
    with practice.vault.write("clinical") as db:
        assert service.set_warning(db, note.id, "  loss \n of a   child ").warning == LOSS
    with practice.vault.read() as db:
        (row,) = lists.list_notes(db)
    assert (practice.get(note.id).warning, row.first_words) == (LOSS, "")
    with practice.vault.write("clinical") as db:
        service.set_warning(db, note.id, "")
    with practice.vault.read() as db:
        (row,) = lists.list_notes(db)
    assert (practice.get(note.id).warning, row.first_words) == ("", TOLD)


def test_a_warning_stays_when_the_note_is_signed(practice: Any) -> None:
    assert practice.get(signed(practice, LOSS).id).warning == LOSS


def test_only_the_writer_puts_a_warning_on_a_note(practice: Any) -> None:
    note = practice.draft("Carys Bowen", happened=TOLD)
    practice.vault.add_user("Other Therapist", ["owner", "therapist"], PASSPHRASE, ["clinical"])
    practice.vault.unlock("Other Therapist", PASSPHRASE)
    with pytest.raises(PermissionDenied), practice.vault.write("clinical") as db:
        service.set_warning(db, note.id, LOSS)
    practice.vault.unlock(USER, PASSPHRASE)
    assert practice.get(note.id).warning == ""


def test_a_signed_note_and_a_long_text_are_refused(practice: Any) -> None:
    note = practice.draft("Carys Bowen", happened=TOLD)
    with practice.vault.write("clinical") as db:
        with pytest.raises(UserError, match="too long"):
            service.set_warning(db, note.id, "x" * 201)
        service.sign_note(db, note.id)
        with pytest.raises(UserError, match="signed"):
            service.set_warning(db, note.id, LOSS)
