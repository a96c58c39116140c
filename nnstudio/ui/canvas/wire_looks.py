"""What wires can show of a run: how strong the weights are that they lead to, or how the gradient comes back."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QColor

from nnstudio.training.studies.gradients import Flow, GradientFlow
from nnstudio.training.studies.strengths import Strengths, StrengthStudy
from nnstudio.ui import theme
from nnstudio.ui.canvas.legend import Legend
from nnstudio.ui.insight.chosen import path_to
from nnstudio.ui.insight.flow_colours import DECADES, flow_colour

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge, Graph
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.canvas.items import WireItem
    from nnstudio.ui.canvas.view import Canvas
    from nnstudio.ui.scope import Level

THINNEST: Final = 1.0
THICKEST: Final = 8.0
_STEPS: Final = 24
"""Widths and colours come in so many steps: a look that stays the same costs nothing."""
_AGAIN_MS: Final = 120

WireLook = tuple[int, float]
"""Colour as 0xAARRGGBB, 0 for the usual one, and width in scene units."""


class WireLooks(QObject):
    """Gives the wires of a canvas the look that `Session.overlay` asks for. A hand at work is never disturbed."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._session = canvas.session
        self._bridge = canvas.session.bridge
        self._asked: Study | None = None
        self._dressed: set[Edge] = set()
        self._value: object = None
        self._known: tuple[Graph, tuple[Level, ...], dict[str, str | None]] | None = None
        self.legend = Legend(canvas.viewport())
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.refresh)
        self._bridge.studied.connect(self._on_studied)
        self._bridge.state_changed.connect(self._on_state_changed)
        self._session.overlaid.connect(self.ask)
        canvas.installEventFilter(self)
        self.ask()

    def ask(self) -> None:
        """Ask what the overlay shows, if the canvas is seen."""
        wanted = self._session.overlay if self._canvas.isVisible() else ""
        study = {"": None, "weights": StrengthStudy(), "gradients": GradientFlow()}[wanted]
        if study != self._asked:
            self._asked = study
            self._value = None
            if study is None:
                self._bridge.drop(self)
            else:
                self._bridge.follow(self, study)
        self.legend.show_overlay(self._session.overlay, waiting=self._bridge.state == "idle")
        self._on_studied()

    def refresh(self) -> None:
        """Dress the wires by the newest answer."""
        if self._canvas.is_busy:
            self._again.start()
            return
        looks = self._looks()
        wires = self._canvas.board.wires
        for edge in self._dressed - looks.keys():
            if edge in wires:
                wires[edge].show_look(None)
        for edge, look in looks.items():
            wires[edge].show_look(look)
        self._dressed = set(looks)
        if self._canvas.is_overview:
            self._canvas.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask while the canvas is seen, and keep the legend in its corner."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self.ask()
        elif event.type() == QEvent.Type.Resize:
            self.legend.settle()
        return super().eventFilter(watched, event)

    def _on_studied(self) -> None:
        seen = self._bridge.found(self) if self._asked is not None else None
        value = seen.value if seen is not None else None
        if value is not self._value or (value is None and self._dressed):
            self._value = value
            self.refresh()

    def _on_state_changed(self) -> None:
        if self._bridge.state in ("preparing", "idle"):
            self._value = None
            self.refresh()
        self.legend.show_overlay(self._session.overlay, waiting=self._bridge.state == "idle")

    def _looks(self) -> dict[Edge, WireLook]:
        wires = self._canvas.board.wires
        if isinstance(self._value, Strengths):
            return self._by_strength(self._value, wires)
        if isinstance(self._value, Flow):
            return self._by_flow(self._value, wires)
        return {}

    def _by_strength(self, value: Strengths, wires: dict[Edge, WireItem]) -> dict[Edge, WireLook]:
        most = max(value.layers.values(), default=0.0)
        if not (most > 0.0 and math.isfinite(most)):
            return {}
        # A block is as strong as the strongest layer in it.
        strengths: dict[str, float] = {}
        for layer, strength in value.layers.items():
            parts = layer.split(".")
            for end in range(1, len(parts) + 1):
                name = ".".join(parts[:end])
                strengths[name] = max(strengths.get(name, 0.0), strength)
        paths, found = self._paths(), {}
        for edge in wires:
            reached = strengths.get(paths.get(edge.target) or "")
            if reached is not None:
                share = round(reached / most * _STEPS) / _STEPS
                found[edge] = (0, THINNEST + (THICKEST - THINNEST) * share)
        return found

    def _by_flow(self, value: Flow, wires: dict[Edge, WireItem]) -> dict[Edge, WireLook]:
        end = value.at_output
        paths, found = self._paths(), {}
        for edge in wires:
            path = paths.get(edge.source)
            if path is not None and path in value.signals and end:
                found[edge] = (flow_look(value.signals[path] / end).rgba(), 3.0)
        return found

    def _paths(self) -> dict[str, str | None]:
        graph, trail = self._session.graph, self._session.trail
        if self._known is None or self._known[0] is not graph or self._known[1] != trail:
            self._known = graph, trail, {node.id: path_to(self._session, node) for node in graph.nodes}
        return self._known[2]


def flow_look(ratio: float) -> QColor:
    """Return the colour of a wire for its gradient by that at the output, in steps."""
    if not (ratio > 0.0 and math.isfinite(ratio)):
        return flow_colour(ratio)
    step = round(math.log10(ratio) / DECADES * _STEPS)
    return _step_colour(max(-_STEPS, min(_STEPS, step)), theme.current().name)


@cache
def _step_colour(step: int, _theme: str) -> QColor:
    return flow_colour(10.0 ** (step / _STEPS * DECADES))
