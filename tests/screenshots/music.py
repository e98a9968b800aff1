"""A song, a work and a performance of the demo practice."""

from __future__ import annotations

from therapydesk.api import Link
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.music import CONCERT
from therapydesk.plugins.groups import music_service, music_sets, works_events, works_service

SONG = WORK = "The bus that never comes"


def to_song(vault: Vault) -> Link:
    """To a song with its words, which members wrote."""
    with vault.read() as db:
        return Link("groups.songs", next(v.id for v in music_service.list_pieces(db) if v.title == SONG))


def to_set(vault: Vault) -> Link:
    """To the set list of a choir's next session."""
    with vault.read() as db:
        return Link("groups.songs", music_sets.list_sets(db)[0].id, ("set",))


def to_maker(vault: Vault) -> Link:
    """To the music of somebody who made a work."""
    with vault.read() as db:
        work = next(v for v in works_service.list_works(db) if v.title == WORK)
    return Link("person", work.details.makers[0].person_id, ("groups.made",))


def to_work(vault: Vault) -> Link:
    """To a work of three makers, of whom one does not want it on the web."""
    with vault.read() as db:
        return Link("groups.works", next(v.id for v in works_service.list_works(db) if v.title == WORK))


def to_performance(vault: Vault) -> Link:
    """To a concert that is to come; its programme leaves something out."""
    with vault.read() as db:
        return Link("groups.works", next(v.id for v in works_events.list_events(db) if v.title == CONCERT))
