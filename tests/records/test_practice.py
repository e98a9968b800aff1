"""The practice's own card, and the sheet that carries it."""

from __future__ import annotations

from therapydesk.api import practice_sheet, put_setting
from therapydesk.core.vault.vault import Vault


def test_a_sheet_carries_the_letterhead_of_the_practice(vault: Vault) -> None:
    with vault.write("core") as db:
        put_setting(db, "practice.address", "1 Quay Street,\nElmbridge")
        put_setting(db, "practice.phone", "029 2018 0155")
    with vault.read() as db:
        sheet = practice_sheet(db, "Clearances", landscape=True)
    assert sheet.letterhead.name == "Harbour Music Therapy"
    assert sheet.letterhead.address_lines == ("1 Quay Street, Elmbridge",)
    assert sheet.letterhead.contact_lines == ("029 2018 0155",)
    assert (sheet.demo, sheet.footer_left, sheet.landscape) == (False, "Harbour Music Therapy", True)
    assert sheet.build([sheet.text("All well.")]).startswith(b"%PDF")
