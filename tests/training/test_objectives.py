"""What each task asks of a network, and how well it does: numbers worked out by hand, and what examples come to."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import nnstudio
from nnstudio.compiler.analysis import analyse
from nnstudio.core.graph import Value
from nnstudio.data.catalog import entries, load
from nnstudio.data.dataset import Dataset
from nnstudio.project.builder import Builder
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.events import EpochDone
from nnstudio.training.loop import run
from nnstudio.training.ready import ready
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.suits import SUITS
from nnstudio.training.tasks.base import Objective
from nnstudio.training.tasks.boxes import find, overlap, suppress
from nnstudio.training.tasks.make import make_objective
from nnstudio.training.tasks.reconstruction import divergence
from nnstudio.training.tasks.sampling import write_on


def objective(name: str, **settings: Value) -> Objective:
    """Return what a recipe asks on data of the program; the usual loss as it stands."""
    data = load({"name": name})
    return make_objective(recipe_of({"loss": SUITS[data.task][0], **settings}), data)


def few(data: Dataset, count: int) -> Dataset:
    """Return the first rows of both parts."""
    return dataclasses.replace(data, training=data.training[:count].copy(), validation=data.validation[:count].copy())


# Texts and sequences


@pytest.mark.parametrize("name", ["story", "poems", "parity"])
def test_who_takes_all_for_equally_likely_has_the_logarithm_as_loss(name: str) -> None:
    task = objective(name)
    target = task.targets(np.arange(4))
    count = task.dataset.num_outputs
    scores = torch.zeros(4, target.shape[1], count, dtype=torch.float64)
    assert task.loss(scores, target).item() == pytest.approx(math.log(count), abs=1e-9)
    meter = task.meter()
    meter.add(scores, target)
    if name != "parity":
        assert meter.metrics()["perplexity"] == pytest.approx(count, rel=1e-5)


def test_of_a_sequence_places_are_counted() -> None:
    task = objective("parity")
    target = task.targets(np.arange(3))
    scores = torch.nn.functional.one_hot(target, 2).float()
    assert task.count_right(scores, target) == 3
    scores[1, :3] = 1 - scores[1, :3]
    assert task.count_right(scores, target) == pytest.approx(3 - 3 / 12)


class Counter(nn.Module):
    """Says that the sign after each is the next one, more or less surely."""

    def __init__(self, count: int, sure: float) -> None:
        super().__init__()
        self.count, self.sure = count, sure

    def forward(self, signs: Tensor) -> Tensor:
        return self.sure * torch.nn.functional.one_hot((signs + 1) % self.count, self.count).float()


def take(module: nn.Module, count: int, **settings: float) -> list[int]:
    wanted = {"temperature": 1.0, "seed": 0, **settings}
    hand = write_on(module, [2], window=5, temperature=wanted["temperature"], seed=int(wanted["seed"]))
    return list(itertools.islice(hand, count))


def test_writing_goes_on_beyond_the_window() -> None:
    assert take(Counter(7, 50.0), 12) == [3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0]


def test_temperature_spreads_what_is_drawn() -> None:
    right = {}
    for temperature in (0.0, 0.5, 1.0, 2.0):
        signs = [2, *take(Counter(7, 2.0), 2000, temperature=temperature)]
        right[temperature] = np.mean([(one + 1) % 7 == other for one, other in itertools.pairwise(signs)])
        if temperature:
            share = math.exp(2 / temperature) / (math.exp(2 / temperature) + 6)
            assert right[temperature] == pytest.approx(share, abs=0.03)
    assert right[0.0] == 1


def test_a_seed_decides_what_is_written_and_global_chance_is_left_alone() -> None:
    before = torch.get_rng_state()
    first, again, other = (take(Counter(7, 1.0), 50, seed=seed) for seed in (0, 0, 1))
    assert first == again != other
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("beginning", "temperature"), [([], 1.0), ([1], -0.5)])
def test_writing_refuses_what_cannot_be(beginning: list[int], temperature: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        next(write_on(Counter(7, 1.0), beginning, window=5, temperature=temperature, seed=0))


# Pictures


def test_mean_iou_by_hand() -> None:
    task = objective("shape_masks")
    target = torch.zeros(1, 2, 4, dtype=torch.int64)
    target[0, 0, :2] = 1
    said = torch.zeros(1, 2, 4, dtype=torch.int64)
    said[0, 0, :3] = 1
    meter = task.meter()
    meter.add(torch.nn.functional.one_hot(said, 4).movedim(-1, 1).float(), target)
    assert meter.metrics()["accuracy"] == 7 / 8
    assert meter.metrics()["mean_iou"] == pytest.approx((5 / 6 + 2 / 3) / 2)


def test_overlap_by_hand() -> None:
    one = torch.tensor([0.5, 0.5, 0.4, 0.4])
    others = torch.tensor([[0.5, 0.5, 0.4, 0.4], [0.7, 0.5, 0.4, 0.4], [0.5, 0.5, 0.2, 0.2], [0.95, 0.5, 0.1, 0.1]])
    assert overlap(one, others).tolist() == pytest.approx([1, 0.08 / 0.24, 0.25, 0], abs=1e-6)
    assert overlap(one, torch.zeros(4)).item() == 0


def test_of_boxes_that_overlap_the_surest_of_a_class_stays() -> None:
    boxes = torch.tensor([[0.5, 0.5, 0.4, 0.4], [0.52, 0.5, 0.4, 0.4], [0.52, 0.5, 0.4, 0.4], [0.1, 0.1, 0.1, 0.1]])
    labels, scores = torch.tensor([0, 0, 1, 0]), torch.tensor([0.6, 0.9, 0.7, 0.8])
    assert suppress(boxes, labels, scores).tolist() == [1, 3, 2]
    assert suppress(boxes, labels, scores, threshold=0.99).tolist() == [1, 3, 2, 0]
    assert suppress(boxes[:0], labels[:0], scores[:0]).tolist() == []


def perfect_grid(target: Tensor, classes: int, size: int = 8) -> Tensor:
    """Return a grid that says just what is true, as surely as a sigmoid can."""
    grid = torch.zeros(len(target), 5 + classes, size, size)
    grid[:, 0] = -20.0
    for picture, objects in enumerate(target):
        for label, x, y, width, height in objects[objects[:, 0] >= 0].tolist():
            down, across = int(y * size), int(x * size)
            grid[picture, 0, down, across] = 20.0
            place = torch.tensor([x * size - across, y * size - down, width, height]).clamp(1e-6, 1 - 1e-6)
            grid[picture, 1:5, down, across] = place.logit()
            grid[picture, 5 + int(label), down, across] = 20.0
    return grid


def test_what_a_perfect_grid_says_is_found_and_costs_nothing() -> None:
    task = objective("shape_boxes")
    target = task.targets(np.arange(40))
    grid = perfect_grid(target, 3)
    assert task.loss(grid, target).item() < 1e-3
    assert task.count_right(grid, target) == 40
    for found, objects in zip(find(grid), target, strict=True):
        there = objects[objects[:, 0] >= 0]
        assert sorted(found.labels.tolist()) == sorted(int(label) for label in there[:, 0])
        assert overlap(found.boxes[:, None], there[None, :, 1:]).max(1).values.min() > 0.999
    meter = task.meter()
    meter.add(grid, target)
    perfect = {"accuracy": 1, "mean_iou": 1, "recall": 1, "precision": 1, "map_50": 1}
    assert meter.metrics() == pytest.approx(perfect, abs=1e-4)


def test_objects_that_are_missed_or_made_up_are_counted() -> None:
    task = objective("shape_boxes")
    target = task.targets(np.arange(40))
    silent = perfect_grid(target, 3)
    silent[:, 0] = -20.0
    meter = task.meter()
    meter.add(silent, target)
    assert [meter.metrics()[name] for name in ("mean_iou", "recall", "precision", "map_50")] == [0, 0, 0, 0]
    loud = perfect_grid(target, 3)
    empty = loud[:, 0] < 0
    loud[:, 0] = torch.where(empty & (torch.arange(8) == 0), 20.0, loud[:, 0])
    loud[:, 5] = torch.where(empty, 20.0, loud[:, 5])
    meter = task.meter()
    meter.add(loud, target)
    assert meter.metrics()["recall"] > 0.9
    assert meter.metrics()["precision"] < 0.5
    faint = perfect_grid(target, 3)
    faint[:, 0] = torch.where(faint[:, 0] > 0, -2.0, -20.0)  # unsure of all, and yet every object before all else
    meter = task.meter()
    meter.add(faint, target)
    assert [meter.metrics()[name] for name in ("recall", "map_50")] == pytest.approx([0, 1])


def test_divergence_by_hand() -> None:
    mean, log_variance = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, math.log(4.0)]])
    assert divergence(mean, log_variance).item() == pytest.approx(0.5 * (1 + 4 - math.log(4) - 1))
    assert divergence(torch.zeros(3, 2), torch.zeros(3, 2)).item() == 0
    drawn = torch.distributions.Normal(0.7, 1.3)
    known = torch.distributions.kl_divergence(drawn, torch.distributions.Normal(0.0, 1.0))
    again = divergence(torch.tensor([[0.7]]), torch.tensor([[2 * math.log(1.3)]]))
    assert again.item() == pytest.approx(known.item(), rel=1e-5)


def test_a_variational_loss_is_error_plus_divergence() -> None:
    task = objective("digit_pictures", loss="vae", beta=0.5)
    target = task.targets(np.arange(2))
    again, mean, log_variance = target + 0.5, torch.ones(2, 3), torch.zeros(2, 3)
    assert task.loss((again, mean, log_variance), target).item() == pytest.approx(64 * 0.25 + 0.5 * 1.5)
    meter = task.meter()
    meter.add((again, mean, log_variance), target)
    assert meter.metrics() == pytest.approx({"mse": 0.25, "kl": 1.5})


# What does not fit


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("parity", torch.zeros(2, 2, 12)),
        ("shape_masks", torch.zeros(2, 3, 32, 32)),
        ("shape_boxes", torch.zeros(2, 7, 8, 8)),
        ("shape_boxes", torch.zeros(2, 8)),
        ("digit_pictures", torch.zeros(2, 64)),
        ("sine", (torch.zeros(2, 1), torch.zeros(2, 1))),
    ],
)
def test_outputs_of_another_shape_are_refused_in_words(name: str, output: Tensor | tuple[Tensor, ...]) -> None:
    task = objective(name)
    with pytest.raises(ValueError, match=r"gives|one Output"):
        task.loss(output, task.targets(np.arange(2)))


def test_a_variational_loss_wants_three_outputs() -> None:
    task = objective("digit_pictures", loss="vae")
    target = task.targets(np.arange(2))
    with pytest.raises(ValueError, match="three Outputs"):
        task.loss(target, target)


@pytest.mark.parametrize("name", ["sine", "story", "shape_boxes", "digit_pictures", "iris", "shape_masks", "parity"])
def test_a_loss_that_has_no_meaning_is_refused_and_the_others_named(name: str) -> None:
    data = load({"name": name})
    for loss in SUITS["classification"] + SUITS["reconstruction"] + SUITS["detection"] + SUITS["segmentation"]:
        if loss in SUITS[data.task]:
            assert make_objective(recipe_of({"loss": loss}), data)
        else:
            with pytest.raises(ValueError, match=r"has no meaning for|Cross-entropy is for classes"):
                make_objective(recipe_of({"loss": loss}), data)


def _dense(b: Builder, shape: tuple[int | str, ...], units: int) -> None:
    b.output(b.add("Linear", b.input("x", shape=shape), out_features=units, name="last"), name="y")


def _signs(b: Builder, units: int) -> None:
    h = b.add("Embedding", b.input("x", shape=("T",), element="index"), num_embeddings=700, embedding_dim=4)
    b.output(b.add("Linear", h, out_features=units, name="last"), name="y")


def _maps(b: Builder, channels: int, stride: int = 1) -> None:
    h = b.add(
        "Conv2d", b.input("x", shape=(1, 32, 32)), out_channels=channels, kernel_size=1, stride=stride, name="last"
    )
    b.output(h, name="y")


def _flat(b: Builder, units: int) -> None:
    h = b.add("Flatten", b.input("x", shape=(1, 8, 8)))
    b.output(b.add("Linear", h, out_features=units, name="last"), name="y")


@pytest.mark.parametrize(
    ("name", "draw", "labels"),
    [
        ("parity", lambda b: _signs(b, 5), ["Give last 2 units"]),
        ("story", lambda b: _signs(b, 5), ["Give last 40 units"]),
        ("sine", lambda b: _dense(b, (1,), 3), ["Give last 1 units"]),
        ("shape_masks", lambda b: _maps(b, 2), ["Give last 4 channels"]),
        ("shape_boxes", lambda b: _maps(b, 2, stride=4), ["Give last 8 channels"]),
        ("digit_pictures", lambda b: _flat(b, 10), ["Give last 64 units", "Insert Reshape before y"]),
    ],
)
def test_misfits_are_mended_step_by_step(name: str, draw: Callable[[Builder], None], labels: list[str]) -> None:
    b = Builder("misfit")
    draw(b)
    graph, entry = b.project().graph, entries()[name]
    recipe = Recipe(loss=SUITS[entry.task][0])
    for label in labels:
        problem = next(one for one in ready(graph, analyse(graph, {}), entry, recipe) if one.code == "data_outputs")
        (fix,) = problem.fixes
        assert fix.label == label
        graph = fix.edit(graph)
    assert ready(graph, analyse(graph, {}), entry, recipe) == ()


@pytest.mark.parametrize(
    ("name", "draw", "message"),
    [
        ("shape_masks", lambda b: _maps(b, 4, stride=2), "as large as the picture"),
        ("shape_masks", lambda b: _dense(b, (1, 32, 32), 4), "Let a convolution with 4 channels come last"),
        ("shape_boxes", lambda b: _dense(b, (1, 32, 32), 4), "as 8 × 8 × 8"),
        ("digit_pictures", lambda b: _maps(b, 1), "lead back to the shape of the sample"),
    ],
)
def test_misfits_without_a_mend_get_advice(name: str, draw: Callable[[Builder], None], message: str) -> None:
    b = Builder("misfit")
    draw(b)
    graph, entry = b.project().graph, entries()[name]
    problems = ready(graph, analyse(graph, {}), entry, Recipe(loss=SUITS[entry.task][0]))
    (problem,) = [one for one in problems if one.code == "data_outputs"]
    assert problem.fixes == ()
    assert re.search(message, problem.message), problem.message


def test_three_outputs_are_asked_for_by_name() -> None:
    project = EXAMPLES["autoencoder"]()
    problems = ready(project.graph, nnstudio.compile(project).analysis, entries()["digit_pictures"], Recipe(loss="vae"))
    assert [problem.code for problem in problems] == ["three_outputs"]
    project = EXAMPLES["vae"]()
    problems = ready(project.graph, nnstudio.compile(project).analysis, entries()["digit_pictures"], Recipe(loss="mse"))
    assert [problem.code for problem in problems] == ["several_outputs"]


# What examples come to


@pytest.mark.parametrize(
    ("name", "epochs", "metric", "least"),
    [
        ("parity", 3, "accuracy", 0.99),
        ("character-gpt", 2, "accuracy", 0.25),
        ("poet", 2, "accuracy", 0.08),
        ("autoencoder", 6, "mse", -0.05),
        ("vae", 6, "mse", -0.08),
        ("sine", 40, "r2", 0.8),
        ("two-spirals", 40, "accuracy", 0.9),
    ],
)
def test_an_example_learns_its_task(name: str, epochs: int, metric: str, least: float) -> None:
    project = EXAMPLES[name]()
    recipe = recipe_of({**project.recipe, "epochs": epochs})
    told = [e for e in run(nnstudio.compile(project).module, load(project.data), recipe) if isinstance(e, EpochDone)]
    assert told[-1].train_loss < told[0].train_loss
    value = told[-1].metrics[metric]
    assert (value if least > 0 else -value) > least


@pytest.mark.parametrize("name", ["unet", "shape-detector"])
def test_pictures_are_learned_from_the_first_batches_on(name: str) -> None:
    project = EXAMPLES[name]()
    data = few(load(project.data), 160)
    recipe = recipe_of({**project.recipe, "epochs": 2})
    told = [event for event in run(nnstudio.compile(project).module, data, recipe) if isinstance(event, EpochDone)]
    assert told[1].train_loss < told[0].train_loss
    assert {"accuracy", "mean_iou"} <= set(told[1].metrics)


def test_parity_learned_at_length_12_holds_at_length_1000() -> None:
    project = EXAMPLES["parity"]()
    module = nnstudio.compile(project).module
    for _ in run(module, load(project.data), recipe_of({**project.recipe, "epochs": 8})):
        pass
    bits = torch.randint(2, (4, 1000), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(module.eval()(bits).argmax(-1), bits.cumsum(1) % 2)
