"""Song files coming in through the worker and going out, and `therapydesk songs …`."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import PASSPHRASE, USER
from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError
from therapydesk.cli import main as cli
from therapydesk.plugins.groups import music_importing, music_reader, music_service
from therapydesk.plugins.groups.music_chordpro import read_chordpro, write_chordpro
from therapydesk.plugins.groups.music_importing import Wanted
from therapydesk.plugins.groups.music_song import Song

OPENSONG = "<song><title>Ar Hyd y Nos</title><key>G</key><lyrics>[V]\n.G   Em\n Holl amrantau</lyrics></song>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Calon_Lan.cho").write_text("{title: Calon Lân}\n{key: Bb}\n[Bb]Nid wy'n [Eb]gofyn", "utf-8")
    (tmp_path / "nos.xml").write_text(OPENSONG, "utf-8")
    (tmp_path / "old.txt").write_bytes("No title, caf\u00e9".encode("cp1252"))
    (tmp_path / "broken.cho").write_text("{title: Broken}\n[G never closed", "utf-8")
    (tmp_path / "hostile.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><song><lyrics>&b;</lyrics></song>')
    (tmp_path / "empty.cho").write_bytes(b"")
    (tmp_path / "over.txt").write_text("G    C\nchords over words\n")
    return tmp_path


def test_files_are_read_in_the_worker_and_each_bad_one_has_a_sentence(choir: Choir, folder: Path) -> None:
    names = [
        "Calon_Lan.cho",
        "nos.xml",
        "old.txt",
        "broken.cho",
        "hostile.xml",
        "empty.cho",
        "over.txt",
        "no.cho",
    ]
    found = music_importing.read_songs([folder / n for n in names], Wanted("public domain", tags=("Welsh",)))
    assert [each.details.title if each.details else None for each in found] == [
        *("Calon Lân", "Ar Hyd y Nos", "old"),
        *[None] * 5,
    ]
    assert [each.why for each in found[3:]] == [
        "Line 2: a [ is not closed.",
        "This is not an OpenSong file, or it is damaged. Save it again in the program it came from.",
        "“empty.cho” is empty. Ask the sender for another copy.",
        "The chords stand over the words, not in brackets. Save it as ChordPro in the program it came from.",
        "“no.cho” is not there. Check that it was not moved or renamed.",
    ]
    assert found[2].details is not None
    assert "café" in found[2].details.text
    done = choir.do(music_importing.add_songs, found)
    assert sum(made is not None for _, made in done) == 3
    again = choir.do(music_importing.add_songs, found)
    assert [made for _, made in again] == [None] * 8
    assert again[0][0].why == "This song is here already."


def test_words_without_a_licence_are_refused_unless_they_are_our_own(folder: Path) -> None:
    (found,) = music_importing.read_songs([folder / "nos.xml"])
    assert "what allows us" in found.why
    (found,) = music_importing.read_songs([folder / "nos.xml"], Wanted(own=True))
    assert found.details is not None


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\xef\xbb\xbf\xff", b"<", b"\x00\x01\x02", b"[" * 900, b"x" * 900_000]
)
def test_hostile_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(UserError):
        music_reader.read_bytes(data)


BOMB = "<!DOCTYPE l [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
)
BOMB += "]><song><title>B</title><lyrics>&a9;</lyrics></song>"
OUTSIDE = (
    "<!DOCTYPE s [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><song><title>B</title><lyrics>&f;</lyrics></song>"
)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("bomb.xml", BOMB.encode(), "not an OpenSong file"),
        ("bomb16.xml", BOMB.encode("utf-16"), "not an OpenSong file"),
        ("outside.xml", OUTSIDE.encode(), "not an OpenSong file"),
        ("deep.xml", b"<song><lyrics>" + b"<a>" * 50_000, "not an OpenSong file"),
        (
            "bogus.xml",
            b"<?xml version='1.0' encoding='bogus'?><song><lyrics>a</lyrics></song>",
            "not an OpenSong",
        ),
        ("wordless.xml", b"<song><lyrics/></song>", "no song in this file"),
        ("page.xml", b"<html><body>no song</body></html>", "not an OpenSong file"),
        ("long.xml", b"<song><lyrics>" + b"[V]\n" * 60_000 + b"</lyrics></song>", "too long for a song"),
        ("spaces.cho", b"{a" + b" " * 980 + b"x}y", "a { is not closed"),
        ("brackets.cho", b"[" * 990, "a [ is not closed"),
        ("picture.cho", bytes(range(256)) * 40, "signs that no text has"),
        ("huge.cho", b"la " * 8_000_000, "larger than 20 MiB"),
        ("half.cho", b"\xff\xfeT\x00h", "no song|damaged|what allows"),
        ("two.cho", b"{title: a}\nla\n{new_song}\n{title: b}", "more than one song"),
        ("other.csv", b"name,words\na,b", "no column called"),
        ("bomb.xlsx", b"PK\x03\x04" + b"0" * 100, ""),
    ],
)
def test_hostile_broken_and_huge_files_have_a_sentence_each_and_take_no_time(
    tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.cho").write_text("{title: Good}\n[G]words", "utf-8")
    began = monotonic()
    bad, good = music_importing.read_songs([tmp_path / name, tmp_path / "good.cho"])
    assert monotonic() - began < 12  # two workers, each of which may take ten seconds at most
    assert (bad.details, good.why) == (None, "Say what allows us to keep these words. " + LICENCES)
    assert re.search(why.replace("{", r"\{").replace("[", r"\["), bad.why), bad.why
    assert bad.why.endswith(".")


LICENCES = "Like: in the public domain; hymn book licence; or say that the words are our own."


def test_a_zip_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/workbook.xml", b" " * 100_000_000)
    (found,) = music_importing.read_songs([tmp_path / "bomb.xlsx"])
    assert found.details is None
    assert found.why.endswith(".")


def refused(read: Callable[[], Song]) -> tuple[str, Song | None]:
    """Why it was refused; "." and the song when it was not. Anything but a sentence is a fault and goes on."""
    try:
        return ".", read()
    except UserError as error:
        return error.message, None


@given(st.text("{}[]:#/ \taGbm7cé\n", max_size=400))
@example("[]{")
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    said, song = refused(lambda: read_chordpro(text))
    assert said.endswith(".")
    if song is not None:
        assert read_chordpro(write_chordpro(song)).chords() == song.chords()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    for start in (b"", b"<song>", b"<song><lyrics>[V]\n.G\n"):
        said, _song = refused(partial(music_reader.read_bytes, start + data))
        assert said.endswith(".")


def test_a_file_that_does_not_say_its_letters_is_taken_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "old.cho").write_bytes("{title: Dŵr}\ncafé".replace("ŵ", "w").encode("cp1252"))
    (tmp_path / "new.cho").write_text("{title: Dŵr}\ncafé", "utf-16")
    old, new = music_importing.read_songs([tmp_path / "old.cho", tmp_path / "new.cho"], Wanted(own=True))
    assert old.details is not None
    assert new.details is not None
    assert (old.details.text, new.details.text) == ("café", "café")
    assert "does not say in which letters" in " ".join(old.notes)
    assert new.notes == ()


def test_a_table_that_was_cut_off_is_taken_with_a_word_on_the_row(tmp_path: Path) -> None:
    (tmp_path / "cut.csv").write_bytes(b'title,text\ngood,\n"a,b')
    good, cut = music_importing.read_songs([tmp_path / "cut.csv"])
    assert (good.source, good.notes) == ("cut.csv, row 2", ())
    assert cut.notes == ("The quotation marks in this row do not match, so its cells may be wrong.",)


def test_songs_go_out_as_csv_and_come_back_the_same(choir: Choir, folder: Path) -> None:
    found = music_importing.read_songs(
        [folder / "Calon_Lan.cho", folder / "nos.xml"], Wanted("=licence", tags=("a", "b"))
    )
    choir.do(music_importing.add_songs, found)
    with choir.vault.read() as db:
        (folder / "out.csv").write_bytes(music_importing.songs_csv(db))
        kept = {v.title: v.details for v in music_service.list_pieces(db)}
    back = music_importing.read_songs([folder / "out.csv"])
    assert {each.details.title: each.details for each in back if each.details} == kept


@pytest.mark.parametrize("suffix", [".cho", ".xml"])
def test_a_song_goes_out_as_a_file_and_comes_back_with_its_chords(
    choir: Choir, folder: Path, suffix: str
) -> None:
    (one,) = music_importing.read_songs([folder / "Calon_Lan.cho"], Wanted("public domain"))
    assert one.details is not None
    (folder / f"again{suffix}").write_bytes(music_importing.song_file(one.details, suffix))
    (back,) = music_importing.read_songs([folder / f"again{suffix}"])
    assert back.details == one.details


def test_songs_on_the_command_line(
    choir: Choir, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    (folder / "secret").write_text(PASSPHRASE)
    access = [
        "--vault",
        str(choir.vault.folder),
        "--user",
        USER,
        "--passphrase-file",
        str(folder / "secret"),
        "--json",
    ]
    choir.vault.close()

    def run(*words: str, status: int = 0) -> Any:
        assert cli.run([*words, *access, "--no-plugins"]) == status
        said = capsys.readouterr()
        return json.loads(said.out) if said.out else said.err

    files = [str(folder / name) for name in ("Calon_Lan.cho", "nos.xml")]
    taken = run("songs", "import", *files, "--licence", "public domain", "--tag", "Welsh")
    assert [each["title"] for each in taken] == ["Calon Lân", "Ar Hyd y Nos"]
    told = run("songs", "import", str(folder / "broken.cho"), status=2)
    assert told[0]["refused"] == "Line 2: a [ is not closed."
    assert [s["title"] for s in run("songs", "list", "--tag", "welsh")] == ["Ar Hyd y Nos", "Calon Lân"]
    book = folder / "book.pdf"
    made = run("songs", "book", str(book), "--chords", "--copies", "14")
    assert (made["songs"], made["pages"]) == (2, 3)
    assert book.read_bytes().startswith(b"%PDF")
    run("songs", "export", str(folder / "one.xml"), "Calon Lân")
    assert b"<lyrics>" in (folder / "one.xml").read_bytes()
    assert "no set list" in run("songs", "book", str(book), "--set", "x", status=2)
    assert "at least one song" in run("songs", "book", str(book), "--tag", "none", status=2)


def test_files_as_they_come_that_hold_no_songs_have_a_sentence_each(tmp_path: Path) -> None:
    """Tables, spreadsheets and XML that nobody on this project wrote (tests/data, with their notices)."""
    data = Path(__file__).parents[2] / "data"
    files = sorted(
        path
        for folder in ("csv-messy", "spreadsheets", "fhir-ukcore")
        for path in (data / folder).rglob("*.*")
        if path.suffix not in (".md", ".txt")
    )
    assert len(files) > 20
    found = music_importing.read_songs(files, Wanted(own=True))
    named = {path.name for path in files}
    for each in found:
        assert each.source.partition(", ")[0] in named
        if each.details is None:
            assert each.why.endswith((".", "…", "”"))
    refused = {each.source for each in found if each.details is None}
    assert {path.name for path in files if path.suffix == ".xml"} <= refused
