"""The bar at the top: what is open, which page, and the buttons that run it."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import msgspec
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QPushButton, QWidget

from nnstudio.core.graph import freeze_params
from nnstudio.core.words import tr
from nnstudio.ui.controls import ElidedLabel, PageSwitch
from nnstudio.ui.session import Session

HEIGHT = 48
DEVICES: Mapping[str, str] = {"cpu": "CPU", "cuda": "CUDA", "mps": "MPS"}
"""Devices of a recipe, and what the button says."""


class TopBar(QWidget):
    """Menus, name and file at the left, the page switch in the middle, device and run buttons at the right."""

    def __init__(self, session: Session, page: str, actions: Mapping[str, QAction], menus: QWidget) -> None:
        """Take the actions ``step``, ``pause`` and ``train``; the buttons do and say what these do and say."""
        super().__init__()
        self.setObjectName("top_bar")
        self.setFixedHeight(HEIGHT)
        self._session = session
        self._name = ElidedLabel("", "strong")
        self._name.setObjectName("project_name")
        self._file = ElidedLabel("", mute=True)
        self._file.setObjectName("file_name")
        self.switch = PageSwitch([("design", tr("Design")), ("train", tr("Train"))], page)
        self._left = left = QWidget()
        names = QHBoxLayout(left)
        names.setContentsMargins(0, 0, 8, 0)
        names.setSpacing(12)
        names.addWidget(menus, 0, Qt.AlignmentFlag.AlignVCenter)
        names.addWidget(self._name)
        names.addWidget(self._file)
        names.addStretch(1)
        self._right = right = QWidget()
        buttons = QHBoxLayout(right)
        buttons.setContentsMargins(0, 0, 8, 0)
        buttons.setSpacing(10)
        buttons.addStretch(1)
        self._device = _DeviceButton(session)
        buttons.addWidget(self._device)
        for key in ("step", "pause", "train"):
            buttons.addWidget(ActionButton(actions[key], f"{key}_button", primary=key == "train"))
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(6, 0, 6, 0)
        grid.addWidget(left, 0, 0)
        grid.addWidget(self.switch, 0, 1, Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(right, 0, 2)
        # Equal outer columns keep the switch in the middle of the window.
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        session.changed.connect(self.refresh)
        session.file_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is open now."""
        session = self._session
        self._name.setText(session.project.name)
        file = session.path.name if session.path is not None else ""
        self._edited = tr("{file} – edited", file=file) if file else tr("not saved yet")
        self._file.setText(self._edited if session.dirty else file)
        self._device.refresh()
        self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A long name moves the switch out of the middle where there is room beyond."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        """Leave room for what the left will say after an edit, too: so the switch stands still then."""
        edited = self._file.width_of(self._edited) - self._file.sizeHint().width()
        wanted = self._left.sizeHint().width() + max(0, edited)
        margins, spacing = self._grid.contentsMargins(), self._grid.horizontalSpacing()
        taken = self.switch.sizeHint().width() + self._right.sizeHint().width() + 2 * spacing
        room = self.width() - margins.left() - margins.right() - taken
        self._grid.setColumnMinimumWidth(0, max(0, min(wanted, room)))


class ActionButton(QPushButton):
    """A button that does what an action does, and says what it says."""

    def __init__(self, action: QAction, name: str, *, primary: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("primary", primary)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        action = self._action
        self.setText(action.iconText())
        self.setAccessibleName(action.iconText())
        self.setEnabled(action.isEnabled())
        shortcut = action.shortcut().toString()
        self.setToolTip(f"{action.iconText()} ({shortcut})" if shortcut else action.iconText())


class _DeviceButton(QPushButton):
    """Chooses where the next run works, among what this computer has."""

    chosen = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("device_button")
        self.setProperty("menued", True)
        self.setToolTip(tr("Where the next run works"))
        self._session = session
        self._menu = QMenu(self)
        self._group = QActionGroup(self._menu)
        self._menu.aboutToShow.connect(self._fill)
        self._group.triggered.connect(self._on_chosen)
        self.setMenu(self._menu)

    def refresh(self) -> None:
        """Show the recipe's device."""
        name = self._current()
        self.setText(DEVICES.get(name, name))
        self.setAccessibleName(tr("Device: {name}", name=self.text()))

    def changeEvent(self, event: QEvent) -> None:
        """A new font or style may need another width."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def _current(self) -> str:
        return str(self._session.project.recipe.get("device", "cpu"))

    def _fill(self) -> None:
        with QSignalBlocker(self._group):
            self._menu.clear()
            for name in present_devices(self._current()):
                action = self._menu.addAction(DEVICES.get(name, name))
                action.setData(name)
                action.setCheckable(True)
                action.setChecked(name == self._current())
                self._group.addAction(action)

    def _on_chosen(self, action: QAction) -> None:
        name = str(action.data())
        recipe = {key: value for key, value in self._session.project.recipe.items() if key != "device"}
        if name != "cpu":
            recipe["device"] = name
        project = msgspec.structs.replace(self._session.project, recipe=freeze_params(recipe))
        self._session.commit(tr("Set the device"), project=project)


def present_devices(current: str) -> tuple[str, ...]:
    """Return what this computer can train on, and ``current`` even when it cannot.

    Before torch has been loaded in the background nobody knows more than the processor; asking would hold the window.
    """
    found = ["cpu"]
    torch = sys.modules.get("torch")
    if torch is not None and not getattr(torch.__spec__, "_initializing", False):
        from nnstudio.training.devices import available_devices

        found = list(available_devices())
    return tuple(found) if current in found else (*found, current)
