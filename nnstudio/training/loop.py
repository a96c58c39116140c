"""The training loop: a generator of events that reads from top to bottom and knows nothing of threads."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nnstudio.core.words import tr
from nnstudio.data.arrays import Indices
from nnstudio.data.dataset import Dataset
from nnstudio.training.devices import find_device
from nnstudio.training.events import EpochDone, Event, PhaseBegan, RunEnded, RunFailed, RunStarted, StepDone
from nnstudio.training.inside import first_non_finite
from nnstudio.training.learners.make import make_learner
from nnstudio.training.probe import Probe
from nnstudio.training.recipe import Recipe
from nnstudio.training.scene import Scene
from nnstudio.training.taps import Taps
from nnstudio.training.tasks.base import Objective
from nnstudio.training.tasks.make import make_objective

Stop = Callable[[], bool]


def run(
    module: nn.Module, dataset: Dataset, recipe: Recipe, taps: Taps | None = None, stop: Stop = lambda: False
) -> Iterator[Event]:
    """Train ``module`` in place and yield what happens; the last event is `RunEnded` or `RunFailed`.

    The same first weights, data and recipe give the same losses bit for bit on one processor. When a loss is no
    finite number the run fails, and the module gets back the weights of the last whole epoch.

    Args:
        module: takes ``(B, *dataset.shape)`` and gives ``(B, dataset.num_outputs)``; its weights are where it starts.
        dataset: what it learns from.
        recipe: how it learns.
        taps: looks inside between the steps, without a trace in the run.
        stop: asked before each batch; when it says yes the run ends there.

    Raises:
        ValueError: the device is missing, or module, data and recipe do not fit together.
    """
    device = find_device(recipe.device)
    objective = make_objective(recipe, dataset)
    training = _part(dataset, objective, dataset.training, device)
    validation = _part(dataset, objective, dataset.validation, device)
    module.to(device)
    steps_per_epoch = len(cut(torch.arange(training.size), recipe.batch_size))
    learner = make_learner(module, objective, recipe, steps_per_epoch)
    torch.manual_seed(recipe.seed)
    shuffler = torch.Generator().manual_seed(recipe.seed)
    if taps is not None:
        taps.attach(Probe(module, dataset, objective, device).look, Scene(module, dataset, objective, device))
    good = _copy_state(module)
    step = samples = 0
    seconds = 0.0
    yield RunStarted(
        device=device.type,
        num_parameters=sum(weight.numel() for weight in module.parameters()),
        steps_per_epoch=steps_per_epoch,
        epochs=recipe.epochs,
        num_training=training.size,
        num_validation=validation.size,
    )

    for epoch in range(1, recipe.epochs + 1):
        seen, spent = Tally(), 0.0
        module.train()
        phase = learner.begin_epoch(epoch)
        if phase:
            yield PhaseBegan(epoch, phase)
        for rows in cut(torch.randperm(training.size, generator=shuffler), recipe.batch_size):
            if stop():
                yield RunEnded(reason="stopped", steps=step, epochs=epoch - 1, seconds=seconds + spent)
                return
            began = time.perf_counter()
            x, y = training.batch(rows)
            done = learner.step(x, y)
            if not math.isfinite(done.loss):
                failure = _blow_up(module, x, epoch)
                module.load_state_dict(good)
                yield failure
                return
            seen.add(done.loss, done.right, len(rows))
            step += 1
            samples += len(rows)
            if taps is not None:
                taps.glance(step)
            spent += time.perf_counter() - began
            yield StepDone(step, epoch, done.loss, None if done.right is None else done.right / len(rows), samples)

        began = time.perf_counter()
        held = validate(module, validation, objective, recipe.batch_size, stop)
        seconds += spent + time.perf_counter() - began
        if held is None:
            yield RunEnded(reason="stopped", steps=step, epochs=epoch - 1, seconds=seconds)
            return
        if not math.isfinite(held.loss):
            failure = _blow_up(module, validation.inputs, epoch)
            module.load_state_dict(good)
            yield failure
            return
        good = _copy_state(module)
        yield EpochDone(
            epoch=epoch,
            train_loss=seen.loss,
            train_accuracy=seen.accuracy,
            validation_loss=held.loss,
            validation_accuracy=held.accuracy,
            seconds=spent + time.perf_counter() - began,
        )
        note = learner.end_epoch(held.loss)
        if note:
            yield RunEnded(reason="finished", steps=step, epochs=epoch, seconds=seconds, note=note)
            return
    yield RunEnded(reason="finished", steps=step, epochs=recipe.epochs, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Part:
    """Training or validation samples on their device: inputs ``(n, …)`` and what they should become."""

    inputs: Tensor
    targets: Tensor

    @property
    def size(self) -> int:
        """How many samples."""
        return len(self.inputs)

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return the samples of these rows."""
        rows = rows.to(self.inputs.device)
        return self.inputs.index_select(0, rows), self.targets.index_select(0, rows)


@dataclass(slots=True)
class Tally:
    """Sums over batches, for the mean loss per sample and the share that was right (None without classes)."""

    total: float = 0.0
    right: float | None = None
    count: int = 0

    def add(self, loss: float, right: float | None, count: int) -> None:
        """Add a batch with its mean loss."""
        self.total += loss * count
        self.count += count
        if right is not None:
            self.right = (self.right or 0) + right

    @property
    def loss(self) -> float:
        """Mean over all samples."""
        return self.total / self.count

    @property
    def accuracy(self) -> float | None:
        """Share that was right, from 0 to 1."""
        return None if self.right is None else self.right / self.count


def cut(rows: Tensor, size: int) -> tuple[Tensor, ...]:
    """Cut rows into batches of ``size``; the last one holds what is left.

    A single row that would be left joins the batch before it: BatchNorm cannot work on one value.
    """
    batches = torch.split(rows, size)
    if size > 1 and len(batches) > 1 and len(batches[-1]) == 1:
        return (*batches[:-2], torch.cat(batches[-2:]))
    return batches


@torch.no_grad()
def validate(module: nn.Module, part: Part, objective: Objective, size: int, stop: Stop) -> Tally | None:
    """Try ``module`` in eval mode on all samples of ``part``; None when stopped."""
    module.eval()
    tally = Tally()
    for x, y in zip(torch.split(part.inputs, size), torch.split(part.targets, size), strict=True):
        if stop():
            return None
        output = module(x)
        tally.add(objective.loss(output, y).item(), objective.count_right(output, y), len(x))
    return tally


def _part(dataset: Dataset, objective: Objective, rows: Indices, device: torch.device) -> Part:
    return Part(torch.from_numpy(dataset.inputs[rows]).to(device), objective.targets(rows).to(device))


def _copy_state(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in module.state_dict().items()}


def _blow_up(module: nn.Module, inputs: Tensor, epoch: int) -> RunFailed:
    """Find where the numbers stopped being finite, in the module's present mode, and put it into words."""
    node = first_non_finite(module, inputs)
    if node is None:
        what = tr("The loss is no finite number any more in epoch {epoch}.", epoch=epoch)
    else:
        what = tr(
            "The numbers blew up in epoch {epoch}: the first that is not finite is in {node}.", epoch=epoch, node=node
        )
    advice = tr("A smaller learning rate usually helps. The weights are again those of the last whole epoch.")
    return RunFailed(message=f"{what} {advice}", node=node)
