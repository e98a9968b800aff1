"""The log holds no people: whatever is logged, and whatever an exception says."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from therapydesk.core import log as log_module
from therapydesk.core.errors import NotFound
from therapydesk.core.log import allow, close_log, log, setup_log

SECRET = "Carys Llewellyn 9434765919 1948-03-03"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    yield setup_log(tmp_path / "log")
    close_log()


def fail(words: str) -> None:
    raise KeyError(words)


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def test_exceptions_are_classes_and_code_lines(file: Path) -> None:
    try:
        try:
            fail(SECRET)
        except KeyError as error:
            raise ValueError(f"row of {SECRET}") from error
    except ValueError:
        log.exception("import failed")
    text = read(file)
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "test_log.py:" in text
    assert " fail" in text
    assert "Carys" not in text
    assert "9434765919" not in text
    assert "raise " not in text


def test_arguments_are_written_only_when_they_are_codes(file: Path) -> None:
    ident = UUID("0190c1f0-5a5e-7cc3-98c4-dc0c0c07398f")
    log.warning("a %s b %s c %s d %s", "Carys", 3, ident, NotFound(SECRET))
    log.warning("zone %s fault %s hook %s", "clinical", "UserError", fail)
    log.warning("named %(who)s", {"who": SECRET})
    log.warning("numbers %s %s", 9434765919, "9434765919")
    text = read(file)
    assert f"a <str> b 3 c {ident} d NotFound" in text
    assert "zone clinical fault UserError hook fail" in text
    assert "named <str>" in text
    assert "9434765919" not in text
    assert "Carys" not in text


def test_codes_that_were_let_through_are_written(file: Path) -> None:
    log.warning("plugin %s", "therapydesk_not_there")
    allow("therapydesk_not_there")
    log.warning("plugin %s", "therapydesk_not_there")
    lines = read(file).splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == ["<str>", "therapydesk_not_there"]


def test_an_argument_that_no_longer_fits_its_format_does_no_harm(file: Path) -> None:
    log.warning("count %d", "Carys")
    assert "unformattable message at test_log:" in read(file)
    assert "Carys" not in read(file)


def test_messages_of_libraries_are_not_written(file: Path) -> None:
    logging.getLogger("sqlalchemy.pool").error(SECRET)
    text = read(file)
    assert "message from sqlalchemy.pool" in text
    assert "Carys" not in text


def test_another_handler_that_formats_the_exception_first_changes_nothing(file: Path) -> None:
    class Full(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logging.Formatter().format(record)

    other = Full()
    log.addHandler(other)
    try:
        fail(SECRET)
    except KeyError:
        log.exception("import failed")
    finally:
        log.removeHandler(other)
    assert "Carys" not in read(file)


def test_the_account_name_in_paths_is_cut(file: Path) -> None:
    try:
        fail(SECRET)
    except KeyError:
        log.exception("failed")
    assert str(Path(__file__).parent.parent) not in read(file)


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_only_the_owner_can_read_it_also_after_it_turned_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "MAX_BYTES", 400)
    file = setup_log(tmp_path / "log")
    try:
        for number in range(40):
            log.warning("line %s", number)
    finally:
        close_log()
    files = sorted(entry.name for entry in file.parent.iterdir())
    assert files == ["therapydesk.log", *(f"therapydesk.log.{n}" for n in (1, 2, 3))]
    assert all(entry.stat().st_mode & 0o077 == 0 for entry in file.parent.iterdir())


def test_setting_it_up_again_moves_it(tmp_path: Path) -> None:
    first, second = setup_log(tmp_path / "a"), setup_log(tmp_path / "b")
    try:
        log.warning("hello")
    finally:
        close_log()
    assert not first.exists()
    assert second.exists()
