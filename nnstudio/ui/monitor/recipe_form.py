"""The form of the recipe: headings that fold, rows that show only while they matter, formulas beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.graph import Params, Value
from nnstudio.core.words import tr
from nnstudio.data.catalog import entries
from nnstudio.layers.parameters import Bool, Choice
from nnstudio.training.recipe import recipe_of
from nnstudio.training.settings.form import RECIPE_SETTINGS, matters
from nnstudio.training.settings.setting import HEADINGS, Heading, Setting
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.inspector.field import Field
from nnstudio.ui.monitor.explanation import NameLabel
from nnstudio.ui.monitor.schedule_picture import SchedulePicture
from nnstudio.ui.monitor.settings_form import SettingsForm

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_MAIN: Final = frozenset({"learner", "loss", "optimizer", "schedule"})
"""The choice that a heading is about: it needs no name, and its formula is always seen."""


class RecipeForm(QWidget):
    """All settings of a recipe under their headings."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipe_form")
        self.sections: dict[Heading, Section] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for heading in HEADINGS:
            section = Section(session, heading)
            self.sections[heading] = section
            column.addWidget(section)
        self._session = session
        self._shown: tuple[Params, Params] | None = None
        session.changed.connect(self._on_changed)
        self.refresh()

    def field(self, name: str) -> Field:
        """Return the field of one setting."""
        section = next(part for part in self.sections.values() if name in part.form.names)
        return section.form.field(name)

    def refresh(self) -> None:
        """Show what the document says."""
        project = self._session.project
        self._shown = project.recipe, project.data
        for section in self.sections.values():
            section.refresh(project.recipe)

    def _on_changed(self) -> None:
        project, shown = self._session.project, self._shown
        if shown is None or project.recipe is not shown[0] or project.data is not shown[1]:
            self.refresh()


class Section(QWidget):
    """One heading with its settings. Folded, it says in a line what they are."""

    def __init__(self, session: Session, heading: Heading) -> None:
        super().__init__()
        self._session = session
        self._heading: Heading = heading
        self._settings = tuple(setting for setting in RECIPE_SETTINGS if setting.heading == heading)
        main = frozenset(setting.name for setting in self._settings if setting.name in _MAIN)
        fields = [setting.field for setting in self._settings]
        self.form = SettingsForm(session, "recipe", fields, formulas=main, nameless=main)
        self._button = QToolButton()
        self._button.setObjectName(f"recipe_{heading}")
        self._button.setProperty("fold", True)
        self._button.setText(str(HEADINGS[heading]))
        self._button.setAccessibleName(str(HEADINGS[heading]))
        self._button.setFont(theme.font("strong"))
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._button.setCheckable(True)
        self._button.setAutoRaise(True)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.setChecked(heading in session.view.recipe_open)
        self._button.toggled.connect(self._on_toggled)
        self._summary = ElidedLabel(mute=True)
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        head.addWidget(self._summary, 1)
        self._ask = NameLabel("?", str(fields[0].help)) if main else None
        if self._ask is not None:
            self._ask.setObjectName(f"ask_{heading}")
            self._ask.asked.connect(self.form.explanation(fields[0].name).turn)
            head.addWidget(self._ask, 0, Qt.AlignmentFlag.AlignRight)
        self._head = head
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.form)
        self._picture = SchedulePicture() if heading == "schedule" else None
        if self._picture is not None:
            column.addWidget(self._picture)
        self._main_matters = True
        self._fold()

    @property
    def is_open(self) -> bool:
        """Whether the settings are seen."""
        return self._button.isChecked()

    @property
    def summary(self) -> str:
        """What stands beside the heading of a folded section."""
        return self._summary.text()

    def refresh(self, recipe: Params) -> None:
        """Show what counts now; a wrong setting is told even by a folded heading."""
        self.form.refresh()
        shown = [setting for setting in self._settings if matters(setting.name, recipe)]
        self.form.show_rows(frozenset(setting.name for setting in shown))
        for setting in shown:
            self.form.show_formula(setting.name, setting.formula(recipe.get(setting.name, setting.field.default)))
        told = ", ".join(filter(None, (_told(setting, recipe) for setting in shown))) or tr("usual")
        faults = [fault for setting in self._settings if (fault := self.form.field(setting.name).fault)]
        self._summary.set_colour(theme.current().err if faults else None)
        self._summary.setText(faults[0] if faults else told)
        self._place_summary(self.width())
        self.setVisible(bool(shown))
        self._main_matters = matters(self._settings[0].name, recipe)
        self._fold()
        if self._picture is not None:
            self._show_schedule(self._picture, recipe)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What a folded heading tells may have to go below it."""
        super().resizeEvent(event)
        self._place_summary(event.size().width())

    def _place_summary(self, width: int) -> None:
        """Let what is told stand beside the heading where it is read whole there, else below."""
        beside = (self._button, *([self._ask] if self._ask is not None and not self._ask.isHidden() else []))
        used = sum(widget.sizeHint().width() + self._head.spacing() for widget in beside)
        is_below = used + self._summary.width_of(self._summary.text()) > width
        if is_below != (self._column.indexOf(self._summary) >= 0):
            (self._head if is_below else self._column).removeWidget(self._summary)
            if is_below:
                self._column.insertWidget(1, self._summary)
            else:
                self._head.insertWidget(1, self._summary, 1)

    def _show_schedule(self, picture: SchedulePicture, recipe: Params) -> None:
        try:
            made = recipe_of(recipe)
        except ValueError:  # told by the field that has it
            return
        picture.show_recipe(made, _steps_per_epoch(self._session.project.data, made.batch_size))

    def _on_toggled(self, on: bool) -> None:
        view = self._session.view
        view.recipe_open = view.recipe_open | {self._heading} if on else view.recipe_open - {self._heading}
        self._fold()

    def _fold(self) -> None:
        on = self.is_open
        self._button.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self.form.setVisible(on)
        self._summary.setVisible(not on)
        if self._ask is not None:
            self._ask.setVisible(on and self._main_matters)
        if self._picture is not None:
            self._picture.setVisible(on)


def _told(setting: Setting, recipe: Params) -> str:
    """Return what a folded heading says of a setting: of a main choice always, of others where they are not usual."""
    field = setting.field
    value: Value = recipe.get(setting.name, field.default)
    if value == field.default and setting.name not in (*_MAIN, "epochs", "device"):
        return ""
    if isinstance(field, Choice):
        return str(field.titles[field.options.index(value)]) if value in field.options else ""
    if isinstance(field, Bool):
        return str(field.label) if value else tr("{setting} off", setting=field.label)
    number = f"{value:.10g}" if isinstance(value, float) else str(value)
    return f"{field.label} {number}"


def _steps_per_epoch(data: Params, batch_size: int) -> int:
    name, share = data.get("name"), data.get("validation", 0.2)
    entry = entries().get(name) if isinstance(name, str) else next(iter(entries().values()))
    held = share if isinstance(share, (int, float)) else 0.2
    count = 1 if entry is None else round(entry.num_samples * (1 - held))
    return max(1, -(-count // batch_size))
