"""The perceptron rule: Rosenblatt's numbers for the gates, the bound on mistakes, and going on after a break."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nnstudio.data.tables import Gate, gate
from nnstudio.project.builder import Builder
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.events import EpochDone, RunEnded
from nnstudio.training.learners.make import make_learner
from nnstudio.training.learners.perceptron import PerceptronRule
from nnstudio.training.loop import run
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.tasks.base import Objective
from tests.training.learners.networks import deep, linked, same_after_a_break, unit
from tests.training.studies.scenes import scene_of
from tests.training.tasks import line

RECIPE = Recipe(learner="perceptron", learning_rate=1.0)


def learn(module: nn.Module, name: Gate, epochs: int, batch: int = 1) -> tuple[PerceptronRule, int]:
    inputs, targets = map(torch.from_numpy, gate(name))
    rule = PerceptronRule(module, RECIPE)
    for epoch in range(1, epochs + 1):
        rule.begin_epoch(epoch)
        for x, y in zip(torch.split(inputs, batch), torch.split(targets, batch), strict=True):
            rule.step(x, y)
        if rule.end_epoch(0.0):
            return rule, epoch
    return rule, epochs


@pytest.mark.parametrize("kind", ["Perceptron", "Linear"])
@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize(
    ("name", "mistakes", "clean", "weight", "bias"),
    [("and", 18, 9, [3, 2], -4), ("or", 9, 6, [2, 2], -1), ("nand", 18, 9, [-3, -2], 4)],
)
def test_gates_take_the_mistakes_that_the_book_says(
    kind: str, batch: int, name: Gate, mistakes: int, clean: int, weight: list[float], bias: float
) -> None:
    module = unit(kind)
    rule, epoch = learn(module, name, 20, batch)
    assert (rule.mistakes, epoch) == (mistakes, clean)
    found = [parameter.flatten().tolist() for parameter in module.parameters()]
    assert found == [weight, [bias]]
    inputs, targets = map(torch.from_numpy, gate(name))
    assert torch.equal(module(inputs), targets)


def test_exclusive_or_comes_back_to_zero_in_every_epoch() -> None:
    module = unit()
    inputs, targets = map(torch.from_numpy, gate("xor"))
    rule = PerceptronRule(module, RECIPE)
    for epoch in range(1, 31):
        rule.begin_epoch(epoch)
        right = sum(
            rule.step(x, y).right or 0.0 for x, y in zip(torch.split(inputs, 1), torch.split(targets, 1), strict=True)
        )
        assert (rule.mistakes_in_epoch, right) == (4, 0)
        assert all(not parameter.any() for parameter in module.parameters())
        assert rule.end_epoch(0.0) == ""


def test_rate_scales_the_weights_and_not_the_mistakes() -> None:
    module = unit()
    inputs, targets = map(torch.from_numpy, gate("and"))
    rule = PerceptronRule(module, RECIPE)
    rule.set_rate(0.5)
    assert rule.rate == 0.5
    for epoch in range(1, 10):
        rule.begin_epoch(epoch)
        rule.step(inputs, targets)
    assert rule.mistakes == 18
    assert [parameter.flatten().tolist() for parameter in module.parameters()] == [[1.5, 1.0], [-2.0]]


def test_loss_is_the_share_of_mistakes() -> None:
    inputs, targets = map(torch.from_numpy, gate("or"))
    step = PerceptronRule(unit(), RECIPE).step(inputs, targets)
    # 00 is a mistake as 0 is not below 0; then b is −1, so 01 is one; then b is 0, so 10 is one, too.
    assert (step.loss, step.right) == (0.75, 1)


def test_classes_get_a_unit_each() -> None:
    module = unit(units=2)
    inputs, targets = map(torch.from_numpy, gate("and"))
    rule = PerceptronRule(module, RECIPE)
    for epoch in range(1, 10):
        rule.begin_epoch(epoch)
        rule.step(inputs, targets[:, 0].long())
    assert torch.equal(module(inputs).argmax(1), targets[:, 0].long())
    assert rule.mistakes > 18


def test_first_layers_stay_as_they_are() -> None:
    b = Builder("two layers")
    h = b.add("Tanh", b.add("Linear", b.input("x", shape=(2,)), out_features=3, name="fixed"))
    b.output(b.add("Perceptron", h, start="zeros", name="unit"))
    module = linked(b)
    fixed = dict(module.get_submodule("fixed").named_parameters())
    before = fixed["weight"].clone()
    inputs, targets = map(torch.from_numpy, gate("and"))
    PerceptronRule(module, RECIPE).step(inputs, targets)
    assert torch.equal(fixed["weight"], before)
    assert any(parameter.any() for parameter in module.get_submodule("unit").parameters())


def test_goes_on_after_a_break_as_if_there_had_been_none() -> None:
    inputs, targets = map(torch.from_numpy, gate("and"))
    batches = list(zip(torch.split(inputs, 1), torch.split(targets, 1), strict=True))
    assert same_after_a_break(unit(), lambda m: PerceptronRule(m, RECIPE), batches, epochs=6, at=(3, 2))


def test_refuses_what_has_no_threshold() -> None:
    with pytest.raises(ValueError, match="asks for a Perceptron layer"):
        PerceptronRule(deep(1, 2, 2, 1), RECIPE)


def test_refuses_another_number_of_answers() -> None:
    with pytest.raises(ValueError, match="one unit for each right answer"):
        PerceptronRule(unit(units=3), RECIPE).step(torch.zeros(2, 2), torch.zeros(2, 1))


def test_recipe_names_the_rule() -> None:
    recipe = Recipe(learner="perceptron", loss="mse")
    assert isinstance(make_learner(unit(), Objective(recipe, line()), recipe), PerceptronRule)


def test_stopping_early_puts_the_pocket_back() -> None:
    """XOR has no line, so that the rule would go on for ever; the best of its lines is kept (Gallant 1990)."""
    project = EXAMPLES["perceptron-xor"]()
    recipe = recipe_of({**project.recipe, "early_stopping": True, "patience": 3, "learning_rate": 1.0, "epochs": 50})
    scene = scene_of(project)
    events = list(run(scene.module, scene.dataset, recipe))
    end, held = events[-1], [event.validation_loss for event in events if isinstance(event, EpochDone)]
    assert isinstance(end, RunEnded)
    assert len(held) < 50
    assert end.note.startswith("The validation loss has not fallen for 3 epochs.")
    inputs, targets = torch.from_numpy(scene.dataset.inputs.copy()), torch.from_numpy(scene.dataset.targets.copy())
    with torch.no_grad():
        now = scene.objective.loss(scene.module.eval()(inputs), targets).item()
    assert now == pytest.approx(min(held))
