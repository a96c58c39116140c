"""What a recipe means for the drawing that it trains."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nnstudio.compiler.lint import Aim
from nnstudio.core.graph import Value
from nnstudio.training.recipe import Recipe

_ASKED = ("learner", "loss", "batch_size")


def aim_of(recipe_settings: Mapping[str, Value], data: Mapping[str, Value]) -> Aim | None:
    """Return what a drawing is trained for; None where the recipe cannot be read, which is told where recipes are.

    Only what lint asks for is read: the first window does not wait for the words of all the other settings.
    """
    asked = {name: recipe_settings[name] for name in _ASKED if name in recipe_settings}
    try:
        recipe = msgspec.convert(asked, Recipe)
    except msgspec.ValidationError:
        return None
    follows_loss = recipe.learner in ("backprop", "pretraining")
    return Aim(loss=recipe.loss if follows_loss else "", batch_size=recipe.batch_size, has_data="name" in data)
