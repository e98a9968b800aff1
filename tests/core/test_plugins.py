"""The plugin host: what a bad plugin can and cannot do, switching, consent, and the safe start."""

from __future__ import annotations

import hashlib
import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from therapydesk.core import hookspecs, plugins
from therapydesk.core.contributions import Permission
from therapydesk.core.errors import UserError
from therapydesk.core.events import Event
from therapydesk.core.permissions import known, scope_of
from therapydesk.core.plugins import Found, Plugins, find_contrib, load_all
from therapydesk.core.tables import Base

HEAD = "from therapydesk.api import *\nfrom therapydesk.api import hookimpl\n"
Make = Callable[..., str]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """`make("good", "def pages(): …")` writes a package with a plugin in it and returns its module name."""
    monkeypatch.syspath_prepend(tmp_path)
    made: list[str] = []

    def make(plugin_id: str, body: str = "", *, info: str = "", zone: str = "core") -> str:
        package = f"made_{plugin_id}_{len(made)}"
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        info = info or f'INFO = PluginInfo("{plugin_id}", "{plugin_id.title()}", "For a test", zone="{zone}")'
        (folder / "plugin.py").write_text(f"{HEAD}{info}\n{textwrap.dedent(body)}\n")
        importlib.invalidate_caches()
        made.append(package)
        return f"{package}.plugin"

    yield make
    for name in [n for n in sys.modules if n.startswith("made_")]:
        for mapper in [m for m in Base.registry.mappers if m.class_.__module__ == name]:
            Base.metadata.remove(mapper.local_table)  # type: ignore[arg-type]  # a table
            Base.registry._dispose_cls(mapper.class_)
        del sys.modules[name]


def found(plugin_id: str, module: str, digest: str = "d") -> Found:
    return Found(plugin_id, module, module, "1.0", "Somebody", digest)


def host(*contrib: tuple[str, str]) -> Plugins:
    made = Plugins()
    made.load([], [found(plugin_id, module) for plugin_id, module in contrib])
    return made


RAISES = """
@hookimpl
def {hook}({arguments}):
    raise RuntimeError("no good")
"""
ANSWERS = """
@hookimpl
def {hook}({arguments}):
    return {answer}
"""
AT_START = ["models", "permissions", "settings"]
COLLECTED = ["pages", "person_tabs", "dashboard_cards", "commands", "importers", "reports"]
ASKED: dict[str, dict[str, Any]] = {
    "person_facts": {"person_ids": []},
    "record_facts": {"kind": "note", "ref": UUID(int=2), "person_id": UUID(int=1)},
    "due_items": {"today": date(2026, 5, 6)},
    "timeline": {"person_id": UUID(int=1), "since": datetime(2026, 5, 6, tzinfo=UTC)},
    "search": {"text": "ann", "limit": 20},
    "subject_extras": {"person_id": UUID(int=1)},
    "sample_data": {"person_id": UUID(int=1), "seed": 1},
}
TOLD = ["on_event"]


class AnyDb:
    """Holds some zones; nothing is asked of it but that."""

    def __init__(self, *zones: str) -> None:
        self.zones = zones or ("core", "clinical")

    def holds(self, zone: str) -> bool:
        return zone in self.zones


def test_the_hooks_are_those_of_the_contract() -> None:
    there = {n for n in vars(hookspecs) if hasattr(getattr(hookspecs, n), "therapydesk_spec")}
    assert there == {*AT_START, *COLLECTED, *ASKED, *TOLD}


@pytest.mark.parametrize("hook", AT_START)
def test_one_that_raises_at_start_is_left_out_and_says_so(make: Make, hook: str) -> None:
    made = host(("bad", make("bad", RAISES.format(hook=hook, arguments=""))), ("good", make("good")))
    assert not made.is_on("bad")
    assert "RuntimeError" in made.loaded["bad"].trouble
    assert made.is_on("good")


@pytest.mark.parametrize("hook", [hook for hook in COLLECTED if hook != "importers"])  # those: see S20
def test_one_that_raises_while_offering_is_switched_off_and_the_others_stay(make: Make, hook: str) -> None:
    bad = make("bad", RAISES.format(hook=hook, arguments=""))
    good = make("good", ANSWERS.format(hook=hook, arguments="", answer='["offered"]'))
    made = host(("bad", bad), ("good", good))
    assert made.collect(getattr(hookspecs, hook)) == ["offered"]
    assert not made.is_on("bad")
    assert "switched off" in made.loaded["bad"].trouble
    assert made.is_on("good")


@pytest.mark.parametrize("hook", list(ASKED))
def test_one_that_raises_when_asked_is_named_and_the_others_answer(make: Make, hook: str) -> None:
    arguments = ", ".join(["db", *ASKED[hook]])
    answer = "{1: [2]}" if hook == "person_facts" else '["answer"]'
    bad = make("bad", RAISES.format(hook=hook, arguments=arguments))
    good = make("good", ANSWERS.format(hook=hook, arguments=arguments, answer=answer))
    made = host(("bad", bad), ("good", good))
    answers = made.ask(getattr(hookspecs, hook), db=AnyDb(), **ASKED[hook])
    assert answers.values == ([{1: [2]}] if hook == "person_facts" else ["answer"])
    assert [(f.plugin_id, f.error) for f in answers.failures] == [("bad", "RuntimeError")]
    assert made.is_on("bad")


def test_what_a_user_error_says_is_passed_on(make: Make) -> None:
    body = """
    @hookimpl
    def due_items(db, today):
        raise UserError("The list is being rebuilt.")
    """
    answers = host(("bad", make("bad", body))).ask(hookspecs.due_items, db=AnyDb(), today=date(2026, 5, 6))
    assert [f.error for f in answers.failures] == ["The list is being rebuilt."]


def test_one_whose_zone_is_not_held_is_passed_by_in_silence(make: Make) -> None:
    body = ANSWERS.format(hook="due_items", arguments="db, today", answer='["answer"]')
    made = host(("inner", make("inner", body, zone="clinical")))
    day = date(2026, 5, 6)
    closed = made.ask(hookspecs.due_items, db=AnyDb("core"), today=day)
    assert (closed.values, closed.failures) == ([], [])
    assert made.ask(hookspecs.due_items, db=AnyDb("core", "clinical"), today=day).values == ["answer"]


def test_on_event_reaches_plugins_at_home_in_the_zone_and_raising_reaches_the_caller(make: Make) -> None:
    made = host(
        ("bad", make("bad", RAISES.format(hook="on_event", arguments="db, event"))),
        (
            "inner",
            make(
                "inner", ANSWERS.format(hook="on_event", arguments="db, event", answer=None), zone="clinical"
            ),
        ),
    )
    ((name, tell),) = made.listeners("core")
    assert name == "bad"
    assert [n for n, _ in made.listeners("clinical")] == ["inner"]
    with pytest.raises(RuntimeError):
        tell(None, Event())


def test_a_plugin_that_is_off_is_told_only_what_keeps_its_data_right(make: Make) -> None:
    made = host(("bad", make("bad", RAISES.format(hook="on_event", arguments="db, event"))))
    made.switch("bad", False)
    ((_, tell),) = made.listeners("core")
    tell(None, Event())
    erased = type("PersonErased", (), {"name": "PersonErased"})()
    with pytest.raises(RuntimeError):
        tell(None, erased)


@pytest.mark.parametrize(
    ("body", "info", "sentence"),
    [
        ("import nothing_of_that_name", "", "ModuleNotFoundError"),
        ("", "INFO = None", "AttributeError"),
        ("", 'INFO = PluginInfo("other", "Other", "")', "calls itself “other”"),
        ("", 'INFO = PluginInfo("bad", "Bad", "", needs_api=99)', "newer version of TherapyDesk"),
        ("@hookimpl\ndef no_such_hook():\n    return []", "", "PluginValidationError"),
        ("@hookimpl\ndef pages(desk):\n    return []", "", "PluginValidationError"),
    ],
)
def test_one_that_does_not_keep_the_contract_is_left_out(
    make: Make, body: str, info: str, sentence: str
) -> None:
    made = host(("bad", make("bad", body, info=info)), ("good", make("good")))
    assert sentence in made.loaded["bad"].trouble
    assert not made.is_on("bad")
    assert made.is_on("good")
    assert "bad" not in [p for p, _ in made.listeners("core")]


def test_a_table_without_the_plugins_name_is_refused(make: Make) -> None:
    body = """
    from sqlalchemy.orm import Mapped, mapped_column

    class Thing(CoreBase):
        __tablename__ = "thing"
        privacy = NO_PERSONAL_DATA
        id: Mapped[int] = mapped_column(primary_key=True)

    @hookimpl
    def models():
        return [Thing]
    """
    made = host(("bad", make("bad", body)))
    assert "“thing” does not carry its name" in made.loaded["bad"].trouble
    assert not made.is_on("bad")


def test_a_service_function_without_a_permission_is_refused(make: Make, tmp_path: Path) -> None:
    module = make("bad")
    service = tmp_path / module.split(".")[0] / "service.py"
    service.write_text("def read_all(db):\n    return []\n")
    made = host(("bad", module))
    assert "TypeError" in made.loaded["bad"].trouble


def test_of_two_with_one_id_the_first_stays_and_says_so(make: Make) -> None:
    made = host(("twin", make("twin")), ("twin", make("twin")))
    assert list(made.loaded) == ["twin"]
    assert made.is_on("twin")
    assert "Two modules call themselves “twin”" in made.loaded["twin"].trouble


def test_permissions_of_a_contrib_plugin_count(make: Make) -> None:
    body = """
    @hookimpl
    def permissions():
        return [Permission("visits.read", "Read visits", {"owner": "all", "therapist": "own"})]
    """
    assert host(("visits", make("visits", body))).is_on("visits")
    assert known("visits.read")
    assert [scope_of([r], "visits.read") for r in ("owner", "therapist", "admin")] == ["all", "own", None]
    assert isinstance(Permission("a", "b", {}), Permission)


def test_settings_are_taken_in(make: Make) -> None:
    body = """
    @hookimpl
    def settings():
        return [Setting("good.size", "Size", "number", 3)]
    """
    assert [s.id for s in host(("good", make("good", body))).settings()] == ["good.size"]


def test_switched_off_it_offers_nothing_but_keeps_its_tables_and_its_part_of_a_subject_pack(
    make: Make,
) -> None:
    body = """
    @hookimpl
    def pages():
        return ["page"]

    @hookimpl
    def due_items(db, today):
        return ["due"]

    @hookimpl
    def subject_extras(db, person_id):
        return ["extra"]

    @hookimpl
    def models():
        return []
    """
    made = host(("good", make("good", body)))
    made.switch("good", False)
    assert not made.is_on("good")
    assert made.collect(hookspecs.pages) == []
    assert made.ask(hookspecs.due_items, db=AnyDb(), today=date(2026, 5, 6)).values == []
    assert made.ask(hookspecs.subject_extras, db=AnyDb(), person_id=UUID(int=1)).values == ["extra"]
    assert made.models() == []
    made.switch("good", True)
    assert made.collect(hookspecs.pages) == ["page"]


def test_one_that_could_not_be_loaded_cannot_be_switched_on(make: Make) -> None:
    made = host(("bad", make("bad", "import nothing_of_that_name")))
    with pytest.raises(UserError, match="could not be loaded"):
        made.switch("bad", True)
    made.switch("nobody", True)
    assert "nobody" not in made.loaded


def test_what_the_owner_switched_off_starts_off(make: Make) -> None:
    made = Plugins()
    made.load([], [found("good", make("good"))], off=["good"])
    assert made.loaded["good"].module is not None
    assert not made.is_on("good")


# -- contrib packages: consent, changes, the safe start ------------------------------------------------


def test_an_added_module_is_not_imported_before_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "hello_therapydesk.plugin", raising=False)
    made = load_all((), {}, ())
    entry = made.loaded["hello"]
    assert (entry.module, entry.on, entry.waiting_for_consent) == (None, False, True)
    assert "not been allowed yet" in entry.trouble
    assert "hello_therapydesk.plugin" not in sys.modules
    assert entry.found is not None
    assert (entry.found.package, entry.found.publisher) == ("hello-therapydesk", "The TherapyDesk authors")


def test_an_allowed_module_is_loaded() -> None:
    (there,) = [f for f in find_contrib() if f.id == "hello"]
    made = load_all((), {"hello": there.digest}, ())
    assert made.is_on("hello")
    assert made.titles()["hello"] == "Hello"


def test_a_module_whose_files_changed_asks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "changing_module"
    package.mkdir()
    (package / "__init__.py").write_text("")
    info = tmp_path / "changing_module-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: changing-module\nVersion: 1.0\nAuthor: Somebody\n"
    )
    (info / "entry_points.txt").write_text("[therapydesk.plugins]\nchanging = changing_module.plugin\n")
    code = f'{HEAD}INFO = PluginInfo("changing", "Changing", "For a test")\n'
    (package / "plugin.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    (before,) = [f for f in find_contrib() if f.id == "changing"]
    assert load_all((), {"changing": before.digest}, ()).is_on("changing")
    (package / "data.txt").write_text("more")
    made = load_all((), {"changing": before.digest}, ())
    assert not made.is_on("changing")
    assert made.loaded["changing"].waiting_for_consent
    assert "have changed since" in made.loaded["changing"].trouble
    (after,) = [f for f in find_contrib() if f.id == "changing"]
    assert after.digest != before.digest
    assert len(after.digest) == hashlib.sha256().digest_size * 2
    monkeypatch.delitem(sys.modules, "changing_module.plugin", raising=False)
    monkeypatch.delitem(sys.modules, "changing_module", raising=False)


def test_the_safe_start_leaves_added_modules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    (there,) = [f for f in find_contrib() if f.id == "hello"]
    made = load_all((), {"hello": there.digest}, (), contrib=False)
    assert "hello" not in made.loaded


def test_no_plugins_on_the_command_line_is_the_safe_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from therapydesk.cli import main as cli

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert cli.run(["modules", "list", "--json"]) == 0
    assert '"hello"' in capsys.readouterr().out
    assert cli.run(["--no-plugins", "modules", "list", "--json"]) == 0
    assert '"hello"' not in capsys.readouterr().out
    assert plugins.GROUP == "therapydesk.plugins"


def test_a_screen_that_cannot_be_built_switches_its_plugin_off(make: Make) -> None:
    body = """
    def broken(desk):
        raise RuntimeError("no good")

    def refused(desk):
        raise UserError("Not now.")

    @hookimpl
    def pages():
        return [
            Page("bad.page", "Bad page", "work", "people.read", broken),
            Page("bad.other", "Other", "work", "people.read", refused),
        ]
    """
    made = host(("bad", make("bad", body)))
    page, other = made.collect(hookspecs.pages)
    with pytest.raises(UserError, match="Not now"):
        made.build(other, None)
    assert made.is_on("bad")
    assert made.build(page, None) is None
    assert not made.is_on("bad")
    assert "“Bad page” could not be opened (RuntimeError)" in made.loaded["bad"].trouble
