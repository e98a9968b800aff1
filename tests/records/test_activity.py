"""The activity log for reading: what each role sees, found by what is asked for, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import therapydesk
from tests.conftest import PASSPHRASE, USER, Users, add_users, opened_copy
from tests.core.test_audit import add_person, tamper
from therapydesk.core import audit, dates
from therapydesk.core.audit_check import VerifyResult
from therapydesk.core.errors import PermissionDenied, UserError
from therapydesk.core.ids import new_id
from therapydesk.core.outgoing import Outgoing, went_out
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Base, Privacy, Zone, zone_of
from therapydesk.core.vault import marks
from therapydesk.core.vault.vault import Vault
from therapydesk.records import activity_words
from therapydesk.records.activity import (
    LogFound,
    LogQuery,
    explain_log_break,
    find_log,
    log_actors,
    log_breaks,
    read_log,
    readable_logs,
)
from therapydesk.records.activity_lines import LogLine
from therapydesk.records.activity_out import copy_log, log_csv


def lines(vault: Vault, limit: int = 500, roles: set[str] | None = None, **asked: Any) -> list[LogLine]:
    with vault.read() as db:
        if roles is not None:
            db.info["user"] = db.user = replace(vault.user, roles=frozenset(roles))
        return read_log(db, find_log(db, LogQuery(**asked)), 0, limit)


def test_what_was_done_is_told_newest_first_in_words(vault: Vault) -> None:
    person_id = add_person(vault)
    audit.viewed(vault, "clinical", person_id, "person", person_id)
    found = lines(vault)
    assert (found[0].what, found[0].about, found[0].person) == (
        "Looked at",
        "Clinical part of a person’s page",
        "Carys Bevan",
    )
    assert (found[1].what, found[1].zone, found[1].who) == ("Added", "core", USER)
    times = [line.at for line in found if line.at is not None]
    assert times == sorted(times, reverse=True)


def test_it_can_be_narrowed(vault: Vault) -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    dates.set_clock(lambda: at)
    person_id = add_person(vault)
    dates.set_clock(lambda: at + timedelta(days=1))
    add_person(vault, "Somebody Else")
    went_out(vault, "export", Outgoing("week", count=12, reason="for the council"))
    assert {line.what for line in lines(vault, group="sign_in")} == {
        "Locked the vault",
        "Unlocked the vault",
    }
    (out,) = lines(vault, group="out")
    assert (out.what, out.about, out.reason) == ("Saved as a file", "Week of the diary", "for the council")
    assert [line.person for line in lines(vault, people=(person_id,))] == ["Carys Bevan"]
    assert len(lines(vault, first=at.date(), last=at.date())) == 1
    assert len(lines(vault, first=at.date() + timedelta(days=1))) == 2
    assert {line.zone for line in lines(vault, zone="clinical")} <= {"clinical"}
    assert lines(vault, user_id=new_id()) == []
    assert len(lines(vault, user_id=vault.user.id)) == len(lines(vault))
    assert all(line.action == "create" for line in lines(vault, group="changes", first=at.date()))


ROLES: dict[frozenset[str], dict[Zone, bool]] = {
    frozenset({"lead"}): {"core": False, "clinical": False, "safeguarding": False},
    frozenset({"owner", "admin"}): {"core": False},
    frozenset({"auditor"}): {"core": False},
    frozenset({"therapist"}): {"core": True, "clinical": True, "safeguarding": True},
    frozenset({"owner", "therapist"}): {"core": False, "clinical": True, "safeguarding": True},
}


@pytest.mark.parametrize("roles", ROLES, ids=lambda r: "+".join(sorted(r)))
def test_each_role_reads_its_logs(vault: Vault, roles: frozenset[str]) -> None:
    with vault.read() as db:
        db.info["user"] = db.user = replace(vault.user, roles=roles)
        assert readable_logs(db) == ROLES[roles]


@pytest.mark.parametrize("role", ["admin", "link_worker"])
def test_others_do_not(vault: Vault, role: str) -> None:
    with pytest.raises(PermissionDenied):
        lines(vault, roles={role})


def test_a_therapist_reads_their_own_entries_only(template: Path, tmp_path: Path, plugins: Plugins) -> None:
    users: Users = {"Anwen Rees": (("therapist",), ("core", "clinical"))}
    vault = opened_copy(add_users(template, tmp_path / "v", plugins, users), tmp_path / "w", plugins)
    try:
        vault.unlock("Anwen Rees", PASSPHRASE)
        found = lines(vault)
        assert {line.who for line in found} == {"Anwen Rees"}
        with vault.read() as db:
            assert log_actors(db) == [(vault.user.id, "Anwen Rees")]
            everything = LogFound(LogQuery(), find_log(db, LogQuery()).lines)
            everything.lines.extend(range(1, 5))  # lines of core that were not found for this reader
            assert {line.who for line in read_log(db, everything, 0, 99)} == {"Anwen Rees"}
    finally:
        vault.close()


def test_an_auditor_reads_no_name_of_a_person(vault: Vault) -> None:
    add_person(vault)
    found = lines(vault, roles={"auditor"})
    assert [line.what for line in found if line.person_id] == ["Added"]
    assert {line.person for line in found} == {""}


def test_no_table_or_column_of_the_program_is_named_in_any_word() -> None:
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        said = activity_words.record_words(zone_of(table), table.name)
        assert said
        assert "_" not in said
        assert said[0].isupper()
    assert "_" not in activity_words.record_words("core", "gone_table")


def test_a_signed_note_is_said_so() -> None:
    detail = {"table": "notes_note", "columns": ["signed_at", "state"]}
    assert activity_words.action_words("clinical", "change", detail) == "Signed a note"
    assert (
        activity_words.action_words("clinical", "change", {"table": "notes_note", "columns": []}) == "Changed"
    )


def test_every_group_has_a_title_and_no_action_is_in_two() -> None:
    assert {key for key, _title in activity_words.group_titles()} == {"", "changes", *activity_words.GROUPS}
    assert len(set(activity_words.GROUPED)) == len(activity_words.GROUPED)


def test_every_action_that_the_program_itself_writes_has_its_words() -> None:
    """Read from the code: what is written down by its name."""
    written = re.compile(r'audit\.(?:record\(\s*\w+|bulk\(\s*\w+,\s*\w+),\s*"([^"]+)"')
    found = {
        action
        for path in Path(therapydesk.__file__).parent.rglob("*.py")
        for action in written.findall(path.read_text("utf-8"))
    }
    assert len(found) > 20
    assert found - set(activity_words.ACTIONS) == set()


def test_an_action_of_a_module_that_is_not_known_is_shown_as_it_was_written() -> None:
    assert activity_words.action_words("core", "choir counted", {}) == "Choir counted"


HOSTILE = [
    "at = 'no time'",
    "at = x'00ff'",
    "actor = 'nobody'",
    "role = 7",
    "action = x'00'",
    "ref = 'x'",
    "detail = '[1, 2'",
    "detail = '[1, 2]'",
    """detail = '{"table": [], "columns": 5, "zone": {}, "entries": "x", "roles": 3, "what": {}, "person": []}'""",
    "detail = 9",
    "hash = 3",
]


@pytest.mark.parametrize("change", HOSTILE)
def test_an_entry_that_is_not_what_it_should_be_is_still_listed(vault: Vault, change: str) -> None:
    add_person(vault)
    count = len(lines(vault))
    last = marks.heads(vault)["core"].seq
    tamper(vault, f"UPDATE audit_entry SET {change} WHERE seq = {last}")
    found = lines(vault)
    assert len(found) == count
    assert last in {line.number for line in found if line.zone == "core"}
    assert len(lines(vault, zone="core")) == len([line for line in found if line.zone == "core"])
    assert log_csv(copy_log(vault, "export", found_all(vault), "an inspection"))


def found_all(vault: Vault) -> LogFound:
    with vault.read() as db:
        return find_log(db, LogQuery())


def test_ten_thousand_lines_are_read_a_window_at_a_time(vault: Vault) -> None:
    with vault.write("core") as db:
        for number in range(10_000):
            audit.record(db, "probe", detail={"n": number})
    with vault.read() as db:
        found = find_log(db, LogQuery(zone="core"))
        assert found.count > 10_000
        part = read_log(db, found, 5_000, 50)
    numbers = [line.number for line in part]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 50


def test_a_break_is_shown_to_owner_and_lead_until_it_is_explained(vault: Vault) -> None:
    vault.note_breaks([audit_result("clinical", 7)])
    with vault.read() as db:
        (found,) = log_breaks(db)
        assert (found.zone, found.entry) == ("clinical", 7)
    with vault.read() as db:
        db.info["user"] = db.user = replace(vault.user, roles=frozenset({"auditor"}))
        assert log_breaks(db) == []
    with pytest.raises(UserError), vault.write("core") as db:
        explain_log_break(db, found, "  ")
    with vault.write("core") as db:
        explain_log_break(db, found, "a backup was brought back")
    with vault.read() as db:
        assert log_breaks(db) == []
    assert lines(vault)[0].reason == "a backup was brought back"


def audit_result(zone: Zone, entry: int) -> Any:
    return VerifyResult(zone, 3, "h", entry, "it was changed")


def test_titles_come_from_the_table_where_nothing_else_is_said() -> None:
    told = {
        activity_words.record_words(zone_of(table), table.name)
        for mapper in Base.registry.mappers
        for table in [_table(mapper)]
        if isinstance(mapper.class_.privacy, Privacy)
    }
    assert "Letters and files" in told


def _table(mapper: Any) -> Any:
    return mapper.local_table


def test_a_row_is_never_called_as_it_is_to_the_person_it_is_about(plugins: Plugins) -> None:
    """The copy of somebody's own data speaks to them ("Music you made"); "you" in the log is who reads the log."""
    ours = [m for m in Base.registry.mappers if m.class_.__module__.startswith("therapydesk.")]
    mapped: list[Any] = [m for m in ours if isinstance(m.class_.privacy, Privacy)]
    tables = {(zone_of(m.local_table), m.local_table.name) for m in mapped}
    called = {(zone, name): activity_words.record_words(zone, name) for zone, name in tables}
    assert len(called) > 40
    assert [words for words in called.values() if re.search(r"\byour?s?\b", words.lower())] == []
