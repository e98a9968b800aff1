"""Whether a write-ahead log lost something that had been saved (file format: sqlite.org/fileformat2.html, section 4).

The database engine reads the log up to the first frame that does not fit and drops the rest without a word. After a power
cut that is right: what does not fit is the transaction that was never finished. But with `synchronous=FULL` a transaction
only begins once the one before is on the disk, so when frames follow *behind* a finished transaction in the part that does
not fit, that one had been saved and is damaged. Damage to the very last transaction cannot be told from a power cut by the
file alone; only the marks outside the vault notice it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from therapydesk.core.errors import DamagedVault
from therapydesk.core.vault.durable import restore_help
from therapydesk.core.words import tr

HEADER, FRAME = 32, 24
MAGIC = {0x377F0682: "<", 0x377F0683: ">"}  # the byte order of the sums
MOST = 0xFFFFFFFF


@dataclass(frozen=True)
class _Frame:
    fits: bool
    ours: (
        bool  # of this round of the log; frames of an earlier round lie behind it until they are written over
    )
    commits: bool


def check_wal(path: Path) -> None:
    """Raise DamagedVault when the write-ahead log of a zone file lost something that had been saved. Reads; changes nothing.

    `path` is the zone file. Needed after a crash only: locking empties the log.
    """
    wal = path.with_name(f"{path.name}-wal")
    try:
        content = wal.read_bytes()
    except FileNotFoundError:
        return
    if len(content) >= HEADER + FRAME and lost_commits(content):
        raise DamagedVault(
            tr("The newest changes in a file of the vault are damaged: {file}").format(
                file="/".join(wal.parts[-3:])
            ),
            restore_help(),
        )


def lost_commits(content: bytes) -> int:
    """How many finished transactions in a write-ahead log would be dropped although they had been saved."""
    frames = list(_frames(content))
    broken = next((n for n, frame in enumerate(frames) if not frame.fits), len(frames))
    behind = [n for n in range(broken, len(frames)) if frames[n].ours]
    return sum(frames[n].commits and n < behind[-1] for n in behind)


def _frames(content: bytes) -> Iterator[_Frame]:
    magic, _version, size, _round, salt1, salt2, sum1, sum2 = struct.unpack(">8I", content[:HEADER])
    order = MAGIC.get(magic, ">")
    good = magic in MAGIC and _sum(content[: HEADER - 8], (0, 0), order) == (sum1, sum2)
    size = size if good else 4096
    if not good:  # the salts cannot be trusted: those of the first frame stand in for them
        salt1, salt2 = struct.unpack(">2I", content[HEADER + 8 : HEADER + 16])
    running = (sum1, sum2)
    for start in range(HEADER, len(content) - FRAME - size + 1, FRAME + size):
        head = struct.unpack(">6I", content[start : start + FRAME])
        ours = head[2:4] == (salt1, salt2)
        if good and ours:
            running = _sum(content[start : start + 8], running, order)
            running = _sum(content[start + FRAME : start + FRAME + size], running, order)
        good = good and ours and running == head[4:6]
        yield _Frame(good, ours, head[1] != 0)


def _sum(content: bytes, start: tuple[int, int], order: str) -> tuple[int, int]:
    one, two = start
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & MOST
        two = (two + second + one) & MOST
    return one, two
