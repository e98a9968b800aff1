from __future__ import annotations

import json

import pytest

from therapydesk.core.parsing.types import ImportProblem, MappedRecord, Parsed, Row, Table

WHOLE = Parsed(
    "csv",
    [Table("List", ["Name", "Born"], 2, [Row(3, ["Siân", "1980-02-01"]), Row(4, ["Ann", ""])])],
    [MappedRecord(1, {"name": "Mary"}, {"name": "Patient.name[0]"})],
    [ImportProblem(None, "", "Empty."), ImportProblem(3, "born_on", "No date.")],
)


def test_json_gives_back_the_same() -> None:
    assert Parsed.from_json(WHOLE.to_json()) == WHOLE


@pytest.mark.parametrize(
    "change",
    [
        {"format": "exe"},
        {"tables": [["", ["a"], 1, [[2, ["x", "y"]]]]]},
        {"tables": [["", ["a"], 1, [[2, [7]]]]]},
        {"tables": [["", ["a"], -1, []]]},
        {"tables": [["", ["a"], True, []]]},
        {"tables": [["", 5, 1, []]]},
        {"records": [[1, {"name": 5}, {}]]},
        {"records": [[1, {"name": "x"}]]},
        {"records": [[1, [], {}]]},
        {"problems": [[1, "", None]]},
        {"problems": None},
    ],
)
def test_anything_else_from_the_worker_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Parsed.from_plain({**json.loads(WHOLE.to_json()), **change})
    with pytest.raises(ValueError):
        Parsed.from_plain("rows")
