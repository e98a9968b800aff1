"""Names of other people in a text: found for somebody to decide on, never decided here. Pure: no database.

Every name that the practice knows counts, in full in any case, one word of it when it begins with a capital. Words of the
person's own name do not, but after "Mrs" and the like they may mean somebody else. Numbers and e-mail addresses that are
not the person's own count, too. What nobody here knows is not found: whoever reviews can mark it by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from therapydesk.core.text import normal_name

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
OWNING = re.compile(r"['’]s$", re.IGNORECASE)
REACH = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.])(?:\+\d{1,3}[ \d]{8,14}|\d(?:[ -]?\d){8,11})(?![\w])"
)
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})


@dataclass(frozen=True)
class Found:
    """A place in a text, from `start` to before `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    norm: str
    capital: bool


@dataclass
class NameFinder:
    """Finds names of others. `own` are the person's names, `own_ways` their numbers and addresses."""

    own: frozenset[str]
    own_ways: frozenset[str]
    _by_first: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    _single: set[str] = field(default_factory=set)

    @classmethod
    def make(
        cls, own: Iterable[str], own_ways: Iterable[str], others: Iterable[tuple[str, str]]
    ) -> NameFinder:
        """`others` are full and preferred names of everybody else."""
        words = frozenset(word for name in own for word in normal_name(name).split())
        finder = cls(words, frozenset(_plain_way(way) for way in own_ways if way))
        for name in own:
            finder._add(name)
        for full, preferred in others:
            for name in (full, preferred):
                finder._add(name)
                finder._single.update(w for w in normal_name(name).split() if len(w) > 1)
        finder._single -= words | TITLES
        for sequences in finder._by_first.values():
            sequences.sort(key=len, reverse=True)
        return finder

    def _add(self, name: str) -> None:
        words = tuple(normal_name(name).split())
        if len(words) > 1:
            sequences = self._by_first.setdefault(words[0], [])
            if words not in sequences:
                sequences.append(words)

    def find(self, text: str) -> list[Found]:
        """Every place, in the order of the text; places do not overlap."""
        names = [Found(start, end, text[start:end]) for start, end in self._names(text)]
        taken = [(found.start, found.end) for found in names]
        for match in REACH.finditer(text):
            free = all(match.end() <= start or match.start() >= end for start, end in taken)
            if free and _plain_way(match.group()) not in self.own_ways:
                names.append(Found(match.start(), match.end(), match.group()))
        return sorted(names, key=lambda found: found.start)

    def _names(self, text: str) -> Iterator[tuple[int, int]]:
        words = list(_words(text))
        at = 0
        while at < len(words):
            length = self._sequence(words, at)
            if length:
                if not all(word.norm in self.own for word in words[at : at + length]):
                    yield words[at].start, words[at + length - 1].end
                at += length
                continue
            word = words[at]
            titled = (
                at > 0
                and words[at - 1].norm in TITLES
                and text[words[at - 1].end : word.start].strip(". ") == ""
            )
            if word.capital and (word.norm in self._single or (titled and word.norm in self.own)):
                yield word.start, word.end
            at += 1

    def _sequence(self, words: list[_Word], at: int) -> int:
        """How many words from here are one whole name; 0 for none."""
        for sequence in self._by_first.get(words[at].norm, ()):
            there = words[at : at + len(sequence)]
            if tuple(word.norm for word in there) == sequence:
                return len(sequence)
        return 0


def _words(text: str) -> Iterator[_Word]:
    for match in WORD.finditer(text):
        said = match.group()
        bare = OWNING.sub("", said)
        yield _Word(match.start(), match.start() + len(bare), normal_name(bare), said[:1].isupper())


def _plain_way(way: str) -> str:
    """A number or address for comparing: "+44 7700 900123" and "07700 900123" are one."""
    if "@" in way:
        return way.strip().casefold()
    digits = "".join(c for c in way if c.isdigit())
    return digits.removeprefix("44") if way.strip().startswith("+") else digits.removeprefix("0")
