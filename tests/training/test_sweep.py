"""Sweeps: what is tried, what comes of it, how it goes on; and the depth at which plain chains stop learning."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest

import nnstudio
from nnstudio.cli.main import main
from nnstudio.compiler.link import link
from nnstudio.core.resources import resource
from nnstudio.data.catalog import load
from nnstudio.exports import sweeps
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.events import EpochDone
from nnstudio.training.loop import run
from nnstudio.training.places import places, read_value, value_at, with_value
from nnstudio.training.recipe import recipe_of
from nnstudio.training.sweep import (
    Factor,
    Outcome,
    SweepPlan,
    Trial,
    TrialBegan,
    check,
    measures_of,
    points,
    project_of,
    sweep,
    table,
)

RATES = Factor("recipe.learning_rate", (0.001, 0.01))
DEPTH = SweepPlan(factor=Factor("tower.depth", (10, 20, 56)), variant=Factor("tower.way", ("0 * x", "x")))


def outcomes(project: Project, plan: SweepPlan) -> list[Outcome]:
    return [event for event in sweep(project, plan) if isinstance(event, Outcome)]


def test_every_value_is_tried_with_every_seed() -> None:
    plan = SweepPlan(factor=RATES, variant=Factor("dense_1.out_features", (2, 16)), seeds=(0, 7), epochs=2)
    found = outcomes(EXAMPLES["iris"](), plan)
    assert tuple(outcome.trial for outcome in found) == plan.trials
    assert len(set(plan.trials)) == 8
    assert all(len(outcome.curves["validation_loss"]) == 2 for outcome in found)
    assert {outcome.num_parameters for outcome in found} == {131, 19}
    assert found[0].curves != found[4].curves  # another seed


def test_a_trial_is_the_run_of_that_recipe() -> None:
    project, plan = EXAMPLES["iris"](), SweepPlan(factor=RATES, seeds=(3,), epochs=2)
    (first, _) = outcomes(project, plan)
    made = project_of(project, plan, Trial(0.001, None, 3))
    recipe = recipe_of(made.recipe)
    assert (recipe.learning_rate, recipe.seed, recipe.epochs) == (0.001, 3, 2)
    events = run(link(nnstudio.compile(made).plan, seed=3), load(made.data), recipe)
    told = tuple(event.validation_loss for event in events if isinstance(event, EpochDone))
    assert first.curves["validation_loss"] == told


def test_what_is_done_is_not_done_again() -> None:
    project, plan = EXAMPLES["xor"](), SweepPlan(factor=RATES, seeds=(0, 1), epochs=1)
    found = outcomes(project, plan)
    again = list(sweep(project, plan, found[:3]))
    assert [event.done for event in again if isinstance(event, TrialBegan)] == [3]
    assert [event.curves for event in again if isinstance(event, Outcome)] == [found[3].curves]
    assert list(sweep(project, plan, found)) == []


def test_stop_leaves_the_run_under_way_out() -> None:
    project, plan = EXAMPLES["iris"](), SweepPlan(factor=RATES, seeds=(0,), epochs=50)
    seen: list[object] = []
    for event in sweep(project, plan, stop=lambda: len(seen) >= 5):
        seen.append(event)
    assert not any(isinstance(event, Outcome) for event in seen)


def test_what_cannot_be_trained_is_an_outcome_with_a_reason() -> None:
    b = Builder()
    h = b.add("Linear", b.input("x", shape=(4,)), out_features=3, name="only")
    b.output(h)
    project = b.project(data={"name": "iris"}, recipe={"epochs": 1})
    plan = SweepPlan(factor=Factor("only.out_features", (3, 5)), seeds=(0,))
    good, bad = outcomes(project, plan)
    assert good.failure == ""
    assert "3 classes" in bad.failure
    assert bad.last("validation_loss") is None
    assert [point.value for point in points(plan, [good, bad], "validation_loss")[None]] == [3]


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (SweepPlan(factor=Factor("recipe.learning_rate", ())), "at least one value"),
        (SweepPlan(factor=RATES, seeds=()), "one seed"),
        (SweepPlan(factor=RATES, variant=RATES), "same setting"),
        (SweepPlan(factor=RATES, seeds=tuple(range(999))), "too many"),
        (SweepPlan(factor=Factor("recipe.learning_rate", (-1,))), "learning_rate"),
        (SweepPlan(factor=Factor("recipe.loss", ("best",))), "best"),
        (SweepPlan(factor=Factor("dense_9.out_features", (1,))), "no layer called"),
    ],
)
def test_a_plan_that_cannot_be_worked_is_refused(plan: SweepPlan, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        check(EXAMPLES["iris"](), plan)


def test_points_are_mean_and_ends_of_the_seeds() -> None:
    plan = SweepPlan(factor=RATES, seeds=(0, 1, 2))
    found = [
        Outcome(trial=Trial(rate, None, seed), curves={"train_loss": (9.0, seed + 10 * rate)})
        for seed in plan.seeds
        for rate in RATES.values
        if isinstance(rate, float)
    ]
    low, high = points(plan, found, "train_loss")[None]
    assert (low.mean, low.low, low.high, low.deviation, low.count) == pytest.approx((1.01, 0.01, 2.01, 1.0, 3))
    assert high.mean == pytest.approx(1.1)
    assert measures_of(found) == ("train_loss",)
    rows = list(csv.reader(io.StringIO(table(plan, found))))
    assert rows[0] == ["recipe.learning_rate", "seed", "train_loss", "parameters", "seconds", "failure"]
    assert [float(row[2]) for row in rows[1:]] == [outcome.curves["train_loss"][-1] for outcome in found]


def test_places_read_and_write_what_they_name() -> None:
    project = EXAMPLES["depth-digits"]()
    assert {"recipe.learning_rate", "data.seed", "tower.depth", "tower.way", "tower.repeat"} <= set(places(project))
    for place in places(project):
        value = value_at(project, place)
        if value is not None:
            assert value_at(with_value(project, place, value), place) == value, place
    assert read_value(project, "tower.depth", " 20 ") == 20
    assert read_value(project, "tower.way", "0 * x") == "0 * x"
    assert read_value(project, "recipe.learning_rate", "1e-3") == 0.001
    assert read_value(project, "flatten_1.bypassed", "yes") is True
    assert with_value(project, "flatten_1.bypassed", True).graph.by_name["flatten_1"].bypassed


def test_records_come_back(tmp_path: Path) -> None:
    plan = SweepPlan(factor=Factor("dense_1.out_features", (2, 3)), seeds=(0,), epochs=1)
    record = sweeps.begin(EXAMPLES["iris"](), plan)
    *_, last = sweeps.work(record, tmp_path / "deep" / "a.json", lambda: False)
    assert isinstance(last, sweeps.SweepRecord)
    assert last.is_done
    assert sweeps.read(tmp_path / "deep" / "a.json") == last
    assert sweeps.latest(tmp_path / "deep") == last
    assert sweeps.latest(tmp_path / "nowhere") is None
    (tmp_path / "deep" / "b.json").write_text("[")
    assert sweeps.latest(tmp_path / "deep") == last


def test_the_command_goes_on_where_it_was_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["sweep", str(resource("examples", "iris.nns")), "--factor", "recipe.learning_rate=0.001,0.01"]
    command += ["--seeds", "2", "--epochs", "1", "--out", str(tmp_path)]
    assert main(command) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[0] == "validation_accuracy"
    assert len(captured.out.splitlines()) == 3
    assert captured.err.count("seed 1") == 2
    record = sweeps.read(tmp_path / "sweep.json")
    assert record is not None
    sweeps.write(tmp_path / "sweep.json", msgspec.structs.replace(record, outcomes=record.outcomes[:3]))
    before = (tmp_path / "sweep.csv").read_text("utf-8")
    assert main([*command, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["trial"] == {"value": 0.01, "variant": None, "seed": 1}
    now = (tmp_path / "sweep.csv").read_text("utf-8")
    strip = [[cell for number, cell in enumerate(row) if number != 12] for row in csv.reader(io.StringIO(now))]
    assert len(strip) == len(list(csv.reader(io.StringIO(before)))) == 5


def test_the_command_says_what_it_cannot_read(capsys: pytest.CaptureFixture[str]) -> None:
    iris = str(resource("examples", "iris.nns"))
    assert main(["sweep", iris, "--factor", "recipe.learning_rate"]) == 2
    assert "expected PLACE=A,B" in capsys.readouterr().err
    assert main(["sweep", iris, "--factor", "recipe.speed=1"]) == 2
    assert "There is no setting called 'recipe.speed'" in capsys.readouterr().err
    assert main(["sweep", iris, "--factor", "recipe.epochs=1", "--seeds", "few"]) == 2


def test_depth_and_way_are_one_parameter_each() -> None:
    project = EXAMPLES["depth-digits"]()
    check(project, DEPTH)
    counts = {
        trial.value: nnstudio.compile(project_of(project, DEPTH, trial)).num_parameters for trial in DEPTH.trials[:3]
    }
    # 64·32+32 at the start, 10·33 at the end; each pair has two matrices of 32·32 and two norms of 2·32.
    assert counts == {depth: 2080 + 330 + (depth - 2) // 2 * 2 * (32 * 32 + 64) for depth in (10, 20, 56)}


@pytest.mark.slow
def test_plain_chains_stop_learning_where_residual_ones_go_on() -> None:
    """The lecture's figures are of one seed each; over eight seeds the example gives these means, and ends.

    Plain: 0.995 (0.990 to 0.997), 0.925 (0.896 to 0.945), 0.107 (0.092 to 0.118), and at 110 layers 0.106. Residual:
    0.999 (0.992 to 1), 0.999 (0.997 to 1), 0.986 (0.980 to 0.995), and at 110 layers 0.945, where the lecture has
    0.912. Its 0.997 at 56 layers came out, over four seeds each, of 30 epochs (0.994 to 0.997, but then plain chains
    of 20 reach 0.969), of descent at 0.05 with momentum (0.987 to 0.999, but then plain chains of 56 reach 0.165),
    and of blocks that are copies at the start (0.997 to 1, but then plain chains of 10 learn nothing). A cosine
    schedule, batches of 32 and 128, rates of 0.001 and 0.01 and networks without normalisation were farther off, too.
    """
    project = EXAMPLES["depth-digits"]()
    found = outcomes(project, DEPTH)
    rows = points(DEPTH, found, "fit_accuracy")
    means = {way: {point.value: point.mean for point in row} for way, row in rows.items()}
    told = {"0 * x": {10: 0.996, 20: 0.909, 56: 0.099}, "x": {10: 0.992, 20: 0.996, 56: 0.997}}
    for way, row in told.items():
        assert means[way] == pytest.approx(row, abs=0.03)
