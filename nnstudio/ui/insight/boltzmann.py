"""What a Boltzmann machine looks for, and what it makes of its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.boltzmann import BoltzmannSeen, BoltzmannStudy
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.insight.curve import Curve
from nnstudio.ui.insight.layout import beside, lay_out, titled
from nnstudio.ui.insight.tiles import Tile, Tiles
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_SHOWN: Final = 7
"""Samples that are painted again."""
_MOST: Final = 400
"""Likelihoods that are kept; beyond that every second one goes."""


class BoltzmannView(StudyView):
    """Filters on the left; samples above what comes back of them in the middle; the likelihood so far on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.value: BoltzmannSeen | None = None
        self._history: list[tuple[int, float]] = []
        self.caption = ElidedLabel("", "small", mute=True)
        self.filters = Tiles(tr("Filters"), largest=64.0)
        self.shown = Tiles(tr("Samples"), largest=56.0)
        self.again = Tiles(tr("Painted again"), largest=56.0)
        self.curve = Curve(tr("Log-likelihood"), tr("looks"))
        left = titled((tr("Filters"), self.filters))
        middle = titled((tr("Samples"), self.shown), (tr("Painted again"), self.again))
        right = titled((tr("Log-likelihood, in nats"), self.curve))
        lay_out(self, [self.caption], beside((left, 1), (middle, 1), (right, 1)))
        self._parts = [part for part in self.findChildren(QWidget) if part.parent() is self and part is not self._note]
        session.bridge.state_changed.connect(self._on_state_changed)

    def study(self) -> Study | None:
        """Ask for the selected machine, else for the first, with the chosen sample and those after it."""
        dataset, sample = self.session.bridge.dataset, self.session.bridge.sample
        if dataset is None or sample is None:
            return None
        count = len(dataset.inputs)
        rows = tuple((sample + number) % count for number in range(min(_SHOWN, count)))
        chosen = self.session.model_selection
        node = self.session.project.graph.by_id.get(next(iter(chosen))) if len(chosen) == 1 else None
        layer = node.name if node is not None and node.kind == "RestrictedBoltzmann" else ""
        return BoltzmannStudy(layer=layer, rows=rows)

    def reason(self) -> str:
        """Say what is missing."""
        return tr("preparing…")

    def show_value(self, value: object) -> None:
        """Show filters and samples, or nothing."""
        assert value is None or isinstance(value, BoltzmannSeen)
        self.value = value
        for part in self._parts:
            part.setVisible(value is not None)
        if value is None:
            return
        self.filters.show_tiles(tuple(Tile(row) for row in value.filters))
        self.shown.show_tiles(tuple(Tile(row) for row in value.shown), 1.0)
        self.again.show_tiles(tuple(Tile(row) for row in value.again), 1.0)
        error = float(((value.again - value.shown) ** 2).mean())
        if value.likelihood is None:
            text = tr("mean squared error {error:.4f}; too many units to add up all states", error=error)
        else:
            text = tr(
                "mean squared error {error:.4f}; log-likelihood {likely:.3f}, at best {best:.3f}",
                error=error,
                likely=value.likelihood,
                best=value.best,
            )
            self._keep(self.seen.step if self.seen is not None else 0, value.likelihood)
            self.curve.show_values([likely for _, likely in self._history], ((value.best, tr("the best that can be")),))
        self.caption.setText(text)

    def _keep(self, step: int, likelihood: float) -> None:
        while self._history and self._history[-1][0] >= step:
            self._history.pop()
        self._history.append((step, likelihood))
        if len(self._history) > _MOST:
            del self._history[1:-1:2]

    def _on_state_changed(self) -> None:
        if self.session.bridge.state in ("preparing", "idle"):
            self._history.clear()
