"""Lifts: who needs one, who drives, how many seats are left; on the roster, in the register and on the grab sheet."""

from __future__ import annotations

from typing import Any

import pytest
from pypdf import PdfReader

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import UserError
from therapydesk.plugins.groups import lifts, papers, roster
from therapydesk.plugins.groups.lifts import Lifts
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import desk_at, open_page
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]


@pytest.fixture
def drivers(choir: Choir) -> Choir:
    """Ann has two seats; Bea and Cai need one each, Dot comes by transport."""
    choir.join("Ann", travel="lift_offered", seats=2)
    choir.join("Bea", travel="lift_needed")
    choir.join("Cai", travel="lift_needed")
    choir.join("Dot", travel="transport")
    choir.join("Eli", travel="own")
    return choir


def found(choir: Choir) -> Lifts:
    with choir.vault.read() as db:
        return lifts.list_lifts(db, choir.group_id)


def told(choir: Choir) -> list[tuple[str, list[str], int]]:
    return [(c.driver.name, [r.name for r in c.riders], c.free) for c in found(choir).cars]


def test_somebody_gets_a_seat_until_the_car_is_full(drivers: Choir) -> None:
    ann, bea, cai, dot = (drivers.members[name] for name in ("Ann", "Bea", "Cai", "Dot"))
    assert [m.name for m in found(drivers).waiting] == ["Bea", "Cai"]
    drivers.do(lifts.give_lift, bea, ann)
    drivers.do(lifts.give_lift, bea, ann)
    drivers.do(lifts.give_lift, cai, ann)
    assert told(drivers) == [("Ann", ["Bea", "Cai"], 0)]
    with pytest.raises(UserError, match="Ann has 2 seats, and they are taken"):
        drivers.do(lifts.give_lift, dot, ann)
    with pytest.raises(UserError, match="They take nobody along"):
        drivers.do(lifts.give_lift, dot, bea)
    assert drivers.do(lifts.give_lift, bea, None) == ann
    assert (told(drivers), [m.name for m in found(drivers).waiting]) == ([("Ann", ["Cai"], 1)], ["Bea"])


def test_who_loses_the_driver_waits_again(drivers: Choir) -> None:
    from therapydesk.api import today

    ann, bea = drivers.members["Ann"], drivers.members["Bea"]
    drivers.do(lifts.give_lift, bea, ann)
    drivers.do(roster.leave_group, ann, today())
    assert [m.name for m in found(drivers).waiting] == ["Bea", "Cai"]
    drivers.do(roster.rejoin_group, ann)
    drivers.do(roster.change_member, ann, MemberDetails(travel="own"))
    assert (found(drivers).cars, len(found(drivers).waiting)) == ((), 2)


def test_seats_that_make_no_sense_are_refused(choir: Choir) -> None:
    with pytest.raises(UserError, match="seats from 0 to 60"):
        choir.join("Ann", travel="lift_offered", seats=61)


def test_the_grab_sheet_says_who_has_whose_lift(drivers: Choir, tmp_path: Any) -> None:
    drivers.do(lifts.give_lift, drivers.members["Bea"], drivers.members["Ann"])
    with drivers.vault.read() as db:
        made = papers.grab_sheet(db, drivers.group_id, {})
    path = tmp_path / "sheet.pdf"
    path.write_bytes(made)
    text = " ".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", " ")
    for words in ("Takes Bea along", "Lift with Ann", "Needs a lift", "Comes by transport"):
        assert words in text


def test_the_page_of_the_group_matches_and_takes_back_and_the_register_says_it(
    drivers: Choir, plugins: Any, tmp_path: Any, open_page: Any
) -> None:
    (session,) = drivers.book()
    with desk_at(drivers.vault, plugins, tmp_path) as desk:
        page = open_page(GroupPage(desk, drivers.group_id, lambda _session: None))
        bea = next(row for row in page.lifts.findChildren(CardRow) if "Bea" in row.accessibleName())
        bea.click()
        (dialog,) = [d for d in page.findChildren(FormDialog) if d.isVisible()]
        dialog.form.set_values({"lift_with": str(drivers.members["Ann"])})
        dialog.save()
        assert told(drivers) == [("Ann", ["Bea"], 1)]
        sheet = once_read(open_page(RegisterPage(desk, session)))
        know = {line.name: line.know for line in sheet.lines}
        assert (know["Bea"], know["Cai"], know["Eli"]) == ("Lift with Ann", "Needs a lift", "")
        page.undo()
        assert told(drivers) == [("Ann", [], 2)]


def test_how_somebody_comes_is_changed_on_the_roster(
    drivers: Choir, plugins: Any, tmp_path: Any, open_page: Any
) -> None:
    with desk_at(drivers.vault, plugins, tmp_path) as desk:
        page = open_page(GroupPage(desk, drivers.group_id, lambda _session: None))
        eli = next(m for m in page.members if m.name == "Eli")
        page.change_member(eli)
        (dialog,) = [d for d in page.findChildren(FormDialog) if d.isVisible()]
        assert "lift_with" not in dialog.form.values()
        dialog.form.field("travel").setCurrentIndex(2)
        dialog.form.set_values({"lift_with": str(drivers.members["Ann"])})
        dialog.save()
        assert told(drivers) == [("Ann", ["Eli"], 1)]
