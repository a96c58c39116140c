"""Which task a data set has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnstudio.data.dataset import Dataset, Task
from nnstudio.training.recipe import Recipe
from nnstudio.training.tasks.base import Objective
from nnstudio.training.tasks.classification import Classification
from nnstudio.training.tasks.regression import Regression

OBJECTIVES: Mapping[Task, Callable[[Recipe, Dataset], Objective]] = {
    "classification": Classification,
    "regression": Regression,
}


def make_objective(recipe: Recipe, dataset: Dataset) -> Objective:
    """Return what this recipe asks of a network on these data.

    Raises:
        ValueError: the recipe's loss has no meaning for the data, in words for the person.
    """
    return OBJECTIVES[dataset.task](recipe, dataset)
