"""Runs that are kept: what is written down, what comes back, what differs between two."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import nnstudio
from nnstudio.cli.main import main
from nnstudio.compiler.link import link
from nnstudio.core.edits import remove_nodes, rename, set_bypassed, set_param
from nnstudio.data.catalog import load
from nnstudio.exports import runs
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.compared import Difference, drawing_differences, setting_differences
from nnstudio.training.control import Control, GoTo, Order, SetRate, SetWeight
from nnstudio.training.course import Course
from nnstudio.training.events import EpochDone, Event, Rewound, StepDone, WeightChanged
from nnstudio.training.history import RunRecord, thin, to_csv
from nnstudio.training.loop import run
from nnstudio.training.past import Past
from nnstudio.training.recipe import recipe_of
from nnstudio.training.recorder import Recorder


def kept(project: Project, **settings: int | float) -> tuple[RunRecord, list[object]]:
    """Train, and return the record and the events."""
    recipe = recipe_of({**project.recipe, **settings})
    data = load(project.data)
    found: list[RunRecord] = []
    recorder = Recorder(runs.begin(project, recipe), found.append)
    module = link(nnstudio.compile(project).plan, seed=recipe.seed)
    events = list(recorder.follow(run(module, data, recipe)))
    (record,) = found
    return record, list(events)


def test_the_best_error_is_the_lowest_and_the_best_share_the_highest() -> None:
    record, _ = kept(EXAMPLES["sine"](), epochs=1)
    curves: dict[str, list[float | None]] = {"mae": [0.5, 0.2, 0.3], "r2": [0.1, 0.7, None]}
    record = msgspec.structs.replace(record, epochs=[1, 2, 3], curves=curves)
    assert (record.best("mae"), record.best("r2"), record.best("f1")) == (0.2, 0.7, None)


def test_record_holds_what_the_run_told(tmp_path: Path) -> None:
    project = EXAMPLES["iris"]()
    record, events = kept(project, epochs=3)
    runs.keep(tmp_path / "runs", record)
    (back,) = runs.runs(tmp_path / "runs")
    assert back == record
    assert (back.state, back.steps, back.num_parameters, back.epochs) == ("finished", 24, 131, [1, 2, 3])
    told = [event for event in events if isinstance(event, EpochDone)]
    assert back.curves["validation_loss"] == [event.validation_loss for event in told]
    assert back.curves["validation_accuracy"] == [event.metrics["accuracy"] for event in told]
    losses_and_accuracies = ["train_loss", "validation_loss", "train_accuracy", "validation_accuracy"]
    assert list(back.curves) == [*losses_and_accuracies, "precision", "recall", "f1"]  # each of them once
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [row[2] for row in back.step_curve] == [event.loss for event in steps]
    assert runs.project_of(back) == project
    rows = list(csv.DictReader(io.StringIO(to_csv(back))))
    assert [float(row["train_loss"]) for row in rows] == [event.train_loss for event in told]


def test_runs_are_named_and_deleted(tmp_path: Path) -> None:
    record, _ = kept(EXAMPLES["xor"](), epochs=1)
    runs.keep(tmp_path, record)
    assert runs.name(tmp_path, record, " first ").label == "first"
    assert runs.runs(tmp_path)[0].name == "first"
    (tmp_path / "broken.json").write_text("{")
    assert len(runs.runs(tmp_path)) == 1
    runs.delete(tmp_path, record.id)
    assert runs.runs(tmp_path) == ()
    assert runs.runs(tmp_path / "nowhere") == ()


def test_old_runs_without_a_name_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_RUNS", 2)
    record, _ = kept(EXAMPLES["xor"](), epochs=1)
    for number, name in enumerate(("kept", "", "", "")):
        runs.keep(tmp_path, msgspec.structs.replace(record, id=f"2026-{number}", name=name))
    assert [known.id for known in runs.runs(tmp_path)] == ["2026-3", "2026-2", "2026-0"]


def test_projects_have_folders_of_their_own(tmp_path: Path) -> None:
    one, other = Project(name="A b"), Project(name="C")
    places = {runs.folder_of(one, None), runs.folder_of(other, None), runs.folder_of(one, tmp_path / "a.nns")}
    assert len(places) == 3
    assert runs.folder_of(one, None).name.startswith("a-b-")


def test_differences_of_recipes() -> None:
    records = [kept(EXAMPLES["xor"](), epochs=1, learning_rate=rate)[0] for rate in (0.01, 0.1)]
    assert list(setting_differences(records)) == [Difference("recipe", "learning_rate", ("0.01", "0.1"))]


def test_differences_of_drawings() -> None:
    project = EXAMPLES["iris"]()
    old = project.graph
    dense, relu = old.by_name["dense_1"].id, old.by_name["relu_1"].id
    new = set_bypassed(rename(set_param(old, dense, "out_features", 32), dense, "wide"), [relu], True)
    shorter = remove_nodes(old, [relu])
    projects = [msgspec.structs.replace(project, graph=graph) for graph in (old, new, shorter)]
    assert [(row.name, row.values) for row in drawing_differences(projects)] == [
        ("dense_1", ("dense_1, out_features 16", "wide, out_features 32", "dense_1, out_features 16")),
        ("relu_1", ("ReLU", "skipped", "–")),
    ]
    assert list(drawing_differences(projects[:1] * 3)) == []


def test_differences_within_blocks() -> None:
    project = EXAMPLES["depth-digits"]()
    (block, *_) = project.blocks
    node = next(node for node in block.graph.nodes if node.kind == "Linear")
    graph = set_param(block.graph, node.id, "bias", True)
    other = msgspec.structs.replace(project, blocks=(msgspec.structs.replace(block, graph=graph), *project.blocks[1:]))
    rows = [(row.name, row.values) for row in drawing_differences([project, other])]
    assert rows == [(f"{block.name} › {node.name}", ("bias False", "bias True"))]


def steered(*orders: tuple[int, Order]) -> RunRecord:
    """Train on the iris flowers, four epochs of eight steps, and give these orders after these steps, one by one."""
    project = EXAMPLES["iris"]()
    recipe = recipe_of({**project.recipe, "epochs": 4})
    found: list[RunRecord] = []
    course = Course(link(nnstudio.compile(project).plan, seed=0), load(project.data), recipe, past=Past())
    control, left = Control(), list(orders)

    def events() -> Iterator[Event]:
        for event in course.run(control):
            yield event
            while isinstance(event, StepDone) and left and left[0][0] == event.step:
                control.give(left.pop(0)[1])

    list(Recorder(runs.begin(project, recipe), found.append).follow(events()))
    (record,) = found
    return record


def test_nothing_is_missing_after_steps_back_a_step_and_a_leap_ahead() -> None:
    plain = steered()
    record = steered((30, GoTo(6)), (9, GoTo(28)))
    assert record.step_curve == plain.step_curve
    assert (record.epochs, record.curves) == (plain.epochs, plain.curves)


def test_steps_ahead_are_forgotten_with_the_changes_that_led_there() -> None:
    plain = steered()
    record = steered((20, SetRate(0.5)), (30, GoTo(6)))
    assert (record.step_curve, record.curves, record.rates) == (plain.step_curve, plain.curves, [])


def test_rates_set_on_the_way_are_kept() -> None:
    """Those of a way that was left for another are forgotten with its steps; of two at a step the last one counts."""
    rates = [(4, SetRate(0.25)), (4, SetRate(0.5)), (12, SetRate(0.25))]
    record = steered(*rates, (20, GoTo(8)), (23, SetRate(0.125)))
    assert [(step, rate) for step, _, rate in record.rates] == [(4, 0.5), (23, 0.125)]
    assert [epoch for _, epoch, _ in record.rates] == pytest.approx([64 / 120, 2 + 112 / 120])
    bare = msgspec.structs.replace(record, rates=[])
    (told,) = setting_differences([record, bare])
    assert told.values == ("0.5 after step 4, 0.125 after step 23", "–")
    assert [row[0] for row in record.step_curve] == list(range(1, 33))
    assert [record.step_curve[step - 1][4] for step in (3, 5, 13, 24)] == [0.01, 0.5, 0.5, 0.125]
    assert record.epochs == [1, 2, 3, 4]


def test_a_weight_that_is_taken_back_before_the_next_step_was_never_set() -> None:
    project = EXAMPLES["iris"]()
    recipe = recipe_of({**project.recipe, "epochs": 1})
    found: list[RunRecord] = []
    course = Course(link(nnstudio.compile(project).plan, seed=0), load(project.data), recipe, past=Past())
    control = Control()
    key = next(name for name in course.module.state_dict() if name.endswith("weight"))
    undone: list[float] = []

    def steered() -> Iterator[Event]:
        for event in course.run(control):
            yield event
            if isinstance(event, StepDone) and event.step in (2, 4):
                control.give(SetWeight(key, (0, 1), 0.5))
            elif isinstance(event, WeightChanged) and event.step == 2 and not undone:
                undone.append(event.was)
                control.give(SetWeight(key, (0, 1), 7.0))
                control.give(SetWeight(key, (0, 1), event.was))

    list(Recorder(runs.begin(project, recipe), found.append).follow(steered()))
    assert [(step, value) for step, _, _, _, value in found[0].weights] == [(4, 0.5)]


def test_weights_set_on_the_way_are_kept() -> None:
    """One that is set twice at a step counts as it is in the end; a way that was left is forgotten."""
    project = EXAMPLES["iris"]()
    recipe = recipe_of({**project.recipe, "epochs": 3})
    found: list[RunRecord] = []
    course = Course(link(nnstudio.compile(project).plan, seed=0), load(project.data), recipe, past=Past())
    control = Control()
    key = next(name for name in course.module.state_dict() if name.endswith("weight"))
    first, second = (0, 1), (1, 0)
    orders: dict[int, tuple[Order, ...]] = {
        4: (SetWeight(key, first, 0.5), SetWeight(key, second, 9.0), SetWeight(key, first, -0.25)),
        12: (SetWeight(key, first, 1.0),),
        15: (GoTo(8),),
    }

    def steered() -> Iterator[Event]:
        for event in course.run(control):
            yield event
            if isinstance(event, StepDone):
                for order in orders.pop(event.step, ()):
                    control.give(order)
            elif isinstance(event, Rewound):
                orders[10] = (SetWeight(key, second, 2.0),)

    list(Recorder(runs.begin(project, recipe), found.append).follow(steered()))
    (record,) = found
    known = [(step, place, value) for step, _, _, place, value in record.weights]
    assert known == [(4, [1, 0], 9.0), (4, [0, 1], -0.25), (10, [1, 0], 2.0)]
    (told,) = setting_differences([record, msgspec.structs.replace(record, weights=[])])
    assert told.name == "Weights set on the way"
    assert told.values[1] == "–"
    assert told.values[0].startswith(f"{key}[1, 0] = 9 after step 4, {key}[0, 1] = −0.25 after step 4")
    again = Recorder(runs.begin(project, recipe), found.append)
    again.take_up(record.step_curve, (), course.changes)  # type: ignore[arg-type]
    assert [weight[2:] for weight in again.record.weights] == [weight[2:] for weight in record.weights]


def test_where_a_run_was_left_is_what_is_kept() -> None:
    project = EXAMPLES["iris"]()
    recipe = recipe_of({**project.recipe, "epochs": 4})
    course = Course(link(nnstudio.compile(project).plan, seed=0), load(project.data), recipe, past=Past())
    control = Control()
    found: list[RunRecord] = []
    for event in Recorder(runs.begin(project, recipe), found.append).follow(course.run(control)):
        if isinstance(event, StepDone) and event.step == 20:
            control.give(GoTo(9))
        elif isinstance(event, Rewound):
            control.stop()
    assert [row[0] for row in found[-1].step_curve] == list(range(1, 10))
    assert found[-1].epochs == [1]


def test_long_runs_are_thinned() -> None:
    rows = [(float(n), n / 10, 1.0, None) for n in range(5000)]
    assert len(thin(rows)) == 1668
    assert thin(rows)[:2] == [[0.0, 0.0, 1.0, None], [2.0, pytest.approx(0.2), 1.0, None]]
    assert thin([]) == []
    assert thin(rows[:1]) == [list(rows[0])]


def test_event_files_for_tensorboard(tmp_path: Path) -> None:
    event_of = pytest.importorskip("tensorboardX.proto.event_pb2").Event.FromString
    record, _ = kept(EXAMPLES["xor"](), epochs=2)
    (folder,) = runs.write_tensorboard([record], tmp_path)
    (file,) = folder.iterdir()
    data, found = file.read_bytes(), {}
    while data:
        length = int.from_bytes(data[:8], "little")
        event = event_of(data[12 : 12 + length])
        for value in event.summary.value:
            found[value.tag, event.step] = value.simple_value
        data = data[16 + length :]
    assert found["epoch/train_loss", 2] == pytest.approx(record.curves["train_loss"][1])
    assert found["step/loss", 1] == pytest.approx(record.step_curve[0][2])


def test_missing_tensorboard_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, _ = kept(EXAMPLES["xor"](), epochs=1)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.delitem(sys.modules, "tensorboardX", raising=False)
    with pytest.raises(FileError, match=r"need the package tensorboardX: pip install"):
        runs.write_tensorboard([record], tmp_path)


def test_record_is_plain_json(tmp_path: Path) -> None:
    record, _ = kept(EXAMPLES["xor"](), epochs=1)
    runs.keep(tmp_path, record)
    (path,) = tmp_path.glob("*.json")
    known = json.loads(path.read_text("utf-8"))
    assert known["recipe"]["learning_rate"] == 0.05
    assert known["curves"]["train_loss"] == record.curves["train_loss"]


def test_train_keeps_a_run_where_it_is_asked_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.nns"
    EXAMPLES["xor"]().save(path)
    assert main(["train", str(path), "--epochs", "2"]) == 0
    folder = runs.folder_of(EXAMPLES["xor"](), path)
    assert runs.runs(folder) == ()
    assert main(["train", str(path), "--epochs", "2", "--keep"]) == 0
    (record,) = runs.runs(folder)
    assert (record.state, record.epochs) == ("finished", [1, 2])
    capsys.readouterr()
