"""The curve that a network with one number in and one out has learned, over the points it learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.studies.base import Scene

MARGIN = 0.1
"""How far the curve goes beyond the points on each side, as a share of their width."""


class Curve(msgspec.Struct, frozen=True, eq=False):
    """A curve.

    Attributes:
        x: evenly spaced, ``(n,)``.
        y: what the network gives there, ``(n,)``.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]


class Fit(Study, frozen=True):
    """Which curve has the network learned?

    Attributes:
        points: how many values of x are tried.
    """

    points: int = 301

    def see(self, scene: Scene) -> Curve:
        """Return it.

        Raises:
            ValueError: samples or answers are not single numbers.
        """
        import numpy as np
        import torch

        dataset = scene.dataset
        if dataset.task != "regression" or dataset.shape != (1,) or dataset.num_outputs != 1:
            raise ValueError(tr("This view is for one number in and one out, as in Noisy sine."))
        low, high = float(dataset.inputs.min()), float(dataset.inputs.max())
        far = MARGIN * (high - low)
        x = np.linspace(low - far, high + far, self.points, dtype=np.float32)
        with scene.untouched(), torch.no_grad():
            y = scene.module(torch.from_numpy(x[:, None]).to(scene.device))
        return Curve(x, y[:, 0].float().cpu().numpy())
