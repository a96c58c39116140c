"""The gradient of the loss by the weights of the selected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.training.studies.gradients import LayerGradients
from nnstudio.ui.insight.chosen import chosen_layer, has_weights
from nnstudio.ui.insight.weights import NumbersView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study


class GradientsView(NumbersView):
    """What the next step of gradient descent goes against, weight by weight."""

    def study(self) -> Study | None:
        """Ask for the selected layer, else for the first one that learns."""
        layer = chosen_layer(self.session, has_weights)
        return None if layer is None else LayerGradients(layer)
