"""How many key presses and clicks each journey may take (ux.md §11), and the table of them in docs/journeys.md."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "journeys.md"
GOALS = {  # journey: most key presses that are not text, most clicks
    "open today's next person": (2, 1),
    "write and sign a note after a session": (4, 3),
    "move a session to Thursday, same time": (5, 3),
    "book six weekly sessions": (8, 6),
    "take a choir register of 14": (16, 15),
    "import a 40-row spreadsheet from a known sender": (5, 4),
    "answer one referral": (4, 4),
    "see what became of what I referred": (2, 2),
    "add a person with phone and postcode": (4, 3),
    "month's invoices: check, issue, save PDFs": (6, 6),
    "back up now and see that it can be read": (3, 2),
    "raise a concern from anywhere": (3, 2),
    "request for data: from asking to the pack that is sent": (24, 22),
    "new concern: read, decide, set next step": (6, 5),
    "hub day: 25 check-ins, 3 of them claimed later": (36, 36),
    "dementia group of 8 pairs with two walk-ins": (20, 20),
    "take in a filled register sheet, twice": (16, 6),
    "add a helper with a training, and their hours": (28, 14),
    "write down a decision and an action of a meeting, and that it is done": (12, 6),
}
NOT_BUILT_YET = (
    "enter a 14-question measure, see the chart",
    "answer one referral: not for us, with a signposting sheet",
    "find a free group near a place and print it",
    "record a bank payment file against invoices",
    "print next week for one therapist, large print",
)


def counted() -> dict[str, tuple[int, int, int, int]]:
    """The table in the docs: journey → keys at most, keys now, clicks at most, clicks now."""
    rows = [
        line.strip("|").split("|") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")
    ]
    cells = [[cell.strip() for cell in row] for row in rows]
    return {row[1]: (int(row[2]), int(row[3]), int(row[4]), int(row[5])) for row in cells if row[2].isdigit()}


def hold(journey: str, *, keys: int | None = None, clicks: int | None = None) -> None:
    """Raise AssertionError when a count is over its goal, or is not what the docs say."""
    most_keys, most_clicks = GOALS[journey]
    known = counted().get(journey, ())
    if keys is not None:
        assert keys <= most_keys, f"{journey}: {keys} key presses, at most {most_keys}"
        assert known[:2] == (most_keys, keys), f"docs/journeys.md: {journey} takes {keys} key presses"
    if clicks is not None:
        assert clicks <= most_clicks, f"{journey}: {clicks} clicks, at most {most_clicks}"
        assert known[2:] == (most_clicks, clicks), f"docs/journeys.md: {journey} takes {clicks} clicks"
