"""What learns: the rule that changes the weights."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.parameters import Choice, Float, Int
from nnstudio.training.recipe import Recipe
from nnstudio.training.settings.setting import Formula, Setting, When

_DEFAULT = Recipe()

LEARNER_SETTINGS: tuple[Setting, ...] = (
    Setting(
        heading="learner",
        field=Choice(
            name="learner",
            default=_DEFAULT.learner,
            options=("backprop", "perceptron", "hebb", "pseudo_inverse", "contrastive_divergence", "pretraining"),
            titles=(
                Words("back-propagation", "反向传播"),
                Words("perceptron rule", "感知机规则"),
                Words("Hebb's rule", "赫布规则"),
                Words("pseudo-inverse", "伪逆规则"),
                Words("contrastive divergence", "对比散度"),
                Words("pretraining, then fine-tuning", "先预训练，再反向传播"),
            ),
            label=Words("Learner", "学习方法"),
            help=Words(
                "The rule that changes the weights. Back-propagation fits every network that has gradients. The "
                "perceptron rule is for one layer of threshold neurons; Hebb's rule and the pseudo-inverse store "
                "patterns in a Hopfield network at once; contrastive divergence trains a restricted Boltzmann "
                "machine; pretraining does so layer by layer, before back-propagation goes on.",
                "改变权重的规则。反向传播适用于一切有梯度的网络。感知机规则用于单层阈值神经元；"
                "赫布规则和伪逆规则把模式一次存入 Hopfield 网络；对比散度训练受限玻尔兹曼机；"
                "预训练先逐层这样训练，再用反向传播继续。",
            ),
        ),
        formulas={
            "backprop": Formula(
                r"\frac{\partial L}{\partial W_l} = \delta_l a_{l-1}^T,\quad"
                r"\delta_l = (W_{l+1}^T \delta_{l+1}) \odot f'(z_l)",
                "Rumelhart, Hinton, Williams: Learning Representations by Back-Propagating Errors, 1986",
            ),
            "perceptron": Formula(
                r"y(w^T x + b) \leq 0:,\quad w \leftarrow w + y x,\quad b \leftarrow b + y",
                "Rosenblatt: The Perceptron, 1958",
            ),
            "hebb": Formula(
                r"W = \frac{1}{N} \sum_\mu \xi^\mu {\xi^\mu}^T,\quad w_{ii} = 0",
                "Hebb: The Organization of Behavior, 1949; Hopfield 1982",
            ),
            "pseudo_inverse": Formula(
                r"W = \Xi\,(\Xi^T \Xi)^{-1} \Xi^T",
                "Personnaz, Guyon, Dreyfus: Collective Computational Properties of Neural Networks, 1986",
            ),
            "contrastive_divergence": Formula(
                r"\Delta W = \eta\,(\langle v h^T\rangle_{0} - \langle v h^T\rangle_{k})",
                "Hinton: Training Products of Experts by Minimizing Contrastive Divergence, 2002",
            ),
            "pretraining": Formula(
                r"\Delta W_l = \eta\,(\langle a_{l-1} a_l^T\rangle_{0} - \langle a_{l-1} a_l^T\rangle_{k})",
                "Hinton, Osindero, Teh: A Fast Learning Algorithm for Deep Belief Nets, 2006",
            ),
        },
    ),
    Setting(
        heading="learner",
        when=(When("learner", ("contrastive_divergence", "pretraining")),),
        field=Int(
            name="cd_steps",
            default=_DEFAULT.cd_steps,
            high=1_000,
            label=Words("Gibbs steps", "吉布斯步数"),
            help=Words(
                "How often contrastive divergence goes to the hidden units and back before it compares, k in the "
                "formula. One is usual; more come nearer to the true gradient and take longer.",
                "对比散度在比较之前，在可见单元与隐藏单元之间往返多少次，即公式中的 k。"
                "通常为 1；次数多更接近真实梯度，但更慢。",
            ),
        ),
    ),
    Setting(
        heading="learner",
        when=(When("learner", ("pretraining",)),),
        field=Int(
            name="pretraining_epochs",
            default=_DEFAULT.pretraining_epochs,
            low=0,
            high=10_000,
            label=Words("Epochs per layer", "每层轮数"),
            help=Words(
                "How many times each layer goes through the data before the next one begins.",
                "每一层把数据过多少遍，然后才开始下一层。",
            ),
        ),
    ),
    Setting(
        heading="learner",
        when=(When("learner", ("pretraining",)),),
        field=Float(
            name="pretraining_rate",
            default=_DEFAULT.pretraining_rate,
            low=0.0,
            high=10.0,
            step=0.01,
            label=Words("Rate of pretraining", "预训练学习率"),
            help=Words(
                "How far one step of the pretraining goes. The rate of the optimizer counts afterwards.",
                "预训练时每一步走多远。之后才使用优化器的学习率。",
            ),
        ),
    ),
)
