"""A form for settings of the whole project, such as the recipe: each edit is an undoable step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from nnstudio.core.graph import Params, Value, freeze_params
from nnstudio.core.words import tr
from nnstudio.layers.parameters import Choice, Parameter
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, label
from nnstudio.ui.inspector.fields import Field, make_field

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_BESIDE: Final = 112
"""Pixels beyond which the words of a choice stand under its name instead of beside it."""

Part = Literal["recipe", "data"]
"""Which of a project's settings the form edits."""


class SettingsForm(QWidget):
    """One row per setting. The document keeps only what differs from the defaults."""

    def __init__(
        self, session: Session, part: Part, parameters: Sequence[Parameter], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{part}_form")
        self._session = session
        self._part: Part = part
        self._fields: dict[str, Field] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        for number, parameter in enumerate(parameters):
            field = make_field(parameter)
            self._fields[parameter.name] = field
            name = ElidedLabel(str(parameter.label), mute=True)
            name.setToolTip(str(parameter.help))
            fault = _fault()
            field.refused.connect(_teller(fault))
            field.edited.connect(self._committer(field))
            row = 3 * number
            if _needs_width(parameter):
                grid.addWidget(name, row, 0, 1, 2)
                grid.addWidget(field, row + 1, 0, 1, 2)
            else:
                grid.addWidget(name, row, 0)
                grid.addWidget(field, row, 1)
            grid.addWidget(fault, row + 2, 0, 1, 2)
        session.changed.connect(self.refresh)
        self.refresh()

    def field(self, name: str) -> Field:
        """Return the field of one setting."""
        return self._fields[name]

    def refresh(self) -> None:
        """Show what the document says."""
        settings = self._settings
        for name, field in self._fields.items():
            field.show_value(settings.get(name, field.parameter.default))

    @property
    def _settings(self) -> Params:
        project = self._session.project
        return project.recipe if self._part == "recipe" else project.data

    def _committer(self, field: Field) -> Callable[[Value], None]:
        def commit(value: Value) -> None:
            parameter = field.parameter
            settings = {**self._settings, parameter.name: value}
            if parameter.check(value) == parameter.check(parameter.default):
                del settings[parameter.name]
            frozen = freeze_params(settings)
            project = self._session.project
            project = (
                msgspec.structs.replace(project, recipe=frozen)
                if self._part == "recipe"
                else msgspec.structs.replace(project, data=frozen)
            )
            self._session.commit(
                tr("Set {setting}", setting=parameter.label),
                project=project,
                merge=f"{self._part}.{parameter.name}.{field.visit}",
            )

        return commit


def _needs_width(parameter: Parameter) -> bool:
    if not isinstance(parameter, Choice):
        return False
    metrics = QFontMetrics(theme.font())
    return max(metrics.horizontalAdvance(str(title)) for title in parameter.titles) > _BESIDE


def _fault() -> QLabel:
    made = label("", "small", wrap=True)
    made.setProperty("wrong", True)
    made.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    made.hide()
    return made


def _teller(fault: QLabel) -> Callable[[str], None]:
    def tell(text: str) -> None:
        fault.setText(text)
        fault.setVisible(bool(text))

    return tell
