"""S6: whatever is damaged, cut, missing or foreign is noticed at unlock or by the check, named in a sentence that says what
to do, and left as it is. Nobody is let in whom the sound vault would not have let in.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import func, select

from tests.conftest import PASSPHRASE, USER
from tests.reliability import numbers
from tests.reliability.kept import OWNER, PAGE, SIGN_IN, Sound, counts, file_of, flip, sound_vault
from tests.reliability.world import Host, open_vault
from therapydesk.core.errors import UserError, VaultError, WrongPassphrase
from therapydesk.core.ids import new_id
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.damage import examine
from therapydesk.core.vault.vault import Vault
from therapydesk.core.vault.wal import FRAME, HEADER
from therapydesk.records.people import Person

pytestmark = pytest.mark.timeout(numbers.limit(300))
SMALL = (
    "users.json",
    "CURRENT",
    "VAULT.json",
    "core/grants.json",
    "clinical/grants.json",
    "safeguarding/grants.json",
)
HELP = "backup"  # the word every such sentence has in what it advises


@dataclass
class Seen:
    """What the program said of a damaged vault. `by`: unlock, quick check or check; empty when nothing was noticed."""

    by: str = ""
    said: str = ""
    inside: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def host(plugins: Plugins) -> Host:
    return Host(plugins.owners())


@pytest.fixture(scope="module")
def sound(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """A closed vault of this version. Never opened again: copies are."""
    return sound_vault(tmp_path_factory.mktemp("s6") / "vault", host, renewed=True)


def copy_of(sound: Sound, tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(sound.folder, folder))


def look(folder: Path, host: Host) -> Seen:
    """Open, unlock and check as the program does."""
    try:
        vault = open_vault(folder, host)
    except UserError as error:
        return Seen("unlock", str(error))
    try:
        vault.unlock(*SIGN_IN)
        for name, check in (("quick check", vault.quick_check), ("check", vault.check)):
            found = check()
            if found:
                return Seen(name, " ".join(str(f) for f in found))
        return Seen(inside=counts(vault))
    except UserError as error:
        return Seen("unlock", str(error))
    finally:
        vault.close()


def path_of(folder: Path, name: str) -> Path:
    zone, _, file = name.rpartition("/")
    return file_of(folder, next(z for z in ZONES if z == zone)).with_name(file) if zone else folder / file


def is_named(seen: Seen, name: str) -> bool:
    return bool(seen.by) and name in seen.said and HELP in seen.said


# -- zone files --


@pytest.mark.parametrize("zone", ZONES)
def test_a_turned_bit_in_any_page_is_noticed_named_and_left_alone(
    zone: Zone, sound: Sound, host: Host, tmp_path: Path
) -> None:
    chance, by = random.Random(zone), Counter[str]()
    pages = file_of(sound.folder, zone).stat().st_size // PAGE
    assert pages > 8
    for page in range(pages):
        folder = copy_of(sound, tmp_path)
        path = file_of(folder, zone)
        flip(path, page * PAGE + chance.randrange(PAGE), chance.randrange(8))
        damaged = path.read_bytes()
        seen = look(folder, host)
        assert is_named(seen, f"{zone}/{path.parent.name}/zone.db"), f"page {page + 1}: {seen}"
        by[seen.by] += 1
        now = path.read_bytes()
        assert now[page * PAGE : (page + 1) * PAGE] == damaged[page * PAGE : (page + 1) * PAGE]
        if seen.by == "unlock":
            assert now == damaged
    numbers.tell("S6", pages, pages)
    assert by["quick check"] > 0
    assert by.total() == pages


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("left", [0.0, 0.0001, 0.5, 0.9, -1.0, -PAGE])
def test_a_cut_zone_file_is_noticed_and_named(
    zone: Zone, left: float, sound: Sound, host: Host, tmp_path: Path
) -> None:
    folder = copy_of(sound, tmp_path)
    path = file_of(folder, zone)
    size = path.stat().st_size
    cut = path.read_bytes()[: int(size * left) if left >= 0 else int(size + left)]
    path.write_bytes(cut)
    seen = look(folder, host)
    assert is_named(seen, f"{zone}/{path.parent.name}/zone.db"), seen
    assert len(path.read_bytes()) <= max(len(cut), PAGE * 3) or seen.by != "unlock"


@pytest.mark.parametrize("zone", ZONES)
def test_a_missing_zone_file_is_named_and_none_is_made_in_its_place(
    zone: Zone, sound: Sound, host: Host, tmp_path: Path
) -> None:
    folder = copy_of(sound, tmp_path)
    path = file_of(folder, zone)
    path.unlink()
    assert is_named(look(folder, host), f"{zone}/{path.parent.name}/zone.db")
    assert not path.exists()
    assert [d.zone for d in examine(folder)] == [zone]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("whose", ["another vault", "another zone", "plain"])
def test_a_foreign_zone_file_is_named_and_left_alone(
    zone: Zone, whose: str, sound: Sound, template: Path, host: Host, tmp_path: Path
) -> None:
    folder = copy_of(sound, tmp_path)
    path = file_of(folder, zone)
    if whose == "plain":
        path.unlink()
        with closing(sqlcipher.connect(str(path))) as raw:
            raw.execute("CREATE TABLE person (id)")
            raw.commit()
    else:
        other: Zone = "clinical" if zone == "core" else "core"
        shutil.copyfile(
            file_of(template, zone) if whose == "another vault" else file_of(sound.folder, other), path
        )
    before = path.read_bytes()
    assert is_named(look(folder, host), f"{zone}/{path.parent.name}/zone.db")
    assert path.read_bytes() == before


def test_the_control_a_sound_vault_is_not_complained_of(sound: Sound, host: Host, tmp_path: Path) -> None:
    folder = copy_of(sound, tmp_path)
    assert examine(folder) == []
    assert look(folder, host).by == ""


# -- the write-ahead log --


def crashed(sound: Sound, host: Host, tmp_path: Path, people: int = 12) -> tuple[Path, Path]:
    """A vault as a crash leaves it, its newest changes only in the write-ahead log of core."""
    folder, dead = copy_of(sound, tmp_path), tmp_path / "dead"
    shutil.rmtree(dead, ignore_errors=True)
    vault = open_vault(folder, host)
    vault.unlock(*SIGN_IN)
    for number in range(people):
        with vault.write("core") as db:
            db.add(Person(id=new_id(), full_name=f"New {number}", normal_name="new"))
    shutil.copytree(folder, dead)
    vault.close()
    return dead, file_of(dead, "core").with_name("zone.db-wal")


def new_people(folder: Path, host: Host) -> int:
    vault = open_vault(folder, host)
    vault.unlock(*SIGN_IN)
    with vault.read() as db:
        found = db.scalar(select(func.count()).select_from(Person).where(Person.full_name.like("New %"))) or 0
    vault.close()
    return found


def test_a_turned_bit_in_the_write_ahead_log_is_named_unless_it_is_in_the_very_last_transaction(
    sound: Sound, host: Host, tmp_path: Path
) -> None:
    dead, wal = crashed(sound, host, tmp_path)
    content, step = wal.read_bytes(), FRAME + PAGE
    frames = (len(content) - HEADER) // step
    ends = [n for n in range(frames) if content[HEADER + n * step + 4 : HEADER + n * step + 8] != bytes(4)]
    last = ends[-2] + 1  # the first frame of the last transaction
    chance, noticed, not_noticed = random.Random(3), 0, list[int]()
    for frame in range(frames):
        folder = tmp_path / "run"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(dead, folder)
        flip(
            folder / wal.relative_to(dead),
            HEADER + frame * step + chance.randrange(step),
            chance.randrange(8),
        )
        seen = look(folder, host)
        if is_named(seen, "core/"):
            noticed += 1
        else:
            not_noticed.append(frame)
    assert noticed >= last - 1
    assert [n for n in not_noticed if n < last] == []


@pytest.mark.parametrize("how", ["header", "foreign", "cut in the middle of a saved change"])
def test_a_log_that_does_not_belong_to_the_file_is_named_or_nothing_is_lost(
    how: str, sound: Sound, template: Path, plugins: Plugins, host: Host, tmp_path: Path
) -> None:
    dead, wal = crashed(sound, host, tmp_path)
    if how == "header":
        flip(wal, 17)
    elif how == "foreign":
        other = Path(shutil.copytree(template, tmp_path / "other"))
        vault = open_vault(other, Host(plugins.owners()))
        vault.unlock(USER, PASSPHRASE)
        wal.write_bytes(file_of(other, "core").with_name(wal.name).read_bytes())
        vault.close()
    else:
        content = bytearray(wal.read_bytes())
        start = HEADER + 3 * (FRAME + PAGE)
        content[start : start + FRAME + PAGE] = bytes(FRAME + PAGE)
        wal.write_bytes(content)
    seen = look(dead, host)
    assert is_named(seen, "core/"), seen


def test_the_control_a_crash_alone_is_no_damage(sound: Sound, host: Host, tmp_path: Path) -> None:
    dead, wal = crashed(sound, host, tmp_path)
    content = wal.read_bytes()
    wal.write_bytes(content[: -PAGE // 2])  # the last transaction was never finished
    assert look(dead, host).by == ""
    assert new_people(dead, host) == 11


# -- small files --


@pytest.mark.parametrize("name", SMALL)
def test_a_turned_bit_in_a_small_file_is_named_or_changes_nothing(
    name: str, sound: Sound, host: Host, tmp_path: Path
) -> None:
    inside = look(copy_of(sound, tmp_path), host).inside
    size = path_of(sound.folder, name).stat().st_size
    chance, noticed = random.Random(name), 0
    places = range(size) if size < 250 else sorted(chance.sample(range(size), 60))
    for place in places:
        folder = copy_of(sound, tmp_path)
        path = path_of(folder, name)
        flip(path, place, chance.randrange(8))
        damaged = path.read_bytes()
        seen = look(folder, host)
        if seen.by:
            assert is_named(seen, name.rpartition("/")[2]), f"byte {place}: {seen}"
            assert path.read_bytes() == damaged
            noticed += 1
        else:
            assert seen.inside.keys() == inside.keys()
            assert {k for k in inside if seen.inside[k] < inside[k]} == set()
    assert noticed > len(places) / 2


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("how", ["missing", "cut", "foreign"])
def test_a_small_file_that_is_gone_cut_or_foreign_is_named(
    name: str, how: str, sound: Sound, template: Path, host: Host, tmp_path: Path
) -> None:
    if (name, how) in {("CURRENT", "foreign"), ("VAULT.json", "foreign")}:
        return  # they name no vault: the same words in every vault, or harmless
    folder = copy_of(sound, tmp_path)
    path = path_of(folder, name)
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        shutil.copyfile(path_of(template, name), path)
    seen = look(folder, host)
    if (name, how) == ("users.json", "foreign"):
        assert seen.by, seen  # the user is not in that list: nobody of it comes in
    else:
        assert is_named(seen, name.rpartition("/")[2]), seen
    assert examine(folder) != []


def test_a_damaged_list_of_users_is_not_said_to_be_a_wrong_passphrase(
    sound: Sound, host: Host, tmp_path: Path
) -> None:
    folder = copy_of(sound, tmp_path)
    content = (folder / "users.json").read_text("utf-8")
    start = content.index('"salt": "') + 12
    flip(folder / "users.json", len(content[:start].encode()), 0)
    vault = open_vault(folder, host)
    with pytest.raises(VaultError, match=r"users\.json") as caught:
        vault.unlock(*SIGN_IN)
    assert not isinstance(caught.value, WrongPassphrase)
    vault.close()


def test_an_older_state_is_not_opened_because_a_bit_turned(host: Host, sound: Sound, tmp_path: Path) -> None:
    folder = copy_of(sound, tmp_path)
    vault = open_vault(folder, host)
    vault.unlock(*SIGN_IN)
    vault.rotate("core")
    vault.close()
    current = generations.read_current(folder)["core"]
    before = f"g{int(current[1:]) - 1}"
    assert generations.zone_file(folder, "core", before).exists()
    text = (folder / "CURRENT").read_text()
    (folder / "CURRENT").write_text(text.replace(f'"core": "{current}"', f'"core": "{before}"'))
    assert is_named(look(folder, host), "CURRENT")


def test_the_owner_is_who_the_kept_vault_says(sound: Sound, host: Host) -> None:
    vault = Vault.open(sound.folder, host=host)
    assert vault.user_names()[0] == OWNER
    vault.close()
