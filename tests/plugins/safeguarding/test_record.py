"""The record: only added to, and whoever changes a byte of it is found."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from tests.conftest import PASSPHRASE, USER
from tests.plugins.safeguarding.conftest import SEEN, lead, raise_about
from tests.plugins.safeguarding.screens import read
from therapydesk.api import new_id
from therapydesk.core import audit
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.vault import generations
from therapydesk.core.vault.files import sealing
from therapydesk.core.vault.opening import files_of
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import rules, service
from therapydesk.plugins.safeguarding.models import Concern, Entry
from therapydesk.records.documents import SafeguardingDocument
from therapydesk.records.merging import merge_people, unmerge_people
from therapydesk.testing import add_person


def check(vault: Vault, concern_id: UUID) -> service.RecordCheck:
    with vault.read() as db:
        return service.verify_records(db, [concern_id])[0]


def with_the_key(vault: Vault, change: Callable[[Any], None]) -> None:
    """Somebody who holds the key of the zone writes into its file without the program."""
    state = vault.unlocked
    path, keys = files_of(vault.folder, state.current, state.ring)["safeguarding"]
    vault_user = state.user.name
    raw_keys = type(keys)(bytearray(keys.secret))
    vault.lock()
    with closing(generations.connect_alone(path, raw_keys)) as raw:
        raw.execute("DROP TRIGGER IF EXISTS safeguarding_entry_no_update")
        raw.execute("DROP TRIGGER IF EXISTS safeguarding_entry_no_delete")
        change(raw)
        raw.commit()
    vault.unlock(vault_user, PASSPHRASE)


def a_long_record(vault: Vault, concern_id: UUID) -> None:
    for words in ("She came to the choir.", "Rang her brother.", "The bank has stopped the card."):
        lead(vault, service.add_record, concern_id, service.Record(words))


# --- Adding ---


def test_what_is_added_stands_with_who_and_when(vault: Vault, concern_id: UUID) -> None:
    record = service.Record(
        "Says the same again, on her own.",
        "talk",
        service.When(date(2026, 5, 6), "5.05pm"),
        says="Margaret-Anne, by phone",
        wants="Would like Iolo to help her talk to the bank.",
        basis="said",
        done="Ring the bank with her.",
        warning="money taken",
    )
    lead(vault, service.add_record, concern_id, record)
    view = read(vault, concern_id)
    entry = view.entries[-1]
    assert (entry.happened_on, entry.happened_time, entry.exact) == (date(2026, 5, 6), "17:05", True)
    assert (entry.author, entry.says, entry.warning) == (USER, "Margaret-Anne, by phone", "money taken")
    assert entry.detail == {"basis": "said"}
    assert view.wants == entry
    assert view.talked_at is not None


def test_corrections_and_additions_stand_beside_and_the_entry_stays(vault: Vault, concern_id: UUID) -> None:
    first = read(vault, concern_id).entries[0]
    lead(vault, service.correct_entry, first.id, "It was Easter Monday.", "I had the day wrong.")
    lead(vault, service.add_to_entry, first.id, "Iolo was in the next room.")
    view = read(vault, concern_id)
    assert view.entries[0] == first
    beside = view.about(first.id)
    assert [(e.kind, e.text, e.author) for e in beside] == [
        ("correction", "It was Easter Monday.", USER),
        ("addition", "Iolo was in the next room.", USER),
    ]
    assert beside[0].detail == {"reason": "I had the day wrong."}


def test_a_mark_on_the_body_map_is_described_and_taken_back_in_the_open(
    vault: Vault, concern_id: UUID
) -> None:
    mark = service.Mark("front", 0.31, 0.5, "Round bruise on the left forearm", "about 2 cm", "yellow")
    entry_id = lead(vault, service.add_mark, concern_id, mark, says="Seen", warning="an injury")
    (shown,) = read(vault, concern_id).of_kind("mark")
    assert (shown.detail["x"], shown.detail["view"], shown.text) == (0.31, "front", mark.what)
    lead(vault, service.withdraw_entry, entry_id, "It was the right arm.")
    view = read(vault, concern_id)
    assert view.of_kind("mark") == ()
    assert shown in view.entries
    with pytest.raises(UserError, match="beside the picture"):
        lead(vault, service.add_mark, concern_id, service.Mark("front", 1.2, 0.5, "x"))
    with pytest.raises(UserError, match="Describe"):
        lead(vault, service.add_mark, concern_id, service.Mark("back", 0.2, 0.5, " "))


def test_what_was_handed_over_cannot_be_taken_back(vault: Vault, concern_id: UUID) -> None:
    with pytest.raises(UserError, match="stays as it is"):
        lead(vault, service.withdraw_entry, read(vault, concern_id).entries[0].id, "No")


def test_weighing_up_keeps_the_words_of_the_nations_law(vault: Vault, concern_id: UUID) -> None:
    weighed = service.Weighed("adult", ["needs", "risk"], ["financial"], "Cannot yet say.")
    lead(vault, service.weigh_up, concern_id, weighed)
    view = read(vault, concern_id)
    assert (view.pathway, view.ticked, view.categories) == ("adult", {"needs", "risk"}, ("financial",))
    assert "Has needs for care and support, met or not" in view.entries[-1].text
    with pytest.raises(UserError, match="another pathway"):
        lead(vault, service.weigh_up, concern_id, service.Weighed("child", ["needs"]))


def test_telling_others_without_agreement_needs_the_reason(vault: Vault, concern_id: UUID) -> None:
    wishes = service.Wishes("yes_given", "overridden", "has")
    with pytest.raises(UserError, match="Say why"):
        lead(vault, service.record_wishes, concern_id, wishes)
    lead(
        vault,
        service.record_wishes,
        concern_id,
        service.Wishes("yes_given", "overridden", "has", reason="Others are at risk."),
    )
    view = read(vault, concern_id)
    assert (view.consent, view.capacity) == ("overridden", "has")


def test_people_and_concerns_are_linked_and_both_records_say_so(vault: Vault, concern_id: UUID) -> None:
    iolo = add_person(vault, "Iolo Prys")
    lead(vault, service.link_person, concern_id, "helps", person_id=iolo)
    lead(vault, service.link_person, concern_id, "source", name="Derek next door", why="Has the card.")
    other = raise_about(vault, iolo)
    lead(vault, service.link_concerns, concern_id, other, "The same neighbour.")
    links = read(vault, concern_id).links
    assert [(link.name, link.role) for link in links] == [
        ("Iolo Prys", "helps"),
        ("Derek next door", "source"),
        ("2", "concern"),
    ]
    assert read(vault, other).links[0].concern_id == concern_id
    assert "concern 1" in read(vault, other).entries[-1].text
    with pytest.raises(UserError, match="linked already"):
        lead(vault, service.link_concerns, other, concern_id, "Again")
    with pytest.raises(UserError, match="same concern"):
        lead(vault, service.link_concerns, other, other, "Itself")


def test_a_link_that_was_wrong_is_taken_away_from_both_and_the_records_keep_it(
    vault: Vault, concern_id: UUID, person_id: UUID
) -> None:
    other = raise_about(vault, person_id)
    named = lead(vault, service.link_person, concern_id, "saw", name="Iolo")
    joined = lead(vault, service.link_concerns, concern_id, other, "The same neighbour.")
    for entry_id in (named, joined):
        lead(vault, service.withdraw_entry, entry_id, "Somebody else.")
    assert read(vault, concern_id).links == read(vault, other).links == ()
    assert [e.kind for e in read(vault, other).entries] == ["raised", "concern", "withdrawn"]
    with pytest.raises(UserError, match="already"):
        lead(vault, service.withdraw_entry, joined, "Again.")
    again = lead(vault, service.link_concerns, other, concern_id, "It was he after all.")
    assert len(read(vault, concern_id).links) == 1
    lead(vault, service.withdraw_entry, again, "No.")
    assert read(vault, concern_id).links == ()
    assert check(vault, concern_id).whole
    assert check(vault, other).whole


def test_steps_are_not_taken_back(vault: Vault, concern_id: UUID) -> None:
    lead(vault, service.mark_read, concern_id)
    lead(vault, service.decide, concern_id, "monitor", "Small.")
    kinds = set()
    for entry in read(vault, concern_id).entries:
        kinds.add(entry.kind)
        with pytest.raises(UserError, match="stays as it is"):
            lead(vault, service.withdraw_entry, entry.id, "x")
    assert kinds == {"raised", "read", "decision", "action"}


def test_a_file_is_kept_with_its_concern(vault: Vault, concern_id: UUID) -> None:
    entry_id = lead(vault, service.attach_file, concern_id, "Photo of a letter", b"PNG...", "image/png")
    with vault.read() as db:
        kept = service.read_attachment(db, entry_id)  # type: ignore[arg-type]  # an id
        assert (kept.content, kept.title, kept.media_type) == (b"PNG...", "Photo of a letter", "image/png")
        with pytest.raises(NotFound):
            service.read_attachment(db, service.read_concern(db, concern_id).entries[0].id)
    with pytest.raises(UserError, match="empty"):
        lead(vault, service.attach_file, concern_id, "Nothing", b"", "image/png")
    with pytest.raises(UserError, match="20 MiB"):
        lead(vault, service.attach_file, concern_id, "Film", bytes(20 * 2**20 + 1), "video/mp4")


def test_a_large_file_is_sealed_beside_the_zone_and_read_by_parts(vault: Vault, concern_id: UUID) -> None:
    film = bytes(range(256)) * 4096 * 21
    with sealing(vault.folder, "safeguarding", io.BytesIO(film)) as sealed:
        entry_id = lead(vault, service.attach_large_file, concern_id, "Film", sealed, "video/mp4")
    with vault.read() as db:
        kept = service.read_large_attachment(db, entry_id)  # type: ignore[arg-type]  # an id
        detail = service.read_concern(db, concern_id).entries[-1].detail
        with pytest.raises(UserError, match="damaged"):
            service.read_attachment(db, entry_id)  # type: ignore[arg-type]  # an id
    assert (kept.size, detail["large"], detail["title"]) == (len(film), True, "Film")
    with kept.open() as file:
        file.seek(20 * 2**20)
        assert file.read(256) == bytes(range(256))
    assert check(vault, concern_id).whole
    with pytest.raises(NotFound), vault.read() as db:
        service.read_large_attachment(db, service.read_concern(db, concern_id).entries[0].id)


def test_a_closed_concern_takes_corrections_and_nothing_else(vault: Vault, concern_id: UUID) -> None:
    lead(vault, service.decide, concern_id, "no_action", "Talked with her.")
    outcome = service.Outcome("Card is back.", "yes_given", "fully", "removed", "known")
    lead(vault, service.close_concern, concern_id, outcome)
    with pytest.raises(UserError, match="closed"):
        lead(vault, service.add_record, concern_id, service.Record("More"))
    first = read(vault, concern_id).entries[0]
    lead(vault, service.correct_entry, first.id, "It was Monday.", "A slip.")
    lead(vault, service.reopen_concern, concern_id, "Again.")
    lead(vault, service.add_record, concern_id, service.Record("More"))
    assert [e.kind for e in read(vault, concern_id).entries[-3:]] == ["correction", "reopened", "note"]


def test_what_cannot_be_written_down_says_why(vault: Vault, concern_id: UUID) -> None:
    refused: list[tuple[Any, tuple[Any, ...], dict[str, Any], str]] = [
        (service.add_record, (new_id(), service.Record("x")), {}, "concern is not here"),
        (service.add_to_entry, (new_id(), "x"), {}, "entry is not here"),
        (service.add_record, (concern_id, service.Record("x", "decision")), {}, "cannot be added"),
        (service.add_record, (concern_id, service.Record("x", basis="guessed")), {}, "cannot be added"),
        (service.weigh_up, (concern_id, service.Weighed("dog")), {}, "adult or child"),
        (service.link_person, (concern_id, "friend"), {"name": "Iolo"}, "how this person"),
        (service.link_person, (concern_id, "saw"), {"person_id": new_id()}, "not here any more"),
    ]
    for call, values, more, sentence in refused:
        with pytest.raises(UserError, match=sentence):
            lead(vault, call, *values, **more)
    assert len(read(vault, concern_id).entries) == 1


def test_a_file_that_is_gone_is_said(vault: Vault, concern_id: UUID) -> None:
    entry_id = lead(vault, service.attach_file, concern_id, "Photo", b"one", "image/png")
    with vault.write("safeguarding") as db:
        db.delete(db.scalars(select(SafeguardingDocument)).one())
    with pytest.raises(NotFound, match="file is not here"), vault.read() as db:
        service.read_attachment(db, entry_id)  # type: ignore[arg-type]  # an id


# --- Nothing is edited ---


@pytest.mark.parametrize("name", sorted({*rules.CHAINED, "prev", "hash"}))
def test_the_file_itself_refuses_to_change_an_entry(vault: Vault, concern_id: UUID, name: str) -> None:
    table: Any = Entry.__table__
    value = {"exact": False, "seq": 9}.get(name)
    stored = text("'7'") if value is None else value
    with pytest.raises(DBAPIError, match="only added to"), vault.write("safeguarding") as db:
        db.connection().execute(update(table).values({name: stored}))


def test_the_file_refuses_to_delete_an_entry_and_lets_a_whole_concern_go(
    vault: Vault, concern_id: UUID
) -> None:
    table: Any = Entry.__table__
    with pytest.raises(DBAPIError, match="only added to"), vault.write("safeguarding") as db:
        db.connection().execute(delete(table))
    with vault.write("safeguarding") as db:  # the control: the trade's retention may delete the whole
        db.delete(db.get(Concern, concern_id))
    with vault.read() as db:
        assert db.scalars(select(Entry)).all() == []


def test_joining_two_records_of_a_person_breaks_nothing(
    vault: Vault, concern_id: UUID, person_id: UUID
) -> None:
    kept = add_person(vault, "Margaret Tregaskis")
    with vault.write("core") as db:
        merge = merge_people(db, kept, person_id)
    vault.settle()
    assert read(vault, concern_id).person_id == kept
    assert check(vault, concern_id).whole
    with vault.write("core") as db:
        unmerge_people(db, merge)
    vault.settle()
    assert read(vault, concern_id).person_id == person_id
    assert check(vault, concern_id).whole


# --- Whoever changes it without the program is found ---


def test_the_control_an_untouched_record_is_whole(vault: Vault, concern_id: UUID) -> None:
    a_long_record(vault, concern_id)
    with_the_key(vault, lambda raw: None)
    found = check(vault, concern_id)
    assert (found.whole, found.entries) == (True, 4)


def test_changing_one_byte_is_found_and_the_entry_named(vault: Vault, concern_id: UUID) -> None:
    a_long_record(vault, concern_id)
    entry = read(vault, concern_id).entries[2]
    with_the_key(
        vault,
        lambda raw: raw.execute("UPDATE safeguarding_entry SET text = 'Rang her brothes.' WHERE seq = 3"),
    )
    found = check(vault, concern_id)
    assert found.broken == rules.Break(3, "changed")
    assert found.entry_id == entry.id


def test_cutting_out_an_entry_is_found(vault: Vault, concern_id: UUID) -> None:
    a_long_record(vault, concern_id)
    with_the_key(vault, lambda raw: raw.execute("DELETE FROM safeguarding_entry WHERE seq = 4"))
    assert check(vault, concern_id).broken == rules.Break(4, "missing")


def test_writing_the_whole_record_anew_is_found_in_the_log(vault: Vault, concern_id: UUID) -> None:
    """With hashes that fit and a head that fits: only the log of the zone, which is chained and signed, tells."""
    a_long_record(vault, concern_id)
    table: Any = Entry.__table__
    with vault.read() as db:
        rows = [dict(r) for r in db.connection().execute(select(table).order_by(table.c.seq)).mappings()]
    rows[1]["text"] = "She stayed away from the choir."
    prev = rules.START
    for row in rows:
        row["prev"], row["hash"] = prev, rules.entry_hash(prev, row)
        prev = row["hash"]

    def forge(raw: Any) -> None:
        for row in rows:
            values = (row["text"], row["prev"], row["hash"], row["id"].hex)
            raw.execute("UPDATE safeguarding_entry SET text = ?, prev = ?, hash = ? WHERE id = ?", values)
        raw.execute("UPDATE safeguarding_concern SET head = ?", (prev,))

    with_the_key(vault, forge)
    assert check(vault, concern_id).broken == rules.Break(2, "changed")


def test_another_file_in_the_place_of_an_attached_one_is_found(vault: Vault, concern_id: UUID) -> None:
    entry_id = lead(vault, service.attach_file, concern_id, "Photo", b"one", "image/png")
    assert check(vault, concern_id).whole
    other = "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865"
    with_the_key(vault, lambda raw: raw.execute("UPDATE document SET content = ?, sha256 = ?", (b"1", other)))
    assert check(vault, concern_id).broken == rules.Break(2, "changed")
    with vault.read() as db, pytest.raises(UserError, match="damaged"):
        service.read_attachment(db, entry_id)  # type: ignore[arg-type]  # an id
    with_the_key(vault, lambda raw: raw.execute("DELETE FROM document"))
    assert check(vault, concern_id).broken == rules.Break(2, "missing")
    with vault.read() as db:
        assert db.scalars(select(SafeguardingDocument)).all() == []


def test_every_entry_stands_in_the_log_without_a_word_of_it(vault: Vault, concern_id: UUID) -> None:
    log = audit.ENTRIES["safeguarding"]
    entry = read(vault, concern_id).entries[0]
    with vault.read() as db:
        details = [json.loads(d) for d in db.scalars(select(log.detail).where(log.ref == entry.id))]
        whole = "\n".join(db.scalars(select(log.detail)))
    assert {"concern": str(concern_id), "seq": 1} == {
        k: v for k, v in next(d for d in details if "hash" in d).items() if k != "hash"
    }
    assert SEEN[:20] not in whole
