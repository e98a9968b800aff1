"""Capability rows about music (KC13, KC14, KC36, opening 16, request 12), each shown as its row in capabilities.md says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import event

from tests.plugins.groups.conftest import Choir
from tests.plugins.groups.test_works import agree, concert, make, maker, programme, withdraw
from therapydesk.api import (
    Appointment,
    ConsentMissing,
    find_or_add_organisation,
    list_consent_uses,
    list_consents,
    new_id,
    sealing,
    today,
    withdraw_consent,
)
from therapydesk.demo.rows import stamped, write_rows
from therapydesk.plugins.groups import (
    music_importing,
    music_service,
    works_answers,
    works_events,
    works_files,
    works_programme,
    works_service,
)
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.music_importing import Wanted
from therapydesk.plugins.groups.music_models import Piece, Sung
from therapydesk.plugins.groups.music_service import PieceDetails, PieceQuery
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.event_page import EventPage
from therapydesk.plugins.groups.ui.work_page import WorkPage
from therapydesk.plugins.groups.works_events import Item
from therapydesk.plugins.groups.works_programme import LeftOut, Line
from therapydesk.testing import desk_at, open_page
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.printing import PrintWindow

__all__ = ["open_page"]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def singers(choir: Choir) -> Choir:
    for name in ("Ann Price", "Bea Lloyd", "Cai Rees"):
        choir.join(name)
    return choir


def test_opening_16_a_concert_programme_lists_members_works_with_cleared_consents_only(
    singers: Choir,
) -> None:
    agree(singers, "Ann Price")
    agree(singers, "Bea Lloyd", state="no")
    mine = make(singers, "Our river", [maker(singers, "Ann Price")])
    shared = make(singers, "Two of us", [maker(singers, "Ann Price"), maker(singers, "Bea Lloyd")])
    made = concert(
        singers,
        [Item(work_id=mine), Item(words="Interval"), Item(work_id=shared)],
        [maker(singers, "Ann Price"), maker(singers, "Bea Lloyd"), maker(singers, "Cai Rees", "member")],
    )
    found = programme(singers, made)
    assert found.lines == (Line("Our river", "Ann Price"), Line("Interval", ""))
    assert found.performers == "Ann Price and a member of the group"
    assert found.left_out == (
        LeftOut("Two of us", "There is no consent (Perform) of Bea Lloyd."),
        LeftOut("Bea Lloyd", "Not named: they do not agree to this use (Perform)."),
    )
    agree(singers, "Bea Lloyd")
    assert [line.title for line in programme(singers, made).lines] == ["Our river", "Interval", "Two of us"]
    assert programme(singers, made).lines[2].by == "Ann Price and Bea Lloyd"


def test_kc13_an_event_shows_performers_pieces_venue_and_appears_on_each_performers_timeline(
    singers: Choir,
) -> None:
    song = singers.do(music_service.save_piece, PieceDetails("Calon Lân", "Daniel James"))
    mine = make(singers, "Our river", [maker(singers, "Ann Price")], made_on=today())
    made = concert(
        singers,
        [Item(piece_id=song), Item(work_id=mine)],
        [maker(singers, "Ann Price"), maker(singers, "Bea Lloyd", "")],
        audience=60,
        group_id=singers.group_id,
    )
    with singers.vault.read() as db:
        view = works_events.get_event(db, made)
        told = {
            name: [m.text for m in works_answers.moments(db, person, LONG_AGO)]
            for name, person in singers.people.items()
        }
    assert (view.where, view.group, view.details.audience) == ("St Aidan’s", "Tuneful Wednesdays", 60)
    assert view.names == ("Ann Price", "Bea Lloyd")
    assert view.titles == ("Calon Lân", "Our river")
    performed = "Performed at Summer concert, St Aidan’s"
    assert told == {
        "Ann Price": [performed, "Made “Our river”"],
        "Bea Lloyd": [performed],
        "Cai Rees": [],
    }


def test_kc14_a_work_has_title_makers_files_and_consent_and_a_session_points_to_it(
    singers: Choir, tmp_path: Any
) -> None:
    (session,) = singers.book()
    made = make(
        singers,
        "Our river",
        [maker(singers, "Ann Price")],
        appointment_id=session,
        uses=("perform", "web"),
    )
    sound = tmp_path / "river.ogg"
    sound.write_bytes(b"sound" * 1000)
    with (
        sound.open("rb") as source,
        sealing(singers.vault.folder, "clinical", source) as sealed,
        singers.vault.write("clinical") as db,
    ):
        kept = works_files.add_work_file(db, made, sealed, "First take", "audio/ogg")
    with singers.vault.read() as db:
        view = works_service.get_works(db, [made])[0]
        assert (view.title, view.names) == ("Our river", ("Ann Price",))
        assert view.cleared == {"perform": False, "web": False}
        assert [(f.title, f.size) for f in works_files.list_work_files(db, made)] == [("First take", 5000)]
        with works_files.read_work_file(db, kept).open() as file:
            assert file.read() == b"sound" * 1000
        facts = works_answers.record_facts(db, "appointment", session)
        assert [fact.text for fact in facts] == ["Made here: “Our river”"]
        assert works_answers.record_facts(db, "note", session) == []


def test_opening_16_what_is_not_cleared_is_on_no_paper_that_the_page_shows(
    singers: Choir, plugins: Any, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    agree(singers, "Ann Price")
    mine = make(singers, "Our river", [maker(singers, "Ann Price")])
    hers = make(singers, "Not yet", [maker(singers, "Bea Lloyd")])
    made = concert(
        singers,
        [Item(work_id=mine), Item(work_id=hers)],
        [maker(singers, "Ann Price"), maker(singers, "Bea Lloyd")],
    )
    with desk_at(singers.vault, plugins, tmp_path) as desk:
        page = open_page(EventPage(desk, made))
        assert _words(_pdf(page)) == {"Our river", "Ann Price"}
        withdraw(singers, "Ann Price")
        assert _words(_pdf(page)) == set()
        agree(singers, "Bea Lloyd")
        assert _words(_pdf(page)) == {"Not yet", "Bea Lloyd"}  # the control: who agrees does stand there


def _pdf(page: EventPage) -> bytes:
    page.print_page()
    window = page.findChildren(PrintWindow)[-1]
    window.reject()
    return window.data


def _words(data: bytes) -> set[str]:
    with pypdfium2.PdfDocument(data) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return {word for word in ("Our river", "Not yet", "Ann Price", "Bea Lloyd") if word in text}


@pytest.mark.parametrize("venue", ["St Dyfrig’s concert hall", "Ward 7, the infirmary"])
def test_kc13_live_performances_in_mainstream_and_clinical_venues_are_written_down_on_screen(
    singers: Choir, plugins: Any, tmp_path: Path, open_page: Callable[..., Any], venue: str
) -> None:
    place = singers.do(find_or_add_organisation, venue)
    made = concert(singers, [], [maker(singers, "Ann Price")])
    with desk_at(singers.vault, plugins, tmp_path) as desk:
        page = open_page(EventPage(desk, made))
        page.change()
        dialog = page.findChildren(FormDialog)[-1]
        dialog.form.set_values({"venue": str(place), "place": "", "audience": "40"})
        dialog.save()
        assert venue in page.summary()
        assert "40 listened" in page.summary()
    with singers.vault.read() as db:
        (moment,) = works_answers.moments(db, singers.people["Ann Price"], LONG_AGO)
    assert moment.text == f"Performed at Summer concert, {venue}"
    assert moment.link is not None
    assert moment.link.ref == made


def test_kc14_a_session_points_to_the_work_it_produced_on_screen(
    singers: Choir, plugins: Any, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    (session,) = singers.book()
    singers.hold(session)
    with desk_at(singers.vault, plugins, tmp_path) as desk:
        page = open_page(AfterPage(desk, session))
        dialog = page.sung.add_work()
        dialog.form.set_values({"title": "Our river"})
        dialog.save()
        with singers.vault.read() as db:
            (view,) = works_service.list_works(db)
        assert (view.details.appointment_id, view.details.made_on) == (session, today())
        again = open_page(AfterPage(desk, session))
        (link,) = [each for each in again.besides.findChildren(LinkLabel) if "Our river" in each.text()]
        link.click()
        opened: Any = desk.open_link
        assert opened.__self__[-1].ref == view.id
        shown = open_page(WorkPage(desk, view.id))
        assert "out of the session" in shown.summary()
        assert "Tuneful Wednesdays" in shown.summary()


def test_kc36_songs_of_many_years_list_and_search_with_the_same_few_questions(singers: Choir) -> None:
    """3,000 songs, and 30,000 times that one was sung at a session; the seconds are measured in bench/."""
    few = _questions(singers)
    with singers.vault.write("core") as db:
        pieces = [Piece(id=new_id(), title=f"Song number {n}") for n in range(3000)]
        start = datetime.combine(today() - timedelta(days=2000), time(15))
        sessions = [
            Appointment(id=new_id(), starts_at=start + timedelta(days=n), minutes=60, kind="group")
            for n in range(1000)
        ]
        db.add_all([*pieces, *sessions])
        db.flush()
        db.add_all([GroupSession(appointment_id=each.id, group_id=singers.group_id) for each in sessions])
        db.flush()
        for n, each in enumerate(sessions):
            rows = [
                stamped(
                    db, appointment_id=each.id, piece_id=pieces[(n * 30 + k) % 3000].id, key="", position=k
                )
                for k in range(30)
            ]
            write_rows(db, Sung, rows)
    assert _questions(singers) == few
    with singers.vault.read() as db:
        every = music_service.list_pieces(db)
        (found,) = music_service.list_pieces(db, PieceQuery("number 2999"))
    assert (len(every), sum(view.times for view in every)) == (3000, 30_000)
    assert found.title == "Song number 2999"


def _questions(choir: Choir) -> int:
    """How many questions the list of songs, a search and what nobody sang lately ask of the database."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    with choir.vault.read() as db:
        connection = db.connection()
        event.listen(connection, "before_cursor_execute", note)
        try:
            for wanted in (PieceQuery(), PieceQuery("number"), PieceQuery(not_sung_weeks=6)):
                music_service.list_pieces(db, wanted)
        finally:
            event.remove(connection, "before_cursor_execute", note)
    return len(asked)


def test_request_12_the_same_files_taken_in_twice_double_nothing(singers: Choir, tmp_path: Path) -> None:
    (tmp_path / "river.cho").write_text("{title: Our river}\n[G]Down by the [C]Taff", "utf-8")
    (tmp_path / "songs.csv").write_text("title,text\nOur river,other words\nAnother,la\n", "utf-8")
    for expected in (["Another", "Our river"], ["Another", "Our river"]):
        files = [tmp_path / "river.cho", tmp_path / "songs.csv"]
        singers.do(music_importing.add_songs, music_importing.read_songs(files, Wanted(own=True)))
        with singers.vault.read() as db:
            assert [view.title for view in music_service.list_pieces(db)] == expected


def test_opening_12_withdrawing_web_lists_and_blocks_every_work_of_theirs(singers: Choir) -> None:
    for purpose in ("perform", "web"):
        agree(singers, "Ann Price", purpose)
    made = [
        make(singers, title, [maker(singers, "Ann Price")], uses=("perform", "web"))
        for title in ("Our river", "Low tide")
    ]
    with singers.vault.read() as db:
        given = next(
            c for c in list_consents(db, singers.people["Ann Price"]) if c.purpose == "web" and c.holds
        )
    singers.do(withdraw_consent, given.id)
    with singers.vault.read() as db:
        rests = list_consent_uses(db, singers.people["Ann Price"], "web")
        assert [(each.label, each.allowed) for each in rests] == [("Low tide", False), ("Our river", False)]
        for each in made:
            with pytest.raises(ConsentMissing):
                works_service.require_cleared(db, each, "web")
            works_service.require_cleared(
                db, each, "perform"
            )  # the control: what they still agree to goes on
        assert b"Our river" in works_programme.works_csv(db, "perform")
        assert b"Our river" not in works_programme.works_csv(db, "web")
