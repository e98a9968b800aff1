"""What each role does, in steps of walk.py: page, the steps that lead to it, what it is known by.

Each journey is done through actions alone; on the way every page, tab and dialog is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

Plan = list[Any]
TABS = ("Sessions", "Notes", "Contacts", "Consent", "Invoices", "History")


def _unlock(passphrase: str) -> Plan:
    steps = [["write", "Passphrase", passphrase], ["press", "Unlock"]]
    return [
        ["Unlock", [], ["push button: Unlock", "password text: Passphrase"]],
        ["Today", steps, ["label: Today", "list: Pages"]],
    ]


def _import(begin: list[str], file: Path) -> Plan:
    """The four steps of the import, and the list of referrals after it."""
    pick = [begin, ["write", "File name:", str(file)], ["press", "Open"]]
    return [
        ["Import", pick, ["text: Who sent it", "push button: Go on"]],
        ["Import: columns", [["press", "Go on"]], ["combo box: *", "push button: Show the plan"]],
        [
            "Import: the plan",
            [["press", "Show the plan"]],
            ["table: Rows of the file", "push button: Import * rows"],
        ],
        ["Import: done", [["press", "Import * rows"]], ["push button: Undo this import"]],
        ["Referrals", [["press", "See what came in"]], ["table: Referrals", "table cell: *"]],
    ]


def therapist(passphrase: str, files: Path, _out: Path) -> Plan:
    """Import, accept a referral, book, say who came, write and sign a note; and all the pages."""
    answer = [["menu", "Today"], ["press", "*Cathays link workers, today"]]
    sign = [["menu", "Write note"], ["write", "What happened", "We found a tempo together."]]
    book = [
        ["press", "Book session"],
        ["write", "New session", "today 7:15am carys 45"],
        ["press", "Book session"],
    ]
    return [
        *_unlock(passphrase),
        *_import(["menu", "Import a file"], files / "referrals-cathays.csv"),
        ["A referral", answer, ["push button: Accept", "push button: Not for us just now"]],
        ["Not for us", [["press", "Not for us just now"]], ["combo box: *", "push button: Cancel"]],
        ["Accepted", [["press", "Cancel"], ["press", "Accept"]], ["label: * is on the waiting list."]],
        ["People", [["menu", "People"]], ["table: People", "text: Filter this list", "push button: Open *"]],
        ["Add person", [["menu", "Add person"]], ["text: Name", "text: Phone", "push button: Cancel"]],
        [
            "A person",
            [["press", "Cancel"], ["focus", "People"], ["press", "Open *"]],
            ["page tab: Overview", "push button: Write note"],
        ],
        *[[f"A person: {tab}", [["press", tab]], [f"page tab: {tab}"]] for tab in TABS],
        ["Diary", [["menu", "Diary"]], ["table: Diary", "push button: Book session"]],
        ["Add session", book, ["label: Carys booked on *", "push button: Who came"]],
        ["Who came", [["menu", "Session: who came"]], ["push button: Complete session", "* Came*"]],
        ["Completed", [["press", "Complete session"]], ["push button: Write note"]],
        ["A note", sign, ["push button: Sign note", "text: What happened"]],
        ["Sign", [["press", "Sign note"]], ["push button: Go back", "push button: Sign note"]],
        ["Notes", [["press", "Sign note"]], ["table: Notes", "text: Name, or words of a note"]],
        ["Settings", [["menu", "Settings"]], ["list: Groups of settings", "text: Practice name"]],
        ["Activity log", [["menu", "Activity log"]], ["table: Activity log", "push button: Check the log"]],
        ["Locked", [["menu", "Lock"]], ["password text: Passphrase"]],
    ]


def link_worker(passphrase: str, files: Path, _out: Path) -> Plan:
    """Send a list in and see what became of it."""
    return [
        *_unlock(passphrase),
        *_import(["press", "Import a file"], files / "referrals-fairwater.xlsx"),
        ["Locked", [["menu", "Lock"]], ["password text: Passphrase"]],
    ]


def admin(passphrase: str, _files: Path, out: Path) -> Plan:
    """Add a person; check, issue and save the invoices; see what is due, a payment and the price list."""
    person = [
        ["write", "Name", "Zebedee Quillfeather"],
        ["write", "Phone", "07700 900555"],
        ["press", "Add person"],
    ]
    save = [["press", "Save * PDF*"], ["write", "Directory:", str(out)], ["press", "Choose"]]
    pay = [["focus", "Invoices"], ["press", "Record payment"]]
    return [
        *_unlock(passphrase),
        ["Add person", [["press", "Add person"]], ["text: Name", "push button: Cancel"]],
        ["Added", person, ["page tab: Overview"]],
        ["Invoices", [["menu", "Invoices"]], ["tree: Drafts by payer", "push button: Issue *"]],
        ["Issue", [["press", "Issue *"]], ["push button: Go back", "push button: Issue *"]],
        ["Issued", [["press", "Issue *"]], ["label: * issued: *", "push button: Save * PDF*"]],
        ["Saved", save, ["label: * PDF* saved in out."]],
        ["Due", [["press", "Due *"]], ["table: Invoices", "push button: Record payment"]],
        ["Record payment", pay, ["text: Amount", "push button: Cancel"]],
        ["Price list", [["press", "Cancel"], ["menu", "Price list"]], ["table: *", "push button: Close"]],
        ["Locked", [["press", "Close"], ["menu", "Lock"]], ["password text: Passphrase"]],
    ]


def lead(passphrase: str, _files: Path, _out: Path) -> Plan:
    """Raise a concern, read and decide on it, place a mark on the body map, look at a chronology."""
    about = [["write", "Who is it about?", "Zebedee"], ["press", "Somebody we do not know: Zebedee*"]]
    raised = [*about, ["write", "2  What have you seen*", "Zebedee told me."], ["press", "Send *"]]
    shown = [
        ["write", "For whom is this copy", "The council"],
        ["write", "Why it is made", "They asked for it"],
        ["press", "Show chronology"],
    ]
    away = [["press", "Cancel"], ["press", "Leave without saving"], ["press", "Chronology"]]
    return [
        *_unlock(passphrase),
        [
            "Raise a concern",
            [["menu", "Raise a concern"]],
            [
                "text: Who is it about?",
                "text: 1  What*",
                "radio button: I am not sure",
                "push button: Send *",
            ],
        ],
        ["Raised", raised, ["label: Today", "label: Concern * is with *"]],
        ["Safeguarding", [["menu", "Safeguarding"]], ["table: Safeguarding", "push button: Raise a concern"]],
        ["What I raised", [["press", "What I raised"]], ["table: Safeguarding", "table cell: Concern *"]],
        [
            "A concern",
            [["menu", "Today"], ["press", "*ecide on concern *"]],
            ["push button: Record decision", "check box: *", "push button: Add talk"],
        ],
        ["Decide", [["press", "Record decision"]], ["combo box: *", "text: Why", "push button: Cancel"]],
        ["Add to record", [["press", "Cancel"], ["press", "Add to record"]], ["text: What happened"]],
        ["Body map", [["press", "Cancel"], ["press", "Place marks"]], ["push button: Place a mark: *"]],
        ["A mark", [["press", "Place a mark: *"]], ["text: Mark 1: *", "push button: Mark 1: *"]],
        ["Chronology", away, ["text: For whom is this copy", "push button: Cancel"]],
        ["Its pages", shown, ["push button: Print", "push button: Save as PDF"]],
        ["Locked", [["press", "Cancel"], ["menu", "Lock"]], ["password text: Passphrase"]],
    ]


def _go(words: str, found: str) -> list[list[str]]:
    """To what the palette finds."""
    name = "Go to a person, page or command"
    return [["press", name], ["write", name, words], ["see", found], ["key", "Return"]]


def privacy(passphrase: str, _files: Path, _out: Path) -> Plan:
    """All parts of Privacy with what can be written down in each, a person's consent, backups and the log."""
    cancel = [["press", "Cancel"]]
    return [
        *_unlock(passphrase),
        ["Privacy", [["menu", "Privacy"]], ["list: Parts of Privacy", "push button: Write down a request"]],
        [
            "Write down a request",
            [["press", "Write down a request"]],
            ["text: Whose data", "combo box: *", "push button: Cancel"],
        ],
        ["Erasure", [*cancel, ["press", "Erasure"]], ["push button: Erase somebody"]],
        ["Erase somebody", [["press", "Erase somebody"]], ["text: Whom", "push button: Cancel"]],
        ["Retention", [*cancel, ["press", "Retention"]], ["push button: Agree to the times"]],
        ["Agree to the times", [["press", "Agree to the times"]], ["combo box: *", "push button: Cancel"]],
        ["Legal holds", [*cancel, ["press", "Legal holds"]], ["push button: Place a hold"]],
        ["Place a hold", [["press", "Place a hold"]], ["push button: Cancel"]],
        [
            "Consent",
            [*cancel, *_go("carys", "Carys*"), ["press", "Consent"]],
            ["push button: Record an answer"],
        ],
        ["Record an answer", [["press", "Record an answer"]], ["combo box: *", "push button: Cancel"]],
        [
            "They were told",
            [*cancel, ["press", "Write down that they were told"]],
            ["text: Told on", "push button: Cancel"],
        ],
        [
            "Backups",
            [*cancel, ["menu", "Settings"], ["press", "Backups"]],
            ["push button: Back up now", "push button: Add a folder"],
        ],
        [
            "Activity log",
            [["menu", "Activity log"]],
            ["table: Activity log", "push button: Check the log", "combo box: *"],
        ],
        ["Locked", [["menu", "Lock"]], ["password text: Passphrase"]],
    ]


def groups(passphrase: str, _files: Path, _out: Path) -> Plan:
    """A group, its register, what comes after a session, a hub day; songs, a set list, works and a performance."""
    cancel, back = [["press", "Cancel"]], ["press", "Back to Groups"]
    return [
        *_unlock(passphrase),
        ["Groups", [["menu", "Groups"]], ["table: Groups", "push button: Add group"]],
        ["Helpers", [["press", "Helpers"]], ["table: *", "push button: Add a helper"]],
        ["Figures", [back, ["press", "Figures"]], ["table: *", "push button: Save figures"]],
        ["Add group", [back, ["press", "Add group"]], ["text: Name", "push button: Cancel"]],
        [
            "A group",
            [*cancel, *_go("friday choir", "Friday Choir*")],
            ["table: Roster", "push button: Take register"],
        ],
        [
            "Add to the roster",
            [["press", "Add to the roster"]],
            ["text: Name", "text: Comes since", "push button: Cancel"],
        ],
        ["Book sessions", [*cancel, ["press", "Book sessions"]], ["push button: Cancel"]],
        [
            "Register",
            [*cancel, ["press", "Take register"]],
            [
                "table: Register",
                "table column header: Present*",
                "text: Walk-in*",
                "push button: Finish register",
            ],
        ],
        ["After a session", [["press", "Aims and note"]], ["push button: Sign note"]],
        ["A hub", _go("the front room", "The Front Room*"), ["push button: Open the day"]],
        ["A hub day", [["press", "Open the day"]], ["text: *", "push button: Somebody without a name"]],
        ["Songs", [["menu", "Songs"]], ["table: Songs", "push button: Add song"]],
        ["Set lists", [["press", "Set lists"]], ["table: Set lists", "push button: Add set list"]],
        ["A set list", _go("choir, next", "Friday Choir, next*"), ["table: *", "push button: Move up"]],
        ["A song", _go("calon", "Calon L*"), ["push button: Print"]],
        ["Music made", [["menu", "Music made"]], ["push button: Add work", "push button: Add performance"]],
        ["A work", _go("kitchen", "Kitchen beat*"), ["table: *", "push button: Add a maker"]],
        ["A performance", _go("friends and family", "Friends and family*"), ["table: Programme"]],
        ["Locked", [["menu", "Lock"]], ["password text: Passphrase"]],
    ]
