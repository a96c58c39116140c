"""Pictures that say in words what is under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget


class Described(QWidget):
    """Shows what `describe` says of a place as a tool tip there."""

    def describe(self, place: QPointF) -> str:
        """Say what stands at a place, in the widget's pixels; empty where nothing does."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """Tell what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.describe(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)
