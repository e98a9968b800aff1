"""What is copied asks clipboard histories to leave it out; the shell clears the clipboard itself. It needs nothing heavy."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData

PRIVATE = {  # KDE, macOS, Windows; on the last two never tried
    "x-kde-passwordManagerHint": b"secret",
    "org.nspasteboard.ConcealedType": b"1",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
}


def mark(data: QMimeData) -> None:
    """Ask for this of what is about to be copied."""
    for name, value in PRIVATE.items():
        data.setData(name, QByteArray(value))


def is_marked(data: QMimeData) -> bool:
    """Whether it was asked for already."""
    return any(data.hasFormat(name) for name in PRIVATE)
