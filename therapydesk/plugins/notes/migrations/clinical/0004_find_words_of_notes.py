"""Find words of notes."""

from __future__ import annotations

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

# One full-text row for each piece of text: an answer, an addition, a piece of music, a warning. The text itself stays
# where it is: `notes_search_words` is a view, so that there is no second copy to be erased. Only what changed is taken
# out and put in again, since `secure-delete` looks for each word of what goes. Each piece has a number of its own,
# because the engine may renumber the rows of a table like `notes_answer`. Without `prefix`: with it, each change of a text
# took ten times as long, and what is looked for was not found sooner (decision 0029).
# A revision that rebuilds a table named here must first drop the view and the triggers, and make them again after.
NUMBERS = """CREATE TABLE clinical.notes_search_piece (
    number INTEGER PRIMARY KEY,
    piece_id CHAR(32) NOT NULL UNIQUE,
    note_id CHAR(32) NOT NULL REFERENCES notes_note (id)
)"""
WORDS = """CREATE VIEW clinical.notes_search_words AS SELECT number, coalesce(
    (SELECT text FROM notes_answer WHERE id = piece_id),
    (SELECT text FROM notes_addendum WHERE id = piece_id),
    (SELECT name || char(10) || how FROM notes_music WHERE id = piece_id),
    (SELECT warning FROM notes_note WHERE id = piece_id)
) AS words FROM notes_search_piece"""
SEARCH = """CREATE VIRTUAL TABLE clinical.notes_search USING fts5(
    words, content = 'notes_search_words', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2'
)"""
OUT = """INSERT INTO notes_search (notes_search, rowid, words)
        SELECT 'delete', number, {words} FROM notes_search_piece WHERE piece_id = old.id;
    DELETE FROM notes_search_piece WHERE piece_id = old.id;"""
IN = """INSERT INTO notes_search_piece (piece_id, note_id) SELECT new.id, new.{note} WHERE {words} <> '';
    INSERT INTO notes_search (rowid, words)
        SELECT number, {words} FROM notes_search_piece WHERE piece_id = new.id;"""
# Of each table: the columns to look in, how they are put together, and the column with the note's id.
PIECES = {
    "notes_answer": ("text", "{row}.text", "note_id"),
    "notes_addendum": ("text", "{row}.text", "note_id"),
    "notes_music": ("name, how", "{row}.name || char(10) || {row}.how", "note_id"),
    "notes_note": ("warning", "{row}.warning", "id"),
}


def _follow(table: str, columns: str, words: str, note: str) -> list[str]:
    """The triggers by which the full text follows a table."""
    out, into = OUT.format(words=words.format(row="old")), IN.format(words=words.format(row="new"), note=note)
    changed = f"WHEN {words.format(row='old')} <> {words.format(row='new')}"
    name = f"CREATE TRIGGER clinical.{table}_search"
    return [
        f"{name}_added AFTER INSERT ON {table} BEGIN {into} END",
        f"{name}_changed AFTER UPDATE OF {columns} ON {table} {changed} BEGIN {out} {into} END",
        f"{name}_gone AFTER DELETE ON {table} BEGIN {out} END",
    ]


TRIGGERS = [trigger for table, how in PIECES.items() for trigger in _follow(table, *how)]


def upgrade() -> None:
    """Make the change."""
    for statement in (NUMBERS, WORDS, SEARCH):
        op.execute(statement)
    op.execute("INSERT INTO clinical.notes_search (notes_search, rank) VALUES ('secure-delete', 1)")
    for table, (_columns, words, note) in PIECES.items():
        op.execute(
            f"INSERT INTO clinical.notes_search_piece (piece_id, note_id) SELECT id, {note} FROM clinical.{table} AS found"
            f" WHERE {words.format(row='found')} <> '' ORDER BY id"
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
    op.execute("DROP TABLE clinical.notes_search_piece")
