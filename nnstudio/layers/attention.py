"""What layers of attention share: heads, masks, counts, and the settings of the Transformer's layers."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Literal
from nnstudio.layers.parameters import Bool, Choice, Float, Int, Parameter
from nnstudio.layers.sequences import check_heads, sequence_of
from nnstudio.layers.spec import Cost, Dim, LayerError, Settings, Signal

HEADS_HELP = Words(
    "How many attentions work side by side, each on an equal share of the features.",
    "并行的注意力个数，每个头处理等量的一份特征。",
)


def causal(default: bool) -> Bool:
    """Return the setting that keeps attention from looking ahead."""
    return Bool(
        name="is_causal",
        default=default,
        label=Words("Causal", "因果"),
        help=Words(
            "No step sees the steps after it, as when a text is written word by word.",
            "每一步看不到它之后的各步，例如逐词生成文本时。",
        ),
    )


IS_CAUSAL = causal(default=False)

TRANSFORMER: tuple[Parameter, ...] = (
    Int(name="nhead", default=4, high=1_024, label=Words("Heads", "头数"), help=HEADS_HELP),
    Int(
        name="dim_feedforward",
        default=2_048,
        high=1_000_000,
        label=Words("Units inside", "内层单元数"),
        help=Words(
            "How wide the two Dense layers behind the attention are between them; four times the features is usual.",
            "注意力之后两个全连接层之间的宽度，通常取特征数的四倍。",
        ),
    ),
    Float(
        name="dropout",
        default=0.1,
        label=Words("Dropout", "随机失活"),
        help=Words(
            "Share of numbers left out while training: attention weights, units inside, and what is added.",
            "训练时被丢弃的比例，作用于注意力权重、内层单元和加到残差上的数。",
        ),
    ),
    Choice(
        name="activation",
        default="relu",
        options=("relu", "gelu"),
        titles=(Words("ReLU", "ReLU"), Words("GELU", "GELU")),
        label=Words("Curve", "激活函数"),
        help=Words("What the units inside go through.", "内层单元经过的函数。"),
    ),
    Bool(
        name="norm_first",
        default=False,
        label=Words("Normalise first", "先归一化"),
        help=Words(
            "Normalise what goes into each part instead of what comes out, so that the residual path stays free. Deep "
            "Transformers train more steadily with it.",
            "对每个部分的输入而不是输出做归一化，残差通路因此畅通；很深的 Transformer 这样训练更稳定。",
        ),
    ),
    Float(
        name="layer_norm_eps",
        default=1e-5,
        low=1e-12,
        high=1.0,
        step=1e-5,
        label=Words("Epsilon", "ε"),
        help=Words(
            "A little number that keeps the normalisation from dividing by zero.", "防止归一化时除以零的小常数。"
        ),
    ),
    Bool(
        name="bias",
        default=True,
        label=Words("Bias", "偏置"),
        help=Words(
            "Add trained numbers in the Dense layers, the attention and the normalisation.",
            "在全连接层、注意力和归一化中加上可训练的数。",
        ),
    ),
)
"""Settings of the encoder's and the decoder's layer."""


def same_width(layer: Words, p: Settings, x: Signal) -> tuple[Dim, int]:
    """Return steps and features of what a Transformer's layer works on.

    Raises:
        LayerError: no sequence comes in, or the heads do not divide its features.
    """
    steps, features = sequence_of(layer, x.shape)
    check_heads("nhead", p.nhead, features)
    return steps, features


def check_pairs(layer: Words, keys: Dim, values: Dim) -> None:
    """Refuse keys without values.

    Raises:
        LayerError: there are not equally many of both.
    """
    if keys != values:
        raise LayerError(
            tr(
                "{layer} needs a value for every key; it gets {keys} keys and {values} values.",
                layer=layer,
                keys=keys,
                values=values,
            )
        )


def transformer_cost(p: Settings, x: Signal, memory: Signal | None = None) -> Cost:
    """Four D × D matrices per attention, the Dense layers D × F and F × D, and a scale and a shift per normalisation.

    Every matrix works at every step; attention compares all T steps with all that it looks at, and mixes as many
    values. With ``memory`` there is a second attention and a third normalisation.
    """
    width, inner = x.shape[1], p.dim_feedforward
    assert isinstance(width, int)
    looks = 1 if memory is None else 2
    one = " + 1" if p.bias else ""
    many = "2·" if looks == 2 else ""
    norms = looks + 1
    arithmetic = f"{many}4·{width}·({width}{one}) + {inner}·({width}{one}) + {width}·({inner}{one})"
    arithmetic += f" + {norms}·" + ("2·" if p.bias else "") + str(width)
    weights = looks * 4 * width * width + 2 * width * inner
    biases = looks * 4 * width + inner + width if p.bias else 0
    return Cost(
        parameters=weights + biases + norms * (2 if p.bias else 1) * width,
        macs=_transformer_macs(x.shape[0], width, inner, None if memory is None else memory.shape[0]),
        arithmetic=arithmetic,
    )


def _transformer_macs(steps: Dim, width: int, inner: int, seen: Dim | None) -> int | None:
    if isinstance(steps, str) or isinstance(seen, str):
        return None
    own = attention_macs(steps, steps, width, width, width) + 2 * steps * width * inner
    return own + (0 if seen is None else attention_macs(steps, seen, width, width, width))


def attention_macs(steps: int, seen: int, width: int, key_width: int, value_width: int) -> int:
    """Multiply-adds of attention from ``steps`` queries to ``seen`` keys with its four matrices."""
    return 2 * steps * width * width + seen * width * (key_width + value_width) + 2 * steps * seen * width


def heads_line(heads: int, is_causal: bool) -> str:
    """Write heads, and whether the layer looks ahead."""
    text = tr("1 head") if heads == 1 else tr("{count} heads", count=heads)
    return tr("{text}, causal", text=text) if is_causal else text


def transformer_line(p: Settings) -> str:
    """Heads and units inside."""
    return tr("{heads}, {count} inside", heads=heads_line(p.nhead, p.is_causal), count=f"{p.dim_feedforward:,}")


def transformer_said(p: Settings) -> dict[str, Literal]:
    """Return the arguments of torch's layer behind width and heads that differ from its defaults, and batch_first."""
    given: dict[str, Literal] = {}
    if p.dim_feedforward != 2_048:
        given["dim_feedforward"] = p.dim_feedforward
    if p.dropout != 0.1:
        given["dropout"] = p.dropout
    if p.activation != "relu":
        given["activation"] = p.activation
    if p.layer_norm_eps != 1e-5:
        given["layer_norm_eps"] = p.layer_norm_eps
    given["batch_first"] = True
    if p.norm_first:
        given["norm_first"] = True
    if not p.bias:
        given["bias"] = False
    return given
