"""The line of a perceptron, its mistakes, and the bound that they never pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.studies.base import Scene

_ROWS = 500
"""Training samples that are looked at; for more the bound is not worked out."""


class PerceptronSeen(msgspec.Struct, frozen=True, eq=False):
    """A perceptron between two steps.

    Attributes:
        rows: the training samples that are looked at, as rows of the data, ``(n,)``.
        points: what arrives at it for these, ``(n, D)``.
        signs: right answers of the unit, −1 or 1, ``(n,)``.
        sums: w·x + b for each point, ``(n,)``.
        weight: w ``(D,)``.
        bias: b.
        units: how many units the layer has; what is shown is of one.
        mistakes: in each epoch so far, over all units.
        bound: (R/γ)²; None where no line parts the answers, or where there are too many points.
        parted: whether any plane parts the answers, as far as that is known.
    """

    rows: npt.NDArray[np.int64]
    points: npt.NDArray[np.float32]
    signs: npt.NDArray[np.float32]
    sums: npt.NDArray[np.float32]
    weight: npt.NDArray[np.float32]
    bias: float
    units: int
    mistakes: tuple[int, ...]
    bound: float | None
    parted: bool | None


class PerceptronStudy(Study, frozen=True):
    """Look at one unit of the last layer with a hard step."""

    unit: int = 0

    def see(self, scene: Scene) -> PerceptronSeen:
        """Let the training samples arrive at the unit; the bound is worked out once."""
        import numpy as np
        import torch

        from nnstudio.training.learners.parts import arriving
        from nnstudio.training.learners.perceptron import PerceptronRule, mistake_bound, signs_of, threshold_layer

        layer = threshold_layer(scene.module)
        chosen = [int(row) for row in scene.dataset.training[: _ROWS + 1]]
        few, rows = len(chosen) <= _ROWS, tuple(chosen[:_ROWS])
        with torch.no_grad(), scene.untouched():
            inputs, targets = scene.batch(rows)
            points = arriving(scene.module, layer, inputs)
            answers = signs_of(targets, layer.out_features)
            if answers.shape != (len(points), layer.out_features):
                raise ValueError(tr("The perceptron rule asks for one unit for each right answer."))
            unit = min(self.unit, layer.out_features - 1)
            signs = answers[:, unit]
            sums = torch.nn.functional.linear(points, layer.weight, layer.bias)[:, unit]
            key = PerceptronStudy(unit)
            if few and key not in scene.desk:
                scene.desk[key] = mistake_bound(points, signs)
            bound = scene.desk.get(key) if few else None
            assert bound is None or isinstance(bound, float)
            learner = scene.learner
            return PerceptronSeen(
                rows=np.array(rows, dtype=np.int64),
                points=points.cpu().float().numpy().copy(),
                signs=signs.cpu().float().numpy().copy(),
                sums=sums.cpu().float().numpy().copy(),
                weight=layer.weight[unit].cpu().float().numpy().copy(),
                bias=float(layer.bias[unit]) if layer.bias is not None else 0.0,
                units=layer.out_features,
                mistakes=tuple(learner.mistakes_by_epoch) if isinstance(learner, PerceptronRule) else (),
                bound=bound,
                parted=bound is not None if few else None,
            )
