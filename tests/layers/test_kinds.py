"""Every layer against torch, and against what every layer owes its readers."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from nnstudio.core.graph import Value
from nnstudio.core.words import Words, set_language
from nnstudio.layers.catalog import catalog
from nnstudio.layers.parameters import Choice
from nnstudio.layers.spec import FAMILIES, LayerError, Signal
from tests.layers import cases, oracle
from tests.layers.oracle import Arithmetic, ask, numbers

KINDS = sorted(catalog())
COMPUTING = sorted(cases.WORKING)

hunt = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")


def test_every_layer_but_the_ends_is_tried() -> None:
    assert set(KINDS) - set(COMPUTING) == {"Input", "Output"}


@pytest.mark.parametrize("kind", COMPUTING)
@hunt
@given(data=st.data())
def test_shape_and_counts_are_those_of_torch(kind: str, data: st.DataObject) -> None:
    params, signals = data.draw(cases.WORKING[kind])
    spec = catalog()[kind]
    values = spec.settings(params)
    shape = spec.shape(values, *signals)
    cost = spec.cost(values, *signals)
    answer = ask(kind, values, signals)
    given_ = shape if isinstance(shape, tuple) else (shape,)
    assert tuple(numbers(signal) for signal in given_) == answer.signals
    assert len(given_) == len(spec.outputs)
    assert (cost.parameters, cost.buffers) == (answer.parameters, answer.buffers)
    assert (Arithmetic(cost.arithmetic).value() if cost.arithmetic else 0) == cost.parameters


@pytest.mark.parametrize("kind", ["Linear", "Shortcut"])
@hunt
@given(data=st.data())
def test_multiply_adds_are_those_that_torch_does(kind: str, data: st.DataObject) -> None:
    params, signals = data.draw(cases.WORKING[kind])
    spec = catalog()[kind]
    values = spec.settings(params)
    counted = FlopCounterMode(display=False)
    with counted:
        ask(kind, values, signals)
    fixed = tuple(signal and numbers(signal) for signal in signals)
    assert 2 * oracle.BATCH * (spec.cost(values, *fixed).macs or 0) == counted.get_total_flops()
    if fixed != signals and counted.get_total_flops():
        assert spec.cost(values, *signals).macs is None


def attempt(kind: str, params: dict[str, Any], *signals: Signal) -> Signal | LayerError:
    """Return the shape of a layer's first output, or its complaint."""
    spec = catalog()[kind]
    try:
        shape = spec.shape(spec.settings(params), *signals)
    except LayerError as error:
        return error
    return shape[0] if isinstance(shape, tuple) else shape


def told(kind: str, params: dict[str, Any], *signals: Signal) -> str:
    """Return what a layer complains of; nothing where it works."""
    answer = attempt(kind, params, *signals)
    return str(answer) if isinstance(answer, LayerError) else ""


IMAGE = Signal((3, 8, 8))
ROW = Signal((120,))

WRONG: list[tuple[str, dict[str, Any], tuple[Signal, ...], str, list[dict[str, Any]]]] = [
    (
        "Conv2d",
        {},
        (ROW,),
        "Conv2d needs channels × height × width; it gets 120 features: place it before Flatten.",
        [],
    ),
    (
        "Conv2d",
        {},
        (Signal((28, 28)),),
        "Conv2d needs channels × height × width; it gets 28 × 28. A grey image has one channel: 1 × 28 × 28.",
        [],
    ),
    ("Conv2d", {}, (Signal((1, 2, 3, 4)),), "Conv2d needs channels × height × width; it gets 1 × 2 × 3 × 4.", []),
    ("Conv2d", {}, (Signal(()),), "Conv2d needs channels × height × width; it gets one number.", []),
    (
        "Conv2d",
        {},
        (Signal(("T", 8, 8)),),
        "Conv2d needs a fixed number of channels; the first length here is free (T).",
        [],
    ),
    (
        "Conv2d",
        {"kernel_size": (9, 5)},
        (IMAGE,),
        "The window of 9×5 pixels is larger than the image: 8 × 8.",
        [{"kernel_size": (8, 5)}],
    ),
    (
        "Conv2d",
        {"kernel_size": 7, "dilation": 2, "padding": 1},
        (IMAGE,),
        "The window of 13×13 pixels is larger than the image with its padding: 10 × 10.",
        [{"kernel_size": 5}],
    ),
    (
        "Conv2d",
        {"out_channels": 6, "groups": 2},
        (IMAGE,),
        "2 groups must divide both the 3 input channels and the 6 output channels.",
        [{"groups": 1}],
    ),
    (
        "Conv2d",
        {"out_channels": 12, "groups": 5},
        (Signal((8, 8, 8)),),
        "5 groups must divide both the 8 input channels and the 12 output channels.",
        [{"groups": 4}],
    ),
    (
        "Conv2d",
        {"padding": "same", "stride": 2, "kernel_size": 5},
        (IMAGE,),
        'Padding "same" keeps the size of the image and a stride of 2×2 makes it smaller: choose one of them.',
        [{"padding": (2, 2)}, {"stride": 1}],
    ),
    (
        "Conv2d",
        {"padding": 8, "padding_mode": "reflect"},
        (IMAGE,),
        "The padding is filled from the image, which is too small for that: 8 × 8.",
        [{"padding_mode": "zeros"}],
    ),
    (
        "MaxPool2d",
        {"kernel_size": 20},
        (IMAGE,),
        "The window of 20×20 pixels is larger than the image: 8 × 8.",
        [{"kernel_size": 8}],
    ),
    (
        "AvgPool2d",
        {"padding": (1, 2)},
        (IMAGE,),
        "The padding may be at most half the window, here 1×1; it is 1×2.",
        [{"padding": 1}],
    ),
    (
        "MaxPool2d",
        {},
        (ROW,),
        "Max pool needs channels × height × width; it gets 120 features: place it before Flatten.",
        [],
    ),
    (
        "AdaptiveAvgPool2d",
        {},
        (ROW,),
        "Adaptive avg pool needs channels × height × width; it gets 120 features: place it before Flatten.",
        [],
    ),
    (
        "BatchNorm2d",
        {},
        (Signal(("T",)),),
        "Batch norm needs channels × height × width; it gets T features: place it before Flatten.",
        [],
    ),
    (
        "Shortcut",
        {},
        (ROW,),
        "Shortcut needs channels × height × width; it gets 120 features: place it before Flatten.",
        [],
    ),
    ("Linear", {}, (Signal(()),), "Dense needs a list of features; it gets one number.", []),
    (
        "Linear",
        {},
        (Signal((4, "T")),),
        "Dense needs a fixed number of features; the last length here is free (T).",
        [],
    ),
    ("Flatten", {}, (Signal(()),), "Flatten needs at least one axis; it gets one number.", []),
    ("Softmax", {}, (Signal(()),), "Softmax shares out among several numbers; it gets one number.", []),
    ("LSTM", {}, (IMAGE,), "LSTM needs a sequence, steps × features; it gets 3 × 8 × 8.", []),
    (
        "LSTM",
        {},
        (Signal((5, "T")),),
        "LSTM needs a fixed number of features; the last length here is free (T).",
        [],
    ),
    ("LastStep", {}, (ROW,), "Last step needs a sequence, steps × features; it gets 120.", []),
    (
        "Concat",
        {},
        (IMAGE, ROW),
        "Concatenate needs inputs with equally many axes; it gets 3 × 8 × 8 and 120.",
        [],
    ),
    (
        "Concat",
        {},
        (Signal(()), Signal(())),
        "Concatenate needs inputs with at least one axis; it gets single numbers.",
        [],
    ),
    ("Concat", {"axis": 1}, (ROW, ROW), "There is no axis 1: 120 has axes 0 to 0.", [{"axis": 0}]),
    ("Concat", {"axis": -4}, (IMAGE, IMAGE), "There is no axis -4: 3 × 8 × 8 has axes 0 to 2.", [{"axis": 0}]),
    (
        "Concat",
        {"axis": 2},
        (IMAGE, Signal((5, 8, 8)), Signal((3, 8, 8))),
        "All lengths but that of axis 2 must be equal; they are 3 × 8 × 8 and 5 × 8 × 8.",
        [{"axis": 0}],
    ),
    (
        "Concat",
        {},
        (IMAGE, Signal((3, 4, 4))),
        "All lengths but that of axis 0 must be equal; they are 3 × 8 × 8 and 3 × 4 × 4.",
        [],
    ),
    ("Add", {}, (IMAGE, Signal((1, 8, 8))), "Add needs inputs of one shape; it gets 3 × 8 × 8 and 1 × 8 × 8.", []),
    ("Add", {}, (Signal((5,)), Signal((1,))), "Add needs inputs of one shape; it gets 5 and 1.", []),
    ("Add", {}, (Signal(("T", 4)), Signal(("H", 4))), "Add needs inputs of one shape; it gets T × 4 and H × 4.", []),
]


@pytest.mark.parametrize(
    ("kind", "params", "signals", "message", "mends"), [*WRONG, *cases.WRONG], ids=lambda value: str(value)[:24]
)
def test_what_cannot_work_is_told_in_words(
    kind: str, params: dict[str, Any], signals: tuple[Signal, ...], message: str, mends: list[dict[str, Any]]
) -> None:
    spec = catalog()[kind]
    with pytest.raises(LayerError, match=re.escape(message)) as caught:
        spec.shape(spec.settings(params), *signals)
    assert str(caught.value) == message
    assert [dict(fix.params) for fix in caught.value.fixes] == mends
    for fix in caught.value.fixes:
        assert told(kind, {**params, **fix.params}, *signals) == ""
    set_language("zh_CN")
    assert re.search(r"[\u4e00-\u9fff]", told(kind, params, *signals))


def test_add_refuses_what_torch_would_stretch() -> None:
    one, other = torch.zeros(2, 3, 8, 8), torch.zeros(2, 1, 8, 8)
    assert (one + other).shape == one.shape
    assert told("Add", {}, Signal((3, 8, 8)), Signal((1, 8, 8)))


def test_ends_pass_what_they_are_told() -> None:
    given_ = catalog()["Input"]
    values = given_.settings({"shape": ("T", 4), "element": "index"})
    assert given_.shape(values) == Signal(("T", 4), "index")
    answer = catalog()["Output"]
    assert answer.shape(answer.settings({}), Signal((10,))) == Signal((10,))
    assert given_.inputs == ()
    assert answer.outputs == ()
    assert given_.module is None
    assert answer.module is None


@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize("layers", [1, 3])
def test_lstm_ends_in_the_state_of_its_last_layer(ways: int, layers: int) -> None:
    values = catalog()["LSTM"].settings({"hidden_size": 4, "num_layers": layers, "bidirectional": ways == 2})
    torch.manual_seed(0)
    (states, last, memory), _ = oracle.judge("LSTM", values, [torch.randn(3, 6, 5)], "cpu")
    ends = [states[:, -1, :4]] if ways == 1 else [states[:, -1, :4], states[:, 0, 4:]]
    assert torch.equal(last, torch.cat(ends, dim=1))
    assert memory.shape == last.shape
    assert not torch.equal(memory, last)


def test_lstm_counts_both_biases_of_torch() -> None:
    spec = catalog()["LSTM"]
    cost = spec.cost(spec.settings({"hidden_size": 20}), Signal((7, 10)))
    assert (cost.parameters, cost.macs, cost.arithmetic) == (2560, 7 * 4 * 20 * 30, "4·20·(10 + 20 + 2)")


def test_last_step_takes_the_last_step() -> None:
    sequence = torch.arange(24.0).reshape(2, 4, 3)
    (last,), _ = oracle.judge("LastStep", catalog()["LastStep"].settings({}), [sequence], "cpu")
    assert last.tolist() == [[9, 10, 11], [21, 22, 23]]


def test_concat_keeps_the_order_of_its_inputs() -> None:
    first, second = torch.zeros(2, 1, 3), torch.ones(2, 1, 3)
    for axis, expected in ((0, [[0] * 3, [1] * 3]), (1, [[0, 0, 0, 1, 1, 1]]), (-1, [[0, 0, 0, 1, 1, 1]])):
        values = catalog()["Concat"].settings({"axis": axis})
        (joined,), _ = oracle.judge("Concat", values, [first, second], "cpu")
        assert joined[0].tolist() == expected


@pytest.mark.parametrize(("shape", "axis"), [((5,), 1), ((4, 5), 2), ((3, 4, 5), 1)])
def test_softmax_shares_out_among_features_or_channels(shape: tuple[int, ...], axis: int) -> None:
    torch.manual_seed(0)
    (shares,), _ = oracle.judge("Softmax", catalog()["Softmax"].settings({}), [torch.randn(2, *shape)], "cpu")
    torch.testing.assert_close(shares.sum(axis), torch.ones_like(shares.sum(axis)))


@pytest.mark.parametrize(
    ("kind", "params", "signals", "text"),
    [
        ("Conv2d", {"kernel_size": 5}, (IMAGE,), "16 @ 5×5"),
        ("Conv2d", {"kernel_size": (5, 3), "stride": 2}, (IMAGE,), "16 @ 5×3, stride 2"),
        ("Conv2d", {"stride": (2, 1)}, (IMAGE,), "16 @ 3×3, stride 2×1"),
        ("MaxPool2d", {}, (IMAGE,), "largest of 2×2"),
        ("AvgPool2d", {"kernel_size": 3}, (IMAGE,), "mean of 3×3"),
        ("AdaptiveAvgPool2d", {}, (IMAGE,), "mean per map"),
        ("AdaptiveAvgPool2d", {"output_size": (2, 3)}, (IMAGE,), "means, 2×3"),
        ("BatchNorm2d", {"affine": False}, (IMAGE,), "no scale and shift"),
        ("Linear", {"out_features": 1}, (ROW,), "1 unit"),
        ("Linear", {"out_features": 10}, (ROW,), "10 units"),
        ("LSTM", {"num_layers": 2, "bidirectional": True}, (Signal((5, 4)),), "64 units, 2 layers, both ways"),
        ("Embedding", {}, (Signal((5,), "index"),), "1,000 × 64"),
        ("Dropout", {"p": 0.25}, (ROW,), "drops 25 %"),
        ("LeakyReLU", {}, (ROW,), "slope 0.01"),
        ("ELU", {}, (ROW,), "α = 1"),
        ("Concat", {"axis": -1}, (ROW, ROW), "along axis -1"),
        ("Shortcut", {"out_channels": 32, "stride": 2}, (IMAGE,), "32 channels, stride 2"),
        ("Input", {"shape": (3, "H", "W")}, (), "3 × H × W"),
        ("Input", {"element": "index"}, (), "table positions"),
        *cases.LINES,
    ],
)
def test_cards_say_the_settings_in_a_line(
    kind: str, params: dict[str, Any], signals: tuple[Signal, ...], text: str
) -> None:
    spec = catalog()[kind]
    assert spec.line(spec.settings(params)) == text
    assert told(kind, params, *signals) == ""


NONSENSE: tuple[Value, ...] = ("?", -99.5, (1, 2, 3, 4, 5, 6, 7), (-1, 0))


@pytest.mark.parametrize("kind", KINDS)
def test_settings_refuse_nonsense(kind: str) -> None:
    spec = catalog()[kind]
    with pytest.raises(ValueError, match=rf"{kind} has no parameter 'colour'; it has "):
        spec.settings({"colour": 1})
    for parameter in spec.params:
        for nonsense in NONSENSE:
            with pytest.raises(ValueError, match=f"{parameter.name}: expected .+, got ") as caught:
                spec.settings({parameter.name: nonsense})
            assert str(caught.value).endswith(repr(nonsense))


def both(words: Words) -> None:
    """Check that a text is there in English and in Chinese."""
    assert words.en.strip()
    assert words.zh.strip()
    assert words.zh != words.en or words.en.isascii()
    assert not re.search(r"[\u4e00-\u9fff]", words.en)


@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_explains_itself_in_both_languages(kind: str) -> None:
    spec = catalog()[kind]
    assert spec.family in FAMILIES
    assert spec.stem.endswith("_")
    both(spec.title)
    for text in (spec.summary, spec.help):
        both(text)
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert text.en.endswith(".")
        assert text.zh.endswith("。")
    assert bool(spec.formula) == bool(spec.source) == (kind not in ("Input", "Output"))
    for parameter in spec.params:
        both(parameter.label)
        both(parameter.help)
        assert re.search(r"[\u4e00-\u9fff]", parameter.help.zh)
        if isinstance(parameter, Choice):
            assert len(parameter.titles) == len(parameter.options)
            for title in parameter.titles:
                both(title)


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # ziamath's, as it is imported
@pytest.mark.parametrize("kind", [kind for kind in KINDS if catalog()[kind].formula])
def test_every_formula_can_be_drawn(kind: str) -> None:
    from ziamath.zmath import Latex

    assert "<path" in Latex(catalog()[kind].formula).svg()


def test_the_palette_begins_with_what_is_used_most() -> None:
    first: dict[str, str] = {}
    for spec in catalog().values():
        first.setdefault(spec.family, spec.kind)
    assert list(first) == list(FAMILIES)
    assert list(first.values()) == [
        "Input",
        "Linear",
        "Conv2d",
        "MaxPool2d",
        "BatchNorm2d",
        "ReLU",
        "Add",
        "LSTM",
        "MultiheadAttention",
        "Flatten",
        "Sampling",
        "ThresholdNeuron",
    ]


@pytest.mark.parametrize(
    ("family", "beginning"),
    [
        ("dense", ["Linear", "Embedding"]),
        ("conv", ["Conv2d", "Conv1d", "Conv3d", "ConvTranspose2d"]),
        ("pool", ["MaxPool2d", "AvgPool2d", "GlobalAvgPool2d"]),
        ("norm", ["BatchNorm2d", "Dropout", "LayerNorm"]),
        ("act", ["ReLU", "GELU", "Sigmoid", "Tanh", "Softmax"]),
        ("merge", ["Add", "Concat"]),
        ("rec", ["LSTM", "GRU", "RNN"]),
        ("shape", ["Flatten", "Reshape"]),
    ],
)
def test_a_family_begins_with_what_is_used_most(family: str, beginning: list[str]) -> None:
    assert [spec.kind for spec in catalog().values() if spec.family == family][: len(beginning)] == beginning


def test_no_two_layers_of_a_family_have_one_place() -> None:
    places = [(spec.family, spec.place) for spec in catalog().values()]
    assert len(set(places)) == len(places)
