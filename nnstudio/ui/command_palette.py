"""The command palette: every action of the window by a few letters of its name, in either language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions
from nnstudio.ui.canvas.fuzzy import ranked
from nnstudio.ui.chooser import Choice, Chooser

if TYPE_CHECKING:
    from nnstudio.ui.window import MainWindow

_WIDTH = 520
_ROWS = 12
_TOP = 84
_SELF = "commands"
"""Id of the action that opens the palette, which it need not offer."""


def open_command_palette(window: MainWindow) -> None:
    """Open it over the window; what is chosen runs once the keyboard is back where it was.

    Opened a second time it closes.
    """
    middle = window.desk
    before = QApplication.focusWidget()
    for chooser in middle.findChildren(Chooser):
        if before is not None and chooser.isAncestorOf(before):
            chooser.close_now()
            if chooser.objectName() == "command_palette":
                return
            before = QApplication.focusWidget()

    def give_back() -> None:
        target: QWidget = before if before is not None and isValid(before) else window.design.canvas
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def run(id_: str) -> None:
        window.note_command(id_)
        # Not from within the key press: an action may ask something, or build the window anew.
        QTimer.singleShot(0, window, lambda: window.actions_[id_].trigger())

    popup = Chooser(
        middle,
        name="command_palette",
        titles=(tr("Command palette"), tr("Search commands"), tr("Commands found"), tr("Search commands…")),
        find=lambda query: found(query, window.actions_, window.used_commands),
        accept=run,
        closed=give_back,
        width=_WIDTH,
        num_rows=_ROWS,
    )
    popup.open_at(QPoint((middle.width() - _WIDTH) // 2, _TOP))


def found(query: str, actions: Actions, used: Sequence[str]) -> list[Choice]:
    """Return the actions that ``query`` may mean, as lines of the list.

    The likeliest stand first, without a query those used last; what cannot be done now stands at the end.

    Args:
        query: what was typed.
        actions: what there is.
        used: ids of actions that were run from here, the latest first.
    """
    headings = {id_: group for group, ids in actions.by_group() for id_ in ids}
    order = {id_: place for place, id_ in enumerate(used)}
    ids = sorted((id_ for id_ in actions if id_ != _SELF), key=lambda id_: order.get(id_, len(order)))
    fitting = ranked(query, [(id_, actions.names(id_)) for id_ in ids])
    # Those that only their heading brings come after them, as for "export".
    under = [
        (id_, tuple(f"{headings[id_]} {name}" for name in actions.names(id_))) for id_ in ids if id_ not in fitting
    ]
    fitting += ranked(query, under)
    choices = [_choice(id_, actions, headings[id_]) for id_ in fitting if actions[id_].isVisible()]
    return sorted(choices, key=lambda choice: not choice.enabled)


def _choice(id_: str, actions: Actions, heading: str) -> Choice:
    action = actions[id_]
    keys = [keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()]
    return Choice(
        key=id_,
        title=action.iconText(),
        note=heading,
        aside=", ".join(keys),
        summary=action.statusTip(),
        enabled=action.isEnabled(),
    )
