"""Why a file is not read at all. Inside the worker the file has no name: {file} stands for it."""

from __future__ import annotations

from therapydesk.core.words import tr


class Refused(Exception):
    """The whole file is refused. `message` is a sentence about {file}, `help` says what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def protected() -> Refused:
    """What to say of a file that needs a password."""
    return Refused(
        tr("“{file}” is protected with a password."),
        tr("Open it, save a copy without the password, import that, then delete the copy."),
    )
