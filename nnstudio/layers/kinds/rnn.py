"""RNN: the plain recurrent layer, whose state is made of the step at hand and of the state before."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers import recurrent
from nnstudio.layers.code import Call, Expression, Item, Literal, call
from nnstudio.layers.parameters import Choice
from nnstudio.layers.spec import Cost, LayerSpec, Port, Settings, Signal

TITLE = Words("RNN", "简单循环层")


def shape(p: Settings, x: Signal, h_0: Signal | None = None, lengths: Signal | None = None) -> tuple[Signal, Signal]:
    """(T, D) -> every step's state (T, H·d), last state (H·d,); d is 2 when bidirectional."""
    found = recurrent.read(TITLE, p, x, lengths)
    recurrent.check_start(TITLE, p, "h_0", h_0)
    return found


def cost(p: Settings, x: Signal, *_others: Signal | None) -> Cost:
    """The weights of one gate, for there is none beside the state itself."""
    return recurrent.count(1, p, x)


def line(p: Settings) -> str:
    """Units, layers and directions, and the curve where it is not tanh."""
    text = recurrent.line(p)
    return text if p.nonlinearity == "tanh" else tr("{text}, ReLU", text=text)


def module(p: Settings, x: Signal, _h_0: Signal | None = None, lengths: Signal | None = None) -> Call:
    """torch.nn.RNN, batch first; our subclass of it where lengths are wired."""
    said: dict[str, Literal] = recurrent.said(p)
    if p.nonlinearity != "tanh":
        said["nonlinearity"] = p.nonlinearity
    return call("own.FlexRNN" if lengths else "nn.RNN", x.shape[1], p.hidden_size, **said)


def forward(
    p: Settings, _x: Signal, h_0: Signal | None = None, lengths: Signal | None = None
) -> tuple[Expression, Expression]:
    """All states, then the final one."""
    whole = recurrent.run(recurrent.first(p, 1, h_0) if h_0 else None, 2 if lengths else None)
    return Item(whole, 0), recurrent.last(p, Item(whole, 1))


SPEC = LayerSpec(
    kind="RNN",
    title=TITLE,
    family="rec",
    place=3,
    stem="rnn_",
    summary=Words("The simplest layer with a memory.", "最简单的带记忆的层。"),
    help=Words(
        "The state of each step is computed from the step and from the state before, by the same weights every time. "
        "What happened a few steps ago is felt; over many steps the trace, and the gradient with it, dies away or "
        "grows without bound. That is why LSTM and GRU have gates. output gives the state at every step, h_n that "
        "after the last one. h_0 may stay without a wire: then it begins with zeros. Wire lengths where the sequences "
        "of a batch end at different steps: what lies behind is not read.",
        "每一步的状态由这一步的输入和前一步的状态算出，每步用同一组权重。几步之前的事还有影响；步数一多，痕迹连同梯度"
        "要么消失，要么爆炸，所以 LSTM 和 GRU 才设了门。output 是每一步的状态，h_n 是末步之后的状态。"
        "h_0 可以不接，此时从零开始。同一批中各序列长短不一时，请接上 lengths，超出长度的部分不会被读取。",
    ),
    formula=r"h_{t} = f(W x_{t} + b + U h_{t-1} + c)",
    source="Elman: Finding Structure in Time, 1990",
    params=(
        recurrent.HIDDEN_SIZE,
        Choice(
            name="nonlinearity",
            default="tanh",
            options=("tanh", "relu"),
            titles=(Words("Tanh", "Tanh"), Words("ReLU", "ReLU")),
            label=Words("Curve", "激活函数"),
            help=Words(
                "What the sum goes through at every step; with ReLU states can grow without bound.",
                "每一步的加权和经过的函数；用 ReLU 时状态可能无限增大。",
            ),
        ),
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
    line=line,
    module=module,
    forward=forward,
    weights=True,
)
