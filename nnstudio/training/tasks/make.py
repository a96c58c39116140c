"""Which task a data set has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnstudio.data.dataset import Dataset, Task
from nnstudio.training.ready import check_loss, with_loss
from nnstudio.training.recipe import Recipe
from nnstudio.training.tasks.base import Objective
from nnstudio.training.tasks.classification import Classification
from nnstudio.training.tasks.detection import Detection
from nnstudio.training.tasks.next_token import NextToken
from nnstudio.training.tasks.reconstruction import make_reconstruction
from nnstudio.training.tasks.regression import Regression
from nnstudio.training.tasks.segmentation import Segmentation
from nnstudio.training.tasks.sequence import SequenceLabelling

OBJECTIVES: Mapping[Task, Callable[[Recipe, Dataset], Objective]] = {
    "classification": Classification,
    "regression": Regression,
    "sequence": SequenceLabelling,
    "next_token": NextToken,
    "reconstruction": make_reconstruction,
    "segmentation": Segmentation,
    "detection": Detection,
}


def make_objective(recipe: Recipe, dataset: Dataset) -> Objective:
    """Return what this recipe asks of a network on these data.

    Raises:
        ValueError: the recipe's loss has no meaning for the data, in words for the person.
    """
    recipe = with_loss(recipe, dataset)
    check_loss(recipe.loss, dataset)
    return OBJECTIVES[dataset.task](recipe, dataset)
