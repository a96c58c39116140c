"""The part of a drawing that is in view, as a picture on the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QPixmap

from nnstudio.core.words import tr

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


def copy_view(canvas: Canvas) -> None:
    """Put what the canvas shows on the clipboard, just as it is seen, without what lies over it in the corners."""
    QGuiApplication.clipboard().setPixmap(grab_view(canvas))
    canvas.session.log(tr("A picture of the view is on the clipboard."))


def grab_view(canvas: Canvas) -> QPixmap:
    """Return what the canvas shows, once no card is waiting to be painted as sharp as it can be."""
    picture = canvas.viewport().grab()
    while canvas.board.sprites.is_behind:
        picture = canvas.viewport().grab()
    return picture
