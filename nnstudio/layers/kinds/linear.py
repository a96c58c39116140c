"""Linear: every output is a weighted sum of every input."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Bool, Int
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Port, Settings, Signal, count_elements


def shape(p: Settings, x: Signal) -> Signal:
    """(…, in) -> (…, out_features)."""
    if not x.shape:
        raise LayerError(tr("Dense needs a list of features; it gets one number."))
    if isinstance(x.shape[-1], str):
        raise LayerError(
            tr("Dense needs a fixed number of features; the last length here is free ({axis}).", axis=x.shape[-1])
        )
    return Signal((*x.shape[:-1], p.out_features))


def cost(p: Settings, x: Signal) -> Cost:
    """in·out weights and out biases; one multiply-add per weight and position."""
    features = int(x.shape[-1])
    positions = count_elements(x.shape[:-1])
    bias = p.out_features if p.bias else 0
    return Cost(
        parameters=p.out_features * features + bias,
        macs=None if positions is None else positions * p.out_features * features,
        arithmetic=f"{p.out_features}·{features}" + (f" + {bias}" if bias else ""),
    )


def line(p: Settings) -> str:
    """How many units."""
    return tr("1 unit") if p.out_features == 1 else tr("{count} units", count=p.out_features)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.Linear."""
    return call("nn.Linear", x.shape[-1], p.out_features, **({} if p.bias else {"bias": False}))


SPEC = LayerSpec(
    kind="Linear",
    title=Words("Dense", "全连接"),
    family="dense",
    place=1,
    stem="dense_",
    summary=Words("Weighs every input for every output.", "每个输出都是全部输入的加权和。"),
    help=Words(
        "Each of the units multiplies every input by a weight of its own, adds them up and adds a bias. "
        "It works on the last axis, so an image is usually flattened first.",
        "每个单元用自己的一组权重乘以全部输入，求和后再加偏置。它作用于最后一个轴，所以图像通常要先展平。",
    ),
    formula=r"y = W x + b",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 6",
    params=(
        Int(
            name="out_features",
            default=64,
            label=Words("Units", "单元数"),
            help=Words("How many outputs the layer has.", "这一层有多少个输出。"),
        ),
        Bool(
            name="bias",
            default=True,
            label=Words("Bias", "偏置"),
            help=Words("Add a trained number to every output.", "给每个输出加上一个可训练的数。"),
        ),
    ),
    inputs=(Port("input"),),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    weights=True,
)
