"""The Train page: recipe and data on the left, curves and maps in the middle, one layer and the prediction right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QTabWidget, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.problem import Fix, Problem
from nnstudio.core.words import tr
from nnstudio.data.catalog import DATA_FIELDS, Entry, entries
from nnstudio.data.class_words import class_title
from nnstudio.layers.spec import shape_text
from nnstudio.training.ready import ready
from nnstudio.training.recipe import recipe_of
from nnstudio.ui import theme
from nnstudio.ui.controls import hairline, label, link, problem_label, unbroken
from nnstudio.ui.experiment_actions import Kind, open_experiment
from nnstudio.ui.figures import grouped
from nnstudio.ui.monitor.diagnosis import DiagnosisStrip
from nnstudio.ui.monitor.inside import InsideLayer
from nnstudio.ui.monitor.metric_row import MetricRow
from nnstudio.ui.monitor.plots import CurvePanel
from nnstudio.ui.monitor.recipe_form import RecipeForm
from nnstudio.ui.monitor.sample import SamplePicture
from nnstudio.ui.monitor.settings_form import SettingsForm
from nnstudio.ui.monitor.steering import SteeringBar
from nnstudio.ui.monitor.views import titled_maps, titled_prediction

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_LEFT: Final = 296
_RIGHT: Final = 292


class TrainPage(QWidget):
    """How the network is trained, and everything that can be seen of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_page")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._panel = RecipePanel(session)
        self._left = _scrolled(self._panel, _LEFT)
        row.addWidget(self._left)
        row.addWidget(hairline(upright=True))
        row.addWidget(_Middle(session), 1)
        row.addWidget(hairline(upright=True))
        row.addWidget(_right(session))

    def choose_data(self) -> None:
        """Bring the choice of data into view, with what follows from it, and put the keyboard there."""
        self._panel.data.field("name").setFocus()
        # A page that is just being opened has its height only after its first layout.
        QTimer.singleShot(0, self, self._show_data)

    def _show_data(self) -> None:
        bar = self._left.verticalScrollBar()
        bar.setValue(bar.maximum())


class RecipePanel(QWidget):
    """Recipe and data, with a word on whether the data fit the drawing."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipe_panel")
        self._session = session
        self.recipe = RecipeForm(session)
        self.data = SettingsForm(session, "data", DATA_FIELDS)
        self._later = label(tr("Changes count from the next run on."), "small", mute=True, wrap=True)
        self._later.setObjectName("recipe_later")
        self._summary = label("", "small", mute=True, wrap=True)
        self._summary.setObjectName("data_summary")
        self._misfits = _Misfits(session)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(label(tr("Recipe"), "heading"))
        column.addWidget(self.recipe)
        column.addLayout(self._experiments())
        column.addWidget(self._later)
        column.addWidget(hairline())
        column.addWidget(label(tr("Data"), "heading"))
        column.addWidget(self.data)
        column.addWidget(self._summary)
        column.addWidget(self._misfits)
        column.addStretch(1)
        session.changed.connect(self.refresh)
        session.bridge.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what the document says."""
        self._later.setVisible(self._session.bridge.is_active)
        entry = _entry(self._session)
        self._summary.setVisible(entry is not None)
        if entry is not None:
            self._summary.setText(unbroken(_about(entry)))
        self._misfits.refresh(_misfits(self._session, entry))

    def _experiments(self) -> QHBoxLayout:
        """Return links to what helps to choose settings."""
        row = QHBoxLayout()
        row.setSpacing(16)
        asked: tuple[tuple[str, Kind], ...] = ((tr("Find the learning rate…"), "rate"), (tr("Sweep…"), "sweep"))
        for text, kind in asked:
            made = link(text)
            made.setObjectName(f"ask_{kind}")
            made.clicked.connect(partial(self._open_experiment, kind))
            row.addWidget(made)
        row.addStretch(1)
        return row

    def _open_experiment(self, kind: Kind, _checked: bool = False) -> None:
        open_experiment(self._session, kind, self)


class _Misfits(QWidget):
    """What keeps the drawing from learning from the data, each with the links that mend it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("misfits")
        self._session = session
        self._shown: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def refresh(self, problems: Sequence[Problem]) -> None:
        """Show these problems; widgets change only when the words do."""
        texts = tuple(problem.message for problem in problems)
        self.setVisible(bool(problems))
        if texts == self._shown:
            return
        self._shown = texts
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for problem in problems:
            self._column.addWidget(problem_label(problem))
            for fix in problem.fixes:
                self._column.addWidget(self._link(fix))

    def _link(self, fix: Fix) -> QToolButton:
        button = link(fix.label)
        button.setObjectName("misfit_fix")
        button.clicked.connect(self._mender(fix))
        return button

    def _mender(self, fix: Fix) -> Callable[[], None]:
        return lambda: self._mend(fix)

    def _mend(self, fix: Fix) -> None:
        project = self._session.project
        self._session.commit(fix.label, project=msgspec.structs.replace(project, graph=fix.edit(project.graph)))


class _Middle(QWidget):
    """Cards on the quiet ground."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setAutoFillBackground(True)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.current().bg)
        self.setPalette(palette)
        curves = QHBoxLayout()
        curves.setSpacing(12)
        curves.addWidget(Card(CurvePanel(session, "loss")), 1)
        curves.addWidget(Card(CurvePanel(session, "accuracy")), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        # A finding takes its room from the looks inside alone: curves that change their size are slow to draw.
        below = QVBoxLayout()
        below.setSpacing(12)
        below.addWidget(DiagnosisStrip(session, self))
        below.addWidget(Card(_looks(session)), 1)
        column.addWidget(SteeringBar(session))
        column.addWidget(MetricRow(session, self))
        column.addLayout(curves, 5)
        column.addLayout(below, 7)


def _looks(session: Session) -> QWidget:
    """Return the feature maps, and behind a tab the other views; these are built when they are first opened."""
    tabs = QTabWidget()
    tabs.setObjectName("look_tabs")
    tabs.setAccessibleName(tr("Look inside"))
    tabs.setDocumentMode(True)
    tabs.tabBar().setDrawBase(False)
    tabs.addTab(titled_maps(session, chooser=True), tr("Feature maps"))
    behind = QWidget()
    room = QVBoxLayout(behind)
    room.setContentsMargins(0, 0, 0, 0)
    tabs.addTab(behind, tr("Insight"))

    def build(index: int) -> None:
        if index == 1 and not room.count():
            from nnstudio.ui.insight.gallery import Gallery

            room.addWidget(Gallery(session))

    tabs.currentChanged.connect(build)
    return tabs


class Card(QWidget):
    """A raised sheet with a hairline around it."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme.current()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(content)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sheet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.line, 1.0))
        painter.setBrush(self._theme.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)


def _right(session: Session) -> QWidget:
    side = QWidget()
    side.setFixedWidth(_RIGHT)
    column = QVBoxLayout(side)
    column.setContentsMargins(16, 14, 16, 14)
    column.setSpacing(12)
    column.addWidget(InsideLayer(session, narrow=True), 4)
    column.addWidget(hairline())
    sample = QHBoxLayout()
    picture = SamplePicture(session)
    picture.setFixedHeight(96)
    sample.addWidget(picture)
    column.addLayout(sample)
    column.addWidget(titled_prediction(session), 4)
    return side


def _scrolled(content: QWidget, width: int) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the keyboard
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFixedWidth(width)
    area.setWidget(content)
    return area


def _entry(session: Session) -> Entry | None:
    """Return the chosen data set; None where a file names one that does not exist."""
    name = session.project.data.get("name", DATA_FIELDS[0].default)
    return entries().get(name) if isinstance(name, str) else None


def _misfits(session: Session, entry: Entry | None) -> Sequence[Problem]:
    """Return what keeps the drawing from being trained; wrong settings are told by their own fields."""
    if entry is None:
        return ()
    try:
        recipe = recipe_of(session.project.recipe)
    except ValueError:
        return ()
    return ready(session.project.graph, session.model, entry, recipe)


def _about(entry: Entry) -> str:
    shape = shape_text(entry.shape)
    if entry.element == "index":
        shape = tr("{shape} table positions", shape=shape)
    else:
        shape = tr("{shape} numbers", shape=shape)
    samples = grouped(entry.num_samples)
    if entry.classes:
        counted = tr(
            "{samples} samples of {shape}; classes {classes}.",
            samples=samples,
            shape=shape,
            classes=", ".join(map(class_title, entry.classes)),
        )
    else:
        counted = tr("{samples} samples of {shape}.", samples=samples, shape=shape)
    return f"{entry.summary}\n{counted}"
