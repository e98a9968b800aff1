"""`privacy erase` and `privacy due`: a look by default, and nothing that stands against it is passed by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import PASSPHRASE, USER
from tests.test_cli_privacy import context, run
from therapydesk.cli.main import command
from therapydesk.core import dates
from therapydesk.core.command_line import CliContext
from therapydesk.core.errors import PermissionDenied, UserError
from therapydesk.core.vault import scrub
from therapydesk.records.episodes import Episode
from therapydesk.records.erasure import erase_person
from therapydesk.records.legal_holds import place_hold
from therapydesk.records.people_details import PersonDetails, add_person
from therapydesk.records.people_lists import person_called

__all__ = ["context"]


def test_without_yes_it_only_says_what_would_go(context: CliContext) -> None:
    said = run(context, "privacy", "erase", "Carys Bowen", "--basis", "request")
    assert said["erased"] is False
    assert said["plan"]["core"]["goes"] == {"Who you are": 1}
    with context.vault.read() as db:
        assert person_called(db, "Carys Bowen") is not None


def test_with_yes_they_are_erased_and_the_parts_are_told(context: CliContext) -> None:
    said = run(context, "privacy", "erase", "Carys Bowen", "--basis", "mistake", "--yes")
    assert said["erased"] is True
    assert said["parts"] == {"core": "done", "clinical": "done", "safeguarding": "done"}
    with context.vault.read() as db:
        assert person_called(db, "Carys Bowen") is None
    again = run(context, "privacy", "erase", "Carys Bowen", "--basis", "mistake", "--yes")
    assert isinstance(again, UserError)


def test_it_says_that_backups_still_hold_them(context: CliContext) -> None:
    context.json = False
    words = ["privacy", "erase", "Carys Bowen", "--basis", "mistake"]
    done = [
        CliRunner().invoke(command(context.plugins), [*words, *more], obj=context, standalone_mode=False)
        for more in ([], ["--yes"])
    ]
    assert "Backups made before" not in done[0].stdout
    assert "Erased.\nBackups made before still hold them" in done[1].stdout


def test_a_hold_and_a_wrong_role_are_one_sentence(context: CliContext) -> None:
    with context.vault.write("core") as db:
        person = person_called(db, "Carys Bowen")
        assert person is not None
        place_hold(db, person, "court")
    refused = run(context, "privacy", "erase", "Carys Bowen", "--basis", "request", "--yes")
    assert "legal hold" in str(refused)
    context.vault.add_user("Nia Bevan", ("admin",), "seven brass bells ringing", ())
    context.vault.unlock("Nia Bevan", "seven brass bells ringing")
    for words in (("erase", "Carys Bowen", "--basis", "request"), ("due",)):
        assert isinstance(run(context, "privacy", *words), PermissionDenied)


def test_one_that_was_cut_off_is_carried_to_its_end_by_the_next_command(
    context: CliContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class PowerCut(BaseException):
        """Nothing goes on after this."""

    def cut(*_: object) -> None:
        raise PowerCut

    vault = context.vault
    with vault.read() as db:
        person = person_called(db, "Carys Bowen")
    assert person is not None
    with monkeypatch.context() as patch:
        patch.setattr(scrub, "scrub", cut)
        with pytest.raises(PowerCut):
            erase_person(vault, person, "mistake")
    with vault.read() as db:
        assert scrub.due(db, "core")  # the control: what was erased still stands in the file
    vault.close()
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    secret = str(tmp_path / "passphrase")
    after = CliContext(context.plugins, folder=str(vault.folder), user=USER, passphrase_file=secret)
    with after.vault.read() as db:
        assert not scrub.due(db, "core")
    after.close()


@pytest.mark.parametrize("held", [False, True])
def test_what_is_due_and_what_is_held(context: CliContext, held: bool) -> None:
    with context.vault.write("core") as db:
        person = add_person(db, PersonDetails("Owen Prys", best_way="ask", born_on=date(1980, 1, 1))).id
        day = dates.today()
        db.add(Episode(person_id=person, stage="closed", opened_on=day, closed_on=day))
        if held:
            place_hold(db, person, "insurer")
    dates.set_clock(lambda: datetime(2034, 5, 7, 10, 0, tzinfo=UTC))
    said = run(context, "privacy", "due", *(["--held"] if held else []))
    mine = [row for row in said if row["person"] == str(person)]
    assert [(row["class"], row["due_on"], bool(row["why"])) for row in mine] == [
        ("clinical", "2034-05-06", held),
        ("contact", "2034-05-06", held),
    ]
