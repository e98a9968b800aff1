"""Looking through a ZIP container (XLSX, XLSM, ODS) before any parser sees it (security §8)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from therapydesk.core.parsing.limits import MiB
from therapydesk.core.parsing.refusal import Refused, protected
from therapydesk.core.words import tr

MAX_PARTS = 200
MAX_UNPACKED = 60 * MiB
MAX_RATIO = 200
SMALL = 256 * 1024  # below this a high ratio harms nobody: empty sheets compress well
_MACROS = ("xl/vbaproject.bin", "xl/macrosheets/", "basic/", "scripts/")


def check_zip(data: bytes) -> list[str]:
    """The names of the parts. Raises Refused for whatever a spreadsheet program would not have written."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_names(parts)
            _check_sizes(archive, parts)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError):
        raise Refused(
            tr("“{file}” is damaged: its parts cannot be unpacked."),
            tr("Open it in the program it came from and save it again, or ask the sender for another copy."),
        ) from None
    return [part.filename for part in parts]


def _unsafe(message: str) -> Refused:
    return Refused(message, tr("Do not open it. Ask the sender whether they sent it, and for another copy."))


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS:
        raise _unsafe(
            tr("“{{file}}” has more than {n} parts; a spreadsheet has far fewer.").format(n=MAX_PARTS)
        )
    seen: set[str] = set()
    for part in parts:
        name = part.orig_filename.replace("\\", "/")
        folded = name.casefold()
        if name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
            raise _unsafe(tr("“{file}” has a part that wants to be written outside its folder."))
        if folded in seen:
            raise _unsafe(tr("“{file}” has two parts of the same name."))
        seen.add(folded)
        if part.flag_bits & 0x1:
            raise protected()
        if folded.startswith(_MACROS) or folded.endswith("vbaproject.bin"):
            raise Refused(
                tr("“{file}” has macros (small programs), and those are not taken in."),
                tr("Save it as an XLSX or ODS file without macros and import that."),
            )


def _check_sizes(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack every part and count; what the directory says of the sizes is not believed."""
    total = 0
    for part in parts:
        unpacked = 0
        with archive.open(part) as stream:
            while chunk := stream.read(64 * 1024):
                unpacked += len(chunk)
                if total + unpacked > MAX_UNPACKED:
                    raise _unsafe(
                        tr("“{{file}}” unpacks to more than {n} MiB.").format(n=MAX_UNPACKED // MiB)
                    )
                if unpacked > SMALL and unpacked > MAX_RATIO * max(part.compress_size, 1):
                    raise _unsafe(tr("“{file}” unpacks to far more than a spreadsheet does."))
        total += unpacked
