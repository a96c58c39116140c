"""Settings within blocks: expressions, types of parameters, values for each copy, blocks in blocks."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.plan import make_plan
from nnstudio.compiler.values import constant, fill, given_by, substitute
from nnstudio.core.graph import Block, BlockParameter, Scalar, Value, freeze_params
from nnstudio.layers.spec import Signal
from tests.compiler.drawings import Layers, drawing

WORDS: Mapping[str, Scalar] = {"channels": 64, "ratio": 0.25, "wide": True, "mode": "reflect", "copy": 2}


def parameters(**defaults: Scalar) -> tuple[BlockParameter, ...]:
    return tuple(BlockParameter(name=name, default=default) for name, default in defaults.items())


def dense(name: str, *settings: tuple[str, Mapping[str, Value]], **defaults: Scalar) -> Block:
    """A block that is a chain of layers from ``x`` to ``y``."""
    layers: list[tuple[str, str, Mapping[str, Value]]] = [
        ("x", "Input", {"shape": (8,)}),
        *((f"layer_{n}", kind, params) for n, (kind, params) in enumerate(settings)),
    ]
    names = [layer[0] for layer in layers] + ["y"]
    wires = " ".join(f"{a}>{b}" + (".x" if k == "Block" else "") for a, b, k in _pairs(names, layers))
    return Block(name=name, parameters=parameters(**defaults), graph=drawing((*layers, ("y", "Output", {})), wires))


def _pairs(names: list[str], layers: list[tuple[str, str, Mapping[str, Value]]]) -> list[tuple[str, str, str]]:
    kinds = {name: kind for name, kind, _ in layers}
    found: list[tuple[str, str, str]] = []
    for one, other in pairwise(names):
        start = f"{one}.y" if kinds.get(one) == "Block" else one
        found.append((start, other, kinds.get(other, "Output")))
    return found


def using(blocks: Mapping[str, Block], features: int = 8, **params: Value) -> Analysis:
    """Analyse one instance of the first block between an Input and an Output."""
    name = next(iter(blocks))
    layers: Layers = (
        ("input", "Input", {"shape": (features,)}),
        ("stage", "Block", {"block": name, **params}),
        ("output", "Output", {}),
    )
    graph = drawing(layers, "input>stage.x stage.y>output")
    analysis = analyse(graph, blocks)
    if analysis.ok:
        assert make_plan(graph, blocks, analysis).steps[0].num_weights == analysis.num_parameters
    return analysis


def message(analysis: Analysis) -> tuple[str | None, str]:
    (problem,) = analysis.problems
    assert problem.id == "stage"
    return problem.node, problem.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=channels", 64),
        ("=2*channels", 128),
        ("=channels//4", 16),
        ("=max(8, channels//16)", 8),
        ("=channels*ratio", 16),
        ("=channels/5", 12.8),
        ("=ratio", 0.25),
        ("=wide", True),
        ("=mode", "reflect"),
        ("=2**copy", 4),
        ("=-channels+100", 36),
        ("= 3 ", 3),
    ],
)
def test_settings_are_worked_out(text: str, value: Scalar) -> None:
    filled = fill(freeze_params({"k": text, "pair": (text, 1)}), WORDS)
    assert filled["k"] == value
    assert type(filled["k"]) is type(value)
    assert filled["pair"] == (value, 1)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("=chanels", "k: 'chanels' has no value here; there is channels, ratio, wide, mode, copy."),
        ("=2*", "k: expected a number, a name or a bracket, got the end"),
        ("=channels//0", "k: A division is by zero."),
        ("=2*mode", "k: 'mode' is no number, so nothing can be worked out with it."),
        ("=wide+1", "k: 'wide' is no number, so nothing can be worked out with it."),
        ("=__import__('os')", "k: '_' has no meaning in a formula."),
        ("=sin(channels)", "k: 'sin' is no function"),
        ("=" + "(" * 10_000, "k: A formula has at most 500 signs"),
        ("=10**60", "k: A result is too large."),
        ("=", "k: expected a number, a name or a bracket, got the end"),
    ],
)
def test_what_cannot_be_worked_out_is_told(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=r"^k: ") as caught:
        fill(freeze_params({"k": text}), WORDS)
    assert part in str(caught.value)


def test_outside_of_blocks_only_numbers_can_be_worked_out() -> None:
    assert fill(freeze_params({"k": "=3*32"}), {})["k"] == 96
    with pytest.raises(ValueError, match="this layer lies in none"):
        fill(freeze_params({"k": "=channels"}), {})


@given(st.text("=+-*/()%., abcopy_0123456789", max_size=40))
def test_any_text_gives_a_value_or_a_sentence(text: str) -> None:
    try:
        filled = fill(freeze_params({"k": "=" + text}), {"a": 2, "copy": 0})
    except ValueError as error:
        result: Value = str(error)
    else:
        result = filled["k"]
    assert isinstance(result, (int, float)) or str(result).startswith("k: ")


def test_names_are_replaced_and_functions_are_not() -> None:
    assert substitute("=2*width+max(width, widths)+1e5", {"width": "(3)", "max": "x", "e5": "y"}) == (
        "=2*(3)+max((3), widths)+1e5"
    )
    assert substitute(("=width", 1), {"width": "channels"}) == ("=channels", 1)
    assert substitute("width", {"width": "3"}) == "width"
    assert constant("=2*(3)+1") == 7
    assert constant("=2*width") == "=2*width"


def test_what_arrives_gives_its_size() -> None:
    assert given_by((Signal((3, 224, 200)),)) == {"in_channels": 3, "in_features": 200}
    assert given_by((Signal(("T", 64)),)) == {"in_features": 64}
    assert given_by((Signal(()),)) == {}


def test_each_type_of_parameter_is_checked() -> None:
    settings = {"out_features": "=width", "bias": "=biased"}
    block = {"B": dense("B", ("Linear", settings), ("Dropout", {"p": "=rate"}), width=4, biased=True, rate=0.5)}
    assert using(block).num_parameters == 8 * 4 + 4
    assert using(block, width=5, biased=False, rate=0).num_parameters == 8 * 5
    assert message(using(block, width=2.5)) == (
        "stage",
        "width: expected a whole number from -1000000 to 1,000,000, got 2.5",
    )
    assert message(using(block, biased=1))[1] == "biased: expected yes or no (true or false), got 1"
    assert message(using(block, rate="much"))[1].startswith("rate: expected a number from -1e+06")
    assert message(using(block, width=True))[1].startswith("width: expected a whole number")
    assert message(using(block, rate=2.0)) == (
        "stage.layer_1",
        "In layer_1: Probability: expected a number from 0 to 1, got 2.0",
    )


def test_a_wrong_expression_is_told_at_its_layer() -> None:
    block = {"B": dense("B", ("Linear", {"out_features": "=2*widht"}), width=4)}
    node, text = message(using(block))
    assert node == "stage.layer_0"
    assert text.startswith("In layer_0: Units: 'widht' has no value here; there is width, copy, in_")


def test_copies_know_their_number_and_what_arrives() -> None:
    block = {"B": dense("B", ("Linear", {"out_features": "=in_features+2**copy", "bias": False}))}
    analysis = using(block, repeat=4)
    assert analysis.facts["stage"].outputs == (Signal((8 + 1 + 2 + 4 + 8,)),)
    assert analysis.num_parameters == 8 * 9 + 9 * 11 + 11 * 15 + 15 * 23


def test_a_parameter_has_one_value_for_each_copy() -> None:
    block = {"B": dense("B", ("Linear", {"out_features": "=width", "bias": False}), width=4)}
    analysis = using(block, repeat=3, width=(10, 20, 5))
    assert analysis.num_parameters == 8 * 10 + 10 * 20 + 20 * 5
    assert message(using(block, repeat=3, width=(10, 20)))[1] == (
        "width: expected one value, or one for each of 3 copies; got 2 values"
    )
    assert message(using(block, repeat=2, width=(10, "x")))[1].startswith("width: expected a whole number")


def test_blocks_hand_expressions_on_to_blocks_within() -> None:
    inner = dense("Inner", ("Linear", {"out_features": "=width//2", "bias": False}), width=4)
    settings: Mapping[str, Value] = {"block": "Inner", "width": "=4*units", "repeat": "=depth"}
    outer = dense("Outer", ("Block", settings), units=3, depth=2)
    analysis = using({"Outer": outer, "Inner": inner}, units=5, depth=3)
    assert analysis.num_parameters == 8 * 10 + 10 * 10 + 10 * 10
    rows: Mapping[str, Value] = {"block": "Inner", "width": ("=units", "=2*units"), "repeat": 2}
    analysis = using({"Outer": dense("Outer", ("Block", rows), units=6), "Inner": inner})
    assert analysis.num_parameters == 8 * 3 + 3 * 6


def test_blocks_nest_sixteen_deep_and_no_deeper() -> None:
    def nest(depth: int) -> dict[str, Block]:
        last = dense(f"B{depth}", ("Linear", {"out_features": "=width"}), width=1)
        blocks = [
            dense(f"B{n}", ("Block", {"block": f"B{n + 1}", "width": "=width+1"}), width=1) for n in range(1, depth)
        ]
        return {block.name: block for block in (*blocks, last)}

    assert using(nest(16)).facts["stage"].outputs == (Signal((16,)),)
    node, text = message(using(nest(17)))
    assert node is not None
    assert node.startswith("stage.layer_0")
    assert text.endswith("Blocks lie within blocks more than 16 deep.")


def test_a_block_known_from_a_flatter_place_is_still_too_deep() -> None:
    blocks = {"B1": dense("B1", ("Linear", {}))}
    for n in range(2, 19):
        blocks[f"B{n}"] = dense(f"B{n}", ("Block", {"block": f"B{n - 1}"}))
    chain = [("Block", {"block": f"B{n}"}) for n in range(1, 16)]
    assert using({"A": dense("A", *chain), **blocks}).ok
    _, text = message(using({"A": dense("A", *chain, ("Block", {"block": "B18"})), **blocks}))
    assert text.endswith("Blocks lie within blocks more than 16 deep.")


def test_a_ring_of_definitions_is_told() -> None:
    blocks = {
        "A": dense("A", ("Block", {"block": "B"})),
        "B": dense("B", ("Linear", {}), ("Block", {"block": "C"})),
        "C": dense("C", ("Block", {"block": "B"})),
    }
    node, text = message(using(blocks))
    assert node == "stage.layer_0"
    assert text == "In layer_0: The block B lies within itself: B → C → B."


def test_blocks_that_differ_everywhere_are_no_endless_work() -> None:
    """Ten blocks in each of ten, all with other values: ten thousand million layers, refused after a few."""
    levels = 10
    blocks = {}
    for level in range(levels):
        inner = [("Block", {"block": f"B{level + 1}", "width": f"=(10*width+{n})%999983"}) for n in range(10)]
        blocks[f"B{level}"] = dense(f"B{level}", *inner, width=1)
    blocks[f"B{levels}"] = dense(f"B{levels}", ("Linear", {"out_features": "=8"}), width=1)
    _, text = message(using(blocks))
    assert text.endswith("Written out, this block has more than 50,000 layers.")


def test_equal_copies_are_worked_out_once() -> None:
    block = {"B": dense("B", *[("Linear", {"out_features": 8})] * 40)}
    analysis = using(block, repeat=1000)
    assert analysis.num_parameters == 1000 * 40 * 72
