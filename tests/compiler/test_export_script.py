"""Training scripts: run by plain torch and numpy, they learn just what the window would have learnt."""

from __future__ import annotations

import ast
import pkgutil
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest

import nnstudio
from nnstudio.compiler.link import link
from nnstudio.core.graph import Value
from nnstudio.data.catalog import load
from nnstudio.data.dataset import Dataset
from nnstudio.exports.writing import export
from nnstudio.layers import modules
from nnstudio.layers.own import own_source
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.training.events import EpochDone
from nnstudio.training.loop import run
from nnstudio.training.recipe import recipe_of
from nnstudio.training.script import NAMES, OBJECTIVES, OPTIMIZERS, write_script
from nnstudio.training.settings.form import RECIPE_FIELDS
from tests.compiler.examples import compiled, small_examples

EPOCH = re.compile(
    r"epoch (\d+)/(\d+)  loss (\S+)(?:  accuracy (\S+))?(?:  validation loss (\S+))?(?:  validation accuracy (\S+))?"
)


def train(script: Path, *words: str) -> str:
    """Run a script in a clean process, from another folder; return what it prints."""
    command = [sys.executable, "-I", str(script), *words]
    done = subprocess.run(command, cwd=script.parent.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def epochs(printed: str) -> list[tuple[str | None, ...]]:
    return [match.groups()[2:] for match in map(EPOCH.fullmatch, printed.splitlines()) if match]


def small(units: int = 10, data: str = "digits8", recipe: Mapping[str, Value] | None = None) -> Project:
    b = Builder("Small")
    h = b.add("Flatten", b.input("image", shape=(1, 8, 8)))
    h = b.add("Dropout", b.add("ReLU", b.add("Linear", h, out_features=12)))
    b.output(b.add("Linear", h, out_features=units))
    return b.project(data={"name": data}, recipe={"epochs": 3, **(recipe or {})})


@pytest.mark.parametrize("name", small_examples())
def test_scripts_of_examples_train(name: str, tmp_path: Path) -> None:
    (script, *_) = export(compiled(name).project, "script", tmp_path / "out")
    printed = train(script, "--epochs", "1")
    ((loss, *_),) = epochs(printed)
    assert loss is not None
    assert 0 < float(loss) < 100


@pytest.mark.parametrize(
    "recipe",
    [
        {"optimizer": "sgd", "momentum": 0.5, "learning_rate": 0.05, "seed": 4},
        {"optimizer": "adam", "weight_decay": 0.001},
        {"optimizer": "adamw", "batch_size": 51},
        {"loss": "mse", "learning_rate": 0.01},
    ],
    ids=lambda recipe: "-".join(map(str, recipe.values())),
)
def test_a_script_learns_what_the_program_learns(recipe: dict[str, Value], tmp_path: Path) -> None:
    project = small(recipe=recipe)
    script, data = export(project, "script", tmp_path / "out")
    assert (script.name, data.name) == ("train.py", "train_data.npz")
    settings = recipe_of(project.recipe)
    module = link(nnstudio.compile(project).plan, seed=settings.seed)
    expected = [
        tuple(
            f"{value:.4f}"
            for value in (
                event.train_loss,
                event.train_accuracy or 0.0,
                event.validation_loss,
                event.validation_accuracy or 0.0,
            )
        )
        for event in run(module, load(project.data), settings)
        if isinstance(event, EpochDone)
    ]
    assert len(expected) == 3
    assert epochs(train(script)) == expected


def test_the_data_lie_beside_the_script_as_plain_arrays(tmp_path: Path) -> None:
    project = small()
    script, data = export(project, "script", tmp_path / "learn.py")
    assert (script, data) == (tmp_path / "learn.py", tmp_path / "learn_data.npz")
    assert '"learn_data.npz"' in script.read_text("utf-8")
    dataset = load(project.data)
    with np.load(data, allow_pickle=False) as file:
        assert sorted(file) == ["inputs", "targets", "training", "validation"]
        for name in file:
            assert np.array_equal(file[name], getattr(dataset, name))


def test_a_network_that_no_data_fit_trains_on_made_up_ones_and_says_so(tmp_path: Path) -> None:
    b = Builder("Odd shapes")
    h = b.add("Conv2d", b.input("image", shape=(3, 11, 13)), out_channels=4, kernel_size=3)
    b.output(b.add("Linear", b.add("Flatten", h), out_features=5))
    project = b.project(recipe={"epochs": 40, "learning_rate": 0.01})
    (script,) = export(project, "script", tmp_path / "out")
    text = script.read_text("utf-8")
    assert "YOUR DATA HERE" in text
    assert "torch.randn((64, 3, 11, 13), generator=chance)" in text
    assert "torch.randint(5, (64,), generator=chance)" in text
    printed = train(script)
    assert "The data are made up" in printed
    losses = [float(loss or "nan") for loss, *_ in epochs(printed)]
    assert losses[-1] < 0.5 * losses[0], "even random data can be learnt by heart"


def test_several_inputs_outputs_and_free_lengths_are_made_up_too(tmp_path: Path) -> None:
    b = Builder("Two by two")
    words = b.add("Embedding", b.input("words", shape=("T",), element="index"), num_embeddings=12, embedding_dim=6)
    steps = b.input("steps", shape=("T", 6))
    h = b.add("Add", words, steps)
    h, *_ = b.add("LSTM", h, hidden_size=7)
    b.output(h, name="all")
    b.output(b.add("Linear", b.add("LastStep", h), out_features=2), name="last")
    (script,) = export(b.project(recipe={"epochs": 30, "learning_rate": 0.02}), "script", tmp_path / "out")
    text = script.read_text("utf-8")
    assert "torch.randint(12, (64, 16), generator=chance)  # words" in text
    assert "torch.randn((64, 16, 6), generator=chance)  # steps" in text
    losses = [float(loss or "nan") for loss, *_ in epochs(train(script))]
    assert losses[-1] < losses[0]


def test_options_go_before_the_recipe_and_weights_can_be_kept(tmp_path: Path) -> None:
    (script, _) = export(small(), "script", tmp_path / "out")
    printed = train(script, "--epochs", "2", "--batch-size", "500", "--save", str(tmp_path / "w.pt"))
    assert len(epochs(printed)) == 2
    assert (tmp_path / "w.pt").stat().st_size > 1_000


def test_a_run_that_blows_up_says_so(tmp_path: Path) -> None:
    (script, _) = export(small(recipe={"loss": "mse", "optimizer": "sgd"}), "script", tmp_path / "out")
    command = [sys.executable, "-I", str(script), "--learning-rate", "1e30"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "The loss is no finite number any more: a smaller --learning-rate usually helps.\n"


def sums() -> Dataset:
    """Digits whose targets are two numbers: how much ink there is, and how dark the page is on average."""
    digits = load({"name": "digits8"})
    return Dataset(
        name="sums",
        title=digits.title,
        inputs=digits.inputs,
        targets=np.stack((digits.inputs.sum((1, 2, 3)), digits.inputs.mean((1, 2, 3))), 1).astype(np.float32),
        shape=digits.shape,
        element="real",
        vocabulary=0,
        task="regression",
        classes=(),
        training=digits.training,
        validation=digits.validation,
    )


def test_values_are_learnt_without_classes(tmp_path: Path) -> None:
    plan, data = nnstudio.compile(small(units=2)).plan, sums()
    recipe = recipe_of({"loss": "mse", "epochs": 2})
    made = write_script(plan, "Sums", recipe, data, files=("a.py", "a.npz"))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.py").write_text(made.text, "utf-8")
    assert made.data is not None
    (folder / "a.npz").write_bytes(made.data)
    done = [event for event in run(link(plan, seed=recipe.seed), data, recipe) if isinstance(event, EpochDone)]
    expected = [(f"{event.train_loss:.4f}", None, f"{event.validation_loss:.4f}", None) for event in done]
    assert epochs(train(folder / "a.py")) == expected


def test_names_and_reasons_cannot_break_out_of_their_text(tmp_path: Path) -> None:
    name = 'x"""\nimport os  # \\" {braces} %s'
    project = msgspec.structs.replace(small(data="iris"), name=name)
    (script,) = export(project, "script", tmp_path / "out")
    tree = ast.parse(script.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "os" not in imported
    train(script, "--epochs", "1")


def test_every_loss_and_optimizer_of_the_recipe_has_its_code() -> None:
    fields = {field.name: getattr(field, "options", ()) for field in RECIPE_FIELDS}
    assert {loss for loss, _ in OBJECTIVES} <= set(fields["loss"])
    assert set(OPTIMIZERS) <= set(fields["optimizer"])


def test_a_loss_without_meaning_for_the_data_is_refused() -> None:
    plan = nnstudio.compile(small(units=2)).plan
    with pytest.raises(ValueError, match="The loss cross_entropy has no meaning for"):
        write_script(plan, "x", recipe_of({}), sums(), files=("a.py", "a.npz"))


def test_no_class_of_a_layer_bears_a_name_of_the_script() -> None:
    files = {module.name.replace("_", "") for module in pkgutil.iter_modules(modules.__path__)}
    taken = {name for file in files for name in own_source(file).names}
    assert taken.isdisjoint(NAMES)
