"""Attention maps of one sample, head by head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.attention import Attention, AttentionMaps
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import grouped
from nnstudio.ui.insight.classes import sign_names
from nnstudio.ui.insight.heads import AttentionChart, HeadTiles
from nnstudio.ui.insight.layout import beside, lay_out
from nnstudio.ui.insight.picker import LayerPicker
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session


class AttentionView(StudyView):
    """One head large, the others beside it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.layer = LayerPicker(session, "attention_layer", self)
        self.caption = ElidedLabel("", "small", mute=True)
        self.chart = AttentionChart(tr("Attention of one head"))
        self.heads = HeadTiles(tr("Heads"))
        self._value: Attention | None = None
        lay_out(self, [self.layer, self.caption], beside((self.chart, 9), (self.heads, 8)))
        self.layer.picked.connect(self.ask)
        self.heads.chosen.connect(self._show_head)

    def study(self) -> Study | None:
        """Ask about the sample shown."""
        sample = self.session.bridge.sample
        return None if sample is None else AttentionMaps(sample, self.layer.wanted)

    def reason(self) -> str:
        """Say what is missing."""
        return tr("The data are being loaded.")

    def show_value(self, value: object) -> None:
        """Show other weights."""
        assert value is None or isinstance(value, Attention)
        self._value = value
        for part in (self.caption, self.chart, self.heads):
            part.setVisible(value is not None)
        if value is None:
            return
        self.layer.offer(value.layers, value.layer)
        self.heads.show_heads(value.weights)
        self._show_head()

    def _show_head(self) -> None:
        value = self._value
        if value is None:
            return
        _, rows, columns = value.weights.shape
        signs = sign_names(self.session.bridge.dataset, value.tokens)
        self.chart.show_weights(value.weights[self.heads.number], edge(signs, rows), edge(signs, columns))
        text = tr(
            "{layer}, sample {sample}, head {number}",
            layer=value.layer,
            sample=grouped(value.sample),
            number=self.heads.number + 1,
        )
        self.caption.setText(text)


def edge(signs: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return a text for each of ``count`` steps: the sample's signs, after a class token where one is missing."""
    if len(signs) == count:
        return signs
    if len(signs) == count - 1:
        return ("•", *signs)
    return tuple(str(number) for number in range(1, count + 1))
