"""Rows to the clipboard, as tab text and as HTML with heads."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from therapydesk.ui.kit import private_copy
from therapydesk.ui.kit.columns import Column, cell


def rows_as_text(columns: Sequence[Column], rows: Sequence[Any]) -> str:
    lines = [[column.title for column in columns]]
    lines += [[cell(column, row).spoken() for column in columns] for row in rows]
    return "\n".join("\t".join(" ".join(part.split()) for part in line) for line in lines)


def rows_as_html(columns: Sequence[Column], rows: Sequence[Any]) -> str:
    heads = "".join(f"<th>{escape(column.title)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell(column, row).spoken())}</td>" for column in columns) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def copy_rows(columns: Sequence[Column], rows: Sequence[Any]) -> None:
    """Put rows on the clipboard; nothing happens without rows."""
    if not rows:
        return
    data = QMimeData()
    data.setText(rows_as_text(columns, rows))
    data.setHtml(rows_as_html(columns, rows))
    private_copy.mark(data)
    QGuiApplication.clipboard().setMimeData(data)
