"""Every action of the window, once: menus, buttons and the list of shortcuts all come from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from nnstudio.core.words import Words, in_all_languages

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
        self._groups: dict[str, list[str]] = {}
        self._texts: dict[str, str | Words] = {}

    def add(
        self, id_: str, text: str | Words, slot: Slot, keys: str = "", *, group: str, within: QWidget | None = None
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
        action = QAction(str(text), self._owner)
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
        self._texts[id_] = text
        self._groups.setdefault(group, []).append(id_)
        return action

    def groups(self) -> tuple[Group, ...]:
        """Return the actions under their headings."""
        return tuple(Group(title, tuple(self._actions[id_] for id_ in ids)) for title, ids in self._groups.items())

    def by_group(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return each heading with the ids of its actions."""
        return tuple((title, tuple(ids)) for title, ids in self._groups.items())

    def names(self, id_: str) -> tuple[str, ...]:
        """Return what an action is called now, and what it was made as, in all languages."""
        text = self._texts[id_]
        made = (text.en, text.zh) if isinstance(text, Words) else in_all_languages(text)
        return tuple(dict.fromkeys((self[id_].iconText(), *(name.replace("&", "") for name in made))))

    def __getitem__(self, id_: str) -> QAction:
        return self._actions[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)
