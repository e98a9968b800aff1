"""The style sheet made from the tokens: surfaces, labels, text areas, tabs, menus and scroll bars.

Buttons, fields, boxes and arrows are painted by ControlStyle and must not be named here, or Qt would stop
asking it.
"""

from __future__ import annotations

from therapydesk.ui.kit import style

_TEXT = """
QLabel[role="title"] {{ font-size: {title}pt; font-weight: 600; }}
QLabel[role="section"] {{ font-size: {section}pt; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="small"] {{ font-size: {small}pt; }}
QLabel[role="small_strong"] {{ font-size: {small}pt; font-weight: 600; }}
QLabel {{ background: transparent; }}
"""
_SURFACES = """
QMainWindow, QDialog {{ background: {bg}; }}
QFrame[part="card"], QFrame[part="pane"], QFrame[part="table"] {{
    background: {surface}; border: 1px solid {border}; border-radius: 8px;
}}
QScrollArea[part="card"] > QWidget {{ background: transparent; }}
QFrame[part="palette"] {{ background: {surface}; border: 1px solid {border_strong}; border-radius: 8px; }}
QFrame[part="paper"] {{ border: 1px solid {border_strong}; }}
QFrame[part="panel"] {{ background: {surface2}; border: 0; }}
QFrame[part="sidebar"] {{ background: {surface2}; border: 0; border-right: 1px solid {border}; }}
QFrame[part="total"], QFrame[part="backdrop"] {{
    background: {surface2}; border: 0; border-top: 1px solid {border}; border-bottom-left-radius: 7px;
    border-bottom-right-radius: 7px;
}}
QFrame[part="line"] {{ background: {border}; border: 0; max-height: 1px; min-height: 1px; }}
QFrame[part="words"] {{ border: 0; border-left: 4px solid {accent}; }}
QLabel[part="key"] {{
    background: {surface}; border: 1px solid {border_strong}; border-radius: 4px; padding: 0 5px;
    font-size: {small}pt;
}}
QLabel[part="tag"] {{
    background: {surface}; border: 1px solid {border}; border-radius: 6px; padding: 2px 8px;
    font-size: {small}pt;
}}
QFrame[part="ok"] {{ background: {ok_soft}; border: 1px solid {ok}; border-radius: 6px; }}
QFrame[part="info"] {{ background: {info_soft}; border: 1px solid {info}; border-radius: 6px; }}
QFrame[part="warn"] {{ background: {warn_soft}; border: 1px solid {warn}; border-radius: 6px; }}
QFrame[part="danger"] {{ background: {danger_soft}; border: 1px solid {danger}; border-radius: 6px; }}
"""
_TEXT_AREAS = """
QPlainTextEdit, QTextEdit {{
    background: {surface}; border: 1px solid {border_strong}; border-radius: 6px; padding: 6px 8px;
    selection-background-color: {sel}; selection-color: {on_sel};
}}
QPlainTextEdit[oneLine="true"] {{ padding: 4px 8px 0 8px; }}
QPlainTextEdit[error="true"], QTextEdit[error="true"] {{ border-color: {danger}; }}
QTextBrowser, QTextEdit[plain="true"], QPlainTextEdit[plain="true"] {{
    border: 0; padding: 0; background: transparent;
}}
QPlainTextEdit:disabled, QTextEdit:disabled {{ color: {border_strong}; }}
"""
_VIEWS = """
QAbstractItemView {{
    outline: 0; border: 0; background: {surface}; color: {text};
    selection-background-color: {accent_soft}; selection-color: {text};
}}
QTableView {{ background: transparent; selection-background-color: transparent; }}
QListView[part="sidebar"] {{ background: transparent; border: 0; selection-background-color: transparent; }}
QHeaderView {{ background: transparent; border: 0; }}
QFileDialog QHeaderView {{ background: {surface2}; }}
QFileDialog QHeaderView::section {{ background: {surface2}; color: {text_muted}; border: 0; padding: 4px 8px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QComboBox QAbstractItemView {{
    border: 1px solid {border_strong}; padding: 4px; selection-background-color: {sel};
    selection-color: {on_sel};
}}
QComboBox QAbstractItemView::item {{ min-height: {item}px; padding: 0 8px; border-radius: 4px; }}
QComboBox QAbstractItemView::item:selected {{ background: {sel}; color: {on_sel}; }}
QScrollArea {{ background: transparent; border: 0; }}
QScrollArea > QWidget > QWidget[part="body"] {{ background: transparent; }}
QScrollBar {{ background: transparent; border: 0; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {border_strong}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; border: 0; background: transparent; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: transparent; }}
"""
_TABS = """
QTabBar {{ font-weight: 600; background: transparent; }}
QTabBar::tab {{
    background: transparent; border: 0; border-bottom: 3px solid transparent;
    padding: {tab_pad}px 12px {tab_foot}px 12px; color: {text_muted};
}}
QTabBar::tab:selected {{ color: {text}; font-weight: 600; border-bottom: 3px solid {accent}; }}
QTabBar::tab:!selected {{ font-weight: 400; }}
QTabBar::tab:!selected:hover {{ color: {text}; }}
QTabBar::tab:disabled {{ color: {border_strong}; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {border}; top: -1px; }}
"""
_FRAME = """
QMenuBar {{ background: {surface2}; border: 0; border-bottom: 1px solid {border}; padding: 0 8px; }}
QMenuBar::item {{ background: transparent; color: {text}; padding: 5px 10px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {accent_soft}; border: {bar_edge}; }}
QMenu {{ background: {surface}; border: 1px solid {border_strong}; padding: 4px; }}
QMenu::item {{ padding: 7px 24px 7px 12px; border-radius: 4px; color: {text}; }}
QMenu::item:selected {{ background: {sel}; color: {on_sel}; }}
QMenu::item:disabled {{ color: {border_strong}; background: transparent; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::separator {{ height: 1px; background: {border}; margin: 4px 8px; }}
QStatusBar {{
    background: {surface2}; border: 0; border-top: 1px solid {border}; font-size: {small}pt;
    color: {text};
}}
QStatusBar[demo="true"] {{ border-top: 4px solid {chart3}; }}
QStatusBar QLabel {{ font-size: {small}pt; }}
QStatusBar QLabel[role="demo"] {{ color: {chart3}; font-weight: 600; }}
QStatusBar::item {{ border: 0; }}
QToolTip {{ background: {surface}; color: {text}; border: 1px solid {border_strong}; padding: 4px 8px; }}
QProgressBar {{
    background: {surface}; border: 1px solid {border_strong}; border-radius: 4px; text-align: center;
    max-height: 8px; min-height: 8px;
}}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
"""


def stylesheet() -> str:
    """Return the whole style sheet of the current theme and text size."""
    theme = style.current_theme()
    values: dict[str, object] = dict(style.TOKENS[theme])
    line = style.line_height()
    values |= {
        "title": style.title_font().pointSizeF(),
        "section": style.section_font().pointSizeF(),
        "small": style.small_font().pointSizeF(),
        "item": line + 10,
        "tab_pad": max(6, (40 - line - 3) // 2),
        "tab_foot": max(6, (40 - line - 3) // 2 + 1),
        "bar_edge": f"1px solid {values['accent']}" if theme is style.Theme.HIGH_CONTRAST else "0",
    }
    tones = "".join(
        f'*[tone="{name}"] {{ color: {color}; }}\n' for name, color in style.TOKENS[theme].items()
    )
    parts = (_TEXT, _SURFACES, _TEXT_AREAS, _VIEWS, _TABS, _FRAME)
    return "".join(part.format(**values) for part in parts) + tones.replace("*[", "QLabel[")
