"""Erasing a person part by part: who decides, what stands against it, what is kept and why, what waits."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from tests.conftest import PASSPHRASE, USER
from therapydesk.core import dates
from therapydesk.core.errors import NotFound, PermissionDenied, UserError, ZoneClosed
from therapydesk.core.tables import Base, Erase, Privacy
from therapydesk.core.vault import files, generations, ledger
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.notes.models import Answer, Note
from therapydesk.records import erasure
from therapydesk.records.appointment_tables import Appointment, Attendance
from therapydesk.records.consent_lists import record_consent
from therapydesk.records.consents import Consent, ConsentDetail
from therapydesk.records.documents import ClinicalDocument
from therapydesk.records.episodes import Episode
from therapydesk.records.erasing_looks import empty
from therapydesk.records.erasure_lists import clinical_erasure_tasks, list_erasures
from therapydesk.records.erasure_parts import erasure_obstacles, look_at_erasure
from therapydesk.records.legal_holds import lift_hold, place_hold
from therapydesk.records.people import ContactPoint, Person
from therapydesk.records.people_details import PersonDetails, add_person, find_person
from therapydesk.records.people_lists import PeopleQuery, count_people

OTHER = "seven brass bells ringing"


pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def carys(vault: Vault) -> UUID:
    """Somebody with a contact, a consent with words, and a note of two answers."""
    with vault.write("core") as db:
        person = add_person(db, PersonDetails("Carys Bowen", best_way="ask")).id
        db.add(ContactPoint(person_id=person, kind="email", value="carys@example.org"))
        record_consent(db, person, "hold", "yes", detail="Only the choir.")
    with vault.write("clinical") as db:
        note = Note(person_id=person, template="session", happened_on=date(2026, 5, 1))
        db.add(note)
        db.flush()
        db.add_all(
            Answer(person_id=person, note_id=note.id, prompt=p, title=p, position=0, text="x") for p in "ab"
        )
    vault.settle()
    return person


def sign_in_second(vault: Vault, *roles: str, zones: tuple[Any, ...] = ()) -> None:
    vault.add_user("Nia Bevan", roles, OTHER, zones)
    vault.unlock("Nia Bevan", OTHER)


def rows(vault: Vault, table: Any) -> int:
    with vault.read() as db:
        return len(list(db.scalars(select(table))))


def test_a_look_says_what_goes_what_is_emptied_and_what_is_kept_and_why(vault: Vault, carys: UUID) -> None:
    with vault.read() as db:
        found = look_at_erasure(db, carys)
    assert found["core"].gone == {"How to reach you": 1}
    assert found["core"].blanked == {"Who you are": 1}
    assert found["core"].kept == {"What you agreed to": (1, "proof of consent")}
    assert found["clinical"].gone == {"Notes about your sessions": 3, "What you said about consent": 1}
    assert rows(vault, Note) == 1, "looking changes nothing"


def test_all_parts_at_once_for_who_holds_them(vault: Vault, carys: UUID) -> None:
    done = erasure.erase_person(vault, carys, "request")
    assert [part.zone for part in done] == ["core", "clinical"]
    assert [rows(vault, t) for t in (ContactPoint, ConsentDetail, Note, Answer, Consent)] == [0, 0, 0, 0, 1]
    with vault.read() as db:
        person = db.get(Person, carys)
        assert person is not None
        assert (person.full_name, person.normal_name) == ("Erased", "")
        assert count_people(db, PeopleQuery()) == 0
        with pytest.raises(NotFound):
            find_person(db, carys)
        (view,) = list_erasures(db)
    assert {(p.zone, p.state) for p in view.parts} == {
        ("core", "done"),
        ("clinical", "done"),
        ("safeguarding", "done"),
    }
    lines = ledger.read(vault.folder, vault.unlocked.ring.zone("core"))
    assert {zone for line in lines for zone in line.zones} >= {"core", "clinical"}
    assert all(line.people == (carys,) for line in lines)
    assert vault.check() == []


def test_joined_records_go_too(vault: Vault, carys: UUID) -> None:
    from therapydesk.records.merging import merge_people

    with vault.write("core") as db:
        twin = add_person(db, PersonDetails("Carys B", best_way="ask")).id
        merge_people(db, carys, twin)
    erasure.erase_person(vault, carys, "request")
    with vault.read() as db:
        assert list(db.scalars(select(Person.full_name))) == ["Erased", "Erased"]
        assert db.scalar(text("SELECT count(*) FROM merge")) == 0


@pytest.mark.parametrize("against", ["hold", "session", "support"])
def test_what_stands_against_it_is_said_and_nothing_is_erased(
    vault: Vault, carys: UUID, against: str
) -> None:
    with vault.write("core") as db:
        if against == "hold":
            place_hold(db, carys, "complaint")
        elif against == "session":
            session = Appointment(starts_at=datetime(2026, 6, 1, 10, 0), minutes=45)
            session.attendances.append(Attendance(person_id=carys))
            db.add(session)
        else:
            db.add(Episode(person_id=carys, stage="active", opened_on=date(2026, 1, 1)))
    with vault.read() as db:
        (sentence,) = erasure_obstacles(db, carys)
    words = {"hold": "legal hold", "session": "still booked", "support": "still open"}
    assert words[against] in sentence
    with pytest.raises(UserError, match="cannot be erased now"):
        erasure.erase_person(vault, carys, "request")
    assert rows(vault, ContactPoint) == 1
    assert rows(vault, Note) == 1
    assert ledger.read(vault.folder, vault.unlocked.ring.zone("core")) == []


def test_the_clinical_part_waits_for_a_therapist_who_is_told_the_name(vault: Vault, carys: UUID) -> None:
    sign_in_second(vault, "owner")
    done = erasure.erase_person(vault, carys, "request")
    assert [part.zone for part in done] == ["core"]
    with vault.read() as db:
        (view,) = list_erasures(db)
        assert {p.zone: p.state for p in view.parts} == {
            "core": "done",
            "clinical": "waiting",
            "safeguarding": "waiting",
        }
        assert "Carys" not in str(list(db.execute(text("SELECT * FROM inbox"))))
    with pytest.raises(ZoneClosed):
        erasure.decide_part(vault, "clinical", done[0].erasure_id)
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    assert rows(vault, Note) == 1, "it waits for a decision"
    with vault.read() as db:
        (task,) = clinical_erasure_tasks(db)
    assert (task.who, task.outcome.gone["Notes about your sessions"]) == ("Carys Bowen", 3)
    erasure.decide_part(vault, "clinical", task.erasure_id)
    assert [rows(vault, t) for t in (Note, Answer, ConsentDetail)] == [0, 0, 0]
    with vault.read() as db:
        assert clinical_erasure_tasks(db) == []
        (view,) = list_erasures(db)
        names = list(db.scalars(text("SELECT who FROM clinical.erasure_task")))
    assert {p.zone: p.state for p in view.parts} == dict.fromkeys(
        ("core", "clinical", "safeguarding"), "done"
    )
    assert names == [""], "the name goes once it is decided"


def test_a_part_can_be_kept_with_a_reason(vault: Vault, carys: UUID) -> None:
    sign_in_second(vault, "owner")
    (first,) = erasure.erase_person(vault, carys, "request")
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with pytest.raises(UserError, match="no such reason"):
        erasure.decide_part(vault, "clinical", first.erasure_id, "because")
    assert erasure.decide_part(vault, "clinical", first.erasure_id, "claim") == []
    assert rows(vault, Note) == 1
    with vault.read() as db:
        (view,) = list_erasures(db)
    assert ("clinical", "kept", "claim") in {(p.zone, p.state, p.reason) for p in view.parts}
    assert erasure.reapply(vault) == [], "what was kept is not in the ledger"
    assert rows(vault, Note) == 1


@pytest.mark.parametrize("roles", [("admin",), ("link_worker",), ("therapist",), ("lead",), ("auditor",)])
def test_only_the_owner_begins(vault: Vault, carys: UUID, roles: tuple[str, ...]) -> None:
    sign_in_second(vault, *roles, zones=("clinical",))
    with pytest.raises(PermissionDenied):
        erasure.erase_person(vault, carys, "request")
    with vault.read() as db:
        assert db.scalar(select(Person.full_name).where(Person.id == carys)) == "Carys Bowen"


def test_crash_copies_go_by_whomever_they_were_typed(vault: Vault, carys: UUID) -> None:
    with vault.read() as db:
        note = db.scalars(select(Note.id)).one()
    vault.save_draft(f"notes.{note}", "half a sentence about Carys")
    vault.save_draft("notes.of somebody else", "stays")
    erasure.erase_person(vault, carys, "request")
    assert [draft.key for draft in vault.drafts()] == ["notes.of somebody else"]


def test_large_files_go(vault: Vault, carys: UUID) -> None:
    source = io.BytesIO(b"singing " * 1000)
    with files.sealing(vault.folder, "clinical", source) as sealed, vault.write("clinical") as db:
        row = ClinicalDocument(id=sealed.id, person_id=carys, kind="recording", title="Singing")
        row.media_type, row.sha256, row.content = "audio/flac", sealed.sha256, b""
        row.file_size, row.file_key = sealed.size, sealed.key
        db.add(row)
    path = files.path_of(vault.folder, "clinical", sealed.id)
    assert path.exists()
    erasure.erase_person(vault, carys, "request")
    assert not path.exists()


def test_the_file_of_the_list_they_came_in_goes(vault: Vault, carys: UUID) -> None:
    from therapydesk.core.ids import new_id
    from therapydesk.plugins.referrals.models import Reason

    batch, other = new_id(), new_id()
    with vault.write("clinical") as db:
        db.add(Reason(referral_id=new_id(), person_id=carys, batch_id=batch))
        for ref in (batch, other):
            paper = ClinicalDocument(kind="referral_file", ref=ref, title="list", media_type="text/csv")
            paper.sha256, paper.content = "0" * 64, b"Carys Bowen"
            db.add(paper)
    erasure.erase_person(vault, carys, "request")
    with vault.read() as db:
        assert list(db.scalars(select(ClinicalDocument.ref))) == [other]


def test_tables_of_a_module_that_is_not_here_are_erased_raw(vault: Vault, carys: UUID) -> None:
    state = vault.unlocked
    path, keys = generations.zone_file(vault.folder, "clinical", "g1"), state.ring.zones["clinical"]
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    keys = vault.unlocked.ring.zones["clinical"]
    with generations.building("clinical", path, keys) as connection:
        connection.execute(text("CREATE TABLE clinical.gone_thing (id CHAR(32), person_id CHAR(32), words)"))
        for who in (carys.hex, "0" * 32):
            connection.execute(text(f"INSERT INTO clinical.gone_thing VALUES ('1', '{who}', 'x')"))
    with vault.read() as db:
        assert look_at_erasure(db, carys)["clinical"].gone[
            "Records of a module that is not here (gone_thing)"
        ]
    erasure.erase_person(vault, carys, "request")
    with vault.read() as db:
        assert list(db.scalars(text("SELECT person_id FROM clinical.gone_thing"))) == ["0" * 32]


def test_every_table_can_do_what_it_says(vault: Vault) -> None:
    """What is to be emptied can be; nothing that is kept must point at what goes, or it would keep it."""
    marks: dict[Any, Any] = {m.local_table: m.class_.privacy for m in Base.registry.mappers}
    wrong = []
    for table, privacy in marks.items():
        if not isinstance(privacy, Privacy):
            continue
        for name in privacy.blank:
            empty(table.c[name])
        if privacy.on_erase is Erase.BLANK:
            assert privacy.blank, f"{table} is to be emptied and says not what"
        for key in table.foreign_keys:
            target = marks.get(key.column.table)
            stays = privacy.on_erase is not Erase.DELETE and not key.parent.nullable
            if stays and isinstance(target, Privacy) and target.on_erase is Erase.DELETE:
                wrong.append(f"{table}.{key.parent.name}")
    assert wrong == []


def test_it_is_told_to_modules_in_each_part_once(vault: Vault, carys: UUID) -> None:
    from therapydesk.core.vault import outbox
    from therapydesk.records.events import PersonErased

    told: list[str] = []
    outbox.subscribe(
        "probe.erased", ("core", "clinical"), lambda db, _e: told.append(db.zone), (PersonErased,)
    )
    try:
        erasure.erase_person(vault, carys, "request")
        vault.settle()
    finally:
        outbox._records.pop("probe.erased")
    assert told == ["core", "clinical"]


def test_what_waits_stands_on_today_of_who_decides_and_names_nobody(vault: Vault, carys: UUID) -> None:
    from therapydesk.records.due_records import due_on_records

    sign_in_second(vault, "owner")
    erasure.erase_person(vault, carys, "request")
    with vault.read() as db:
        assert [item.kind for item in due_on_records(db, dates.today())] == []
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with vault.read() as db:
        (item,) = due_on_records(db, dates.today())
    assert (item.text, item.due_on) == ("1 erasure waits for your decision", dates.today())
    assert "Carys" not in str(item)


def test_a_session_that_was_charged_to_somebody_does_not_become_open_again(vault: Vault, carys: UUID) -> None:
    """Of whoever paid, the money is destroyed by its time; what it was charged for is of another person, and stays."""
    from therapydesk.core.money import Money
    from therapydesk.plugins.invoicing.models import DraftLine, Invoice
    from therapydesk.records.erasing import erase_rows

    with vault.write("core") as db:
        payer = add_person(db, PersonDetails("Gwen Bowen", best_way="ask")).id
        session = Appointment(starts_at=datetime(2026, 1, 1, 10, 0), minutes=45, state="completed")
        invoice = Invoice(number="2026-1", year=2026, sequence=1, issued_on=date(2026, 1, 2))
        invoice.due_on, invoice.person_id, invoice.to_name = date(2026, 2, 1), payer, "Gwen Bowen"
        invoice.total = Money(4500)
        db.add_all([session, invoice])
        db.flush()
        line = DraftLine(appointment_id=session.id, person_id=carys, happened_on=date(2026, 1, 1))
        line.kind, line.minutes, line.state, line.each = "one_to_one", 45, "came", Money(4500)
        line.charged, line.invoice_id = True, invoice.id
        db.add(line)
    with vault.write("core") as db:
        db.info["authority"] = "a test"
        done = erase_rows(db, "core", [payer], ("financial",))
        assert ("Invoices", (1, "other records that are kept need it")) in done.kept.items()
    with vault.read() as db:
        assert db.scalar(select(DraftLine.invoice_id)) == db.scalar(select(Invoice.id))


def test_what_others_say_of_the_person_by_a_link_is_loosened(vault: Vault, carys: UUID) -> None:
    from therapydesk.records.erasing import erase_rows
    from therapydesk.records.relations import Relation

    with vault.write("core") as db:
        other = add_person(db, PersonDetails("Owen Prys", best_way="ask")).id
        db.add(
            Relation(person_id=other, other_person_id=carys, kind="carer", leads_on="Carys does the shopping")
        )
        episode = Episode(person_id=other, stage="closed", opened_on=date(2026, 1, 1))
        db.add(episode)
        db.flush()
        session = Appointment(starts_at=datetime(2026, 1, 1, 10, 0), minutes=45, state="completed")
        session.episode_id = episode.id
        db.add(session)
    erasure.erase_person(vault, carys, "request")
    assert rows(vault, Relation) == 0
    with vault.write("core") as db:
        db.info["authority"] = "a test"
        erase_rows(db, "core", [other], ("clinical",))
    with vault.read() as db:
        assert db.scalars(select(Episode)).all() == []
        assert db.scalar(select(Appointment.episode_id)) is None


def test_a_backup_is_made_before_and_not_when_it_is_refused(vault: Vault, carys: UUID) -> None:
    made: list[str] = []
    vault.before = lambda _source, why: made.append(why)
    with vault.write("core") as db:
        hold = place_hold(db, carys, "court")
    with pytest.raises(UserError):
        erasure.erase_person(vault, carys, "request")
    assert made == []
    with vault.write("core") as db:
        lift_hold(db, hold)
    erasure.erase_person(vault, carys, "request")
    assert made == ["before erasing"]
