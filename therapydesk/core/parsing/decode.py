"""Bytes to text: what the byte order mark says, UTF-16 without one, UTF-8, then what Western Europe writes, then a guess."""

from __future__ import annotations

import codecs
import re

from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.words import tr

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES = [
    "cp1252",
    "cp1250",
    "iso8859_14",
    "iso8859_15",
    "mac_roman",
    "cp850",
    "cp1251",
    "cp1253",
    "cp1254",
]
SAMPLE = 64 * 1024
# Letters and signs that English, Welsh, French, German, Spanish, Polish-free Western texts have; anything else is a hint.
_WESTERN = re.compile("[\x00-\x7f\u00a0\u00a3\u00a5\u00a7\u00a9\u00ab\u00ad-\u00b1\u00b4\u00b7\u00ba-\u00be\u00bf-\u00d6\u00d8-\u00f6\u00f8-\u00ff"
                      "\u20ac\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u2122\u0152\u0153\u0160\u0161\u017d\u017e]*")  # fmt: skip
_ODD_PAIR = re.compile(
    "[a-z][\u00c0-\u00d6\u00d8-\u00de\u0152\u0160\u017d]|[\u00bc-\u00bf\u00ab\u00a7\u00a5\u00ae\u00b1][a-z]|\u2018[a-z]?\u2018"
)


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
    """utf-16-le or utf-16-be for UTF-16 without a mark: every other byte of Latin text is NUL. "" for anything else."""
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
    mixed = data.decode("utf-8", "replace")
    wrong = mixed.count("\ufffd")
    if sum(1 for letter in mixed if letter > "\x7f") - wrong > 4 * wrong:
        return data.decode("utf-8", "td_cp1252"), [
            tr("This file mixes two ways of writing accented letters; check the names.")
        ]
    western = data.decode("cp1252", "replace")
    if "\ufffd" not in western and _WESTERN.fullmatch(western) and not _ODD_PAIR.search(western):
        return western, []
    return _guess(data, western)


def _guess(data: bytes, western: str) -> tuple[str, list[str]]:
    from charset_normalizer import from_bytes

    rare = [line for line in data.splitlines() if any(byte > 127 for byte in line)]
    best = from_bytes(b"\n".join(rare)[:SAMPLE], cp_isolation=_GUESSES, enable_fallback=False).best()
    doubt = [tr("It is not certain how this file writes accented letters; check the names.")]
    if best is not None and best.encoding not in ("ascii", "cp1252", "utf_8"):
        return data.decode(best.encoding, "replace"), doubt
    return western, [*doubt, _lost()] if "\ufffd" in western else doubt


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("td_cp1252", _as_cp1252)
