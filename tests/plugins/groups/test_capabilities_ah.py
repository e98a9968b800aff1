"""Capability rows of the hospital practice (AH), each shown as its row in capabilities.md says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from PySide6.QtWidgets import QLabel

from tests.conftest import PASSPHRASE
from tests.plugins.groups.conftest import Choir
from therapydesk.api import (
    PeopleQuery,
    UserError,
    list_consents,
    list_people,
    list_relations,
    record_consent,
    today,
)
from therapydesk.plugins.groups import after, counting, measures, members_lives, overview, service, terms
from therapydesk.plugins.groups.kinds import kinds
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.groups_page import GroupsPage
from therapydesk.plugins.groups.ui.person_groups_tab import PersonGroupsTab
from therapydesk.plugins.referrals import plugin
from therapydesk.testing import open_page, sign_in
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]
DAY = timedelta(days=1)
TITLES = (
    *("Community choir", "Stroke choir", "Aphasia group"),
    *("Parkinson’s group", "Dementia singing group", "Mental-health jam"),
)


def clinical(choir: Choir, work: Any, *args: Any) -> Any:
    with choir.vault.write("clinical") as db:
        return work(db, *args)


def form(page: Any) -> FormDialog:
    found: FormDialog
    (found,) = [each for each in page.findChildren(FormDialog) if each.isVisible()]
    return found


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_ah06_a_group_can_hide_its_name_and_type_from_people_without_the_right_to_see_it(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    from therapydesk.plugins.groups.ui import group_more

    clinical(choir, service.save_profile, choir.group_id, ProfileDetails("own", aims=("A voice of my own",)))
    page = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
    dialog = group_more.more_dialog(page, page.view, page.mark_stale)
    dialog.form.set_values({"hidden": True})
    dialog.form.set_row_visible("own_name", True)
    dialog.form.set_values({"own_name": "Trans voices"})
    dialog.save()
    assert not dialog.isVisible()
    page.refresh()
    assert page.title() == "Trans voices"  # whoever has every role may see it
    page.change()
    form(page).save()  # changing something else keeps the own name
    page.refresh()
    assert page.title() == "Trans voices"
    choir.join("Ann")
    choir.hold(choir.book()[0])
    choir.vault.add_user("Tom Therapist", ["therapist"], PASSPHRASE, ["clinical"])
    choir.vault.unlock("Tom Therapist", PASSPHRASE)
    with choir.vault.read() as db:
        view = service.get_group(db, choir.group_id)
        figures = counting.rates(db)
    assert (view.name, view.kind, view.aims, view.warning_signs) == ("Tuneful Wednesdays", None, (), "")
    assert [each.name for each in figures] == ["Tuneful Wednesdays"]
    listed = open_page(GroupsPage(sign_in(desk, "Lin", "link_worker")))
    assert [row.name for row in (listed.table.model.row(n) for n in range(listed.table.row_count()))] == [
        "Tuneful Wednesdays"
    ]


def test_ah07_a_referral_can_bring_patient_and_carer_together_linked_each_with_consent(
    choir: Choir, tmp_path: Path
) -> None:
    path = tmp_path / "surgery.csv"
    path.write_text(
        "Name,Phone,Carer name,Carer phone,Reason\nRafiq Aziz,01632 960111,Nasreen Aziz,01632 960112,Singing\n",
        "utf-8",
    )
    (importer,) = plugin.importers()
    source = importer.read(path)
    with choir.vault.read() as db:
        plan = importer.plan(db, source, importer.guess(db, source))
    with choir.vault.write("core") as db:
        importer.save(db, plan, {})
    with choir.vault.read() as db:
        people = {row.full_name: row.id for row in list_people(db, PeopleQuery("Aziz"), 0, 9)}
        linked = list_relations(db, people["Rafiq Aziz"])
    assert set(people) == {"Rafiq Aziz", "Nasreen Aziz"}
    assert people["Nasreen Aziz"] in [relation.other_person_id for relation in linked]
    for name, state in (("Rafiq Aziz", "yes"), ("Nasreen Aziz", "no")):
        choir.do(record_consent, people[name], "hold", state)
    with choir.vault.read() as db:
        said = {name: [c.state for c in list_consents(db, person)] for name, person in people.items()}
    assert said == {"Rafiq Aziz": ["yes"], "Nasreen Aziz": ["no"]}


def test_ah08_group_aims_are_set_once_and_each_sessions_rating_reports_against_them(choir: Choir) -> None:
    aims = ("Reminiscence", "Mood", "Participation", "Isolation", "Cognitive challenge")
    clinical(choir, service.save_profile, choir.group_id, ProfileDetails("dementia", aims=aims))
    choir.join("Maggie")
    first, second = choir.book(weeks_ago=2, weeks=2)
    choir.hold(first)
    choir.hold(second)
    with choir.vault.read() as db:
        found = {aim.text: aim.id for aim in after.list_aims(db, choir.group_id)}
    clinical(choir, after.rate_aims, first, {found["Mood"]: 2, found["Isolation"]: 4})
    clinical(choir, after.rate_aims, second, {found["Mood"]: 3})
    with choir.vault.read() as db:
        means = {aim.text: (aim.mean, aim.ratings) for aim in after.list_aims(db, choir.group_id)}
    assert list(means) == list(aims)
    assert (means["Mood"], means["Isolation"], means["Participation"]) == ((2.5, 2), (4.0, 1), (None, 0))


def test_ah11_searching_need_place_and_day_lists_matching_groups_and_the_sheet_prints(
    choir: Choir, desk: Any, open_page: Any, tmp_path: Path
) -> None:
    clinical(choir, service.save_profile, choir.group_id, ProfileDetails("stroke_choir"))
    choir.book(weeks_ago=-1)
    other = choir.do(
        service.save_group, GroupDetails("Open door", shape="hub", place="St Aidan’s hall", access="Ramp")
    )
    choir.group_id = other
    day = (today() + 7 * DAY).weekday()
    with choir.vault.read() as db:
        found = {
            query: [offer.name for offer in overview.find_groups(db, *query)]
            for query in (
                ("stroke", "", None),
                ("", "aidan", None),
                ("stroke", "aidan", day),
                ("stroke", "aidan", (day + 1) % 7),
                ("football", "", None),
            )
        }
    assert list(found.values()) == [
        ["Tuneful Wednesdays"],
        ["Open door", "Tuneful Wednesdays"],
        ["Tuneful Wednesdays"],
        [],
        [],
    ]
    page = open_page(GroupsPage(desk))
    page.filter.search.setText("stroke")
    page.filter.changed.emit()
    page.refresh()
    assert page.table.row_count() == 1
    page.filter.clear_filters()
    with choir.vault.read() as db:
        made = overview.offers_pdf(db, [offer.id for offer in overview.find_groups(db, "", "aidan")])
    path = tmp_path / "groups.pdf"
    path.write_bytes(made)
    text = " ".join(p.extract_text() for p in PdfReader(path).pages).replace("\n", " ")
    for part in (
        "Tuneful Wednesdays",
        "St Aidan’s hall",
        "Ramp",
        "Free",
        "There is room",
        overview.weekdays()[day],
    ):
        assert part in text
    assert "troke" not in text  # the sheet leaves the practice: no kind stands on it


@pytest.mark.parametrize("title", TITLES)
def test_ah12_each_type_has_a_template_roster_access_needs_carers_warning_signs_measures(
    choir: Choir, title: str
) -> None:
    (kind,) = [each for each in kinds() if each.title == title]
    assert kind.shape in ("single", "pairs")
    assert kind.ask
    assert kind.comes_along
    assert kind.measures
    assert kind.warning or title == "Community choir"  # who comes to that for no reason of health
    assert not kind.sure  # nobody of the field has checked what it says, and the program says so
    clinical(choir, service.save_profile, choir.group_id, ProfileDetails(kind.id))
    with choir.vault.read() as db:
        view = service.get_group(db, choir.group_id)
        asked = [q.code for q in measures.questions(view.kind.measures if view.kind is not None else ())]
    assert view.kind == kind
    assert tuple(asked[: len(kind.measures)]) == kind.measures


def test_ah13_belonging_or_loneliness_is_measurable_per_group_term(choir: Choir) -> None:
    choir.do(terms.save_term, choir.group_id, "Spring", today() - 70 * DAY, today() - 36 * DAY)
    choir.do(terms.save_term, choir.group_id, "Summer", today() - 35 * DAY, today())
    choir.join("Ann")
    choir.join("Bea")
    old, *sessions = choir.book(weeks_ago=9, weeks=1) + choir.book(weeks_ago=4, weeks=3)
    for session in (old, *sessions):
        choir.hold(session)
    ann, bea = choir.people["Ann"], choir.people["Bea"]
    for session, code, answers in (
        (old, "belonging", {ann: 1}),
        (sessions[0], "belonging", {ann: 3, bea: 5}),
        (sessions[2], "belonging", {ann: 7, bea: 6}),
        (sessions[0], "loneliness", {ann: 2}),
    ):
        clinical(choir, measures.record_answers, session, code, answers)
    with choir.vault.read() as db:
        view = service.get_group(db, choir.group_id)
        spring, summer = (
            {
                c.measure: (c.first, c.last, c.people)
                for c in measures.changes(db, choir.group_id, t.starts_on, t.ends_on)
            }
            for t in view.terms
        )
    assert summer == {"belonging": (4.0, 6.5, 2), "loneliness": (None, None, 0)}
    assert spring == {"belonging": (None, None, 0)}


def test_ah14_admissions_and_medication_change_are_recorded_as_reported_with_source_never_as_proof(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    choir.join("Maggie Lloyd")
    maggie: UUID = choir.people["Maggie Lloyd"]
    with pytest.raises(UserError, match="Say who said it"):
        clinical(choir, members_lives.report, maggie, "admission", " ", today())
    tab = open_page(PersonGroupsTab(desk, maggie))
    tab.add_report()
    dialog = form(tab)
    dialog.form.set_values({"kind": "less_medication", "said_by": "Maggie", "words": "One tablet fewer"})
    dialog.save()
    with choir.vault.read() as db:
        (found,) = members_lives.list_reports(db, maggie)
    assert (found.kind, found.said_by, found.words) == ("less_medication", "Maggie", "One tablet fewer")
    assert "Less medication, said by Maggie on" in words(tab.reports)
    choir.hold(choir.book()[0])
    with choir.vault.read() as db:  # no figure of a group knows of it
        (figures,) = overview.figures(db, today() - 30 * DAY, today())
        exported = overview.figures_csv(db, today() - 30 * DAY, today()).decode("utf-8-sig")
    assert figures.count.people == 1
    assert "edication" not in exported
    tab.undo()
    with choir.vault.read() as db:
        assert members_lives.list_reports(db, maggie) == []
