"""PCA and t-SNE: many samples as points in a plane, by what a layer makes of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import SLICE, Scene, Study, Unfinished, on_desk
from nnstudio.training.studies.rolling import Rolling
from nnstudio.training.studies.samples import some_rows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

_PART = 32
_LARGE = 1024
"""Layers that give more numbers than this are looked at with fewer samples, so that no look takes long."""
_FEWER = 250


class Projection(msgspec.Struct, frozen=True, eq=False):
    """Samples as points.

    Attributes:
        layer: whose values were projected.
        layers: all layers that can be, in order.
        rows: of the data set, ``(n,)``.
        places: ``(n, 2)``.
        note: how much of the variance each axis holds ``(2,)`` for PCA; Kullback-Leibler divergence ``(1,)`` for t-SNE.
        progress: from 0 to 1, how far it is worked out.
        since: the training step of the oldest values.
    """

    layer: str
    layers: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.float64]
    note: npt.NDArray[np.float64]
    progress: float
    since: int


class Pca(Study, frozen=True):
    """Shows the two directions in which a layer's values differ most (Pearson 1901).

    Attributes:
        layer: its name; empty for the last one before the scores.
        count: how many samples at most.
    """

    layer: str = ""
    count: int = 500

    def see(self, scene: Scene) -> object:
        """Return `Projection`.

        Raises:
            ValueError: no layer gives numbers that can be compared.
        """
        work = on_desk(scene, self, lambda: _PcaWork(scene, self.layer, self.count))
        finished = work.values.renew(scene)
        found = work.project()
        return found if finished else Unfinished(found)


class Tsne(Study, frozen=True):
    """Puts samples that a layer finds alike next to each other (van der Maaten and Hinton 2008), exactly.

    The values are those of one moment; when the picture is done and the training has gone on, it begins anew, from
    the places that were found last.

    Attributes:
        layer: its name; empty for the last one before the scores.
        count: how many samples at most.
        perplexity: about how many neighbours count.
        seed: of the first places.
    """

    layer: str = ""
    count: int = 500
    perplexity: float = 30.0
    seed: int = 0

    def see(self, scene: Scene) -> object:
        """Return `Projection`.

        Raises:
            ValueError: no layer gives numbers that can be compared, or there are too few samples.
        """
        found, finished = on_desk(scene, self, lambda: _TsneWork(scene, self)).go_on(scene)
        return found if finished else Unfinished(found)


class _Values:
    """What a layer gives for many samples, renewed in slices."""

    def __init__(self, scene: Scene, layer: str, count: int) -> None:
        sizes = _sizes(scene)
        self.layers = tuple(sizes)
        if not self.layers:
            raise ValueError(tr("No layer of this network gives numbers that can be compared."))
        self.layer = layer if layer in self.layers else self.layers[max(0, len(self.layers) - 2)]
        fewer = _FEWER if sizes[self.layer] > _LARGE else count
        self.table = Rolling["Tensor"](some_rows(scene.dataset, min(count, fewer)), _PART)

    def renew(self, scene: Scene) -> bool:
        """Work for a slice; say whether all values are of this step."""
        import torch

        def make(part: tuple[int, ...]) -> Tensor:
            found: list[Tensor] = []

            def visit(name: str, value: Tensor) -> None:
                if name == self.layer and not found:
                    found.append(value.flatten(1).to("cpu", torch.float32, copy=True))

            scene.inside.look(scene.batch(part)[0], visit)
            return found[0]

        with scene.untouched():
            return self.table.renew(scene.step, make)

    def matrix(self) -> Tensor:
        """Return ``(n, d)`` in double precision."""
        import torch

        return torch.cat(self.table.values).double()


class _PcaWork:
    def __init__(self, scene: Scene, layer: str, count: int) -> None:
        self.values = _Values(scene, layer, count)
        self._before: Tensor | None = None

    def project(self) -> Projection:
        places, shares, axes = pca(self.values.matrix())
        if self._before is not None and self._before.shape == axes.shape:
            # An axis has no direction of its own: it keeps the one it had, so that the picture does not flip.
            flips = (axes * self._before).sum(0).sign()
            flips[flips == 0] = 1.0
            places, axes = places * flips, axes * flips
        self._before = axes
        return _projection(self.values, places, shares, 1.0)


class _TsneWork:
    def __init__(self, scene: Scene, study: Tsne) -> None:
        self._values = _Values(scene, study.layer, study.count)
        self._study = study
        self._course: Iterator[tuple[Tensor, float, float]] | None = None
        self._found: Projection | None = None
        self._last: Tensor | None = None
        self._step = -1

    def go_on(self, scene: Scene) -> tuple[Projection | None, bool]:
        from nnstudio.training.studies.tsne import tsne

        if self._course is None:
            if self._step == scene.step:
                return self._found, True
            if not self._values.renew(scene) and self._values.table.oldest < 0:
                return self._found, False
            if len(self._values.table.rows) < 4:
                raise ValueError(tr("There are too few samples to compare."))
            self._step = scene.step
            self._course = tsne(self._values.matrix(), self._study.perplexity, self._study.seed, first=self._last)
            return self._found, False
        until = time.perf_counter() + SLICE
        for places, divergence, progress in self._course:
            self._last = places
            if time.perf_counter() >= until or progress >= 1.0:
                import torch

                note = torch.tensor([divergence], dtype=torch.float64)
                self._found = _projection(self._values, places, note, progress)
                if progress >= 1.0:
                    self._course = None
                break
        return self._found, self._course is None and self._step == scene.step


def pca(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return places ``(n, 2)``, each axis' share of the variance ``(2,)`` and the axes ``(d, 2)`` of values ``(n, d)``.

    By the singular value decomposition of the centred values; the largest entry of an axis is positive.
    """
    import torch

    centred = values - values.mean(0)
    if min(centred.shape) < 2:
        centred = torch.nn.functional.pad(centred, (0, max(0, 2 - centred.shape[1]), 0, max(0, 2 - len(centred))))
    if centred.shape[1] > len(centred):
        # The decomposition of the small matrix of products has the same axes, and takes a tenth of the time.
        squares, sides = torch.linalg.eigh(centred @ centred.T)
        lengths, sides = squares.flip(0)[:2].clamp_min(0.0).sqrt(), sides.flip(1)[:, :2]
        axes = centred.T @ sides / lengths.clamp_min(1e-300)
        total = squares.clamp_min(0.0).sum()
    else:
        _, lengths, sides_T = torch.linalg.svd(centred, full_matrices=False)  # noqa: N806 the suffix says turned
        axes, total = sides_T[:2].T, lengths.square().sum()
        lengths = lengths[:2]
    signs = axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
    signs[signs == 0] = 1.0
    axes = axes * signs
    shares = lengths.square() / total.clamp_min(1e-300)
    return (centred @ axes)[: len(values)], shares, axes


def _projection(values: _Values, places: Tensor, note: Tensor, progress: float) -> Projection:
    import numpy as np

    return Projection(
        layer=values.layer,
        layers=values.layers,
        rows=np.array(values.table.rows, dtype=np.int64),
        places=places.double().numpy().copy(),
        note=note.numpy().copy(),
        progress=progress,
        since=values.table.oldest,
    )


def _sizes(scene: Scene) -> dict[str, int]:
    """Return how many real numbers each layer gives for one sample, in order."""
    found: dict[str, int] = {}

    def visit(name: str, value: Tensor) -> None:
        if value.is_floating_point() and value.ndim > 1:
            found.setdefault(name, value[0].numel())

    with scene.untouched():
        scene.inside.look(scene.batch((int(scene.dataset.validation[0]),))[0], visit)
    return found
