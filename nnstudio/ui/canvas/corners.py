"""What lies over the drawing without being part of it: the minimap, and a word of welcome while there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.canvas.minimap import Minimap

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas

MARGIN: Final = 16
"""Pixels between them and the edges of the canvas."""


class Corners:
    """Shows each of them while it is of use."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._minimap = Minimap(canvas.board, canvas)
        self._welcome = _welcome(canvas)

    def refresh(self) -> None:
        """Show what is of use now."""
        board, view = self._canvas.board, self._canvas.session.view
        self._welcome.setVisible(not board.nodes and not board.frames.items)
        self._minimap.setVisible(bool(board.nodes) and view.minimap)

    def arrange(self) -> None:
        """Keep each in its place when the canvas has another size."""
        size, map_ = self._canvas.viewport().size(), self._minimap.size()
        self._minimap.move(size.width() - map_.width() - MARGIN, size.height() - map_.height() - MARGIN)
        self._welcome.setGeometry(MARGIN, 0, max(0, size.width() - 2 * MARGIN), size.height())

    @property
    def covered(self) -> QRectF:
        """What the minimap lies over, in pixels of the canvas; empty while it is hidden."""
        return QRectF() if self._minimap.isHidden() else QRectF(self._minimap.geometry())


def _welcome(canvas: Canvas) -> QLabel:
    label = QLabel(tr("Drag a layer here, or press Tab"), canvas)
    label.setObjectName("canvas_welcome")
    label.setFont(theme.font("body"))
    label.setStyleSheet(f"color: {canvas.board.style_.theme.mute.name()}; background: transparent;")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
