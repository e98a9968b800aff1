"""Bytes to text: by byte order mark, as UTF-16 without one, UTF-8, Western Europe's Windows, or a guess."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from therapydesk.core.parsing.limits import MiB
from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.words import tr

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 64 * 1024
# One byte a letter, likeliest first: Windows, Welsh and newer Latin, old Macs, DOS, Central Europe's Windows.
_ONE_BYTE = ("cp1252", "iso8859_14", "iso8859_15", "mac_roman", "cp850", "cp1250")
_OTHER_SCRIPTS = [
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "big5",
    "gb18030",
    "shift_jis",
    "euc_kr",
    "koi8_r",
]
_USUAL = frozenset("áàâäãåæçéèêëíìîïñóòôöõøœúùûüýÿßŵŷẁẃẅỳ")
_KNOWN = frozenset("ąćęłńśźżčďěňřšťůžđőűășțğış")
_AMOUNTS = frozenset("£€½¼¾²³±×°")
_SIGNS = frozenset("–—…•·©®™§\u00a0\u00ad«»‘“”º")
_MET = re.compile("(?s)(?<=(.))([\x80-\U0010ffff])(?=(.))")


def decode(data: bytes) -> tuple[str, list[str]]:
    """The text, and a sentence for each doubt about it. Raises Refused for what cannot be text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            text = body.decode(encoding, "replace")
            return text, [_lost()] if "\ufffd" in text else []
    if wide := wide_encoding(data):
        return data.decode(wide, "replace"), []
    if looks_binary(data):
        raise Refused(
            tr("“{file}” is not a text or a table this program knows."),
            tr("CSV, XLSX, XLS and ODS tables and FHIR files can be imported."),
        )
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _not_utf8(data)


def _lost() -> str:
    return tr("Some letters of this file could not be read and are shown as �.")


def wide_encoding(data: bytes) -> str:
    """utf-16-le or -be for UTF-16 without a mark, where every other byte of Latin text is NUL; else ""."""
    sample = data[: SAMPLE - SAMPLE % 2]
    if len(data) % 2 or len(sample) < 4:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.7 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.05 else ""


def looks_binary(data: bytes) -> bool:
    """Whether there are more control characters than a text has."""
    sample = data[:SAMPLE]
    controls = len(sample) - len(sample.translate(None, bytes(set(range(32)) - {9, 10, 12, 13, 26, 27})))
    return controls > max(2, len(sample) // 100)


def _not_utf8(data: bytes) -> tuple[str, list[str]]:
    mixed = data[:MiB].decode("utf-8", "replace")
    wrong = mixed.count("\ufffd")
    if len(mixed) - len(mixed.encode("ascii", "ignore")) - wrong > 4 * wrong:
        return data.decode("utf-8", "td_cp1252"), [
            tr("This file mixes two ways of writing accented letters; check the names.")
        ]
    rare = _rare_lines(data)
    best, mark = max(((name, _likeliness(rare, name)) for name in _ONE_BYTE), key=lambda pair: pair[1])
    if _other_script(data):
        best, mark = _guess(data) or best, -1.0
    text = data.decode(best, "replace")
    doubts = [tr("It is not certain how this file writes accented letters; check the names.")]
    doubts = doubts if mark < 0 or best != _ONE_BYTE[0] else []
    return text, [*doubts, _lost()] if "\ufffd" in text else doubts


def _rare_lines(data: bytes) -> bytes:
    """Some of the lines that are not ASCII, each between line breaks."""
    rare = [line for line in data[:MiB].splitlines() if not line.isascii()]
    return b"\n".join([b"", *dict.fromkeys(rare), b""])[: SAMPLE // 4]


def _likeliness(rare: bytes, encoding: str) -> float:
    """How well the letters beyond ASCII fit their neighbours: case as around them, no signs inside words."""
    met = Counter(_MET.findall(rare.decode(encoding, "replace")))
    return sum(_fit(*letters) * times for letters, times in met.items()) / max(met.total(), 1)


def _fit(before: str, letter: str, after: str) -> float:
    small = letter.lower()
    if small in _USUAL or small in _KNOWN:
        odd = (before.islower() and letter.isupper()) or before.isdigit() or after.isdigit()
        return -1.0 if odd else 2.0 if small in _USUAL else 1.0
    if letter == "’":
        return 2.0
    if letter in _AMOUNTS:
        return -3.0 if after.isalpha() else 1.0
    if letter in _SIGNS:
        return -3.0 if before.isalpha() and after.isalpha() else 1.0
    return 0.0 if small in "ðþ" else -3.0


def _other_script(data: bytes) -> bool:
    """Whether so much of the text is beyond ASCII that it is not written in Latin letters."""
    words = data[:SAMPLE].translate(None, bytes(range(65)))
    return sum(1 for byte in words if byte > 0x7F) * 2 > len(words) > 20


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:SAMPLE], cp_isolation=_OTHER_SCRIPTS, enable_fallback=False).best()
    return best.encoding if best is not None else None


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("td_cp1252", _as_cp1252)
