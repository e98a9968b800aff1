"""S20: an added module whose files changed, that crashes at each hook, answers slowly or without end, or whose reader loops
or looks elsewhere: it is refused or named, and the program stays of use.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.parsing.conftest import DATA
from tests.core.test_plugins import ASKED, COLLECTED, RAISES, AnyDb, Make, host, make
from therapydesk.built_in import BUILT_IN
from therapydesk.core import hookspecs
from therapydesk.core.errors import UserError, WrongPassphrase
from therapydesk.core.parsing import worker
from therapydesk.core.parsing.limits import Limits
from therapydesk.core.plugins import find_contrib, load_all
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import desk_at
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.shell.modules_window import ModulesPane

__all__ = ["make"]
GOOD = DATA / "csv-messy/csvlint/title-row.csv"
READER = """
import os, time
from pathlib import Path
from therapydesk.api import read_file

def nothing(*_args, **_more):
    return None

{read}

@hookimpl
def importers():
    rest = dict.fromkeys(("guess", "plan", "compare", "save", "undo", "unread"), nothing)
    return [Importer("made.list", "A list", "people", (".csv",), "referrals.import", (), read=read, **rest)]
"""
KINDS = {
    "loops": "while True: pass",
    "sleeps": "time.sleep(60)",
    "eats memory": "x = [bytearray(1024 * 1024) for _ in range(2000)]",
    "reads another file": "open({secret!r}).read()",
    "reads the vault": "open({vault!r}, 'rb').read()",
    "looks around": "os.listdir({folder!r})",
    "writes": "open({secret!r}, 'w').write('x')",
    "writes over the file": "Path(path).write_text('x')",
    "deletes": "os.remove(path)",
    "sends": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "starts a program": "os.system('touch {folder}/started')",
    "looks for keys": "raise OSError if set(os.environ) <= {{'LC_ALL', 'LC_CTYPE'}} else UserError('there is more')",
    "ends the process": "os._exit(0)",
    "answers without end": "return 'x' * 200_000_000",
    "answers nonsense": "return {{'rows': 1}}",
    "crashes": "raise RuntimeError('secret text of the file')",
}


def importer_of(make: Make, body: str) -> Any:
    """The importer of a module with this reader, as the program takes it."""
    read = f"def read(path, reader=None, cancelled=None):\n    {body}\n"
    made = host(("made", make("made", READER.format(read=read))))
    (importer,) = made.collect(hookspecs.importers)
    return importer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(GOOD, tmp_path / "list.csv"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_that_does_harm_is_ended_and_the_program_goes_on(
    make: Make, file: Path, tmp_path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (tmp_path / "secret").write_text("keep")
    before, zone = file.read_bytes(), next(vault.folder.rglob("zone.db"))
    harm = KINDS[kind].format(secret=str(tmp_path / "secret"), vault=str(zone), folder=str(tmp_path))
    monkeypatch.setattr(worker, "LIMITS", Limits(cpu=2, wall=8.0))
    started = time.monotonic()
    with pytest.raises(UserError) as refused:
        importer_of(make, harm).read(file)
    assert time.monotonic() - started < 10
    assert "list.csv" in refused.value.message
    assert "secret text" not in str(refused.value)
    assert (tmp_path / "secret").read_text() == "keep"
    assert file.read_bytes() == before
    assert not (tmp_path / "started").exists()
    with vault.write("core"):
        pass  # the vault is there as before


def test_control_a_reader_that_only_reads_its_file_gets_through(make: Make, file: Path) -> None:
    importer = importer_of(make, "assert Path(path).read_bytes(); return read_file(Path(path), reader='csv')")
    source = importer.read(file)
    assert (source.name, source.parsed.format) == ("list.csv", "csv")
    assert source.content == file.read_bytes()


def test_control_without_the_worker_the_same_reader_does_its_harm(
    make: Make, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("keep")
    body = f"Path({str(tmp_path / 'secret')!r}).write_text('x')"
    read = f"def read(path, reader=None, cancelled=None):\n    {body}\n"
    made = host(("made", make("made", READER.format(read=read))))
    made.loaded["made"].module.read(file)  # type: ignore[union-attr]  # it was loaded
    assert (tmp_path / "secret").read_text() == "x"


def test_what_a_reader_says_of_the_file_reaches_the_user(make: Make, file: Path) -> None:
    with pytest.raises(UserError, match="Nobody is in this list") as refused:
        importer_of(make, "raise UserError('Nobody is in this list.', 'Ask for another.')").read(file)
    assert refused.value.help == "Ask for another."


def test_a_file_that_is_refused_by_ours_is_refused_by_name(make: Make, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.raises(UserError, match=r"“bad.csv”"):
        importer_of(make, "return read_file(Path(path))").read(bad)


def test_a_reader_that_the_worker_could_not_find_is_not_taken(make: Make) -> None:
    body = READER.format(read="class Holder:\n    def read(self, path): pass\nread = Holder().read")
    made = host(("made", make("made", body)), ("good", make("good")))
    assert made.collect(hookspecs.importers) == []
    assert not made.is_on("made")
    assert made.is_on("good")


# -- files that changed -------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that announces the plugin "swapped"."""
    package = tmp_path / "swapped_module"
    package.mkdir()
    (package / "__init__.py").write_text("")
    head = "from therapydesk.api import PluginInfo\nINFO = PluginInfo('swapped', 'Swapped', 'For a test')\n"
    (package / "plugin.py").write_text(head)
    (package / "data.json").write_text("{}")
    info = tmp_path / "swapped_module-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: swapped-module\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[therapydesk.plugins]\nswapped = swapped_module.plugin\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [n for n in sys.modules if n.startswith("swapped_module")]:
        del sys.modules[name]


def allowed_now() -> dict[str, str]:
    return {f.id: f.digest for f in find_contrib() if f.id == "swapped"}


CHANGES = {
    "code": lambda p: (p / "plugin.py").write_text("INFO = None\n"),
    "a byte more": lambda p: (p / "__init__.py").write_text("\n"),
    "data": lambda p: (p / "data.json").write_text("[]"),
    "a new file": lambda p: (p / "more.py").write_text("x = 1\n"),
    "one file less": lambda p: (p / "data.json").unlink(),
    "another name": lambda p: (p / "data.json").rename(p / "other.json"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_one_whose_files_changed_is_not_imported_until_it_is_asked_for_again(
    installed: Path, change: str
) -> None:
    allowed = allowed_now()
    assert load_all((), allowed, ()).is_on("swapped"), "the control: unchanged it runs"
    for name in [n for n in sys.modules if n.startswith("swapped_module")]:
        del sys.modules[name]
    CHANGES[change](installed)
    made = load_all((), allowed, ())
    entry = made.loaded["swapped"]
    assert (entry.module, entry.on, entry.waiting_for_consent) == (None, False, True)
    assert "changed since it was allowed" in entry.trouble
    assert "swapped_module.plugin" not in sys.modules
    assert load_all((), allowed_now(), ()).loaded["swapped"].waiting_for_consent is False


def test_one_that_is_allowed_is_imported_at_unlock_and_not_before(
    installed: Path, vault: Vault, tmp_path: Path
) -> None:
    vault.lock()
    made = load_all(BUILT_IN, allowed_now(), (), later=True)
    vault.host = made
    assert "swapped_module.plugin" not in sys.modules
    assert "swapped" not in made.loaded
    with pytest.raises(WrongPassphrase):
        vault.unlock(USER, "not the right passphrase")
    assert "swapped_module.plugin" not in sys.modules, "a wrong passphrase lets nothing in"
    vault.unlock(USER, PASSPHRASE)
    assert made.is_on("swapped")
    vault.unlock(USER, PASSPHRASE)
    assert not made.loaded["swapped"].trouble, "once is enough"


def test_one_that_was_switched_off_stays_off_when_it_is_let_in(installed: Path) -> None:
    made = load_all((), allowed_now(), ("swapped",), later=True)
    made.let_in()
    assert made.loaded["swapped"].module is not None
    assert not made.is_on("swapped")


def test_another_version_is_asked_for_again(installed: Path) -> None:
    allowed = allowed_now()
    metadata = installed.parent / "swapped_module-1.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("Version: 1.0", "Version: 1.1"))
    assert load_all((), allowed, ()).loaded["swapped"].waiting_for_consent


def test_the_question_says_what_it_means_to_allow_one(
    installed: Path, vault: Vault, tmp_path: Path, qtbot: Any
) -> None:
    made = load_all((), {}, ())
    with desk_at(vault, made, tmp_path) as desk:
        page = BasePage(desk, "Modules")
        qtbot.addWidget(page)
        pane = ModulesPane(desk, page)
        page.body.addWidget(pane)
        pane._ask(made.loaded["swapped"])
        from PySide6.QtWidgets import QDialog, QLabel

        (question,) = pane.findChildren(QDialog)
        words = " ".join(label.text() for label in question.findChildren(QLabel)).replace("\u00a0", " ")
        assert "can read everything you can open" in words
        assert "swapped-module" in words
        assert desk.settings.modules_allowed == {}
        question.accept()
        assert desk.settings.modules_allowed == allowed_now()


# -- crashes, slow ones, huge answers -----------------------------------------------------------------------


@pytest.mark.parametrize("hook", [*COLLECTED, *ASKED])
def test_one_that_crashes_leaves_the_others_and_the_vault_in_use(make: Make, vault: Vault, hook: str) -> None:
    asked = ASKED.get(hook, {})
    arguments = ", ".join([*(["db"] if hook in ASKED else []), *asked])
    bad = make("bad", RAISES.format(hook=hook, arguments=arguments))
    made = host(("bad", bad), ("good", make("good")))
    if hook in ASKED:
        with vault.read() as db:
            answers = made.ask(getattr(hookspecs, hook), db=db, **asked)
        assert [f.plugin_id for f in answers.failures] == ["bad"]
    else:
        assert made.collect(getattr(hookspecs, hook)) == []
    assert made.is_on("good")
    with vault.write("core"):
        pass


@pytest.mark.parametrize(
    "raised", ["SystemExit(3)", "RecursionError()", "MemoryError()", "AssertionError('x')"]
)
def test_whatever_it_raises_is_contained(make: Make, raised: str) -> None:
    body = f"@hookimpl\ndef due_items(db, today):\n    raise {raised}\n"
    made = host(("bad", make("bad", body)), ("good", make("good")))
    answers = made.ask(hookspecs.due_items, db=AnyDb(), today=date(2026, 5, 6))
    assert [f.plugin_id for f in answers.failures] == ["bad"]


def test_a_slow_one_holds_up_a_job_and_not_the_window(
    make: Make, vault: Vault, tmp_path: Path, qtbot: Any
) -> None:
    body = "import time\n@hookimpl\ndef due_items(db, today):\n    time.sleep(1.5)\n    return []\n"
    made = host(("slow", make("slow", body)))
    with desk_at(vault, made, tmp_path) as desk:

        def work(_job: Any) -> int:
            with vault.read() as db:
                return len(made.ask(hookspecs.due_items, db=db, today=date(2026, 5, 6)).values)

        done: list[int] = []
        desk.jobs.start(work, done.append)
        ticks, end = 0, time.monotonic() + 1.0
        while time.monotonic() < end:
            qtbot.wait(20)
            ticks += 1
        assert ticks > 20, "the window lives meanwhile"
        assert done == []
        qtbot.waitUntil(lambda: done == [0], timeout=5000)


def test_a_huge_answer_is_taken_in_good_time(make: Make, vault: Vault) -> None:
    body = """
    @hookimpl
    def search(db, text, limit):
        return [Hit(f"x{n}", "y", Link("made.made"), 1.0) for n in range(200_000)]
    """
    made = host(("huge", make("huge", body)), ("good", make("good")))
    started = time.monotonic()
    with vault.read() as db:
        answers = made.ask(hookspecs.search, db=db, text="ann", limit=20)
    assert time.monotonic() - started < 5
    assert (len(answers.values), answers.failures) == (200_000, [])
    assert made.is_on("good")


def test_no_module_is_loaded_while_none_is_allowed_and_none_in_safe_mode(installed: Path) -> None:
    assert "swapped" not in load_all((), allowed_now(), (), contrib=False).loaded
    assert load_all((), allowed_now(), ()).is_on("swapped"), "the control"
