"""The demo's music: songs in the public domain or our own (`songs/`), what was sung, set lists, works and two concerts."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from importlib import resources
from io import BytesIO
from math import pi, sin
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Appointment, Attendance, Db, record_consent, sealing, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import (
    music_service,
    music_sets,
    music_sung,
    works_events,
    works_files,
    works_service,
)
from therapydesk.plugins.groups.models import Group, GroupSession
from therapydesk.plugins.groups.music_chordpro import read_chordpro
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.works_events import EventDetails, Item
from therapydesk.plugins.groups.works_service import MakerDetails, WorkDetails

OWN = ("The bus that never comes", "Kettle on")  # words of members, or ours
TAGS = {
    "Amazing Grace": ("calm", "well known"),
    "Ar Hyd y Nos": ("calm", "evening", "Welsh"),
    "Auld Lang Syne": ("well known", "winter"),
    "Bread of Heaven": ("big finish", "well known"),
    "Calon Lân": ("well known", "Welsh"),
    "Daisy Bell": ("lively", "well known"),
    "Kettle on": ("hello song", "warm-up"),
    "Row, Row, Row Your Boat": ("round", "warm-up"),
    "Suo Gân": ("calm", "Welsh"),
    "Swing Low, Sweet Chariot": ("call and answer",),
    "The bus that never comes": ("lively", "our own"),
    "The Water Is Wide": ("calm", "slow breath"),
}
SUNG = (  # at the last four sessions of a choir, the oldest first
    ("Row, Row, Row Your Boat", "Calon Lân", "Daisy Bell"),
    ("Kettle on", "Amazing Grace", "Swing Low, Sweet Chariot"),
    ("Row, Row, Row Your Boat", "Calon Lân", "The bus that never comes"),
    ("Kettle on", "Calon Lân", "The Water Is Wide", "The bus that never comes"),
)
CHOIRS = ("Midweek Choir", "Friday Choir")
NEXT_SET = (("Kettle on", ""), ("Calon Lân", "G"), ("The Water Is Wide", ""), ("Bread of Heaven", ""))
RATE, NOTE, TUNE = 8000, 4000, (294, 330, 370, 440)  # a second, a note (in samples); in hertz
CONCERT = "Friends and family concert"
LLYR, WINIFRED, DILWYN, SURYANI, BETI = 1, 5, 6, 8, 10  # places in people_data


def add_music(vault: Vault, ids: Sequence[UUID]) -> None:
    """Songs, what the choirs sang, set lists, works of members, a concert that was and one to come."""
    with vault.write("core") as db:
        songs = {song.title: music_service.save_piece(db, song) for song in read_songs()}
        groups = dict(db.execute(select(Group.name, Group.id)).all())
        sessions = {name: _sessions(db, groups[name]) for name in CHOIRS if name in groups}
        for n, name in enumerate(sessions):
            _sing(db, sessions[name], songs, n)
        _set_lists(db, groups, sessions, songs)
        if len(ids) > BETI:
            works = _works(db, ids, songs, sessions["Friday Choir"])
            _concerts(db, ids, groups, songs, works)
    if len(ids) > BETI:
        _record(vault, works["The bus that never comes"])


def read_songs() -> Iterator[PieceDetails]:
    """The songs of the folder `songs`."""
    folder = resources.files("therapydesk.demo").joinpath("songs")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".cho"):
            song = read_chordpro(file.read_text("utf-8"))
            details = music_service.details_of(song, tags=TAGS[song.about["title"]])
            language = "Welsh" if "Welsh" in details.tags else "English"
            rests = today() + timedelta(20) if details.title == "Auld Lang Syne" else None
            yield replace(details, language=language, own=details.title in OWN, rests_until=rests)


def _sessions(db: Db, group_id: UUID) -> list[tuple[UUID, date]]:
    """The sessions of a group with their days, the oldest first."""
    query = (
        select(Appointment.id, Appointment.starts_at)
        .join(GroupSession, GroupSession.appointment_id == Appointment.id)
        .where(GroupSession.group_id == group_id)
    )
    return [(i, at.date()) for i, at in db.execute(query.order_by(Appointment.starts_at))]


def _sing(db: Db, sessions: Sequence[tuple[UUID, date]], songs: dict[str, UUID], first: int) -> None:
    past = [session for session, day in sessions if day < today()][-len(SUNG) :]
    for week, (session, titles) in enumerate(zip(past, SUNG[-len(past) :], strict=False)):
        query = select(Attendance.person_id).where(Attendance.appointment_id == session)
        came = [p for p in db.scalars(query.order_by(Attendance.position)) if p is not None]
        for n, title in enumerate(titles):
            sung = music_sung.add_sung(db, session, songs[title])
            for each in range(n + 1):
                who = came[(week + 3 * each + first) % len(came)]
                music_sung.mark_person(db, session, sung, who, "liked")
            if n == 1:
                music_sung.mark_person(db, session, sung, came[week % len(came)], "led")


def _set_lists(
    db: Db,
    groups: dict[str, UUID],
    sessions: dict[str, list[tuple[UUID, date]]],
    songs: dict[str, UUID],
) -> None:
    for name in sessions:
        day = next((day for _session, day in sessions[name] if day >= today()), None)
        wanted = [(songs[title], key) for title, key in NEXT_SET]
        music_sets.save_set(db, f"{name}, next time", wanted, group_id=groups[name], on_day=day)


def _works(
    db: Db, ids: Sequence[UUID], songs: dict[str, UUID], sessions: Sequence[tuple[UUID, date]]
) -> dict[str, UUID]:
    asked = today() - timedelta(80)
    agreed = {WINIFRED: ("perform", "web"), SURYANI: ("perform",), BETI: ("perform",), LLYR: ("perform",)}
    for who, purposes in agreed.items():
        for purpose in purposes:
            record_consent(db, ids[who], purpose, "yes", asked_on=asked, answered_by="person", how="said")
    record_consent(db, ids[SURYANI], "web", "no", asked_on=asked, answered_by="person", how="said")
    first, day = sessions[0]
    bus = WorkDetails(
        "The bus that never comes",
        "song",
        day,
        first,
        songs["The bus that never comes"],
        (
            MakerDetails(ids[WINIFRED], "name"),
            MakerDetails(ids[SURYANI], "first"),
            MakerDetails(ids[BETI]),
        ),
        ("perform", "web"),
    )
    beat = WorkDetails(
        "Kitchen beat",
        "beat",
        today() - timedelta(40),
        makers=(MakerDetails(ids[LLYR], "chosen", "Ll. Beats"),),
        uses=("perform",),
    )
    tide = WorkDetails(
        "Low tide",
        "track",
        today() - timedelta(75),
        makers=(MakerDetails(ids[DILWYN], "name"),),
        uses=("publish",),
    )
    return {work.title: works_service.save_work(db, work) for work in (bus, beat, tide)}


def _concerts(
    db: Db, ids: Sequence[UUID], groups: dict[str, UUID], songs: dict[str, UUID], works: dict[str, UUID]
) -> None:
    performers = (
        MakerDetails(ids[WINIFRED], "name"),
        MakerDetails(ids[SURYANI], "first"),
        MakerDetails(ids[BETI]),
        MakerDetails(ids[DILWYN], "name"),
    )
    past = EventDetails(
        "Open house",
        today() - timedelta(30),
        time(14),
        place="Alder House",
        group_id=groups["Friday Choir"],
        audience=46,
        performers=performers[:2],
        items=(Item(piece_id=songs["Calon Lân"]), Item(work_id=works["Kitchen beat"])),
    )
    coming = EventDetails(
        CONCERT,
        today() + timedelta(14),
        time(15),
        place="St Aidan’s hall",
        group_id=groups["Friday Choir"],
        performers=performers,
        items=(
            Item(piece_id=songs["Bread of Heaven"]),
            Item(work_id=works["The bus that never comes"]),
            Item(words="Interval"),
            Item(work_id=works["Kitchen beat"]),
            Item(work_id=works["Low tide"]),
            Item(piece_id=songs["Calon Lân"]),
        ),
    )
    for details in (past, coming):
        works_events.save_event(db, details)


def _record(vault: Vault, work: UUID) -> None:
    """A recording of a work: its first four notes, as plain tones."""
    sound = BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for pitch in TUNE:
            swing = (sin(2 * pi * pitch * n / RATE) * (1 - n / NOTE) for n in range(NOTE))
            file.writeframes(
                b"".join(round(9000 * each).to_bytes(2, "little", signed=True) for each in swing)
            )
    sound.seek(0)
    with sealing(vault.folder, "clinical", sound) as sealed, vault.write("clinical") as db:
        works_files.add_work_file(db, work, sealed, "First take.wav", "audio/wav")
