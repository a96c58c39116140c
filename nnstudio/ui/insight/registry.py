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
            "Each cell is a weight of the selected layer: blue above 0, orange below, paler the closer to 0; "
            "beside it how often each value occurs.",
            "每格是所选层的一个权重：蓝色为正，橙色为负，越淡越接近 0；旁边是各个值出现的次数。",
        ),
        place="weights:WeightsView",
    ),
    ViewSpec(
        key="kernels",
        group="layers",
        title=Words("Kernels", "卷积核"),
        line=Words(
            "Each picture is one kernel, the pattern that it answers to: blue adds, orange takes away; the "
            "same scale for all.",
            "每幅小图是一个卷积核，也就是它寻找的图案：蓝色为正，橙色为负；所有小图同一刻度。",
        ),
        place="kernels:KernelsView",
    ),
    ViewSpec(
        key="connections",
        group="layers",
        title=Words("Wires between units", "单元之间的连线"),
        line=Words(
            "Inputs on the left, units on the right: the thicker a wire, the larger its weight. Blue adds, "
            "orange takes away.",
            "左边是输入，右边是单元：线越粗，权重的绝对值越大。蓝色为正，橙色为负。",
        ),
        place="connections:ConnectionsView",
    ),
    ViewSpec(
        key="gradients",
        group="layers",
        title=Words("Gradients", "梯度"),
        line=Words(
            "How fast the loss rises (blue) or falls (orange) when a weight grows. Learning moves each weight "
            "the other way.",
            "每个权重增大时损失上升（蓝）或下降（橙）的快慢；学习让它朝相反方向走。",
        ),
        place="gradients:GradientsView",
    ),
    ViewSpec(
        key="arithmetic",
        group="layers",
        title=Words("Arithmetic", "算式"),
        line=Words(
            "How one number of the selected layer comes about. Click a number, or an input to see who made it; "
            "double-click a weight to change it.",
            "所选层的一个数是怎样算出来的。点一个数查看它；点输入可追溯到算出它的单元；双击权重可以改写。",
        ),
        place="arithmetic:ArithmeticView",
        sample=True,
    ),
)

LEARNING: tuple[ViewSpec, ...] = (
    ViewSpec(
        key="gradient_flow",
        group="learning",
        title=Words("Gradient flow", "梯度流"),
        line=Words(
            "How long the gradient is at each layer, on a log scale. Much shorter towards the input: it "
            "vanishes; much longer: it explodes.",
            "每一层梯度的长度，对数刻度。越靠近输入越短，就是消失；越长，就是爆炸。",
        ),
        place="gradient_flow:GradientFlowView",
    ),
    ViewSpec(
        key="over_time",
        group="learning",
        title=Words("Histograms over time", "随时间变化的直方图"),
        line=Words(
            "How a layer's weights, gradients or values were spread at every step: bright is frequent. Drag "
            "the slider to look back.",
            "每一步该层的权重、梯度或输出值如何分布：越亮越多。拖动滑块可以回看。",
        ),
        place="over_time:OverTimeView",
    ),
    ViewSpec(
        key="units",
        group="learning",
        title=Words("Dead and saturated units", "死亡与饱和的单元"),
        line=Words(
            "Shares of units that give 0 for all samples (red) or stay at an end of their range (orange), over "
            "the run: they hardly learn.",
            "训练过程中，对所有样本都输出 0（红）或总停在值域两端（橙）的单元所占比例；它们几乎不学习。",
        ),
        place="units:UnitsView",
    ),
    ViewSpec(
        key="perceptron",
        group="learning",
        title=Words("Perceptron's line", "感知器的分界线"),
        line=Words(
            "The line at which the last threshold unit turns over; ringed points are wrong. Its mistakes stay "
            "below the dashed bound.",
            "最后一个阈值单元的分界线；带圈的点判断错误。犯错总数不会超过虚线所示的上界。",
        ),
        place="perceptron:PerceptronView",
    ),
    ViewSpec(
        key="recall",
        group="learning",
        title=Words("Recall", "回忆"),
        line=Words(
            "A stored pattern, damaged, and how a Hopfield network brings it back, sweep by sweep; the energy "
            "never rises.",
            "存入的模式、损坏后的样子，以及 Hopfield 网络如何一遍遍恢复它；能量从不上升。",
        ),
        place="recall:RecallView",
        sample=True,
    ),
    ViewSpec(
        key="boltzmann",
        group="learning",
        title=Words("Boltzmann machine", "玻尔兹曼机"),
        line=Words(
            "What each hidden unit looks for; samples above what comes back, alike once learned; the "
            "likelihood rises towards the dashed line.",
            "每个隐藏单元在寻找什么；上排是样本，下排是还原的结果，学好时两者相同；对数似然朝虚线上升。",
        ),
        place="boltzmann:BoltzmannView",
        sample=True,
    ),
)

ANSWERS: tuple[ViewSpec, ...] = (
    ViewSpec(
        key="confusion",
        group="answers",
        title=Words("Confusion matrix", "混淆矩阵"),
        line=Words(
            "Validation samples by right class (row) and answer (column): green is right, red is mixed up. "
            "Click a cell to open its samples.",
            "验证样本按真值（行）和回答（列）计数：绿色答对，红色混淆。点击单元格可打开其中的样本。",
        ),
        place="confusion:ConfusionView",
    ),
    ViewSpec(
        key="mistakes",
        group="answers",
        title=Words("Worst mistakes", "最严重的错误"),
        line=Words(
            "Validation samples with the highest loss first: answer and truth, then confidence and "
            "loss. Click one to see it.",
            "损失最大的验证样本排在最前：回答与真值，以及置信度和损失。点击即可查看该样本。",
        ),
        place="mistakes:MistakesView",
    ),
    ViewSpec(
        key="story",
        group="answers",
        title=Words("Story of a sample", "一个样本的旅程"),
        line=Words(
            "What each layer makes of the sample. Like: the class whose mean is nearest there; the bar: how often "
            "that is right.",
            "每一层把样本变成什么。“像”指该层上均值最近的类别；横条表示这样判断有多少正确。",
        ),
        place="story:StoryView",
        sample=True,
    ),
    ViewSpec(
        key="saliency",
        group="answers",
        title=Words("Saliency", "显著图"),
        line=Words(
            "How fast the output changes with each number of the sample, its gradient: the brighter, or the "
            "longer the bar, the more it matters.",
            "输出随样本中每个数变化的快慢（梯度）：越亮，或者条越长，影响越大。",
        ),
        place="saliency:SaliencyView",
        sample=True,
    ),
    ViewSpec(
        key="gradcam",
        group="answers",
        title=Words("Grad-CAM", "Grad-CAM 热图"),
        line=Words(
            "Where a layer's maps speak for a class, laid over the sample: bright places raise its score.",
            "某一层的特征图在哪里支持该类别，叠加在样本上：亮处提高其得分。",
        ),
        place="saliency:GradCamView",
        sample=True,
    ),
    ViewSpec(
        key="attention",
        group="answers",
        title=Words("Attention maps", "注意力图"),
        line=Words(
            "Each row is a step that asks, each column a step it looks at: the brighter, the more it "
            "takes. Rows add up to 1.",
            "每行是提问的一步，每列是被看的一步：越亮取用越多，每行之和为 1。",
        ),
        place="attention:AttentionView",
        sample=True,
    ),
    ViewSpec(
        key="gates",
        group="answers",
        title=Words("Gate traces", "门的轨迹"),
        line=Words(
            "Each strip is a gate or state: rows are units, columns places, the line their mean. Gates: dark "
            "shut, bright open; states: orange −, blue +.",
            "每条是一个门或状态：行是单元，列是位置，折线是平均。门：暗为关，亮为开；状态：橙色为负，蓝色为正。",
        ),
        place="gates:GatesView",
        sample=True,
    ),
    ViewSpec(
        key="writing",
        group="answers",
        title=Words("Writing", "写作"),
        line=Words(
            "What the network writes now, over what it wrote before. A low temperature repeats, a high one babbles.",
            "网络此刻写出的文字，覆盖在上一次的文字上。温度低则重复，温度高则胡言。",
        ),
        place="writing:WritingView",
    ),
    ViewSpec(
        key="boxes",
        group="answers",
        title=Words("Boxes", "检测框"),
        line=Words(
            "True boxes above, found ones below with how sure the network is; IoU, how far they overlap, is 1 "
            "for a perfect fit.",
            "上排是真实方框，下排是网络找到的方框及其把握；交并比（IoU）为 1 表示完全重合。",
        ),
        place="pictured:BoxesView",
        sample=True,
    ),
    ViewSpec(
        key="masks",
        group="answers",
        title=Words("Masks", "分割掩膜"),
        line=Words(
            "The sample, what each pixel is, and what the network takes it for, in the colours of the classes; "
            "below, the share of right pixels.",
            "样本、每个像素的真实类别，以及网络给出的类别，用类别的颜色表示；下面是答对的像素所占比例。",
        ),
        place="pictured:MasksView",
        sample=True,
    ),
    ViewSpec(
        key="again",
        group="answers",
        title=Words("Drawn again", "重建对照"),
        line=Words(
            "Samples above, and what comes out for them below: what is lost did not fit through the "
            "bottleneck. The error is the mean square.",
            "上排是样本，下排是网络重建的结果：丢失的部分没能通过瓶颈。误差为均方误差。",
        ),
        place="pictured:ReconstructionsView",
        sample=True,
    ),
)

SPACE: tuple[ViewSpec, ...] = (
    ViewSpec(
        key="boundary",
        group="space",
        title=Words("Decision boundary", "决策边界"),
        line=Words(
            "What the network answers at each place of the plane, the paler the less sure; on the line it "
            "wavers. Point at a unit to see it large.",
            "网络在平面每一处的回答，颜色越淡越没有把握，线上则举棋不定。指向一个单元可将它放大。",
        ),
        place="boundary:BoundaryView",
    ),
    ViewSpec(
        key="pca",
        group="space",
        title=Words("PCA of a layer", "某层的主成分分析"),
        line=Words(
            "Each point is a sample, placed by the two directions in which the layer's values differ most. "
            "Classes that lie apart are told apart easily.",
            "每个点是一个样本，按该层数值差异最大的两个方向放置；颜色表示类别，分得开的类别容易区分。",
        ),
        place="projection:PcaView",
    ),
    ViewSpec(
        key="tsne",
        group="space",
        title=Words("t-SNE of a layer", "某层的 t-SNE"),
        line=Words(
            "Samples that the layer finds alike lie together; distances between far groups mean "
            "nothing. Colours are classes.",
            "该层认为相似的样本聚在一起；相距较远的群之间的距离没有意义。颜色表示类别。",
        ),
        place="projection:TsneView",
    ),
    ViewSpec(
        key="loss_line",
        group="space",
        title=Words("Loss along a line", "沿直线的损失"),
        line=Words(
            "The validation loss when all weights move along one random direction; ±1 is as far as they are "
            "long. The dot is where they are.",
            "所有权重沿一个随机方向移动时的验证损失；±1 相当于权重自身的长度。圆点是当前的权重。",
        ),
        place="landscape:LossLineView",
    ),
    ViewSpec(
        key="loss_plane",
        group="space",
        title=Words("Loss over a plane", "平面上的损失"),
        line=Words(
            "The validation loss around the present weights (dot) in two random directions: dark is low, lines "
            "join equal losses.",
            "当前权重（圆点）周围沿两个随机方向的验证损失：越暗越低，等高线连接相等的损失。",
        ),
        place="landscape:LossPlaneView",
    ),
    ViewSpec(
        key="fit",
        group="space",
        title=Words("Curve over points", "拟合曲线"),
        line=Words(
            "What the network gives for each number, as a curve; filled points train it, open ones validate.",
            "网络对每个输入数给出的值，画成曲线；实心点用于训练，空心点用于验证。",
        ),
        place="fit:FitView",
    ),
)

VIEWS: tuple[ViewSpec, ...] = (*LAYERS, *LEARNING, *ANSWERS, *SPACE)
"""Every view, in the order in which they are offered; a new one is an entry in the tuple of its group."""


def view_spec(key: str) -> ViewSpec:
    """Return a view by its key; the first one where there is none of this key."""
    return next((spec for spec in VIEWS if spec.key == key), VIEWS[0])
