"""The resources of a FHIR file and the references between them: by fullUrl, Type/id, #id or identifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


class Bundle:
    """All resources of a file, indexed for the references between them."""

    def __init__(self, entries: list[Entry], timestamp: str = "") -> None:
        self.entries = entries
        self.timestamp = timestamp
        self._kinds: dict[str, list[Entry]] = {}
        self._urls: dict[str, Node] = {}
        self._locals: dict[str, list[Entry]] = {}
        self._identifiers: dict[tuple[str, str], list[Node]] = {}
        self._about: dict[tuple[str, str], dict[str, list[Node]]] = {}
        for entry in entries:
            self._kinds.setdefault(entry.kind, []).append(entry)
            if entry.full_url:
                self._urls.setdefault(entry.full_url.casefold(), entry.resource)
            if local := text(entry.resource, "id"):
                self._locals.setdefault(f"{entry.kind}/{local}".casefold(), []).append(entry)
                self._urls.setdefault(f"urn:uuid:{local}".casefold(), entry.resource)
            for known in nodes(entry.resource, "identifier"):
                self._identifiers.setdefault(_identity(known), []).append(entry.resource)

    def of(self, *kinds: str) -> list[Entry]:
        """The entries of these types, in the order of the file."""
        return [entry for kind in kinds for entry in self._kinds.get(kind, ())]

    def follow(self, reference: Any, inside: Node | None = None) -> Node | None:
        """The resource that a Reference of the resource `inside` points at, if the file holds it."""
        for item in nodes(reference):
            where = text(item, "reference")
            if where.startswith("#"):
                found = next(
                    (node for node in nodes(inside, "contained") if text(node, "id") == where[1:]), None
                )
            else:
                found = self._look_up(where.split("/_history/", maxsplit=1)[0].casefold()) if where else None
            found = found if found is not None else self._identified(item)
            if found is not None:
                return found
        return None

    def _look_up(self, where: str) -> Node | None:
        """By address. What has an address of another server is somebody else, even when Type/id agree."""
        if where in self._urls:
            return self._urls[where]
        absolute = "://" in where
        local = "/".join(where.rstrip("/").split("/")[-2:])
        found = [entry.resource for entry in self._locals.get(local, ()) if not (absolute and entry.full_url)]
        return found[0] if len(found) == 1 else self._urls.get(f"urn:uuid:{where}")

    def _identified(self, reference: Node) -> Node | None:
        kind = text(reference, "type")
        for identifier in nodes(reference, "identifier"):
            for resource in (
                self._identifiers.get(_identity(identifier), ()) if text(identifier, "value") else ()
            ):
                if not kind or text(resource, "resourceType") == kind:
                    return resource
        return None

    def key(self, reference: Any, inside: Node | None = None) -> str:
        """What a Reference means, as one word, the same for all References to one person, or ""."""
        found = self.follow(reference, inside)
        if found is not None:
            return self.key_of(found)
        return (
            text(reference, "identifier", "value")
            or text(reference, "reference")
            or text(reference, "display")
        )

    @staticmethod
    def key_of(resource: Node) -> str:
        """The word that `key` gives for a resource of this file."""
        return f"resource {id(resource)}"

    def about(self, kind: str, *path: str) -> dict[str, list[Node]]:
        """The resources of a type by the key of the Reference at the end of the path."""
        wanted = (kind, ".".join(path))
        if wanted not in self._about:
            by_key = self._about[wanted] = {}
            for entry in self.of(kind):
                for reference in nodes(entry.resource, *path) or [{}]:
                    by_key.setdefault(self.key(reference, entry.resource), []).append(entry.resource)
        return self._about[wanted]


def _identity(identifier: Node) -> tuple[str, str]:
    return text(identifier, "value"), system_tail(identifier)


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
