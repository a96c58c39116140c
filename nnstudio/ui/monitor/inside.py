"""Inside one layer: its maps large, how many there are, and what the colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.monitor.layers import LayerValue, layer_value, layer_values
from nnstudio.ui.monitor.map_grid import MapGrid, Scale
from nnstudio.ui.monitor.seen import FollowsWhileSeen

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class InsideLayer(FollowsWhileSeen):
    """The selected layer; while none is selected, the first one after the input that gives several maps."""

    def __init__(self, session: Session, parent: QWidget | None = None, *, narrow: bool = False) -> None:
        """``narrow`` puts the colour scale under the caption instead of beside it."""
        super().__init__(parent)
        self.setObjectName("inside_layer")
        self._session = session
        self._title = ElidedLabel(tr("Inside a layer"), "heading")
        self._title.setObjectName("inside_title")
        self._caption = ElidedLabel("", "small", mute=True)
        self._scale = Scale(self)
        self.grid = MapGrid(tr("Press Train, then select a layer to look inside."), self)
        details = QVBoxLayout() if narrow else QHBoxLayout()
        details.setSpacing(4 if narrow else 12)
        details.addWidget(self._caption, 1)
        details.addWidget(self._scale)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addLayout(details)
        column.addWidget(self.grid, 1)
        session.bridge.mapped.connect(self._on_mapped)
        session.bridge.state_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        session.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the layer that is chosen now."""
        layer = self._chosen()
        self._scale.setVisible(layer is not None and not layer.is_vector)
        self._caption.setVisible(layer is not None)
        self.grid.show_layer(layer)
        if layer is None:
            _write(self._title, tr("Inside a layer"))
            return
        _write(self._title, tr("Inside {name}", name=layer.name))
        text = layer.caption
        if layer.is_vector:
            text = tr("{caption}, {span}", caption=text, span=layer.span)
        elif self.grid.num_hidden:
            text = tr("{caption}, {count} of them not shown", caption=text, count=self.grid.num_hidden)
        _write(self._caption, text)
        self._scale.show_range(layer.low, layer.high)

    def _chosen(self) -> LayerValue | None:
        if len(self._session.model_selection) == 1:
            return layer_value(self._session, next(iter(self._session.model_selection)))
        layers = layer_values(self._session)
        return next(
            (layer for layer in layers if not layer.is_vector and layer.count > 1), layers[-1] if layers else None
        )

    def _on_mapped(self) -> None:
        if self.isVisible():
            self._session.bridge.in_turn(self.refresh)


def _write(label: ElidedLabel, text: str) -> None:
    """Show a text; the same text again would only cost a new layout."""
    if label.text() != text:
        label.setText(text)
