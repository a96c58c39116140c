"""ReLU6: ReLU that stops at 6."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.ReLU6."""
    return call("nn.ReLU6")


SPEC = LayerSpec(
    kind="ReLU6",
    title=Words("ReLU6", "ReLU6"),
    family="act",
    place=13,
    stem="relu_",
    summary=Words("ReLU that goes no higher than 6.", "最高到 6 的 ReLU。"),
    help=Words(
        "Negative numbers become zero and nothing grows beyond 6. Numbers in a known range can be stored in few bits, "
        "so networks for phones such as MobileNet use it. Above 6 there is no gradient either.",
        "负数变为零，且不超过 6。范围已知的数只需很少的位就能存储，因此 MobileNet 等面向手机的网络使用它。"
        "大于 6 的部分同样没有梯度。",
    ),
    formula=r"y = \min(6, \max(0, x))",
    source="Sandler and others: MobileNetV2, 2018",
    shape=same_shape,
    module=module,
)
