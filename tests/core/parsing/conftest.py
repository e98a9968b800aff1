"""Reading test files: in this process, or through the worker where the limits matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from therapydesk.core.parsing.sniff import parse
from therapydesk.core.parsing.types import Parsed
from therapydesk.core.parsing.worker import read_file

DATA = Path(__file__).parents[2] / "data"
TODAY = date(2026, 11, 24)
Read = Callable[[bytes | str], Parsed]


@pytest.fixture
def read() -> Read:
    """The bytes (or the name of a file in tests/data) parsed in this process."""

    def parsed(content: bytes | str) -> Parsed:
        return parse((DATA / content).read_bytes() if isinstance(content, str) else content, None, TODAY)

    return parsed


@pytest.fixture
def through_worker(tmp_path: Path) -> Callable[[str, bytes], Parsed]:
    """A file of this name and content read as the program reads it."""

    def parsed(name: str, content: bytes) -> Parsed:
        path = tmp_path / name
        path.write_bytes(content)
        return read_file(path)

    return parsed
