"""Added modules as packages: found and hashed without importing them (security §8)."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from therapydesk.core.words import tr

GROUP = "therapydesk.plugins"


@dataclass(frozen=True)
class Found:
    """A contrib plugin found without importing it; `digest` covers all files of its package."""

    id: str
    module: str
    package: str
    version: str
    publisher: str
    digest: str


def find_contrib() -> list[Found]:
    """Contrib plugins announced by entry points, without importing them."""
    found = []
    for point in importlib.metadata.entry_points(group=GROUP):
        dist = point.dist
        if dist is None:
            continue
        about = dist.metadata  # asked first: some versions of the library raise for what is not there
        names = [about[key] for key in ("Author", "Author-email") if key in about]
        publisher = next(filter(None, names), tr("Not given"))
        found.append(
            Found(
                point.name,
                point.value,
                dist.name,
                dist.version,
                publisher,
                _digest(dist, point.value),
            )
        )
    return sorted(found, key=lambda f: f.id)


def _digest(dist: importlib.metadata.Distribution, module: str) -> str:
    spec = importlib.util.find_spec(module.split(".")[0])
    folders = [Path(p) for p in (spec.submodule_search_locations or [])] if spec else []
    total = hashlib.sha256(f"{dist.name} {dist.version}".encode())
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
