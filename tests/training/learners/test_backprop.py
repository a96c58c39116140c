"""Back-propagation by every optimizer: steps against torch's plain ones, and going on bit for bit."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from nnstudio.core.graph import Value
from nnstudio.training.events import EpochDone, RunEnded, StepDone
from nnstudio.training.learners.backprop import Backprop
from nnstudio.training.loop import run
from nnstudio.training.recipe import Recipe
from nnstudio.training.tasks.make import make_objective
from tests.training import tasks

OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "lbfgs")


def batches(count: int, *, size: int = 20) -> Iterator[tuple[Tensor, Tensor]]:
    data = tasks.moons()
    for number in range(count):
        rows = data.training[(number * size) % 80 :][:size]
        yield torch.from_numpy(data.inputs[rows]), torch.from_numpy(data.targets[rows])


def learner(module: nn.Module, **settings: Value) -> Backprop:
    recipe = tasks.recipe(**settings)
    return Backprop(module, make_objective(recipe, tasks.moons()), recipe, steps_per_epoch=3)


def train(module: nn.Module, made: Backprop, count: int = 9) -> list[float]:
    module.train()
    torch.manual_seed(3)
    return [made.step(*batch).loss for batch in batches(count)]


def by_hand(module: nn.Module, optimizer: torch.optim.Optimizer, count: int = 9) -> list[float]:
    module.train()
    torch.manual_seed(3)
    losses = []
    for x, y in batches(count):
        optimizer.zero_grad()
        loss = functional.cross_entropy(module(x), y)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    return losses


def smooth() -> nn.Module:
    """Return a network all of whose gradients mean something: before a BatchNorm a bias gets noise only."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))


def plain(weights: list[Tensor], recipe: Recipe) -> torch.optim.Optimizer:
    """Return torch's optimizer as its documentation has it, without fused kernels."""
    rate, decay, betas = recipe.learning_rate, recipe.weight_decay, (recipe.beta1, recipe.beta2)
    match recipe.optimizer:
        case "sgd":
            return torch.optim.SGD(weights, rate, recipe.momentum, weight_decay=decay, nesterov=recipe.nesterov)
        case "adam":
            return torch.optim.Adam(weights, rate, betas, weight_decay=decay, foreach=False)
        case "adamw":
            return torch.optim.AdamW(weights, rate, betas, weight_decay=decay, foreach=False)
        case "rmsprop":
            return torch.optim.RMSprop(weights, rate, recipe.smoothing, weight_decay=decay, foreach=False)
        case "adagrad":
            return torch.optim.Adagrad(weights, rate, weight_decay=decay, foreach=False)
        case "adadelta":
            return torch.optim.Adadelta(weights, rate, recipe.rho, weight_decay=decay, foreach=False)
    raise AssertionError(recipe.optimizer)


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "lbfgs"])
@pytest.mark.parametrize("more", [{}, {"nesterov": True, "beta1": 0.8, "beta2": 0.95, "smoothing": 0.9, "rho": 0.7}])
def test_steps_are_those_of_torch(name: str, more: dict[str, Value]) -> None:
    settings: dict[str, Value] = {"optimizer": name, "weight_decay": 0.01, **more}
    first, second = smooth(), smooth()
    losses = train(first, learner(first, **settings))
    expected = by_hand(second, plain(list(second.parameters()), tasks.recipe(**settings)))
    assert losses == pytest.approx(expected, abs=1e-6)
    for mine, theirs in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-6)


def test_nesterov_without_momentum_is_plain_descent() -> None:
    losses = []
    for settings in ({"nesterov": True}, {}):
        module = tasks.network()
        losses.append(train(module, learner(module, optimizer="sgd", momentum=0.0, **settings)))
    assert losses[0] == losses[1]


def test_lbfgs_learns_a_whole_set_fast() -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))
    data = tasks.moons()
    x, y = torch.from_numpy(data.inputs[data.training]), torch.from_numpy(data.targets[data.training])
    made = learner(module, optimizer="lbfgs", learning_rate=1.0, lbfgs_iterations=20)
    losses = [made.step(x, y).loss for _ in range(10)]
    assert losses[-1] < 0.01 < losses[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("schedule", ["constant", "one_cycle", "plateau"])
def test_a_learner_goes_on_bit_for_bit(name: str, schedule: str) -> None:
    settings: dict[str, Value] = {
        "optimizer": name,
        "schedule": schedule,
        "plateau_patience": 0,
        "warmup_steps": 2,
        "l1": 0.001,
        "clipping": "norm",
        "early_stopping": True,
        "patience": 50,
    }
    whole, half = tasks.network(), tasks.network()
    at_once, before = learner(whole, **settings), learner(half, **settings)
    first = train(whole, at_once, 4)
    assert train(half, before, 4) == first
    for epoch, loss in ((1, 0.5), (2, 0.7), (3, 0.6)):
        for made in (at_once, before):
            made.begin_epoch(epoch)
            made.end_epoch(loss)
    kept, weights = before.state(), copy.deepcopy(half.state_dict())
    assert all(isinstance(value, Tensor) for value in kept.values())
    other = tasks.network(seed=5)
    after = learner(other, **settings)
    train(other, after, 2)
    after.load_state(kept)
    other.load_state_dict(weights)
    assert after.rate == at_once.rate
    assert train(other, after, 5) == train(whole, at_once, 5)
    assert all(map(torch.equal, other.state_dict().values(), whole.state_dict().values()))
    one, two = after.state(), at_once.state()
    assert one.keys() == two.keys()
    assert all(torch.equal(one[key], two[key]) for key in one)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_loss_that_is_not_finite_changes_no_weight(name: str) -> None:
    module = tasks.network()
    made = learner(module, optimizer=name)
    ((x, y),) = batches(1)
    made.step(x, y)
    before = copy.deepcopy(module.state_dict())
    assert not torch.tensor(made.step(x * float("nan"), y).loss).isfinite()
    trained = dict(module.named_parameters())
    assert all(torch.equal(trained[name], before[name]) for name in trained)


def test_the_rate_follows_the_schedule_and_the_person() -> None:
    module = tasks.network()
    made = learner(module, schedule="cosine", epochs=4)
    assert made.rate == 0.01
    train(module, made, 6)
    assert made.rate == pytest.approx(0.005)
    made.set_rate(0.05)
    assert made.rate == pytest.approx(0.05)
    train(module, made, 3)
    assert made.rate == pytest.approx(0.1 * (1 + 2**-0.5 * -1) / 2)
    train(module, made, 3)
    assert made.rate == pytest.approx(0)


def test_a_run_follows_the_schedule_epoch_by_epoch() -> None:
    recipe = tasks.recipe(schedule="step", step_every=1, step_factor=0.5, epochs=3, warmup_steps=2)
    events = list(run(tasks.network(), tasks.moons(), recipe))
    rates = [event.rate for event in events if isinstance(event, StepDone)]
    # Four batches an epoch; the rate told is that of the next step.
    assert rates == pytest.approx([0.01] * 5 + [0.005] * 4 + [0.0025] * 3)


def test_a_run_that_stops_early_ends_with_its_best_weights() -> None:
    module, data = tasks.network(), tasks.moons()
    recipe = tasks.recipe(early_stopping=True, patience=3, learning_rate=0.2, epochs=60)
    events = list(run(module, data, recipe))
    end, held = events[-1], [event.validation_loss for event in events if isinstance(event, EpochDone)]
    assert isinstance(end, RunEnded)
    assert (end.reason, end.epochs) == ("finished", len(held))
    assert len(held) < 60
    assert end.note.startswith("The validation loss has not fallen for 3 epochs.")
    objective = make_objective(recipe, data)
    module.eval()
    with torch.no_grad():
        output = module(torch.from_numpy(data.inputs[data.validation]))
        assert objective.loss(output, objective.targets(data.validation)).item() == pytest.approx(min(held), abs=1e-6)


def gradient_steps(**settings: Value) -> tuple[Tensor, Tensor]:
    """Return one plain step of a dense layer with and without ``settings``, as changes of its weights at rate 1."""
    changes = []
    for extra in (settings, {}):
        torch.manual_seed(1)
        module = nn.Linear(2, 2)
        before = module.weight.detach().clone()
        made = learner(module, optimizer="sgd", momentum=0.0, learning_rate=1.0, **extra)
        ((x, y),) = batches(1)
        made.step(30 * x, y)
        changes.append((module.weight.detach() - before, before))
    (changed, before), (usual, _) = changes
    return changed - usual, usual if "clipping" in settings else before


def test_l1_pulls_every_weight_by_the_same_amount() -> None:
    change, before = gradient_steps(l1=0.01)
    assert torch.allclose(change, -0.01 * before.sign(), atol=1e-6)


def test_clipping_shortens_gradients() -> None:
    change, usual = gradient_steps(clipping="value", clip_at=0.5)
    assert usual.abs().max() > 0.5
    assert torch.allclose(usual + change, usual.clamp(-0.5, 0.5), atol=1e-6)
    change, usual = gradient_steps(clipping="norm", clip_at=0.5)
    shorter = usual + change
    assert torch.allclose(shorter / shorter.norm(), usual / usual.norm(), atol=1e-6)
    assert shorter.norm() <= 0.5


def end_epochs(made: Backprop, losses: list[float]) -> list[str]:
    notes = []
    for epoch, loss in enumerate(losses, 1):
        made.begin_epoch(epoch)
        notes.append(made.end_epoch(loss))
    return notes


def test_early_stopping_waits_and_puts_the_best_weights_back() -> None:
    module = tasks.network()
    made = learner(module, early_stopping=True, patience=2, epochs=10)
    train(module, made, 2)
    made.begin_epoch(1)
    assert made.end_epoch(0.5) == ""
    best = copy.deepcopy(module.state_dict())
    train(module, made, 2)
    made.begin_epoch(2)
    assert made.end_epoch(0.6) == ""
    made.begin_epoch(3)
    note = made.end_epoch(0.5)
    assert note == "The validation loss has not fallen for 2 epochs. The weights are those of epoch 1, the best."
    assert all(map(torch.equal, module.state_dict().values(), best.values()))


def test_early_stopping_can_leave_the_weights_and_counts_small_gains_as_none() -> None:
    module = tasks.network()
    made = learner(module, early_stopping=True, patience=2, min_delta=0.1, keep_best=False, epochs=10)
    assert end_epochs(made, [0.5, 0.45, 0.42]) == ["", "", "The validation loss has not fallen for 2 epochs."]


def test_the_best_weights_come_back_at_the_end_of_a_run_that_never_stalled() -> None:
    module = tasks.network()
    made = learner(module, early_stopping=True, patience=5, epochs=3)
    assert end_epochs(made, [0.5, 0.3, 0.4])[-1] == "The weights are those of epoch 2, the best."
    assert end_epochs(learner(module, early_stopping=True, patience=5, epochs=3), [0.5, 0.4, 0.3])[-1] == ""


def test_bf16_keeps_weights_and_loss_in_float32() -> None:
    module, exact = tasks.network(), tasks.network()
    rough = train(module, learner(module, precision="bf16"))
    fine = train(exact, learner(exact))
    assert all(weight.dtype == torch.float32 for weight in module.parameters())
    assert rough != fine
    assert rough == pytest.approx(fine, abs=0.05)


def test_channels_last_changes_the_order_in_memory_only() -> None:
    losses = []
    for channels_last in (False, True):
        torch.manual_seed(0)
        module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
        made = learner(module, channels_last=channels_last)
        chance = torch.Generator().manual_seed(1)
        losses.append(
            [made.step(torch.randn(4, 3, 9, 9, generator=chance), torch.arange(4) % 2).loss for _ in range(5)]
        )
        kernel = module[0].weight
        assert isinstance(kernel, Tensor)
        assert kernel.is_contiguous(memory_format=torch.channels_last) is channels_last
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)


def test_deterministic_is_put_back_after_each_step() -> None:
    seen = []

    class Asks(nn.Linear):
        def forward(self, input: Tensor) -> Tensor:
            seen.append(torch.are_deterministic_algorithms_enabled())
            return super().forward(input)

    made = learner(Asks(2, 2), deterministic=True)
    train(nn.Identity(), made, 2)
    assert seen == [True, True]
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.backends.cudnn.deterministic


def test_compile_is_asked_for_once_and_steps_go_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def stand_in(module: nn.Module) -> object:
        calls.append("compiled")

        def call(inputs: Tensor) -> Tensor:
            calls.append("called")
            return module(inputs)  # type: ignore[no-any-return]

        return call

    monkeypatch.setattr(torch, "compile", stand_in)
    module = tasks.network()
    train(module, learner(module, compile=True), 2)
    assert calls == ["compiled", "called", "called"]
