"""The views that look inside: their names, what each shows in one line, and where it is built."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Literal

import msgspec

from nnstudio.core.words import Words

if TYPE_CHECKING:
    from nnstudio.ui.insight.view import StudyView
    from nnstudio.ui.session import Session

Group = Literal["layers", "learning", "answers", "space"]
GROUPS: dict[Group, Words] = {
    "layers": Words("Layers", "层"),
    "learning": Words("Learning", "学习过程"),
    "answers": Words("Answers", "结果"),
    "space": Words("Space", "空间"),
}


class ViewSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One view.

    Attributes:
        key: what the program calls it.
        group: under which heading it is offered.
        title: what a person calls it.
        line: one line on what it shows and how to read it.
        sample: whether it is of one sample, which can then be chosen above it.
        place: ``module:Class`` below this package; imported when it is first opened.
    """

    key: str
    group: Group
    title: Words
    line: Words
    place: str
    sample: bool = False

    def build(self, session: Session) -> StudyView:
        """Make the view."""
        module, _, name = self.place.partition(":")
        made: StudyView = getattr(importlib.import_module(f"nnstudio.ui.insight.{module}"), name)(session)
        return made


LAYERS: tuple[ViewSpec, ...] = (
    ViewSpec(
        key="weights",
        group="layers",
        title=Words("Weights", "权重"),
        line=Words(
            "The weights of the selected layer as a picture, one cell each, and how often each value occurs.",
            "所选层的权重：每格一个数的图，旁边是各个值出现的多少。",
        ),
        place="weights:WeightsView",
    ),
    ViewSpec(
        key="kernels",
        group="layers",
        title=Words("Kernels", "卷积核"),
        line=Words(
            "Each kernel of a convolution as a picture: blue above zero, orange below; the same scale for all.",
            "卷积层的每个卷积核画成一幅小图：蓝色为正，橙色为负；所有小图同一刻度。",
        ),
        place="kernels:KernelsView",
    ),
    ViewSpec(
        key="connections",
        group="layers",
        title=Words("Wires between units", "单元之间的连线"),
        line=Words(
            "Inputs on the left, units on the right; the thicker a wire, the larger its weight. Orange is below 0.",
            "左边是输入，右边是单元；线越粗，权重的绝对值越大。橙色为负，蓝色为正。",
        ),
        place="connections:ConnectionsView",
    ),
    ViewSpec(
        key="gradients",
        group="layers",
        title=Words("Gradients", "梯度"),
        line=Words(
            "The slope of the loss by each weight of the selected layer. Learning goes against it.",
            "损失对所选层每个权重的偏导数；学习朝它的相反方向走。",
        ),
        place="gradients:GradientsView",
    ),
)

LEARNING: tuple[ViewSpec, ...] = (
    ViewSpec(
        key="gradient_flow",
        group="learning",
        title=Words("Gradient flow", "梯度流"),
        line=Words(
            "The gradient at each layer, log scale: smaller towards the input it vanishes, larger it explodes.",
            "每一层梯度的长度，对数刻度：越靠近输入越小是消失，越大是爆炸。",
        ),
        place="gradient_flow:GradientFlowView",
    ),
    ViewSpec(
        key="over_time",
        group="learning",
        title=Words("Histograms over time", "随时间变化的直方图"),
        line=Words(
            "How a layer's weights, gradients or values were spread at every step; bright is frequent.",
            "每一步该层的权重、梯度或输出值如何分布；越亮越多，拖动滑块可以回看。",
        ),
        place="over_time:OverTimeView",
    ),
    ViewSpec(
        key="units",
        group="learning",
        title=Words("Dead and saturated units", "死亡与饱和的单元"),
        line=Words(
            "Shares of units that give 0 for all samples (red) or stay at an end of their range (orange).",
            "训练过程中，对所有样本都输出 0（红）或总停在值域两端（橙）的单元所占比例；它们几乎不学习。",
        ),
        place="units:UnitsView",
    ),
)

ANSWERS: tuple[ViewSpec, ...] = ()

SPACE: tuple[ViewSpec, ...] = ()

VIEWS: tuple[ViewSpec, ...] = (*LAYERS, *LEARNING, *ANSWERS, *SPACE)
"""Every view, in the order in which they are offered; a new one is an entry in the tuple of its group."""


def view_spec(key: str) -> ViewSpec:
    """Return a view by its key; the first one where there is none of this key."""
    return next((spec for spec in VIEWS if spec.key == key), VIEWS[0])
