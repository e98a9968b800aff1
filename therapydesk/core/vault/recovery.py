"""The recovery code: 160 random bits as 8 groups of 5 characters, the last of each a check character
(security §3).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from therapydesk.core.errors import UserError
from therapydesk.core.vault.keys import hkdf
from therapydesk.core.words import tr

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
GROUPS, DATA = 8, 4
_MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True, repr=False)
class RecoveryCode:
    """The code of a recovery kit. `str()` is how it is printed; `repr()` tells nothing."""

    groups: tuple[str, ...]

    @classmethod
    def new(cls) -> RecoveryCode:
        """A fresh random code."""
        plain = ["".join(secrets.choice(ALPHABET) for _ in range(DATA)) for _ in range(GROUPS)]
        return cls(tuple(group + _check(group) for group in plain))

    @classmethod
    def parse(cls, text: str) -> RecoveryCode:
        """Read a code as typed. Raises UserError naming the group that is wrong."""
        groups = split_recovery_code(text)
        if len(groups) != GROUPS:
            raise UserError(
                tr("A recovery code has {n} groups of 5 characters.").format(n=GROUPS),
                tr("Type all of them from the sheet."),
            )
        for number, group in enumerate(groups, 1):
            problem = recovery_problem(group)
            if problem:
                raise UserError(tr("Group {n}: {problem}").format(n=number, problem=problem))
        return cls(tuple(groups))

    def key(self) -> bytes:
        """The key that wraps the kit's secret. 160 random bits need no slow derivation."""
        return hkdf("".join(g[:DATA] for g in self.groups).encode(), "recovery")

    def __str__(self) -> str:
        return "-".join(self.groups)

    def __repr__(self) -> str:
        return "RecoveryCode(…)"


def split_recovery_code(text: str) -> list[str]:
    """The groups of a code as typed or pasted: any separators, small letters, O for 0 and I or L for 1 do no
    harm.
    """
    plain = "".join(c for c in text.upper().translate(_MISREAD) if c.isalnum())
    return [plain[n : n + DATA + 1] for n in range(0, len(plain), DATA + 1)]


def recovery_problem(group: str) -> str:
    """What is wrong with one group, in a sentence; empty when it is right."""
    plain = group.strip().upper().translate(_MISREAD)
    if len(plain) != DATA + 1:
        return tr("It has 5 characters.")
    strange = [c for c in plain if c not in ALPHABET]
    if strange:
        return tr("“{c}” never stands in a recovery code.").format(c=strange[0])
    return (
        ""
        if _check(plain[:DATA]) == plain[DATA]
        else tr("Something is mistyped here; look at the sheet again.")
    )


def _check(group: str) -> str:
    """A check character over GF(32): every single mistake and every swap of two characters changes it."""
    total = 0
    for character in group:
        total = _double(total) ^ ALPHABET.index(character)
    return ALPHABET[_double(total)]


def _double(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
