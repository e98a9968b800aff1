"""Works, performances and programmes: what is cleared, what is left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import (
    ConsentMissing,
    NotFound,
    StaleRecord,
    UserError,
    end_consent_use,
    list_consent_uses,
    list_consents,
    new_id,
    record_consent,
    today,
    withdraw_consent,
)
from therapydesk.plugins.groups import (
    music_service,
    works_answers,
    works_events,
    works_programme,
    works_service,
)
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.works_events import EventDetails, Item
from therapydesk.plugins.groups.works_programme import Line, Programme
from therapydesk.plugins.groups.works_service import MakerDetails, WorkDetails
from therapydesk.records.erasure import erase_person

DAY = date(2026, 7, 3)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def agree(choir: Choir, name: str, purpose: str = "perform", state: str = "yes") -> None:
    choir.do(record_consent, choir.people[name], purpose, state)


def withdraw(choir: Choir, name: str) -> None:
    with choir.vault.read() as db:
        given = next(c for c in list_consents(db, choir.people[name]) if c.purpose == "perform" and c.holds)
    choir.do(withdraw_consent, given.id)


def maker(choir: Choir, name: str, credit: str = "name", text: str = "") -> MakerDetails:
    return MakerDetails(choir.people[name], credit, text)


def make(choir: Choir, title: str, makers: Sequence[MakerDetails], **more: Any) -> UUID:
    made = choir.do(works_service.save_work, WorkDetails(title, makers=tuple(makers), **more))
    assert isinstance(made, UUID)
    return made


def concert(
    choir: Choir, items: Sequence[Item] = (), performers: Sequence[MakerDetails] = (), **more: Any
) -> UUID:
    details = EventDetails(
        "Summer concert", DAY, time(15), place="St Aidan’s", items=tuple(items), performers=tuple(performers)
    )
    made = choir.do(works_events.save_event, replace(details, **more))
    assert isinstance(made, UUID)
    return made


def programme(choir: Choir, event_id: UUID, use: str = "perform") -> Programme:
    with choir.vault.read() as db:
        return works_programme.make_programme(db, event_id, use)


def work(choir: Choir, work_id: UUID) -> works_service.WorkView:
    with choir.vault.read() as db:
        return works_service.get_works(db, [work_id])[0]


def uses(choir: Choir, name: str) -> list[tuple[str, str, bool]]:
    with choir.vault.read() as db:
        return [(u.purpose, u.label, u.allowed) for u in list_consent_uses(db, choir.people[name])]


@pytest.fixture
def singers(choir: Choir) -> Choir:
    for name in ("Ann Price", "Bea Lloyd", "Cai Rees"):
        choir.join(name)
    return choir


def test_withdrawing_lists_what_rests_on_it_and_blocks_it_from_that_moment(singers: Choir) -> None:
    agree(singers, "Ann Price")
    mine = make(singers, "Our river", [maker(singers, "Ann Price")])
    event = concert(singers, [Item(work_id=mine)], [maker(singers, "Ann Price")])
    singers.do(works_service.require_cleared, mine, "perform")
    assert uses(singers, "Ann Price") == [
        ("perform", "Our river", True),
        ("perform", "Summer concert", True),
    ]
    withdraw(singers, "Ann Price")
    assert [allowed for _, _, allowed in uses(singers, "Ann Price")] == [False, False]
    found = programme(singers, event)
    assert (found.lines, found.performers) == ((), "")
    with pytest.raises(ConsentMissing, match="no consent"):
        singers.do(works_service.require_cleared, mine, "perform")


def test_nothing_that_was_left_out_is_on_paper_or_in_the_csv_file(singers: Choir) -> None:
    agree(singers, "Ann Price")
    event = concert(
        singers,
        [
            Item(work_id=make(singers, "Open song", [maker(singers, "Ann Price", "first")])),
            Item(work_id=make(singers, "Closed song", [maker(singers, "Bea Lloyd")])),
        ],
        [maker(singers, "Bea Lloyd")],
    )
    with singers.vault.read() as db:
        page = _text(works_programme.programme_pdf(db, event))
        sheet = works_programme.programme_csv(db, event).decode("utf-8-sig")
        ledger = works_programme.works_csv(db, "perform").decode("utf-8-sig")
    for text in (page, sheet, ledger):
        assert {word for word in ("Open song", "Ann", "Closed", "Bea", "Price") if word in text} == {
            "Open song",
            "Ann",
        }


def _text(data: bytes) -> str:
    from io import BytesIO

    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


@pytest.mark.parametrize(
    ("credit", "text", "agrees", "shown"),
    [
        ("name", "", True, "Ann Price"),
        ("first", "", True, "Ann"),
        ("chosen", "Lady A", True, "Lady A"),
        ("member", "", True, "a member of the group"),
        ("none", "", True, ""),
        ("", "", True, "a member of the group"),
        ("name", "", False, ""),
        ("chosen", "Lady A", False, ""),
        ("member", "", False, "a member of the group"),
        ("", "", False, ""),
    ],
)
def test_performers_are_named_as_they_wish_and_only_if_they_agree(
    singers: Choir, credit: str, text: str, agrees: bool, shown: str
) -> None:
    if agrees:
        agree(singers, "Ann Price")
    event = concert(singers, performers=[maker(singers, "Ann Price", credit, text)])
    assert programme(singers, event).performers == shown


def test_a_programme_for_the_web_needs_a_consent_of_its_own(singers: Choir) -> None:
    agree(singers, "Ann Price")
    mine = make(singers, "Our river", [maker(singers, "Ann Price")])
    event = concert(singers, [Item(work_id=mine)])
    assert programme(singers, event).lines == (Line("Our river", "Ann Price"),)
    assert programme(singers, event, "web").lines == ()
    agree(singers, "Ann Price", "web")
    assert programme(singers, event, "web").lines == (Line("Our river", "Ann Price"),)


def test_a_song_of_the_groups_own_counts_as_the_work_that_it_is(singers: Choir) -> None:
    own = singers.do(music_service.save_piece, PieceDetails("Our river", "Ann Price", own=True))
    event = concert(singers, [Item(piece_id=own)])
    assert programme(singers, event).lines == ()
    assert "add it as a work" in programme(singers, event).left_out[0].why
    make(singers, "Our river", [maker(singers, "Ann Price", "member")], piece_id=own)
    assert programme(singers, event).lines == ()
    agree(singers, "Ann Price")
    assert programme(singers, event).lines == (Line("Our river", "a member of the group"),)


def test_a_work_without_makers_or_taken_off_the_list_is_left_out(singers: Choir) -> None:
    agree(singers, "Ann Price")
    nobody = make(singers, "Found tune", [])
    old = make(singers, "Old tune", [maker(singers, "Ann Price")])
    event = concert(singers, [Item(work_id=nobody), Item(work_id=old)])
    assert [line.title for line in programme(singers, event).lines] == ["Old tune"]
    singers.do(works_service.end_work, old, today())
    found = programme(singers, event)
    assert found.lines == ()
    assert [each.what for each in found.left_out] == ["Found tune", "Old tune"]


def test_what_rests_on_a_consent_follows_the_makers_and_uses_of_a_work(singers: Choir) -> None:
    made = make(singers, "Our river", [maker(singers, "Ann Price")], uses=("perform", "publish"))
    assert [purpose for purpose, _, _ in uses(singers, "Ann Price")] == ["perform", "publish"]
    details = replace(work(singers, made).details, uses=("publish",), makers=(maker(singers, "Bea Lloyd"),))
    singers.do(works_service.save_work, details, made)
    assert uses(singers, "Ann Price") == []
    assert [purpose for purpose, _, _ in uses(singers, "Bea Lloyd")] == ["publish"]
    with singers.vault.read() as db:
        (rest,) = list_consent_uses(db, singers.people["Bea Lloyd"])
    singers.do(end_consent_use, rest.id)
    singers.do(works_service.save_work, replace(details, uses=()), made)
    assert work(singers, made).details.uses == ()


def test_removing_an_event_ends_what_rested_on_it(singers: Choir) -> None:
    event = concert(singers, [Item(words="Welcome")], [maker(singers, "Ann Price")])
    assert len(uses(singers, "Ann Price")) == 1
    singers.do(works_events.remove_event, event)
    assert uses(singers, "Ann Price") == []
    with singers.vault.read() as db:
        assert works_events.list_events(db) == []
        with pytest.raises(NotFound):
            works_events.get_event(db, event)


def test_what_cannot_be_is_refused_with_a_sentence(singers: Choir) -> None:
    ann = maker(singers, "Ann Price")
    wrong = [
        WorkDetails(" "),
        WorkDetails("x" * 201),
        WorkDetails("River", kind="opera"),
        WorkDetails("River", uses=("sell",)),
        WorkDetails("River", made_on=today() + timedelta(days=1)),
        WorkDetails("River", makers=(ann, ann)),
        WorkDetails("River", makers=(replace(ann, credit="chosen"),)),
    ]
    for details in wrong:
        with pytest.raises(UserError):
            singers.do(works_service.save_work, details)
    for missing in (WorkDetails("River", appointment_id=new_id()), WorkDetails("River", piece_id=new_id())):
        with pytest.raises(NotFound):
            singers.do(works_service.save_work, missing)
    for event in (
        EventDetails("", DAY),
        EventDetails("Concert", DAY, audience=-1),
        EventDetails("Concert", DAY, items=(Item(),)),
        EventDetails("Concert", DAY, items=(Item(work_id=new_id(), words="Both"),)),
    ):
        with pytest.raises(UserError):
            singers.do(works_events.save_event, event)
    with singers.vault.read() as db:
        assert works_service.list_works(db) == []
        assert works_events.list_events(db) == []


def test_a_maker_who_is_erased_leaves_the_work_to_the_others_and_is_in_no_programme(singers: Choir) -> None:
    agree(singers, "Ann Price")
    agree(singers, "Bea Lloyd")
    both = [maker(singers, "Ann Price"), maker(singers, "Bea Lloyd")]
    shared = make(singers, "Two of us", both)
    alone = make(singers, "Mine alone", both[:1])
    event = concert(singers, [Item(work_id=shared), Item(work_id=alone)], both)
    assert programme(singers, event).performers == "Ann Price and Bea Lloyd"
    erase_person(singers.vault, singers.people["Ann Price"], "request")
    found = programme(singers, event)
    assert found.lines == (Line("Two of us", "Bea Lloyd"),)
    assert found.performers == "Bea Lloyd"
    assert [each.what for each in found.left_out] == ["Mine alone"]
    assert work(singers, alone).names == ()


def test_a_stale_copy_never_wins(singers: Choir) -> None:
    made = make(singers, "Our river", [])
    view = work(singers, made)
    singers.do(works_service.save_work, replace(view.details, title="Their river"), made, view.row_version)
    with pytest.raises(StaleRecord):
        singers.do(works_service.save_work, replace(view.details, title="My river"), made, view.row_version)
    assert work(singers, made).title == "Their river"


def test_a_search_finds_works_and_performances_by_title_and_none_that_is_put_away(choir: Choir) -> None:
    choir.join("Maggie")
    work = make(choir, "Summer rain", [maker(choir, "Maggie")], kind="song")
    away = make(choir, "Summer long ago", [maker(choir, "Maggie")])
    choir.do(works_service.end_work, away, DAY)
    event = concert(choir)
    with choir.vault.read() as db:
        found = works_answers.hits(db, "SUMMER", 8)
        assert [(hit.title, hit.link.ref) for hit in found] == [
            ("Summer rain", work),
            ("Summer concert", event),
        ]
        assert len(works_answers.hits(db, "summer", 1)) == 1
        assert works_answers.hits(db, "winter", 8) == works_answers.hits(db, "", 8) == []
