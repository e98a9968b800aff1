"""Songs with words and chords, a work with its makers, and a performance with its programme."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tests.screenshots.groups import CHOIR, find_group
from therapydesk.api import Db, Link, PeopleQuery, list_people, now, record_consent
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import music_service, works_events, works_service
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.works_events import EventDetails, Item
from therapydesk.plugins.groups.works_service import MakerDetails, WorkDetails

WORDS = (
    "{start_of_verse}\n[G]Holl amrantau'r [D]sêr ddy[G]wedant,\n[C]Ar hyd y [D]nos:\n{end_of_verse}\n"
    "{start_of_verse}\n[C]Dyma'r ffordd i [Am]fro go[D]goniant,\n[C]Ar hyd y [D]n[G]os.\n{end_of_verse}\n"
)
SONGS = (
    PieceDetails(
        "Ar Hyd y Nos",
        by="trad.",
        key="G",
        language="Welsh",
        mood="calm",
        rights="public domain",
        licence="in the public domain",
        text=WORDS,
        tags=("choir", "evening"),
    ),
    PieceDetails("Bread of Heaven", by="John Hughes", key="G", language="English", tags=("choir",)),
    PieceDetails(
        "Calon Lân", by="John Hughes", key="F", language="Welsh", mood="steady", tags=("choir", "winter")
    ),
    PieceDetails(
        "Suo Gân",
        by="trad.",
        key="F",
        language="Welsh",
        mood="calm",
        rests_until=now().date() + timedelta(20),
    ),
    PieceDetails("The Water Is Wide", by="trad.", key="D", language="English", mood="calm", tags=("stroke",)),
)
WORK, EVENT = "The bus that never comes", "Midsummer concert"


def to_songs(vault: Vault) -> Link:
    """To the list of songs."""
    _fill(vault)
    return Link("groups.songs")


def to_song(vault: Vault) -> Link:
    """To a song with its words."""
    _fill(vault)
    with vault.read() as db:
        return Link("groups.songs", music_service.list_pieces(db)[0].id)


def to_works(vault: Vault) -> Link:
    """To the list of works and performances."""
    _fill(vault)
    return Link("groups.works")


def to_work(vault: Vault) -> Link:
    """To a work of two makers, of whom one has not been asked about everything."""
    _fill(vault)
    with vault.read() as db:
        return Link("groups.works", works_service.list_works(db)[0].id)


def to_performance(vault: Vault) -> Link:
    """To a performance."""
    _fill(vault)
    with vault.read() as db:
        return Link("groups.works", works_events.list_events(db)[0].id)


def _fill(vault: Vault) -> None:
    with vault.read() as db:
        there = bool(music_service.list_pieces(db))
    if not there:
        with vault.write("core") as db:
            _add(db)


def _add(db: Db) -> None:
    songs = [music_service.save_piece(db, song) for song in SONGS]
    people = [person.id for person in list_people(db, PeopleQuery())[:4]]
    for person in people[:2]:
        record_consent(db, person, "perform", "yes", answered_by="person", how="said")
        record_consent(
            db, person, "web", "yes" if person == people[0] else "no", answered_by="person", how="said"
        )
    makers = tuple(MakerDetails(person, "name") for person in people[:2])
    work = works_service.save_work(db, WorkDetails(WORK, makers=makers, uses=("perform", "web")))
    _perform(db, people, songs, work)


def _perform(db: Db, people: list[UUID], songs: list[UUID], work: UUID) -> None:
    items = (Item(piece_id=songs[0]), Item(work_id=work), Item(words="Interval"), Item(piece_id=songs[2]))
    details = EventDetails(
        EVENT,
        now().date() + timedelta(14),
        group_id=find_group(db, CHOIR),
        performers=tuple(MakerDetails(person) for person in people),
        items=items,
    )
    works_events.save_event(db, details)
