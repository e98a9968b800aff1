"""Getting the parts out of a backup that may be damaged: by what stands before each part, not by the list at the end."""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from therapydesk.core.vault.backup_file import CHUNK
from therapydesk.core.vault.backup_manifest import MANIFEST, PART_NAME

_HEADER = struct.Struct("<4s5H3I2H")  # as the zip format has it before each part (APPNOTE.TXT 4.3.7)
_START = b"PK\x03\x04"
_BIG = 0xFFFFFFFF
_NEXT = re.compile(re.escape(_START))


@dataclass(frozen=True)
class FoundPart:
    """A part of a backup: where its content begins, and how long it should be. `whole`: the file goes on that far."""

    name: str
    offset: int
    size: int
    whole: bool


def find_parts(path: Path) -> dict[str, FoundPart]:
    """The parts of a backup, also of one that was cut off or whose list of parts is gone. Raises OSError."""
    found: dict[str, FoundPart] = {}
    length, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at < length:
            part = _part_at(file, at, length)
            if part is None:
                at = _next_start(file, at + 1)
                continue
            found.setdefault(part.name, part)
            at = part.offset + part.size
    return found


def _part_at(file: BinaryIO, at: int, length: int) -> FoundPart | None:
    file.seek(at)
    raw = file.read(_HEADER.size)
    if len(raw) < _HEADER.size or raw[:4] != _START:
        return None
    *_, packed, size, name_length, extra_length = _HEADER.unpack(raw)
    name = file.read(name_length).decode("utf-8", "replace")
    extra = file.read(extra_length)
    if name != MANIFEST and not PART_NAME.fullmatch(name):
        return None
    if size == _BIG or packed == _BIG:
        if len(extra) < 20 or extra[:2] != b"\x01\x00":
            return None
        size = struct.unpack("<Q", extra[4:12])[0]
    offset = at + _HEADER.size + name_length + extra_length
    return FoundPart(name, offset, size, offset + size <= length)


def _next_start(file: BinaryIO, at: int) -> int:
    """Where the next part may begin; the end of the file when nowhere."""
    file.seek(at)
    rest = b""
    while block := file.read(CHUNK):
        match = _NEXT.search(rest + block)
        if match:
            return at - len(rest) + match.start()
        at += len(block)
        rest = block[-3:]
    return at


def take_out(path: Path, part: FoundPart, target: Path) -> None:
    """Write a part, or what is there of it, to a file of its own, 0600. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with open(handle, "wb") as out, path.open("rb") as file:
        file.seek(part.offset)
        left = part.size
        while left and (block := file.read(min(CHUNK, left))):
            out.write(block)
            left -= len(block)
