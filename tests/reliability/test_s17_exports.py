"""S17: no cell that leaves the program is a formula, however a spreadsheet splits and trims what it opens."""

from __future__ import annotations

import ast
import csv
import io
import os
import random
import re
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import therapydesk
from therapydesk.core.csv_out import csv_file
from therapydesk.core.errors import UserError
from therapydesk.core.file_out import put_file
from therapydesk.core.text import plain_cell
from therapydesk.demo import files as demo_files
from therapydesk.demo.people_data import MadeUp

ROOT = Path(therapydesk.__path__[0])
BEGINS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
BEFORE = ("", " ", "\t", "\r", "\n", "\0", "\u00a0", "\u3000", "\ufeff", "\u200b", "  \t")
TAILS = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://example.org?x="&A1;"Click")',
    "SUM(A1:A9)*1",
    "DDE(\"cmd\";\"/C calc\";\"x\")",
    'IMPORTXML(CONCAT("http://example.org/",A1),"//a")',
)  # fmt: skip
HIDDEN = (  # a cell that becomes two where a spreadsheet splits at something else, or ends a quotation early
    "Ann;=1+1", "Ann\t=1+1", 'Ann";=1+1', 'Ann""\t=1+1', "Ann\n=1+1", "Ann\r\n=1+1", 'Ann",=1+1', "Ann|=1+1",
    '"=1+1"', 'Ann"; \u200b=1+1', "Ann\n- cmd|'/C calc'!A0", 'Ann";""+1+1', "Ann;\uff1d1+1", 'a";b";@SUM(A1)', "Ann;'=1+1",
)  # fmt: skip
CORPUS = [f"{before}{begins}{tail}" for begins in BEGINS for before in BEFORE for tail in TAILS] + list(
    HIDDEN
)
HARMLESS = ("Siân", "07700 900123", "1,5", "O'Neill", "a = b", "10:30 - 11:15", "“=”", "", "£45")
NUMBERS = (1, -2, 1.5, 0, -0.25)
SEPARATORS = (",", ";", "\t", "|")
INVISIBLE = re.compile(r"[\s\0\u200b\ufeff]+")


def is_formula(cell: str) -> bool:
    """As the strictest spreadsheet: nothing invisible counts, full-width signs do, a plain number is a number."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", cell)).replace("\u2212", "-")
    if not text or text[0] not in "=+-@":
        return False
    return re.fullmatch(r"[+-]?\d+([.,]\d+)?", text) is None


def opened(data: bytes, separator: str) -> list[str]:
    """All cells as a spreadsheet finds them that splits at this character."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator)
    return [cell for row in rows for cell in row]


def test_the_corpus_is_large_enough_and_dangerous() -> None:
    assert len(CORPUS) >= 500
    assert all(is_formula(cell) for cell in CORPUS[: -len(HIDDEN)])
    assert not any(is_formula(cell) for cell in HARMLESS)


@pytest.mark.parametrize("separator", SEPARATORS, ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("place", ["head", "first", "middle", "last"])
def test_no_cell_of_a_csv_file_is_a_formula(separator: str, place: str) -> None:
    for text in CORPUS:
        heads, row = ["Name", "Told", "More"], ["Ann", "Bob", "Cai"]
        if place == "head":
            heads[1] = text
        else:
            row[("first", "middle", "last").index(place)] = text
        cells = opened(csv_file(heads, [row]), separator)
        assert [cell for cell in cells if is_formula(cell)] == [], repr(text)


@pytest.mark.parametrize("separator", SEPARATORS[1:], ids=["semicolon", "tab", "bar"])
def test_control_an_ordinary_file_gives_formulas(separator: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["Ann", text] for text in CORPUS])
    found = [cell for cell in opened(out.getvalue().encode(), ",") if is_formula(cell)]
    assert len(found) > 500
    split = io.StringIO(newline="")
    csv.writer(split).writerows([[plain_cell(f"Ann{separator}=1+1")]])
    assert [c for c in opened(split.getvalue().encode(), separator) if is_formula(c)], (
        "the mark alone does not help"
    )


def test_numbers_stay_numbers_and_harmless_text_stays_as_it_is() -> None:
    cells = opened(csv_file(["A"], [[n] for n in NUMBERS] + [[t] for t in HARMLESS]), ",")
    assert cells == ["A", *map(str, NUMBERS), *HARMLESS]


def test_what_was_marked_comes_back_by_taking_the_mark_away() -> None:
    cells = opened(csv_file(["A"], [[text] for text in CORPUS]), ",")[1:]
    assert [cell.replace("'", "") for cell in cells] == [text.replace("'", "") for text in CORPUS]


def test_no_cell_of_a_workbook_that_we_write_is_a_formula() -> None:
    """The demo's lists are the only workbooks that the program writes."""
    texts = [text for text in CORPUS if not set(text) & set("\0\r\t\n\ufeff")]
    for n in range(0, len(texts), 8):
        some = texts[n : n + 8]
        people = [MadeUp(t, t, None, t, t, t, t, t, t, t, ()) for t in some]
        data = demo_files._xlsx(people, random.Random(1))
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        assert [row[0] for row in rows[-len(some) :]] == some


WRITERS = {"csv.writer", "csv.DictWriter", "xlsxwriter.Workbook", "openpyxl.Workbook"}
ALLOWED = {"core/csv_out.py", "demo/files.py"}


def writers(folder: Path) -> set[str]:
    """The files in which something writes tables by itself."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITERS:
                found.add(path.relative_to(folder).as_posix())
    return found


def test_every_table_that_leaves_is_written_by_the_one_function(tmp_path: Path) -> None:
    assert writers(ROOT) == ALLOWED
    contrib = ROOT.parent / "plugins_contrib"
    assert {name for name in writers(contrib) if "/tests/" not in name} == set()
    (tmp_path / "other.py").write_text("import csv\ncsv.writer(None)\n")
    assert writers(tmp_path) == {"other.py"}, "the control: another one would be found"


@pytest.mark.skipif(os.name == "nt", reason="files have no modes there")
def test_what_is_saved_only_the_user_may_read_also_over_a_file_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"old")
    path.chmod(0o644)
    put_file(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o600)
    assert [p.name for p in tmp_path.iterdir()] == ["people.csv"]


def test_a_disk_that_fills_up_leaves_the_file_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.csv"
    put_file(path, b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="No space left"):
        put_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["people.csv"]


def test_a_link_is_followed_and_a_pipe_written_to(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "people.csv"
    link.symlink_to(tmp_path / "elsewhere" / "real.csv")
    put_file(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "real.csv").read_bytes() == b"new"
    put_file(Path(os.devnull), b"new")
