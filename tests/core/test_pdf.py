"""Prints: what stands on the page, where it breaks, and what the file tells about itself."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from therapydesk.core import pdf
from therapydesk.core.pdf import MARGIN, MM, Column, Letterhead, PageSetup, Sheet, Style
from therapydesk.core.words import set_language

HEAD = Letterhead(
    "Alderbank Music Therapy",
    "Ruth Mallory, trading as Alderbank Music Therapy",
    ("4 Wharf Row, Cardiff CF88 4QD",),
    ("029 2018 0155", "hello@alderbank.example"),
)
COLUMNS = (Column("Date", 36 * MM), Column("What"), Column("Amount, £", 28 * MM, right=True))


def pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def edges(data: bytes, word: str, page: int = 0) -> tuple[float, float]:
    """Where a word on a page begins and ends, in points from the left."""
    document = pypdfium2.PdfDocument(data)
    try:
        text: Any = document[page].get_textpage()
        at = text.search(word).get_next()
        assert at is not None, word
        return text.get_charbox(at[0])[0], text.get_charbox(at[0] + at[1] - 1)[2]
    finally:
        document.close()


def lowest_ink(data: bytes, page: int, above: float) -> float:
    """The lowest black of the page above a height, in points from the foot."""
    document = pypdfium2.PdfDocument(data)
    try:
        picture = document[page].render(scale=1).to_pil().convert("L")
    finally:
        document.close()
    body = picture.crop((0, 0, picture.width, picture.height - int(above)))
    box = body.point(lambda value: 255 if value < 200 else 0).getbbox()
    return float(picture.height - box[3])


def picture(kind: str = "PNG", mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (300, 200), "black").save(out, kind)
    return out.getvalue()


def test_reportlab_is_not_loaded_with_the_module() -> None:
    code = "import sys, therapydesk.core.pdf; sys.exit('reportlab' in sys.modules or 'PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_sheet_has_head_title_text_and_numbered_pages() -> None:
    sheet = Sheet(HEAD, "Letter", footer_left=HEAD.legal_name, demo=True)
    first, *_, last = texts = pages(sheet.build([sheet.text("One line of many.") for _ in range(120)]))
    assert len(texts) == 4
    assert first.startswith("Alderbank Music Therapy\n4 Wharf Row, Cardiff CF88 4QD\n029 2018 0155")
    assert "Letter" in first
    assert "4 Wharf Row" not in last
    for number, text in enumerate(texts, start=1):
        assert f"Page {number} of 4" in text
        assert "Demo – made-up people" in text
        assert HEAD.legal_name in text
    assert sum(text.count("One line of many.") for text in texts) == 120


def test_only_the_demo_is_marked_as_demo() -> None:
    sheet = Sheet(HEAD, "Letter")
    assert "Demo" not in pages(sheet.build([]))[0]


def test_the_file_tells_its_title_and_nobody_s_name() -> None:
    document = pypdfium2.PdfDocument(Sheet(HEAD, "Invoice 2026-0147").build([]))
    told = document.get_metadata_dict()
    document.close()
    assert told["Title"] == "Invoice 2026-0147"
    assert (told["Author"], told["Subject"], told["Keywords"]) == ("", "", "")
    assert "Ruth" not in str(told)


def test_only_the_shipped_faces_are_used_and_embedded() -> None:
    data = Sheet(HEAD, "Letter").build([])
    assert b"Helvetica" not in data
    assert data.count(b"/FontFile2") == 2


def test_welsh_is_printed_and_can_be_copied_out() -> None:
    sheet = Sheet(HEAD, "Llythyr")
    words = "Ŵyn ŷ ẁ ẅ Siân tŷ Ŷ"
    assert words in pages(sheet.build([sheet.text(words)]))[0]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("music 🎺 now", "music □ now"),
        ("👩🏽\u200d🎤", "□□"),
        ("علي", "□□□"),
        ("李", "□"),
        ("tab\there", "tab here"),
        ("W\u0302yn", "Ŵyn"),
        ("a\u202eb\x07", "ab"),
        ("５ ㎏", "5 kg"),
        ("£1 – “x” …", "£1 – “x” …"),
    ],
)
def test_missing_letters_show_as_squares(typed: str, printed: str) -> None:
    assert pdf.printable(typed) == printed
    sheet = Sheet(HEAD, "Letter", footer_left=typed)
    rows = [(typed, typed, typed)]
    story = [
        sheet.text(typed),
        sheet.own_words(typed),
        sheet.pairs([(typed, typed)]),
        sheet.table(COLUMNS, rows),
    ]
    assert pages(sheet.build(story))[0].count(printed.strip()) >= 4


@given(st.text(max_size=60))
def test_no_text_makes_a_line_stumble(text: str) -> None:
    style = Style(11, 15)
    lines = pdf.wrap(text, style, 80)
    assert all(pdf.text_width(line, style) <= 80.01 for line in lines)
    squeezed = "".join(pdf.printable(text.replace("\n", " ")).split())
    assert len("".join("".join(lines).split())) <= len(squeezed) + 1


def test_a_long_name_breaks_after_its_hyphen() -> None:
    style, name = Style(11, 15), "Fotheringham-Okonkwo-Llewellyn"
    assert pdf.wrap(name, style, 110) == ["Fotheringham-", "Okonkwo-Llewellyn"]
    assert "".join(pdf.wrap("-" + "n" * 60, style, 80)) == "-" + "n" * 60


def test_markup_in_a_text_is_printed_not_obeyed() -> None:
    sheet = Sheet(HEAD, "Letter")
    assert "<b>1 & 2</b> <para> &amp;" in pages(sheet.build([sheet.text("<b>1 & 2</b> <para> &amp;")]))[0]


def test_table_heads_come_again_and_no_row_is_split() -> None:
    sheet = Sheet(HEAD, "Letter")
    rows = [(f"Row {n}", "first line\nsecond line", f"{n}.00") for n in range(60)]
    texts = pages(sheet.build([sheet.table(COLUMNS, rows)]))
    assert len(texts) > 2
    assert all("Amount, £" in text for text in texts)
    for text in texts:
        assert text.count("first line") == text.count("second line")
    assert sum(text.count("Row ") for text in texts) == 60


def test_a_row_higher_than_a_page_is_printed_whole() -> None:
    sheet = Sheet(HEAD, "Letter")
    rows = [("before", "x", "1"), ("long", "word " * 4000, "2"), ("after", "x", "3")]
    joined = "".join(pages(sheet.build([sheet.table(COLUMNS, rows)])))
    assert joined.count("word") == 4000
    assert "after" in joined


def test_numbers_end_at_one_line() -> None:
    sheet = Sheet(HEAD, "Letter")
    data = sheet.build([sheet.table(COLUMNS, [("a", "b", "1,234.50"), ("c", "d", "95.25")])])
    ends = [edges(data, word)[1] for word in ("1,234.50", "95.25", "Amount, £")]
    assert max(ends) - min(ends) < 1
    assert abs(ends[0] - (210 * MM - MARGIN)) < 1.5


def test_a_title_never_stands_alone_at_the_foot() -> None:
    sheet = Sheet(HEAD, "Letter")
    for filler in range(20, 44):
        text = sheet.text("Something follows. " * 30)
        table = sheet.table(COLUMNS, [("Something follows", "b", "c")] * 90)
        for after in (text, table):
            lines = [sheet.text(f"line {n}") for n in range(filler)]
            texts = pages(sheet.build([*lines, sheet.section("Payments"), after]))
            page = next(text for text in texts if "Payments" in text)
            assert "Something follows" in page, filler


def test_titles_and_the_sentence_under_them_stay_with_their_table() -> None:
    sheet = Sheet(HEAD, "Letter")
    for filler in range(20, 44):
        leading = [sheet.section("Kept"), sheet.section("Payments"), sheet.text("We keep this.", leads=True)]
        table = sheet.table(COLUMNS, [("Something follows", "b", "c")] * 90)
        texts = pages(sheet.build([*(sheet.text(f"line {n}") for n in range(filler)), *leading, table]))
        page = next(text for text in texts if "Kept" in text)
        assert "We keep this." in page, filler
        assert "Something follows" in page, filler


def test_a_long_list_of_labels_flows_on() -> None:
    for size in ("normal", "large"):
        sheet = Sheet(HEAD, "Letter", size=size)
        pairs = [("Label", "word " * 3000), *((f"Label {n}", f"value {n}.") for n in range(80))]
        texts = pages(sheet.build([sheet.pairs(pairs)]))
        joined = "".join(texts)
        assert joined.count("word") == 3000
        assert joined.count("value") == 80


def test_the_body_ends_above_the_foot_at_every_size() -> None:
    for size in ("normal", "own", "large", "extra_large"):
        sheet = Sheet(HEAD, "Letter", HEAD.legal_name, demo=True, size=size)
        data = sheet.build([sheet.text("A line of text that goes on. " * 900)])
        canvas = pdf.open_canvas(sheet.setup)
        assert lowest_ink(data, 1, above=canvas.body_foot - 1) >= canvas.body_foot - 2
        assert "Page 2 of" in pages(data)[1]


def test_large_print_is_one_column_of_large_letters() -> None:
    sheet = Sheet(HEAD, "Plan", size="large")
    table = sheet.table(COLUMNS, [("Wed 1 Apr", "Singing", "1.00")])
    text = pages(sheet.build([table]))[0]
    assert text.index("Date\nWed 1 Apr\nWhat\nSinging\nAmount, £\n1.00") > 0
    assert sheet.setup.sizes.small.size == 16
    assert pdf.sizes_for("extra_large").body.size == 24
    assert pdf.sizes_for("normal").body == Style(11, 15)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("PNG", "L"), ("PNG", "1")])
def test_the_mark_is_drawn_and_moves_the_name(kind: str, mode: str) -> None:
    plain, marked = Sheet(HEAD, "Letter"), Sheet(Letterhead(HEAD.name, mark=picture(kind, mode)), "Letter")
    assert abs(edges(plain.build([]), "Alderbank")[0] - MARGIN) < 1
    data = marked.build([])
    assert abs(edges(data, "Alderbank")[0] - (MARGIN + 17 * MM)) < 1
    assert b"/Subtype /Image" in data


@pytest.mark.parametrize("mark", [b"", b"not a picture", picture()[:60], b"GIF89a" + b"\0" * 50])
def test_a_mark_that_cannot_be_read_is_left_out(mark: bytes) -> None:
    data = Sheet(Letterhead(HEAD.name, mark=mark), "Letter").build([])
    assert abs(edges(data, "Alderbank")[0] - MARGIN) < 1


def test_long_heads_and_feet_stay_on_the_paper() -> None:
    long = "A very long name of a practice that somebody has given it " * 4
    head = Letterhead(long, long, (long,), (long, "029 2018 0155"))
    for landscape in (False, True):
        sheet = Sheet(head, "Letter", footer_left=long, demo=True, landscape=landscape)
        (text,) = pages(sheet.build([]))
        assert "029 2018 0155" in text
        assert "Page 1 of 1" in text
        document = pypdfium2.PdfDocument(sheet.build([]))
        page = document[0]
        shown: Any = page.get_textpage()
        rights = [shown.get_charbox(n)[2] for n in range(shown.count_chars())]
        width = page.get_width()
        document.close()
        assert max(rights) <= width - MARGIN + 1


def invoice(rows: Sequence[tuple[str, str, str]]) -> bytes:
    """A page drawn by hand, as invoices are."""
    setup = PageSetup("Invoice 2026-0147", HEAD.legal_name, demo=True)
    canvas = pdf.open_canvas(setup)
    top = pdf.draw_letterhead(canvas, HEAD) - 12 * MM
    top = pdf.draw_lines(canvas, ["Invoice"], (MARGIN, top), setup.sizes.title)
    top = pdf.draw_pairs(
        canvas, [("Invoice number", "2026-0147"), ("For", "a (long) \\ value")], (115 * MM, top), 32 * MM
    )

    def next_page() -> float:
        canvas.showPage()
        return setup.page[1] - MARGIN

    top = pdf.draw_table(canvas, COLUMNS, rows, top - 14 * MM, next_page)
    pdf.draw_text(canvas, "£380.00", (210 * MM - MARGIN, top - 20), Style(16, 20, True), right=True)
    return pdf.finish(canvas)


def test_a_page_drawn_by_hand() -> None:
    (text,) = pages(invoice([("Wed 1 Apr 2026", "Group session, 90 minutes", "95.00")] * 4))
    assert "Invoice number 2026-0147\nFor a (long) \\ value" in text
    assert text.count("Wed 1 Apr 2026 Group session, 90 minutes 95.00") == 4
    assert "£380.00" in text
    assert "Page 1 of 1" in text


def test_a_table_drawn_by_hand_goes_over_pages() -> None:
    rows = [*((f"Row {n}.", "x", "1") for n in range(70)), ("tall", "word " * 3000, "2"), ("last", "y", "3")]
    texts = pages(invoice(rows))
    joined = "".join(texts)
    assert all("Amount, £" in text for text in texts)
    assert [joined.count(word) for word in ("Row ", "word", "last", "£380.00")] == [70, 3000, 1, 1]
    assert f"Page 3 of {len(texts)}" in texts[2]


def test_an_empty_table_has_its_head() -> None:
    (text,) = pages(invoice([]))
    assert "Date What Amount, £" in text


def test_prints_follow_the_language() -> None:
    set_language("pseudo")
    try:
        sheet = Sheet(HEAD, "Letter", demo=True)
        (text,) = pages(sheet.build([]))
    finally:
        set_language("en")
    assert "Page 1 of 1" not in text
    assert "Pâgê 1 ôf 1" in text


@pytest.mark.parametrize(("size", "beside"), [("normal", True), ("large", False)])
def test_two_parts_stand_side_by_side_and_in_large_print_under_one_another(
    size: pdf.Size, beside: bool
) -> None:
    sheet = Sheet(HEAD, "Two parts", size=size, heading="")
    left = [sheet.title_text("Chronicle"), sheet.own_words("Own", strong=True)]
    data = sheet.build([sheet.beside(left, [sheet.text("Holder")], 80 * MM)])
    assert edges(data, "Chronicle")[0] == pytest.approx(MARGIN, abs=2)
    assert (edges(data, "Holder")[0] > sheet.setup.width - 80 * MM) == beside


def test_a_dense_table_has_room_for_more_in_a_line() -> None:
    words = "so many words " * 12
    sheet = Sheet(HEAD, "Dense")
    usual, dense = (
        len(pages(sheet.build([sheet.table([Column("A", 60 * MM)], [[words]] * 12, dense=wanted)])))
        for wanted in (False, True)
    )
    assert dense < usual
