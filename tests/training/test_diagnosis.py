"""The diagnosis: right about runs that are ill, silent about runs that are well, and without a trace in either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import msgspec
import numpy as np
import pytest
import torch

import nnstudio
from nnstudio.cli.main import main
from nnstudio.compiler.link import link
from nnstudio.core.words import set_language
from nnstudio.data.catalog import load
from nnstudio.training.control import Control, GoTo, SetRate
from nnstudio.training.diagnosis.data_signs import DataSigns, measure
from nnstudio.training.diagnosis.doctor import Doctor
from nnstudio.training.diagnosis.finding import Finding
from nnstudio.training.diagnosis.mends import mends_of
from nnstudio.training.diagnosis.signs import copy_weights, moved
from nnstudio.training.diagnosis.words import _TELLERS, tell
from nnstudio.training.events import Diagnosed, EpochDone, Event, Rewound, RunEnded, RunStarted, StepDone
from nnstudio.training.loop import run
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.taps import Taps
from tests.training.illnesses import HEALTHY, ILLNESSES, Case, case, dense, told, with_arrays
from tests.training.more_illnesses import MORE, broken_validation

KNOWN = {**ILLNESSES, **MORE}


@pytest.mark.parametrize("name", KNOWN)
def test_illness_is_told(name: str) -> None:
    right, make = KNOWN[name]
    events = told(make(0))
    assert events[-1].findings[0].kind in right


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_run_is_left_alone(name: str) -> None:
    project, data, recipe = HEALTHY[name](0)
    most = recipe.epochs if name not in ("lenet5-digits", "residual-digits") else 5
    assert told((project, data, msgspec.structs.replace(recipe, epochs=most))) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_run_is_left_alone_to_its_end(name: str, seed: int) -> None:
    assert told(HEALTHY[name](seed)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", KNOWN)
def test_illness_is_told_whatever_the_seed(name: str, seed: int) -> None:
    right, make = KNOWN[name]
    assert told(make(seed))[-1].findings[0].kind in right


def follow(made: Case, *, watched: bool) -> tuple[list[Event], dict[str, torch.Tensor]]:
    project, data, recipe = made
    module, taps = link(nnstudio.compile(project).plan, seed=recipe.seed), Taps()
    events = run(module, data, recipe, taps)
    if watched:
        events = Doctor(module, data, recipe, taps).follow(events)
    return list(events), module.state_dict()


def test_doctor_leaves_no_trace() -> None:
    b = nnstudio.Builder("Everything that a careless look disturbs")
    h = b.add("Linear", b.input("x", shape=(4,)), out_features=16)
    h = b.add("Dropout", b.add("ReLU", b.add("BatchNorm1d", h)), p=0.3)
    b.output(b.add("Linear", h, out_features=3), name="y")
    made = case(b.project(data={"name": "iris"}, recipe={"epochs": 5, "batch_size": 16}), 3)
    (plain, state), (seen, watched) = (follow(made, watched=which) for which in (False, True))
    losses = [[event.loss for event in events if isinstance(event, StepDone)] for events in (plain, seen)]
    assert losses[0] == losses[1]
    for name, value in state.items():
        assert torch.equal(value, watched[name]), name


def test_looks_become_rare() -> None:
    project, data, recipe = case(dense("iris"), 0, epochs=60, batch_size=8)
    module, taps = link(nnstudio.compile(project).plan, seed=0), Taps()
    doctor = Doctor(module, data, recipe, taps)
    steps = sum(isinstance(event, StepDone) for event in doctor.follow(run(module, data, recipe, taps)))
    assert steps == 900
    assert [signs.step for signs in doctor.chart.signs] == [0, 1, 3, 7, 16, 36, 80, 176, 388, 854]


def test_every_kind_has_words_in_both_languages() -> None:
    for kind in _TELLERS:
        finding = Finding(kind=kind, node="dense_1", facts={"by_heart": 1})
        english = tell(finding)
        set_language("zh_CN")
        chinese = tell(finding)
        set_language("en")
        for one, other in zip(msgspec.structs.astuple(english), msgspec.structs.astuple(chinese), strict=True):
            assert one
            assert one != other


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("rate 1, Adam", "Set the learning rate to 0.003"),
        ("rate 1e-7", "Set the learning rate to 0.003"),
        ("zero start", "Start from chance again"),
        ("inputs unscaled", "Normalise the inputs first"),
        ("sigmoid × 12", "Use ReLU, and He's rule for the start"),
        ("tanh saturated", "Start with Xavier's rule"),
        ("gradients explode", "Start with He's rule"),
        ("frozen", "Let all layers learn"),
        ("loss that does not suit", "Use cross-entropy, which wants raw scores"),
        ("clipping too tight", "Clip gradients to length 1"),
        ("weight decay 1", "Pull weights less (weight decay 0.0001, no L1)"),
        ("dropout 0.95", "Drop out half at most"),
        ("softmax before cross-entropy", "Take the last curve away"),
        ("sigmoid for values up to 1.5", "Take the last curve away"),
        ("sorted and never shuffled", "Shuffle the samples"),
        ("momentum 0.999", "Set the momentum to 0.9"),
        ("schedule ends the rate", "Keep the rate constant, without a warm-up"),
        ("warm-up beyond the end", "Keep the rate constant, without a warm-up"),
        ("targets unscaled", "Scale the answers to the targets"),
        ("tiny start", "Use ReLU, and He's rule for the start"),
    ],
)
def test_mend_heals(name: str, label: str) -> None:
    project, data, recipe = KNOWN[name][1](0)
    usual = msgspec.structs.asdict(Recipe())
    given = {key: value for key, value in msgspec.structs.asdict(recipe).items() if value != usual[key]}
    project = msgspec.structs.replace(project, recipe=given)
    (event,) = told((project, data, recipe))[-1:]
    mend = next(mend for mend in mends_of(event.findings[0], project) if mend.label == label)
    mended = mend.edit(project)
    assert nnstudio.compile(mended).problems == ()
    again = told((mended, data, recipe_of({**mended.recipe, "seed": 0})))
    assert not again or again[-1].findings == ()


def test_a_rate_set_on_the_way_is_the_one_that_is_mended() -> None:
    project, data, recipe = case(dense("digits8"), 0, learning_rate=0.002)
    project = msgspec.structs.replace(project, recipe={"learning_rate": 0.002})
    module, taps, control = link(nnstudio.compile(project).plan, seed=0), Taps(), Control()
    doctor = Doctor(module, data, recipe, taps)
    for event in doctor.follow(run(module, data, recipe, taps, control)):
        if isinstance(event, StepDone) and event.step == 40:
            control.give(SetRate(1e9))
        if isinstance(event, StepDone) and event.step == 200:
            control.stop()
    finding = doctor.findings[0]
    assert finding.kind == "rate_high"
    assert finding.facts["rate"] == 1e9
    mend = mends_of(finding, project)[0]
    assert (mend.label, mend.rate) == ("Set the learning rate to 0.002", 0.002)
    assert mend.edit(project) == project


def test_going_back_before_a_rate_was_set_forgets_it() -> None:
    project, data, recipe = case(dense("iris"), 0)
    module, taps, control = link(nnstudio.compile(project).plan, seed=0), Taps(), Control()
    doctor = Doctor(module, data, recipe, taps)
    for event in doctor.follow(run(module, data, recipe, taps, control)):
        if isinstance(event, StepDone) and event.step == 3 and doctor.chart.rate_set is None:
            control.give(SetRate(0.5))
        elif isinstance(event, StepDone) and event.step == 4:
            assert doctor.chart.rate_set == 0.5
            control.give(GoTo(2))
        elif isinstance(event, Rewound):
            assert doctor.chart.rate_set is None
            control.stop()


def test_train_prints_what_may_be_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ill.nns"
    dense("iris", recipe={"learning_rate": 1e-7, "epochs": 2}).save(path)
    assert main(["train", str(path)]) == 0
    assert "The learning rate is too low." in capsys.readouterr().err
    assert main(["train", str(path), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    findings = next(line["findings"] for line in lines if line["event"] == "diagnosis")
    assert findings[0]["kind"] == "rate_low"
    assert findings[0]["title"] == "The learning rate is too low"
    assert findings[0]["mends"] == ["Set the learning rate to 0.003"]


def epoch_done(epoch: int, train: float, held: float) -> EpochDone:
    return EpochDone(
        epoch=epoch, train_loss=train, train_accuracy=0.9, validation_loss=held, validation_accuracy=0.5, seconds=0.0
    )


def test_a_step_back_takes_findings_back() -> None:
    _, data, recipe = case(dense("digits8"), 0)
    project = dense("digits8")
    module = link(nnstudio.compile(project).plan, seed=0)
    doctor = Doctor(module, data, recipe, Taps())

    def events() -> Iterator[Event]:
        yield RunStarted(
            device="cpu", num_parameters=1, steps_per_epoch=1, epochs=9, num_training=10, num_validation=10
        )
        for number in range(1, 10):
            yield StepDone(number, number, 1 / number, 0.9, 10 * number)
            yield epoch_done(number, 0.5 / number, 0.4 if number < 4 else 0.2 * number)
        yield Rewound(3, 9)
        yield RunEnded(reason="stopped", steps=3, epochs=3, seconds=0.0)

    told_of = [[finding.kind for finding in event.findings] for event in doctor.follow(events()) if is_told(event)]
    assert told_of == [["overfitting"], []]
    assert [epoch.epoch for epoch in doctor.chart.epochs] == [1, 2, 3]


def test_going_back_forgets_neither_the_first_loss_nor_what_was_learned() -> None:
    _, data, recipe = case(dense("digits8"), 0)
    doctor = Doctor(link(nnstudio.compile(dense("digits8")).plan, seed=0), data, recipe, Taps())

    def events() -> Iterator[Event]:
        yield RunStarted(
            device="cpu", num_parameters=1, steps_per_epoch=1, epochs=9, num_training=10, num_validation=10
        )
        for number in range(1, 5):
            yield StepDone(number, number, 2.0**-number, 1 - 0.1**number, 10 * number)
            yield epoch_done(number, 2.0**-number, 0.4)
        yield Rewound(3, 4)
        assert doctor.chart.first_loss == 0.5
        assert doctor.chart.loss == 0.125
        assert doctor.chart.learned > 0.8
        yield StepDone(4, 4, 0.0625, 1.0, 40)

    assert not [event for event in doctor.follow(events()) if is_told(event)]
    assert doctor.chart.first_loss == 0.5


def is_told(event: Event) -> TypeGuard[Diagnosed]:
    return isinstance(event, Diagnosed)


def test_doubles_of_a_few_signs_are_no_leak() -> None:
    assert measure(load({"name": "digits8"})).doubles == 0
    _, leaking, _ = ILLNESSES["test data in training"][1](0)
    assert measure(leaking).doubles == pytest.approx(0.5, abs=0.01)
    for name in ("parity", "memory"):
        assert measure(load({"name": name})).doubles == 0


def with_holes(data: str, *, inputs: bool, rows: str) -> DataSigns:
    whole = load({"name": data})
    arrays = {"inputs": whole.inputs.copy(), "targets": whole.targets.copy()}
    found = getattr(whole, rows)
    arrays["inputs" if inputs else "targets"].reshape(len(whole.inputs), -1)[found[[0, -1]], 0] = [np.nan, np.inf]
    return measure(with_arrays(whole, **arrays))


@pytest.mark.parametrize(("data", "inputs"), [("digits8", True), ("iris", True), ("sine", True), ("sine", False)])
def test_a_number_is_missed_wherever_it_is(data: str, inputs: bool) -> None:
    whole = load({"name": data})
    assert (measure(whole).non_finite, measure(whole).non_finite_held) == (0, 0)
    held = with_holes(data, inputs=inputs, rows="validation")
    assert (held.non_finite, held.non_finite_held) == (0, 2 / len(whole.validation))
    trained = with_holes(data, inputs=inputs, rows="training")
    assert (trained.non_finite, trained.non_finite_held) == (2 / len(whole.training), 0)


def test_a_matrix_of_few_numbers_says_little_of_how_far_a_step_went() -> None:
    first, last = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
    module = torch.nn.Sequential(first, last)
    with torch.no_grad():
        first.weight.fill_(1.0)
        last.weight.fill_(0.01)
        before = copy_weights(module)
        first.weight.add_(0.1)
        last.weight.add_(0.1)
    assert moved(module, before) == pytest.approx(0.1)
    with torch.no_grad():
        first.weight.add_(0.5)
    assert moved(module, before) == pytest.approx(0.6)


def test_holes_in_validation_hide_no_other_illness() -> None:
    made = case(dense("digits8"), 0, broken_validation, learning_rate=1.0)
    kinds = [finding.kind for finding in told(made)[-1].findings]
    assert kinds == ["broken_data", "rate_high"]
