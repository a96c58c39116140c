"""The learning-rate finder: a curve of the loss over growing rates, and a rate to take with one click."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from nnstudio.core.graph import freeze_params
from nnstudio.core.words import tr
from nnstudio.training.finder import RateTried, advise
from nnstudio.ui.controls import label
from nnstudio.ui.experiments.laborer import Laborer
from nnstudio.ui.experiments.plot import Line, LinePlot

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.ui.session import Session


class RateFinder(QDialog):
    """Tries rates on a network of its own, so that neither the run nor the drawing changes.

    Attributes:
        tried: the steps so far.
        rate: the rate that is advised; None before one is known.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rate_finder")
        self.setWindowTitle(tr("Find the learning rate"))
        self._session = session
        self.tried: list[RateTried] = []
        self.rate: float | None = None
        line = label(
            tr("A fresh copy takes steps that grow. Take a rate where the curve falls steeply, well before it rises."),
            mute=True,
            wrap=True,
        )
        self._plot = LinePlot("rate_plot", tr("The first numbers are on their way."))
        self._verdict = label("", "strong", wrap=True)
        self._verdict.setObjectName("rate_verdict")
        buttons = QDialogButtonBox()
        self._use = buttons.addButton(tr("Use it"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._use.setObjectName("rate_use")
        self._use.setEnabled(False)
        close = buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        page.addWidget(line)
        page.addWidget(self._plot, 1)
        page.addWidget(self._verdict)
        page.addWidget(buttons)
        self.resize(660, 480)
        self._laborer = Laborer(_work(session.project), self)
        self._laborer.came.connect(self._on_came)
        self._laborer.over.connect(self._on_over)
        self._laborer.start()

    def accept(self) -> None:
        """Set the rate that is advised, and close."""
        if self.rate is not None:
            project = self._session.project
            import msgspec

            recipe = freeze_params({**project.recipe, "learning_rate": self.rate})
            text = tr("Set the learning rate to {rate}", rate=f"{self.rate:g}")
            self._session.commit(text, project=msgspec.structs.replace(project, recipe=recipe))
        super().accept()

    def done(self, result: int) -> None:
        """End the work, and close."""
        self._laborer.shutdown()
        super().done(result)

    def _on_came(self, new: list[object]) -> None:
        self.tried += [step for step in new if isinstance(step, RateTried)]
        self._show()

    def _on_over(self) -> None:
        if self._laborer.fault:
            self._verdict.setText(self._laborer.fault)
            return
        advice = advise(self.tried)
        self.rate = advice.rate
        if advice.rate is None:
            self._verdict.setText(tr("The loss falls at no rate, so none can be advised."))
        else:
            self._verdict.setText(tr("Advised: {rate}", rate=f"{advice.rate:g}"))
            self._use.setText(tr("Use {rate}", rate=f"{advice.rate:g}"))
            self._use.setEnabled(True)
            self._use.setDefault(True)
        self._show()

    def _show(self) -> None:
        rates = tuple(step.rate for step in self.tried)
        top = 3 * max((step.smoothed for step in self.tried[:10]), default=1.0)
        smoothed = tuple(min(step.smoothed, top) for step in self.tried)
        self._plot.show_lines(
            [Line("", rates, smoothed)], across=tr("learning rate"), up=tr("loss"), log=True, mark=self.rate
        )


def _work(project: Project) -> Callable[[Callable[[], bool]], Iterator[object]]:
    def make(stop: Callable[[], bool]) -> Iterator[object]:
        from nnstudio.compiler.analysis import analyse
        from nnstudio.compiler.link import link
        from nnstudio.compiler.plan import make_plan
        from nnstudio.core.problem import errors_among
        from nnstudio.data.catalog import load
        from nnstudio.training.finder import try_rates
        from nnstudio.training.ready import ready
        from nnstudio.training.recipe import recipe_of

        recipe, dataset, blocks = recipe_of(project.recipe), load(project.data), project.blocks_by_name
        analysis = analyse(project.graph, blocks)
        problems = errors_among(ready(project.graph, analysis, dataset, recipe))
        if problems:
            raise ValueError(problems[0].message)
        plan = make_plan(project.graph, blocks, analysis)
        yield from try_rates(link(plan, seed=recipe.seed), dataset, recipe, stop)

    return make
