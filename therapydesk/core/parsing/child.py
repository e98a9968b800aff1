"""The worker's side: limits first, then the bytes from standard input, one line of JSON back, end.

Nothing here knows the file's name. Exit status 0 with a line, or whatever the system ended the process with.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import types
from datetime import date
from typing import Any

from therapydesk.core.parsing.limits import MAX_FILE, Limits, limit_self, shut_doors
from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.parsing.sniff import parse
from therapydesk.core.words import LANGUAGES, set_language, tr

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))


def main(request_text: str) -> int:
    """Read one file. `request_text` is what worker.py wrote: reader, today, language, limits."""
    request = json.loads(request_text)
    reply_to = os.dup(1)
    os.dup2(2, 1)  # nothing a library prints may get into the reply
    set_language(next(known for known in LANGUAGES if known == request["language"]))
    sys.excepthook = lambda kind, error, trace: _tell(reply_to, {"fault": _where(kind, trace)})
    if "plugin" in request:
        _tell(reply_to, _ask_plugin(request))
        return 0
    limit_self(Limits(memory=request["memory"], cpu=request["cpu"]))
    shut_doors(ROOT)
    gc.disable()  # one file and the end: looking for cycles among its rows only costs time
    _tell(reply_to, _answer(request))
    return 0


def _answer(request: dict[str, str]) -> dict[str, object]:
    try:
        data = sys.stdin.buffer.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            return {"over": "size"}
        return {
            "parsed": parse(data, request["reader"] or None, date.fromisoformat(request["today"])).to_plain()
        }
    except Refused as refused:
        return {"refused": [refused.message, refused.help]}
    except MemoryError:
        return {"over": "memory"}
    except RecursionError:
        return {
            "refused": [
                tr("“{file}” is nested too deeply to be read."),
                tr("Ask the sender for another copy."),
            ]
        }


def _ask_plugin(request: dict[str, Any]) -> dict[str, object]:
    """An added module reads the file. Asked only then: it needs far more of the program than the built-in readers."""
    from therapydesk.core.parsing import worker
    from therapydesk.core.parsing.plugin_reader import read_there

    worker.inside = True
    try:
        return read_there(request, ROOT)
    except MemoryError:
        return {"over": "memory"}


def _where(kind: type[BaseException], trace: types.TracebackType | None) -> str:
    """Class of the error and line of the program; never its text, which may quote the file."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return f"{kind.__name__} {place}".strip()


def _tell(reply_to: int, reply: dict[str, object]) -> None:
    line = json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
    view = memoryview(line)
    while view:
        view = view[os.write(reply_to, view) :]
