"""Undo for any frozen document: keep the documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class History(Generic[T]):
    """A line of documents, each with the label of the step that led away from it.

    A step with the same ``merge`` key as the step just before it replaces that step, so that a
    slider leaves one entry, and none where it comes back to where it began. Listeners get the old
    and the new document after every move.
    """

    def __init__(self, start: T) -> None:
        self.now = start
        self._past: list[tuple[str, T]] = []
        self._future: list[tuple[str, T]] = []
        self._merge: str | None = None
        self._listeners: list[Callable[[T, T], None]] = []

    def listen(self, listener: Callable[[T, T], None]) -> None:
        """Call ``listener(old, new)`` after every move."""
        self._listeners.append(listener)

    def commit(self, label: str, new: T, *, merge: str | None = None) -> None:
        """Make ``new`` the document; an equal document is no step."""
        if new == self.now:
            return
        if merge is None or merge != self._merge or not self._past:
            self._past.append((label, self.now))
        elif new == self._past[-1][1]:
            self._past.pop()
            merge = None
        self._merge = merge
        self._future.clear()
        self._go(new)

    def undo(self) -> None:
        """Step back; at the start nothing happens."""
        if self._past:
            label, old = self._past.pop()
            self._future.append((label, self.now))
            self._merge = None
            self._go(old)

    def redo(self) -> None:
        """Step forward again; at the end nothing happens."""
        if self._future:
            label, new = self._future.pop()
            self._past.append((label, self.now))
            self._merge = None
            self._go(new)

    def restart(self, document: T) -> None:
        """Begin a new line at ``document``, as after opening a file."""
        self._past.clear()
        self._future.clear()
        self._merge = None
        self._go(document)

    @property
    def undo_label(self) -> str | None:
        """What the next undo takes back."""
        return self._past[-1][0] if self._past else None

    @property
    def redo_label(self) -> str | None:
        """What the next redo brings again."""
        return self._future[-1][0] if self._future else None

    def _go(self, new: T) -> None:
        old, self.now = self.now, new
        for listener in self._listeners:
            listener(old, new)
