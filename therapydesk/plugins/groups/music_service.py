"""The repertoire: pieces with their tags, found by word, tag, key, or by how long they were not sung."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from therapydesk.api import (
    Appointment,
    Db,
    NotFound,
    StaleRecord,
    UserError,
    allowed,
    normal_name,
    tidy,
    today,
    tr,
)
from therapydesk.plugins.groups.music_chordpro import check_text, read_chordpro, write_body
from therapydesk.plugins.groups.music_chords import key_name
from therapydesk.plugins.groups.music_models import Piece, PieceCopies, PieceTag, SetItem, Sung
from therapydesk.plugins.groups.music_song import Song
from therapydesk.plugins.groups.works_models import EventItem, Work

LIMITS = {"title": 200, "by": 200, "tempo": 30, "time": 10, "range": 40, "language": 40, "mood": 60}
LIMITS |= {"rights": 300, "licence": 500}
MOST_CAPO, LONGEST_TAG, MOST_COPIES = 11, 60, 10_000


@dataclass(frozen=True)
class PieceDetails:
    """What is written down of a piece; see the columns of `Piece`."""

    title: str
    by: str = ""
    key: str = ""
    capo: int = 0
    tempo: str = ""
    time: str = ""
    range: str = ""
    language: str = ""
    mood: str = ""
    rights: str = ""
    licence: str = ""
    own: bool = False
    text: str = ""
    rests_until: date | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class PieceView:
    """A piece as lists show it. `last_on`, `times`: when it was sung last, how often. `copies`: words printed so far."""

    id: UUID
    details: PieceDetails
    last_on: date | None
    times: int
    copies: int
    ended_on: date | None
    row_version: int

    @property
    def title(self) -> str:
        return self.details.title

    def not_sung_for(self, weeks: int) -> bool:
        """Whether it was not sung for so many weeks, or never."""
        return self.last_on is None or self.last_on <= today() - timedelta(weeks=weeks)

    @property
    def resting(self) -> bool:
        """Whether it is not to be sung now."""
        return self.details.rests_until is not None and self.details.rests_until > today()


@dataclass(frozen=True)
class PieceQuery:
    """What is looked for; empty means all. `not_sung_weeks`: not sung for so many weeks, or never."""

    text: str = ""
    tag: str = ""
    key: str = ""
    not_sung_weeks: int = 0
    ended: bool = False


@allowed("groups.read")
def list_pieces(db: Db, wanted: PieceQuery = PieceQuery()) -> list[PieceView]:
    """The pieces by title. Four queries for all."""
    query = select(Piece).order_by(func.lower(Piece.title), Piece.id)
    if not wanted.ended:
        query = query.where(Piece.ended_on.is_(None))
    if wanted.key:
        query = query.where(Piece.key == key_name(wanted.key))
    if wanted.tag:
        tagged = select(PieceTag.piece_id).where(func.lower(PieceTag.tag) == wanted.tag.strip().lower())
        query = query.where(Piece.id.in_(tagged))
    views = _views(db, list(db.scalars(query)))
    words = normal_name(wanted.text)
    if words:
        views = [v for v in views if words in normal_name(f"{v.title} {v.details.by} {v.details.text}")]
    if wanted.not_sung_weeks:
        views = [v for v in views if v.not_sung_for(wanted.not_sung_weeks)]
    return views


@allowed("groups.read")
def get_pieces(db: Db, ids: Iterable[UUID]) -> list[PieceView]:
    """These pieces, in this order. Raises NotFound."""
    wanted = list(ids)
    found = {v.id: v for v in _views(db, list(db.scalars(select(Piece).where(Piece.id.in_(wanted)))))}
    if any(each not in found for each in wanted):
        raise _gone()
    return [found[each] for each in wanted]


def _gone() -> NotFound:
    return NotFound(tr("That song is not here any more."))


def _views(db: Db, rows: Sequence[Piece]) -> list[PieceView]:
    tags: dict[UUID, list[str]] = {}
    for piece_id, tag in db.execute(select(PieceTag.piece_id, PieceTag.tag).order_by(PieceTag.tag)):
        tags.setdefault(piece_id, []).append(tag)
    sung = (
        select(Sung.piece_id, func.max(Appointment.starts_at), func.count())
        .join(Appointment, Appointment.id == Sung.appointment_id)
        .group_by(Sung.piece_id)
    )
    last = {piece_id: (at.date(), n) for piece_id, at, n in db.execute(sung)}
    made = select(PieceCopies.piece_id, func.sum(PieceCopies.copies)).group_by(PieceCopies.piece_id)
    copies = dict(db.execute(made).all())
    return [
        PieceView(
            row.id,
            _details(row, tuple(tags.get(row.id, ()))),
            last[row.id][0] if row.id in last else None,
            last[row.id][1] if row.id in last else 0,
            copies.get(row.id, 0),
            row.ended_on,
            row.row_version,
        )
        for row in rows
    ]


def _details(row: Piece, tags: tuple[str, ...]) -> PieceDetails:
    names = [name for name in PieceDetails.__dataclass_fields__ if name != "tags"]
    return PieceDetails(**{name: getattr(row, name) for name in names}, tags=tags)


@allowed("groups.read")
def list_titles(db: Db) -> list[tuple[UUID, str]]:
    """Id and title of all pieces that are sung, by title."""
    query = select(Piece.id, Piece.title).where(Piece.ended_on.is_(None))
    return [(piece, title) for piece, title in db.execute(query.order_by(func.lower(Piece.title)))]


@allowed("groups.read")
def list_tags(db: Db) -> list[str]:
    """All tags in use, by name."""
    return sorted(set(db.scalars(select(PieceTag.tag))), key=str.casefold)


@allowed("groups.edit")
def save_piece(
    db: Db, details: PieceDetails, piece_id: UUID | None = None, row_version: int | None = None
) -> UUID:
    """Add a piece, or change one. Raises UserError for what is too long or cannot be read, StaleRecord."""
    values = checked(details)
    row = Piece() if piece_id is None else db.get(Piece, piece_id)
    if row is None:
        raise _gone()
    if row_version is not None and row.row_version != row_version:
        raise StaleRecord(tr("This song was changed meanwhile."), tr("Look at it again."))
    for name in PieceDetails.__dataclass_fields__:
        if name != "tags":
            setattr(row, name, getattr(values, name))
    if piece_id is None:
        db.add(row)
    db.flush()
    known = {tag.tag: tag for tag in db.scalars(select(PieceTag).where(PieceTag.piece_id == row.id))}
    if piece_id is not None and set(known) != set(values.tags):
        flag_modified(row, "title")  # a new version, also when nothing but tags changed
    for tag in values.tags:
        if known.pop(tag, None) is None:
            db.add(PieceTag(piece_id=row.id, tag=tag))
    for gone in known.values():
        db.delete(gone)
    db.flush()
    return row.id


def checked(details: PieceDetails) -> PieceDetails:
    """The details as they are kept. Raises UserError for what cannot be."""
    values = {name: tidy(getattr(details, name)) for name in LIMITS}
    if not values["title"]:
        raise UserError(tr("A song needs a title."))
    for name, most in LIMITS.items():
        if len(values[name]) > most:
            raise UserError(tr("“{text}” is longer than {n} letters.").format(text=values[name][:40], n=most))
    if not 0 <= details.capo <= MOST_CAPO:
        raise UserError(tr("A capo is at a fret from 1 to {n}; 0 is none.").format(n=MOST_CAPO))
    if not details.own and details.text.strip() and not values["licence"]:
        raise UserError(
            tr("Say what allows us to keep these words."),
            tr("Like: in the public domain; hymn book licence; or say that the words are our own."),
        )
    check_text(details.text)
    read_chordpro(details.text)
    tags = {tag.casefold(): tag for tag in map(tidy, reversed(details.tags)) if tag}
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise UserError(tr("A tag has at most {n} letters.").format(n=LONGEST_TAG))
    return PieceDetails(
        **values,
        key=key_name(details.key),
        capo=details.capo,
        own=details.own,
        text=details.text.strip("\r\n"),
        rests_until=details.rests_until,
        tags=tuple(sorted(tags.values(), key=str.casefold)),
    )


@allowed("groups.edit")
def end_piece(db: Db, piece_id: UUID, ended_on: date | None) -> None:
    """The piece is not sung any more; None takes that back. What was sung when stays."""
    row = db.get(Piece, piece_id)
    if row is None:
        raise _gone()
    row.ended_on = ended_on


@allowed("groups.edit")
def remove_pieces(db: Db, ids: Iterable[UUID]) -> int:
    """Take an import back: these pieces go, but for those that were changed, sung or used since; returns how many went."""
    wanted = list(db.scalars(select(Piece).where(Piece.id.in_(list(ids)), Piece.row_version == 1)))
    used: set[UUID | None] = set()
    for column in (Sung.piece_id, SetItem.piece_id, PieceCopies.piece_id, Work.piece_id, EventItem.piece_id):
        used.update(db.scalars(select(column).where(column.in_([row.id for row in wanted]))))
    gone = [row for row in wanted if row.id not in used]
    for tag in db.scalars(select(PieceTag).where(PieceTag.piece_id.in_([row.id for row in gone]))):
        db.delete(tag)
    db.flush()
    for row in gone:
        db.delete(row)
    db.flush()
    return len(gone)


@allowed("groups.edit")
def rest_piece(db: Db, piece_id: UUID, until: date | None) -> None:
    """The piece is not to be sung before that day; None: it may be sung."""
    row = db.get(Piece, piece_id)
    if row is None:
        raise _gone()
    row.rests_until = until


@allowed("groups.edit")
def count_copies(db: Db, piece_ids: Iterable[UUID], copies: int) -> None:
    """So many copies of the words of these pieces were printed today."""
    if not 1 <= copies <= MOST_COPIES:
        raise UserError(tr("Write how many copies as a number from 1 to {n}.").format(n=MOST_COPIES))
    for piece_id in dict.fromkeys(piece_ids):
        db.add(PieceCopies(piece_id=piece_id, made_on=today(), copies=copies))
    db.flush()


def song_of(details: PieceDetails) -> Song:
    """The piece as a song: for printing, moving to another key, writing a file."""
    song = read_chordpro(details.text)
    about = {
        "title": details.title,
        "by": details.by,
        "key": details.key,
        "capo": str(details.capo) if details.capo else "",
        "tempo": details.tempo,
        "time": details.time,
        "rights": details.rights,
        "licence": details.licence,
    }
    return Song({name: value for name, value in about.items() if value}, song.sections, song.skipped)


def details_of(song: Song, *, licence: str = "", tags: tuple[str, ...] = ()) -> PieceDetails:
    """A song of a file as a piece. `licence` holds where the file names none."""
    about = song.about
    capo = about.get("capo", "")
    return PieceDetails(
        about.get("title", ""),
        about.get("by", "")[: LIMITS["by"]],
        about.get("key", ""),
        int(capo) if capo.isdecimal() and int(capo) <= MOST_CAPO else 0,
        about.get("tempo", "")[: LIMITS["tempo"]],
        about.get("time", "")[: LIMITS["time"]],
        rights=about.get("rights", "")[: LIMITS["rights"]],
        licence=about.get("licence", "")[: LIMITS["licence"]] or licence,
        text=write_body(song),
        tags=tags,
    )
