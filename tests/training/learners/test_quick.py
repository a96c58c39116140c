"""The short ways of back-propagation: the same numbers as the usual way, on the same weights."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, fx, nn

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.core.graph import Value
from nnstudio.data.catalog import load
from nnstudio.layers.modules.causal_encoder_layer import CausalEncoderLayer
from nnstudio.project.examples import ALL
from nnstudio.training.learners.attention import encoder_function, is_encoder
from nnstudio.training.learners.backprop import Backprop
from nnstudio.training.learners.chain import make_chain
from nnstudio.training.learners.pooling import is_pairs, pool_pairs
from nnstudio.training.learners.program import function_of, make_program
from nnstudio.training.learners.quick import Quick, is_quick, make_backprop
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.tasks.make import make_objective

Batches = list[tuple[Tensor, Tensor]]


def task(name: str, **settings: Value) -> tuple[fx.GraphModule, Recipe, Batches, Backprop]:
    """Return an example's network, its recipe, its batches and a learner of the wanted kind for it."""
    project = ALL[name]()
    recipe = recipe_of({**project.recipe, **settings})
    data = load(project.data or {"name": "digits8"})
    module = link(make_plan(project.graph, project.blocks_by_name), seed=0)
    objective = make_objective(recipe, data)
    inputs, targets = torch.from_numpy(data.inputs[data.training]), objective.targets(data.training)
    size = recipe.batch_size
    batches = list(zip(torch.split(inputs, size), torch.split(targets, size), strict=True))
    return module, recipe, batches, make_backprop(module, objective, recipe)


def usual(name: str, **settings: Value) -> tuple[fx.GraphModule, Batches, Backprop]:
    module, recipe, batches, learner = task(name, **settings)
    return module, batches, Backprop(module, learner._objective, recipe)


def go(learner: Backprop, batches: Batches, steps: int) -> list[tuple[float, float | None]]:
    """Take steps, epoch after epoch; return losses and what was right."""
    torch.manual_seed(0)
    found = []
    for number in range(steps):
        done = learner.step(*batches[number % len(batches)])
        found.append((done.loss, done.right))
    return found


@pytest.mark.parametrize(
    ("name", "steps"),
    [("xor", 200), ("moons", 200), ("iris", 200), ("lenet5-digits", 4), ("residual-digits", 3), ("lstm-memory", 4)],
)
def test_both_ways_give_the_same_numbers(name: str, steps: int) -> None:
    module, _, batches, quick = task(name)
    twin, _, slow = usual(name)
    assert type(quick) is Quick
    assert go(quick, batches, steps) == go(slow, batches, steps)
    assert quick._agrees
    for (key, one), other in zip(module.state_dict().items(), twin.state_dict().values(), strict=True):
        assert torch.equal(one, other), key


def test_attention_written_out_goes_the_same_way_over_200_steps() -> None:
    _, _, batches, quick = task("transformer-memory")
    _, _, slow = usual("transformer-memory")
    ours, theirs = (go(learner, batches, 200) for learner in (quick, slow))
    assert max(abs(one[0] - other[0]) for one, other in zip(ours, theirs, strict=True)) < 1e-6


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("kind", [nn.TransformerEncoderLayer, CausalEncoderLayer])
def test_attention_written_out_has_the_numbers_and_gradients_of_torch(
    kind: type[nn.TransformerEncoderLayer], norm_first: bool
) -> None:
    torch.manual_seed(0)
    layer = kind(32, 4, 64, dropout=0.0, batch_first=True, norm_first=norm_first)
    assert is_encoder(layer)
    x = torch.randn(8, 13, 32, requires_grad=True)
    out = torch.randn(8, 13, 32)
    found = []
    for way in (layer, encoder_function(layer)):
        y = way(x)
        found.append((y, *torch.autograd.grad(y, (x, *layer.parameters()), out)))
    for one, other in zip(*found, strict=True):
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-5)
    for changed in (layer.eval(), kind(32, 4, 64, dropout=0.5, batch_first=True)):
        torch.manual_seed(1)
        expected = changed(x)
        torch.manual_seed(1)
        assert torch.equal(encoder_function(changed)(x), expected)


@pytest.mark.parametrize("shape", [(64, 6, 28, 28), (3, 57, 11, 13), (400, 9, 10), (2, 1, 2, 3)])
@pytest.mark.parametrize("levels", [None, 3.0, 0.5])
def test_pooling_of_pairs_is_torch_s_to_the_bit(shape: tuple[int, ...], levels: float | None) -> None:
    """Also where numbers are equal: ``levels`` says how many different ones there are."""
    torch.manual_seed(0)
    x = torch.randn(shape)
    if levels is not None:
        x = (x * levels).round().relu()
    x.requires_grad_()
    theirs, ours = nn.functional.max_pool2d(x, 2), pool_pairs(x)
    assert torch.equal(ours, theirs)
    with torch.no_grad():
        assert torch.equal(pool_pairs(x), theirs)
    back = torch.randn(theirs.shape)
    (one,), (other,) = torch.autograd.grad(ours, x, back), torch.autograd.grad(theirs, x, back)
    assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("layer", "is_known"),
    [
        (nn.MaxPool2d(2), True),
        (nn.MaxPool2d((2, 2), 2), True),
        (nn.MaxPool2d(3, 2), False),
        (nn.MaxPool2d(2, 1), False),
        (nn.MaxPool2d(2, ceil_mode=True), False),
        (nn.MaxPool2d(2, padding=1), False),
        (nn.MaxPool2d(2, dilation=2), False),
        (nn.MaxPool2d(2, return_indices=True), False),
        (nn.AvgPool2d(2), False),
    ],
)
def test_only_pairs_are_pooled_as_pairs(layer: nn.Module, is_known: bool) -> None:
    assert is_pairs(layer) is is_known


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "sgd", "momentum": 0.0},
        {"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.01},
        {"optimizer": "adamw", "weight_decay": 0.01},
        {"optimizer": "adam", "weight_decay": 0.01},
        {"optimizer": "sgd", "schedule": "one_cycle", "warmup_steps": 5, "nesterov": True},
    ],
)
def test_every_optimizer_follows_its_rule(settings: dict[str, Value]) -> None:
    module, _, batches, quick = task("moons", **settings)
    twin, _, slow = usual("moons", **settings)
    for learner in (quick, slow):
        learner.set_rate(0.02)
    assert go(quick, batches, 60) == go(slow, batches, 60)
    assert all(map(torch.equal, module.parameters(), twin.parameters()))
    kept, expected = quick.state(), slow.state()
    assert kept.keys() == expected.keys()
    assert all(torch.equal(kept[key], expected[key]) for key in kept)


@pytest.mark.parametrize("way", [Backprop, Quick])
def test_a_state_leads_on_from_either_way(way: type[Backprop]) -> None:
    module, recipe, batches, learner = task("moons")
    go(learner, batches, 7)
    weights, state = {name: value.clone() for name, value in module.state_dict().items()}, learner.state()
    expected = go(learner, batches, 9)
    module.load_state_dict(weights)
    other = way(module, learner._objective, recipe)
    other.load_state(state)
    assert go(other, batches, 9) == expected


def test_weights_are_current_between_two_steps_and_may_be_put_back_in_place() -> None:
    module, _, batches, learner = task("moons")
    go(learner, batches, 1)
    before = [weight.clone() for weight in module.parameters()]
    with torch.no_grad():
        first = module(batches[0][0])
    assert torch.equal(learner._program(batches[0][0]), first)  # type: ignore[attr-defined]
    go(learner, batches, 1)
    assert not any(map(torch.equal, before, module.parameters()))
    with torch.no_grad():
        for weight, value in zip(module.parameters(), before, strict=True):
            weight.copy_(value)
        assert torch.equal(learner._program(batches[0][0]), first)  # type: ignore[attr-defined]


def test_a_loss_that_is_not_finite_changes_nothing() -> None:
    module, _, batches, learner = task("moons")
    go(learner, batches, 3)
    before, state = [weight.clone() for weight in module.parameters()], learner.state()
    x, y = batches[0]
    done = learner.step(torch.full_like(x, torch.inf), y)
    assert done.loss != done.loss
    assert all(map(torch.equal, before, module.parameters()))
    assert all(torch.equal(value, state[key]) for key, value in learner.state().items())


def test_weights_that_the_loss_does_not_reach_stay() -> None:
    module, recipe, batches, learner = task("moons")
    module.register_parameter("spare", nn.Parameter(torch.ones(3)))
    quick = make_backprop(module, learner._objective, recipe)
    go(quick, batches, 3)
    assert torch.equal(module.get_parameter("spare"), torch.ones(3))
    assert not any(key.startswith("0.") for key in quick.state()), "the spare weight comes first"


def test_what_is_not_known_to_be_the_same_goes_the_usual_way() -> None:
    module, recipe, _, _ = task("moons")
    assert is_quick(module, recipe)
    assert not is_quick(nn.Sequential(nn.Linear(2, 2)), recipe)
    for settings in ({"clipping": "norm"}, {"l1": 0.1}, {"optimizer": "lbfgs"}, {"precision": "bf16"}):
        assert not is_quick(module, recipe_of(settings))


def test_a_network_for_which_the_ways_differ_goes_the_usual_way(monkeypatch: pytest.MonkeyPatch) -> None:
    module, _, batches, learner = task("moons")
    twin, _, slow = usual("moons")
    monkeypatch.setattr(learner, "_program", lambda x: module(x) + 1e-3)
    assert go(learner, batches, 5) == go(slow, batches, 5)
    assert all(map(torch.equal, module.parameters(), twin.parameters()))


def test_layers_with_hooks_are_called() -> None:
    layer, seen = nn.Linear(2, 2), list[nn.Module]()
    assert function_of(layer) is not layer
    layer.register_forward_hook(lambda module, _inputs, _output: seen.append(module))
    function_of(layer)(torch.zeros(1, 2))
    assert seen == [layer]


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_program_computes_what_the_module_does(name: str) -> None:
    """Also in training mode, with the same chance and the same running means."""
    project = ALL[name]()
    plan = make_plan(project.graph, project.blocks_by_name)
    module = link(plan, seed=0)
    if sum(weight.numel() for weight in module.parameters()) > 2_000_000:
        pytest.skip("takes as long as it is large")
    inputs = [_some(signal.shape, signal.element) for _, signal in plan.inputs]
    program = make_program(module)
    state = {key: value.clone() for key, value in module.state_dict().items()}
    torch.manual_seed(1)
    expected = module(*inputs)
    after = {key: value.clone() for key, value in module.state_dict().items()}
    module.load_state_dict(state)
    torch.manual_seed(1)
    given = program(*inputs)
    one, other = (x if isinstance(x, tuple) else (x,) for x in (given, expected))
    if any(map(is_encoder, module.modules())):
        assert all(torch.allclose(a, b, rtol=0, atol=2e-6) for a, b in zip(one, other, strict=True))
    else:
        assert all(map(torch.equal, one, other))
    assert all(torch.equal(value, after[key]) for key, value in module.state_dict().items())


def _some(shape: tuple[object, ...], element: str) -> Tensor:
    sizes = [axis if isinstance(axis, int) else 5 for axis in shape]
    return torch.randn(2, *sizes) if element == "real" else torch.randint(0, 2, (2, *sizes))


@pytest.mark.parametrize(
    ("name", "is_chain"), [("xor", True), ("iris", True), ("moons", True), ("lenet5-digits", False)]
)
def test_rows_of_dense_layers_are_chains(name: str, is_chain: bool) -> None:
    *_, learner = task(name)
    assert isinstance(learner, Quick)
    assert (learner._chain is not None) is is_chain


def test_the_chain_rule_gives_the_gradients_of_autograd_in_float64() -> None:
    graph, root = fx.Graph(), nn.Sequential(nn.Linear(3, 5), nn.Sigmoid(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 2))
    node = graph.placeholder("x")
    for number in range(len(root)):
        node = graph.call_module(str(number), (node,))
    graph.output(node)
    module = fx.GraphModule(root.double(), graph)
    weights = list(module.parameters())
    chain = make_chain(module, weights)
    assert chain is not None
    x, y = torch.randn(7, 3, dtype=torch.float64), torch.randn(7, 2, dtype=torch.float64)
    expected = torch.autograd.grad((module(x) - y).square().sum(), weights)
    values = chain.forward(x)
    for one, other in zip(chain.backward(values, 2 * (values[-1] - y)), expected, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)


def test_what_is_frozen_or_hooked_is_no_chain() -> None:
    module, _, _, _ = task("moons")
    weights = list(module.parameters())
    assert make_chain(module, weights) is not None
    assert make_chain(module, weights[2:]) is None
    module.get_submodule("logits").register_forward_hook(lambda *_: None)
    assert make_chain(module, weights) is None
