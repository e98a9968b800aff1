"""The limited process itself: what it may not do, how it ends, and what is said then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.core.parsing.conftest import DATA
from therapydesk.core import dates, words
from therapydesk.core.errors import UserError
from therapydesk.core.parsing import worker
from therapydesk.core.parsing.limits import Limits, MiB
from therapydesk.core.parsing.worker import read_file

ROOT = Path(__file__).parents[3]
GOOD = DATA / "csv-messy/csvlint/title-row.csv"

HEAVY = (
    *("sqlalchemy", "PySide6", "sqlcipher3", "nacl", "dateparser"),
    *("python_calamine", "charset_normalizer", "defusedxml"),
)
HARM = {
    "memory": "x = bytearray(700 * 1024 * 1024)",
    "writing": "open({path!r}, 'a').write('x')",
    "making a file": "import os; os.open({path!r}, os.O_CREAT | os.O_RDWR)",
    "deleting": "import os; os.remove({path!r})",
    "reading something else": "open({path!r}).read()",
    "reading beside the program": f"open({str(GOOD)!r}).read()",
    "looking around": "import os; os.listdir(os.path.dirname({path!r}))",
    "network": "import socket; socket.socket()",
    "network below": "import _socket; _socket.socket()",
    "another process": "import subprocess; subprocess.run(['true'])",
    "fork": "import os; os.fork() or os._exit(0)",
    "native code": "import ctypes; ctypes.CDLL(None)",
    "time": "import time\nwhile time.process_time() < 1.4: pass",
}


def run(harm: str, path: Path, limited: bool) -> int:
    path.write_text("keep")
    lines = [
        "import sys",
        f"sys.path.insert(0, {str(ROOT)!r})",
        "from therapydesk.core.parsing.limits import Limits, limit_self, shut_doors",
        *(["limit_self(Limits(cpu=1))", f"shut_doors({str(ROOT)!r})"] if limited else []),
        HARM[harm].format(path=str(path)),
    ]
    command = [sys.executable, "-I", "-c", "\n".join(lines)]
    return subprocess.run(command, capture_output=True, timeout=20).returncode


@pytest.mark.parametrize("harm", HARM)
def test_the_worker_cannot(harm: str, tmp_path: Path) -> None:
    assert run(harm, tmp_path / "file", limited=True) != 0
    assert (tmp_path / "file").read_text() == "keep"


@pytest.mark.parametrize("harm", HARM)
def test_control_without_limits_it_can(harm: str, tmp_path: Path) -> None:
    assert run(harm, tmp_path / "file", limited=False) == 0


def instead(monkeypatch: pytest.MonkeyPatch, script: str, limits: Limits | None = None) -> None:
    """Start this script where the worker would be started."""
    monkeypatch.setattr(worker, "_command", lambda request: [sys.executable, "-I", "-c", script, request])
    if limits is not None:
        monkeypatch.setattr(worker, "LIMITS", limits)


def test_a_worker_that_hangs_is_ended_with_all_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    script = (
        f"import os, time; os.fork(); open({str(note)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(60)"
    )
    instead(monkeypatch, script, Limits(wall=1.0))
    started = time.monotonic()
    with pytest.raises(UserError, match=r"“title-row.csv” takes too long"):
        read_file(GOOD)
    assert time.monotonic() - started < 5
    pids = note.read_text().split()
    assert len(pids) == 2
    assert not any(_runs(int(pid)) for pid in pids)


def _runs(pid: int) -> bool:
    """Whether the process still does something; one that nobody has buried yet (state Z) does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_processor_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from therapydesk.core.parsing.limits import Limits, limit_self\n"
        "limit_self(Limits(cpu=1))\nwhile True: pass"
    )
    instead(monkeypatch, script)
    with pytest.raises(UserError, match="takes too long"):
        read_file(GOOD)


def test_cancelling_ends_the_worker_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import time; time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(UserError, match="was stopped"):
        read_file(GOOD, cancelled=lambda: True)
    assert time.monotonic() - started < 3


def test_what_the_caller_raises_while_waiting_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import time; time.sleep(60)")

    def stop() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_file(GOOD, cancelled=stop)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("", "damaged"),
        ("print('no JSON')", "damaged"),
        ("print('[1, 2]')", "damaged"),
        ("""print('{"parsed": {"format": "csv"}}')""", "damaged"),
        ("""print('{"fault": "KeyError fhir.py:7"}')""", "damaged"),
        ("""print('{"fault": "MemoryError sheets.py:7"}')""", "too much memory"),
        ("""print('{"over": "memory"}')""", "too much memory"),
        ("import os; os.abort()", "too much memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "damaged"),
        ("raise RuntimeError('secret')", "damaged"),
    ],
)
def test_whatever_the_worker_does_becomes_a_sentence(
    monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    instead(monkeypatch, script)
    with pytest.raises(UserError, match=said) as refused:
        read_file(GOOD)
    assert "title-row.csv" in refused.value.message
    assert refused.value.help


def test_a_reply_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_REPLY", 5 * MiB)
    instead(monkeypatch, "import sys\nwhile True: sys.stdout.write('x' * 1000000)")
    with pytest.raises(UserError, match="too much memory"):
        read_file(GOOD)


def test_files_that_are_not_there_or_are_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"“gone.csv” is not there"):
        read_file(tmp_path / "gone.csv")
    with pytest.raises(UserError, match="is not a file"):
        read_file(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UserError, match="is not a file"):
        read_file(tmp_path / "pipe.csv")
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(UserError, match=r"“empty.csv” is empty"):
        read_file(tmp_path / "empty.csv")


def test_a_name_with_braces_is_shown_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "{file} {x}.pdf"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(UserError) as refused:
        read_file(path)
    assert refused.value.message == "“{file} {x}.pdf” cannot be imported: it is a PDF document."


def test_the_kind_is_the_content_and_never_the_name(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(GOOD.read_bytes())
    assert read_file(path).format == "csv"


def test_the_user_may_say_that_a_text_is_a_table_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text('{"resourceType","x"\n"a","b"\n')
    assert read_file(path, reader="csv").format == "csv"
    with pytest.raises(UserError, match="cannot be read as that kind"):
        read_file(path, reader="xlsx")
    with pytest.raises(ValueError, match="unknown format"):
        read_file(path, reader="exe")


def test_the_clock_and_the_language_of_the_program_hold_in_the_worker(tmp_path: Path) -> None:
    address = {"line": ["Ward 5"], "period": {"start": "2031-01-01"}}
    path = tmp_path / "mary.json"
    path.write_text(
        json.dumps(
            {"resourceType": "Patient", "name": [{"text": "Mary"}], "address": [address], "active": False}
        )
    )
    assert read_file(path).records[0].fields["address"] == ""
    dates.set_clock(lambda: datetime(2031, 6, 1, tzinfo=UTC))
    words.set_language("pseudo")
    try:
        fields = read_file(path).records[0].fields
        note = words.tr("The sender no longer uses this person’s record.")
    finally:
        dates.set_clock(None)
        words.set_language("en")
    assert (fields["address"], fields["notes"]) == ("Ward 5", note)
    assert not note.startswith("The")


def test_the_worker_loads_neither_database_nor_windows() -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import therapydesk.core.parsing.child\n"
        f"print([name for name in sys.modules if name.split('.')[0] in {HEAVY!r}])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_environment_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THERAPYDESK_VAULT", "/secret")
    script = "import os, json; print(json.dumps({'refused': [json.dumps(sorted(os.environ)), 'x']}))"
    instead(monkeypatch, script)
    with pytest.raises(UserError) as refused:
        read_file(GOOD)
    assert set(json.loads(refused.value.message)) <= {"LC_ALL", "LC_CTYPE", "SYSTEMROOT"}


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker._command("{}") == [sys.executable, worker.WORKER_FLAG, "{}"]
