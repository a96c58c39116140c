"""The story of one sample: what each layer makes of it, and where on the way its class can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.training.studies.base import Scene, Study, Unfinished, on_desk
from nnstudio.training.studies.rolling import Rolling
from nnstudio.training.studies.samples import check_sample

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

_PART = 16
_WIDEST = 512
"""So many numbers of a layer are compared; of more, evenly taken ones."""


class Chapter(msgspec.Struct, frozen=True, eq=False):
    """One layer.

    Attributes:
        layer: its name.
        value: what it gives for the sample, without batch axis.
        guess: the class whose mean over training samples is nearest to it; None without classes.
        right: for which share of validation samples the nearest mean is that of the right class; NaN without classes.
    """

    layer: str
    value: npt.NDArray[np.float32]
    guess: int | None
    right: float


class Told(msgspec.Struct, frozen=True, eq=False):
    """The whole story.

    Attributes:
        sample: row of the data set.
        chapters: the layers from the input to the last one, those inside blocks left out.
        output: what a person reads of the network's answer, ``(K,)``.
        answer, truth: classes; None without classes.
        loss: of the sample alone.
    """

    sample: int
    chapters: tuple[Chapter, ...]
    output: npt.NDArray[np.float64]
    answer: int | None
    truth: int | None
    loss: float


class Story(Study, frozen=True):
    """Follows one sample through the network.

    At each layer the means of the classes are taken over training samples, as a nearest-mean classifier does (Rocchio
    1971): a class that lies nearest early needs little of the network.

    Attributes:
        sample: row of the data set.
        means: how many training samples the means are of.
        tries: how many validation samples are tried.
    """

    sample: int
    means: int = 160
    tries: int = 80

    def see(self, scene: Scene) -> object:
        """Return `Told`; whole once all samples have been looked at."""
        import torch

        check_sample(scene.dataset, self.sample)
        finished = True
        table = None
        if scene.dataset.task == "classification":
            table = on_desk(scene, self, lambda: Rolling["dict[str, Tensor]"](self._rows(scene), _PART))
            with scene.untouched():
                finished = table.renew(scene.step, lambda part: _features(scene, part))
        values: dict[str, Tensor] = {}

        def visit(name: str, value: Tensor) -> None:
            values.setdefault(name, value.detach().clone())

        inputs, targets = scene.batch((self.sample,))
        with scene.untouched(), torch.no_grad():
            output = scene.inside.look(inputs, visit)
            loss = scene.objective.loss(output, targets).item()
            shown = scene.objective.shown(output)[0].double().cpu().reshape(-1)
        told = Told(
            sample=self.sample,
            chapters=tuple(self._chapters(scene, values, table)),
            output=shown.numpy().copy(),
            answer=int(shown.argmax()) if table is not None else None,
            truth=int(scene.dataset.targets[self.sample]) if table is not None else None,
            loss=loss,
        )
        return told if finished else Unfinished(told)

    def _rows(self, scene: Scene) -> tuple[int, ...]:
        training, validation = scene.dataset.training.tolist(), scene.dataset.validation.tolist()
        return tuple(training[: self.means] + validation[: self.tries])

    def _chapters(
        self, scene: Scene, values: dict[str, Tensor], table: Rolling[dict[str, Tensor]] | None
    ) -> list[Chapter]:
        import math

        import torch

        found = []
        rows = table.rows if table is not None and table.oldest >= 0 else ()
        training = set(scene.dataset.training.tolist())
        means = torch.tensor([row in training for row in rows], dtype=torch.bool)
        classes = torch.from_numpy(scene.dataset.targets[list(rows)].copy()) if rows else torch.empty(0)
        for name, value in values.items():
            if "." in name:
                continue
            guess, right = None, math.nan
            if table is not None and rows:
                features = torch.cat([part[name] for part in table.values])
                guess, right = _nearest(features, classes, means, _feature(value)[0])
            picture = value[0].to("cpu", torch.float32, copy=True).numpy()
            found.append(Chapter(layer=name, value=picture, guess=guess, right=right))
        return found


def _features(scene: Scene, part: tuple[int, ...]) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}

    def visit(name: str, value: Tensor) -> None:
        if "." not in name:
            found.setdefault(name, _feature(value))

    scene.inside.look(scene.batch(part)[0], visit)
    return found


def _feature(value: Tensor) -> Tensor:
    """Return at most `_WIDEST` numbers of each sample ``(B, d)``, evenly taken."""
    import torch

    flat = value.detach().reshape(len(value), -1)
    return flat[:, :: -(-flat.shape[1] // _WIDEST)].to("cpu", torch.float32, copy=True)


def _nearest(features: Tensor, classes: Tensor, means: Tensor, sample: Tensor) -> tuple[int, float]:
    """Return the class of the nearest mean to the sample, and the share of the other samples for which it is right."""
    import torch

    kinds = torch.tensor(sorted(set(classes[means].tolist())))
    centres = torch.stack([features[means & (classes == kind)].mean(0) for kind in kinds])
    answers = kinds[torch.cdist(features[~means], centres).argmin(1)]
    guess = kinds[torch.cdist(sample[None], centres).argmin(1)]
    return int(guess), float((answers == classes[~means]).double().mean())
