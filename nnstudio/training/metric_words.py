"""What each metric is called and means, and how it is written: known without torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from nnstudio.core.words import Words, figure
from nnstudio.training.settings.setting import Formula


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that tells how well a network does.

    Attributes:
        label: what a person calls it.
        help: what it says, and how to read it.
        formula: how it is worked out.
        share: from 0 to 1, and written in per cent.
    """

    label: Words
    help: Words
    formula: Formula
    share: bool = True


MOST_TOP_K: Final = (2, 100)
"""The least and the greatest k of a top-k accuracy; with k = 1 it would be the accuracy."""


def top_k_formula(k: str) -> Formula:
    """Return how top-k accuracy is worked out."""
    return Formula(
        rf"\frac{{1}}{{N}} \sum_i [c_i \in \mathrm{{top}}_{{{k}}}(z_i)]", "Russakovsky and others: ImageNet, 2015"
    )


def _top_k(k: int) -> Metric:
    return Metric(
        label=Words(f"top-{k}", f"前 {k} 准确率"),
        help=Words(f"How often the right class is among the {k} likeliest.", f"正确类别在最可能的 {k} 个之中的比例。"),
        formula=top_k_formula(str(k)),
    )


METRICS: Final[Mapping[str, Metric]] = {
    "accuracy": Metric(
        label=Words("accuracy", "准确率"),
        help=Words("Which share of all answers is right.", "全部答案中正确的比例。"),
        formula=Formula(r"\frac{1}{N} \sum_i [\hat{c}_i = c_i]"),
    ),
    **{f"top_{k}": _top_k(k) for k in range(MOST_TOP_K[0], MOST_TOP_K[1] + 1)},
    "precision": Metric(
        label=Words("precision", "精确率"),
        help=Words(
            "When the network names a class, how often that is right; the mean over the classes.",
            "网络说出某个类别时有多少次是对的；取各类别的平均。",
        ),
        formula=Formula(r"\frac{1}{C} \sum_c \frac{TP_c}{TP_c + FP_c}", "van Rijsbergen: Information Retrieval, 1979"),
    ),
    "recall": Metric(
        label=Words("recall", "召回率"),
        help=Words(
            "Of the samples of a class, how many the network finds; the mean over the classes.",
            "某个类别的样本中网络找到了多少；取各类别的平均。",
        ),
        formula=Formula(r"\frac{1}{C} \sum_c \frac{TP_c}{TP_c + FN_c}", "van Rijsbergen: Information Retrieval, 1979"),
    ),
    "f1": Metric(
        label=Words("F1", "F1"),
        help=Words(
            "Precision and recall in one figure that is low when either is; the mean over the classes.",
            "把精确率和召回率合成一个数，任何一个低它就低；取各类别的平均。",
        ),
        formula=Formula(
            r"\frac{1}{C} \sum_c \frac{2 TP_c}{2 TP_c + FP_c + FN_c}", "van Rijsbergen: Information Retrieval, 1979"
        ),
    ),
    "mean_iou": Metric(
        label=Words("mean IoU", "平均交并比"),
        help=Words(
            "How well areas overlap: what both say, divided by what either says; the mean over classes or objects.",
            "区域重叠的程度：两者都包含的部分除以任一包含的部分；取各类别或各目标的平均。",
        ),
        formula=Formula(
            r"\frac{1}{C} \sum_c \frac{|A_c \cap B_c|}{|A_c \cup B_c|}",
            "Jaccard 1901; Long, Shelhamer, Darrell: Fully Convolutional Networks, 2015",
        ),
    ),
    "map_50": Metric(
        label=Words("mAP 50", "mAP 50"),
        help=Words(
            "Mean average precision: how well what was found is ranked, the surest first. A find is right where it "
            "overlaps an object of its class at least half that was not found before; 100 % finds all and errs last.",
            "平均精度均值：把找到的目标按把握从大到小排列，看排得多好。与同类且尚未被找到的目标至少重叠一半才算正确；"
            "100 % 表示全部找到，且错误都排在最后。",
        ),
        formula=Formula(
            r"\frac{1}{C} \sum_c \sum_n (R_n - R_{n-1}) \max_{m \geq n} P_m",
            "Everingham and others: The PASCAL Visual Object Classes Challenge, 2010",
        ),
    ),
    "mae": Metric(
        label=Words("mean absolute error", "平均绝对误差"),
        help=Words("How far a value is off on average.", "数值平均偏差多少。"),
        formula=Formula(r"\frac{1}{NK} \sum_{i,k} |y_{i,k} - t_{i,k}|"),
        share=False,
    ),
    "mse": Metric(
        label=Words("mean squared error", "均方误差"),
        help=Words(
            "The mean of the squares of all errors: large errors count most.", "所有误差平方的平均：大误差占主导。"
        ),
        formula=Formula(r"\frac{1}{NK} \sum_{i,k} (y_{i,k} - t_{i,k})^2"),
        share=False,
    ),
    "r2": Metric(
        label=Words("R²", "R²"),
        help=Words(
            "Which share of the spread is explained: 1 is perfect, 0 no better than always saying the mean.",
            "解释了多少变化：1 为完美，0 相当于总是回答平均值。",
        ),
        formula=Formula(
            r"1 - \frac{E}{V},\quad E = \sum_i (y_i - t_i)^2,\quad V = \sum_i (t_i - \bar{t})^2",
            "Wright: Correlation and Causation, 1921",
        ),
        share=False,
    ),
    "perplexity": Metric(
        label=Words("perplexity", "困惑度"),
        help=Words(
            "Between how many signs the network wavers on average: 1 is sure and right, as many as there are signs is "
            "guessing.",
            "网络平均在多少个符号之间犹豫：1 表示确定且正确，等于符号总数则相当于瞎猜。",
        ),
        formula=Formula(
            r"e^{H},\quad H = -\frac{1}{N} \sum_i \log p_{c_i}",
            "Jelinek, Mercer, Bahl, Baker: Perplexity, 1977",
        ),
        share=False,
    ),
    "kl": Metric(
        label=Words("KL divergence", "KL 散度"),
        help=Words(
            "How far the codes of the samples are from a standard normal distribution.",
            "样本编码与标准正态分布相差多少。",
        ),
        formula=Formula(
            r"\frac{1}{2} \sum_j \left( \mu_j^2 + \sigma_j^2 - \log \sigma_j^2 - 1 \right)",
            "Kingma, Welling: Auto-Encoding Variational Bayes, 2014",
        ),
        share=False,
    ),
}
"""Every metric by the name it has in events and files."""


def metric_text(name: str, value: float) -> str:
    """Write a metric for a person, such as ``accuracy 97.1 %`` or ``R² 0.8123``."""
    metric = METRICS.get(name)
    return f"{name if metric is None else metric.label} {metric_figure(name, value)}"


def metric_figure(name: str, value: float) -> str:
    """Write the figure of a metric alone."""
    metric = METRICS.get(name)
    return f"{100 * value:.1f} %" if metric is not None and metric.share else figure(value)
