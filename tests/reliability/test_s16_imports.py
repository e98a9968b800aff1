"""S16: bad imports. Each file of the corpus is refused with a sentence or read, within ten seconds and 512 MiB; the program
lives, and nothing is written and nothing sent. `tests/core/parsing/test_hostile.py` holds the sentence of each.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

import therapydesk
from tests.core.parsing import hostile
from tests.core.parsing.conftest import DATA
from therapydesk.core.errors import UserError
from therapydesk.core.parsing import worker
from therapydesk.core.parsing.limits import Limits, MiB
from therapydesk.core.parsing.worker import read_file

ROOT = Path(therapydesk.__path__[0])
LEAST = 65
GOOD = DATA / "csv-messy/csvlint/title-row.csv"
pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc"),
]


def more() -> Iterator[tuple[str, bytes]]:
    """Beside the corpus of the parsers: every good file cut short, names that lie, and bombs in bombs."""
    for path in sorted(
        p for p in DATA.rglob("*") if p.is_file() and p.suffix in (".csv", ".xlsx", ".ods", ".json", ".xml")
    )[::9]:
        content = path.read_bytes()
        yield f"half-{path.name}", content[: len(content) // 2]
        yield f"tail-{path.name}", content[len(content) // 3 :]
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(50 * MiB))
    yield (
        "bomb-in-bomb.xlsx",
        hostile.zipped({"xl/embeddings/a.xlsx": inner.getvalue(), "[Content_Types].xml": b"<x/>"}),
    )
    yield "macro-named.csv", hostile.xlsx(hostile.GOOD_ROWS, {"xl/vbaProject.bin": b"1"})
    yield (
        "links-out.xlsx",
        hostile.xlsx(
            hostile.GOOD_ROWS, {"xl/externalLinks/externalLink1.xml": b'<x href="http://127.0.0.1:9/a"/>'}
        ),
    )
    yield "formula.csv", b'name,reason\n=HYPERLINK("http://127.0.0.1:9"),low\n'
    yield (
        "remote.xml",
        b'<Patient xmlns="http://hl7.org/fhir"><photo><url value="http://127.0.0.1:9/p.png"/></photo></Patient>',
    )
    yield (
        "schema.xml",
        (
            b'<Patient xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            b'xsi:schemaLocation="http://hl7.org/fhir http://127.0.0.1:9/x.xsd"><id value="1"/></Patient>'
        ),
    )


@pytest.fixture(scope="module")
def corpus() -> dict[str, bytes]:
    return {**dict(hostile.everything()), **dict(more())}


class Watch(threading.Thread):
    """The most memory that a child of this process had, as the system saw it, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.stop = 0, threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.005):
            for pid in _children():
                self.most = max(self.most, _peak(pid))


def _children() -> list[int]:
    me, found = os.getpid(), []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == me:
                found.append(int(path.parent.name))
        except (OSError, ValueError, IndexError):
            continue
    return found


def _peak(pid: int) -> int:
    """In bytes; 0 for a child that is no program of its own yet, as its memory is still that of this process."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if command == Path("/proc/self/cmdline").read_bytes():
            return 0
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0


def read(folder: Path, name: str, content: bytes) -> str:
    """How it ended: "read", or the sentence."""
    path = folder / name
    path.write_bytes(content)
    said = None
    try:
        read_file(path)
    except UserError as refused:
        said = refused
    path.unlink()
    assert said is None or (name in said.message and said.help)
    return "read" if said is None else said.message


def test_the_corpus_holds_enough(corpus: dict[str, bytes]) -> None:
    assert len(corpus) >= LEAST


def test_each_is_refused_or_read_within_its_limits_and_nothing_is_written(
    corpus: dict[str, bytes], tmp_path: Path
) -> None:
    folder, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    ended, slowest, watch = {}, 0.0, Watch()
    watch.start()
    for name, content in corpus.items():
        started = time.monotonic()
        ended[name] = read(folder, name, content)
        slowest = max(slowest, time.monotonic() - started)
    watch.stop.set()
    watch.join()
    assert slowest < worker.LIMITS.wall + 1
    assert 0 < watch.most <= worker.LIMITS.memory
    assert list(folder.iterdir()) == list(elsewhere.iterdir()) == []
    assert _children() == [], "no worker is left"
    assert read(folder, "good.csv", GOOD.read_bytes()) == "read", "and the program goes on"
    assert sum(1 for end in ended.values() if end != "read") > LEAST / 2


def test_control_without_its_limits_a_worker_takes_more_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LIMITS", Limits(memory=4096 * MiB, cpu=60, wall=60.0))
    watch = Watch()
    watch.start()
    read(tmp_path, "wide-and-deep.xlsx", hostile.WIDE_AND_DEEP)
    watch.stop.set()
    watch.join()
    assert watch.most > 512 * MiB


@pytest.mark.skipif(
    subprocess.run(["which", "strace"], capture_output=True, check=False).returncode != 0,
    reason="needs strace",
)
def test_no_socket_is_opened_for_any_of_them(corpus: dict[str, bytes], tmp_path: Path) -> None:
    """What the system was asked for, of the few that name an address."""
    for name in ("links-out.xlsx", "formula.csv", "remote.xml", "schema.xml", "outside.xml"):
        (tmp_path / name).write_bytes(corpus[name])
        command = worker._command(worker._request(None))
        trace = tmp_path / f"{name}.trace"
        with (tmp_path / name).open("rb") as source:
            subprocess.run(
                ["strace", "-f", "-e", "trace=network", "-o", str(trace), *command],
                stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=60,
            )  # fmt: skip
        assert "socket(" not in trace.read_text()


# The only modules that may look into a file that nobody has checked: they are in the worker.
READERS = {
    "calamine",
    "python_calamine",
    "defusedxml",
    "openpyxl",
    "odf",
    "pypdf",
    "email",
    "xml",
    "zipfile",
    "tarfile",
    "charset_normalizer",
}
# These only write, or read what the program itself wrote and sealed.
OURS = {"core/pdf_story.py", "records/subject_zip.py", "demo/files.py"}
# Readers of a module, which are called by name in the worker only (`read_in_worker`).
OURS |= {"plugins/groups/music_opensong.py"}


def importers_of(folder: Path) -> dict[str, set[str]]:
    """Which files import a reader of files."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        name = path.relative_to(folder).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for each in names:
                if each.split(".")[0] in READERS:
                    found.setdefault(name, set()).add(each)
    return found


def test_every_reader_of_files_is_used_in_the_worker_only() -> None:
    found = importers_of(ROOT)
    outside = {name for name in found if not name.startswith("core/parsing/")}
    assert {name for name in found if name.startswith("core/parsing/")}, "the control: they are found"
    assert {name for name in outside if name not in OURS and not name.startswith("core/vault/")} == set()
