"""The program's side of the parsing worker: start, wait, make a sentence of any failure (security §8)."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from therapydesk.core.dates import today
from therapydesk.core.errors import UserError
from therapydesk.core.parsing.limits import MAX_FILE, MAX_REPLY, Limits, MiB
from therapydesk.core.parsing.types import FORMATS, Parsed
from therapydesk.core.words import language, tr

LIMITS = Limits()
WORKER_FLAG = "--parsing-worker"  # in a frozen program the only executable is the program itself

log = logging.getLogger(__name__)
inside = False  # whether this process is the worker


def read_file(
    path: Path, *, reader: str | None = None, cancelled: Callable[[], bool] | None = None
) -> Parsed:
    """Read a file that nobody has checked, in a limited process of its own.

    `reader` is a format of FORMATS when the user has said what the file is. `cancelled` is asked while
    waiting and may raise. Every failure is a UserError that names the file and says what to do.
    """
    if reader is not None and reader not in FORMATS:
        raise ValueError(f"unknown format {reader!r}")
    if inside:
        return _read_here(path, reader)
    name = path.name
    with _open(path) as source:
        reply = _ask(source, name, _request(reader), cancelled)
    return _take(reply, name)


def read_by(
    path: Path,
    plugin: dict[str, Any],
    *,
    reader: str | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Parsed:
    """Have an added module's reader read a file in the worker; `plugin` says which. Fails like `read_file`."""
    name = path.name
    with _open(path) as source:
        reply = _ask(source, name, _request(reader, plugin), cancelled)
    return _take(reply, name)


def _read_here(path: Path, reader: str | None) -> Parsed:
    """The reader of an added module asks for ours, in the worker that it runs in."""
    from therapydesk.core.parsing.refusal import Refused
    from therapydesk.core.parsing.sniff import parse

    try:
        return parse(path.read_bytes(), reader, today())
    except Refused as refused:
        raise UserError(refused.message, refused.help) from None


def _open(path: Path) -> IO[bytes]:
    name = path.name
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError(
                tr("“{file}” is not a file.").format(file=name),
                tr("Choose the files themselves, not a folder."),
            )
        source = path.open("rb")
    except FileNotFoundError:
        raise UserError(
            tr("“{file}” is not there.").format(file=name), tr("Check that it was not moved or renamed.")
        ) from None
    except OSError as error:
        raise UserError(
            tr("“{file}” cannot be opened: {reason}.").format(
                file=name, reason=error.strerror or tr("unknown reason")
            ),
            tr("Copy it to your own folder and try again."),
        ) from None
    size = os.fstat(source.fileno()).st_size
    if size > MAX_FILE:
        source.close()
        raise _too_large(name)
    if not size:
        source.close()
        raise UserError(tr("“{file}” is empty.").format(file=name), tr("Ask the sender for another copy."))
    return source


def _too_large(name: str) -> UserError:
    return UserError(
        tr("“{file}” is larger than {n} MiB.").format(file=name, n=MAX_FILE // MiB),
        tr("Split it into smaller files, or leave out pictures and columns that are not needed."),
    )


def _request(reader: str | None, plugin: dict[str, Any] | None = None) -> str:
    return json.dumps(
        {
            **({"plugin": plugin} if plugin is not None else {}),
            "reader": reader or "",
            "today": today().isoformat(),
            "language": language(),
            "memory": LIMITS.memory,
            "cpu": LIMITS.cpu,
        }
    )


def _command(request: str) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG, request]
    return [sys.executable, "-I", "-X", "utf8", str(Path(__file__).with_name("__main__.py")), request]


def _environment() -> dict[str, str]:
    """Nothing of the user's environment, save what Windows cannot start a process without."""
    return {"LC_ALL": "C.UTF-8", **{key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}}


def _ask(source: IO[bytes], name: str, request: str, cancelled: Callable[[], bool] | None) -> dict[str, Any]:
    process = _start(source, request)
    gathered = _Gathered(process)
    try:
        _wait(gathered, name, cancelled)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
    finally:
        _end(process)
        gathered.join()
    if gathered.overflow:
        raise _over("memory", name)
    return _reply(bytes(gathered.reply), process.returncode, name)


def _start(source: IO[bytes], request: str) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        _command(request),
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        creationflags=flags,
        start_new_session=True,  # a group of its own, so that it can be ended as a whole
    )


class _Gathered(threading.Thread):
    """Collects the reply while the caller watches the clock; pipes cannot be polled on Windows."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(name="parsing reply", daemon=True)
        self.reply = bytearray()
        self.overflow = False
        self._process = process
        self.start()

    def run(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with pipe:
            while chunk := pipe.read1(MiB):  # type: ignore[attr-defined]  # a buffered reader; typeshed says IO
                self.reply += chunk
                if len(self.reply) > MAX_REPLY:
                    self.overflow = True
                    return


def _wait(gathered: _Gathered, name: str, cancelled: Callable[[], bool] | None) -> None:
    deadline = time.monotonic() + LIMITS.wall
    while True:
        gathered.join(0.05)
        if not gathered.is_alive():
            return
        if cancelled is not None and cancelled():
            raise UserError(
                tr("Reading “{file}” was stopped.").format(file=name), tr("Nothing was imported.")
            )
        if time.monotonic() > deadline:
            raise _over("time", name)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Make sure that the worker, and whatever it may have started, is gone."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left in the group
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _reply(line: bytes, status: int, name: str) -> dict[str, Any]:
    if line.endswith(b"\n"):
        try:
            reply = json.loads(line)
        except ValueError:
            reply = None
        if isinstance(reply, dict):
            return reply
    log.warning("the parsing worker ended with status %s", status)
    if sys.platform != "win32" and -status in (signal.SIGXCPU, signal.SIGKILL):
        raise _over("time", name)
    if (
        sys.platform != "win32" and -status == signal.SIGABRT
    ):  # what the spreadsheet library does when memory ends
        raise _over("memory", name)
    raise _broken(name)


def _over(what: str, name: str) -> UserError:
    if what == "size":
        return _too_large(name)
    if what == "time":
        message = tr("“{file}” takes too long to read.").format(file=name)
    else:
        message = tr("“{file}” needs too much memory to read.").format(file=name)
    return UserError(message, tr("Copy only the table you need into a new file and try that."))


def _broken(name: str) -> UserError:
    return UserError(
        tr("“{file}” is damaged, or is not the kind of file it seems to be.").format(file=name),
        tr("Open it in the program it came from and save it again, or ask the sender for another copy."),
    )


def _take(reply: dict[str, Any], name: str) -> Parsed:
    if "over" in reply:
        raise _over(str(reply["over"]), name)
    if "fault" in reply:
        log.warning("the parsing worker failed: %s", str(reply["fault"])[:80])
        raise _over("memory", name) if str(reply["fault"]).startswith("MemoryError") else _broken(name)
    if "refused" in reply:
        message, help_text = (str(text).replace("{file}", name) for text in reply["refused"])
        raise UserError(message, help_text)
    try:
        return Parsed.from_plain(reply.get("parsed"))
    except ValueError:
        log.warning("the parsing worker sent something else than rows")
        raise _broken(name) from None
