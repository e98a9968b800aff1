"""Outside marks: where each log stood, kept where whoever changes the vault's files does not reach (security §6).

A mark is a number and a hash: it tells nothing of anybody and may lie in the open. It is kept in the computer's
keyring, in each backup's manifest, and on print-outs and packs that leave the practice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from therapydesk.core import audit
from therapydesk.core.audit import Head
from therapydesk.core.audit_check import VerifyResult, check_mark
from therapydesk.core.tables import ZONES, Zone

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

_HASH = re.compile(r"[0-9a-f]{64}")


def heads(vault: Vault) -> dict[Zone, Head]:
    """Where the log of each zone held stands now: what a manifest, a pack or a print-out is stamped with."""
    with vault.read() as db:
        return {zone: audit.read_head(db, zone) for zone in ZONES if zone in vault.zones}


def to_plain(marks: Mapping[Zone, Head]) -> dict[str, list[Any]]:
    """Marks as JSON can keep them: zone → [number, hash]."""
    return {zone: [head.seq, head.hash] for zone, head in marks.items()}


def from_plain(data: Any) -> dict[Zone, Head]:
    """Marks from what JSON kept; what is no mark is left out, since it comes from outside."""
    found: dict[Zone, Head] = {}
    for zone in ZONES:
        value = data.get(zone) if isinstance(data, dict) else None
        if not isinstance(value, list) or len(value) != 2:
            continue
        seq, mark = value
        if type(seq) is int and seq >= 0 and isinstance(mark, str) and _HASH.fullmatch(mark):
            found[zone] = Head(seq, mark, None)
    return found


def compare(vault: Vault, marks: Mapping[Zone, Head]) -> list[VerifyResult]:
    """What does not fit the marks, of the zones held. Empty when the logs still hold every marked entry."""
    with vault.read() as db:
        results = [check_mark(db, zone, head) for zone, head in marks.items() if zone in vault.zones]
    return [result for result in results if not result.sound]
