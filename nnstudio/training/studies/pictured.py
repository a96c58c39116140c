"""What a network says of pictures: boxes, masks, or the picture itself once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.data.arrays import Array
    from nnstudio.training.studies.base import Scene


class Box(msgspec.Struct, frozen=True):
    """An object in a picture.

    Attributes:
        label: its class.
        x, y, width, height: of its middle and its size, as shares of the picture.
        score: how sure the network is, from 0 to 1; 1 for what is true.
        overlap: of a found box with the true one of its class that it meets best, and the other way round, 0 to 1
            (intersection over union).
    """

    label: int
    x: float
    y: float
    width: float
    height: float
    score: float = 1.0
    overlap: float = 1.0


class Boxed(msgspec.Struct, frozen=True, eq=False):
    """A picture with its objects, the true ones and those that were found, the surest first."""

    row: int
    image: Array
    truth: tuple[Box, ...]
    found: tuple[Box, ...]


class Masked(msgspec.Struct, frozen=True, eq=False):
    """A picture with the class of each pixel.

    Attributes:
        row: of the data set.
        image: ``(C, H, W)``.
        truth, said: class numbers ``(H, W)``.
        right: share of pixels that are right.
    """

    row: int
    image: Array
    truth: npt.NDArray[np.int64]
    said: npt.NDArray[np.int64]
    right: float


class Again(msgspec.Struct, frozen=True, eq=False):
    """A sample, and what came out for it.

    Attributes:
        row: of the data set.
        original, again: in the shape of the sample.
        off: mean squared error per value.
    """

    row: int
    original: Array
    again: Array
    off: float


class Boxes(Study, frozen=True):
    """Which objects does the network find in these samples?

    Attributes:
        rows: of the data set.
        surest: boxes less sure than this are left out.
    """

    rows: tuple[int, ...]
    surest: float = 0.5

    def see(self, scene: Scene) -> tuple[Boxed, ...]:
        """Return them with the true ones.

        Raises:
            ValueError: the data have no boxes.
        """
        import torch

        from nnstudio.training.tasks.boxes import find, overlap

        dataset = scene.dataset
        if dataset.task != "detection":
            raise ValueError(tr("This view is for objects in pictures; {data} has no boxes.", data=dataset.title))
        inputs, targets = scene.batch(self.rows)
        with scene.untouched(), torch.no_grad():
            grids = scene.module(inputs).cpu()
        pictures = []
        for row, objects, found in zip(self.rows, targets.cpu(), find(grids, self.surest), strict=True):
            objects = objects[objects[:, 0] >= 0]
            met = overlap(found.boxes[:, None], objects[None, :, 1:])
            met = torch.where(found.labels[:, None] == objects[None, :, 0].long(), met, 0.0)
            best = met.max(1).values.tolist() if len(objects) else [0.0] * len(found.boxes)
            reached = met.max(0).values.tolist() if len(found.boxes) else [0.0] * len(objects)
            truth = tuple(
                Box(int(label), x, y, width, height, overlap=most)
                for (label, x, y, width, height), most in zip(objects.tolist(), reached, strict=True)
            )
            parts = zip(found.labels.tolist(), found.boxes.tolist(), found.scores.tolist(), best, strict=True)
            answer = tuple(
                Box(label, x, y, width, height, score, most) for label, (x, y, width, height), score, most in parts
            )
            pictures.append(Boxed(row, dataset.inputs[row].copy(), truth, answer))
        return tuple(pictures)


class Masks(Study, frozen=True):
    """What does the network take each pixel of these samples for?"""

    rows: tuple[int, ...]

    def see(self, scene: Scene) -> tuple[Masked, ...]:
        """Return it with the truth.

        Raises:
            ValueError: the data have no masks.
        """
        import torch

        dataset = scene.dataset
        if dataset.task != "segmentation":
            raise ValueError(tr("This view is for masks; {data} has none.", data=dataset.title))
        inputs, _ = scene.batch(self.rows)
        with scene.untouched(), torch.no_grad():
            said = scene.module(inputs).argmax(1).cpu().numpy()
        truth = dataset.targets[list(self.rows)]
        return tuple(
            Masked(row, dataset.inputs[row].copy(), right, answer, float((right == answer).mean()))
            for row, right, answer in zip(self.rows, truth, said, strict=True)
        )


class Reconstructions(Study, frozen=True):
    """What comes out for these samples?"""

    rows: tuple[int, ...]

    def see(self, scene: Scene) -> tuple[Again, ...]:
        """Return it beside the samples.

        Raises:
            ValueError: the network is not asked for the sample itself.
        """
        import torch

        dataset = scene.dataset
        if dataset.task != "reconstruction":
            text = tr(
                "This view is for networks that draw the sample again; {data} asks for something else.",
                data=dataset.title,
            )
            raise ValueError(text)
        inputs, _ = scene.batch(self.rows)
        with scene.untouched(), torch.no_grad():
            again = scene.objective.shown(scene.module(inputs)).float().cpu().numpy()
        return tuple(
            Again(row, dataset.inputs[row].copy(), one, float(((one - dataset.inputs[row]) ** 2).mean()))
            for row, one in zip(self.rows, again, strict=True)
        )
