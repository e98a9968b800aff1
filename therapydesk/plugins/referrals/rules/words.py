"""Words in cells that stand for something: yes and no, how soon, access needs, who a carer is."""

from __future__ import annotations

import re
from functools import lru_cache

from therapydesk.api import normal_name

_YES = re.compile(
    r"(y|yes|true|1|agreed?|agrees|consent(ed|s)?|given|obtained|verbal.*|written.*|signed|ok|x|tick(ed)?|ydw|ie|do|"
    r"granted|aware and agrees?|consent (given|obtained))\b.*"
)
_NO = re.compile(
    r"(n|no|false|0|not? (agreed|given|obtained|consented|yet|asked and agreed).*|declined|refused|withdrawn|"
    r"does not agree.*|doesnt agree.*|nac ydw|na|nage)\b.*"
)
_UNSURE = re.compile(
    r"(na|n a|not (known|recorded|asked|applicable|sure)|unknown|tbc|unsure|to be confirmed|no data)\b.*"
)
_SOON = re.compile(
    r"(urgent|high|immediate(ly)?|emergency|asap|stat|soon|priority|p1|1|red|critical|yes|two week wait"
    r"|2ww|crisis)\b.*"
)
_LATER = re.compile(r"(low|3|p3|green|can wait|whenever|not urgent|non urgent|later|elective)\b.*")

_NEEDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("large_print", re.compile(r"large (print|font|text)|big print")),
    ("easy_read", re.compile(r"easy ?read")),
    ("wheelchair", re.compile(r"wheel ?chair|step free|level access|\bramp\b")),
    ("hearing_loop", re.compile(r"hearing (loop|aid|impair\w*|difficult\w*)|hard of hearing|t loop|\bdeaf")),
    ("interpreter", re.compile(r"interpreter|translator|\bbsl\b|sign language")),
    ("welsh", re.compile(r"\bwelsh\b|\bcymraeg\b")),
    ("quiet_room", re.compile(r"quiet|low stimul\w*|calm (room|space)|noise")),
    ("time_to_answer", re.compile(r"time to (answer|process|reply|speak)|extra time|processing time")),
)
_RELATIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("parent", re.compile(r"mother|father|mum|dad|parent|guardian|mam\b|mom\b")),
    ("partner", re.compile(r"wife|husband|partner|spouse")),
    ("child", re.compile(r"\bson\b|daughter")),
    ("next_of_kin", re.compile(r"next of kin|nok")),
    ("carer", re.compile(r"carer|care ?giver|support worker")),
)


@lru_cache(maxsize=2000)
def agreement(text: str) -> str:
    """yes, no or unknown."""
    bare = normal_name(text)
    if not bare or _UNSURE.fullmatch(bare):
        return "unknown"
    if _NO.fullmatch(bare):
        return "no"
    return "yes" if _YES.fullmatch(bare) else "unknown"


@lru_cache(maxsize=2000)
def priority(text: str) -> int:
    """1 soon, 2 usual, 3 can wait; usual when the word is not known."""
    bare = normal_name(text)
    if _LATER.fullmatch(bare):
        return 3
    return 1 if _SOON.fullmatch(bare) else 2


@lru_cache(maxsize=2000)
def needs(text: str) -> tuple[tuple[str, ...], str]:
    """The codes of the access needs named, and the words when they say more than the codes."""
    bare = normal_name(text)
    if bare in ("", "none", "n a", "na", "no", "nil"):
        return (), ""
    found = tuple(code for code, pattern in _NEEDS if pattern.search(bare))
    plain = {code.replace("_", " ") for code in found}
    said = {part for part in re.split(r"\s*(?:,| and |;|/)\s*", text.casefold()) if part}
    return found, "" if said and {normal_name(part) for part in said} <= plain else text


@lru_cache(maxsize=2000)
def relation(text: str) -> str:
    """The kind of a relation: parent, partner, child, next_of_kin, carer; supporter for any other."""
    bare = normal_name(text)
    return next(
        (kind for kind, pattern in _RELATIONS if pattern.search(bare)), "supporter" if bare else "carer"
    )


def is_yes(text: str) -> bool:
    """Whether a cell says yes."""
    return agreement(text) == "yes"
