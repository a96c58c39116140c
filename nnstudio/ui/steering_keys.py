"""What the Run menu does, from other places: by its keys in the windows beside the main one, and by buttons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from nnstudio.ui.desk import Desk
    from nnstudio.ui.session import Session

STEERING: Final = (
    "train",
    "pause",
    "step",
    "step_epoch",
    "step_back",
    "restart",
    "find_rate",
    "sweep",
    "runs",
)
"""Ids of the actions whose keys count."""


def obey_steering_keys(beside: QWidget, session: Session, parent: QWidget | None) -> None:
    """Let a window beside the main one obey the keys that steer the run of its drawing.

    A drawing whose tab is hidden is shown first, so that a person sees what they steer.

    Args:
        beside: the window.
        session: the drawing that it belongs to.
        parent: a part of that drawing's desk; where it is none, as in a test of the window alone, there are no keys.
    """
    desk = _desk_around(parent)
    if desk is None:
        return
    for id_ in STEERING:
        for keys in desk.actions_[id_].shortcuts():
            QShortcut(keys, beside).activated.connect(partial(_steer, desk, session, id_))


def steer(part: QWidget, session: Session, id_: str) -> bool:
    """Do what an action of the Run menu does, with what it looks at before; return whether there is such a menu.

    Args:
        part: of the window that has the menu.
        session: the drawing that it belongs to.
        id_: of the action, one of `STEERING`.
    """
    desk = _desk_around(part)
    if desk is not None:
        _steer(desk, session, id_)
    return desk is not None


def _steer(desk: Desk, session: Session, id_: str) -> None:
    from nnstudio.ui.window import MainWindow

    window = desk.window()
    if isinstance(window, MainWindow):
        window.sessions.show(session)
        desk.actions_[id_].trigger()


def _desk_around(widget: QWidget | None) -> Desk | None:
    from nnstudio.ui.desk import Desk

    while widget is not None and not isinstance(widget, Desk):
        widget = widget.parentWidget()
    return widget
