"""Every action of the window, once: menus, buttons and the list of shortcuts all come from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

Slot = Callable[[], object]


class Group(msgspec.Struct, frozen=True):
    """Actions that stand together in the list of shortcuts."""

    title: str
    actions: tuple[QAction, ...]


class Actions(Mapping[str, QAction]):
    """Actions by id. They belong to a widget, and go when it goes."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self._actions: dict[str, QAction] = {}
        self._groups: dict[str, list[QAction]] = {}

    def add(
        self, id_: str, text: str, slot: Slot, keys: str = "", *, group: str, within: QWidget | None = None
    ) -> QAction:
        """Make an action.

        Args:
            id_: what the program calls it; also its object name, with ``action_`` before it.
            text: what the menu says; buttons leave out the dots at its end.
            slot: what it does.
            keys: its shortcuts, with ``|`` between them; Ctrl is the Command key on a Mac.
            group: the heading it stands under in the list of shortcuts.
            within: the widget that must have the keyboard for the shortcut to count; None is the whole window.
        """
        assert id_ not in self._actions, id_
        action = QAction(text, self._owner)
        action.setObjectName(f"action_{id_}")
        if keys:
            action.setShortcuts([QKeySequence(part) for part in keys.split("|")])
        if within is not None:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            within.addAction(action)
        else:
            self._owner.addAction(action)
        action.triggered.connect(slot)
        self._actions[id_] = action
        self._groups.setdefault(group, []).append(action)
        return action

    def groups(self) -> tuple[Group, ...]:
        """Return the actions under their headings."""
        return tuple(Group(title, tuple(actions)) for title, actions in self._groups.items())

    def __getitem__(self, id_: str) -> QAction:
        return self._actions[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)
