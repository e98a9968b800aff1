"""For tests here and in contrib packages: `check_plugin(id)`, `opened_vault`, `opened_desk`, `sign_in`, and fixtures.

Import the fixtures `open_vault`, `open_desk`, `open_page` and `stopped_clock` into a `conftest.py` to use them. A check
that fails raises AssertionError with a sentence.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from therapydesk.api import Link, Person, hooks, new_id, normal_name
from therapydesk.built_in import BUILT_IN
from therapydesk.core import dates, migrations, permissions
from therapydesk.core.plugins import Owner, Plugins, find_contrib
from therapydesk.core.settings import MachineSettings
from therapydesk.core.tables import NO_PERSONAL_DATA, ZONES, Base, Privacy, zone_of
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.vault import NewPractice, Vault

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk

USER = "Ruth Mallory"
PASSPHRASE = "four plain words together"


# -- a program with one plugin in it -------------------------------------------------------------------


def module_of(plugin_id: str) -> str:
    """The module name of a plugin: built in, or announced by an installed package."""
    for name in BUILT_IN:
        if name.split(".")[-2] == plugin_id:
            return name
    found = next((f for f in find_contrib() if f.id == plugin_id), None)
    assert found is not None, f"no installed package announces the plugin “{plugin_id}”"
    return found.module


def host_with(plugin_id: str) -> Plugins:
    """A plugin host with this plugin and no other."""
    host = Plugins()
    if plugin_id in {name.split(".")[-2] for name in BUILT_IN}:
        host.load([module_of(plugin_id)])
    else:
        module_of(plugin_id)
        host.load([], [f for f in find_contrib() if f.id == plugin_id])
    return host


def new_vault(folder: Path, host: Plugins) -> Vault:
    """A new vault, unlocked, of somebody who has every role and holds every zone."""
    new = NewPractice("Harbour Music Therapy", USER, permissions.ROLES, PASSPHRASE)
    vault, _code = Vault.create(folder, new, host=host, kdf=Kdf.minimum())
    return vault


def add_person(vault: Vault, name: str = "Carys Bowen", **more: Any) -> UUID:
    """Somebody the practice knows; `more` are other columns of `Person`."""
    names = f"{name} {more.get('preferred_name', '')}"
    with vault.write("core") as db:
        person = Person(id=new_id(), full_name=name, normal_name=normal_name(names), **more)
        db.add(person)
    return person.id


def sign_in(desk: Desk, name: str, *roles: str) -> Desk:
    """Add a colleague with these roles, sign them in, and give the desk as they have it. They hold core only."""
    desk.vault.add_user(name, roles, PASSPHRASE, ())
    return replace(desk, user=desk.vault.unlock(name, PASSPHRASE))


@contextmanager
def desk_at(vault: Vault, host: Plugins, folder: Path) -> Iterator[Desk]:
    """What pages are given. Makes the QApplication when there is none, without a screen if need be."""
    if not os.environ.get("DISPLAY") and sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from therapydesk.ui.kit import looks, style
    from therapydesk.ui.kit.desk import Desk
    from therapydesk.ui.kit.jobs import Runner

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    looks.apply_theme(app, style.Theme.LIGHT)
    jobs = Runner()
    jobs.watch(vault.changes)
    links: list[Link] = []
    settings = MachineSettings(folder / "settings.json")
    try:
        yield Desk(vault, vault.user, settings, host, jobs, vault.changes, links.append)
    finally:
        jobs.close()


# -- the checks ----------------------------------------------------------------------------------------


def check_loaded(host: Plugins, plugin_id: str) -> None:
    """It loads, is on, and is called what its package announces."""
    entry = host.loaded[plugin_id]
    assert entry.module is not None, f"{plugin_id} was not loaded: {entry.trouble}"
    assert entry.on, f"{plugin_id} is off: {entry.trouble}"
    assert not entry.trouble, entry.trouble
    assert entry.info.title, f"{plugin_id} has no title"
    assert entry.info.summary, f"{plugin_id} has no summary"


def check_without_qt(plugin_id: str) -> None:
    """Importing the plugin and its commands, in a fresh process, loads no Qt."""
    program = (
        "import importlib, sys\n"
        "from therapydesk.core.plugins import Plugins\n"
        "from therapydesk.core import hookspecs\n"
        f"host = Plugins(); host.load([{module_of(plugin_id)!r}])\n"
        "for command in host.collect(hookspecs.commands):\n"
        "    if command.cli is not None: command.cli()\n"
        "sys.exit('PySide6' in sys.modules and 'Qt was loaded')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{plugin_id}: {ran.stderr.strip()[-2000:]}"


def check_tables(host: Plugins, plugin_id: str) -> None:
    """Every table carries the plugin's name, lies where its class says, and says what privacy asks of it."""
    for model in host.models():
        name = model.__tablename__
        assert name.startswith(f"{plugin_id}_"), f"table {name} does not begin with {plugin_id}_"
        assert zone_of(model.__table__) == model.zone, f"{name} lies in another zone than its class says"  # type: ignore[arg-type]  # a table
        _check_privacy(model)
        _check_links(model, plugin_id)


def _check_privacy(model: type[Base]) -> None:
    privacy = getattr(model, "privacy", None)
    name, columns = model.__tablename__, model.__table__.columns
    assert isinstance(privacy, Privacy) or privacy == NO_PERSONAL_DATA, (
        f"{name} does not say what privacy it needs"
    )
    if isinstance(privacy, Privacy):
        assert "person_id" in columns or model is Person, f"{name} is about people and has no person_id"
        unknown = {*privacy.blank, *privacy.hide} - set(columns.keys())
        assert not unknown, f"{name} blanks or hides columns it does not have: {sorted(unknown)}"


def _check_links(model: type[Base], plugin_id: str) -> None:
    records = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("therapydesk.records.")
    }
    for key in model.__table__.foreign_keys:
        target: Any = key.column.table
        assert zone_of(target) == model.zone, f"{model.__tablename__} has a foreign key into another zone"
        own = target.name.startswith(f"{plugin_id}_")
        assert own or target.name in records, (
            f"{model.__tablename__} points at another module's {target.name}"
        )


def check_migrations(host: Plugins, plugin_id: str) -> None:
    """The revisions make exactly the tables of the models, and import nothing of ours."""
    for owner in [o for o in host.owners() if o.id == plugin_id]:
        for zone in owner.zones:
            assert migrations.newest(owner, zone), f"{plugin_id} has no revision for its tables in {zone}"
            with migrations.scratch(zone) as connection:
                migrations.upgrade(connection, owner, zone)
                drift = migrations.drift(owner, zone, connection)
            assert not drift, f"{plugin_id} in {zone}: {drift}"
        _check_revision_imports(owner)


def _check_revision_imports(owner: Owner) -> None:
    for path in owner.migrations.rglob("*.py"):
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        ours = [line for line in lines if line.startswith(("import therapydesk", "from therapydesk"))]
        assert not ours, f"{path.name} imports what may change: {ours}"


def check_permissions(host: Plugins, plugin_id: str) -> None:
    """Every permission that a screen, command or service function names is declared."""
    hook: Any
    offers = (
        hooks.pages,
        hooks.person_tabs,
        hooks.dashboard_cards,
        hooks.commands,
        hooks.importers,
        hooks.reports,
    )
    for hook in offers:
        for offered in host.collect(hook):
            known = permissions.known(offered.permission)
            assert known, f"{offered.id} needs a permission that nobody declares: {offered.permission}"
    package = module_of(plugin_id).rsplit(".", 1)[0]
    for name, service in permissions.SERVICES.items():
        if name.startswith(f"{package}."):
            assert permissions.known(service.permission), f"{name}: nobody declares {service.permission}"
    assert host.loaded[plugin_id].on, host.loaded[plugin_id].trouble


def check_sample_data(vault: Vault, host: Plugins, plugin_id: str) -> int:
    """Made-up data for one person can be added in every zone; returns how many rows about them there are."""
    person_id = add_person(vault)
    for zone in ZONES:
        with vault.write(zone) as db:
            answers = host.ask(hooks.sample_data, db=db, person_id=person_id, seed=1)
            assert not answers.failures, (
                f"{plugin_id} could not make sample data in {zone}: {answers.failures}"
            )
    models = [m for m in host.models() if "person_id" in m.__table__.columns]
    with vault.read() as db:
        return sum(db.query(m).filter_by(person_id=person_id).count() for m in models)


def check_screens(desk: Desk, plugin_id: str, ranks: tuple[str, ...] = ("warn", "danger")) -> int:
    """Pages, tabs and cards that are offered open, with no message of these ranks; returns how many there are."""
    from PySide6.QtWidgets import QApplication

    from therapydesk.ui.kit.messages import MessageBar

    person_id = add_person(desk.vault, "Kit Lane")
    hosts = desk.plugins
    cards = hosts.offered(hooks.dashboard_cards, desk.vault)
    screens: list[tuple[str, Any, tuple[Any, ...]]] = [
        (p.id, p.build, ()) for p in hosts.offered(hooks.pages, desk.vault)
    ]
    screens += [(t.id, t.build, (person_id,)) for t in hosts.offered(hooks.person_tabs, desk.vault)]
    screens += [(c.id, c.build, (person_id,) if c.place == "person" else ()) for c in cards]
    for name, build, more in screens:
        widget = build(desk, *more)
        widget.resize(1150, 700)
        widget.show()
        QApplication.processEvents()
        wrong = [bar.text() for bar in widget.findChildren(MessageBar) if bar.rank in ranks]
        widget.close()
        widget.deleteLater()
        QApplication.processEvents()
        assert not wrong, f"{name} opened with: {wrong}"
    assert hosts.loaded[plugin_id].on, hosts.loaded[plugin_id].trouble
    return len(screens)


def check_plugin(plugin_id: str) -> None:
    """Everything that is asked of every plugin. Raises AssertionError, naming what is not as it should be."""
    host = host_with(plugin_id)
    check_loaded(host, plugin_id)
    check_without_qt(plugin_id)
    check_tables(host, plugin_id)
    check_permissions(host, plugin_id)
    check_migrations(host, plugin_id)
    with tempfile.TemporaryDirectory() as name, opened_desk(plugin_id, Path(name)) as desk:
        check_sample_data(desk.vault, desk.plugins, plugin_id)
        check_screens(desk, plugin_id)


# -- opened for a test ---------------------------------------------------------------------------------


@contextmanager
def opened_vault(plugin_id: str, folder: Path) -> Iterator[Vault]:
    """A new unlocked vault, in `folder`, of a program with that plugin."""
    vault = new_vault(folder / "vault", host_with(plugin_id))
    try:
        yield vault
    finally:
        vault.close()


@contextmanager
def opened_desk(plugin_id: str, folder: Path) -> Iterator[Desk]:
    """A desk on such a vault, for pages, tabs and cards."""
    with opened_vault(plugin_id, folder) as vault:
        assert isinstance(vault.host, Plugins)
        with desk_at(vault, vault.host, folder) as desk:
            yield desk


@pytest.fixture
def open_vault(tmp_path: Path) -> Iterator[Callable[[str], Vault]]:
    """`open_vault("hello")`: what `opened_vault` gives, until the end of the test. One for each test."""
    with ExitStack() as until_end:
        yield lambda plugin_id: until_end.enter_context(opened_vault(plugin_id, tmp_path))


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """`open_desk("hello")`: what `opened_desk` gives, until the end of the test. One for each test."""
    with ExitStack() as until_end:
        yield lambda plugin_id: until_end.enter_context(opened_desk(plugin_id, tmp_path))


@pytest.fixture
def stopped_clock() -> Iterator[datetime]:
    """It is Wednesday 6 May 2026, 11:02 in London (10:02 UTC), whatever the computer says. Gives that moment."""
    moment = datetime(2026, 5, 6, 10, 2, tzinfo=UTC)
    dates.set_clock(lambda: moment)
    yield moment
    dates.set_clock(None)


@pytest.fixture
def open_page(qtbot: Any) -> Callable[..., Any]:
    """`open_page(GreetingsPage(desk))`: the page as it is on screen, read; closed at the end of the test.

    `width` and `height` are in pixels; nothing that could be undone is left of the test before.
    """
    from therapydesk.ui.kit.messages import undo_list

    undo_list.clear()

    def open_page(made: Any, width: int = 1150, height: int = 700) -> Any:
        qtbot.addWidget(made)
        made.resize(width, height)
        made.show()
        qtbot.waitExposed(made)
        return made

    return open_page
