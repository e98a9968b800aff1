"""What songs answer when others ask."""

from __future__ import annotations

from sqlalchemy import select

from therapydesk.api import Db, Hit, Link, may, normal_name, tr
from therapydesk.plugins.groups import music_service, music_sets
from therapydesk.plugins.groups.music_models import SetList

PAGE = "groups.songs"


def hits(db: Db, text: str, limit: int) -> list[Hit]:
    """Songs and set lists by title."""
    wanted = normal_name(text)
    if not wanted or not may(db.user, "groups.read"):
        return []
    found = [
        Hit(title, tr("Song"), Link(PAGE, piece_id), 45, "music")
        for piece_id, title in music_service.list_titles(db)
        if wanted in normal_name(title)
    ]
    if any(wanted in normal_name(title) for title in db.scalars(select(SetList.title))):  # asked at each key
        found += [
            Hit(view.title, tr("Set list"), Link(PAGE, view.id, ("set",)), 40, "music")
            for view in music_sets.list_sets(db)
            if wanted in normal_name(view.title)
        ]
    return found[:limit]
