"""The recipe and its form."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from nnstudio.compiler.lint import Aim
from nnstudio.core.graph import Value
from nnstudio.training.aim import aim_of
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.settings.form import RECIPE_FIELDS


def test_form_and_recipe_have_the_same_settings() -> None:
    assert [field.name for field in RECIPE_FIELDS] == [field.name for field in msgspec.structs.fields(Recipe)]
    assert recipe_of({}) == Recipe()


def test_every_field_is_explained_in_both_languages() -> None:
    for field in RECIPE_FIELDS:
        for words in (field.label, field.help):
            assert words.en, field.name
            assert words.zh, field.name


def test_settings_are_taken_over() -> None:
    recipe = recipe_of({"optimizer": "sgd", "learning_rate": 1, "epochs": 3})
    assert (recipe.optimizer, recipe.learning_rate, recipe.epochs) == ("sgd", 1.0, 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss": "square"}, "loss: expected one of cross_entropy, bce, nll, mse, mae, huber, kl, hinge, rbf, "),
        ({"learning_rate": -1}, "learning_rate: expected a number from 0 to 10, got -1"),
        ({"learning_rate": float("nan")}, "learning_rate: expected a number from 0 to 10, got nan"),
        ({"batch_size": 0}, "batch_size: expected a whole number from 1 to 65,536, got 0"),
        ({"epochs": True}, "epochs: expected a whole number from 1 to 100,000, got True"),
        ({"device": "tpu"}, "device: expected one of cpu, cuda, mps, got 'tpu'"),
        ({"seed": None}, "seed: expected a whole number from 0 to 2,147,483,647, got None"),
        ({"speed": 1}, "speed: unknown setting; expected one of learner, cd_steps, "),
    ],
)
def test_wrong_setting_is_refused(settings: dict[str, Value], message: str) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        recipe_of(settings)
    assert str(caught.value).startswith(message)


def test_lint_asks_what_the_recipe_aims_at() -> None:
    assert aim_of({"loss": "mse", "batch_size": 1, "epochs": 3}, {}) == Aim(loss="mse", batch_size=1, has_data=False)
    assert aim_of({"learner": "hebb"}, {"name": "iris"}) == Aim(loss="", batch_size=64)
    assert aim_of({"loss": "square"}, {}) is None
    assert aim_of({"batch_size": "many"}, {}) is None


def test_a_drawing_with_a_recipe_opens_without_the_words_of_its_settings() -> None:
    script = (
        "import sys\nfrom nnstudio.training.aim import aim_of\naim_of({'loss': 'rbf', 'epochs': 3}, {})\n"
        "print('nnstudio.training.settings.form' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
