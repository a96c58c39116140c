"""What a loss does for a task, as Python for training scripts."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from nnstudio.core.words import tr
from nnstudio.data.dataset import Task
from nnstudio.training.recipe import Loss, Recipe
from nnstudio.training.suits import LEAST_WINS, SUITS, TAKES_NUMBERS

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset


class Objective(msgspec.Struct, frozen=True, kw_only=True):
    """What a loss does for a task.

    Attributes:
        loss: an expression in ``output`` and ``target``.
        right: an expression for how many of a batch were right; empty where that has no meaning.
        own: names of the functions of `nnstudio.training.own_losses` that it calls.
        several: whether ``output`` is a tuple.
    """

    loss: str
    right: str = ""
    own: tuple[str, ...] = ()
    several: bool = False


_CALLS: Final[Mapping[Loss, str]] = {
    "cross_entropy": "functional.cross_entropy({scores}, {target}{weights}{smooth})",
    "bce": "functional.binary_cross_entropy_with_logits({scores}, {target})",
    "nll": "functional.nll_loss({scores}, {target}{weights})",
    "mse": "functional.mse_loss({scores}, {target})",
    "mae": "functional.l1_loss({scores}, {target})",
    "huber": "functional.huber_loss({scores}, {target}, delta={huber_delta})",
    "kl": 'functional.kl_div({scores}, {target}, reduction="none").sum(1).mean()',
    "hinge": "functional.multi_margin_loss({scores}, {target})",
    "rbf": "rbf_loss({scores}, {target}, {rbf_margin})",
    "segmentation": "segmentation_loss({scores}, {target}, {dice_share}{weights})",
    "detection": "detection_loss({scores}, {target}, {box_weight}, {empty_weight})",
    "vae": "vae_loss({scores}, {target}, {beta})",
}
_OWN: Final[Mapping[Loss, str]] = {
    "rbf": "rbf_loss",
    "segmentation": "segmentation_loss",
    "detection": "detection_loss",
    "vae": "vae_loss",
}
_BY_PLACE: Final[frozenset[Task]] = frozenset({"sequence", "next_token"})
"""Tasks whose outputs have the classes on the last axis, where losses want them on axis 1."""
_NAMES_CLASSES: Final[frozenset[Task]] = frozenset({"classification", "sequence", "next_token", "segmentation"})


def objective_of(recipe: Recipe, task: Task, num_outputs: int, weights: tuple[float, ...] | None = None) -> Objective:
    """Return what a recipe's loss does for a task.

    Args:
        recipe: names the loss and its settings.
        task: what is asked of the network.
        num_outputs: how many classes or values there are.
        weights: what a mistake with each class counts; None for all alike.

    Raises:
        ValueError: the loss has no meaning for the task, or scripts have no words for it.
    """
    loss = recipe.loss
    if loss not in SUITS[task]:
        raise ValueError(tr("The loss {loss} has no meaning for {data}.", loss=loss, data=task))
    by_place = task in _BY_PLACE
    scores, target, right = "output.movedim(-1, 1)" if by_place else "output", "target", ""
    if task in _NAMES_CLASSES:
        best = f"{'argmin' if loss in LEAST_WINS else 'argmax'}({-1 if by_place else 1})"
        right = f"(output.{best} == target).sum().item()"
        if task != "classification":
            right += " / target[0].numel()"
        if loss not in TAKES_NUMBERS:
            moved = ".movedim(-1, 1)" if by_place else ""
            target = f"functional.one_hot(target, {num_outputs}){moved}.float()"
    if loss == "hinge" and task != "classification":
        scores, target = f"output.reshape(-1, {num_outputs})", "target.reshape(-1)"
    listed = "" if weights is None else f", torch.tensor({list(weights)}, device=output.device)"
    values = {name: repr(getattr(recipe, name)) for name in recipe.__struct_fields__}
    smooth = f", label_smoothing={recipe.label_smoothing}" if recipe.label_smoothing else ""
    return Objective(
        loss=_CALLS[loss].format(scores=scores, target=target, weights=listed, smooth=smooth, **values),
        right="" if task == "detection" else right,
        own=(_OWN[loss],) if loss in _OWN else (),
        several=loss == "vae",
    )


def weights_of(recipe: Recipe, data: Dataset) -> tuple[float, ...] | None:
    """Return the class weights that the recipe asks for; None for all alike."""
    if recipe.class_weights == "none" or recipe.loss not in ("cross_entropy", "nll", "segmentation"):
        return None
    import numpy as np

    numbers = data.targets[data.training].reshape(-1)
    counts = np.bincount(numbers, minlength=data.num_outputs).astype(float)
    weights = np.where(counts > 0, numbers.size / (data.num_outputs * np.maximum(counts, 1)), 1.0)
    return tuple(float(weight) for weight in weights.astype("float32"))


@cache
def own_text(name: str) -> str:
    """Return the text of a function of `nnstudio.training.own_losses`.

    Raises:
        KeyError: there is no such function.
    """
    text = Path(__file__).with_name("own_losses.py").read_text("utf-8")
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return "\n".join(text.splitlines()[statement.lineno - 1 : statement.end_lineno])
    raise KeyError(name)
