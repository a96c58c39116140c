"""The person's preferences while the window is open, and the places of the window's parts among them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from nnstudio.project.errors import FileError
from nnstudio.project.preferences import Preferences, load_preferences, save_preferences
from nnstudio.ui.theme import THEMES


class Layout(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the window and its parts were.

    Attributes:
        geometry: the window's place as Qt writes it, in hexadecimal digits; empty is Qt's choice.
        columns: widths of palette, canvas and inspector.
        rows: heights of the design area and the dock.
        hidden: object names of panels that are put away.
        commands: ids of actions that were run by their names, the latest first.
        insight: the view that was looked at last, by its key.
    """

    geometry: str = ""
    columns: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    hidden: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    insight: str = ""


class Settings:
    """Preferences that are written to disk as soon as they change."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        """Read the preferences; ``complain`` hears why they could not be written."""
        self._complain = complain
        self._preferences = load_preferences()

    @property
    def theme(self) -> str:
        """The chosen theme, or light or dark as the system is."""
        chosen = self._preferences.theme
        if chosen in THEMES:
            return chosen
        scheme = QGuiApplication.styleHints().colorScheme()
        return "dark" if scheme == Qt.ColorScheme.Dark else "light"

    @property
    def recent(self) -> tuple[Path, ...]:
        """Projects used lately that are still there, the last one first."""
        return tuple(path for path in map(Path, self._preferences.recent) if path.is_file())

    @property
    def layout(self) -> Layout:
        """Where things were; what the window would choose itself after a damaged or newer entry."""
        try:
            return msgspec.json.decode(self._preferences.window or "{}", type=Layout)
        except msgspec.DecodeError:
            return Layout()

    @property
    def apart(self) -> bool:
        """Whether runs work in a process of their own."""
        return self._preferences.apart

    def set_apart(self, apart: bool) -> None:
        """Have the next runs work in a process of their own, or no more."""
        self._keep(msgspec.structs.replace(self._preferences, apart=apart))

    def set_language(self, code: str) -> None:
        """Remember a language."""
        self._keep(msgspec.structs.replace(self._preferences, language=code))

    def set_theme(self, name: str) -> None:
        """Remember a theme."""
        self._keep(msgspec.structs.replace(self._preferences, theme=name))

    def add_recent(self, path: Path) -> None:
        """Remember a project as the one used last."""
        self._keep(self._preferences.with_recent(path))

    def set_layout(self, layout: Layout) -> None:
        """Remember where things are."""
        self._keep(msgspec.structs.replace(self._preferences, window=msgspec.json.encode(layout).decode()))

    def _keep(self, preferences: Preferences) -> None:
        if preferences == self._preferences:
            return
        self._preferences = preferences
        try:
            save_preferences(preferences)
        except FileError as error:
            self._complain(str(error))
