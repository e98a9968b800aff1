"""The demo practice's referral files: CSV as it comes, XLSX, ODS, FHIR JSON and FHIR XML."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from therapydesk.api import today
from therapydesk.demo import people_data
from therapydesk.demo.people_data import MadeUp

NHS = "https://fhir.nhs.uk/Id/nhs-number"
HEADS = (
    "Name",
    "Date of birth",
    "NHS number",
    "Postcode",
    "Phone",
    "Email",
    "Reason for referral",
    "Referrer",
)
SENDERS = ("Cathays link workers", "Fairwater Surgery", "Barry stroke team", "Ysgol Glan Elai", "Memory team")


def write_files(folder: Path, seed: int) -> list[Path]:
    """Write the five files and return their paths. The people in them are not in the practice yet, but for two."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed + 77)
    people = people_data.make_people(1000, seed + 500, today())[100:]
    cut = [people[i : i + 12] for i in range(0, 60, 12)]
    files = {
        "referrals-cathays.csv": _csv(cut[0], rng),
        "referrals-fairwater.xlsx": _xlsx([*cut[1], *_known(seed)], rng),
        "referrals-barry.ods": _ods(cut[2], rng),
        "referral-bundle.json": json.dumps(_bundle(cut[3][:3], rng), ensure_ascii=False, indent=1).encode(),
        "referral-bundle.xml": _xml(_bundle(cut[4][:3], rng)),
    }
    paths = []
    for name, content in files.items():
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    return paths


def _known(seed: int) -> list[MadeUp]:
    """Two who are in the practice: one with an e-mail that is new, one who is perhaps the same."""
    people = people_data.make_people(7, seed, today())
    same, perhaps = people[0], people[6]
    elsewhere = people_data.missing_postcode(901)
    return [
        replace(same, email="carys.bowen@example.org"),
        replace(perhaps, nhs_number="", email="", phone=people_data.drama_phone(218), postcode=elsewhere),
    ]


def _wish(rng: random.Random) -> str:
    likes = rng.choice(people_data.LIKES)
    return likes[:1].upper() + likes[1:]


def _csv(people: Sequence[MadeUp], rng: random.Random) -> bytes:
    """Semicolons, Latin-1, title rows above the heads, a blank and a doubled head, a total row at the end."""
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";", lineterminator="\r\n")
    sheet.writerow(["Referrals to Alderbank Music Therapy", *[""] * 8])
    sheet.writerow([f"Sent {today():%d/%m/%Y}", *[""] * 8])
    sheet.writerow([""] * 9)
    heads = [
        "Surname",
        "First name",
        "DOB",
        "NHS No.",
        "Post code",
        "Tel",
        "Tel",
        "",
        "What would they like?",
    ]
    sheet.writerow([*heads, "Consent", "Referred by"])
    for n, p in enumerate(people):
        first, _space, last = p.full_name.partition(" ")
        number = f"{p.nhs_number[:3]} {p.nhs_number[3:6]} {p.nhs_number[6:]}" if p.nhs_number else ""
        number = number[:-1] + str((int(number[-1]) + 1) % 10) if n == 4 and number else number
        born = p.born_on.strftime("%d/%m/%Y") if p.born_on and n != 7 else "31/02/1960"
        row = [last.upper(), first, born, number, p.postcode.lower(), p.phone, "", "", _wish(rng)]
        sheet.writerow([*row, "N" if n == 2 else "Y", SENDERS[0]])
    sheet.writerow([f"Total: {len(people)}", *[""] * 10])
    return out.getvalue().encode("latin-1", "replace")


def _rows(people: Sequence[MadeUp], rng: random.Random, sender: str) -> list[list[Any]]:
    rows: list[list[Any]] = [[*HEADS]]
    for p in people:
        rows.append([p.full_name, p.born_on, p.nhs_number, p.postcode, p.phone, p.email, _wish(rng), sender])
    return rows


def _xlsx(people: Sequence[MadeUp], rng: random.Random) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, day = book.add_worksheet("Referrals"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write(0, 0, "Fairwater Surgery, social prescribing")
    for r, row in enumerate(_rows(people, rng, SENDERS[1])):
        for c, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(r + 2, c, value, day)
            else:
                sheet.write_string(r + 2, c, value or "")
    book.close()
    return out.getvalue()


def _ods(people: Sequence[MadeUp], rng: random.Random) -> bytes:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="Referrals")
    for values in _rows(people, rng, SENDERS[2]):
        row = TableRow()
        for value in values:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=value.strftime("%d/%m/%Y") if isinstance(value, date) else value or ""))
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def _bundle(people: Sequence[MadeUp], rng: random.Random) -> dict[str, Any]:
    """A collection Bundle: for each person Patient, ServiceRequest, Goal and Consent, and one practitioner."""
    entries: list[dict[str, Any]] = [
        _entry(
            "who", {"resourceType": "Practitioner", "name": [{"text": "Dr Anwen Cole", "family": "Cole"}]}
        ),
        _entry("org", {"resourceType": "Organization", "name": SENDERS[4]}),
    ]
    for n, p in enumerate(people):
        entries += _one(p, n, rng)
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _entry(key: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "fullUrl": f"urn:uuid:00000000-0000-4000-8000-{abs(hash_text(key)) % 10**12:012d}",
        "resource": resource,
    }


def hash_text(text: str) -> int:
    """The same number for the same text in every run."""
    return int.from_bytes(text.encode(), "big") % (10**11 + 3)


def _one(p: MadeUp, n: int, rng: random.Random) -> list[dict[str, Any]]:
    first, _space, last = p.full_name.partition(" ")
    patient: dict[str, Any] = {"resourceType": "Patient"}
    if p.nhs_number:
        patient["identifier"] = [{"system": NHS, "value": p.nhs_number}]
    patient["name"] = [{"use": "official", "family": last, "given": [first]}]
    patient["telecom"] = [{"system": "phone", "value": p.phone}] if p.phone else []
    if p.born_on:
        patient["birthDate"] = p.born_on.isoformat()
    patient["address"] = [{"use": "home", "line": [p.address], "postalCode": p.postcode}]
    if not patient["telecom"]:
        del patient["telecom"]
    subject = {"reference": _entry(f"p{n}{last}", {})["fullUrl"]}
    requester = {"reference": _entry("who", {})["fullUrl"]}
    request = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "plan",
        "subject": subject,
        "authoredOn": (today() - timedelta(days=rng.randint(1, 20))).isoformat(),
        "requester": requester,
        "reasonCode": [{"text": "Wants to meet others through music"}],
    }
    goal = {
        "resourceType": "Goal",
        "lifecycleStatus": "proposed",
        "description": {"text": _wish(rng)},
        "subject": subject,
    }
    return [
        _entry(f"p{n}{last}", patient),
        _entry(f"s{n}{last}", request),
        _entry(f"g{n}{last}", goal),
    ]


def _xml(bundle: dict[str, Any]) -> bytes:
    body = "".join(
        f"<entry><fullUrl value={quoteattr(e['fullUrl'])}/><resource>{_resource(e['resource'])}</resource></entry>"
        for e in bundle["entry"]
    )
    start = '<?xml version="1.0" encoding="UTF-8"?>\n<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>'
    return f"{start}{body}</Bundle>".encode()


def _resource(resource: dict[str, Any]) -> str:
    kind = resource["resourceType"]
    inside = "".join(_element(k, v) for k, v in resource.items() if k != "resourceType")
    return f"<{kind}>{inside}</{kind}>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(k, v) for k, v in value.items())}</{name}>"
    return f'<{name} value="{escape(str(value), {chr(34): "&quot;"})}"/>'
