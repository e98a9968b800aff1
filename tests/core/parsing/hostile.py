"""Files made to hurt a reader: bombs, lies, endless things. Each is (name, content)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

MiB = 1024 * 1024
SHEET_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
    ' Target="{target}"/></Relationships>'
)
WORKBOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{SHEET_NS}"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def xlsx(sheet_data: str, extra: dict[str, bytes] | None = None, before: str = "") -> bytes:
    """A workbook of one sheet with this inside `sheetData`."""
    start = f'<?xml version="1.0"?>{before}<worksheet xmlns="{SHEET_NS}">'
    sheet = f"{start}<sheetData>{sheet_data}</sheetData></worksheet>"
    parts = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": RELS.format(kind="officeDocument", target="xl/workbook.xml").encode(),
        "xl/workbook.xml": WORKBOOK.encode(),
        "xl/_rels/workbook.xml.rels": RELS.format(kind="worksheet", target="worksheets/sheet1.xml").encode(),
        "xl/worksheets/sheet1.xml": sheet.encode(),
        **(extra or {}),
    }
    return zipped(parts)


def zipped(parts: dict[str, bytes]) -> bytes:
    """A ZIP file of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def cell(reference: str, text: str) -> str:
    """One text cell."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


GOOD_ROWS = f'<row r="1">{cell("A1", "Name")}</row><row r="2">{cell("A2", "Mary")}</row>'


# Two filled cells, but a reader lays out the 20 million between them: over 600 MiB.
WIDE_AND_DEEP = xlsx(GOOD_ROWS + f'<row r="20000">{cell("ALM20000", "x")}</row>')


def ods(rows: str) -> bytes:
    """A spreadsheet of LibreOffice with these rows."""
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = " ".join(f'xmlns:{name}="{office}{name}:1.0"' for name in ("office", "table", "text"))
    table = f'<office:spreadsheet><table:table table:name="T">{rows}</table:table></office:spreadsheet>'
    content = (
        f"<office:document-content {spaces}><office:body>{table}</office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return buffer.getvalue()


ODS_CELL = '<table:table-cell{extra} office:value-type="string"><text:p>x</text:p></table:table-cell>'


def zips() -> Iterator[tuple[str, bytes]]:
    """Containers that lie or want out."""
    yield "bomb.xlsx", xlsx(GOOD_ROWS, {"xl/media/a.bin": bytes(90 * MiB)})
    yield (
        "many-small-bombs.xlsx",
        xlsx(GOOD_ROWS, {f"xl/media/{n}.bin": bytes(200_000) for n in range(190)} | {"b": bytes(40 * MiB)}),
    )
    yield "many-parts.xlsx", xlsx(GOOD_ROWS, {f"xl/media/{n}.bin": b"1" for n in range(300)})
    yield "climbing.xlsx", xlsx(GOOD_ROWS, {"../../outside.xml": b"1"})
    yield "climbing-backslash.xlsx", xlsx(GOOD_ROWS, {"xl\\..\\..\\outside.xml": b"1"})
    yield "absolute.xlsx", xlsx(GOOD_ROWS, {"/etc/passwd": b"1"})
    yield "drive.xlsx", xlsx(GOOD_ROWS, {"C:/outside.xml": b"1"})
    yield "doubled.xlsx", xlsx(GOOD_ROWS, {"xl/Workbook.xml": WORKBOOK.encode()})
    yield "macros.xlsm", xlsx(GOOD_ROWS, {"xl/vbaProject.bin": b"1"})
    yield "excel4-macros.xlsx", xlsx(GOOD_ROWS, {"xl/macrosheets/sheet1.xml": b"<x/>"})
    good = xlsx(GOOD_ROWS)
    yield "cut.xlsx", good[: len(good) // 2]
    yield "only-the-end.xlsx", b"PK\x05\x06" + bytes(18)
    encrypted = bytearray(good)
    for at in (good.find(b"PK\x03\x04") + 6, good.find(b"PK\x01\x02") + 8):
        encrypted[at] |= 1
    yield "encrypted.zip", bytes(encrypted)
    yield "no-sheet.xlsx", zipped({"xl/workbook.xml": WORKBOOK.encode()})
    yield "word.docx", zipped({"[Content_Types].xml": TYPES.encode(), "word/document.xml": b"<x/>"})
    yield "plain.zip", zipped({"list.csv": b"a,b\n1,2\n"})


def sheets() -> Iterator[tuple[str, bytes]]:
    """Spreadsheets that grow when they are opened."""
    yield "far-corner.xlsx", xlsx(GOOD_ROWS + f'<row r="1048576">{cell("XFD1048576", "x")}</row>')
    yield "wide-and-deep.xlsx", WIDE_AND_DEEP
    yield "wrong-reference.xlsx", xlsx(f'<row r="99999999999">{cell("ZZZZZZ99999999999", "x")}</row>')
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    yield "laughs.xlsx", xlsx(f'<row r="1">{cell("A1", "&b;")}</row>', before=laughs)
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", "Mary")}</row>' for n in range(1, 20_500))
    yield "too-many-rows.xlsx", xlsx(rows)
    numbers = ["".join(f"<c><v>{n * m % 9973}</v></c>" for m in range(400)) for n in range(1, 1_700)]
    wide = "".join(f'<row r="{n}">{cells}</row>' for n, cells in enumerate(numbers, 1))
    yield "too-many-cells.xlsx", xlsx(wide)
    shared = f'<sst xmlns="{SHEET_NS}"><si><t>{"long " * 6000}</t></si></sst>'
    many = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 19_000))
    yield "one-long-text.xlsx", xlsx(many, {"xl/sharedStrings.xml": shared.encode()})
    row = f"<table:table-row{{}}>{ODS_CELL.format(extra='')}</table:table-row>"
    yield "repeated-rows.ods", ods(row.format(' table:number-rows-repeated="2000000000"'))
    repeated = ODS_CELL.format(extra=' table:number-columns-repeated="2000000000"')
    yield "repeated-columns.ods", ods(f"<table:table-row>{repeated}</table:table-row>")
    yield "not-really.xls", bytes.fromhex("d0cf11e0a1b11ae1") + "Workbook".encode("utf-16-le") + bytes(5000)
    yield "all-ff.xls", bytes.fromhex("d0cf11e0a1b11ae1") + "Workbook".encode("utf-16-le") + b"\xff" * 50_000


def csvs() -> Iterator[tuple[str, bytes]]:
    """Tables that do not end, or are none."""
    yield "endless-quote.csv", b'name,reason\n"Mary,' + b"lost my purse,\n" * 700_000
    yield "many-open-quotes.csv", b"name,reason\n" + b'Mary,"open\n' * 60_000
    yield "huge-field.csv", b"name,reason\nMary," + b"x" * (8 * MiB) + b"\n"
    yield "one-line.csv", b"word " * (3 * MiB)
    yield "only-commas.csv", b"," * (19 * MiB)
    yield "only-quotes.csv", b'"' * (9 * MiB)
    yield "only-newlines.csv", b"\n" * (19 * MiB)
    yield "too-many-rows.csv", b"name\n" + b"Mary\n" * 25_000
    yield "too-many-cells.csv", b"a,b\n" + b"1," * 40 * 1 + b"\n" + (b"1," * 99 + b"1\n") * 7_000
    yield "too-large.csv", b"name\n" + b"Mary Jones\n" * (2 * MiB)
    yield "nuls.csv", b"name,reason\nMa\0ry,l\0ow\n"
    yield "spaces.csv", b" \n\t \r\n" * 1000
    yield "utf16-cut.csv", "name,reason\nMary,low".encode("utf-16")[:-1]
    yield "wrong-utf8.csv", b"name\nMar\xc3\n\xff\xfe\xfd\n"
    yield "random.bin", bytes((n * n * 31 + n // 7) % 256 for n in range(60_000))


def jsons() -> Iterator[tuple[str, bytes]]:
    """JSON that is none, or too much of it."""
    person = {"resourceType": "Patient", "name": [{"text": "Mary"}]}
    start = json.dumps(person)[:-1]
    yield "nan.json", f'{start}, "x": NaN}}'.encode()
    yield "infinity.json", f'{start}, "x": -Infinity}}'.encode()
    yield (
        "doubled-key.json",
        b'{"resourceType": "Patient", "name": [{"text": "Mary"}], "name": [{"text": "Ann"}]}',
    )
    yield "deep-lists.json", b'{"resourceType": ' + b"[" * 200_000
    yield "deep-closed.json", b'{"resourceType": "Patient", "x": ' + b"[" * 900 + b"]" * 900 + b"}"
    yield "deep-objects.json", b'{"resourceType":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001
    yield (
        "extensions.json",
        b'{"resourceType": "Patient", ' + b'"extension": [{' * 300 + b'"url": "x"' + b"}]" * 300 + b"}",
    )
    yield "long-number.json", f'{start}, "x": {"9" * 100_000}}}'.encode()
    yield "cut.json", start.encode()


def resources() -> Iterator[tuple[str, bytes]]:
    """JSON that is sound and still not what it should be."""
    person = {"resourceType": "Patient", "name": [{"text": "Mary"}]}
    entries = [{"resource": person} for _ in range(30_000)]
    yield "too-many.json", json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    yield (
        "wrong-types.json",
        b'{"resourceType": "Patient", "name": "Mary", "identifier": 7, "address": [[]], "telecom": {"a": 1}}',
    )
    yield (
        "types-all-wrong.json",
        b'{"resourceType": ["Bundle"], "entry": {"resource": [1, "x", {"resourceType": {"a": 1}}]}}',
    )
    yield "surrogate.json", b'{"resourceType": "Patient", "name": [{"text": "Ma\\ud800ry"}]}'
    yield "unknown.json", b'{"resourceType": "Patients", "name": [{"text": "Mary"}]}'
    loop = {
        "resourceType": "PractitionerRole",
        "id": "a",
        "practitioner": {"reference": "PractitionerRole/a"},
    }
    request = {
        "resourceType": "ServiceRequest",
        "subject": {"reference": "ServiceRequest/b"},
        "id": "b",
        "requester": {"reference": "PractitionerRole/a"},
    }
    yield (
        "loops.json",
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": loop}, {"resource": request}]}).encode(),
    )


def xmls() -> Iterator[tuple[str, bytes]]:
    """FHIR XML with everything XML allows."""
    fhir = 'xmlns="http://hl7.org/fhir"'
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield (
        "laughs.xml",
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><Patient {fhir}><id value="&l9;"/></Patient>'.encode(),
    )
    yield (
        "outside.xml",
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Patient {fhir}>&a;</Patient>'.encode(),
    )
    far = f"<!-- {'x' * 5000} -->"
    yield (
        "late-dtd.xml",
        f'<?xml version="1.0"?><!-- http://hl7.org/fhir -->{far}<!DOCTYPE x><Patient {fhir}/>'.encode(),
    )
    yield "deep.xml", f"<Patient {fhir}>".encode() + b"<extension>" * 300_000
    yield "many-elements.xml", f"<Patient {fhir}>".encode() + b'<id value="1"/>' * 1_300_000 + b"</Patient>"
    yield "cut.xml", f"<Patient {fhir}><name><text".encode()
    yield "wrong-encoding.xml", f'<?xml version="1.0" encoding="klingon"?><Patient {fhir}/>'.encode()
    yield (
        "wrong-letters.xml",
        f'<Patient {fhir}><name><text value="Mar'.encode() + b'\xff\xfe"/></name></Patient>',
    )
    yield "long-attribute.xml", f'<Patient {fhir}><id value="{"x" * 15_000_000}"/></Patient>'.encode()
    attributes = " ".join(f'a{n}="1"' for n in range(200_000))
    yield "many-attributes.xml", f"<Patient {fhir} {attributes}/>".encode()


def everything() -> Iterator[tuple[str, bytes]]:
    """All of them."""
    for group in (zips, sheets, csvs, jsons, resources, xmls):
        yield from group()
