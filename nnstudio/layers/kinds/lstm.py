"""LSTM: reads a sequence step by step and keeps a memory that gates write, clear and read."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers import recurrent
from nnstudio.layers.code import Call, Expression, Item, Literal, Sequence, call
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Port, Settings, Signal

TITLE = Words("LSTM", "LSTM")
OPEN_FORGET_GATE = "open_forget_gate"  # a method of FlexLSTM


def shape(
    p: Settings, x: Signal, h_0: Signal | None = None, c_0: Signal | None = None, lengths: Signal | None = None
) -> tuple[Signal, Signal, Signal]:
    """(T, D) -> every step's state (T, H·d), last state (H·d,), last memory (H·d,); d is 2 when bidirectional."""
    if p.forget_bias and not p.bias:
        raise LayerError(
            tr("The forget gate has no bias to start from while the layer has none."),
            ParamFix(tr("Switch the bias on"), {"bias": True}),
            ParamFix(tr("Set the forget bias to {value}", value=0), {"forget_bias": 0.0}),
        )
    output, state = recurrent.read(TITLE, p, x, lengths)
    recurrent.check_start(TITLE, p, "h_0", h_0)
    recurrent.check_start(TITLE, p, "c_0", c_0)
    return output, state, state


def cost(p: Settings, x: Signal, *_states: Signal | None) -> Cost:
    """Four times the weights of one gate: three gates and what may be written."""
    return recurrent.count(4, p, x)


def line(p: Settings) -> str:
    """Units, layers and directions, and what the forget gate starts from."""
    text = recurrent.line(p)
    return tr("{text}, forget bias {value}", text=text, value=f"{p.forget_bias:g}") if p.forget_bias else text


def module(
    p: Settings, x: Signal, _h_0: Signal | None = None, _c_0: Signal | None = None, lengths: Signal | None = None
) -> Call:
    """torch.nn.LSTM, batch first; our subclass of it where lengths are wired or the forget gate starts open."""
    said: dict[str, Literal] = recurrent.said(p)
    if p.forget_bias:
        said["forget_bias"] = p.forget_bias
    return call("own.FlexLSTM" if p.forget_bias or lengths else "nn.LSTM", x.shape[1], p.hidden_size, **said)


def then(p: Settings) -> str:
    """Open the forget gate again once other starting weights have set its bias to zero."""
    return OPEN_FORGET_GATE if p.forget_bias else ""


def forward(
    p: Settings, _x: Signal, h_0: Signal | None = None, c_0: Signal | None = None, lengths: Signal | None = None
) -> tuple[Expression, Expression, Expression]:
    """All states, then the final state and memory."""
    whole = recurrent.run(_start(p, h_0, c_0), 3 if lengths else None)
    both = Item(whole, 1)
    return Item(whole, 0), recurrent.last(p, Item(both, 0)), recurrent.last(p, Item(both, 1))


def _start(p: Settings, h_0: Signal | None, c_0: Signal | None) -> Expression | None:
    """Return torch's pair of first state and memory; of the two, the one without a wire is zero."""
    state = recurrent.first(p, 1, h_0) if h_0 else None
    memory = recurrent.first(p, 2, c_0) if c_0 else None
    given = state or memory
    if given is None:
        return None
    zero = call("torch.zeros_like", given)
    return Sequence((state or zero, memory or zero))


SPEC = LayerSpec(
    kind="LSTM",
    title=TITLE,
    family="rec",
    place=1,
    stem="lstm_",
    summary=Words("Reads a sequence and remembers.", "逐步读取序列并记住要点。"),
    help=Words(
        "At every step three gates decide what enters the memory c, what is forgotten, and what is shown as the "
        "state h. So it can carry a fact over many steps. The outputs are: output, the state at every step; h_n and "
        "c_n, state and memory of the last layer after the last step. To judge a whole sequence, wire h_n to a Dense "
        "layer. Read both ways, h_n joins the state after the last step and that of the backward reading after the "
        "first. h_0 and c_0 may stay without a wire: then it begins with zeros. With a wire it goes on from the h_n "
        "and c_n of another LSTM, as a decoder does. Wire lengths where the sequences of a batch end at different "
        "steps: what lies behind is not read. torch counts two biases per gate and unit.",
        "每一步由三个门决定：什么写入记忆 c，什么被遗忘，什么作为状态 h 输出，因此能把信息保持许多步。"
        "输出有三个：output 是每一步的状态；h_n 和 c_n 是最后一层在末步之后的状态和记忆。"
        "要对整个序列作判断，请把 h_n 接到全连接层。双向时，h_n 由正向读到末步、反向读到首步的两个状态拼成。"
        "h_0 和 c_0 可以不接，此时从零开始；接上另一个 LSTM 的 h_n 和 c_n，就从那里继续，解码器就是这样做的。"
        "同一批中各序列长短不一时，请接上 lengths，超出长度的部分不会被读取。torch 为每个门的每个单元设两个偏置。",
    ),
    formula=r"""\begin{array}{l}
(i, f, o) = \sigma (W x_{t} + U h_{t-1} + b) \\
g = \tanh (W_{g} x_{t} + U_{g} h_{t-1} + b_{g}) \\
c_{t} = f \odot c_{t-1} + i \odot g \\
h_{t} = o \odot \tanh (c_{t})
\end{array}""",
    source="Hochreiter, Schmidhuber: Long Short-Term Memory, 1997; the forget gate: Gers and others, 2000; its bias: "
    "Jozefowicz, Zaremba, Sutskever, 2015",
    params=(
        recurrent.HIDDEN_SIZE,
        recurrent.NUM_LAYERS,
        recurrent.BIDIRECTIONAL,
        recurrent.DROPOUT,
        recurrent.BIAS,
        Float(
            name="forget_bias",
            default=0.0,
            low=-10.0,
            high=10.0,
            step=0.5,
            label=Words("Forget bias", "遗忘门偏置"),
            help=Words(
                "Added to the forget gate's bias at the start. From 1 on the memory lasts from the beginning, which "
                "helps with long sequences; training changes it further.",
                "开始时加到遗忘门的偏置上。取 1 或更大，记忆从一开始就能长久保持，有利于长序列；训练中还会继续改变。",
            ),
        ),
        recurrent.STATES,
    ),
    inputs=(recurrent.INPUT, Port("h_0", optional=True), Port("c_0", optional=True), recurrent.LENGTHS),
    outputs=(Port("output"), Port("h_n"), Port("c_n")),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    forward=forward,
    weights=True,
    then=then,
)
