"""What stands in a zone file once its pages are decrypted, free pages and the write-ahead log too: for looking for what
should be gone. SQLCipher 4 with a raw key: pages of 4096 bytes, AES-256-CBC, the last 80 bytes of each are the vector and
the proof.
"""

from __future__ import annotations

import struct
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from therapydesk.core.vault.keys import ZoneKeys

PAGE, RESERVED, VECTOR, SALT = 4096, 80, 16, 16
WAL_HEAD, FRAME_HEAD = 32, 24


def decrypted(path: Path, keys: ZoneKeys) -> bytes:
    """All pages of a zone file and of its write-ahead log, one after the other."""
    key = bytes.fromhex(keys.raw_key()[2:-1])
    content = path.read_bytes()
    pages = [
        _page(content[at : at + PAGE], key, first=at == 0) for at in range(0, len(content) - PAGE + 1, PAGE)
    ]
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists():
        content = wal.read_bytes()
        for at in range(WAL_HEAD, len(content) - FRAME_HEAD - PAGE + 1, FRAME_HEAD + PAGE):
            (number,) = struct.unpack(">I", content[at : at + 4])
            start = at + FRAME_HEAD
            pages.append(_page(content[start : start + PAGE], key, first=number == 1))
    return b"".join(pages)


def _page(page: bytes, key: bytes, *, first: bool) -> bytes:
    start, end = SALT if first else 0, PAGE - RESERVED
    machine = Cipher(algorithms.AES(key), modes.CBC(page[end : end + VECTOR])).decryptor()
    return machine.update(page[start:end]) + machine.finalize()
