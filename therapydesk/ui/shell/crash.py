"""The last handlers: what no page caught becomes one dialog that says what is safe (architecture §11)."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from therapydesk.core.words import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label

log = logging.getLogger("therapydesk")


class _Bridge(QObject):
    """Brings a fault of any thread to the UI thread."""

    happened = Signal(str)


def details(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Class and places of a fault. Never its message: that may hold a name."""
    lines = [kind.__name__]
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines)


def install(parent: QWidget, start_log: Callable[[], object]) -> _Bridge:
    """Put the handlers in place; the dialog opens over `parent`. `start_log` is called before a fault is logged."""
    bridge = _Bridge(parent)
    bridge.happened.connect(lambda text: show_crash(parent, text))

    def on_fault(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, value, trace)
            return
        start_log()
        log.error("fault", exc_info=(kind, value, trace))
        bridge.happened.emit(details(kind, trace))

    def on_thread_fault(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_fault(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = on_fault
    threading.excepthook = on_thread_fault
    qInstallMessageHandler(_on_qt_message)
    return bridge


def _on_qt_message(kind: QtMsgType, _context: object, text: str) -> None:
    level = logging.WARNING if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) else logging.DEBUG
    log.log(level, "qt: %s", text.split(":")[0])


def show_crash(parent: QWidget, text: str) -> QDialog:
    """What did not happen, what is safe, what to do; details folded, with a reference."""
    from therapydesk.core import dates  # only now: the window paints before it is there

    reference = dates.now().strftime("%Y%m%d-%H%M%S")
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("That did not work"))
    dialog.setWindowIcon(app_icon())
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 24, 24, 24)
    column.setSpacing(style.sp(3))
    column.addWidget(text_label(tr("That did not work, and nothing was saved by it"), "section", wrap=True))
    safe = tr(
        "What you saved before is safe, and drafts are kept. Try again; if it happens again, copy the details."
    )
    body = text_label(safe, wrap=True)
    body.setMinimumWidth(style.chars(56))
    column.addWidget(body)
    column.addWidget(
        text_label(
            tr("Reference {reference}").format(reference=reference),
            "small",
            "text_muted",
        )
    )
    box = QPlainTextEdit(text)
    box.setReadOnly(True)
    box.setAccessibleName(tr("Details"))
    box.hide()
    column.addWidget(box)
    row = QHBoxLayout()
    row.addWidget(button(tr("Show details"), lambda: box.setVisible(not box.isVisible()), kind="link"))
    row.addWidget(
        button(
            tr("Copy details"),
            lambda: QGuiApplication.clipboard().setText(f"{reference}\n{text}"),
        )
    )
    row.addStretch(1)
    close = button(tr("Go on"), dialog.accept, kind="primary")
    row.addWidget(close)
    column.addLayout(row)
    dialog.open()
    close.setFocus()
    return dialog
