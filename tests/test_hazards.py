"""The hazard log names tests that exist, and says of every hazard what causes it and what holds it down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "safety" / "hazards.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))
HAZARDS = re.findall(r"^## (H\d+)\. (.+)$", PAGE, re.MULTILINE)


def exists(file: str, test: str) -> bool:
    path = ROOT / file
    return path.is_file() and (not test or f"def {test}(" in path.read_text("utf-8"))


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_is_named_exists(file: str, test: str) -> None:
    assert exists(file, test), f"docs/safety/hazards.md names {file}::{test}"


def test_the_control_a_test_that_is_not_there_is_found() -> None:
    assert not exists("tests/test_hazards.py", "test_no_such_thing")
    assert not exists("tests/test_nothing.py", "")


def test_every_hazard_has_cause_effect_controls_and_what_is_left() -> None:
    parts = PAGE.split("\n## H")[1:]
    assert len(parts) == len(HAZARDS) == 24
    for part in parts:
        for word in ("**Cause**", "**Effect**", "**Controls**", "**Left**"):
            assert word in part, part[:40]
        assert "`tests/" in part.partition("**Controls**")[2], part[:40]


def test_every_hazard_stands_in_the_table_above() -> None:
    table = PAGE.partition("\n## H")[0]
    for number, title in HAZARDS:
        anchor = re.sub(r"[^\w -]", "", f"{number}. {title}".lower()).replace(" ", "-")
        assert f"[{number}](#{anchor})" in table
