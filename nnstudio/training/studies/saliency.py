"""Saliency and Grad-CAM: which parts of a sample a class' score depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Scene, Study
from nnstudio.training.studies.samples import check_sample
from nnstudio.training.studies.scores import score_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor


class Salient(msgspec.Struct, frozen=True, eq=False):
    """What a score depends on.

    Attributes:
        sample: row of the data set.
        inputs: the sample, as the data hold it.
        target: number of the output, or of the class, that was asked about.
        score: how much the network says it, see `nnstudio.training.studies.scores`.
        gradient: of the score by the input, in its shape; by the embedding ``(T, D)`` where the input is tokens.
        strength: per pixel the largest, over the channels, of the gradient's absolute values ``(H, W)``; per number
            of a table its absolute value ``(D,)``; per token the length of its gradient ``(T,)``.
    """

    sample: int
    inputs: npt.NDArray[Any]
    target: int
    score: float
    gradient: npt.NDArray[np.float64]
    strength: npt.NDArray[np.float64]


class Saliency(Study, frozen=True):
    """Takes the gradient of one output by the sample (Simonyan, Vedaldi and Zisserman 2013).

    Attributes:
        sample: row of the data set.
        target: number of the output or class; None for the one that is said most.
    """

    sample: int
    target: int | None = None

    def see(self, scene: Scene) -> object:
        """Return `Salient`.

        Raises:
            ValueError: the network gives samples again, or tokens do not go through an embedding.
        """
        import torch

        source: list[Tensor] = []

        def visit(_name: str, value: Tensor) -> None:
            if not source and value.is_floating_point():
                source.append(value)

        check_sample(scene.dataset, self.sample)
        inputs, _ = scene.batch((self.sample,))
        if inputs.is_floating_point():
            inputs.requires_grad_()
        # cuDNN knows no way back through recurrent layers in eval mode.
        with scene.untouched(), torch.backends.cudnn.flags(enabled=False):
            output = scene.inside.look(inputs, visit, gradients=True)
            score, target = score_of(scene.dataset.task, output, self.target)
            gradient = torch.autograd.grad(score, source[0], materialize_grads=True, allow_unused=True)[0]
        numbers = gradient[0].double()
        if inputs.is_floating_point():
            strength = numbers.abs() if numbers.ndim < 3 else numbers.abs().flatten(0, -3).amax(0)
        elif numbers.ndim == 2 and len(numbers) == inputs[0].numel():
            strength = numbers.norm(dim=1)
        else:
            raise ValueError(tr("The tokens do not go through an Embedding, so there is nothing to derive by."))
        return Salient(
            sample=self.sample,
            inputs=scene.dataset.inputs[self.sample].copy(),
            target=target,
            score=score.item(),
            gradient=numbers.cpu().numpy(),
            strength=strength.cpu().numpy(),
        )


class Heat(msgspec.Struct, frozen=True, eq=False):
    """Where a convolution finds what speaks for a class.

    Attributes:
        sample, inputs, target, score: as in `Salient`.
        layer: the layer looked at.
        layers: all layers that give maps, in order.
        heat: ``(h, w)`` in the layer's own resolution, 0 or more; ``(1, t)`` for sequences of features.
    """

    sample: int
    inputs: npt.NDArray[Any]
    target: int
    score: float
    layer: str
    layers: tuple[str, ...]
    heat: npt.NDArray[np.float64]


class GradCam(Study, frozen=True):
    """Weights a layer's maps by their mean gradient, adds them up and keeps what is positive.

    Selvaraju and others: Grad-CAM, 2017, equations 1 and 2.

    Attributes:
        sample: row of the data set.
        layer: a layer that gives maps ``(C, H, W)``; empty for the last one with more than one place, and where the
            answer is a picture itself for the last one of those with the fewest places, where the most is gathered.
        target: number of the output or class; None for the one that is said most.
    """

    sample: int
    layer: str = ""
    target: int | None = None

    def see(self, scene: Scene) -> object:
        """Return `Heat`.

        Raises:
            ValueError: the network has no layer that gives maps, or gives samples again.
        """
        import torch

        check_sample(scene.dataset, self.sample)
        inputs, _ = scene.batch((self.sample,))
        maps: dict[str, Tensor] = {}

        def visit(name: str, value: Tensor) -> None:
            if value is not inputs and value.ndim == 4 and value.shape[2:].numel() > 1 and value.requires_grad:
                maps[name] = value

        if inputs.is_floating_point():
            inputs.requires_grad_()  # so that it also works where all weights are frozen
        with scene.untouched(), torch.backends.cudnn.flags(enabled=False):
            output = scene.inside.look(inputs, visit, gradients=True)
            if not maps:
                raise ValueError(tr("Grad-CAM needs a layer that gives maps, such as a convolution; there is none."))
            layer = self.layer if self.layer in maps else _usual(maps, output)
            score, target = score_of(scene.dataset.task, output, self.target)
            value = maps[layer]
            gradient = torch.autograd.grad(score, value, materialize_grads=True, allow_unused=True)[0]
        weights = gradient[0].double().mean(dim=(1, 2))
        heat = torch.einsum("c,chw->hw", weights, value[0].detach().double()).clamp_min(0.0)
        return Heat(
            sample=self.sample,
            inputs=scene.dataset.inputs[self.sample].copy(),
            target=target,
            score=score.item(),
            layer=layer,
            layers=tuple(maps),
            heat=heat.cpu().numpy(),
        )


def _usual(maps: dict[str, Tensor], output: Any) -> str:
    """Return the layer to look at where none was chosen."""
    given = output[0] if isinstance(output, tuple) else output
    before = [name for name, value in maps.items() if value is not given] or list(maps)
    if given.ndim == 4:
        fewest = min(maps[name].shape[2:].numel() for name in before)
        before = [name for name in before if maps[name].shape[2:].numel() == fewest]
    return before[-1]
