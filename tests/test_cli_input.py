"""The command line as a shell starts it: standard input closed, no terminal, a passphrase and a text on one pipe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER

Answer = subprocess.CompletedProcess[bytes]


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "vault"))


def start(folder: Path, *words: str, given: bytes | None = b"", closed: str = "") -> Answer:
    """Run a command as a process of its own, without a terminal; `closed` are redirections of the shell."""
    command = [
        sys.executable,
        "-m",
        "therapydesk",
        "--vault",
        str(folder),
        "--user",
        USER,
        "--no-plugins",
        *words,
    ]
    surroundings = {**os.environ, "HOME": str(folder.parent)}
    shell = ["bash", "-c", f'exec "$@" {closed}', "bash", *command]
    return subprocess.run(
        shell,
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
        env=surroundings,
        start_new_session=True,
    )


def test_a_passphrase_and_a_text_come_through_one_pipe(folder: Path) -> None:
    given = f"{PASSPHRASE}\nHe had a bruise on his arm.\nAbout: Tom\n".encode()
    answer = start(folder, "--passphrase-file", "-", "concerns", "raise", "--danger", "no", given=given)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert b"was handed over" in answer.stdout


@pytest.mark.parametrize(
    ("words", "closed", "sentence"),
    [
        (("people", "list"), "", b"There is no terminal to ask for the passphrase."),
        (("people", "list"), "<&-", b"There is no terminal to ask for the passphrase."),
        (("--passphrase-file", "-", "people", "list"), "<&-", b"standard input is closed"),
        (("--passphrase-file", "/dev/zero", "people", "list"), "", b"its first line does not end"),
    ],
)
def test_without_a_passphrase_one_sentence_says_so(
    folder: Path, words: tuple[str, ...], closed: str, sentence: bytes
) -> None:
    answer = start(folder, *words, closed=closed)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert answer.stderr.count(b"\n") == 1


def test_a_text_that_cannot_be_read_is_refused_in_words(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    words = ("--passphrase-file", str(secret), "concerns", "raise", "--danger", "no")
    answer = start(folder, *words, closed="<&-")
    assert (answer.returncode, b"standard input is closed" in answer.stderr) == (2, True)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (PASSPHRASE.encode() + b"\r\nnothing that counts", 0),
        (b"\xef\xbb\xbf" + PASSPHRASE.encode(), 0),  # as some editors begin a file
        (b"\xff\xfe" + PASSPHRASE.encode(), 2),
        (b"", 2),
    ],
)
def test_the_file_of_a_passphrase_may_come_from_any_editor(
    folder: Path, tmp_path: Path, content: bytes, status: int
) -> None:
    (tmp_path / "secret").write_bytes(content)
    answer = start(folder, "--passphrase-file", str(tmp_path / "secret"), "people", "list")
    assert answer.returncode == status
    assert answer.stderr.count(b"\n") == (1 if status else 0)


def test_an_answer_that_nobody_can_be_given_is_not_called_undone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(PASSPHRASE)
    known = ("--passphrase-file", str(tmp_path / "secret"))
    answer = start(folder, *known, "people", "list", closed=">/dev/full")
    assert answer.returncode == 1
    assert answer.stderr.startswith(b"What was asked for is done, but the answer could not be written")
