"""The resources of a FHIR file and the references between them: by fullUrl, Type/id, #id or identifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from therapydesk.core.parsing.fhir_tree import Node, nodes, text

_IN_PARAMETERS = ("ReferralRequest", "ServiceRequest", "Patient")
MAX_BUNDLES = 3  # Bundles inside Bundles


@dataclass(frozen=True)
class Entry:
    """One resource; `row` is its place in the Bundle, from 1."""

    row: int
    resource: Node
    full_url: str = ""

    @property
    def kind(self) -> str:
        """The resource type."""
        return text(self.resource, "resourceType")


@dataclass
class Bundle:
    """All resources of a file and an index for references."""

    entries: list[Entry]
    timestamp: str = ""
    _index: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.entries:
            local = text(entry.resource, "id")
            for key in (
                entry.full_url,
                f"{entry.kind}/{local}" if local else "",
                local and f"urn:uuid:{local}",
            ):
                if key:
                    self._index.setdefault(key.casefold(), entry.resource)

    def of(self, *kinds: str) -> list[Entry]:
        """The entries of these types, in the order of the file."""
        return [entry for entry in self.entries if entry.kind in kinds]

    def follow(self, reference: Any, inside: Node | None = None) -> Node | None:
        """The resource that a Reference of the resource `inside` points at, if the file holds it."""
        for item in nodes(reference):
            where = text(item, "reference")
            if where.startswith("#") and inside is not None:
                for contained in nodes(inside, "contained"):
                    if text(contained, "id") == where[1:]:
                        return contained
            elif where and (found := self._look_up(where)) is not None:
                return found
            if (found := self._by_identifier(item)) is not None:
                return found
        return None

    def _look_up(self, where: str) -> Node | None:
        where = where.split("/_history/")[0].casefold()
        parts = where.rstrip("/").split("/")
        for key in (where, "/".join(parts[-2:]), f"urn:uuid:{where}"):
            if key in self._index:
                return self._index[key]
        return None

    def _by_identifier(self, reference: Node) -> Node | None:
        wanted = text(reference, "identifier", "value")
        if not wanted:
            return None
        kind = text(reference, "type")
        for entry in self.entries:
            if (not kind or entry.kind == kind) and any(
                text(known, "value") == wanted and system_tail(known) == system_tail(reference["identifier"])
                for known in nodes(entry.resource, "identifier")
            ):
                return entry.resource
        return None


def system_tail(identifier: Any) -> str:
    """The end of an identifier's system: hosts, and http or https, differ for one and the same system."""
    return text(identifier, "system").casefold().rstrip("/").rsplit("/", 1)[-1]


def open_bundle(content: Any) -> Bundle:
    """All resources of a file: one alone, a Bundle, Bundles inside Bundles, or a bare list of resources."""
    found: list[Entry] = []
    timestamp = ""
    if isinstance(content, list):
        content = {"resourceType": "Bundle", "entry": content}
    if text(content, "resourceType") == "Bundle":
        timestamp = text(content, "timestamp") or text(content, "meta", "lastUpdated")
        for row, (resource, full_url) in enumerate(_unpacked(content, MAX_BUNDLES), 1):
            found.append(Entry(row, resource, full_url))
    elif isinstance(content, dict):
        found.append(Entry(1, content))
        if text(content, "resourceType") == "Parameters":
            referrals = [
                node
                for node in nodes(content, "parameter", "resource")
                if text(node, "resourceType") in _IN_PARAMETERS
            ]
            found += [Entry(row, node) for row, node in enumerate(referrals, 1)]
    return Bundle(found, timestamp)


def _unpacked(bundle: Node, depth: int) -> Iterator[tuple[Node, str]]:
    for entry in nodes(bundle, "entry"):
        # Some senders leave out the "resource" level.
        resources = nodes(entry, "resource") or ([entry] if text(entry, "resourceType") else [])
        for resource in resources:
            if text(resource, "resourceType") == "Bundle" and depth > 1:
                yield from _unpacked(resource, depth - 1)
            else:
                yield resource, text(entry, "fullUrl")
