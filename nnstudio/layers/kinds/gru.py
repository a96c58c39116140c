"""GRU: a recurrent layer whose state is its memory, with two gates where the LSTM has three."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers import recurrent
from nnstudio.layers.code import Call, Expression, Item, call
from nnstudio.layers.spec import Cost, LayerSpec, Port, Settings, Signal

TITLE = Words("GRU", "GRU")


def shape(p: Settings, x: Signal, h_0: Signal | None = None, lengths: Signal | None = None) -> tuple[Signal, Signal]:
    """(T, D) -> every step's state (T, H·d), last state (H·d,); d is 2 when bidirectional."""
    found = recurrent.read(TITLE, p, x, lengths)
    recurrent.check_start(TITLE, p, "h_0", h_0)
    return found


def cost(p: Settings, x: Signal, *_others: Signal | None) -> Cost:
    """Three times the weights of one gate: two gates and the new state."""
    return recurrent.count(3, p, x)


def module(p: Settings, x: Signal, _h_0: Signal | None = None, lengths: Signal | None = None) -> Call:
    """torch.nn.GRU, batch first; our subclass of it where lengths are wired."""
    return call("own.FlexGRU" if lengths else "nn.GRU", x.shape[1], p.hidden_size, **recurrent.said(p))


def forward(
    p: Settings, _x: Signal, h_0: Signal | None = None, lengths: Signal | None = None
) -> tuple[Expression, Expression]:
    """All states, then the final one."""
    whole = recurrent.run(recurrent.first(p, 1, h_0) if h_0 else None, 2 if lengths else None)
    return Item(whole, 0), recurrent.last(p, Item(whole, 1))


SPEC = LayerSpec(
    kind="GRU",
    title=TITLE,
    family="rec",
    place=2,
    stem="gru_",
    summary=Words("A lighter LSTM with two gates.", "只有两个门，比 LSTM 更轻。"),
    help=Words(
        "The gate z says how much of the old state stays, the gate r how much of it the new one looks at. There is no "
        "memory beside the state, so a GRU has three quarters of an LSTM's weights and often does as well. As in "
        "torch, r is applied after the matrix U. output gives the state at every step, h_n that after the last one. "
        "h_0 may stay without a wire: then it begins with zeros. Wire lengths where the sequences of a batch end at "
        "different steps: what lies behind is not read.",
        "门 z 决定旧状态保留多少，门 r 决定计算新状态时看旧状态多少。除状态外没有另设记忆，"
        "因此权重只有 LSTM 的四分之三，效果往往相当。与 torch 一样，r 在乘过矩阵 U 之后才起作用。"
        "output 是每一步的状态，h_n 是末步之后的状态。"
        "h_0 可以不接，此时从零开始。同一批中各序列长短不一时，请接上 lengths，超出长度的部分不会被读取。",
    ),
    formula=r"""\begin{array}{l}
(r, z) = \sigma (W x_{t} + U h_{t-1} + b) \\
n = \tanh (W_{n} x_{t} + b_{n} + r \odot (U_{n} h_{t-1} + c_{n})) \\
h_{t} = (1 - z) \odot n + z \odot h_{t-1}
\end{array}""",
    source="Cho and others: Learning Phrase Representations using RNN Encoder-Decoder, 2014; r as in torch.nn.GRU",
    params=(
        recurrent.HIDDEN_SIZE,
        recurrent.NUM_LAYERS,
        recurrent.BIDIRECTIONAL,
        recurrent.DROPOUT,
        recurrent.BIAS,
        recurrent.STATES,
    ),
    inputs=(recurrent.INPUT, Port("h_0", optional=True), recurrent.LENGTHS),
    outputs=(Port("output"), Port("h_n")),
    shape=shape,
    cost=cost,
    line=recurrent.line,
    module=module,
    forward=forward,
    weights=True,
)
