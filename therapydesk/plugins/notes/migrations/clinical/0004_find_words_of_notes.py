"""Find words of notes."""

from __future__ import annotations

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

# One full-text row for each note: all that is written in it, with what was added, its music and its warning. The text
# itself stays where it is: `notes_search_words` is a view, so that there is no second copy to be erased. To take a row
# out, the full text must be told what stood in it; therefore each change of a note's text has a trigger before it and
# one after. Each note has a number of its own, since the engine may give a row of a table like `notes_note` another.
# A revision that rebuilds a table named here must first drop the view and the triggers, and make them again after.
NUMBERS = """CREATE TABLE clinical.notes_search_note (
    number INTEGER PRIMARY KEY, note_id CHAR(32) NOT NULL UNIQUE REFERENCES notes_note (id)
)"""
WORDS = """CREATE VIEW clinical.notes_search_words AS SELECT number, (
    SELECT group_concat(piece, char(10)) FROM (
        SELECT text AS piece FROM notes_answer WHERE note_id = numbered.note_id
        UNION ALL SELECT text FROM notes_addendum WHERE note_id = numbered.note_id
        UNION ALL SELECT name || char(10) || how FROM notes_music WHERE note_id = numbered.note_id
        UNION ALL SELECT warning FROM notes_note WHERE id = numbered.note_id
    )
) AS words FROM notes_search_note AS numbered"""
SEARCH = """CREATE VIRTUAL TABLE clinical.notes_search USING fts5(
    words, content = 'notes_search_words', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
)"""
OUT = """INSERT INTO notes_search (notes_search, rowid, words)
        SELECT 'delete', number, words FROM notes_search_words
        WHERE number = (SELECT number FROM notes_search_note WHERE note_id = {note});"""
IN = """INSERT INTO notes_search (rowid, words)
        SELECT number, words FROM notes_search_words
        WHERE number = (SELECT number FROM notes_search_note WHERE note_id = {note});"""
PARTS = {"notes_answer": ("text",), "notes_addendum": ("text",), "notes_music": ("name", "how")}


def _follow(table: str, columns: tuple[str, ...], key: str, changes: tuple[str, ...]) -> list[str]:
    """The triggers that take a note out of the full text before a change of a table, and back in after it."""
    changed = " OR ".join(f"old.{c} IS NOT new.{c}" for c in columns)
    events = {
        "insert": ("INSERT", "", f"new.{key}"),
        "update": (f"UPDATE OF {', '.join(columns)}", f"WHEN {changed}", f"new.{key}"),
        "delete": ("DELETE", "", f"old.{key}"),
    }
    return [
        f"CREATE TRIGGER clinical.{table}_search_{when.lower()}_{change} {when} {event} ON {table} {only}\n"
        f"    BEGIN {do.format(note=note)} END"
        for change, (event, only, note) in events.items()
        if change in changes
        for when, do in (("BEFORE", OUT), ("AFTER", IN))
    ]


TRIGGERS = [
    t
    for table, columns in PARTS.items()
    for t in _follow(table, columns, "note_id", ("insert", "update", "delete"))
]
TRIGGERS += _follow("notes_note", ("warning",), "id", ("update",))
BEGAN = f"""CREATE TRIGGER clinical.notes_note_search_after_insert AFTER INSERT ON notes_note
    BEGIN INSERT INTO notes_search_note (note_id) VALUES (new.id); {IN.format(note="new.id")} END"""
GONE = f"""CREATE TRIGGER clinical.notes_note_search_before_delete BEFORE DELETE ON notes_note
    BEGIN {OUT.format(note="old.id")} DELETE FROM notes_search_note WHERE note_id = old.id; END"""
TRIGGERS += [BEGAN, GONE]


def upgrade() -> None:
    """Make the change."""
    for statement in (NUMBERS, WORDS, SEARCH):
        op.execute(statement)
    op.execute("INSERT INTO clinical.notes_search (notes_search, rank) VALUES ('secure-delete', 1)")
    op.execute(
        "INSERT INTO clinical.notes_search_note (note_id) SELECT id FROM clinical.notes_note ORDER BY happened_on, id"
    )
    op.execute("INSERT INTO clinical.notes_search (notes_search) VALUES ('rebuild')")
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    """Take the change back."""
    for trigger in TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger.split()[2]}")
    op.execute("DROP TABLE clinical.notes_search")
    op.execute("DROP VIEW clinical.notes_search_words")
    op.execute("DROP TABLE clinical.notes_search_note")
