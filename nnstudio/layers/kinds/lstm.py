"""LSTM: reads a sequence step by step and keeps a memory that gates write, clear and read."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Apply, Call, Expression, Item, Literal, Sequence, call
from nnstudio.layers.parameters import Bool, Float, Int
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Port, Settings, Signal, shape_text


def shape(p: Settings, x: Signal) -> tuple[Signal, Signal, Signal]:
    """(T, D) -> every step's state (T, H·d), last state (H·d,), last memory (H·d,); d is 2 when bidirectional."""
    if len(x.shape) != 2:
        raise LayerError(tr("LSTM needs a sequence, steps × features; it gets {shape}.", shape=shape_text(x.shape)))
    if isinstance(x.shape[1], str):
        raise LayerError(
            tr("LSTM needs a fixed number of features; the last length here is free ({axis}).", axis=x.shape[1])
        )
    width = p.hidden_size * directions(p)
    return Signal((x.shape[0], width)), Signal((width,)), Signal((width,))


def directions(p: Settings) -> int:
    """Return how many times the sequence is read."""
    return 2 if p.bidirectional else 1


def cost(p: Settings, x: Signal) -> Cost:
    """Four gates of H rows, each with D weights for the input, H for the state, and torch's two biases.

    Further layers read the H·d numbers of the layer before. One multiply-add per weight and step.
    """
    steps, features = x.shape[0], int(x.shape[1])
    ways, units, more = directions(p), p.hidden_size, p.num_layers - 1
    weights = 4 * units * ways * (features + units + more * (units * ways + units))
    biases = 4 * units * ways * 2 * p.num_layers
    twice = "2·" if ways == 2 else ""
    arithmetic = f"{twice}4·{units}·({features} + {units} + 2)"
    if more:
        times = f"{more}·" if more > 1 else ""
        arithmetic += f" + {times}{twice}4·{units}·({units * ways} + {units} + 2)"
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


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.LSTM, batch first. Dropout goes between layers, so torch is told of it only where there are two."""
    said: dict[str, Literal] = {}
    if p.num_layers > 1:
        said["num_layers"] = p.num_layers
    said["batch_first"] = True
    if p.dropout and p.num_layers > 1:
        said["dropout"] = p.dropout
    if p.bidirectional:
        said["bidirectional"] = True
    return call("nn.LSTM", x.shape[1], p.hidden_size, **said)


def forward(p: Settings, _x: Signal) -> tuple[Expression, Expression, Expression]:
    """All states, and of the last layer alone the final state and memory.

    torch stacks states as (layers·d, batch, H). Taking the last layer's, and for two directions joining them,
    puts the batch first as everywhere else, and gives what a classifier wants.
    """
    both = Item(Apply(), 1)
    return Item(Apply(), 0), _final(p, Item(both, 0)), _final(p, Item(both, 1))


def _final(p: Settings, states: Expression) -> Expression:
    if not p.bidirectional:
        return Item(states, -1)
    return call("torch.cat", Sequence((Item(states, -2), Item(states, -1))), dim=1)


SPEC = LayerSpec(
    kind="LSTM",
    title=Words("LSTM", "LSTM"),
    family="rec",
    place=1,
    stem="lstm_",
    summary=Words("Reads a sequence and remembers.", "逐步读取序列并记住要点。"),
    help=Words(
        "At every step three gates decide what enters the memory c, what is forgotten, and what is shown as the "
        "state h. So it can carry a fact over many steps. The outputs are: output, the state at every step; h_n and "
        "c_n, state and memory of the last layer after the last step. To judge a whole sequence, wire h_n to a Dense "
        "layer. Read both ways, h_n joins the state after the last step and that of the backward reading after the "
        "first.",
        "每一步由三个门决定：什么写入记忆 c，什么被遗忘，什么作为状态 h 输出，因此能把信息保持许多步。"
        "输出有三个：output 是每一步的状态；h_n 和 c_n 是最后一层在末步之后的状态和记忆。"
        "要对整个序列作判断，请把 h_n 接到全连接层。双向时，h_n 由正向读到末步、反向读到首步的两个状态拼成。",
    ),
    formula=r"""\begin{array}{l}
(i, f, o) = \sigma (W x_{t} + U h_{t-1} + b) \\
g = \tanh (W_{g} x_{t} + U_{g} h_{t-1} + b_{g}) \\
c_{t} = f \odot c_{t-1} + i \odot g \\
h_{t} = o \odot \tanh (c_{t})
\end{array}""",
    source="Hochreiter, Schmidhuber: Long Short-Term Memory, 1997; the forget gate: Gers and others, 2000",
    params=(
        Int(
            name="hidden_size",
            default=64,
            high=65_536,
            label=Words("Units", "单元数"),
            help=Words("How many numbers state and memory have.", "状态和记忆各有多少个数。"),
        ),
        Int(
            name="num_layers",
            default=1,
            high=64,
            label=Words("Layers", "层数"),
            help=Words("How many LSTMs read one another's states.", "叠放多少层，后一层读取前一层的状态。"),
        ),
        Bool(
            name="bidirectional",
            default=False,
            label=Words("Both ways", "双向"),
            help=Words(
                "Also read the sequence from its end; the outputs become twice as wide.",
                "同时从末尾反向读取；输出宽度加倍。",
            ),
        ),
        Float(
            name="dropout",
            default=0.0,
            label=Words("Dropout", "随机失活"),
            help=Words(
                "Share of numbers left out between the layers while training; one layer alone has no between.",
                "训练时层与层之间被丢弃的比例；只有一层时不起作用。",
            ),
        ),
    ),
    outputs=(Port("output"), Port("h_n"), Port("c_n")),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    forward=forward,
    weights=True,
)
