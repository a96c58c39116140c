"""Hopfield: a memory that completes what it is shown to the nearest pattern it has stored."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.parameters import Choice, Int, Table
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Settings, Signal
from nnstudio.layers.vectors import at_every_place, features_of

TITLE = Words("Hopfield network", "Hopfield 网络")
_MOST = 1_024


def shape(p: Settings, x: Signal) -> Signal:
    """(…, n) -> (…, n)."""
    count = features_of(TITLE, x.shape)
    if p.patterns and len(p.patterns[0]) != count:
        fixes = [ParamFix(tr("Forget the patterns"), {"patterns": ()})]
        if count <= _MOST:
            rows = tuple(row[:count].ljust(count, ".") for row in p.patterns)
            fixes.insert(0, ParamFix(tr("Give the patterns {count} units", count=count), {"patterns": rows}))
        raise LayerError(
            tr(
                "The patterns have length {wanted}; the input has length {count}.",
                wanted=len(p.patterns[0]),
                count=count,
            ),
            *fixes,
        )
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """n·n weights are kept; each step multiplies by all of them."""
    count = int(x.shape[-1])
    return Cost(buffers=count * count, macs=at_every_place(x.shape, p.steps * count * count))


def line(p: Settings) -> str:
    """How much it holds, and how long it settles."""
    steps = tr("1 step") if p.steps == 1 else tr("{count} steps", count=p.steps)
    if not p.patterns:
        return steps
    held = tr("1 pattern") if len(p.patterns) == 1 else tr("{count} patterns", count=len(p.patterns))
    return f"{held}, {steps}"


def module(p: Settings, x: Signal) -> Call:
    """Construct our own class, saying only what differs from its defaults."""
    said: dict[str, Literal] = {"steps": p.steps}
    if p.patterns:
        said["patterns"] = p.patterns
    if p.update == "together":
        said["together"] = True
    return call("own.Hopfield", x.shape[-1], **said)


SPEC = LayerSpec(
    kind="Hopfield",
    title=TITLE,
    family="classic",
    place=7,
    stem="hopfield_",
    summary=Words("Completes what it is shown from memory.", "根据记忆补全输入。"),
    help=Words(
        "Every unit is −1 or 1 and tied to every other with the same weight both ways. Numbers above zero come in as "
        "1, all others as −1; then the units follow what the others tell them, one after the other, and the energy "
        "never rises until a state is reached that stays: with luck the stored pattern that is nearest. By Hebb's rule "
        "about 0.138 patterns per unit can be kept; beyond that memory breaks down all at once. All "
        "units at once is quicker, but may swing between two states. No gradient trains this layer or passes it.",
        "每个单元取 −1 或 1，并与其余每个单元以双向相同的权重相连。大于零的数按 1 输入，其余按 −1；"
        "然后各单元依次服从其他单元的意见，能量从不上升，直到到达不再变化的状态：顺利的话，就是最接近的已存模式。"
        "用赫布规则大约每个单元能存 0.138 个模式，再多则记忆会突然崩溃。"
        "所有单元同时更新更快，但可能在两个状态间来回摆动。"
        "这一层不用梯度训练，梯度也不能穿过它。",
    ),
    formula=r"""\begin{array}{l}
s_{i} \leftarrow \mathrm{sgn} ( \sum_{j \neq i} w_{i,j} s_{j} ) \\
E = - \frac{1}{2} \sum_{i \neq j} w_{i,j} s_{i} s_{j}
\end{array}""",
    source="Hopfield: Neural Networks and Physical Systems with Emergent Collective Computational Abilities, 1982",
    params=(
        Table(
            name="patterns",
            default=(),
            row=Words("Pattern", "模式"),
            column=Words("Unit", "单元"),
            empty=True,
            blank=True,
            most_columns=_MOST,
            label=Words("Patterns", "模式"),
            help=Words(
                "What is stored by Hebb's rule at the start: a row for each pattern, a ticked cell is 1 and an empty "
                "one −1. Without any, all weights are zero until it is taught.",
                "开始时按赫布规则存入的内容：每行一个模式，打勾为 1，空格为 −1。若没有，权重全为零，等待学习。",
            ),
        ),
        Int(
            name="steps",
            default=10,
            high=1_000,
            label=Words("Steps", "步数"),
            help=Words("How many times every unit is asked.", "每个单元更新多少次。"),
        ),
        Choice(
            name="update",
            default="one_by_one",
            options=("one_by_one", "together"),
            titles=(Words("one after the other", "依次"), Words("all at once", "同时")),
            label=Words("Units move", "更新方式"),
            help=Words(
                "One after the other, from first to last, or all at once.",
                "从第一个到最后一个依次更新，或全部同时更新。",
            ),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
)
