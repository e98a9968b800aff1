"""CSV files that leave the program."""

from __future__ import annotations

import csv
import io

from therapydesk.core.csv_out import csv_file


def test_letters_survive_and_no_cell_is_a_formula() -> None:
    data = csv_file(["Name", "=Hours"], [["Siân, “Jo”", 1.5], ["=HYPERLINK(1)", None], ["+44", -2]])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [["Name", "'=Hours"], ["Siân, “Jo”", "1.5"], ["'=HYPERLINK(1)", ""], ["'+44", "-2"]]
