"""Song files coming in and going out: ChordPro and OpenSong one song a file, CSV one song a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from therapydesk.api import (
    Db,
    UserError,
    allowed,
    csv_file,
    normal_name,
    read_file,
    read_in_worker,
    show_day,
    tr,
)
from therapydesk.plugins.groups import music_reader
from therapydesk.plugins.groups.music_chordpro import read_chordpro, write_chordpro
from therapydesk.plugins.groups.music_opensong import write_opensong
from therapydesk.plugins.groups.music_service import (
    PieceDetails,
    PieceQuery,
    checked,
    details_of,
    get_pieces,
    list_pieces,
    save_piece,
    song_of,
)
from therapydesk.plugins.groups.music_song import Song

FILE_TYPES = (
    ".cho",
    ".chopro",
    ".chordpro",
    ".crd",
    ".pro",
    ".txt",
    ".xml",
    ".song",
    ".csv",
    ".xlsx",
    ".xls",
    ".ods",
)
TABLES = (".csv", ".xlsx", ".xls", ".ods")
TEXTS = ("title", "by", "key", "tempo", "time", "range", "language", "mood", "rights", "licence")
COLUMNS = (*TEXTS, "capo", "own", "tags", "last sung", "times sung", "text")
MOST_FILES, MOST_ROWS = 500, 5000
_GUARDED = re.compile(
    r"((?:^|[;|,\t\"\r\n])\s*)'(?=[=+\-@])"
)  # how CSV files of ours keep cells from being formulas


@dataclass(frozen=True)
class Wanted:
    """What is said of all songs of an import: a licence for those that name none, words of our own, tags."""

    licence: str = ""
    own: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """What became of one file or row. `details` None: it was refused, and `why` says so in a sentence."""

    source: str
    details: PieceDetails | None
    why: str = ""
    notes: tuple[str, ...] = ()


def read_songs(
    paths: Sequence[Path], wanted: Wanted = Wanted(), cancelled: Callable[[], bool] | None = None
) -> list[Incoming]:
    """Read files that nobody has checked, each in the limited worker. One that cannot be read does not stop the others."""
    if len(paths) > MOST_FILES:
        raise UserError(tr("At most {n} files are read at a time.").format(n=MOST_FILES))
    found: list[Incoming] = []
    for path in paths:
        try:
            if path.suffix.casefold() in TABLES:
                found += _rows(path, wanted, cancelled)
            else:
                found.append(_one(path, wanted, cancelled))
        except UserError as error:
            found.append(Incoming(path.name, None, " ".join((error.message, error.help)).strip()))
    return found


def _one(path: Path, wanted: Wanted, cancelled: Callable[[], bool] | None) -> Incoming:
    parsed = read_in_worker(music_reader.read, path, cancelled=cancelled)
    cells = dict(zip(music_reader.HEADINGS, parsed.tables[0].rows[0].cells, strict=True))
    body = read_chordpro(cells.pop("text"))  # the worker is not trusted: read again as what is kept
    about = {name: value for name, value in cells.items() if value}
    about.setdefault("title", path.stem.replace("_", " "))
    details = _with(details_of(Song(about, body.sections)), wanted)
    return Incoming(path.name, checked(details), notes=tuple(p.message for p in parsed.problems))


def _rows(path: Path, wanted: Wanted, cancelled: Callable[[], bool] | None) -> list[Incoming]:
    parsed = read_file(path, cancelled=cancelled)
    tables = parsed.tables
    heads = [normal_name(head) for head in tables[0].header] if tables else []
    if "title" not in heads:
        raise UserError(
            tr("“{file}” has no column called “title”.").format(file=path.name),
            tr("The first row names the columns; export songs to see them all."),
        )
    if len(tables[0].rows) > MOST_ROWS:
        raise UserError(tr("“{file}” has more than {n} rows.").format(file=path.name, n=MOST_ROWS))
    found = []
    for row in tables[0].rows:
        about = (row.number, None) if row is tables[0].rows[0] else (row.number,)
        notes = tuple(problem.message for problem in parsed.problems if problem.row in about)
        cells = dict(zip(heads, (_GUARDED.sub(r"\1", cell) for cell in row.cells), strict=True))
        source = tr("{file}, row {n}").format(file=path.name, n=row.number)
        try:
            found.append(Incoming(source, checked(_with(_details(cells), wanted)), notes=notes))
        except UserError as error:
            found.append(Incoming(source, None, " ".join((error.message, error.help)).strip(), notes))
    return found


def _details(cells: dict[str, str]) -> PieceDetails:
    capo = cells.get("capo", "").strip() or "0"
    if not capo.isdecimal():
        raise UserError(tr("“{text}” is not the fret of a capo.").format(text=capo[:20]))
    details = PieceDetails(
        cells["title"],
        capo=int(capo),
        own=cells.get("own", "").strip().casefold() in ("yes", "1", "true", tr("yes")),
        text=cells.get("text", ""),
        tags=tuple(cells.get("tags", "").split(";")),
    )
    return replace(details, **{name: cells.get(name, "") for name in TEXTS})  # type: ignore[arg-type]  # all are texts


def _with(details: PieceDetails, wanted: Wanted) -> PieceDetails:
    return replace(
        details,
        licence=details.licence or wanted.licence,
        own=details.own or wanted.own,
        tags=(*details.tags, *wanted.tags),
    )


@allowed("groups.edit")
def add_songs(db: Db, incoming: Iterable[Incoming]) -> list[tuple[Incoming, UUID | None]]:
    """Add what could be read; a song of the same title and maker that is here already is left as it is (None)."""
    known = {_same(view.details) for view in list_pieces(db, PieceQuery(ended=True))}
    done: list[tuple[Incoming, UUID | None]] = []
    for each in incoming:
        if each.details is None:
            done.append((each, None))
        elif _same(each.details) in known:
            done.append((replace(each, why=tr("This song is here already.")), None))
        else:
            known.add(_same(each.details))
            done.append((each, save_piece(db, each.details)))
    return done


def _same(details: PieceDetails) -> tuple[str, str]:
    return normal_name(details.title), normal_name(details.by)


def song_file(details: PieceDetails, suffix: str) -> bytes:
    """One song as a file: OpenSong for .xml, else ChordPro (UTF-8)."""
    song = song_of(details)
    return write_opensong(song) if suffix.casefold() == ".xml" else write_chordpro(song).encode()


@allowed("groups.read")
def songs_csv(db: Db, ids: Sequence[UUID] | None = None) -> bytes:
    """The repertoire, or these pieces, as a CSV file with COLUMNS; the import reads it."""
    rows = []
    for view in list_pieces(db) if ids is None else get_pieces(db, ids):
        values = {name: getattr(view.details, name, "") for name in COLUMNS}
        values |= {"tags": ";".join(view.details.tags), "own": tr("yes") if view.details.own else ""}
        values |= {"capo": view.details.capo or "", "times sung": view.times, "last sung": _day(view.last_on)}
        rows.append([str(values[name]) for name in COLUMNS])
    return csv_file(list(COLUMNS), rows)


def _day(day: date | None) -> str:
    return show_day(day) if day is not None else ""
