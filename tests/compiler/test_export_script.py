"""Training scripts: run by plain torch and numpy, they learn just what the window would have learnt."""

from __future__ import annotations

import ast
import pkgutil
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

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
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.script import NAMES, write_script
from nnstudio.training.script_losses import objective_of, own_text
from nnstudio.training.script_steps import OPTIMIZERS
from nnstudio.training.settings.form import RECIPE_FIELDS
from nnstudio.training.suits import SUITS
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
def test_scripts_of_examples_train(name: str, tmp_path: Path, learn: Learn) -> None:
    project = compiled(name).project
    if recipe_of(project.recipe).learner != "backprop":
        with pytest.raises(ValueError, match="for back-propagation only"):
            export(project, "script", tmp_path / "out")
        return
    (script, *_) = export(project, "script", tmp_path / "out")
    printed = learn(script, "--epochs", "1")
    ((loss, *_),) = epochs(printed)
    assert loss is not None
    assert 0 < float(loss) < 100


def test_a_script_learns_what_the_program_learns(tmp_path: Path) -> None:
    project = small(recipe={"optimizer": "sgd", "momentum": 0.5, "learning_rate": 0.05, "seed": 4})
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


LOSSES: list[dict[str, Value]] = [
    {"loss": "cross_entropy", "label_smoothing": 0.2, "class_weights": "balanced"},
    {"loss": "bce"},
    {"loss": "nll", "class_weights": "balanced"},
    {"loss": "mse", "learning_rate": 0.01},
    {"loss": "mae"},
    {"loss": "huber", "huber_delta": 0.3},
    {"loss": "kl"},
    {"loss": "hinge"},
    {"loss": "rbf", "rbf_margin": 2.5, "learning_rate": 0.001},
]
STEPS: list[dict[str, Value]] = [
    {"optimizer": "sgd", "nesterov": True, "learning_rate": 0.05, "schedule": "step", "step_every": 1},
    {"optimizer": "adam", "beta1": 0.8, "beta2": 0.99, "schedule": "exponential", "decay_rate": 0.5},
    {"optimizer": "adamw", "weight_decay": 0.1, "schedule": "cosine", "warmup_steps": 7, "lowest_share": 0.1},
    {"optimizer": "rmsprop", "smoothing": 0.9, "weight_decay": 0.001, "schedule": "one_cycle"},
    {"optimizer": "adam", "weight_decay": 0.001},
    {"optimizer": "adamw", "batch_size": 51},
    {"optimizer": "adagrad", "learning_rate": 0.05, "weight_decay": 0.001},
    {"optimizer": "adadelta", "learning_rate": 1.0, "rho": 0.8},
    {"optimizer": "lbfgs", "learning_rate": 1.0, "batch_size": 719, "lbfgs_iterations": 4, "l1": 0.0001},
    {"l1": 0.001, "clipping": "norm", "clip_at": 0.2},
    {"clipping": "value", "clip_at": 0.01, "shuffle": False},
    {"schedule": "plateau", "plateau_patience": 0, "plateau_factor": 0.01, "learning_rate": 0.2, "epochs": 8},
    {"early_stopping": True, "patience": 1, "min_delta": 0.3, "epochs": 9},
    {"precision": "bf16", "channels_last": True, "deterministic": True},
]


@pytest.mark.parametrize("recipe", [*LOSSES, *STEPS], ids=lambda recipe: "-".join(map(str, recipe.values())))
def test_every_setting_does_in_a_script_what_it_does_in_the_program(
    recipe: dict[str, Value], tmp_path: Path, learn: Learn
) -> None:
    project = small(recipe=recipe)
    script, _ = export(project, "script", tmp_path / "out")
    settings = recipe_of(project.recipe)
    module = link(nnstudio.compile(project).plan, seed=settings.seed)
    expected = in_words(module, load(project.data), settings)
    assert epochs(learn(script)) == expected
    assert 1 < len(expected) <= settings.epochs
    assert recipe.get("early_stopping") is None or len(expected) < settings.epochs


def in_words(module: nn.Module, data: Dataset, recipe: Recipe) -> list[tuple[str | None, ...]]:
    """Train in the program and say what a script says of each epoch."""
    told = []
    for event in run(module, data, recipe):
        if isinstance(event, EpochDone):
            values = (event.train_loss, event.train_accuracy, event.validation_loss, event.validation_accuracy)
            told.append(tuple(None if value is None else f"{value:.4f}" for value in values))
    return told


Learn = Callable[..., str]


@pytest.fixture
def learn(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Learn:
    """Run a script in this process, which is quicker than `train`; give what it prints."""

    def run_script(script: Path, *words: str) -> str:
        monkeypatch.setattr(sys, "argv", [str(script), *words])
        try:
            runpy.run_path(str(script), run_name="__main__")
        finally:
            torch.use_deterministic_algorithms(False)
        return capsys.readouterr().out

    return run_script


def for_places(signs: int, classes: int, data: str, recipe: Mapping[str, Value]) -> Project:
    """Draw classes for each place of a sequence, from the signs up to there."""
    b = Builder("Places")
    h = b.add("Embedding", b.input("signs", shape=("T",), element="index"), num_embeddings=signs, embedding_dim=5)
    h, *_ = b.add("GRU", h, hidden_size=6)
    b.output(b.add("Linear", h, out_features=classes))
    return b.project(data={"name": data}, recipe=recipe)


def for_pictures(outputs: int, pool: int, data: str, recipe: Mapping[str, Value]) -> Project:
    """Draw maps for each pixel, or for each cell of a grid."""
    b = Builder("Maps")
    h = b.add("ReLU", b.add("Conv2d", b.input("picture", shape=(1, 32, 32)), out_channels=4, kernel_size=3, padding=1))
    h = b.add("MaxPool2d", h, kernel_size=pool) if pool > 1 else h
    b.output(b.add("Conv2d", h, out_channels=outputs, kernel_size=1))
    return b.project(data={"name": data}, recipe=recipe)


def drawing_again(recipe: Mapping[str, Value]) -> Project:
    """Draw an autoencoder, for the VAE loss with a code that is sampled."""
    b = Builder("Again")
    picture = b.input("picture", shape=(1, 8, 8))
    h = b.add("ReLU", b.add("Linear", b.add("Flatten", picture), out_features=9))
    codes = []
    if recipe["loss"] == "vae":
        codes = [b.add("Linear", h, out_features=3), b.add("Linear", h, out_features=3)]
        h = b.add("Sampling", *codes)
    h = b.add("Reshape", b.add("Linear", h, out_features=64), shape=(1, 8, 8))
    b.output(h, name="again")
    for number, code in enumerate(codes):
        b.output(code, name=f"code_{number}")
    return b.project(data={"name": "digit_pictures"}, recipe=recipe)


TASKS: dict[str, Callable[[], Project]] = {
    "parity": lambda: for_places(2, 2, "parity", {"epochs": 2, "class_weights": "balanced"}),
    "parity by values": lambda: for_places(2, 2, "parity", {"epochs": 2, "loss": "huber"}),
    "parity by hinge": lambda: for_places(2, 2, "parity", {"epochs": 2, "loss": "hinge"}),
    "parity by distances": lambda: for_places(2, 2, "parity", {"epochs": 2, "loss": "rbf"}),
    "story": lambda: for_places(40, 40, "story", {"epochs": 2, "label_smoothing": 0.1}),
    "masks": lambda: for_pictures(
        4, 1, "shape_masks", {"epochs": 2, "loss": "segmentation", "class_weights": "balanced", "dice_share": 0.3}
    ),
    "masks by pixels": lambda: for_pictures(4, 1, "shape_masks", {"epochs": 2, "loss": "cross_entropy"}),
    "again": lambda: drawing_again({"epochs": 2, "loss": "bce"}),
    "again by a code": lambda: drawing_again({"epochs": 2, "loss": "vae", "beta": 0.3}),
}


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_learnt_in_a_script_as_in_the_program(name: str, tmp_path: Path, learn: Learn) -> None:
    project = TASKS[name]()
    script, _ = export(project, "script", tmp_path / "out")
    settings = recipe_of(project.recipe)
    expected = in_words(link(nnstudio.compile(project).plan, seed=settings.seed), load(project.data), settings)
    assert epochs(learn(script)) == expected


def test_boxes_are_learnt_in_a_script_as_in_the_program(tmp_path: Path, learn: Learn) -> None:
    project = for_pictures(8, 8, "shape_boxes", {"epochs": 2, "loss": "detection", "box_weight": 3.0})
    script, _ = export(project, "script", tmp_path / "out")
    settings = recipe_of(project.recipe)
    expected = in_words(link(nnstudio.compile(project).plan, seed=settings.seed), load(project.data), settings)
    # A script does not count right boxes.
    wanted = [(loss, None, held, None) for loss, _, held, _ in expected]
    assert epochs(learn(script)) == wanted


@pytest.mark.parametrize("learner", ["perceptron", "hebb", "pseudo_inverse", "contrastive_divergence", "pretraining"])
def test_other_learners_are_refused_in_words(learner: str, tmp_path: Path) -> None:
    plan = nnstudio.compile(small()).plan
    with pytest.raises(ValueError, match="for back-propagation only"):
        write_script(plan, "x", recipe_of({"learner": learner}), load({"name": "digits8"}), files=("a.py", "a.npz"))


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


def test_a_network_that_no_data_fit_trains_on_made_up_ones_and_says_so(tmp_path: Path, learn: Learn) -> None:
    b = Builder("Odd shapes")
    h = b.add("Conv2d", b.input("image", shape=(3, 11, 13)), out_channels=4, kernel_size=3)
    b.output(b.add("Linear", b.add("Flatten", h), out_features=5))
    project = b.project(recipe={"epochs": 40, "learning_rate": 0.01})
    (script,) = export(project, "script", tmp_path / "out")
    text = script.read_text("utf-8")
    assert "YOUR DATA HERE" in text
    assert "torch.randn((64, 3, 11, 13), generator=chance)" in text
    assert "torch.randint(5, (64,), generator=chance)" in text
    printed = learn(script)
    assert "The data are made up" in printed
    losses = [float(loss or "nan") for loss, *_ in epochs(printed)]
    assert losses[-1] < 0.5 * losses[0], "even random data can be learnt by heart"


def test_made_up_data_say_what_of_the_recipe_they_cannot_serve(tmp_path: Path, learn: Learn) -> None:
    b = Builder("Odd")
    b.output(b.add("Linear", b.add("Flatten", b.input("image", shape=(3, 5, 5))), out_features=5))
    recipe: dict[str, Value] = {
        "epochs": 2,
        "early_stopping": True,
        "schedule": "plateau",
        "warmup_steps": 3,
        "loss": "hinge",
    }
    (script,) = export(b.project(recipe=recipe), "script", tmp_path / "out")
    words = " ".join(script.read_text("utf-8").split())
    assert "of early stopping, the schedule that waits for the validation loss is left out" in words
    assert len(epochs(learn(script))) == 2


def test_several_inputs_outputs_and_free_lengths_are_made_up_too(tmp_path: Path, learn: Learn) -> None:
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
    losses = [float(loss or "nan") for loss, *_ in epochs(learn(script))]
    assert losses[-1] < losses[0]


def test_options_go_before_the_recipe_and_weights_can_be_kept(tmp_path: Path, learn: Learn) -> None:
    (script, _) = export(small(), "script", tmp_path / "out")
    printed = learn(script, "--epochs", "2", "--batch-size", "500", "--save", str(tmp_path / "w.pt"))
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


def test_values_are_learnt_without_classes(tmp_path: Path, learn: Learn) -> None:
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
    assert epochs(learn(folder / "a.py")) == expected


def test_names_and_reasons_cannot_break_out_of_their_text(tmp_path: Path, learn: Learn) -> None:
    name = 'x"""\nimport os  # \\" {braces} %s'
    project = msgspec.structs.replace(small(data="iris"), name=name)
    (script,) = export(project, "script", tmp_path / "out")
    tree = ast.parse(script.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "os" not in imported
    learn(script, "--epochs", "1")


def test_every_loss_and_optimizer_of_the_recipe_has_its_code() -> None:
    fields = {field.name: getattr(field, "options", ()) for field in RECIPE_FIELDS}
    assert set(OPTIMIZERS) == set(fields["optimizer"])
    for task, losses in SUITS.items():
        for loss in losses:
            made = objective_of(recipe_of({"loss": loss, "label_smoothing": 0.1}), task, 4)
            ast.parse(made.loss)
            ast.parse(made.right or "0")
            assert all(ast.parse(own_text(name)) for name in made.own)


def test_a_loss_without_meaning_for_the_data_is_refused() -> None:
    plan = nnstudio.compile(small(units=2)).plan
    with pytest.raises(ValueError, match="The loss cross_entropy has no meaning for"):
        write_script(plan, "x", recipe_of({}), sums(), files=("a.py", "a.npz"))


def test_no_class_of_a_layer_bears_a_name_of_the_script() -> None:
    files = {module.name.replace("_", "") for module in pkgutil.iter_modules(modules.__path__)}
    taken = {name for file in files for name in own_source(file).names}
    assert taken.isdisjoint(NAMES)
