"""Notes are found by the words in them: by whoever may read them, whatever is typed, and as soon as they change."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from tests.core.vault.damaged import page_of, spoil
from tests.reliability.decrypted import decrypted
from tests.reliability.erasing_world import keys_of
from tests.reliability.kept import SIGN_IN, old_vault, sound_vault
from tests.reliability.world import Host, open_vault
from therapydesk.api import new_id
from therapydesk.core.vault import generations, scrub
from therapydesk.core.vault.salvage import salvage
from therapydesk.plugins.notes import lists, plugin, service
from therapydesk.plugins.notes.finding import words_of
from therapydesk.plugins.notes.models import Answer, Note
from therapydesk.records import erasure

EARLIER = datetime(2026, 5, 4, 9, 0)
WORDS = "seven brass bells ringing"
VOCABULARY = ("drum", "drumming", "guitar", "Calon", "Lân", "ŵyn", "O'Brien", "quiet", "and", "near")


def found(vault: Any, typed: str, state: str = "") -> list[str]:
    with vault.read() as db:
        rows = lists.list_notes(db, typed, state)
        assert lists.count_listed(db, typed, state) == len(rows)
        return [row.name for row in rows]


def check_index(vault: Any) -> None:
    """SQLite compares the full text with the notes it is about; raises when they differ."""
    with vault.write("clinical") as db:
        db.connection().exec_driver_sql(
            "INSERT INTO clinical.notes_search (notes_search, rank) VALUES ('integrity-check', 1)"
        )


def indexed(vault: Any) -> bytes:
    with vault.read() as db:
        return b"".join(db.scalars(text("SELECT block FROM clinical.notes_search_data")))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("djembe", ["Carys Bowen"]),
        ("DJEMB", ["Carys Bowen"]),  # the last word may be begun only
        ("djem quietly", []),  # the words before it are whole
        ("djembe quietly", ["Carys Bowen"]),  # from two answers
        ("quietly carys", ["Carys Bowen"]),  # from the text and the name
        ("kit quietly", []),
        ("lan", ["Kit Lane"]),
        ("cân ŵyn", ["Kit Lane"]),
        ("can wyn", ["Kit Lane"]),
        ("obrien", []),
        ("O’Brien", ["Kit Lane"]),
        ("o'bri", ["Kit Lane"]),
        ("djembe.", ["Carys Bowen"]),
        ("calon major", ["Carys Bowen"]),  # the music
        ("daughter rang", ["Carys Bowen"]),  # what was added
        ("bereavement", ["Kit Lane"]),  # the warning
        ("  ", ["Carys Bowen", "Kit Lane"]),
        ("sang", []),
    ],
)
def test_words_are_found_wherever_they_stand_in_a_note(practice, vault, typed, names) -> None:
    note = practice.draft("Carys Bowen", happened="Drummed on the djembe.", noticed="Ended quietly.")
    with vault.write("clinical") as db:
        service.add_music(db, note.id, "Calon Gân, sung together, F major")
        service.sign_note(db, note.id)
        service.add_addendum(db, note.id, "Her daughter rang.")
    other = practice.draft(
        "Kit Lane",
        practice.session("Kit Lane", at=EARLIER),
        happened="Cân ŵyn bach with O'Brien",
    )
    with vault.write("clinical") as db:
        service.set_warning(db, other.id, "bereavement")
    assert found(vault, typed) == names


HOSTILE = (
    *(
        '"',
        "'",
        "*",
        "-",
        "AND",
        "drum AND",
        "NOT",
        "NEAR(",
        "NEAR(drum, 2)",
        "drum OR",
        "words:drum",
        "^drum",
    ),
    *(
        "{words}",
        '"drum',
        'drum" OR "x',
        "(((",
        "drum -quiet",
        "drum*",
        "%",
        "_",
        "\\",
        "\0",
        "drum\0",
        "\ud800",
    ),
    *("🥁", "½", "²", "ª", "٠", "\u0301", "'; DROP TABLE notes_note --", "x" * 5000, "drum " * 5000),
)


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_typed_is_an_order_or_an_error(practice, vault, typed) -> None:
    practice.draft("Carys Bowen", happened="The drum was quiet")
    with vault.read() as db:
        assert len(lists.list_notes(db, typed)) <= 1
        assert lists.count_listed(db, typed) <= 1
        assert len(lists.find_notes(db, typed)) <= 1
        assert len(words_of(typed)) <= 12


@given(st.text(max_size=250))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_looked_for(vault, typed) -> None:
    with vault.read() as db:
        assert lists.list_notes(db, typed) == lists.find_notes(db, typed) == []


STEP = st.tuples(
    st.sampled_from(["start", "save", "music", "unmusic", "warn", "sign", "add", "drop", "erase"]),
    st.integers(0, 5),
    st.lists(st.sampled_from(VOCABULARY), max_size=3).map(" ".join),
)


@given(st.lists(STEP, min_size=4, max_size=25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_changes_the_search_finds_what_plain_reading_finds(practice, vault, steps) -> None:
    with vault.write("clinical") as db:
        for note in db.scalars(select(Note)):
            db.delete(note)
    if "Zoe Zither" not in practice.people:
        practice.session("Zoe Zither")
    person = practice.person("Zoe Zither")
    ids: list[Any] = []
    for what, which, words in steps:
        _step(vault, person, ids, what, which, words)
    with vault.read() as db:
        notes = [service.read_note(db, i) for i in ids]
        for word in VOCABULARY:
            wanted = {n.id for n in notes if _says(n, word)}
            assert {row.id for row in lists.list_notes(db, word)} == wanted, word
    check_index(vault)


def _step(vault: Any, person: Any, ids: list[Any], what: str, which: int, words: str) -> None:
    with vault.write("clinical") as db:
        if what == "start":
            note = service.start_note(db, person, date(2026, 5, 1 + len(ids) % 5))
            ids += [note.id] if note.id not in ids else []
            return
        if not ids:
            return
        note = service.read_note(db, ids[which % len(ids)])
        if what == "add" and note.state == "signed" and words:
            service.add_addendum(db, note.id, words)
        elif what == "erase":
            db.delete(db.get_one(Note, note.id))
            ids.remove(note.id)
        elif note.state == "signed":
            return
        elif what == "save":
            service.save_note(db, note.id, {note.answers[which % 4].prompt: words}, note.row_version)
        elif what == "music" and words:
            service.add_music(db, note.id, f"{words}, {words[::-1]}")
        elif what == "unmusic" and note.music:
            service.remove_music(db, note.id, note.music[0].id)
        elif what == "warn":
            service.set_warning(db, note.id, words)
        elif what == "sign" and any(a.text for a in note.answers):
            service.sign_note(db, note.id)
        elif what == "drop" and not note.music and not any(a.text for a in note.answers):
            service.drop_note(db, note.id)
            ids.remove(note.id)


def _says(note: service.NoteView, word: str) -> bool:
    """By plain reading: a word of the note that begins with this one."""
    said = [a.text for a in note.answers] + [a.text for a in note.addenda] + [note.warning]
    said += [f"{m.name} {m.how}" for m in note.music]
    return any(w.casefold().startswith(word.casefold()) for t in said for w in t.replace(",", " ").split())


def test_rows_that_no_service_wrote_are_found_and_lost_again(practice, vault) -> None:
    note = practice.draft("Carys Bowen")
    with vault.write("clinical") as db:
        db.add(
            Answer(
                id=new_id(),
                person_id=note.person_id,
                note_id=note.id,
                prompt="x",
                title="x",
                position=9,
                text="oboe",
            )
        )
    assert found(vault, "oboe") == ["Carys Bowen"]
    with vault.write("clinical") as db:
        db.execute(text("UPDATE clinical.notes_answer SET text = 'harp' WHERE text = 'oboe'"))
        db.info.setdefault("told", set()).add("clinical.notes_answer")
    assert (found(vault, "oboe"), found(vault, "harp")) == ([], ["Carys Bowen"])
    check_index(vault)


def test_a_note_that_was_not_written_after_all_is_not_found(practice, vault) -> None:
    note = practice.draft("Carys Bowen", happened="tuba")
    with pytest.raises(ZeroDivisionError), vault.write("clinical") as db:
        service.save_note(db, note.id, {"happened": "oboe"}, note.row_version)
        assert len(lists.list_notes(db, "oboe")) == 1
        raise ZeroDivisionError
    assert (found(vault, "oboe"), found(vault, "tuba")) == ([], ["Carys Bowen"])


def test_each_finds_what_they_may_read_and_no_more(practice, vault) -> None:
    practice.signed("Carys Bowen", happened="The djembe again.")
    practice.draft("Kit Lane", practice.session("Kit Lane", at=EARLIER), happened="A djembe, unsigned.")
    for name, roles, zones in (
        ("Bethan Price", ("therapist",), ("clinical",)),
        ("Mair Ellis", ("admin",), ()),
        ("Nia Lead", ("lead",), ("clinical", "safeguarding")),
    ):
        vault.add_user(name, roles, WORDS, zones)
    with vault.read() as db:
        assert [hit.title for hit in plugin.search(db, "djembe", 5)] == [
            "Note: Carys Bowen",
            "Note: Kit Lane",
        ]
    for name, count in (("Bethan Price", 0), ("Mair Ellis", 0), ("Nia Lead", 2)):
        vault.unlock(name, WORDS)
        with vault.read() as db:
            assert len(plugin.search(db, "djembe", 5)) == count, name
    vault.unlock("Bethan Price", WORDS)
    assert found(vault, "djembe") == []


def test_what_is_offered_beside_people_says_nothing_of_the_text(practice, vault) -> None:
    note = practice.signed("Carys Bowen", happened="The djembe again.")
    with vault.read() as db:
        (hit,) = plugin.search(db, "djem", 5)
        assert plugin.search(db, "dj", 5) == plugin.search(db, "carys", 5) == plugin.search(db, "", 5) == []
        assert [h.link.ref for h in plugin.search(db, "carys djembe", 5)] == [note.id]
    assert (hit.title, hit.subtitle) == ("Note: Carys Bowen", "Wed 6 May 2026 · Session note")
    assert (hit.link.page, hit.link.ref, hit.link.args) == ("notes.notes", note.id, ("open",))


def test_a_window_of_the_list_costs_the_same_number_of_questions_whatever_it_holds(practice, vault) -> None:
    counts = []
    for day in (1, 2, 3, 4):
        practice.draft(
            "Carys Bowen", practice.session("Carys Bowen", at=datetime(2026, 5, day, 9, 0)), happened="djembe"
        )
        if day not in (1, 4):
            continue
        with vault.read() as db:
            asked: list[str] = []
            event.listen(db.get_bind(), "before_cursor_execute", lambda *a, to=asked: to.append(a[2]))
            assert len(lists.list_notes(db, "djembe carys")) == day
            counts.append(len(asked))
    assert counts[0] == counts[1] > 0


# -- nothing stays behind --------------------------------------------------------------------------------


def test_words_that_were_changed_leave_the_index_at_once(practice, vault) -> None:
    note = practice.draft("Carys Bowen", happened="zqxjvw wyvqzk")
    assert b"zqxjvw" in indexed(vault)
    with vault.write("clinical") as db:
        note = service.save_note(db, note.id, {"happened": "wyvqzk"}, note.row_version)
    assert b"zqxjvw" not in indexed(vault)
    assert b"wyvqzk" in indexed(vault)


def test_the_control_without_overwriting_they_would_stay(practice, vault) -> None:
    with vault.write("clinical") as db:
        db.connection().exec_driver_sql(
            "INSERT INTO clinical.notes_search (notes_search, rank) VALUES ('secure-delete', 0)"
        )
    note = practice.draft("Carys Bowen", happened="zqxjvw wyvqzk")
    with vault.write("clinical") as db:
        service.save_note(db, note.id, {"happened": "wyvqzk"}, note.row_version)
    assert b"zqxjvw" in indexed(vault)


def test_of_a_person_who_was_erased_no_word_is_in_the_file(practice, vault) -> None:
    practice.signed("Carys Bowen", happened="zqxjvw")
    practice.signed("Kit Lane", practice.session("Kit Lane", at=EARLIER), happened="wyvqzk")
    keys, folder = keys_of(vault)["clinical"], vault.folder
    file = generations.zone_file(folder, "clinical", generations.read_current(folder)["clinical"])
    assert b"zqxjvw" in decrypted(file, keys)
    with vault.write("core") as db:
        db.execute(text("UPDATE episode SET stage = 'closed'"))
        db.info.setdefault("told", set()).add("episode")
    erasure.erase_person(vault, practice.person("Carys Bowen"), "request")
    file = generations.zone_file(folder, "clinical", generations.read_current(folder)["clinical"])
    content = decrypted(file, keys)
    assert b"zqxjvw" not in content
    assert b"wyvqzk" in content
    assert found(vault, "wyvqzk") == ["Kit Lane"]
    check_index(vault)


# -- the file is written anew, damaged, or of an older version --------------------------------------------


def test_notes_are_found_after_their_file_was_written_anew(practice, vault) -> None:
    for day in (1, 2, 3, 4):
        session = practice.session("Carys Bowen", at=datetime(2026, 5, day, 9, 0))
        note = practice.draft("Carys Bowen", session, happened=f"djembe {day}")
    with vault.write("clinical") as db:
        db.delete(db.scalars(select(Note).where(Note.id != note.id)).first())
    scrub.scrub(vault, "clinical")
    assert len(found(vault, "djembe")) == 3
    assert len(found(vault, "djembe 4")) == 1
    vault.rotate("clinical")
    assert len(found(vault, "djembe 4")) == 1
    check_index(vault)
    assert vault.check() == []


def test_an_index_that_is_not_whole_is_told_by_the_check(practice, vault) -> None:
    practice.draft("Carys Bowen", happened="djembe")
    assert vault.check() == []
    with vault.write("clinical") as db:
        db.execute(text("DELETE FROM clinical.notes_search_docsize"))
        db.execute(text("UPDATE clinical.notes_search_data SET block = x'00000000' WHERE id > 10"))
        db.info.setdefault("told", set()).add("clinical.notes_search")
    assert [finding.zone for finding in vault.check() if finding.kind == "file"] == ["clinical"]


def test_notes_of_an_older_vault_are_found(plugins, tmp_path: Path) -> None:
    old = open_vault(old_vault(tmp_path / "old"), Host(plugins.owners()))
    old.unlock(*SIGN_IN)
    old.settle()
    finds_all(old)
    old.close()


@pytest.mark.parametrize("table", ["notes_search_data", "notes_search_piece"])
def test_notes_are_found_after_a_damaged_index_was_saved_anew(plugins, tmp_path: Path, table: str) -> None:
    host = Host(plugins.owners())
    sound = sound_vault(tmp_path / "sound", host)
    spoil(sound.folder, "clinical", page_of(sound, "clinical", table))
    saved = open_vault(sound.folder, host)
    salvage(saved, *SIGN_IN)
    saved.unlock(*SIGN_IN)
    finds_all(saved)
    assert saved.check() == []
    saved.close()


def finds_all(vault: Any) -> None:
    """Each of forty words is found in the notes in which plain reading finds it."""
    with vault.read() as db:
        notes = {note.id: service._view(db, note) for note in db.scalars(select(Note))}
        texts = [a.text for note in notes.values() for a in note.answers]
        words = {word for said in texts for word in said.split() if word.isalpha() and len(word) > 6}
        assert len(words) > 10
        held = text("SELECT count(DISTINCT note_id) FROM clinical.notes_search_piece")
        assert db.scalar(held) == len(notes) > 10
        query = text(
            "SELECT DISTINCT note_id FROM clinical.notes_search JOIN clinical.notes_search_piece"
            " ON number = notes_search.rowid WHERE notes_search MATCH :word"
        )
        for word in sorted(words)[:40]:
            said_in = {i.hex for i, note in notes.items() if _says(note, word)}
            assert set(db.scalars(query, {"word": f'"{word}" *'})) == said_in, word
    check_index(vault)
