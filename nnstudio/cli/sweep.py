"""``nnstudio sweep``: one factor over several seeds, without the window."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from nnstudio.api import CompileError, compile, load
from nnstudio.cli.progress import ProgressBar
from nnstudio.cli.train import stop_on_interrupt
from nnstudio.core.words import tr
from nnstudio.exports import sweeps
from nnstudio.project.store import keep_backup, write_atomically
from nnstudio.training.places import read_value
from nnstudio.training.sweep import (
    Factor,
    Outcome,
    SweepPlan,
    Trial,
    TrialBegan,
    TrialWent,
    check,
    measures_of,
    points,
    table,
)
from nnstudio.training.threads import worker_pace

if TYPE_CHECKING:
    from nnstudio.project.document import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("a project file (.nns)"))
    text = tr("what is varied, such as recipe.learning_rate=0.001,0.01 or tower.depth=10,20,56")
    parser.add_argument("--factor", required=True, metavar="PLACE=A,B,…", help=text)
    parser.add_argument("--variant", metavar="PLACE=A,B,…", help=tr("a second setting, one curve for each value"))
    parser.add_argument("--seeds", default="3", metavar="N", help=tr("how many seeds, or which: 3 or 0,1,7"))
    parser.add_argument("--epochs", type=int, metavar="N", help=tr("how many times to go through the data"))
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=tr("folder for sweep.json and sweep.csv; goes on there")
    )
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object per run"))


def run(arguments: argparse.Namespace) -> int:
    """Work a sweep; one that was interrupted goes on where it was left."""
    project = load(arguments.file)
    compiled = compile(project)
    if not compiled.analysis.ok:
        raise CompileError(compiled.problems)
    plan = SweepPlan(
        factor=read_factor(project, arguments.factor),
        variant=None if arguments.variant is None else read_factor(project, arguments.variant),
        seeds=_read_seeds(arguments.seeds),
        epochs=arguments.epochs,
    )
    check(project, plan)
    record, path = sweeps.begin(project, plan), None
    if arguments.out is not None:
        path = arguments.out / "sweep.json"
        known = sweeps.read(path)
        if known is not None and (known.plan, known.project) == (plan, record.project):
            record = known
        else:
            if path.is_file():
                keep_backup(path)
            sweeps.write(path, record)  # a folder that cannot be written to is told of before the work
    bar = ProgressBar(sys.stderr)
    with worker_pace(), stop_on_interrupt() as wishes:
        begun = TrialBegan(plan.trials[0], len(record.outcomes), len(plan.trials))
        for event in sweeps.work(record, path, lambda: bool(wishes)):
            match event:
                case TrialBegan():
                    begun = event
                case TrialWent():
                    bar.update((begun.done + event.share) / begun.total, _trial_text(plan, event.trial))
                case Outcome():
                    _print_outcome(plan, event, bar, as_json=arguments.json)
                case sweeps.SweepRecord():
                    record = event
    bar.clear()
    if arguments.out is not None and record.outcomes:
        write_atomically(arguments.out / "sweep.csv", table(plan, record.outcomes).encode())
    if not arguments.json:
        for line in summary(plan, record.outcomes):
            print(line)
    if wishes:
        raise KeyboardInterrupt(wishes[0])
    return 1 if any(outcome.failure for outcome in record.outcomes) else 0


def read_factor(project: Project, text: str) -> Factor:
    """Read ``place=value,value``.

    Raises:
        ValueError: it cannot be read, or the place does not hold such values.
    """
    place, equals, values = text.partition("=")
    if not equals or not values.strip():
        raise ValueError(
            tr("expected PLACE=A,B,… such as recipe.learning_rate=0.001,0.01, got {text}", text=repr(text))
        )
    place = place.strip()
    return Factor(place, tuple(read_value(project, place, word) for word in values.split(",")))


def summary(plan: SweepPlan, outcomes: Sequence[Outcome]) -> list[str]:
    """Return one line per variant and value: mean of the first measure, and from where to where the seeds go."""
    names = measures_of(outcomes)
    if not names:
        return []
    measure = "validation_accuracy" if "validation_accuracy" in names else names[0]
    lines = [measure]
    for variant, row in points(plan, outcomes, measure).items():
        head = "" if plan.variant is None else f"{plan.variant.place} = {variant}, "
        lines += [
            f"  {head}{plan.factor.place} = {point.value}: {point.mean:.4f}  ({point.low:.4f} – {point.high:.4f})"
            for point in row
        ]
    return lines


def _read_seeds(text: str) -> tuple[int, ...]:
    try:
        numbers = tuple(int(word) for word in text.split(","))
    except ValueError:
        raise ValueError(tr("seeds: expected a count or numbers such as 0,1,7, got {text}", text=repr(text))) from None
    return tuple(range(numbers[0])) if len(numbers) == 1 else numbers


def _trial_text(plan: SweepPlan, trial: Trial) -> str:
    variant = "" if plan.variant is None else f"{plan.variant.place} = {trial.variant}, "
    return f"{variant}{plan.factor.place} = {trial.value}, " + tr("seed {seed}", seed=trial.seed)


def _print_outcome(plan: SweepPlan, outcome: Outcome, bar: ProgressBar, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"event": "run", **msgspec.to_builtins(outcome)}), flush=True)
        return
    text = outcome.failure or ", ".join(
        f"{name} {value:.4f}"
        for name in measures_of([outcome])
        if name.startswith(("fit", "train", "validation")) and (value := outcome.last(name)) is not None
    )
    bar.note(f"{_trial_text(plan, outcome.trial)}: {text}")
