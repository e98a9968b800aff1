"""Puts a theme on the application: palette, style sheet, focus ring."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from therapydesk.ui.kit import accessible, style
from therapydesk.ui.kit.control_style import install_style
from therapydesk.ui.kit.focus_ring import install_focus_ring
from therapydesk.ui.kit.stylesheet import stylesheet


def apply_theme(
    app: QApplication, theme: style.Theme, text_scale: float = 1.0, density: str = "comfortable"
) -> None:
    """Put theme, text size and density on the application, and tell own-painted widgets."""
    accessible.install()
    style.set_look(theme, text_scale, density)
    style.load_fonts()
    install_style(app)
    app.setPalette(_palette())
    app.setFont(style.body_font())
    app.setStyleSheet(stylesheet())
    install_focus_ring(app)
    style.signals.theme_changed.emit()


_ROLES = {
    QPalette.ColorRole.Window: "bg",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "surface2",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "on_accent",
    QPalette.ColorRole.Highlight: "sel",
    QPalette.ColorRole.HighlightedText: "on_sel",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.PlaceholderText: "text_muted",
    QPalette.ColorRole.Link: "link",
    QPalette.ColorRole.LinkVisited: "link",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Midlight: "surface2",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
    QPalette.ColorRole.Shadow: "border_strong",
}


def _palette() -> QPalette:
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, style.token(name))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, style.token("border_strong"))
    return palette
