"""What keeps weights small, steps short and runs from going on too long."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.parameters import Bool, Choice, Float, Int
from nnstudio.training.recipe import Recipe
from nnstudio.training.settings.setting import GRADIENT, Formula, Setting, When

_DEFAULT = Recipe()
_ITERATIVE = When("learner", ("backprop", "pretraining", "perceptron", "contrastive_divergence"))
"""Learners that go through the data again and again; the others have stored all after one epoch."""
_STOPPING = (_ITERATIVE, When("early_stopping", (True,)))

REGULARISATION_SETTINGS: tuple[Setting, ...] = (
    Setting(
        heading="regularisation",
        when=(
            When("learner", ("backprop", "pretraining", "contrastive_divergence")),
            When("optimizer", ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta")),
        ),
        field=Float(
            name="weight_decay",
            default=_DEFAULT.weight_decay,
            low=0.0,
            high=1.0,
            step=0.0001,
            label=Words("Weight decay", "权重衰减"),
            help=Words(
                "Pulls every weight a little towards 0 at each step, which holds back learning by heart. "
                "0 switches it off; 0.0001 to 0.01 is usual.",
                "每一步把所有权重略微拉向 0，抑制死记硬背（过拟合）。0 表示关闭；常用 0.0001 到 0.01。",
            ),
        ),
        formulas={
            "": Formula(
                r"g = \frac{\partial L}{\partial w} + \lambda w",
                "Krogh, Hertz: A Simple Weight Decay Can Improve Generalization, 1991",
            )
        },
    ),
    Setting(
        heading="regularisation",
        when=(GRADIENT,),
        field=Float(
            name="l1",
            default=_DEFAULT.l1,
            low=0.0,
            high=1.0,
            step=0.0001,
            label=Words("L1", "L1 正则化"),
            help=Words(
                "Pulls every weight towards 0 by the same amount, so that needless ones end close to 0. It counts in "
                "the step; the loss that is shown stays without it. 0 switches it off.",
                "以相同的力度把所有权重拉向 0，使不需要的权重接近 0。它只影响更新，显示的损失不含它。0 表示关闭。",
            ),
        ),
        formulas={
            "": Formula(
                r"g = \frac{\partial L}{\partial w} + \lambda_1\,\mathrm{sign}(w)",
                "Tibshirani: Regression Shrinkage and Selection via the Lasso, 1996",
            )
        },
    ),
    Setting(
        heading="regularisation",
        when=(GRADIENT,),
        field=Choice(
            name="clipping",
            default=_DEFAULT.clipping,
            options=("none", "norm", "value"),
            titles=(Words("off", "关闭"), Words("by length", "按长度"), Words("by value", "按数值")),
            label=Words("Gradient clipping", "梯度裁剪"),
            help=Words(
                "Shortens gradients that are too large, so that one bad batch does not throw the weights far away. By "
                "length keeps the direction; by value cuts each number. Recurrent networks need it.",
                "缩短过大的梯度，使一个坏批次不至于把权重甩得很远。按长度保持方向不变；"
                "按数值则逐个截断。循环网络常需要它。",
            ),
        ),
        formulas={
            "norm": Formula(
                r"g \leftarrow g \cdot \min\left( 1, \frac{c}{\|g\|} \right)",
                "Pascanu, Mikolov, Bengio: On the Difficulty of Training Recurrent Neural Networks, 2013",
            ),
            "value": Formula(
                r"g \leftarrow \max(-c, \min(c, g))",
                "Mikolov: Statistical Language Models Based on Neural Networks, 2012",
            ),
        },
    ),
    Setting(
        heading="regularisation",
        when=(GRADIENT, When("clipping", ("norm", "value"))),
        field=Float(
            name="clip_at",
            default=_DEFAULT.clip_at,
            low=1e-6,
            high=1e6,
            step=0.1,
            label=Words("Clip at c", "裁剪阈值 c"),
            help=Words(
                "The greatest length of the whole gradient, or the greatest size of each of its numbers.",
                "整个梯度的最大长度，或其中每个数的最大值。",
            ),
        ),
    ),
    Setting(
        heading="regularisation",
        when=(_ITERATIVE,),
        field=Bool(
            name="early_stopping",
            default=_DEFAULT.early_stopping,
            label=Words("Early stopping", "提前停止"),
            help=Words(
                "Ends the run when the validation loss does not fall any more: from then on only the training data "
                "would be learnt by heart.",
                "当验证损失不再下降时结束训练：再训练下去只会死记训练数据。",
            ),
        ),
        formulas={
            "": Formula(
                r"L_{val}(e) > L_{best} - \Delta",
                "Prechelt: Early Stopping, But When?, 1998",
            )
        },
    ),
    Setting(
        heading="regularisation",
        when=_STOPPING,
        field=Int(
            name="patience",
            default=_DEFAULT.patience,
            high=100_000,
            label=Words("Patience in epochs", "等待轮数"),
            help=Words(
                "How many epochs in a row may pass without a lower validation loss.",
                "验证损失最多可以连续多少轮没有降低。",
            ),
        ),
    ),
    Setting(
        heading="regularisation",
        when=_STOPPING,
        field=Float(
            name="min_delta",
            default=_DEFAULT.min_delta,
            low=0.0,
            high=1e6,
            step=0.001,
            label=Words("Least gain", "最小改进"),
            help=Words(
                "By how much the validation loss must fall to count as lower.", "验证损失至少降低多少才算改进。"
            ),
        ),
    ),
    Setting(
        heading="regularisation",
        when=_STOPPING,
        field=Bool(
            name="keep_best",
            default=_DEFAULT.keep_best,
            label=Words("Keep best weights", "保留最好的权重"),
            help=Words(
                "Puts the weights of the epoch with the lowest validation loss back at the end of the run.",
                "训练结束时恢复验证损失最低那一轮的权重。",
            ),
        ),
    ),
)
