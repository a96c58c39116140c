"""What a recipe means for the drawing that it trains."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.compiler.lint import Aim
from nnstudio.core.graph import Value
from nnstudio.training.recipe import recipe_of


def aim_of(recipe_settings: Mapping[str, Value], data: Mapping[str, Value]) -> Aim | None:
    """Return what a drawing is trained for; None where the recipe cannot be read, which is told where recipes are."""
    try:
        recipe = recipe_of(recipe_settings)
    except ValueError:
        return None
    follows_loss = recipe.learner in ("backprop", "pretraining")
    return Aim(loss=recipe.loss if follows_loss else "", batch_size=recipe.batch_size, has_data="name" in data)
