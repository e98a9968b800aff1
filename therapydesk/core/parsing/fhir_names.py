"""Names, addresses, telephones, organisations as FHIR writes them, and which of several counts today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from therapydesk.core.dates import to_local
from therapydesk.core.parsing.fhir_bundle import system_tail
from therapydesk.core.parsing.fhir_tree import Node, extension_text, nodes, text, texts

ODS = ("ods-organization-code", "ods-organisation-code", "ods-site-code", "odsorganisationcode")
NHS = (
    "nhs-number",
    "nhsnumber",
    "chi-number",
    "chinumber",
    "chi",
    "hcn",
    "h-c-number",
    "health-and-care-number",
)
_USES = ("mobile", "home", "work")
_ADDRESS_USES = ("temp", "home", "", "work", "billing")


def day_of(value: str) -> str:
    """The UK day of a FHIR date or instant, ISO; as written when it is only a year or month, or wrong."""
    if "T" not in value:
        return value[:10]
    try:
        moment = datetime.fromisoformat(value)
        return (to_local(moment) if moment.tzinfo else moment).date().isoformat()
    except (ValueError, OverflowError):
        return value[:10]


def is_day(value: str) -> bool:
    """Whether the text is a whole ISO date that exists."""
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def over(element: Node, today: date) -> bool:
    """Whether the element's period has ended, or its use says that it is old."""
    ended = day_of(text(element, "period", "end"))
    return bool(ended and ended < today.isoformat()[: len(ended)]) or text(element, "use") == "old"


def to_come(element: Node, today: date) -> bool:
    """Whether the element's period has not begun."""
    begins = day_of(text(element, "period", "start"))
    return bool(begins and begins > today.isoformat()[: len(begins)])


@dataclass(frozen=True)
class Name:
    """A name taken apart; `index` is its place in the list, `former` when there is no current one."""

    full: str
    given: str
    family: str
    title: str
    index: int
    former: bool = False


def _as_name(element: Node, index: int, former: bool = False) -> Name:
    given, family, title = (
        " ".join(texts(element, "given")),
        text(element, "family"),
        " ".join(texts(element, "prefix")),
    )
    full = " ".join(part for part in (given, family) if part) or text(element, "text")
    return Name(full, given, family, title, index, former)


def read_names(person: Node, today: date) -> tuple[Name | None, Name | None]:
    """The name of record, and the name the person goes by if it is another. Former names come last."""
    all_names = [
        (index, element)
        for index, element in enumerate(nodes(person, "name"))
        if _as_name(element, index).full
    ]
    current = [
        (n, e)
        for n, e in all_names
        if not over(e, today) and not to_come(e, today) and text(e, "use") != "maiden"
    ]
    by_use = {text(element, "use"): _as_name(element, index) for index, element in reversed(current)}
    main = (
        by_use.get("official")
        or by_use.get("usual")
        or next((_as_name(e, n) for n, e in current if text(e, "use") != "nickname"), None)
    )
    goes_by = by_use.get("nickname") or by_use.get("usual")
    main = main or goes_by
    if main is None and all_names:
        latest = max(all_names, key=lambda pair: text(pair[1], "period", "end"))
        main = _as_name(latest[1], latest[0], former=True)
    if goes_by is not None and main is not None and goes_by.full == main.full:
        goes_by = None
    return main, goes_by


def plain_name(person: Node, today: date) -> str:
    """The current name of a practitioner, carer or organisation in one text, with its title."""
    if isinstance(person.get("name"), str) or not nodes(person, "name"):
        return text(person, "name")
    name, _ = read_names(person, today)
    if name is None:
        return ""
    return name.full if name.full.startswith(name.title) else f"{name.title} {name.full}"


@dataclass(frozen=True)
class Address:
    """An address in one line, without its postcode."""

    line: str
    postcode: str
    index: int


def _as_address(element: Node, index: int) -> Address:
    parts: list[str] = []
    for part in (*texts(element, "line"), *texts(element, "city"), *texts(element, "district")):
        if part.casefold() not in [known.casefold() for known in parts]:
            parts.append(part)
    postcode = text(element, "postalCode")
    line = ", ".join(parts) or text(element, "text").removesuffix(postcode).rstrip(" ,")
    return Address(line, postcode, index)


def read_addresses(person: Node, today: date) -> tuple[Address | None, list[Address]]:
    """The address where the person is now (a temporary one before the home), and those that have ended."""
    found = [(index, element) for index, element in enumerate(nodes(person, "address"))]
    current = [(index, e) for index, e in found if not over(e, today) and not to_come(e, today)]
    rank = {use: place for place, use in enumerate(_ADDRESS_USES)}
    current.sort(key=lambda pair: rank.get(text(pair[1], "use"), len(rank)))
    ended = [_as_address(e, index) for index, e in found if over(e, today)]
    addresses = [
        address for index, e in current if (address := _as_address(e, index)).line or address.postcode
    ]
    return (addresses[0] if addresses else None), ended


@dataclass(frozen=True)
class Contact:
    """A way to reach someone: phone, email, textphone or other; `use` as in FHIR."""

    kind: str
    value: str
    use: str
    index: int


def read_contacts(person: Node, today: date) -> list[Contact]:
    """The current ways to reach someone, best first: by rank, then mobile before home before work."""
    found = []
    for index, element in enumerate(nodes(person, "telecom")):
        value = text(element, "value").removeprefix("tel:").removeprefix("mailto:")
        if value and not over(element, today) and not to_come(element, today):
            kind, use = text(element, "system"), text(element, "use")
            if "textphone" in (extension_text(element, "OtherContactSystem")).casefold():
                kind = "textphone"
            elif kind in ("sms", "phone") or (not kind and value.replace(" ", "").lstrip("+").isdigit()):
                kind = "phone"
            rank = text(element, "rank")
            order = (int(rank) if rank.isdigit() else 99, _USES.index(use) if use in _USES else len(_USES))
            found.append((order, Contact(kind, value, use, index)))
    return [contact for _, contact in sorted(found, key=lambda pair: pair[0])]


def ods_code(node: Node) -> str:
    """The ODS code among the identifiers of a resource or reference."""
    return next(
        (text(known, "value") for known in nodes(node, "identifier") if system_tail(known) in ODS), ""
    )


def nhs_identifier(node: Node) -> tuple[Node, int] | None:
    """The NHS (CHI, H&C) number among the identifiers, current before ended, and its place."""
    found = [
        (known, index)
        for index, known in enumerate(nodes(node, "identifier"))
        if system_tail(known) in NHS and text(known, "value")
    ]
    found.sort(key=lambda pair: (bool(text(pair[0], "period", "end")), text(pair[0], "use") == "old"))
    return found[0] if found else None
