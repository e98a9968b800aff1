"""What every module must do, and what this one says."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel

from therapydesk.api import hooks
from therapydesk.testing import check_plugin, opened_desk


def test_the_module_keeps_the_contract() -> None:
    check_plugin("hello")


def test_the_card_greets_who_is_signed_in(tmp_path: Path) -> None:
    with opened_desk("hello", tmp_path) as desk:
        (card,) = desk.plugins.collect(hooks.dashboard_cards)
        widget = card.build(desk)
        assert f"Hello, {desk.user.name}." in [label.text() for label in widget.findChildren(QLabel)]
        widget.deleteLater()
