"""A log without people in it: ids, counts, error classes and code lines, never values (security §1).

Messages of foreign exceptions repeat names, file contents and SQL parameters, so they are never written. An
argument of our own log calls is written only when it cannot be a person's words: see `allow`.
"""

from __future__ import annotations

import logging
import os
import re
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FunctionType, TracebackType
from typing import Any
from uuid import UUID

log = logging.getLogger("therapydesk")
FILE = "therapydesk.log"
MAX_BYTES, KEPT = 500_000, 3
_PACKAGE_ROOT = Path(__file__).parents[2]
_HEX_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_MANY = 10**8  # an NHS or telephone number is larger than any count
_allowed = {"core", "clinical", "safeguarding"}


def allow(*codes: str) -> None:
    """Let these words through as log arguments: ids of plugins, hooks, tables; never what was typed."""
    _allowed.update(codes)


def _fault_names(kind: type[BaseException] = BaseException) -> set[str]:
    names = {kind.__name__}
    for below in kind.__subclasses__():
        names |= _fault_names(below)
    return names


def _safe(value: object) -> object:
    """The value when it cannot hold a person's words, else its type."""
    if value is None or isinstance(value, bool | UUID):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < _MANY else "<large number>"
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, type | FunctionType):
        return value.__name__
    if isinstance(value, str) and (value in _allowed or _HEX_ID.fullmatch(value) or value in _fault_names()):
        return value
    return f"<{type(value).__name__}>"


def frames(error: BaseException) -> str:
    """An exception for the log: classes and code lines of it and its causes, without messages."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines.extend(f"  {line}" for line in _where(current.__traceback__))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)


def _where(trace: TracebackType | None) -> list[str]:
    found = []
    for frame, line in traceback.walk_tb(trace):
        path = Path(frame.f_code.co_filename)
        # Only the tail of the path: the rest holds the name of the account.
        inside = path.is_relative_to(_PACKAGE_ROOT / "therapydesk")
        name = path.relative_to(_PACKAGE_ROOT) if inside else Path(*path.parts[-2:])
        found.append(f"{name.as_posix()}:{line} {frame.f_code.co_name}")
    return found


class SafeFilter(logging.Filter):
    """Takes people out of a record before anything is formatted."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict):
            record.args = {key: _safe(value) for key, value in record.args.items()}
        elif record.args:
            record.args = tuple(_safe(value) for value in record.args)
        ours = record.name == log.name or record.name.startswith(f"{log.name}.")
        if not ours:  # other libraries put values straight into their messages
            record.msg, record.args = f"message from {record.name}", ()
        record.stack_info = None
        return True


class SafeFormatter(logging.Formatter):
    """One line a record; exceptions as classes and code lines."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def formatException(self, ei: Any) -> str:
        return frames(ei[1]) if ei and ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have cached the full text
        try:
            return super().format(record)
        except (TypeError, ValueError, KeyError):  # an argument was replaced that %d or {} wanted
            record.msg, record.args = f"unformattable message at {record.module}:{record.lineno}", ()
            return super().format(record)
        finally:
            record.exc_text = None


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner can read."""

    def _open(self) -> Any:
        path = Path(self.baseFilename)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        if os.name == "posix":
            path.chmod(0o600)
        return super()._open()


def setup_log(folder: Path) -> Path:
    """Start writing the log into `folder` and return the file; a second call moves it there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    close_log()
    path = folder / FILE
    handler = _PrivateFile(path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8", delay=True)
    handler.addFilter(SafeFilter())
    handler.setFormatter(SafeFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    log.setLevel(logging.INFO)
    return path


def close_log() -> None:
    """Stop writing the log file."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _PrivateFile)]:
        root.removeHandler(handler)
        handler.close()
