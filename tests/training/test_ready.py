"""Whether data and drawing fit: what is said, and that the mend mends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import nnstudio
from nnstudio.compiler.analysis import analyse
from nnstudio.core.problem import Problem
from nnstudio.data.catalog import entries
from nnstudio.data.dataset import Dataset
from nnstudio.project.document import Project
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.ready import ready
from nnstudio.training.recipe import Recipe, recipe_of
from tests.training.tasks import line

Builder = nnstudio.Builder


def check(project: Project, data: str | Dataset, recipe: Recipe | None = None) -> tuple[Problem, ...]:
    """Ask about a drawing and a data set."""
    known = data if isinstance(data, Dataset) else entries()[data]
    graph = project.graph
    return ready(graph, analyse(graph, project.blocks_by_name), known, recipe or Recipe())


def dense(shape: tuple[int | str, ...] = (4,), units: int = 3) -> Project:
    """Draw Input, Dense, ReLU, Output."""
    b = Builder("dense")
    h = b.add("Linear", b.input("features", shape=shape), out_features=units, name="last")
    b.output(b.add("ReLU", h), name="scores")
    return b.project()


def table(rows: int, shape: tuple[int | str, ...] = (24,)) -> Project:
    """Draw an Embedding and what makes four classes of it."""
    b = Builder("table")
    h = b.add("Embedding", b.input("signs", shape=shape, element="index"), num_embeddings=rows, name="table")
    steps, _, _ = b.add("LSTM", h, hidden_size=4)
    b.output(b.add("Linear", b.add("LastStep", steps), out_features=4), name="letter")
    return b.project()


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_examples_are_ready(name: str) -> None:
    project = EXAMPLES[name]()
    assert check(project, str(project.data["name"]), recipe_of(project.recipe)) == ()


@pytest.mark.parametrize(
    ("project", "data", "node", "message", "label"),
    [
        (
            dense(shape=(7,)), "iris", "features",
            "One sample of Iris flowers is 4 numbers, but this Input expects 7 numbers.",
            "Set the Input to 4 numbers",
        ),
        (
            dense(), "memory", "features",
            "One sample of Remember the letter is 24 table positions, but this Input expects 4 numbers.",
            "Set the Input to 24 table positions",
        ),
        (
            table(8, shape=(9,)), "memory", "signs",
            "One sample of Remember the letter is 24 table positions, but this Input expects 9 table positions.",
            "Set the Input to 24 table positions",
        ),
        (
            dense(units=5), "iris", "last",
            "Iris flowers has 3 classes, so the network must give 3 numbers; it gives 5 numbers.",
            "Give last 3 units",
        ),
        (
            table(6), "memory", "table",
            "Remember the letter has 8 different signs, but this table has 6 rows.",
            "Give the table 8 rows",
        ),
    ],
)  # fmt: skip
def test_misfit_is_told_and_mended(project: Project, data: str, node: str, message: str, label: str) -> None:
    problem = check(project, data)[0]
    assert (problem.node, problem.message, problem.severity) == (node, message, "error")
    assert problem.id == project.graph.by_name[node].id
    (fix,) = problem.fixes
    assert fix.label == label
    mended = fix.edit(project.graph)
    again = ready(mended, analyse(mended, {}), entries()[data], Recipe())
    assert problem.code not in {left.code for left in again}


def test_free_length_fits() -> None:
    assert check(table(8, shape=("T",)), "memory") == ()


def test_answer_of_another_form_is_told_without_a_mend() -> None:
    b = Builder("maps")
    b.output(b.add("Conv2d", b.input("image", shape=(1, 8, 8)), out_channels=2, kernel_size=3), name="maps")
    (problem,) = check(b.project(), "digits8")
    assert (problem.node, problem.fixes) == ("maps", ())
    assert problem.message == (
        "Handwritten digits, 8 × 8 has 10 classes, so the network must give 10 numbers; it gives 2 × 6 × 6 numbers. "
        "Let a Dense layer with 10 units come last, after a Flatten if need be."
    )


def several(inputs: int, outputs: int) -> Project:
    """Draw a sum of Inputs that goes to Outputs."""
    b = Builder("several")
    h = b.add("Linear", b.input("first", shape=(4,)), out_features=3)
    for number in range(1, inputs):
        h = b.add("Add", h, b.add("Linear", b.input(f"more_{number}", shape=(4,)), out_features=3))
    for number in range(outputs):
        b.output(h, name=f"scores_{number}")
    return b.project()


@pytest.mark.parametrize(
    ("project", "message"),
    [
        (several(2, 1), "Training needs a drawing with one Input; this one has 2: first, more_1."),
        (several(1, 2), "Training needs a drawing with one Output; this one has 2: scores_0, scores_1."),
    ],
)
def test_one_way_in_and_one_way_out(project: Project, message: str) -> None:
    (problem,) = check(project, "iris")
    assert problem.message == message


def normed(**params: bool) -> Project:
    """Draw a normalisation by the batch of single numbers."""
    b = Builder("normed")
    h = b.add("BatchNorm1d", b.add("Linear", b.input("x", shape=(4,)), out_features=8), name="norm", **params)
    b.output(b.add("Linear", h, out_features=3), name="y")
    return b.project()


def test_one_number_has_no_spread() -> None:
    (problem,) = check(normed(), "iris", Recipe(batch_size=1))
    assert problem.message == "norm normalises by the batch, so a batch needs two samples at least."
    assert check(normed(), "iris", Recipe(batch_size=2)) == ()


def test_one_number_has_no_spread_within_blocks_either() -> None:
    b = Builder("normed")
    inner = b.block("Inner")
    inner.output(inner.add("BatchNorm1d", inner.input("x"), name="norm"))
    outer = b.block("Outer")
    outer.output(outer.add("Inner", outer.input("x"), name="twice", repeat=2))
    h = b.add("Outer", b.add("Linear", b.input("x", shape=(4,)), out_features=8), name="chain", repeat=3)
    b.output(b.add("Linear", h, out_features=3), name="y")
    project = b.project()
    (problem,) = check(project, "iris", Recipe(batch_size=1))
    assert problem.node == "chain.twice.norm"
    assert problem.message == ("In chain.twice: norm normalises by the batch, so a batch needs two samples at least.")
    assert project.graph.by_id[problem.id or ""].name == "chain"
    assert check(project, "iris", Recipe(batch_size=2)) == ()


def test_a_table_within_a_block_needs_a_row_for_every_sign() -> None:
    b = Builder("too few rows")
    block = b.block("Reader")
    block.output(block.add("Embedding", block.input("x"), name="table", num_embeddings=3, embedding_dim=4))
    h = b.add("Reader", b.input("x", shape=(24,), element="index"), name="read")
    b.output(b.add("Linear", b.add("Flatten", h), out_features=4), name="y")
    (problem,) = check(b.project(), "memory")
    assert (problem.node, problem.fixes) == ("read.table", ())
    assert problem.message.startswith("In read: Remember the letter has 8 different signs, but this table has 3 rows")


def test_a_sample_alone_needs_running_averages() -> None:
    (problem,) = check(normed(track_running_stats=False), "iris")
    assert problem.message == "Without running averages norm has no answer for a sample alone."
    mended = problem.fixes[0].edit(normed(track_running_stats=False).graph)
    assert ready(mended, analyse(mended, {}), entries()["iris"], Recipe()) == ()


def test_nothing_to_train() -> None:
    b = Builder("empty")
    b.output(b.add("ReLU", b.input("point", shape=(2,))), name="moon")
    (problem,) = check(b.project(), "moons")
    assert problem.message == "No layer here has weights, so there is nothing to train: add a layer such as Dense."


def stepped(*, after: bool = False, block: bool = False) -> Project:
    """Draw a Dense layer with a Step behind it, by itself or within a block, and one that may follow."""
    b = Builder("stepped")
    h = b.add("Linear", b.input("flower", shape=(4,)), out_features=3)
    if block:
        gate = b.block("Gate")
        gate.output(gate.add("Step", gate.input("x", shape=(3,))))
        h = b.add("Gate", h, name="gate")
    else:
        h = b.add("Step", h, name="gate")
    b.output(b.add("Linear", h, out_features=3) if after else h)
    return b.project()


@pytest.mark.parametrize("block", [False, True])
def test_a_step_behind_all_weights_is_told(*, block: bool) -> None:
    (problem,) = check(stepped(block=block), "iris")
    assert (problem.node, problem.code) == ("gate", "no_gradient")
    assert problem.message == "gate passes no gradient, and all weights lie before it: none would ever change."
    assert [fix.label for fix in problem.fixes] == ([] if block else ["Make gate a Sigmoid"])
    assert check(stepped(after=True, block=block), "iris") == ()
    if not block:
        mended = problem.fixes[0].edit(stepped().graph)
        assert ready(mended, analyse(mended, {}), entries()["iris"], Recipe()) == ()


def test_values_ask_for_another_loss() -> None:
    data = line()
    problems = check(dense(shape=(2,), units=2), data)
    assert [problem.message for problem in problems] == [
        "Cross-entropy is for classes, but Line holds values: choose mean squared error."
    ]
    assert check(dense(shape=(2,), units=2), data, Recipe(loss="mse")) == ()
    assert check(dense(shape=(2,), units=3), data, Recipe(loss="mse"))[0].message == (
        "Line asks for 2 numbers per sample; the network gives 3 numbers."
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda b: None,
        lambda b: b.input("alone", shape=(4,)),
        lambda b: b.output(b.add("Conv2d", b.input("flat", shape=(4,)), out_channels=1), name="out"),
    ],
)
def test_unfinished_drawing_is_left_to_the_analysis(draw: Callable[[Builder], object]) -> None:
    b = Builder("unfinished")
    draw(b)
    assert check(b.project(), "iris") == ()
