"""Sweeps: one factor at several values, once for each of several seeds, and perhaps for each of several variants.

`sweep` works one run after the other; `nnstudio.runs.crew` lets several processes do so, with the same results. What is
done is kept as plain values, so that a sweep can be stopped and gone on with.
"""

from __future__ import annotations

import csv
import io
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Union

import msgspec

from nnstudio.core.graph import Value
from nnstudio.core.words import how_said, joined, say, tr
from nnstudio.training.assembly import assemble
from nnstudio.training.places import with_value

if TYPE_CHECKING:
    from torch import nn

    from nnstudio.data.dataset import Dataset
    from nnstudio.project.document import Project
    from nnstudio.training.recipe import Recipe

MOST_TRIALS: Final = 1_000
AT_A_TIME: Final = 2
"""Runs that are worked at a time, each in a process of its own, where the machine has as many cores."""


class Factor(msgspec.Struct, frozen=True):
    """What is varied.

    Attributes:
        place: the path of a setting, as `nnstudio.training.places` has it.
        values: what it is set to, in the order in which they are shown.
    """

    place: str
    values: tuple[Value, ...]


class SweepPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep does.

    Attributes:
        factor: along the axis of the plot.
        variant: one curve for each of its values; None for one curve.
        seeds: of recipe and starting weights; the data stay the same.
        epochs: of each run; None takes the recipe's.
    """

    factor: Factor
    variant: Factor | None = None
    seeds: tuple[int, ...] = (0, 1, 2)
    epochs: int | None = None

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All runs, those of the first seed first, so that a picture of the whole comes soon."""
        variants: tuple[Value, ...] = self.variant.values if self.variant is not None else (None,)
        return tuple(
            Trial(value, variant, seed) for seed in self.seeds for variant in variants for value in self.factor.values
        )


class Trial(msgspec.Struct, frozen=True):
    """One run of a sweep."""

    value: Value
    variant: Value
    seed: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one run came to.

    Attributes:
        trial: which one it was.
        curves: by measure (``train_loss``, ``validation_accuracy`` and the like) its value after each epoch; those
            that begin with ``fit`` are of the training samples once all was done, one value each.
        seconds: time spent, with the building of the network.
        num_parameters: numbers that were trained.
        failure: why it could not go on, in the language of that time; empty where it could.
        said: the same, so that `reason` can say it in another language; None in sweeps of older versions.
    """

    trial: Trial
    curves: Mapping[str, tuple[float, ...]] = {}
    seconds: float = 0.0
    num_parameters: int = 0
    failure: str = ""
    said: list[Any] | None = None

    @property
    def reason(self) -> str:
        """Why it could not go on, in the language that is current now; empty where it could."""
        return say(self.said, self.failure)

    def last(self, measure: str) -> float | None:
        """Return a measure at the end; None where it is not known."""
        values = self.curves.get(measure, ())
        return values[-1] if values and not self.failure and math.isfinite(values[-1]) else None


class TrialBegan(msgspec.Struct, frozen=True):
    """A run begins: which, how many are done, and how many there are."""

    trial: Trial
    done: int
    total: int


class TrialWent(msgspec.Struct, frozen=True):
    """A run is on its way: ``share`` of it, from 0 to 1, is done."""

    trial: Trial
    share: float


SweepEvent = Union[TrialBegan, TrialWent, Outcome]


class Point(msgspec.Struct, frozen=True):
    """All seeds of one value: mean, lowest, highest, standard deviation (of the sample) and how many there are."""

    value: Value
    mean: float
    low: float
    high: float
    deviation: float
    count: int


def project_of(project: Project, plan: SweepPlan, trial: Trial) -> Project:
    """Return the document as a trial trains it.

    Raises:
        ValueError: a place is not there, or cannot hold the value.
    """
    project = with_value(project, plan.factor.place, trial.value)
    if plan.variant is not None:
        project = with_value(project, plan.variant.place, trial.variant)
    if plan.epochs is not None:
        project = with_value(project, "recipe.epochs", plan.epochs)
    return with_value(project, "recipe.seed", trial.seed)


def check(project: Project, plan: SweepPlan) -> None:
    """Refuse a plan that cannot be worked.

    Raises:
        ValueError: says what is wrong.
    """
    factors = [plan.factor, *([plan.variant] if plan.variant is not None else [])]
    if not plan.seeds or any(not factor.values for factor in factors):
        raise ValueError(tr("A sweep needs at least one value and one seed."))
    if len({factor.place for factor in factors}) < len(factors):
        raise ValueError(tr("Factor and variant are the same setting."))
    if len(plan.trials) > MOST_TRIALS:
        raise ValueError(tr("{count} runs are too many; {most} at most.", count=len(plan.trials), most=MOST_TRIALS))
    for trial in plan.trials[: len(plan.trials) // len(plan.seeds)]:
        project_of(project, plan, trial)


def sweep(
    project: Project,
    plan: SweepPlan,
    done: Sequence[Outcome] = (),
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[SweepEvent]:
    """Work all trials that are not in ``done``, one after the other, and yield what happens.

    Raises:
        ValueError: the plan cannot be worked, see `check`.
    """
    check(project, plan)
    known = {outcome.trial for outcome in done}
    trials = plan.trials
    left = [trial for trial in trials if trial not in known]
    for number, trial in enumerate(left):
        if stop():
            return
        yield TrialBegan(trial, len(trials) - len(left) + number, len(trials))
        yield from work_trial(project, plan, trial, stop)


def num_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _trial_threads() -> Iterator[None]:
    """Let torch compute with one trial's share of the cores, wherever it is worked: as many threads, the same bits."""
    import torch

    before, wanted = torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS", "")
    torch.set_num_threads(max(1, (int(wanted) if wanted.isdigit() else num_cores()) // AT_A_TIME))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def work_trial(
    project: Project, plan: SweepPlan, trial: Trial, stop: Callable[[], bool]
) -> Iterator[TrialWent | Outcome]:
    """Work one run and yield how it goes on, in the end its outcome; one that is stopped, within a batch, has none.

    Raises:
        ValueError: the trial is none of this project.
    """
    with _trial_threads():
        yield from _work(project_of(project, plan, trial), trial, stop)


def _work(project: Project, trial: Trial, stop: Callable[[], bool]) -> Iterator[TrialWent | Outcome]:
    from nnstudio.compiler.plan import CompileError
    from nnstudio.training.events import EpochDone, RunEnded, RunFailed, RunStarted
    from nnstudio.training.loop import run
    from nnstudio.training.runner import explain

    began = time.perf_counter()
    curves: dict[str, list[float]] = {}
    failure, count, epochs = "", 0, 1
    try:
        assembly = assemble(project)
        module, dataset, recipe = assembly.network(), assembly.dataset, assembly.recipe
        for event in run(module, dataset, recipe, stop=stop):
            match event:
                case RunStarted():
                    count, epochs = event.num_parameters, event.epochs
                case EpochDone():
                    for name, value in event.measures.items():
                        curves.setdefault(name, []).append(value)
                    yield TrialWent(trial, event.epoch / epochs)
                case RunFailed():
                    failure = event.message
                case RunEnded() if event.reason == "stopped":
                    return
                case RunEnded():
                    curves |= {name: [value] for name, value in _fit(module, dataset, recipe).items()}
    except CompileError as error:
        failure = joined("; ", (problem.message for problem in error.problems)) or str(error)
    except (ValueError, RuntimeError, MemoryError) as error:
        failure = explain(error)
    yield Outcome(
        trial=trial,
        curves={name: tuple(values) for name, values in curves.items()},
        seconds=time.perf_counter() - began,
        num_parameters=count,
        failure="".join(failure),
        said=how_said(failure),
    )


def _fit(module: nn.Module, dataset: Dataset, recipe: Recipe) -> dict[str, float]:
    """Try a trained network on the samples that it learned from, as `train_accuracy` is taken while it changes."""
    from nnstudio.training.batches import make_part, validate
    from nnstudio.training.devices import find_device
    from nnstudio.training.tasks.make import make_objective

    objective = make_objective(recipe, dataset)
    part = make_part(dataset, objective, dataset.training, find_device(recipe.device))
    held = validate(module, part, objective, 1024, lambda: False)
    assert held is not None
    loss, meter = held
    accuracy = meter.metrics().get("accuracy")
    return {"fit_loss": loss} | ({} if accuracy is None else {"fit_accuracy": accuracy})


def measures_of(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Return the names of what was measured, accuracies first."""
    names = dict.fromkeys(name for outcome in outcomes for name in outcome.curves)
    return tuple(sorted(names, key=lambda name: ("accuracy" not in name, not name.startswith("validation"))))


def points(plan: SweepPlan, outcomes: Sequence[Outcome], measure: str) -> Mapping[Value, tuple[Point, ...]]:
    """Return for each variant its points along the factor; a value with no run that ended well is left out."""
    variants: tuple[Value, ...] = plan.variant.values if plan.variant is not None else (None,)
    return {variant: tuple(_points(plan, outcomes, measure, variant)) for variant in variants}


def _points(plan: SweepPlan, outcomes: Sequence[Outcome], measure: str, variant: Value) -> Iterator[Point]:
    for value in plan.factor.values:
        found = [
            last
            for outcome in outcomes
            if outcome.trial.value == value
            and outcome.trial.variant == variant
            and (last := outcome.last(measure)) is not None
        ]
        if found:
            mean = sum(found) / len(found)
            squares = sum((number - mean) ** 2 for number in found)
            deviation = math.sqrt(squares / (len(found) - 1)) if len(found) > 1 else 0.0
            yield Point(value, mean, min(found), max(found), deviation, len(found))


def table(plan: SweepPlan, outcomes: Sequence[Outcome]) -> str:
    """Return all runs as CSV, one row each, with every measure at its end."""
    names = measures_of(outcomes)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    variant = [plan.variant.place] if plan.variant is not None else []
    rows.writerow([plan.factor.place, *variant, "seed", *names, "parameters", "seconds", "failure"])
    for outcome in outcomes:
        trial = outcome.trial
        rows.writerow(
            [
                trial.value,
                *([trial.variant] if variant else []),
                trial.seed,
                *("" if (last := outcome.last(name)) is None else repr(last) for name in names),
                outcome.num_parameters,
                f"{outcome.seconds:.3f}",
                outcome.failure,
            ]
        )
    return text.getvalue()
