"""How gradients become changes of the weights."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.parameters import Bool, Choice, Float, Int
from nnstudio.training.recipe import Recipe
from nnstudio.training.settings.setting import GRADIENT, Formula, Setting, When

_DEFAULT = Recipe()

_ADAM = (
    r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2,\quad "
    r"w \leftarrow w - \eta \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}"
)

OPTIMIZER_SETTINGS: tuple[Setting, ...] = (
    Setting(
        heading="optimizer",
        when=(GRADIENT,),
        field=Choice(
            name="optimizer",
            default=_DEFAULT.optimizer,
            options=("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "lbfgs"),
            titles=tuple(
                Words(name, name) for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "L-BFGS")
            ),
            label=Words("Optimizer", "优化器"),
            help=Words(
                "The rule that turns gradients into changes of the weights. SGD takes a step along the gradient; Adam "
                "gives every weight a step size of its own; AdamW is Adam with weight decay kept apart from the "
                "gradient. RMSprop, Adagrad and Adadelta are Adam's forerunners. L-BFGS looks at the curvature and "
                "tries the batch several times for one step: for few samples, best all in one batch.",
                "把梯度变成权重改变量的规则。SGD 沿梯度方向走一步；Adam 为每个权重单独调节步长；"
                "AdamW 是把权重衰减与梯度分开的 Adam。RMSprop、Adagrad 和 Adadelta 是 Adam 的前身。"
                "L-BFGS 利用曲率，每一步要多次计算同一批：适合样本很少、最好全放在一批的情况。",
            ),
        ),
        formulas={
            "sgd": Formula(
                r"b \leftarrow \mu b + g,\quad w \leftarrow w - \eta b",
                "Robbins, Monro 1951; Polyak 1964; Sutskever and others 2013",
            ),
            "adam": Formula(_ADAM, "Kingma, Ba: Adam, 2015"),
            "adamw": Formula(
                _ADAM + r" - \eta \lambda w", "Loshchilov, Hutter: Decoupled Weight Decay Regularization, 2019"
            ),
            "rmsprop": Formula(
                r"v \leftarrow \alpha v + (1 - \alpha) g^2,\quad w \leftarrow w - \eta \frac{g}{\sqrt{v} + \epsilon}",
                "Hinton: Neural Networks for Machine Learning, lecture 6e, 2012",
            ),
            "adagrad": Formula(
                r"v \leftarrow v + g^2,\quad w \leftarrow w - \eta \frac{g}{\sqrt{v} + \epsilon}",
                "Duchi, Hazan, Singer: Adaptive Subgradient Methods, 2011",
            ),
            "adadelta": Formula(
                r"v \leftarrow \rho v + (1 - \rho) g^2,\quad "
                r"d = g\,\frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}},\quad "
                r"u \leftarrow \rho u + (1 - \rho) d^2,\quad w \leftarrow w - \eta d",
                "Zeiler: ADADELTA, 2012",
            ),
            "lbfgs": Formula(
                r"w \leftarrow w - t H g,\quad H \approx (\nabla^2 L)^{-1}",
                "Liu, Nocedal: On the Limited Memory BFGS Method, 1989",
            ),
        },
    ),
    Setting(
        heading="optimizer",
        when=(When("learner", ("backprop", "pretraining", "perceptron", "contrastive_divergence")),),
        field=Float(
            name="learning_rate",
            default=_DEFAULT.learning_rate,
            low=0.0,
            high=10.0,
            step=0.0005,
            label=Words("Learning rate", "学习率"),
            help=Words(
                "How far one step goes. Too small learns slowly, too large makes the loss jump or blow up. "
                "Adam likes 0.001 to 0.003, SGD 0.01 to 0.1, Adadelta and L-BFGS 1.",
                "每一步走多远。太小学得慢，太大会让损失跳动甚至发散。"
                "Adam 常用 0.001 到 0.003，SGD 常用 0.01 到 0.1，Adadelta 和 L-BFGS 用 1。",
            ),
        ),
        formulas={"": Formula(r"w \leftarrow w - \eta\, \frac{\partial L}{\partial w}")},
    ),
    Setting(
        heading="optimizer",
        when=(GRADIENT, When("optimizer", ("sgd",))),
        field=Float(
            name="momentum",
            default=_DEFAULT.momentum,
            low=0.0,
            high=0.999,
            step=0.05,
            label=Words("Momentum", "动量"),
            help=Words(
                "How much of the last step goes on into the next one, as a heavy ball keeps rolling.",
                "上一步有多少延续到下一步，就像沉重的球会继续滚动。",
            ),
        ),
        formulas={"": Formula(r"b \leftarrow \mu b + g", "Polyak: Some Methods of Speeding up the Convergence, 1964")},
    ),
    Setting(
        heading="optimizer",
        when=(GRADIENT, When("optimizer", ("sgd",))),
        field=Bool(
            name="nesterov",
            default=_DEFAULT.nesterov,
            label=Words("Nesterov", "Nesterov 动量"),
            help=Words(
                "Looks ahead: the gradient counts as if the momentum had been followed already. Needs some momentum.",
                "向前看一步：梯度按动量已经走过之后来计算。需要动量大于 0。",
            ),
        ),
        formulas={
            "": Formula(
                r"w \leftarrow w - \eta\,(g + \mu b)",
                "Sutskever, Martens, Dahl, Hinton: On the Importance of Initialization and Momentum, 2013",
            )
        },
    ),
    *(
        Setting(
            heading="optimizer",
            when=(GRADIENT, When("optimizer", among)),
            field=Float(name=name, default=default, low=0.0, high=0.999999, step=0.01, label=label, help=text),
            formulas={"": Formula(tex)},
        )
        for name, default, among, label, text, tex in (
            (
                "beta1",
                _DEFAULT.beta1,
                ("adam", "adamw"),
                Words("Beta 1", "β₁"),
                Words(
                    "How long Adam remembers gradients: 0.9 looks back over some ten steps.",
                    "Adam 记住梯度的时间：0.9 大约回顾十步。",
                ),
                r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\quad \hat{m} = \frac{m}{1 - \beta_1^t}",
            ),
            (
                "beta2",
                _DEFAULT.beta2,
                ("adam", "adamw"),
                Words("Beta 2", "β₂"),
                Words(
                    "How long Adam remembers squared gradients, which set the step size: 0.999 looks back over some "
                    "thousand steps.",
                    "Adam 记住梯度平方的时间，它决定步长：0.999 大约回顾一千步。",
                ),
                r"v \leftarrow \beta_2 v + (1 - \beta_2) g^2,\quad \hat{v} = \frac{v}{1 - \beta_2^t}",
            ),
            (
                "smoothing",
                _DEFAULT.smoothing,
                ("rmsprop",),
                Words("Smoothing", "平滑系数 α"),
                Words(
                    "How long RMSprop remembers squared gradients: 0.99 looks back over some hundred steps.",
                    "RMSprop 记住梯度平方的时间：0.99 大约回顾一百步。",
                ),
                r"v \leftarrow \alpha v + (1 - \alpha) g^2",
            ),
            (
                "rho",
                _DEFAULT.rho,
                ("adadelta",),
                Words("Rho", "ρ"),
                Words(
                    "How long Adadelta remembers squared gradients and squared steps.",
                    "Adadelta 记住梯度平方和步长平方的时间。",
                ),
                r"v \leftarrow \rho v + (1 - \rho) g^2",
            ),
        )
    ),
    Setting(
        heading="optimizer",
        when=(GRADIENT, When("optimizer", ("lbfgs",))),
        field=Int(
            name="lbfgs_iterations",
            default=_DEFAULT.lbfgs_iterations,
            high=1_000,
            label=Words("Iterations per batch", "每批迭代次数"),
            help=Words(
                "How often L-BFGS improves the weights on one batch before the next one comes.",
                "L-BFGS 在一批上改进权重多少次，然后才取下一批。",
            ),
        ),
    ),
    Setting(
        heading="optimizer",
        when=(GRADIENT, When("optimizer", ("lbfgs",))),
        field=Int(
            name="lbfgs_history",
            default=_DEFAULT.lbfgs_history,
            high=1_000,
            label=Words("Remembered steps", "记住的步数"),
            help=Words(
                "From how many past steps L-BFGS guesses the curvature. Each needs memory for two copies of the "
                "weights.",
                "L-BFGS 用过去多少步来估计曲率。每一步需要两份权重大小的内存。",
            ),
        ),
    ),
)
