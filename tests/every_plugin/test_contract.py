"""What is asked of every plugin (architecture §13), one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Uuid
from sqlalchemy.orm import mapped_column

from tests.conftest import PASSPHRASE
from therapydesk import testing
from therapydesk.api import NO_PERSONAL_DATA, CoreBase, hooks
from therapydesk.core import hookspecs
from therapydesk.core.permissions import ROLES
from therapydesk.core.tables import Base, Zone


def test_it_loads(plugin_id: str) -> None:
    testing.check_loaded(testing.host_with(plugin_id), plugin_id)


def test_it_loads_without_qt(plugin_id: str) -> None:
    testing.check_without_qt(plugin_id)


def test_its_tables_carry_its_name_and_say_what_privacy_asks(plugin_id: str) -> None:
    testing.check_tables(testing.host_with(plugin_id), plugin_id)


def test_its_revisions_make_its_tables(plugin_id: str) -> None:
    testing.check_migrations(testing.host_with(plugin_id), plugin_id)


def test_the_permissions_it_uses_are_declared(plugin_id: str) -> None:
    testing.check_permissions(testing.host_with(plugin_id), plugin_id)


def test_its_screens_open(plugin_id: str, open_desk: Any, qapp: Any) -> None:
    assert testing.check_screens(open_desk(plugin_id), plugin_id) > 0


@pytest.mark.parametrize("zones", [(), ("clinical",)])
def test_its_screens_open_for_who_has_every_role_and_not_every_key(
    plugin_id: str, open_desk: Any, qapp: Any, zones: tuple[Zone, ...]
) -> None:
    """Somebody who waits for a key; or a day on which a zone is damaged and stays shut."""
    desk = open_desk(plugin_id)
    desk.vault.add_user("Nia Bevan", ROLES, PASSPHRASE, zones)
    desk.vault.unlock("Nia Bevan", PASSPHRASE)
    assert desk.vault.zones == {"core", *zones}
    testing.check_screens(replace(desk, user=desk.vault.user), plugin_id, ranks=())  # a sentence is no fault


def test_its_sample_data_can_be_made_and_shown(plugin_id: str, open_desk: Any, qapp: Any) -> None:
    desk = open_desk(plugin_id)
    rows = testing.check_sample_data(desk.vault, desk.plugins, plugin_id)
    offered = bool(getattr(desk.plugins.loaded[plugin_id].module, "sample_data", None))
    assert offered == bool(desk.plugins.models()), f"{plugin_id} has tables and no sample data, or no tables"
    if offered:
        assert rows > 0, f"{plugin_id} has tables, and its sample data put nothing into them"
    testing.check_screens(desk, plugin_id)


def test_every_class_of_the_records_says_what_privacy_asks(plugins: Any) -> None:
    ours = [m.class_ for m in Base.registry.mappers if m.class_.__module__.startswith("therapydesk.")]
    assert len(ours) > 20
    for model in ours:
        testing._check_privacy(model)


def test_the_checks_find_what_is_wrong() -> None:
    """The controls: a table that breaks each rule is found."""

    class Silent(CoreBase):
        __tablename__ = "wrong_silent"
        privacy = None
        id = mapped_column(Uuid(), primary_key=True)

    class Nameless(CoreBase):
        __tablename__ = "nobodys"
        privacy = NO_PERSONAL_DATA
        id = mapped_column(Uuid(), primary_key=True)

    class Host:
        def __init__(self, model: Any) -> None:
            self.model = model

        def models(self) -> list[Any]:
            return [self.model]

    try:
        with pytest.raises(AssertionError, match="does not say what privacy"):
            testing.check_tables(Host(Silent), "wrong")
        with pytest.raises(AssertionError, match="does not begin with wrong_"):
            testing.check_tables(Host(Nameless), "wrong")
    finally:
        for model in (Silent, Nameless):
            Base.metadata.remove(model.__table__)
            Base.registry._dispose_cls(model)


def test_every_hook_is_in_the_guide_and_has_a_test() -> None:
    root = Path(__file__).parents[2]
    names = [n for n in vars(hookspecs) if hasattr(getattr(hookspecs, n), "therapydesk_spec")]
    assert len(names) == 17
    guide = (root / "docs" / "plugin-guide.md").read_text("utf-8")
    tests = (root / "tests" / "core" / "test_plugins.py").read_text("utf-8")
    assert [n for n in names if f"`{n}" not in guide] == []
    assert [n for n in names if f'"{n}"' not in tests] == []
    assert [n for n in names if not getattr(hookspecs, n).__doc__] == []
    assert hooks is hookspecs
