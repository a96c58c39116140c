"""A wire is tried at its layer: fits, can be mended, cannot be, or is not known yet."""

from __future__ import annotations

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.inside import Place
from nnstudio.compiler.trial import Trial, try_wire
from nnstudio.core.edits import connect, set_bypassed
from nnstudio.core.graph import Block, Edge, Graph
from nnstudio.layers.blocks import LIBRARY
from tests.compiler.drawings import drawing

RESIDUAL = LIBRARY["ResidualBlock"].block
BLOCKS = {RESIDUAL.name: RESIDUAL}

LOOSE = drawing(
    (
        ("image", "Input", {"shape": (3, 8, 8)}),
        ("row", "Input", {"shape": (120,)}),
        ("steps", "Input", {"shape": ("T", 6)}),
        ("conv2", "Conv2d", {}),
        ("conv1", "Conv1d", {}),
        ("wrong", "Conv2d", {"kernel_size": -1}),
        ("heads", "MultiheadAttention", {}),
        ("sum", "Add", {}),
        ("lstm", "LSTM", {}),
        ("body", "Block", {"block": RESIDUAL.name}),
        ("nothing", "Block", {"block": "Nothing"}),
    ),
    "",
)


def trial(graph: Graph, source: str, target: str, port: str = "input", blocks: dict[str, Block] = BLOCKS) -> Trial:
    facts = analyse(graph, blocks).facts
    return try_wire(graph, blocks, facts, Edge(source, "output", target, port))


def test_what_fits_says_nothing() -> None:
    assert trial(LOOSE, "image", "conv2") == Trial()
    assert trial(LOOSE, "steps", "lstm") == Trial()
    assert trial(LOOSE, "image", "body", "x") == Trial()


def test_what_cannot_fit_is_said_in_the_layer_s_words() -> None:
    found = trial(LOOSE, "row", "conv2")
    assert found.message.startswith("Conv2d needs channels × height × width; it gets 120 features")
    assert found.mend == ""


def test_a_mend_is_named_where_there_is_one() -> None:
    assert trial(LOOSE, "row", "conv1").mend == "Insert Unsqueeze before conv1", "a layer in between"
    assert trial(LOOSE, "steps", "heads", "query").mend == "Set the heads to 3", "another setting"


def test_nothing_is_said_before_all_wires_are_there() -> None:
    assert trial(LOOSE, "row", "sum", "input_1") == Trial()
    one = connect(LOOSE, Edge("image", "output", "sum", "input_1"))
    assert "Add" in trial(one, "row", "sum", "input_2").message
    assert trial(one, "row", "sum", "input_1") == Trial(), "it would replace that wire"
    assert trial(one, "image", "sum", "input_2") == Trial()


def test_what_is_not_the_wire_s_fault_is_left_to_the_card() -> None:
    assert trial(LOOSE, "row", "wrong") == Trial()
    assert trial(LOOSE, "row", "nothing") == Trial()
    assert trial(LOOSE, "conv2", "conv1") == Trial(), "what comes out of it is not known"
    assert trial(set_bypassed(LOOSE, ("conv2",), True), "row", "conv2") == Trial()


def test_blocks_answer_for_their_layers() -> None:
    found = trial(LOOSE, "row", "body", "x")
    assert found.message.startswith("In conv1: Conv2d needs")
    assert found.mend == ""
    inner = drawing(
        (("x", "Input", {}), ("pool", "MaxPool2d", {}), ("sum", "Add", {}), ("y", "Output", {})),
        "x>pool x>sum.input_1 pool>sum.input_2 sum>y",
    )
    found = trial(LOOSE, "image", "body", "x", {RESIDUAL.name: Block(name=RESIDUAL.name, graph=inner)})
    assert found.message.startswith("In sum: ")
    assert found.mend == "change a layer in the block"


def test_settings_may_refer_to_the_block_around() -> None:
    graph = drawing(
        (
            ("image", "Input", {"shape": (3, 8, 8)}),
            ("body", "Block", {"block": RESIDUAL.name, "channels": "=width"}),
        ),
        "",
    )
    place = Place({"width": 3}, ("Around",))
    facts = analyse(graph, BLOCKS, place=place).facts
    assert try_wire(graph, BLOCKS, facts, Edge("image", "output", "body", "x"), place) == Trial()
