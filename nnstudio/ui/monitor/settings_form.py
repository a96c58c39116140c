"""A form for settings of the whole project, such as the data: each edit is an undoable step."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from nnstudio.core.graph import Params, Value, freeze_params
from nnstudio.core.words import tr
from nnstudio.layers.parameters import Choice, Parameter
from nnstudio.training.settings.setting import Formula
from nnstudio.ui import theme
from nnstudio.ui.controls import label
from nnstudio.ui.inspector.field import Field
from nnstudio.ui.inspector.fields import make_field
from nnstudio.ui.monitor.explanation import Explanation, NameLabel

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_BESIDE: Final = 76
"""Pixels beyond which the words of a choice stand under its name instead of beside it."""

Part = Literal["recipe", "data"]
"""Which of a project's settings the form edits."""


class SettingsForm(QWidget):
    """One row per setting. The document keeps only what differs from the defaults.

    A click on the name of a setting shows below it what it means.

    Args:
        session: whose project is edited.
        part: which of its settings.
        parameters: a row for each.
        formulas: settings whose formula is seen without a click.
        nameless: settings that a heading above the form names already.
    """

    def __init__(
        self,
        session: Session,
        part: Part,
        parameters: Sequence[Parameter],
        *,
        formulas: Set[str] = frozenset(),
        nameless: Set[str] = frozenset(),
    ) -> None:
        super().__init__()
        self._session = session
        self._part: Part = part
        self._fields: dict[str, Field] = {}
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        self._faults: dict[str, QLabel] = {}
        self._explanations: dict[str, Explanation] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for number, parameter in enumerate(parameters):
            field = make_field(parameter)
            self._fields[parameter.name] = field
            explanation = Explanation(str(parameter.help), always=parameter.name in formulas)
            name = NameLabel(str(parameter.label), str(parameter.help))
            name.asked.connect(explanation.turn)
            fault = _fault()
            field.refused.connect(_teller(fault))
            field.edited.connect(self._committer(field))
            self._rows[parameter.name] = (field,) if parameter.name in nameless else (name, field)
            self._faults[parameter.name] = fault
            self._explanations[parameter.name] = explanation
            row = 4 * number
            if parameter.name in nameless:
                name.hide()
                grid.addWidget(field, row, 0, 1, 2)
            elif _needs_width(parameter):
                grid.addWidget(name, row, 0, 1, 2)
                grid.addWidget(field, row + 1, 0, 1, 2)
            else:
                grid.addWidget(name, row, 0)
                grid.addWidget(field, row, 1)
            grid.addWidget(fault, row + 2, 0, 1, 2)
            grid.addWidget(explanation, row + 3, 0, 1, 2)
        self._shown: Params | None = None
        session.changed.connect(self._on_changed)
        self.refresh()

    def field(self, name: str) -> Field:
        """Return the field of one setting."""
        return self._fields[name]

    @property
    def names(self) -> Set[str]:
        """Which settings it has."""
        return self._fields.keys()

    def explanation(self, name: str) -> Explanation:
        """Return what is said of one setting."""
        return self._explanations[name]

    def show_rows(self, names: Set[str]) -> None:
        """Show only the rows of these settings."""
        for name, widgets in self._rows.items():
            shown = name in names
            for widget in widgets:
                widget.setVisible(shown)
            self._faults[name].setVisible(shown and bool(self._fields[name].fault))
            self._explanations[name].set_wanted(shown)

    def show_formula(self, name: str, formula: Formula | None) -> None:
        """Show a formula with one setting."""
        self._explanations[name].show_formula(formula)

    def refresh(self) -> None:
        """Show what the document says."""
        settings = self._shown = self._settings
        for name, field in self._fields.items():
            field.show_value(settings.get(name, field.parameter.default))

    def _on_changed(self) -> None:
        if self._settings is not self._shown:  # most edits are of the drawing
            self.refresh()

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
