"""FHIR XML as the dicts that FHIR JSON gives, but every element is a list. No DTD (security §8)."""

from __future__ import annotations

from typing import Any

from therapydesk.core.parsing.fhir_tree import MAX_DEPTH, Node, nested
from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.words import tr

FHIR = "{http://hl7.org/fhir}"
MAX_ELEMENTS = 500_000
_HOLDS_RESOURCES = {"resource", "contained", "outcome"}


def read_xml(data: bytes) -> Any:
    """The resource in the file. Raises Refused."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import XMLParser

    builder = _Builder()
    try:
        parser = XMLParser(target=builder, forbid_dtd=True)
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        raise Refused(
            tr("“{file}” has a document type declaration, which no referral has."),
            tr("Do not open it. Ask the sender whether they sent it, and for another copy."),
        ) from None
    except (ParseError, LookupError, ValueError) as error:
        raise _not_valid(getattr(error, "position", (0, 0))) from None
    return builder.close()


def _not_valid(position: tuple[int, int]) -> Refused:
    message = tr("“{file}” is not valid XML.")
    if position[0]:
        message = tr("“{{file}}” is not valid XML: line {line}, column {column}.")
        message = message.format(line=position[0], column=position[1] + 1)
    return Refused(message, tr("Ask the sender for another copy."))


class _Builder:
    """What the parser calls. Elements outside FHIR (the XHTML of `text`) are passed over."""

    def __init__(self) -> None:
        self._open: list[Node | None] = []
        self._root: Node = {}
        self._names: list[str] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._count += 1
        if len(self._open) >= MAX_DEPTH:
            raise nested()
        if self._count > MAX_ELEMENTS:
            raise Refused(
                tr("“{file}” has too many elements."), tr("Ask the sender for the referrals one by one.")
            )
        inside = self._open[-1] if self._open else None
        if not tag.startswith(FHIR) or (self._open and inside is None):
            self._open.append(None)
            self._names.append("")
            return
        name = tag[len(FHIR) :]
        node: Node = {key: value for key, value in attributes.items() if key in ("id", "url", "value")}
        if not self._open:
            node["resourceType"] = name
            self._root = node
        elif inside is not None and self._names[-1] in _HOLDS_RESOURCES:
            inside["resourceType"] = name  # <resource><Patient>: the wrapper is the resource
            node = inside
        self._open.append(node)
        self._names.append(name)

    def end(self, tag: str) -> None:
        """An element ends: it becomes part of the one around it."""
        del tag
        node, name = self._open.pop(), self._names.pop()
        if node is None or not self._open:
            return
        outer = self._open[-1]
        if outer is None or outer is node:
            return
        plain = (
            node["value"] if isinstance(node.get("value"), str) else node
        )  # only a primitive has the attribute
        outer.setdefault(name, [])
        if isinstance(outer[name], list):
            outer[name].append(plain)

    def data(self, text: str) -> None:
        """Text between elements means nothing in FHIR."""

    def close(self) -> Node:
        """The resource."""
        return self._root
