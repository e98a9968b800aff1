"""Days of the diary on paper, and the window that prints them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt

from tests.plugins.diary.test_commands import run
from therapydesk.plugins.diary import service
from therapydesk.plugins.diary.ui.diary_page import DiaryPage
from therapydesk.ui.kit.printing import PrintWindow

__all__ = ["run"]
MONDAY = date(2026, 5, 4)


def pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    found = [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    document.close()
    return found


@pytest.fixture
def week(practice: Any) -> Any:
    """Ann on Tuesday in a room, at home on Thursday; a group that somebody named; nothing on the other days."""
    room = practice.room("Music room")
    practice.book(datetime(2026, 5, 5, 14), "Ann Archer", room_id=room)
    practice.book(datetime(2026, 5, 7, 9, 30), "Ann Archer", place="Ann's home, 4 Mill Lane")
    practice.book(datetime(2026, 5, 7, 15), "Bob Bell", kind="group", title="Ann's birthday choir")
    return practice


def printed(practice: Any, first: date = MONDAY, count: int = 7, **more: Any) -> list[str]:
    with practice.vault.read() as db:
        return pages(service.days_pdf(db, first, count, **more))


def test_a_week_is_a_list_by_day_without_the_weekend(week: Any) -> None:
    [page] = printed(week, therapist_id=week.vault.user.id)
    order = [
        "Diary, week from Mon 4 May 2026",
        f"With {week.vault.user.name}",
        "Mon 4 May 2026, Early May bank holiday",
        "Nothing booked.",
        "Tue 5 May 2026",
        "14:00 to 14:45",
        "Ann Archer",
        "Thu 7 May 2026",
        "09:30 to 10:15",
        "Ann's birthday choir",
        "Fri 8 May 2026",
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "Sat 9 May" not in page


def test_without_names_nothing_stands_there_that_somebody_typed(week: Any) -> None:
    for size in ("normal", "large"):
        text = " ".join(printed(week, size=size, names=False))
        assert "Music room" in text
        assert "14:00 to 14:45" in text
        for typed in ("Ann", "Archer", "Mill Lane", "choir"):
            assert typed not in text


def test_large_letters_flow_anew_over_more_pages_and_lose_nothing(week: Any) -> None:
    for day in range(4, 9):
        for hour in range(11, 14):
            week.book(datetime(2026, 5, day, hour), "Cai Cole")
    normal = printed(week)
    for size in ("large", "extra_large"):
        large = printed(week, size=size)
        assert len(large) > len(normal)
        assert " ".join(large).count("Cai Cole") == " ".join(normal).count("Cai Cole") == 15
    assert all("Session\n" not in page for page in large)


def test_only_the_chosen_therapist_and_day_are_printed(week: Any) -> None:
    other = week.vault.add_user("Dele Abara", ("therapist",), "seven brass bells ringing", ("clinical",)).id
    week.book(datetime(2026, 5, 5, 16), "Eve Ellis", therapist_id=other)
    assert "Eve Ellis" in " ".join(printed(week))
    [page] = printed(week, therapist_id=other)
    assert "Eve Ellis" in page
    assert "Ann Archer" not in page
    [page] = printed(week, date(2026, 5, 6), 1)
    assert "Nothing booked." in page


def test_a_therapist_prints_only_their_own_week(week: Any) -> None:
    other = week.vault.add_user("Dele Abara", ("therapist",), "seven brass bells ringing", ("clinical",)).id
    week.book(datetime(2026, 5, 5, 16), "Eve Ellis", therapist_id=other)
    week.vault.unlock("Dele Abara", "seven brass bells ringing")
    text = " ".join(printed(week))
    assert "Eve Ellis" in text
    assert "Ann Archer" not in text


def test_the_page_shows_the_week_first_in_three_sizes_with_or_without_names(
    week: Any, window: Any, open_page: Any, qtbot: Any
) -> None:
    page = open_page(DiaryPage(window.desk))
    page.print_page()
    shown = page.findChild(PrintWindow)
    assert shown.windowTitle() == "Diary, week from Mon 4 May 2026"
    assert "Ann Archer" in pages(shown.data)[0]
    sizes = [shown.data]
    for button in shown.sizes.buttons()[1:]:
        button.click()
        sizes.append(shown.data)
    assert len(pages(sizes[0])) < len(pages(sizes[2]))
    assert len(set(sizes)) == 3
    shown.names.click()
    assert "Ann Archer" not in " ".join(pages(shown.data))
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    page.show_as("day")
    page.go_to(date(2026, 5, 7))
    page.print_page()
    assert page.findChildren(PrintWindow)[-1].windowTitle() == "Diary, Thu 7 May 2026"


def test_the_command_line_writes_a_week(week: Any, run: Any, tmp_path: Path) -> None:
    made = run(
        "print", "--week", "2026-05-07", "--no-names", "--size", "large", "--out", str(tmp_path / "w.pdf")
    )
    assert made["week"] == "2026-05-04"
    text = " ".join(pages((tmp_path / "w.pdf").read_bytes()))
    assert "Music room" in text
    assert "Ann" not in text
