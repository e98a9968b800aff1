"""Each plugin that is found, built in or installed beside."""

from __future__ import annotations

import pytest

from therapydesk.built_in import BUILT_IN
from therapydesk.core.plugins import find_contrib
from therapydesk.testing import open_desk, open_vault

__all__ = ["open_desk", "open_vault"]
FOUND = [name.split(".")[-2] for name in BUILT_IN] + [f.id for f in find_contrib()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "plugin_id" in metafunc.fixturenames:
        metafunc.parametrize("plugin_id", FOUND)
