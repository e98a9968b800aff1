"""What a passphrase must be, and how long to wait after wrong ones (security §3)."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import resources

from therapydesk.core.errors import UserError, WrongPassphrase
from therapydesk.core.words import ntr, tr

LEAST = 12
FREE_TRIES, LONGEST_WAIT = 3, 60.0


@functools.cache
def _common() -> frozenset[str]:
    text = resources.files("therapydesk.core.vault").joinpath("common_passphrases.txt").read_text("utf-8")
    return frozenset(
        line.strip().casefold() for line in text.splitlines() if line and not line.startswith("#")
    )


def check_passphrase(passphrase: str) -> None:
    """Raise UserError when a new passphrase is too short or too easy to guess. There is no upper limit."""
    if len(passphrase) < LEAST:
        raise UserError(
            tr("A passphrase has at least {n} characters.").format(n=LEAST),
            tr("Four or five words are easy to remember and hard to guess."),
        )
    if is_easy(passphrase):
        raise UserError(
            tr("This passphrase is one of the first that somebody would try."),
            tr("Four or five words that do not belong together are hard to guess."),
        )


def is_easy(text: str) -> bool:
    """Whether a text is among the first that somebody would try."""
    folded = text.casefold()
    squeezed = "".join(c for c in folded if c.isalnum())
    return folded in _common() or squeezed in _common() or _regular(squeezed or folded)


def _regular(text: str) -> bool:
    """Whether the text is a short pattern repeated, or a run up or down such as abcdef or 987654."""
    for width in range(1, 5):
        if text == (text[:width] * len(text))[: len(text)]:
            return True
    steps = {ord(b) - ord(a) for a, b in zip(text, text[1:], strict=False)}
    return steps in ({1}, {-1})


class Refused(WrongPassphrase):
    """A wrong passphrase; `wait` is how many seconds must pass before the next try."""

    def __init__(self, message: str, help: str = "", wait: float = 0.0) -> None:
        super().__init__(message, help)
        self.wait = wait


@dataclass
class Attempts:
    """Wrong tries per user. The wait doubles from 1 s after the third to 60 s; it goes on counting over a
    restart.
    """

    clock: Callable[[], float] = time.monotonic
    _wrong: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def carry_over(self, user: str, wrong: int) -> None:
        """Take in the tries made before this start."""
        self._wrong[user] = max(wrong, self._wrong.get(user, 0))
        if self._wait(user):
            self._until.setdefault(user, self.clock() + self._wait(user))

    def _wait(self, user: str) -> float:
        over = self._wrong.get(user, 0) - FREE_TRIES
        return 0.0 if over < 0 else min(2.0**over, LONGEST_WAIT)

    def check(self, user: str) -> None:
        """Raise Refused when it is too early for another try."""
        left = self._until.get(user, 0.0) - self.clock()
        if left > 0:
            raise Refused(
                tr("Too many wrong passphrases."),
                ntr("Try again in {n} second.", "Try again in {n} seconds.", int(left) + 1),
                left,
            )

    def wrong(self, user: str) -> float:
        """Count a wrong try; returns the seconds to wait."""
        self._wrong[user] = self._wrong.get(user, 0) + 1
        wait = self._wait(user)
        self._until[user] = self.clock() + wait
        return wait

    def right(self, user: str) -> None:
        """Forget the wrong tries of a user."""
        self._wrong.pop(user, None)
        self._until.pop(user, None)
