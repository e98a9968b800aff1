"""What is handed to the program from outside as bytes: standard input, and the file that holds a passphrase."""

from __future__ import annotations

import sys
from typing import BinaryIO

from therapydesk.core.errors import UserError
from therapydesk.core.words import tr

LONGEST_LINE = 1 << 16  # bytes; the name of a device would otherwise be read for ever


def standard_input() -> BinaryIO:
    """Standard input as bytes; what one reader leaves is there for the next. Raises UserError when it is closed."""
    if sys.stdin is None:
        raise UserError(
            tr("There is nothing to read from: standard input is closed."), tr("Name a file instead.")
        )
    return sys.stdin.buffer


def first_line(path: str) -> str:
    """The first line of a file, or of standard input for "-", without its end: a passphrase. Raises UserError."""
    try:
        if path == "-":
            line = standard_input().readline(LONGEST_LINE + 1)
        else:
            with open(path, "rb") as file:
                line = file.readline(LONGEST_LINE + 1)
    except OSError as error:
        raise UserError(
            tr("The passphrase file cannot be read ({why}).").format(why=error.strerror)
        ) from error
    if len(line) > LONGEST_LINE:
        raise UserError(tr("This is no passphrase: its first line does not end."), tr("Name another file."))
    try:
        return str(line, "utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise UserError(
            tr("The passphrase is not text in UTF-8."), tr("Save the file as plain text, then try again.")
        ) from None
