"""How the learning rate changes while a run lasts."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.parameters import Choice, Float, Int
from nnstudio.training.recipe import Recipe
from nnstudio.training.settings.setting import GRADIENT, Formula, Setting, When

_DEFAULT = Recipe()


def _number(
    name: str,
    default: float,
    among: str,
    label: Words,
    text: Words,
    *,
    low: float = 0.0,
    high: float = 1.0,
    step: float = 0.05,
) -> Setting:
    return Setting(
        heading="schedule",
        when=(GRADIENT, When("schedule", (among,))),
        field=Float(name=name, default=default, low=low, high=high, step=step, label=label, help=text),
    )


SCHEDULE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        heading="schedule",
        when=(GRADIENT,),
        field=Choice(
            name="schedule",
            default=_DEFAULT.schedule,
            options=("constant", "step", "exponential", "cosine", "one_cycle", "plateau"),
            titles=(
                Words("constant", "恒定"),
                Words("steps", "阶梯下降"),
                Words("exponential", "指数衰减"),
                Words("cosine", "余弦"),
                Words("one cycle", "单周期"),
                Words("when it stalls", "停滞时下降"),
            ),
            label=Words("Schedule", "学习率计划"),
            help=Words(
                "How the learning rate changes while the run lasts. Large steps first and small ones later end nearer "
                "to the bottom. Steps and exponential go down by epochs; cosine goes down smoothly over the whole run; "
                "one cycle rises first and then falls; the last waits until the validation loss stops falling.",
                "训练过程中学习率如何变化。先大步后小步，最后更接近谷底。阶梯和指数按轮数下降；"
                "余弦在整个训练中平滑下降；单周期先升后降；最后一种等到验证损失不再下降时才降低。",
            ),
        ),
        formulas={
            "constant": Formula(r"\eta_t = \eta"),
            "step": Formula(r"\eta_e = \eta\,\gamma^{\lfloor e / n \rfloor}"),
            "exponential": Formula(r"\eta_e = \eta\,\gamma^{e}"),
            "cosine": Formula(
                r"\eta_t = \eta\,(s + (1 - s)\,c_t),\quad c_t = \frac{1 + \cos(\pi t / T)}{2}",
                "Loshchilov, Hutter: SGDR, 2017",
            ),
            "one_cycle": Formula(
                r"\frac{\eta}{d} \rightarrow \eta \rightarrow \frac{\eta}{d f}",
                "Smith, Topin: Super-Convergence, 2018",
            ),
            "plateau": Formula(r"\eta \leftarrow \gamma\,\eta"),
        },
    ),
    Setting(
        heading="schedule",
        when=(GRADIENT,),
        field=Int(
            name="warmup_steps",
            default=_DEFAULT.warmup_steps,
            low=0,
            high=1_000_000,
            label=Words("Warm-up steps", "预热步数"),
            help=Words(
                "Over how many batches the rate climbs evenly to its height before the schedule begins. 0 starts at "
                "full height; deep networks and Transformers like some hundred.",
                "学习率在多少个批内均匀升到设定值，然后计划才开始。0 表示一开始就用设定值；"
                "深层网络和 Transformer 常用几百步。",
            ),
        ),
        formulas={
            "": Formula(
                r"\eta_t = \eta\,\frac{t + 1}{W},\quad t < W",
                "Goyal and others: Accurate, Large Minibatch SGD, 2017",
            )
        },
    ),
    Setting(
        heading="schedule",
        when=(GRADIENT, When("schedule", ("step",))),
        field=Int(
            name="step_every",
            default=_DEFAULT.step_every,
            high=100_000,
            label=Words("Epochs per step", "每级轮数"),
            help=Words("After how many epochs the rate goes down a step.", "每过多少轮学习率下降一级。"),
        ),
    ),
    _number(
        "step_factor",
        _DEFAULT.step_factor,
        "step",
        Words("Factor", "下降倍数"),
        Words("What the rate is multiplied by at each step.", "每下降一级，学习率乘以的数。"),
    ),
    _number(
        "decay_rate",
        _DEFAULT.decay_rate,
        "exponential",
        Words("Factor per epoch", "每轮倍数"),
        Words("What the rate is multiplied by after each epoch.", "每一轮之后学习率乘以的数。"),
        step=0.01,
    ),
    _number(
        "lowest_share",
        _DEFAULT.lowest_share,
        "cosine",
        Words("Share at the end", "结束时的比例"),
        Words("What is left of the rate at the end of the run.", "训练结束时学习率还剩多少比例。"),
        step=0.01,
    ),
    _number(
        "rise_share",
        _DEFAULT.rise_share,
        "one_cycle",
        Words("Share of rising", "上升所占比例"),
        Words("For which part of the run the rate rises.", "学习率上升占整个训练的多大部分。"),
        low=0.01,
        high=0.99,
    ),
    _number(
        "start_divisor",
        _DEFAULT.start_divisor,
        "one_cycle",
        Words("Start divisor d", "起点除数 d"),
        Words("How many times lower than its height the rate starts.", "起点的学习率是峰值的几分之一。"),
        low=1.0,
        high=1e6,
        step=1.0,
    ),
    _number(
        "end_divisor",
        _DEFAULT.end_divisor,
        "one_cycle",
        Words("End divisor f", "终点除数 f"),
        Words("How many times lower than its start the rate ends.", "终点的学习率是起点的几分之一。"),
        low=1.0,
        high=1e9,
        step=100.0,
    ),
    Setting(
        heading="schedule",
        when=(GRADIENT, When("schedule", ("plateau",))),
        field=Int(
            name="plateau_patience",
            default=_DEFAULT.plateau_patience,
            low=0,
            high=100_000,
            label=Words("Patience in epochs", "等待轮数"),
            help=Words(
                "How many epochs without a lower validation loss are borne before the rate goes down.",
                "验证损失多少轮没有降低之后才降低学习率。",
            ),
        ),
    ),
    _number(
        "plateau_factor",
        _DEFAULT.plateau_factor,
        "plateau",
        Words("Factor", "下降倍数"),
        Words("What the rate is multiplied by when the loss stalls.", "损失停滞时学习率乘以的数。"),
    ),
)
