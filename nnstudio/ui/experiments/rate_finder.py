"""The learning-rate finder: a curve of the loss over growing rates, and a rate to take with one click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnstudio.core.graph import freeze_params
from nnstudio.core.words import again, tr
from nnstudio.ui.controls import label
from nnstudio.ui.experiments.plot import Line, LinePlot
from nnstudio.ui.experiments.state import experiments_of
from nnstudio.ui.experiments.window import CopyNote, ExperimentWindow

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class RateFinder(ExperimentWindow):
    """Shows the search of a drawing. Opened for the first time, it begins one.

    Attributes:
        search: what it shows.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "rate", tr("Find the learning rate"), parent)
        self.setObjectName("rate_finder")
        self.search = experiments_of(session).rates
        line = label(
            tr("A fresh copy takes steps that grow. Take a rate where the curve falls steeply, well before it rises."),
            mute=True,
            wrap=True,
        )
        self._plot = LinePlot("rate_plot", tr("The first numbers are on their way."))
        self._verdict = label("", "strong", wrap=True)
        self._verdict.setObjectName("rate_verdict")
        self._note = CopyNote(session)
        self._again = QPushButton(tr("Find again"))
        self._again.setObjectName("rate_again")
        self._again.clicked.connect(self.search.start)
        self._use = QPushButton(tr("Use it"))
        self._use.setObjectName("rate_use")
        self._use.setProperty("primary", True)
        self._use.clicked.connect(self.use)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self._again)
        buttons.addStretch(1)
        buttons.addWidget(self._use)
        buttons.addWidget(close)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        page.addWidget(line)
        page.addWidget(self._plot, 1)
        page.addWidget(self._verdict)
        page.addWidget(self._note)
        page.addLayout(buttons)
        self.take_place(660, 500)
        self.search.changed.connect(self.refresh)
        if self.search.project is None:
            self.search.start()
        self.refresh()

    def use(self) -> None:
        """Set the rate that is advised, and close."""
        rate = self.search.rate
        assert rate is not None
        project = self.session.project
        recipe = freeze_params({**project.recipe, "learning_rate": rate})
        text = tr("Set the learning rate to {rate}", rate=f"{rate:g}")
        self.session.commit(text, project=msgspec.structs.replace(project, recipe=recipe))
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the search: nothing works where nobody sees it, and who asks again wants a new one."""
        self.search.forget()
        super().closeEvent(event)

    def refresh(self) -> None:
        """Show what is known now."""
        search = self.search
        working, rate = search.is_at_work, search.rate
        self._note.show_copy(search.project, search.began)
        self._again.setEnabled(not working)
        self._use.setEnabled(rate is not None)
        self._use.setText(tr("Use it") if rate is None else tr("Use {rate}", rate=f"{rate:g}"))
        self._plot.show_empty(tr("The first numbers are on their way.") if working else tr("No rate could be tried."))
        self._verdict.setProperty("wrong", bool(search.fault))
        self._verdict.style().polish(self._verdict)
        if working:
            self._verdict.setText(tr("Trying …"))
        elif search.fault:
            self._verdict.setText(again(search.fault))
        elif rate is None:
            self._verdict.setText(tr("The loss falls at no rate, so none can be advised."))
        else:
            self._verdict.setText(tr("Advised: {rate}", rate=f"{rate:g}"))
        rates = tuple(step.rate for step in search.tried)
        top = 3 * max((step.smoothed for step in search.tried[:10]), default=1.0)
        smoothed = tuple(min(step.smoothed, top) for step in search.tried)
        self._plot.show_lines(
            [Line("", rates, smoothed)], across=tr("learning rate"), up=tr("loss"), log=True, mark=rate
        )
