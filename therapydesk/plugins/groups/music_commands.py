"""`therapydesk songs …`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click

from therapydesk.api import CliContext, Db, Outgoing, UserError, normal_name, ntr, pdf, show_day, tr
from therapydesk.plugins.groups import music_importing, music_pdf, music_service, music_sets
from therapydesk.plugins.groups.music_pdf import Wish
from therapydesk.plugins.groups.music_service import PieceQuery, PieceView


@click.group("songs")
def songs() -> None:
    """Songs: what there is, song books, files."""


def _query(command: Any) -> Any:
    for option in (
        click.option(
            "--not-sung", "weeks", type=click.IntRange(0, 5200), default=0, help="For so many weeks."
        ),
        click.option("--key", default="", help="Only in this key."),
        click.option("--tag", default="", help="Only with this tag."),
    ):
        command = option(command)
    return command


@songs.command("list")
@click.argument("text", default="")
@_query
@click.pass_obj
def list_songs(context: CliContext, text: str, tag: str, key: str, weeks: int) -> None:
    """List the songs, or those with TEXT in title, maker or words."""
    with context.vault.read() as db:
        found = music_service.list_pieces(db, PieceQuery(text, tag, key, weeks))
    data = [
        {
            "id": str(v.id),
            "title": v.title,
            "by": v.details.by,
            "key": v.details.key,
            "tags": list(v.details.tags),
            "last_sung": v.last_on.isoformat() if v.last_on is not None else None,
            "times": v.times,
        }
        for v in found
    ]
    lines = [
        " · ".join(
            filter(None, (v.title, v.details.by, v.details.key, show_day(v.last_on) if v.last_on else ""))
        )
        for v in found
    ]
    context.say(data, "\n".join(lines))


@songs.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--licence", default="", help="What allows us to keep the words, where a file does not say.")
@click.option("--own", is_flag=True, help="The words are our own.")
@click.option("--tag", "tags", multiple=True, help="A tag that all get.")
@click.pass_obj
def import_songs(
    context: CliContext, files: tuple[Path, ...], licence: str, own: bool, tags: tuple[str, ...]
) -> int:
    """Take in songs from ChordPro, OpenSong and CSV FILES. Those that cannot be read are named; the others come in."""
    incoming = music_importing.read_songs(files, music_importing.Wanted(licence, own, tags))
    with context.vault.write("core") as db:
        done = music_importing.add_songs(db, incoming)
    data = [
        {
            "file": each.source,
            "id": str(made) if made is not None else None,
            "title": each.details.title if each.details is not None else None,
            "refused": each.why or None,
            "notes": list(each.notes),
        }
        for each, made in done
    ]
    lines = []
    for each, made in done:
        said = each.why if made is None else tr("taken in")
        lines.append(f"{each.source}: {' '.join((said, *each.notes))}")
    taken = sum(made is not None for _, made in done)
    lines.append(ntr("One song was taken in.", "{n} songs were taken in.", taken))
    context.say(data, "\n".join(lines))
    return 2 if any(each.details is None for each, _ in done) else 0


@songs.command("book")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--title", default="", help="What stands on the first page.")
@click.option("--set", "set_list", default="", help="The songs of this set list, in its order and keys.")
@click.option("--song", "names", multiple=True, help="Only these, in this order.")
@click.option(
    "--size", type=click.Choice(get_args(pdf.Size)), default="large", help="How large the letters are."
)
@click.option("--chords", is_flag=True, help="Chords over the words.")
@click.option("--copies", type=click.IntRange(1, 10_000), help="Count so many printed copies of each song.")
@_query
@click.pass_obj
def book(
    context: CliContext,
    out: Path,
    title: str,
    set_list: str,
    names: tuple[str, ...],
    size: pdf.Size,
    chords: bool,
    copies: int | None,
    tag: str,
    key: str,
    weeks: int,
) -> None:
    """Write a song book, or a set list, with contents, as the PDF file OUT."""
    with context.vault.read() as db:
        heading = title or tr("Song book")
        if set_list:
            found = [s for s in music_sets.list_sets(db) if normal_name(s.title) == normal_name(set_list)]
            if not found:
                raise UserError(tr("There is no set list called “{name}”.").format(name=set_list))
            heading = title or found[0].title
            wanted = [(piece, in_key) for piece, _, in_key in found[0].items]
        elif names:
            wanted = [(find_song(db, name).id, "") for name in names]
        else:
            wanted = [(v.id, "") for v in music_service.list_pieces(db, PieceQuery("", tag, key, weeks))]
        made = music_pdf.print_songs(db, heading, wanted, Wish(size, chords, contents=len(wanted) > 1))
    if copies:
        with context.vault.write("core") as db:
            music_service.count_copies(db, [piece for piece, _ in wanted], copies)
    about = {"songs": len(wanted), "pages": made.pages, "remarks": list(made.told)}
    context.save(out, made.data, told=Outgoing("songs", count=len(wanted)), **about)


def find_song(db: Db, words: str) -> PieceView:
    """The song with this id or title. Raises UserError when there is none, or more than one."""
    views = music_service.list_pieces(db)
    wanted = normal_name(words)
    found = [v for v in views if str(v.id) == words or normal_name(v.title) == wanted]
    if len(found) != 1:
        raise UserError(tr("There is no song, or more than one, called “{name}”.").format(name=words))
    return found[0]


@songs.command("export")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("song", default="")
@click.pass_obj
def export(context: CliContext, out: Path, song: str) -> None:
    """Write SONG as the file OUT (OpenSong for .xml, else ChordPro); without SONG all songs as CSV."""
    with context.vault.read() as db:
        if song:
            data, count = music_importing.song_file(find_song(db, song).details, out.suffix), 1
        else:
            data, count = music_importing.songs_csv(db), len(music_service.list_pieces(db))
    context.save(out, data, told=Outgoing("songs", count=count))
