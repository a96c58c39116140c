"""What RNN, GRU and LSTM share: settings, states at their ports, shapes, counts, and the call of torch's module."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Apply, Expression, Input, Item, Literal, Sequence, apply, call, method
from nnstudio.layers.parameters import Bool, Choice, Float, Int
from nnstudio.layers.sequences import check_lengths, sequence_of
from nnstudio.layers.spec import Cost, LayerError, ParamFix, Port, Settings, Shape, Signal, shape_text

HIDDEN_SIZE = Int(
    name="hidden_size",
    default=64,
    high=65_536,
    label=Words("Units", "单元数"),
    help=Words("How many numbers the state has.", "状态由多少个数组成。"),
)
NUM_LAYERS = Int(
    name="num_layers",
    default=1,
    high=64,
    label=Words("Layers", "层数"),
    help=Words("How many layers read one another's states.", "叠放多少层，后一层读取前一层的状态。"),
)
BIDIRECTIONAL = Bool(
    name="bidirectional",
    default=False,
    label=Words("Both ways", "双向"),
    help=Words(
        "Also read the sequence from its end; the outputs become twice as wide.",
        "同时从末尾反向读取；输出宽度加倍。",
    ),
)
DROPOUT = Float(
    name="dropout",
    default=0.0,
    label=Words("Dropout", "随机失活"),
    help=Words(
        "Share of numbers left out between the layers while training; one layer alone has no between.",
        "训练时层与层之间被丢弃的比例；只有一层时不起作用。",
    ),
)
BIAS = Bool(
    name="bias",
    default=True,
    label=Words("Bias", "偏置"),
    help=Words(
        "Add trained numbers before the curves; torch has two for every unit and gate.",
        "在激活函数之前加上可训练的数；torch 为每个单元的每个门设两个。",
    ),
)
STATES = Choice(
    name="states",
    default="last",
    options=("last", "all"),
    titles=(Words("of the last layer", "最后一层的"), Words("of every layer", "每一层的")),
    label=Words("Last states", "末态"),
    help=Words(
        "What leaves below output: the last layer's state alone, as a classifier wants it, or a row for every layer "
        "and direction, with which another stacked layer can begin.",
        "output 之下的端口给出什么：只给最后一层的状态，适合分类；"
        "或每层每个方向各占一行，可作为另一个多层循环层的初态。",
    ),
)
INPUT = Port("input")
LENGTHS = Port("lengths", element="index", optional=True)


def directions(p: Settings) -> int:
    """Return how many times the sequence is read."""
    return 2 if p.bidirectional else 1


def read(layer: Words, p: Settings, x: Signal, lengths: Signal | None) -> tuple[Signal, Signal]:
    """(T, D) -> every step's state (T, H·d), and the last state: (H·d,), or (layers·d, H) of all layers.

    d is the number of directions.

    Raises:
        LayerError: no sequence comes in.
    """
    steps, _ = sequence_of(layer, x.shape)
    check_lengths(layer, lengths)
    rows, width = p.num_layers * directions(p), p.hidden_size * directions(p)
    return Signal((steps, width)), Signal((rows, p.hidden_size) if p.states == "all" else (width,))


def check_start(layer: Words, p: Settings, port: str, state: Signal | None) -> None:
    """Refuse a first state that is not what such a layer ends with: (layers·d, H), or (H·d,) where it is one layer.

    Raises:
        LayerError: the state has another shape.
    """
    ways, units = directions(p), p.hidden_size
    rows: Shape = (p.num_layers * ways, units)
    flat: Shape = (units * ways,)
    if state is None or state.shape == rows or (p.num_layers == 1 and state.shape == flat):
        return
    fixes = []
    if p.num_layers > 1 and state.shape in (flat, (ways, units)):
        fixes.append(ParamFix(tr("Use one layer"), {"num_layers": 1}))
    given = _units(p, state.shape)
    if given is not None:
        fixes.append(ParamFix(tr("Set the units to {units}", units=given), {"hidden_size": given}))
    wanted = rows if p.num_layers > 1 else flat
    raise LayerError(
        tr(
            "{layer} starts from a state of {wanted}; {port} gets {shape}.",
            layer=layer,
            wanted=shape_text(wanted),
            port=port,
            shape=shape_text(state.shape),
        ),
        *fixes,
    )


def _units(p: Settings, shape: Shape) -> int | None:
    """Return the number of units with which a state of this shape would fit."""
    ways = directions(p)
    if len(shape) == 2 and shape[0] == p.num_layers * ways and isinstance(shape[1], int):
        return min(shape[1], HIDDEN_SIZE.high)
    if len(shape) == 1 and p.num_layers == 1 and isinstance(shape[0], int) and shape[0] % ways == 0:
        return min(shape[0] // ways, HIDDEN_SIZE.high)
    return None


def count(gates: int, p: Settings, x: Signal) -> Cost:
    """Every gate has H rows, each with D weights for the input, H for the state, and torch's two biases.

    Further layers read the H·d numbers of the layer before. One multiply-add per weight and step.
    """
    steps, features = x.shape[0], x.shape[1]
    assert isinstance(features, int)
    ways, units, more = directions(p), p.hidden_size, p.num_layers - 1
    weights = gates * units * ways * (features + units + more * (units * ways + units))
    biases = gates * units * ways * 2 * p.num_layers if p.bias else 0
    head = ("2·" if ways == 2 else "") + (f"{gates}·" if gates > 1 else "")
    two = " + 2" if p.bias else ""
    arithmetic = f"{head}{units}·({features} + {units}{two})"
    if more:
        times = f"{more}·" if more > 1 else ""
        arithmetic += f" + {times}{head}{units}·({units * ways} + {units}{two})"
    return Cost(
        parameters=weights + biases,
        macs=None if isinstance(steps, str) else steps * weights,
        arithmetic=arithmetic,
    )


def line(p: Settings) -> str:
    """Units, and layers and directions where there are several."""
    parts = [tr("1 unit") if p.hidden_size == 1 else tr("{count} units", count=p.hidden_size)]
    if p.num_layers > 1:
        parts.append(tr("{count} layers", count=p.num_layers))
    if p.bidirectional:
        parts.append(tr("both ways"))
    return ", ".join(parts)


def said(p: Settings) -> dict[str, Literal]:
    """Return the arguments of torch's module that differ from its defaults, and ``batch_first``.

    Dropout goes between layers, so torch is told of it only where there are two.
    """
    given: dict[str, Literal] = {}
    if p.num_layers > 1:
        given["num_layers"] = p.num_layers
    if not p.bias:
        given["bias"] = False
    given["batch_first"] = True
    if p.dropout and p.num_layers > 1:
        given["dropout"] = p.dropout
    if p.bidirectional:
        given["bidirectional"] = True
    return given


def run(start: Expression | None, lengths: int | None) -> Apply:
    """Call the module on the sequence, with first states and lengths where they are wired.

    Args:
        start: torch's ``hx``.
        lengths: number of the input port that carries the lengths.
    """
    given = (Input(0),) if start is None else (Input(0), start)
    return apply(*given, **({} if lengths is None else {"lengths": Input(lengths)}))


def first(p: Settings, port: int, state: Signal) -> Expression:
    """Turn a state at a port into torch's (layers·d, batch, H)."""
    rows: Expression = Input(port)
    if len(state.shape) == 1:
        if not p.bidirectional:
            return method(rows, "unsqueeze", 0)
        rows = method(rows, "unflatten", 1, (2, p.hidden_size))
    return method(method(rows, "transpose", 0, 1), "contiguous")  # as torch wants it on a GPU


def last(p: Settings, states: Expression) -> Expression:
    """Turn torch's (layers·d, batch, H) into what leaves: the batch first as everywhere else.

    Of one layer the state alone is taken; for two directions both are joined.
    """
    if p.states == "all":
        return method(states, "transpose", 0, 1)
    if not p.bidirectional:
        return Item(states, -1)
    return call("torch.cat", Sequence((Item(states, -2), Item(states, -1))), dim=1)
