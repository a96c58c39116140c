"""How long and in which portions a run learns, and what it is worked out on."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.parameters import Bool, Choice, Int
from nnstudio.training.metric_words import MOST_TOP_K, top_k_formula
from nnstudio.training.recipe import Recipe
from nnstudio.training.settings.setting import GRADIENT, Formula, Setting, When

_DEFAULT = Recipe()

RUN_SETTINGS: tuple[Setting, ...] = (
    Setting(
        heading="run",
        field=Int(
            name="batch_size",
            default=_DEFAULT.batch_size,
            high=65_536,
            label=Words("Batch size", "批大小"),
            help=Words(
                "How many samples are looked at for one step. Small batches give noisy steps, large ones need memory.",
                "每一步使用多少个样本。批小则步子带噪声，批大则占用更多内存。",
            ),
        ),
        formulas={"": Formula(r"L = \frac{1}{B} \sum_{i=1}^{B} L_i")},
    ),
    Setting(
        heading="run",
        field=Bool(
            name="shuffle",
            default=_DEFAULT.shuffle,
            label=Words("Shuffled", "打乱顺序"),
            help=Words(
                "Every epoch goes through the samples in another order, drawn by chance. Without it they come as the "
                "data have them, as when a rule is followed by hand.",
                "每一轮以随机抽取的另一种顺序遍历样本。关闭后按数据原有的顺序，例如手工演算规则时。",
            ),
        ),
    ),
    Setting(
        heading="run",
        field=Int(
            name="epochs",
            default=_DEFAULT.epochs,
            high=100_000,
            label=Words("Epochs", "轮数"),
            help=Words("How many times the training data is gone through.", "把训练数据完整过多少遍。"),
        ),
    ),
    Setting(
        heading="run",
        field=Int(
            name="top_k",
            default=_DEFAULT.top_k,
            low=MOST_TOP_K[0],
            high=MOST_TOP_K[1],
            label=Words("Top-k", "前 k"),
            help=Words(
                "Where there are more than k classes, it is also measured how often the right one is among the k "
                "likeliest. Nothing of the training depends on it.",
                "类别多于 k 个时，另外统计正确类别出现在最可能的 k 个之中的比例。训练本身不受影响。",
            ),
        ),
        when=(When("loss", ("cross_entropy", "nll", "kl", "hinge", "rbf", "bce")),),
        formulas={"": top_k_formula("k")},
    ),
    Setting(
        heading="run",
        field=Int(
            name="seed",
            default=_DEFAULT.seed,
            low=0,
            high=2**31 - 1,
            label=Words("Seed", "随机种子"),
            help=Words(
                "Where chance starts: first weights, order of the samples, dropout. The same seed gives the same run.",
                "随机性的起点：初始权重、样本顺序、随机失活。同一个种子得到同样的训练过程。",
            ),
        ),
    ),
)

MACHINE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        heading="machine",
        field=Choice(
            name="device",
            default=_DEFAULT.device,
            options=("cpu", "cuda", "mps"),
            titles=(
                Words("processor (CPU)", "处理器（CPU）"),
                Words("NVIDIA graphics card (CUDA)", "NVIDIA 显卡（CUDA）"),
                Words("Apple graphics (MPS)", "Apple 图形处理器（MPS）"),
            ),
            label=Words("Device", "设备"),
            help=Words(
                "Where the numbers are worked out. Small networks are fastest on the processor.",
                "在哪里计算。小网络在处理器上最快。",
            ),
        ),
    ),
    Setting(
        heading="machine",
        when=(GRADIENT,),
        field=Choice(
            name="precision",
            default=_DEFAULT.precision,
            options=("float32", "bf16"),
            titles=(Words("float32", "float32"), Words("bfloat16, mixed", "bfloat16 混合精度")),
            label=Words("Precision", "精度"),
            help=Words(
                "How exact the numbers are. bfloat16 keeps the range of float32 and three digits instead of seven: "
                "layers that multiply use it, weights and loss stay in float32. On a processor that knows it (AVX-512) "
                "steps of LeNet-5 and of a small residual network were 1.1 times as fast, with channels last 1.5 and "
                "1.1 times; a processor that does not gets slower.",
                "数值的精确程度。bfloat16 的范围与 float32 相同，但只有三位有效数字而不是七位："
                "做乘法的层使用它，权重和损失仍为 float32。在支持它的处理器（AVX-512）上，LeNet-5 和小残差网络的"
                "每一步快到 1.1 倍，加上通道在后为 1.5 和 1.1 倍；不支持的处理器会变慢。",
            ),
        ),
        formulas={
            "float32": Formula(r"x = (-1)^s\, 2^{e - 127} \, (1 + m / 2^{23})", "IEEE 754, 1985"),
            "bf16": Formula(
                r"x = (-1)^s\, 2^{e - 127} \, (1 + m / 2^7)",
                "Kalamkar and others: A Study of BFLOAT16 for Deep Learning Training, 2019",
            ),
        },
    ),
    Setting(
        heading="machine",
        when=(GRADIENT,),
        field=Bool(
            name="channels_last",
            default=_DEFAULT.channels_last,
            label=Words("Channels last", "通道在后"),
            help=Words(
                "Keeps the channels of each pixel side by side in memory; the numbers mean the same. On the processor "
                "steps of LeNet-5 were 1.2 times as fast, those of a small residual network not.",
                "把每个像素的各通道在内存中相邻存放，数值含义不变。在处理器上，LeNet-5 的每一步快到 1.2 倍，"
                "小残差网络没有变快。",
            ),
        ),
        formulas={"": Formula(r"(n, c, h, w) \mapsto i,\quad i = ((n H + h) W + w)\, C + c")},
    ),
    Setting(
        heading="machine",
        when=(GRADIENT,),
        field=Bool(
            name="deterministic",
            default=_DEFAULT.deterministic,
            label=Words("Deterministic", "确定性计算"),
            help=Words(
                "Allows only ways of computing that give the same bits each time, also on a graphics card. Slower "
                "there; a layer that has no such way stops the run. The processor is repeatable without it.",
                "只允许每次都得到完全相同结果的算法，显卡上也是如此。在显卡上会变慢；"
                "没有这种算法的层会使训练停止。处理器上不开启也可重复。",
            ),
        ),
    ),
    Setting(
        heading="machine",
        when=(GRADIENT, When("device", ("cpu", "cuda"))),
        field=Bool(
            name="compile",
            default=_DEFAULT.compile,
            label=Words("Compile", "编译"),
            help=Words(
                "Lets torch.compile write machine code for this network before the first step. That takes half a "
                "minute or more and needs a C++ compiler; worth it for long runs of large networks only.",
                "让 torch.compile 在第一步之前为此网络生成机器码。需要半分钟以上和 C++ 编译器；"
                "只有大网络的长时间训练才值得。",
            ),
        ),
    ),
)
