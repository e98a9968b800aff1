"""Every write, truncation, sync and deletion that the database engine makes, in order, and the states a power cut leaves.

The engine's own file layer (its "VFS", sqlite.org/vfs.html) is wrapped from here: `Recorder` puts its functions between
the engine and the system, so what is recorded is what was really written, as ciphertext.

Modelled: after a power cut a file holds all that was written before its last sync, and of what came after it any part, in
any order, torn at sectors of 512 bytes; a file that was never synced may be missing, a deletion may not have happened. With
`room` the disk is full after so many bytes, for any user and without a file system of its own. Not modelled: a disk that
says it has synced and has not; sectors that come back as rubbish; small files written by Python (`durable.py`), which S3
kills in the middle of.
"""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import sqlcipher3

SECTOR = 512
FULL = 13  # SQLITE_FULL
OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    """struct sqlite3_vfs, as far as it is needed."""

    _fields_ = (
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        ("xOpen", c_void_p),
        ("xDelete", c_void_p),
    )


class _Methods(Structure):
    """struct sqlite3_io_methods: its version, then 18 functions."""

    _fields_ = (
        ("iVersion", c_int),
        ("xClose", c_void_p),
        ("xRead", c_void_p),
        ("xWrite", c_void_p),
        ("xTruncate", c_void_p),
        ("xSync", c_void_p),
        ("rest", c_void_p * 13),
    )


class _File(Structure):
    """struct sqlite3_file."""

    _fields_ = (("methods", POINTER(_Methods)),)


@dataclass(frozen=True)
class Step:
    """One thing the engine did to a file. `mark`: nothing was done; the work says here that something was promised."""

    kind: Literal["write", "truncate", "sync", "delete", "mark"]
    path: str = ""
    offset: int = 0
    content: bytes = b""
    mark: Any = None


@dataclass
class Recorder:
    """`steps` fill while `recording()` lasts; only files in `folder` count."""

    folder: Path
    steps: list[Step] = field(default_factory=list)
    room: int | None = None  # bytes by which all files together may still grow; None: as many as the disk has
    _kept: list[Any] = field(default_factory=list, repr=False)
    _paths: dict[int, str] = field(default_factory=dict, repr=False)

    def mark(self, mark: Any) -> None:
        """Something was promised: what was written until here must be found."""
        self.steps.append(Step("mark", mark=mark))

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Files opened inside are watched. All of them must be closed before it ends."""
        library = next(Path(sqlcipher3.__file__).parent.glob("_sqlite3*.so"))
        engine = ctypes.CDLL(str(library))
        engine.sqlite3_vfs_find.restype = POINTER(_Vfs)
        vfs = engine.sqlite3_vfs_find(None).contents
        was_open, was_delete = vfs.xOpen, vfs.xDelete
        self._really_open, self._really_delete = cast(was_open, OPEN), cast(was_delete, DELETE)
        ours = OPEN(self._open), DELETE(self._delete)
        self._kept += ours
        vfs.xOpen, vfs.xDelete = cast(ours[0], c_void_p).value, cast(ours[1], c_void_p).value
        try:
            yield
        finally:
            vfs.xOpen, vfs.xDelete = was_open, was_delete

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        answer = self._really_open(
            vfs, name, file, flags, out
        )  # the very pointer: more follows behind the name
        path = Path(ctypes.string_at(name).decode()) if name else Path()
        if answer == 0 and path.is_relative_to(self.folder):
            self._watch(file, path.relative_to(self.folder).as_posix())
        return int(answer)

    def _watch(self, file: int, path: str) -> None:
        held = cast(file, POINTER(_File)).contents
        theirs = held.methods.contents
        methods = _Methods()
        ctypes.pointer(methods)[0] = theirs
        write, truncate, sync = (
            cast(theirs.xWrite, WRITE),
            cast(theirs.xTruncate, TRUNCATE),
            cast(theirs.xSync, SYNC),
        )

        def on_write(it: int, content: int, length: int, offset: int) -> int:
            if self._is_full(path, offset + length):
                return FULL
            self.steps.append(Step("write", path, offset, ctypes.string_at(content, length)))
            return int(write(it, content, length, offset))

        def on_truncate(it: int, size: int) -> int:
            self.steps.append(Step("truncate", path, size))
            return int(truncate(it, size))

        def on_sync(it: int, flags: int) -> int:
            answer = int(sync(it, flags))
            self.steps.append(Step("sync", path))
            return answer

        ours = WRITE(on_write), TRUNCATE(on_truncate), SYNC(on_sync)
        methods.xWrite, methods.xTruncate, methods.xSync = (cast(f, c_void_p).value for f in ours)
        held.methods = ctypes.pointer(methods)
        self._kept += [methods, *ours]

    def _is_full(self, path: str, end: int) -> bool:
        """What the engine is told when the system says ENOSPC; else the file grows."""
        if self.room is None:
            return False
        place = self.folder / path
        grows = max(0, end - place.stat().st_size) if place.exists() else 0
        if grows > self.room:
            return True
        self.room -= grows
        return False

    def _delete(self, vfs: int, name: bytes, sync: int) -> int:
        path = Path(name.decode())
        if path.is_relative_to(self.folder):
            self.steps.append(Step("delete", path.relative_to(self.folder).as_posix()))
        return int(self._really_delete(vfs, name, sync))


@dataclass
class _Image:
    """One file while the steps are gone through: what is safe, and what came after the last sync."""

    safe: bytearray | None
    loose: list[Step] = field(default_factory=list)


def power_cut(base: Mapping[str, bytes], steps: list[Step], chance: random.Random) -> dict[str, bytes]:
    """The files after a power cut right behind these steps. `base`: the files before them, all safe."""
    images = {path: _Image(bytearray(content)) for path, content in base.items()}
    for step in steps:
        if step.kind == "mark":
            continue
        image = images.setdefault(step.path, _Image(None))
        if step.kind == "sync":
            image.safe = _apply(image.safe or bytearray(), image.loose, lambda: True, None)
            image.loose = []
        else:
            image.loose.append(step)
    found = {}
    for path, image in images.items():
        left = _left_over(image, chance)
        if left is not None:
            found[path] = bytes(left)
    return found


def _left_over(image: _Image, chance: random.Random) -> bytearray | None:
    """Some of what was not synced: all, nothing, the beginning, or any part in any order."""
    how = chance.choice(("all", "nothing", "beginning", "any", "any"))
    loose = list(image.loose)
    if how == "any" and any(step.kind == "delete" for step in loose):
        how = "beginning"
    if how == "nothing":
        loose = []
    elif how == "beginning":
        loose = loose[: chance.randint(0, len(loose))]
    elif how == "any":
        chance.shuffle(loose)
    part = chance.choice((0.2, 0.5, 0.9))
    take: Callable[[], bool] = (lambda: chance.random() < part) if how == "any" else (lambda: True)
    if image.safe is None and (not loose or (how == "any" and chance.random() < 0.3)):
        return None
    torn = chance if how in ("any", "beginning") else None
    return _apply(bytearray(image.safe or b""), loose, take, torn)


def _apply(
    content: bytearray, steps: list[Step], take: Callable[[], bool], torn: random.Random | None
) -> bytearray | None:
    deleted = False
    for step in steps:
        if step.kind == "delete":
            if not take():
                break  # what follows went into a new file of that name, which nobody finds then
            deleted = True
            content.clear()
        elif step.kind == "truncate":
            if take():
                del content[step.offset :]
        else:
            deleted = False
            _write(content, step, take, torn)
    return None if deleted else content


def _write(content: bytearray, step: Step, take: Callable[[], bool], torn: random.Random | None) -> None:
    whole = torn is None or torn.random() < 0.5
    if whole and not take():
        return
    start, end = step.offset, step.offset + len(step.content)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if whole or take():
            if len(content) < stop:
                content.extend(bytes(stop - len(content)))
            content[start:stop] = step.content[start - step.offset : stop - step.offset]
        start = stop
