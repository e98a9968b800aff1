"""Song files coming in through the worker and going out, and `therapydesk songs …`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError
from therapydesk.cli import main as cli
from therapydesk.plugins.groups import music_importing, music_reader, music_service
from therapydesk.plugins.groups.music_importing import Wanted

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
