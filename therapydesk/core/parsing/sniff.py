"""What a file is, by its content, never by its name; and the reader for it."""

from __future__ import annotations

import re
from datetime import date

from therapydesk.core.parsing.csvfile import read_csv
from therapydesk.core.parsing.decode import looks_binary, wide_encoding
from therapydesk.core.parsing.fhir import read_fhir
from therapydesk.core.parsing.refusal import Refused, protected
from therapydesk.core.parsing.sheets import read_sheets
from therapydesk.core.parsing.types import Parsed
from therapydesk.core.words import mark, tr

ZIP, OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_OTHER = (
    (b"%PDF", mark("a PDF document")),
    (b"{\\rtf", mark("a text document (RTF)")),
    (b"\x1f\x8b", mark("a compressed file")),
    (b"7z\xbc\xaf", mark("a compressed file")),
    (b"Rar!", mark("a compressed file")),
    (b"BZh", mark("a compressed file")),
    (b"PK\x05\x06", mark("an empty ZIP file")),
    (b"\x89PNG", mark("a picture")),
    (b"\xff\xd8\xff", mark("a picture")),
    (b"GIF8", mark("a picture")),
    (b"SQLite format 3", mark("a database")),
)
_TEXTS = (
    (
        re.compile(
            r"BEGIN:(VCALENDAR|VEVENT|VTODO|VFREEBUSY|VTIMEZONE|VAVAILABILITY|VJOURNAL)", re.IGNORECASE
        ),
        mark("a calendar (ICS)"),
    ),
    (re.compile(r"BEGIN:VCARD", re.IGNORECASE), mark("an address card (VCF)")),
    (re.compile(r"OFXHEADER|<OFX>", re.IGNORECASE), mark("a bank statement (OFX)")),
    (re.compile(r"<!DOCTYPE html|<html|<table", re.IGNORECASE), mark("a web page, whatever its name says")),
)
_MAIL_HEAD = re.compile(
    r"(From |(Received|Return-Path|Delivered-To|MIME-Version|Message-ID|X-[\w-]+|Content-Type)\s*:)",
    re.IGNORECASE,
)
_MAIL_NAMES = ("from:", "to:", "subject:")
_WHAT_IS_READ = mark("Ask for the list as a CSV, XLSX, XLS or ODS table or as a FHIR file.")


def parse(data: bytes, reader: str | None, today: date) -> Parsed:
    """Read the bytes of one file. `reader` is what the user says it is. Raises Refused."""
    kind = sniff(data)
    if reader == "csv" and kind in ("csv", "fhir-json", "fhir-xml"):
        kind = "csv"
    elif reader is not None and reader != kind:
        raise Refused(
            tr("“{file}” cannot be read as that kind of file."), tr("Let the program choose the kind.")
        )
    if kind == "csv":
        return read_csv(data)
    if kind in ("fhir-json", "fhir-xml"):
        return read_fhir(data, kind, today)
    return read_sheets(data, kind)


def sniff(data: bytes) -> str:
    """A format of FORMATS. Raises Refused, saying what the file is, for anything else."""
    if not data.strip(b" \t\r\n\0"):
        raise Refused(tr("“{file}” is empty."), tr("Ask the sender for another copy."))
    if data.startswith(ZIP):
        return _in_zip(data)
    if data.startswith(OLE):
        return _in_ole(data)
    for start, what in _OTHER:
        if data.startswith(start):
            raise _not_read(what)
    return _in_text(data)


def _not_read(what: str, help: str = "") -> Refused:
    return Refused(
        tr("“{{file}}” cannot be imported: it is {what}.").format(what=tr(what)), tr(help or _WHAT_IS_READ)
    )


def _in_zip(data: bytes) -> str:
    from therapydesk.core.parsing.zipcheck import check_zip

    names = check_zip(data)
    folded = [name.casefold() for name in names]
    if "xl/workbook.xml" in folded:
        return "xlsx"
    if "content.xml" in folded and b"opendocument.spreadsheet" in data[:200]:
        return "ods"
    if "xl/workbook.bin" in folded:
        raise _not_read(
            mark("a binary spreadsheet (XLSB)"), mark("Save it as an XLSX or ODS file and import that.")
        )
    if any(name.startswith("word/") for name in folded) or b"opendocument.text" in data[:200]:
        raise _not_read(mark("a text document"))
    raise _not_read(mark("a ZIP file"), mark("Unpack it and import the files inside."))


def _in_ole(data: bytes) -> str:
    """Old Microsoft files are small file systems; the names of their streams tell what they hold."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise protected()
    if has("Workbook") or has("Book"):
        return "xls"
    if has("WordDocument"):
        raise _not_read(mark("a text document"))
    if has("__properties_version1.0"):
        raise _not_read(mark("an e-mail"), mark("Save the attached list from the e-mail and import that."))
    raise _not_read(mark("an old Office file of another kind"))


def _start_of(data: bytes) -> str:
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            return data[len(bom) : 4096].decode(encoding, "replace").lstrip()
    return data[:4096].decode(wide_encoding(data) or "utf-8", "replace").lstrip()


def _in_text(data: bytes) -> str:
    start = _start_of(data)
    for pattern, what in _TEXTS:
        if pattern.match(start):
            raise _not_read(what)
    if start.startswith("<"):
        return _in_xml(start, data)
    if start.startswith("{") or re.match(r"\[\s*([{\]]|$)", start):
        if b"resourceType" in data.replace(b"\0", b""):
            return "fhir-json"
        raise _not_read(mark("a JSON file, but not FHIR"))
    if not wide_encoding(data) and not data.startswith((b"\xff\xfe", b"\xfe\xff")) and looks_binary(data):
        raise _not_read(mark("of a kind this program does not know"))
    lines = [line.casefold() for line in start.splitlines()[:12]]
    named = [any(line.startswith(name) for line in lines) for name in _MAIL_NAMES]
    if any(_MAIL_HEAD.match(line) for line in lines) or all(named):
        raise _not_read(mark("an e-mail"), mark("Save the attached list from the e-mail and import that."))
    return "csv"


def _in_xml(start: str, data: bytes) -> str:
    if "http://hl7.org/fhir" in start:
        return "fhir-xml"
    if "office:spreadsheet" in start:
        raise _not_read(mark("an XML spreadsheet"), mark("Save it as an XLSX or ODS file and import that."))
    if re.search(r"<!DOCTYPE|<!ENTITY", start, re.IGNORECASE):
        raise Refused(
            tr("“{file}” has a document type declaration, which no referral has."),
            tr("Do not open it. Ask the sender whether they sent it, and for another copy."),
        )
    if re.match(r"<(\?xml|[A-Za-z_!])", start):
        raise _not_read(mark("an XML file, but not FHIR"))
    return "csv"
