"""The loop: its events in order, its numbers to the last bit, and its ways to end."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from nnstudio.training.batches import cut
from nnstudio.training.events import EpochDone, Event, RunEnded, RunFailed, RunStarted, StepDone
from nnstudio.training.loop import run
from nnstudio.training.recipe import Recipe
from tests.training.tasks import line, moons, network, recipe


def losses(events: list[Event]) -> list[float]:
    """Return every loss that the events tell, training and validation."""
    found: list[float] = []
    for event in events:
        if isinstance(event, StepDone):
            found.append(event.loss)
        elif isinstance(event, EpochDone):
            found += (event.train_loss, event.validation_loss)
    return found


def by_hand(module: nn.Module, settings: Recipe) -> Iterator[float]:
    """Train as a textbook does, and yield each batch's loss."""
    data = moons()
    x, y = torch.from_numpy(data.inputs[data.training]), torch.from_numpy(data.targets[data.training])
    optimizer = torch.optim.Adam(module.parameters(), lr=settings.learning_rate, fused=True)
    torch.manual_seed(settings.seed)
    generator = torch.Generator().manual_seed(settings.seed)
    module.train()
    for _ in range(settings.epochs):
        order = torch.randperm(len(x), generator=generator)
        for start in range(0, len(x), settings.batch_size):
            rows = order[start : start + settings.batch_size]
            optimizer.zero_grad()
            loss = functional.cross_entropy(module(x[rows]), y[rows])
            torch.autograd.backward(loss)
            optimizer.step()
            yield loss.item()


def test_events_come_in_order() -> None:
    events = list(run(network(), moons(), recipe()))
    assert [type(event) for event in events] == [
        RunStarted,
        *[StepDone] * 4, EpochDone,
        *[StepDone] * 4, EpochDone,
        RunEnded,
    ]  # fmt: skip
    started, ended = events[0], events[-1]
    assert started == RunStarted(
        device="cpu", num_parameters=114, steps_per_epoch=4, epochs=2, num_training=100, num_validation=50
    )
    assert isinstance(ended, RunEnded)
    assert (ended.reason, ended.steps, ended.epochs) == ("finished", 8, 2)
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [(event.step, event.epoch) for event in steps] == [(n + 1, n // 4 + 1) for n in range(8)]
    assert [event.samples for event in steps] == [32, 64, 96, 100, 132, 164, 196, 200]


def test_losses_are_those_of_a_loop_by_hand() -> None:
    events = run(network(), moons(), recipe())
    told = [event.loss for event in events if isinstance(event, StepDone)]
    assert told == list(by_hand(network(), recipe()))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
def test_same_seed_gives_the_same_run(optimizer: str, loss: str) -> None:
    settings = recipe(optimizer=optimizer, loss=loss, weight_decay=0.01)
    first, again = (losses(list(run(network(), moons(), settings))) for _ in range(2))
    other = losses(list(run(network(), moons(), recipe(optimizer=optimizer, loss=loss, seed=1))))
    assert first == again
    assert first != other


def test_epoch_tells_means_over_samples() -> None:
    module = network()
    events = list(run(module, moons(), recipe(epochs=1)))
    steps = [event for event in events if isinstance(event, StepDone)]
    sizes = [32, 32, 32, 4]
    epoch = next(event for event in events if isinstance(event, EpochDone))
    assert epoch.train_loss == pytest.approx(sum(s.loss * n for s, n in zip(steps, sizes, strict=True)) / 100)
    assert epoch.train_accuracy == pytest.approx(
        sum((s.accuracy or 0) * n for s, n in zip(steps, sizes, strict=True)) / 100
    )
    data = moons()
    module.eval()
    with torch.no_grad():
        scores = module(torch.from_numpy(data.inputs[data.validation]))
    labels = torch.from_numpy(data.targets[data.validation])
    assert epoch.validation_accuracy == pytest.approx(float((scores.argmax(1) == labels).float().mean()))
    assert epoch.validation_loss == pytest.approx(float(functional.cross_entropy(scores, labels)))


def test_values_are_learned() -> None:
    torch.manual_seed(0)
    events = list(run(nn.Linear(2, 2), line(), recipe(loss="mse", epochs=60, batch_size=4, learning_rate=0.05)))
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert epochs[-1].validation_loss < 1e-3 < epochs[0].validation_loss
    assert epochs[-1].validation_accuracy is None


def test_mse_with_classes_compares_with_one_hot_rows() -> None:
    data, module = moons(), network()
    step = next(event for event in run(module, data, recipe(loss="mse")) if isinstance(event, StepDone))
    torch.manual_seed(0)
    rows = torch.randperm(100, generator=torch.Generator().manual_seed(0))[:32].numpy()
    x = torch.from_numpy(data.inputs[data.training][rows])
    y = functional.one_hot(torch.from_numpy(data.targets[data.training][rows]), 2).float()
    twin = network()
    torch.manual_seed(0)
    assert step.loss == functional.mse_loss(twin(x), y).item()


@pytest.mark.parametrize("batches", [0, 1, 3, 4, 5])
def test_stop_is_honoured_within_one_batch(batches: int) -> None:
    events: list[Event] = []
    for event in run(network(), moons(), recipe(), stop=lambda: len(steps_of(events)) >= batches):
        events.append(event)
    assert len(steps_of(events)) == batches
    end = events[-1]
    assert isinstance(end, RunEnded)
    assert (end.reason, end.steps, end.epochs) == ("stopped", batches, int(batches > 4))


def steps_of(events: list[Event]) -> list[StepDone]:
    """Return the steps among events."""
    return [event for event in events if isinstance(event, StepDone)]


class Burst(nn.Module):
    """Gives NaN once its inputs have been seen ``after`` times."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left: Tensor
        self.register_buffer("left", torch.tensor(float(after)))

    def forward(self, x: Tensor) -> Tensor:
        """Pass on, or burst."""
        if self.training:
            self.left -= 1
        return torch.where(self.left < 0, torch.nan, x)


def test_nan_ends_the_run_and_names_the_layer() -> None:
    module = nn.Sequential(nn.Linear(2, 4), Burst(6), nn.Linear(4, 2))
    events = list(run(module, moons(), recipe()))
    assert [type(event) for event in events] == [RunStarted, *[StepDone] * 4, EpochDone, *[StepDone] * 2, RunFailed]
    failed = events[-1]
    assert isinstance(failed, RunFailed)
    assert failed.node == "1"
    assert failed.message.startswith("The numbers blew up in epoch 2: the first that is not finite is in 1.")


@pytest.mark.parametrize("which", ["training", "validation"])
def test_numbers_that_are_not_finite_in_the_data_are_told_as_such(which: str) -> None:
    data = moons()
    inputs = data.inputs.copy()
    inputs[getattr(data, which)[0]] = np.nan
    failed = list(run(network(), dataclasses.replace(data, inputs=inputs), recipe()))[-1]
    assert isinstance(failed, RunFailed)
    assert failed.message.startswith("The data of epoch 1 hold a number that is not finite. Mend the samples")


def test_failed_run_gives_back_the_last_good_weights() -> None:
    module, kept = network(), network()
    data = moons()
    list(run(kept, data, recipe(epochs=1)))
    first = nn.Sequential(module, Burst(5))
    assert isinstance(list(run(first, data, recipe()))[-1], RunFailed)
    for name, value in kept.state_dict().items():
        assert torch.equal(value, module.state_dict()[name]), name


def test_too_large_a_learning_rate_fails_cleanly() -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 2))
    events = list(run(module, line(), recipe(loss="mse", optimizer="sgd", learning_rate=10.0, epochs=200)))
    assert isinstance(events[-1], RunFailed)
    assert events[-1].node in {"0", "1", None}
    assert all(math.isfinite(loss) for loss in losses(events))
    assert all(bool(weight.isfinite().all()) for weight in module.parameters())


def test_nan_in_validation_ends_the_run() -> None:
    data = moons()
    inputs = data.inputs.copy()
    inputs[data.validation[0]] = np.nan
    events = list(run(network(), dataclasses.replace(data, inputs=inputs), recipe()))
    assert [type(event) for event in events] == [RunStarted, *[StepDone] * 4, RunFailed]
    assert isinstance(events[-1], RunFailed)
    assert events[-1].node == "input"


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Flatten(), "The network has no weights, so there is nothing to train: add a layer such as Dense."),
        (nn.Linear(2, 3), r"The network must give 2 numbers per sample; it gives 3\."),
        (nn.Sequential(nn.Linear(2, 2), nn.Unflatten(1, (2, 1))), r"must give 2 numbers per sample; it gives 2 × 1"),
    ],
)
def test_network_that_does_not_fit_is_refused(module: nn.Module, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        list(run(module, moons(), recipe()))


def test_cross_entropy_of_values_is_refused() -> None:
    with pytest.raises(ValueError, match="Cross-entropy is for classes, but Line holds values"):
        list(run(nn.Linear(2, 2), line(), recipe()))


@pytest.mark.parametrize(
    ("device", "known", "message"),
    [
        ("cuda", torch.cuda.is_available(), "No NVIDIA graphics card can be used here"),
        ("mps", torch.backends.mps.is_available(), "No Apple graphics can be used here"),
    ],
)
def test_missing_device_is_named(device: str, known: bool, message: str) -> None:
    if known:
        pytest.skip(f"this computer has {device}")
    with pytest.raises(ValueError, match=message):
        list(run(network(), moons(), recipe(device=device)))


def test_single_row_left_over_joins_the_batch_before() -> None:
    assert [len(batch) for batch in cut(torch.arange(9), 4)] == [4, 5]
    assert [len(batch) for batch in cut(torch.arange(10), 4)] == [4, 4, 2]
    assert [len(batch) for batch in cut(torch.arange(3), 1)] == [1, 1, 1]
    assert [len(batch) for batch in cut(torch.arange(1), 4)] == [1]
    events = list(run(network(), moons(97), recipe()))
    assert isinstance(events[-1], RunEnded)
    assert isinstance(events[0], RunStarted)
    assert events[0].steps_per_epoch == 3
