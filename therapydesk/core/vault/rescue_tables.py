"""The tables of one zone as files that anybody can open: CSV for people, JSON for programs, documents as they were."""

from __future__ import annotations

import base64
import json
import mimetypes
import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from therapydesk.core.csv_out import CsvWriter
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import ZoneKeys

SQL = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
LargeFile = Callable[[dict[str, Any], Path], bool]


@dataclass
class Written:
    """What came out of a zone: rows by table, and how many documents."""

    rows: dict[str, int] = field(default_factory=dict)
    documents: int = 0


def write_zone(zone: Zone, path: Path, keys: ZoneKeys, to: Path, large: LargeFile) -> Written:
    """Write every table of a sound zone file to `to`/<zone>/, documents to `to`/documents/<zone>/.

    `large(row, target)` writes a large file that a row is about, and says whether it could. Raises OSError, an error of
    the database.
    """
    done, folder = Written(), to / zone
    folder.mkdir(mode=0o700)
    with closing(generations.connect_alone(path, keys)) as raw:
        for name in _tables(raw):
            columns = [str(row[1]) for row in raw.execute(f'PRAGMA table_info("{name}")').fetchall()]
            with new_file(folder / f"{name}.csv") as flat, new_file(folder / f"{name}.json") as deep:
                out = CsvWriter(flat)
                out.writerow(columns)
                deep.write("[")
                count = 0
                for values in raw.execute(f'SELECT * FROM "{name}"'):
                    row = dict(zip(columns, values, strict=True))
                    done.documents += _document(zone, name, row, to, large)
                    out.writerow([_cell(value) for value in values])
                    deep.write(
                        ("," if count else "") + "\n" + json.dumps(row, ensure_ascii=False, default=_json)
                    )
                    count += 1
                deep.write("\n]\n")
            done.rows[name] = count
    return done


def _tables(raw: Any) -> list[str]:
    """The tables with something of the practice in them; not what a search index is made of."""
    found = {str(name): str(sql) for name, sql in raw.execute(SQL).fetchall()}
    virtual = [name for name, sql in found.items() if sql.upper().startswith("CREATE VIRTUAL")]
    inner = {name for name in found for v in virtual if name == v or name.startswith(f"{v}_")}
    return sorted(name for name in found if name not in inner and not name.startswith("alembic_version"))


def _document(zone: Zone, table: str, row: dict[str, Any], to: Path, large: LargeFile) -> int:
    """Write the file that a row holds or is about, and put its name where its content was."""
    if "media_type" not in row or "title" not in row:
        return 0
    content, key = row.get("content"), row.pop("file_key", None)
    name = f"{_safe(str(row['title']))}-{str(row.get('id', ''))[-8:]}{_ending(str(row['media_type']))}"
    target = to / "documents" / zone / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if isinstance(content, bytes):
        with open(_open(target), "wb") as file:
            file.write(content)
        row["content"] = f"documents/{zone}/{name}"
        return 1
    return int(key is not None and large({**row, "file_key": key}, target))


def _safe(title: str) -> str:
    return re.sub(r"[^\w .-]+", "_", title).strip(" .")[:60] or "document"


def _ending(media_type: str) -> str:
    return mimetypes.guess_extension(media_type) or ".bin"


def _cell(value: Any) -> Any:
    return f"({len(value)} bytes)" if isinstance(value, bytes) else value


def _json(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def new_file(path: Path) -> IO[str]:
    """A new text file that only the user may read; CSV with the mark by which spreadsheets know its letters."""
    coding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"
    return open(_open(path), "w", encoding=coding, newline="")


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)


def rows_of(found: dict[Zone, Written]) -> Iterator[tuple[Zone, str, int]]:
    """Zone, table, rows: for the list of what there is."""
    for zone, written in found.items():
        for table, count in written.rows.items():
            yield zone, table, count
