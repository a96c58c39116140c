"""What the network answers for the validation samples: the ground of the confusion matrix and of the worst mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Scene, Study, Unfinished, on_desk
from nnstudio.training.studies.rolling import Rolling
from nnstudio.training.studies.samples import some_rows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_PART = 32


class Answered(msgspec.Struct, frozen=True, eq=False):
    """Answers for ``n`` samples.

    Attributes:
        rows: of the data set, ``(n,)``.
        truth: the right class of each, ``(n,)``; it and all up to the losses are empty where there are no classes.
        answer: the class with the highest score, ``(n,)``.
        confidence: its share of all classes, from 0 to 1, ``(n,)``; as it stands where scores are no shares.
        losses: of each sample alone, ``(n,)``.
        counts: how many samples of each class (row) were given each answer (column), ``(K, K)``.
        total: how many validation samples there are.
        since: the training step of the oldest of these answers.
    """

    rows: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    answer: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    total: int
    since: int

    def cell(self, truth: int, answer: int) -> tuple[int, ...]:
        """Return the rows of the data set in one cell of the matrix, the highest loss first."""
        return tuple(int(self.rows[index]) for index in self.worst() if self._is_in(index, truth, answer))

    def worst(self) -> tuple[int, ...]:
        """Return the places of all samples, the highest loss first; of equal ones the first."""
        return tuple((-self.losses).argsort(kind="stable").tolist())

    def _is_in(self, index: int, truth: int, answer: int) -> bool:
        return bool(self.truth[index] == truth and self.answer[index] == answer)


class Answers(Study, frozen=True):
    """Asks the network for the class of validation samples.

    Attributes:
        most: how many samples at most, evenly taken.
        any_task: whether samples without classes will do: of these only the losses are told.
    """

    most: int = 2000
    any_task: bool = False

    def see(self, scene: Scene) -> object:
        """Return `Answered`.

        Raises:
            ValueError: the samples have no classes.
        """
        import torch

        dataset = scene.dataset
        has_classes = dataset.task == "classification"
        if not has_classes and not self.any_task:
            raise ValueError(tr("This view is for classes; {data} has none.", data=dataset.title))
        table = on_desk(scene, self, lambda: Rolling[_Part](some_rows(dataset, self.most, training=False), _PART))

        def make(part: tuple[int, ...]) -> _Part:
            inputs, targets = scene.batch(part)
            output = scene.module(inputs)
            if not isinstance(output, torch.Tensor):
                losses = [
                    scene.objective.loss(tuple(one[n : n + 1] for one in output), targets[n : n + 1]).item()
                    for n in range(len(part))
                ]
                return [], [], losses
            losses = [scene.objective.loss(output[n : n + 1], targets[n : n + 1]).item() for n in range(len(part))]
            if not has_classes:
                return [], [], losses
            confidence, answer = scene.objective.shown(output).max(1)
            return answer.tolist(), confidence.tolist(), losses

        with scene.untouched(), torch.no_grad():
            finished = table.renew(scene.step, make)
        value = _answered(scene, table)
        return value if finished else Unfinished(value)


_Part = tuple[list[int], list[float], list[float]]


def _answered(scene: Scene, table: Rolling[_Part]) -> Answered:
    import numpy as np

    dataset = scene.dataset
    rows = np.array(table.rows, dtype=np.int64)
    answer = np.array([number for part in table.values for number in part[0]], dtype=np.int64)
    truth = dataset.targets[rows].astype(np.int64) if len(answer) else answer
    classes = dataset.num_outputs if len(answer) else 0
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (truth, answer), 1)
    return Answered(
        rows=rows,
        truth=truth,
        answer=answer,
        confidence=np.array([number for part in table.values for number in part[1]]),
        losses=np.array([number for part in table.values for number in part[2]]),
        counts=counts,
        total=len(dataset.validation),
        since=table.oldest,
    )
