"""Fusion with our own buttons, fields, boxes and arrows, painted from the tokens.

A button's look comes from its property `kind`: "" (outlined), "primary", "danger", "quiet" (no outline)
or "link".
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QProxyStyle,
    QStyle,
    QStyledItemDelegate,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionFrame,
    QStyleOptionToolButton,
    QWidget,
)

from therapydesk.ui.kit import style
from therapydesk.ui.kit.boxes import draw_box, draw_check, draw_radio
from therapydesk.ui.kit.icons import app_icon, draw_icon

CE = QStyle.ControlElement
CC = QStyle.ComplexControl
CT = QStyle.ContentsType
PE = QStyle.PrimitiveElement
SF = QStyle.StateFlag


def _kind(widget: QWidget | None) -> str:
    return str(widget.property("kind") or "") if widget is not None else ""


def _button_tokens(kind: str, state: QStyle.StateFlag) -> tuple[str, str, str]:
    """Return fill, line and text tokens; "" stands for none."""
    enabled, over = bool(state & SF.State_Enabled), bool(state & SF.State_MouseOver)
    down = bool(state & SF.State_Sunken)
    if kind in ("quiet", "link"):
        text = ("link" if kind == "link" else "text") if enabled else "border_strong"
        return ("surface2" if enabled and (over or down) and kind == "quiet" else "", "", text)
    if not enabled:
        return "surface", "border_strong", "border_strong"
    if state & SF.State_On:
        return "accent_soft", "accent", "text"
    if kind == "primary":
        fill = "accent_hover" if over or down else "accent"
        return fill, fill, "on_accent"
    fill = "accent_soft" if down else "surface2" if over else "surface"
    return (fill, "danger", "danger") if kind == "danger" else (fill, "border_strong", "text")


class ControlStyle(QProxyStyle):
    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, target: Any) -> Any:
        if isinstance(target, QComboBox) and type(target.itemDelegate()).__name__ != "QStyledItemDelegate":
            target.setItemDelegate(QStyledItemDelegate(target))  # the usual one does not heed the style sheet
        return super().polish(target)

    # -- drawing -----------------------------------------------------------------------------------------

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element == CE.CE_PushButtonBevel and isinstance(option, QStyleOptionButton):
            self._button_frame(option, painter, widget)
        elif element == CE.CE_PushButtonLabel and isinstance(option, QStyleOptionButton):
            self._button_label(option, painter, widget)
        elif (
            element == CE.CE_ComboBoxLabel
            and isinstance(option, QStyleOptionComboBox)
            and not option.editable
        ):
            self._combo_label(option, painter)
        else:
            super().drawControl(element, option, painter, widget)

    def _button_frame(self, option: QStyleOptionButton, painter: QPainter, widget: QWidget | None) -> None:
        fill, line, _text = _button_tokens(_kind(widget), option.state)
        enabled = bool(option.state & SF.State_Enabled)
        width = 2.0 if enabled and option.state & SF.State_On and line else 1.0
        dashed = (
            not enabled and style.current_theme() is style.Theme.HIGH_CONTRAST
        )  # where all lines are white
        inside, around = style.token(fill) if fill else None, style.token(line) if line else None
        draw_box(painter, option.rect, inside, around, width, dashed=dashed)

    def _button_label(self, option: QStyleOptionButton, painter: QPainter, widget: QWidget | None) -> None:
        kind = _kind(widget)
        text_token = _button_tokens(kind, option.state)[2]
        font = style.semibold() if kind == "primary" or option.state & SF.State_On else painter.font()
        metrics = QFontMetrics(font)
        side = style.icon_size(small=kind == "link")
        has_icon = not option.icon.isNull()
        text_width = metrics.size(Qt.TextFlag.TextShowMnemonic, option.text).width() if option.text else 0
        gap = (4 if kind == "link" else 8) if has_icon and option.text else 0
        width = text_width + gap + (side if has_icon else 0)
        x = option.rect.center().x() + 1 - width // 2 - (2 if gap else 0)
        if kind == "link" or (widget is not None and widget.property("align") == "left"):
            x = option.rect.x() + ((-4 if has_icon else 0) if kind == "link" else 12)
        painter.save()
        painter.setFont(font)
        if has_icon:
            box = QRect(x, option.rect.center().y() + 1 - side // 2, side, side)
            name = str(widget.property("iconName") or "") if widget is not None else ""
            if name:
                draw_icon(painter, name, box, "text_muted" if text_token == "text" else text_token)
            else:
                mode = QIcon.Mode.Normal if option.state & SF.State_Enabled else QIcon.Mode.Disabled
                option.icon.paint(painter, box, Qt.AlignmentFlag.AlignCenter, mode)
            x += side + gap
        painter.setPen(style.token(text_token))
        box = QRect(x, option.rect.y(), option.rect.right() - x + 1, option.rect.height())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(box, flags, option.text)
        painter.restore()

    def _combo_label(self, option: QStyleOptionComboBox, painter: QPainter) -> None:
        rect = option.rect.adjusted(10, 0, -(style.icon_size(small=True) + 16), 0)
        painter.save()
        painter.setPen(style.token("text" if option.state & SF.State_Enabled else "border_strong"))
        if not option.currentIcon.isNull():
            side = style.icon_size(small=True)
            option.currentIcon.paint(painter, QRect(rect.x(), rect.center().y() + 1 - side // 2, side, side))
            rect.adjust(side + 8, 0, 0, 0)
        text = painter.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if control == CC.CC_ComboBox and isinstance(option, QStyleOptionComboBox):
            self._combo(option, painter)
        elif control == CC.CC_ToolButton and isinstance(option, QStyleOptionToolButton):
            self._tool_button(option, painter, widget)
        elif control == CC.CC_SpinBox:
            self._spin_box(option, painter, widget)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def _combo(self, option: QStyleOptionComboBox, painter: QPainter) -> None:
        enabled, over = bool(option.state & SF.State_Enabled), bool(option.state & SF.State_MouseOver)
        fill = "surface2" if over and enabled and not option.editable else "surface"
        draw_box(painter, option.rect, style.token(fill), style.token("border_strong"))
        side = style.icon_size(small=True)
        arrow = QRect(option.rect.right() - side - 6, option.rect.center().y() + 1 - side // 2, side, side)
        draw_icon(painter, "down", arrow, "text_muted" if enabled else "border_strong")

    def _tool_button(self, option: QStyleOptionToolButton, painter: QPainter, widget: QWidget | None) -> None:
        kind = _kind(widget) or "quiet"
        fill, line, text_token = _button_tokens(kind, option.state)
        on = bool(option.state & SF.State_On)
        if on:
            fill, line = "accent_soft", "accent"
        draw_box(
            painter,
            option.rect,
            style.token(fill) if fill else None,
            style.token(line) if line else None,
            2.0 if on else 1.0,
        )
        side = style.icon_size()
        rect = QRect(option.rect)
        only_icon = option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonIconOnly or not option.text
        if not option.icon.isNull():
            box = QRect(0, 0, side, side)
            box.moveCenter(rect.center())
            if not only_icon:
                box.moveLeft(rect.x() + 12)
            mode = QIcon.Mode.Normal if option.state & SF.State_Enabled else QIcon.Mode.Disabled
            option.icon.paint(painter, box, Qt.AlignmentFlag.AlignCenter, mode)
            rect.setLeft(box.right() + 9)
        if not only_icon or option.icon.isNull():
            painter.setFont(style.semibold() if on else painter.font())
            painter.setPen(style.token(text_token))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
            side_flag = Qt.AlignmentFlag.AlignHCenter if option.icon.isNull() else Qt.AlignmentFlag.AlignLeft
            painter.drawText(rect, flags | side_flag, option.text)

    def _spin_box(self, option: QStyleOptionComplex, painter: QPainter, widget: QWidget | None) -> None:
        draw_box(painter, option.rect, style.token("surface"), style.token("border_strong"))
        for part, name in (
            (QStyle.SubControl.SC_SpinBoxUp, "up"),
            (QStyle.SubControl.SC_SpinBoxDown, "down"),
        ):
            rect = self.subControlRect(CC.CC_SpinBox, option, part, widget)
            draw_icon(painter, name, rect.adjusted(2, 2, -2, -2))

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element == PE.PE_FrameFocusRect:
            return  # FocusRing draws it
        if element == PE.PE_PanelLineEdit and isinstance(option, QStyleOptionFrame):
            self._line_edit(option, painter, widget)
        elif element in (PE.PE_IndicatorCheckBox, PE.PE_IndicatorItemViewItemCheck):
            draw_check(painter, option.rect, option.state)
        elif element == PE.PE_IndicatorRadioButton:
            draw_radio(painter, option.rect, option.state)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def _line_edit(self, option: QStyleOptionFrame, painter: QPainter, widget: QWidget | None) -> None:
        if option.lineWidth <= 0:
            return
        error = widget is not None and bool(widget.property("error"))
        draw_box(
            painter, option.rect, style.token("surface"), style.token("danger" if error else "border_strong")
        )

    # -- sizes -------------------------------------------------------------------------------------------

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        if kind == CT.CT_PushButton and isinstance(option, QStyleOptionButton):
            return self._push_button_size(option, widget)
        if kind == CT.CT_ToolButton and isinstance(option, QStyleOptionToolButton):
            return self._tool_button_size(option)
        if kind == CT.CT_LineEdit and isinstance(widget, QLineEdit):
            return QSize(size.width() + 20, style.button_height())
        if kind == CT.CT_ComboBox:
            return QSize(size.width() + style.icon_size(small=True) + 28, style.button_height())
        found = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]  # Qt allows no widget
        if kind == CT.CT_SpinBox:
            found.setHeight(style.button_height())
        return found

    def _push_button_size(self, option: QStyleOptionButton, widget: QWidget | None) -> QSize:
        kind = _kind(widget)
        wide = kind == "primary" or (widget is not None and bool(widget.property("checkable")))
        metrics = QFontMetrics(style.semibold()) if wide else option.fontMetrics
        width = metrics.size(Qt.TextFlag.TextShowMnemonic, option.text).width() if option.text else 0
        if kind == "link":
            width += style.icon_size(small=True) if not option.icon.isNull() else 0
            return QSize(width + 1, max(style.line_height() + 4, 24))
        if not option.icon.isNull():
            width += style.icon_size() + (4 if option.text else 0)
        return QSize(max(32, width + 2 * 17), style.button_height())

    def _tool_button_size(self, option: QStyleOptionToolButton) -> QSize:
        side = max(32, style.icon_size() + 12)
        if option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonIconOnly and not option.icon.isNull():
            return QSize(side, side)
        width = QFontMetrics(style.semibold()).size(Qt.TextFlag.TextShowMnemonic, option.text).width() + 26
        if not option.icon.isNull():
            width += style.icon_size() + 8
        return QSize(max(side, width), style.button_height())

    def subElementRect(
        self, element: QStyle.SubElement, option: QStyleOption, widget: QWidget | None = None
    ) -> QRect:
        if element == QStyle.SubElement.SE_LineEditContents and isinstance(option, QStyleOptionFrame):
            return option.rect.adjusted(8, 1, -8, -1) if option.lineWidth > 0 else option.rect
        return super().subElementRect(element, option, widget)  # type: ignore[arg-type]  # Qt takes none

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        if control == CC.CC_ComboBox and part == QStyle.SubControl.SC_ComboBoxEditField:
            return option.rect.adjusted(8, 1, -(style.icon_size(small=True) + 12), -1)
        return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]  # Qt takes none

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        found = _METRICS.get(metric)
        if found is not None:
            return found
        if metric in _ICON_METRICS:
            return style.icon_size()
        if metric in _BOX_METRICS:
            return round(18 * style.line_height() / 22)
        return super().pixelMetric(metric, option, widget)

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        data: object = None,
    ) -> int:
        if hint in _OFF:
            return 0
        return int(super().styleHint(hint, option, widget, None))


_OFF = (QStyle.StyleHint.SH_EtchDisabledText, QStyle.StyleHint.SH_ComboBox_Popup)
PM = QStyle.PixelMetric
_METRICS = {
    PM.PM_CheckBoxLabelSpacing: 8,
    PM.PM_RadioButtonLabelSpacing: 8,
    PM.PM_LayoutHorizontalSpacing: 8,
    PM.PM_LayoutVerticalSpacing: 8,
    PM.PM_SplitterWidth: 16,
    PM.PM_ButtonMargin: 12,
    PM.PM_LineEditIconMargin: 4,
    PM.PM_TabBarTabShiftVertical: 0,
    PM.PM_ButtonShiftHorizontal: 0,
    PM.PM_ButtonShiftVertical: 0,
}
_ICON_METRICS = (PM.PM_ButtonIconSize, PM.PM_SmallIconSize, PM.PM_LineEditIconSize, PM.PM_ToolBarIconSize)
_BOX_METRICS = (
    PM.PM_IndicatorWidth,
    PM.PM_IndicatorHeight,
    PM.PM_ExclusiveIndicatorWidth,
    PM.PM_ExclusiveIndicatorHeight,
)


_installed: list[ControlStyle] = []


def install_style(app: QApplication) -> None:
    """Put the style on the application once; the reference kept here is what keeps its overrides alive."""
    if not _installed:
        _installed.append(ControlStyle())
        app.setStyle(_installed[0])
        app.setWindowIcon(app_icon())
