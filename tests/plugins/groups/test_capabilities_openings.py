"""Openings 5, 6, 9 and 25 and requests 6 to 13 of capabilities.md, each shown as its first proof or answer says."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import (
    PersonDetails,
    add_relation,
    edit_person,
    get_person,
    hooks,
    list_consents,
    list_relations,
    local_now,
    record_consent,
    show_day,
    show_time,
    today,
)
from therapydesk.api import add_person as new_person
from therapydesk.plugins.groups import (
    counting,
    measures,
    missed,
    overview,
    papers,
    register,
    register_rest,
    roster,
    service,
    sheet_csv,
    sheet_plan,
)
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails
from therapydesk.plugins.groups.ui import emergency
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.figures_page import FiguresPage
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.person_groups_tab import PersonGroupsTab
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import add_person, open_page
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]
DAY = timedelta(days=1)


def clinical(choir: Choir, work: Callable[..., Any], *args: Any) -> Any:
    with choir.vault.write("clinical") as db:
        return work(db, *args)


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def form(page: Any) -> FormDialog:
    found: FormDialog
    (found,) = [each for each in page.findChildren(FormDialog) if each.isVisible()]
    return found


def sheet_text(made: bytes, tmp_path: Path) -> str:
    path = tmp_path / "made.pdf"
    path.write_bytes(made)
    return " ".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", " ")


# --- openings ---


def test_opening_5_a_dementia_choir_register_counts_people_carers_and_pairs_rightly(choir: Choir) -> None:
    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", shape="pairs"), choir.group_id)
    clinical(choir, service.save_profile, choir.group_id, ProfileDetails("dementia"))
    for name in ("Rafiq", "Maggie", "Dot", "Idris"):
        choir.join(f"{name} Member")
        choir.join(f"{name}s Carer", comes_with=f"{name} Member")
    choir.join("Alone Anna")
    (session,) = choir.book()
    choir.hold(session, maggies="no_word", dot="no_word")  # one carer and one member stayed at home
    count = choir.read(session).count
    assert (count.people, count.carers, count.pairs, count.visits) == (4, 3, 2, 7)


def test_opening_5_each_of_a_pair_has_their_own_consent_measure_and_emergency_contact(
    choir: Choir, tmp_path: Path, desk: Any, open_page: Any
) -> None:
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    rafiq, nasreen = choir.people["Rafiq Aziz"], choir.people["Nasreen Aziz"]
    for person, name, phone in ((rafiq, "Omar Aziz", "01632 960111"), (nasreen, "Sara Khan", "01632 960222")):
        other = choir.do(new_person, PersonDetails(name, phones=(phone,)), reached_by_others=True).id
        choir.do(add_relation, person, "sibling", other, may_contact=True)
    choir.do(record_consent, rafiq, "hold", "yes")
    choir.do(record_consent, nasreen, "hold", "no")
    (session,) = choir.book()
    choir.hold(session)
    clinical(choir, measures.record_answers, session, "wellbeing", {rafiq: 7})
    clinical(choir, measures.record_answers, session, "carer_wellbeing", {nasreen: 4})
    aunt = choir.do(
        new_person, PersonDetails("Aunt Bibi", phones=("01632 960333",)), reached_by_others=True
    ).id
    choir.do(add_relation, rafiq, "friend", aunt, may_contact=True)
    page = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
    dialog = emergency.ask_emergency(page, page.members[0])
    with choir.vault.read() as db:
        (chosen,) = [r.id for r in list_relations(db, rafiq) if r.name == "Aunt Bibi"]
    dialog.form.set_values({"relation": str(chosen)})
    dialog.save()
    with choir.vault.read() as db:
        said = {p: [c.state for c in list_consents(db, p)] for p in (rafiq, nasreen)}
        answers = {(a.person_id, a.measure): a.value for a in measures.answers_at(db, session)}
        text = sheet_text(papers.grab_sheet(db, choir.group_id, {}), tmp_path)
    assert said == {rafiq: ["yes"], nasreen: ["no"]}
    assert answers == {(rafiq, "wellbeing"): 7, (nasreen, "carer_wellbeing"): 4}
    assert text.index("Aunt Bibi") < text.index("Sara Khan")
    assert "Omar Aziz" not in text
    page.undo()
    with choir.vault.read() as db:
        text = sheet_text(papers.grab_sheet(db, choir.group_id, {}), tmp_path)
    assert text.index("Omar Aziz") < text.index("Sara Khan")


def test_opening_6_saving_warns_on_each_other_members_name_or_nickname(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    choir.join("Carys Bowen")
    nick = add_person(choir.vault, "Margaret-Anne Tregaskis", preferred_name="Mags")
    choir.do(roster.add_member, choir.group_id, nick)
    choir.join("Rafiq Aziz")
    (session,) = choir.book()
    choir.hold(session)
    page = open_page(AfterPage(desk, session))
    page.who.setCurrentText("Carys Bowen")
    page.excerpt.setPlainText("Sang with mags; Rafiq Aziz laughed. Carys led.")
    page.add_excerpt()
    assert not page.warning.isHidden()
    assert "Mags, Rafiq Aziz" in page.warning.text()
    assert "Carys" not in page.warning.text()
    page.excerpt.setPlainText("Carys chose the last song.")
    page.add_excerpt()
    assert page.warning.isHidden()


def test_opening_9_three_anonymous_visits_attach_to_a_new_member_and_totals_do_not_change(
    choir: Choir,
) -> None:
    sessions = choir.book(weeks_ago=3, weeks=3)
    heads = []
    for session in sessions:
        choir.open(session)
        heads.append(choir.do(register.check_in, session, 2))
        choir.do(register.finish, session)
    with choir.vault.read() as db:
        before = counting.total(db)
    newcomer = add_person(choir.vault, "Quiet Newcomer")
    for session, head in zip(sessions, heads, strict=True):
        choir.do(register.claim, session, head, newcomer)
    choir.do(roster.add_member, choir.group_id, newcomer)
    with choir.vault.read() as db:
        after = counting.total(db)
    assert (before.people, before.anonymous, before.visits) == (0, 6, 6)
    assert (after.people, after.anonymous, after.visits) == (1, 3, 6)


def test_opening_25_the_grab_sheet_prints_with_one_action_and_stamps_date_and_holder(
    choir: Choir, desk: Any, open_page: Any, tmp_path: Path
) -> None:
    from therapydesk.ui.kit.printing import PrintWindow

    clinical(choir, service.save_profile, choir.group_id, ProfileDetails("dementia", "", "Goes out to smoke"))
    choir.join("Rafiq Aziz")
    with choir.vault.read() as db:
        view = get_person(db, choir.people["Rafiq Aziz"])
    choir.do(edit_person, view.id, PersonDetails("Rafiq Aziz", needs=("large_print",)), view.row_version)
    page = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
    page.roster_buttons[0].click()  # the one action
    assert [w for w in page.findChildren(PrintWindow) if w.isVisible()]
    with choir.vault.read() as db:
        text = sheet_text(papers.grab_sheet(db, choir.group_id, {}), tmp_path)
        holder = db.info["user"].name
    assert f"Made {show_day(local_now().date())} at {show_time(local_now().time())}, held by {holder}" in text
    for part in ("Goes out to smoke", "Leaves the room alone", "arge print", "Rafiq Aziz", "999"):
        assert part in text


# --- requests ---


def held(choir: Choir) -> list[UUID]:
    """Three sessions of Ann, who came to all, and Bea, who missed the second; two without a name at the last."""
    choir.join("Ann")
    choir.join("Bea")
    first, second, third = choir.book(weeks_ago=3, weeks=3)
    choir.hold(first)
    choir.hold(second, bea="no_word")
    choir.open(third)
    choir.do(register.check_in, third, 2)
    choir.mark(third, ann="came", bea="came")
    choir.do(register.finish, third)
    return [first, second, third]


def test_request_6_attendance_strip_on_each_person(choir: Choir, desk: Any, open_page: Any) -> None:
    held(choir)
    tab = open_page(PersonGroupsTab(desk, choir.people["Bea"]))
    row = tab.table.model.row(0)
    assert (row.marks, row.came) == (("came", "no_word", "came"), 2)
    (column,) = [c for c in tab.table.model.columns if c.title == "Last sessions"]
    assert column.value(row) == "came 2 of 3"


def test_request_7_attendance_rates_by_date_range_with_export(
    choir: Choir, desk: Any, open_page: Any, tmp_path: Path
) -> None:
    held(choir)
    page = open_page(FiguresPage(desk))
    assert desk.jobs.wait_idle(20_000)
    row = page.table.model.row(0)
    assert (row.count.sessions, row.count.people, row.count.visits, row.count.rate) == (3, 2, 7, 5 / 6)
    last_year = page.periods[2][0]
    page.filter.set_value("period", last_year)
    page._filtered()
    assert desk.jobs.wait_idle(20_000)
    assert (page.period(), page.table.row_count()) == (last_year, 0)
    with choir.vault.read() as db:
        (one,) = overview.figures(db, today() - 16 * DAY, today() - 10 * DAY)
        content = overview.figures_csv(db, today() - 60 * DAY, today())
        none = overview.figures(db, today() - 900 * DAY, today() - 800 * DAY)
    assert (one.count.sessions, one.count.rate, none) == (1, 0.5, [])
    (saved,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (saved["Group"], saved["Visits"], saved["Rate"]) == ("Tuneful Wednesdays", "7", "83%")
    assert "Ann" not in content.decode("utf-8-sig")


def test_request_8_register_pre_filled_with_members_tick_all_quick_walk_in(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    for name in ("Ann", "Bea", "Cai"):
        choir.join(name)
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    assert [line.name for line in page.lines] == ["Ann", "Bea", "Cai"]
    choir.mark(session, bea="sent_apologies")
    page.more.mark_rest()
    assert desk.jobs.wait_idle(20_000)
    assert [row.state for row in choir.read(session).rows] == ["came", "sent_apologies", "came"]
    page.undo()
    assert [row.state for row in choir.read(session).rows] == ["expected", "sent_apologies", "expected"]
    QTest.keyClicks(page.walk_ins.field, "Dot Walk-in")
    QTest.keyClick(page.walk_ins.field, Qt.Key.Key_Return)
    assert [row.name for row in choir.read(session).rows if row.walk_in] == ["Dot Walk-in"]


def test_request_9_headcount_next_to_names_unique_and_visit_totals(choir: Choir) -> None:
    held(choir)
    with choir.vault.read() as db:
        total = counting.total(db)
    assert (total.people, total.anonymous, total.visits) == (2, 2, 7)  # who came twice is one, and two visits


def test_request_10_planned_absence_state_editable_from_the_register_softens_the_absence_list(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    choir.join("Ann")
    choir.join("Bea")
    for session in choir.book(weeks_ago=2, weeks=2):
        choir.hold(session, bea="no_word")
    with choir.vault.read() as db:
        assert [each.name for each in missed.to_ring(db, choir.group_id)] == ["Bea"]
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    bea = next(line for line in page.lines if line.name == "Bea")
    page.more.plan_absence(bea)
    dialog = form(page)
    dialog.form.set_values({"from_on": today() - 30 * DAY, "until_on": today() + 30 * DAY})
    dialog.save()
    row = next(line for line in page.lines if line.name == "Bea").row
    assert (row.away_until is not None, row.state) == (True, "sent_apologies")
    with choir.vault.read() as db:
        assert missed.to_ring(db, choir.group_id) == []
    page.undo()
    assert next(line for line in page.lines if line.name == "Bea").row.state == "expected"
    with choir.vault.read() as db:
        assert [each.name for each in missed.to_ring(db, choir.group_id)] == ["Bea"]


def test_request_11_group_measures_per_session_time_stamped_and_repeatable(choir: Choir) -> None:
    first, second, third = held(choir)
    ann = choir.people["Ann"]
    for session, value in ((first, 4), (second, 6), (third, 9)):
        clinical(choir, measures.record_answers, session, "belonging", {ann: value})
    with choir.vault.read() as db:
        days = [a.taken_on for s in (first, second, third) for a in measures.answers_at(db, s)]
        (change,) = measures.changes(db, choir.group_id, today() - 60 * DAY, today())
    assert days == sorted(set(days))
    assert (change.first, change.last, change.answers) == (4.0, 9.0, 3)


def test_request_12_csv_register_import_is_idempotent(choir: Choir, tmp_path: Path) -> None:
    choir.join("Ann")
    (session,) = choir.book()
    choir.open(session)
    path = tmp_path / "sign-in.csv"
    path.write_text("Name,How many\nAnn,\n,5\n", "utf-8")
    counts = []
    for _ in range(3):
        lines = sheet_csv.read_sheet(path, choir.read(session))
        with choir.vault.read() as db:
            planned = sheet_plan.plan_sheet(db, session, lines)
        choir.do(sheet_plan.carry_out, session, planned)
        counts.append(choir.read(session).count)
    assert counts[0].visits == 6
    assert counts == counts[:1] * 3


def test_request_13_the_session_shows_its_register_summary_beside_a_note(choir: Choir, plugins: Any) -> None:
    *_, third = held(choir)
    with choir.vault.read() as db:
        facts = [
            fact
            for fact in plugins.ask(
                hooks.record_facts, db=db, kind="appointment", ref=third, person_id=choir.people["Ann"]
            ).values
            if fact.kind == "register"
        ]
        elsewhere = register_rest.summary(db, choir.group_id)
    assert [fact.text for fact in facts] == ["Register: 2 people, 2 without a name"]
    assert facts[0].link.args == ("register", str(third))
    assert elsewhere == ""  # what is no session of a group has none
