"""The menus over a plot: what it shows, and how."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget, QWidgetAction

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.controls import label
from nnstudio.ui.monitor.series import choices, show_beside, title_of

if TYPE_CHECKING:
    from nnstudio.ui.monitor.plots import CurvePanel

SMOOTHEST = 99


def menu_button(text: str, name: str, spoken: str, panel: CurvePanel, *, what: bool) -> QToolButton:
    """Return a flat button; its menu is made when it is pressed."""
    button = QToolButton(panel)
    button.setObjectName(name)
    button.setText(text)
    button.setAccessibleName(spoken)
    button.setToolTip(spoken)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setProperty("link", True)
    if what:
        button.setFont(theme.font("heading"))
        button.setStyleSheet(f"color: {theme.current().text.name()};")
    menu = QMenu(button)
    menu.setObjectName(f"{name}_menu")
    menu.aboutToShow.connect(partial(_fill_what if what else _fill_tools, menu, panel))
    button.setMenu(menu)
    return button


def _fill_what(menu: QMenu, panel: CurvePanel) -> None:
    menu.clear()
    group = QActionGroup(menu)
    for what in choices(panel.bridge, panel.beside):
        action = menu.addAction(title_of(what).replace("&", "&&"))
        action.setObjectName(f"show_{what}")
        action.setCheckable(True)
        action.setChecked(what == panel.what)
        group.addAction(action)
        action.triggered.connect(partial(_choose, panel, what))


def _choose(panel: CurvePanel, what: str, _checked: bool = False) -> None:
    panel.show_what(what)


def _fill_tools(menu: QMenu, panel: CurvePanel) -> None:
    menu.clear()
    menu.addAction(_smoothing(menu, panel))
    log = menu.addAction(tr("Logarithmic scale"))
    log.setObjectName("plot_log")
    log.setCheckable(True)
    log.setChecked(panel.is_log)
    log.toggled.connect(panel.set_log)
    whole = menu.addAction(tr("Show the whole curve"), panel.zoom_out)
    whole.setObjectName("plot_whole")
    whole.setEnabled(panel.is_zoomed)
    menu.addSeparator()
    menu.addAction(tr("Lay kept runs beside…"), partial(_ask_runs, panel)).setObjectName("plot_runs")
    if panel.beside:
        menu.addAction(tr("No other runs"), partial(_show_alone, panel)).setObjectName("plot_alone")
    menu.addSeparator()
    for suffix in ("png", "svg", "csv"):
        action = menu.addAction(tr("Save as {format}…", format=suffix.upper()), partial(panel.ask_and_save, suffix))
        action.setObjectName(f"plot_save_{suffix}")


def _ask_runs(panel: CurvePanel) -> None:
    from nnstudio.ui.experiment_actions import open_experiment

    open_experiment(panel.session, "runs", panel)


def _show_alone(panel: CurvePanel) -> None:
    from nnstudio.ui.experiments.runs import RunsWindow
    from nnstudio.ui.experiments.window import open_window

    window = open_window(panel.session, "runs")
    if isinstance(window, RunsWindow):
        window.beside.setChecked(False)
    show_beside(panel.session, ())


def _smoothing(menu: QMenu, panel: CurvePanel) -> QWidgetAction:
    box = QWidget(menu)
    row = QHBoxLayout(box)
    row.setContentsMargins(12, 4, 12, 4)
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setObjectName("plot_smoothing")
    slider.setAccessibleName(tr("Smoothing"))
    slider.setRange(0, SMOOTHEST)
    slider.setValue(round(100 * panel.smoothing))
    slider.setMinimumWidth(120)
    slider.valueChanged.connect(lambda value: panel.set_smoothing(value / 100))
    row.addWidget(label(tr("Smoothing")))
    row.addWidget(slider)
    action = QWidgetAction(menu)
    action.setDefaultWidget(box)
    return action
