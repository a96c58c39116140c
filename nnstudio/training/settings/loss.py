"""What training makes small."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.parameters import Choice, Float
from nnstudio.training.recipe import Recipe
from nnstudio.training.settings.setting import GRADIENT, Formula, Setting, When

_DEFAULT = Recipe()

_FORMULAS = {
    "cross_entropy": Formula(
        r"L = -\sum_c q_c \log p_c,\quad p = \mathrm{softmax}(z)",
        "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 6.2",
    ),
    "bce": Formula(
        r"L = -\frac{1}{K} \sum_c \left[ t_c \log p_c + \bar{t}_c \log \bar{p}_c \right],\quad "
        r"p = \sigma(z),\quad \bar{p} = 1 - p,\quad \bar{t} = 1 - t",
        "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 6.2",
    ),
    "nll": Formula(r"L = -\ell_D,\quad \ell_c = \log p_c", "Bishop: Pattern Recognition and Machine Learning, 2006"),
    "mse": Formula(r"L = \frac{1}{K} \sum_k (y_k - t_k)^2", "Legendre 1805, Gauss 1809: least squares"),
    "mae": Formula(r"L = \frac{1}{K} \sum_k |y_k - t_k|", "Laplace 1774: least absolute deviations"),
    "huber": Formula(
        r"L = \frac{1}{K} \sum_k h(y_k - t_k),\quad "
        r"h(r) = \begin{cases} r^2 / 2 & |r| \leq \delta \\ \delta (|r| - \delta / 2) & |r| > \delta \end{cases}",
        "Huber: Robust Estimation of a Location Parameter, 1964",
    ),
    "kl": Formula(r"L = \sum_c t_c (\log t_c - \ell_c)", "Kullback, Leibler: On Information and Sufficiency, 1951"),
    "hinge": Formula(
        r"L = \frac{1}{K} \sum_{c \neq D} \max(0, 1 - z_D + z_c)",
        "Crammer, Singer: On the Algorithmic Implementation of Multiclass Kernel-Based Vector Machines, 2001",
    ),
    "rbf": Formula(
        r"L = y_D + \log S,\quad S = e^{-j} + \sum_i e^{-y_i}",
        "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, equation 9",
    ),
    "detection": Formula(
        r"L = \sum_{cells} \lambda_o \mathrm{BCE} + \sum_{objects} L_{obj},\quad "
        r"L_{obj} = \lambda_b |b - \hat{b}|^2 + \mathrm{CE},\quad b = (x, y, \sqrt{w}, \sqrt{h})",
        "Redmon, Divvala, Girshick, Farhadi: You Only Look Once, 2016",
    ),
    "segmentation": Formula(
        r"L = (1 - s)\,\mathrm{CE} + s\,(1 - D),\quad "
        r"D = \frac{1}{C} \sum_c \frac{2 \sum p_c q_c}{\sum p_c + \sum q_c}",
        "Milletari, Navab, Ahmadi: V-Net, 2016",
    ),
    "vae": Formula(
        r"L = \sum_k (y_k - t_k)^2 + \beta D,\quad "
        r"D = \frac{1}{2} \sum_j \left( \mu_j^2 + \sigma_j^2 - \log \sigma_j^2 - 1 \right)",
        "Kingma, Welling: Auto-Encoding Variational Bayes, 2014; Higgins and others: beta-VAE, 2017",
    ),
}


def _number(
    name: str,
    default: float,
    label: Words,
    text: Words,
    when: When,
    *,
    low: float = 0.0,
    high: float = 1.0,
    step: float = 0.05,
    formula: Formula | None = None,
) -> Setting:
    return Setting(
        heading="loss",
        when=(GRADIENT, when),
        field=Float(name=name, default=default, low=low, high=high, step=step, label=label, help=text),
        formulas={} if formula is None else {"": formula},
    )


LOSS_SETTINGS: tuple[Setting, ...] = (
    Setting(
        heading="loss",
        when=(GRADIENT,),
        field=Choice(
            name="loss",
            default=_DEFAULT.loss,
            options=tuple(_FORMULAS),
            titles=(
                Words("cross-entropy", "交叉熵"),
                Words("binary cross-entropy", "二元交叉熵"),
                Words("negative log-likelihood", "负对数似然"),
                Words("mean squared error", "均方误差"),
                Words("mean absolute error", "平均绝对误差"),
                Words("Huber", "Huber 损失"),
                Words("Kullback–Leibler divergence", "KL 散度"),
                Words("hinge", "合页损失"),
                Words("LeNet-5's for RBF outputs", "LeNet-5 的 RBF 损失"),
                Words("detection: object, box, class", "检测：目标、边框、类别"),
                Words("segmentation: pixels, Dice", "分割：逐像素与 Dice"),
                Words("VAE: reconstruction and KL", "VAE：重建与 KL"),
            ),
            label=Words("Loss", "损失函数"),
            help=Words(
                "What training makes small. For classes: cross-entropy, binary cross-entropy and hinge take raw scores "
                "(no Softmax before them); the negative log-likelihood and Kullback–Leibler take the logarithms of "
                "shares (LogSoftmax); LeNet-5's takes distances, the smallest wins. For numbers: the mean squared "
                "error, the mean absolute error that outliers pull less, and Huber between the two; with classes "
                "their target is 1 for the right class and 0 for the others.",
                "训练要减小的量。用于分类：交叉熵、二元交叉熵与合页损失取原始得分（前面不要加 Softmax）；"
                "负对数似然与 KL 散度取对数概率（LogSoftmax）；LeNet-5 的损失取距离，最小者胜出。"
                "用于数值：均方误差、受离群点影响较小的平均绝对误差，以及介于两者之间的 Huber 损失；"
                "用于分类时，正确类别的目标是 1，其余是 0。",
            ),
        ),
        formulas=_FORMULAS,
    ),
    _number(
        "label_smoothing",
        _DEFAULT.label_smoothing,
        Words("Label smoothing", "标签平滑"),
        Words(
            "Takes this share away from the right class and spreads it over all, so that the network does not become "
            "too sure of itself. 0 switches it off; 0.1 is usual.",
            "从正确类别中拿出这一比例平均分给所有类别，使网络不至于过分自信。0 表示关闭；常用 0.1。",
        ),
        When("loss", ("cross_entropy",)),
        formula=Formula(
            r"q_c = (1 - \varepsilon)\,[c = D] + \frac{\varepsilon}{K}",
            "Szegedy and others: Rethinking the Inception Architecture for Computer Vision, 2016",
        ),
    ),
    Setting(
        heading="loss",
        when=(GRADIENT, When("loss", ("cross_entropy", "nll", "segmentation"))),
        field=Choice(
            name="class_weights",
            default=_DEFAULT.class_weights,
            options=("none", "balanced"),
            titles=(Words("all alike", "全部相同"), Words("rare ones weigh more", "稀有类别权重更大")),
            label=Words("Class weights", "类别权重"),
            help=Words(
                "Whether a mistake with a rare class weighs more, so that each class counts the same as a whole.",
                "稀有类别出错时是否算得更重，使每个类别整体上同等重要。",
            ),
        ),
        formulas={
            "balanced": Formula(
                r"w_c = \frac{N}{K N_c}", "King, Zeng: Logistic Regression in Rare Events Data, 2001; as scikit-learn"
            )
        },
    ),
    _number(
        "huber_delta",
        _DEFAULT.huber_delta,
        Words("Delta", "阈值 δ"),
        Words(
            "The distance from which on a mistake counts by its size and no longer by its square.",
            "误差超过这一距离后，按大小而不再按平方计算。",
        ),
        When("loss", ("huber",)),
        low=1e-6,
        high=1e6,
        step=0.1,
    ),
    _number(
        "rbf_margin",
        _DEFAULT.rbf_margin,
        Words("Margin j", "间隔 j"),
        Words(
            "Keeps wrong classes from being pushed away without end: one whose distance is far above j counts no "
            "more than a little.",
            "防止错误类别被无休止地推远：距离远大于 j 的类别几乎不再起作用。",
        ),
        When("loss", ("rbf",)),
        low=0.0,
        high=1000.0,
        step=0.1,
    ),
    _number(
        "dice_share",
        _DEFAULT.dice_share,
        Words("Share of Dice", "Dice 所占比例"),
        Words(
            "0 counts pixels by cross-entropy only, 1 counts only how well areas overlap, which small areas need.",
            "0 表示只按像素计算交叉熵，1 表示只计算区域的重叠程度；小区域需要后者。",
        ),
        When("loss", ("segmentation",)),
    ),
    _number(
        "box_weight",
        _DEFAULT.box_weight,
        Words("Weight of boxes", "边框权重"),
        Words("How much more a wrong box counts than a wrong class.", "边框错误的分量是类别错误的多少倍。"),
        When("loss", ("detection",)),
        high=1000.0,
        step=0.5,
    ),
    _number(
        "empty_weight",
        _DEFAULT.empty_weight,
        Words("Empty cells", "空格权重"),
        Words(
            "How much a cell without an object counts. Most cells are empty, and would drown the others.",
            "没有目标的格子占多大分量。大多数格子是空的，否则会淹没其他格子。",
        ),
        When("loss", ("detection",)),
        high=1000.0,
        step=0.1,
    ),
    _number(
        "beta",
        _DEFAULT.beta,
        Words("Weight of KL", "KL 权重 β"),
        Words(
            "How much the hidden code must look like a normal distribution. More gives smoother samples and blurs "
            "what is rebuilt.",
            "隐编码必须多接近正态分布。越大样本越平滑，但重建越模糊。",
        ),
        When("loss", ("vae",)),
        high=1000.0,
        step=0.1,
    ),
)
