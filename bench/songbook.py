"""P17: a song book of 200 pages with chords and contents, beside a bare canvas of as many pages and words."""

from __future__ import annotations

import time
from io import BytesIO
from uuid import UUID

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bench.figures import Figure, median
from bench.practice import Practice
from therapydesk.core.pdf_letters import register_fonts
from therapydesk.core.pdf_measures import REGULAR, STRONG
from therapydesk.plugins.groups.music_pdf import Printed, Wish, print_songs
from therapydesk.plugins.groups.music_service import PieceDetails, save_piece

SONGS, VERSES, RUNS = 195, 4, 3  # each song fills a page, and the contents a few
MOST = 3.0
LINE = "[D]Walking by the [G]water while the [A7]evening comes a[D]long"
PLAIN = (("D", 0), ("G", 105), ("A7", 215), ("D", 390)), "Walking by the water while the evening comes along"


def measure(practice: Practice) -> list[Figure]:
    """The whole book, read from the vault and drawn, and the bare canvas, in turn."""
    with practice.copied() as copy, copy.opened() as vault:
        with vault.write("core") as db:
            ids = [save_piece(db, _song(n)) for n in range(SONGS)]
        wanted: list[tuple[UUID, str]] = [(each, "") for each in ids]
        whole, bare = [], []
        for _ in range(RUNS):
            start = time.perf_counter()
            with vault.read() as db:
                printed = print_songs(db, "Songs of the bench", wanted, Wish("normal", chords=True))
            between = time.perf_counter()
            plain = _bare(printed)
            whole.append(between - start)
            bare.append(time.perf_counter() - between)
    size, bare_size = len(printed.data) / 1024, len(plain) / 1024
    note = (
        f"{SONGS} songs with chords; {size:.0f} KB, by the bare canvas {bare_size:.0f} KB. Median of {RUNS}."
    )
    work = f"song book of {printed.pages} pages with chords and contents"
    return [Figure("P17", work, f"≤ {MOST:.0f} s", MOST, median(bare), median(whole), note=note)]


def _song(n: int) -> PieceDetails:
    verse = "\n".join([f"{{start_of_verse: {n + 1}}}", *[f"{LINE} {n}"] * 4, "{end_of_verse}"])
    chorus = "\n".join(["{start_of_chorus}", *[LINE] * 3, "{end_of_chorus}"])
    text = "\n\n".join([verse, chorus, *[verse] * (VERSES - 1)])
    return PieceDetails(f"Song of the bench {n:03}", key="D", tempo="96", own=True, rights="Ours", text=text)


def _bare(printed: Printed) -> bytes:
    """As many pages, each with the lines and chords of a song in their places; nothing is measured or wrapped."""
    register_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, initialFontName=REGULAR)
    chords, words = PLAIN
    for page in range(printed.pages):
        canvas.setFont(STRONG, 18)
        canvas.drawString(60, 790, f"Song of the bench {page}")
        y = 750
        for _line in range(4 * VERSES + 3):
            canvas.setFont(STRONG, 9)
            for name, x in chords:
                canvas.drawString(60 + x, y, name)
            canvas.setFont(REGULAR, 11)
            canvas.drawString(60, y - 12, words)
            y -= 34
        canvas.drawString(60, 40, f"Page {page + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()
