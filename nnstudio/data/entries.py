"""The data sets that come with the program, in words and numbers, known without loading them."""

from __future__ import annotations

import msgspec

from nnstudio.core.words import Words
from nnstudio.data.dataset import Task, output_shape
from nnstudio.layers.spec import Element, Shape, Signal

DIGITS = tuple("0123456789")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a data set before it is loaded; the fields mean what they mean in `Dataset`.

    Attributes:
        classes: empty for next_token: the signs of a text are known once it is loaded.
        num_samples: training and validation samples together.
        num_values: numbers that a regression asks for; 0 for classes.
        standardised: whether `load` brings every input column to mean 0 and standard deviation 1.
        whole: whether the samples are all there are, so that each trains and validates.
    """

    name: str
    title: Words
    summary: Words
    shape: tuple[int, ...]
    element: Element = "real"
    vocabulary: int = 0
    task: Task = "classification"
    classes: tuple[str, ...] = ()
    num_values: int = 0
    num_samples: int
    standardised: bool = False
    whole: bool = False

    @property
    def signal(self) -> Signal:
        """What the drawing's Input has to give."""
        return Signal(self.shape, self.element)

    @property
    def num_outputs(self) -> int:
        """How many numbers the drawing's Output has to give for one sample, or for each place of it."""
        return (
            len(self.classes) or self.num_values or (self.vocabulary if self.task == "next_token" else self.shape[-1])
        )

    @property
    def output_shape(self) -> Shape:
        """Shape of what the drawing's Output has to give for one sample; a letter stands for any length."""
        return output_shape(self.task, self.shape, self.num_outputs)


ENTRIES = (
    Entry(
        name="digits32",
        title=Words("Handwritten digits, 32 × 32", "手写数字，32 × 32"),
        summary=Words(
            "1,797 digits written by 13 people, enlarged to the size LeNet-5 was made for.",
            "13 人手写的 1,797 个数字，放大到 LeNet-5 所用的尺寸。",
        ),
        shape=(1, 32, 32),
        classes=DIGITS,
        num_samples=1797,
    ),
    Entry(
        name="digits8",
        title=Words("Handwritten digits, 8 × 8", "手写数字，8 × 8"),
        summary=Words(
            "The same 1,797 digits at their own size: small and quick.",
            "同样的 1,797 个数字，保持原始尺寸：小而快。",
        ),
        shape=(1, 8, 8),
        classes=DIGITS,
        num_samples=1797,
    ),
    Entry(
        name="iris",
        title=Words("Iris flowers", "鸢尾花"),
        summary=Words(
            "150 flowers of three species; four lengths of leaves tell which.",
            "三个品种的 150 朵花；根据花萼和花瓣的四个长度判断品种。",
        ),
        shape=(4,),
        classes=("setosa", "versicolor", "virginica"),
        num_samples=150,
        standardised=True,
    ),
    Entry(
        name="moons",
        title=Words("Two moons", "双月"),
        summary=Words(
            "Points in the plane on two half circles that reach into each other; no straight line parts them.",
            "平面上的点分布在两个互相嵌入的半圆上；没有一条直线能分开它们。",
        ),
        shape=(2,),
        classes=("A", "B"),
        num_samples=1000,
    ),
    Entry(
        name="xor",
        title=Words("Exclusive or", "异或"),
        summary=Words(
            "Points around the four corners of a square; the answer is 1 where exactly one coordinate is positive.",
            "分布在正方形四角附近的点；恰有一个坐标为正时答案是 1，否则是 0。",
        ),
        shape=(2,),
        task="regression",
        num_values=1,
        num_samples=400,
    ),
    Entry(
        name="memory",
        title=Words("Remember the letter", "记住字母"),
        summary=Words(
            "Rows of 24 signs. One of the first sixteen is a letter, and the letter is the answer; all other signs "
            "mean nothing, so only a network with a memory still knows it at the end.",
            "由 24 个符号组成的序列。前十六个符号中有一个字母，它就是答案；其余符号毫无意义，"
            "所以到了末尾，只有有记忆的网络才知道答案。",
        ),
        shape=(24,),
        element="index",
        vocabulary=8,
        classes=tuple("ABCD"),
        num_samples=4000,
    ),
    Entry(
        name="circles",
        title=Words("Two circles", "双圆"),
        summary=Words(
            "Points in the plane on a circle, and on a smaller one within it.",
            "平面上的点分布在一个圆和它内部的小圆上。",
        ),
        shape=(2,),
        classes=("A", "B"),
        num_samples=1000,
    ),
    Entry(
        name="two_spirals",
        title=Words("Two spirals", "双螺旋"),
        summary=Words(
            "Two arms wind around each other nearly twice: the classic that small networks find hard.",
            "两条螺旋臂互相缠绕近两圈：对小网络来说是经典难题。",
        ),
        shape=(2,),
        classes=("A", "B"),
        num_samples=1000,
    ),
    Entry(
        name="spirals",
        title=Words("Three spirals", "三螺旋"),
        summary=Words(
            "Three arms wind around each other once; there is a class for each.",
            "三条螺旋臂互相缠绕一圈，每条是一个类别。",
        ),
        shape=(2,),
        classes=("A", "B", "C"),
        num_samples=1200,
    ),
    Entry(
        name="sine",
        title=Words("Noisy sine", "带噪声的正弦"),
        summary=Words(
            "One number in, one out: sin x + ½ sin 3x, measured with noise. How the curve fits can be watched.",
            "输入一个数，输出一个数：带噪声的 sin x + ½ sin 3x。可以看着曲线逐渐拟合。",
        ),
        shape=(1,),
        task="regression",
        num_values=1,
        num_samples=400,
    ),
    Entry(
        name="parity",
        title=Words("Odd or even", "奇偶"),
        summary=Words(
            "Rows of 12 bits. At every place: were the ones so far odd in number? A network needs a memory of one bit.",
            "由 12 位二进制数组成的序列。每个位置都要回答：到此为止 1 的个数是奇数吗？网络只需一位记忆。",
        ),
        shape=(12,),
        element="index",
        vocabulary=2,
        task="sequence",
        classes=("even", "odd"),
        num_samples=2000,
    ),
    Entry(
        name="reverse",
        title=Words("Backwards", "倒着说"),
        summary=Words(
            "Rows of eight digits; the answer is the same row from its end to its beginning. Whoever answers has to "
            "look at another place each time, as attention does.",
            "由八个数字组成的序列；答案是从尾到头的同一序列。每次回答都要看另一个位置，正如注意力所做的。",
        ),
        shape=(8,),
        element="index",
        vocabulary=10,
        task="sequence",
        classes=DIGITS,
        num_samples=4000,
    ),
    Entry(
        name="story",
        title=Words("A story, character by character", "英文小故事，逐字符"),
        summary=Words(
            "A story of a lamp that learns, 10,227 characters of 40 kinds. After every character: which comes next?",
            "一个关于学习的灯的英文故事，共 10,227 个字符，40 种。每个字符之后：下一个是什么？",
        ),
        shape=(64,),
        element="index",
        vocabulary=40,
        task="next_token",
        num_samples=936,
    ),
    Entry(
        name="poems",
        title=Words("Tang poems, character by character", "唐诗，逐字"),
        summary=Words(
            "78 quatrains of the Tang dynasty, 690 different characters. After every character: which comes next?",
            "78 首唐代绝句，690 个不同的字。每个字之后：下一个字是什么？",
        ),
        shape=(32,),
        element="index",
        vocabulary=690,
        task="next_token",
        num_samples=408,
    ),
    Entry(
        name="digit_pictures",
        title=Words("Handwritten digits, to be drawn again", "手写数字，用于重建"),
        summary=Words(
            "1,797 digits of 8 × 8; the answer is the picture itself, after a way that is too narrow for it.",
            "1,797 个 8 × 8 的数字；答案就是图像本身，但中间要经过容不下它的窄路。",
        ),
        shape=(1, 8, 8),
        task="reconstruction",
        num_samples=1797,
    ),
    Entry(
        name="shape_masks",
        title=Words("Shapes, pixel by pixel", "图形，逐像素"),
        summary=Words(
            "Pictures of 32 × 32 with one to three disks, squares and triangles in noise: which pixel is what?",
            "32 × 32 的带噪声图像，含一到三个圆盘、正方形和三角形：每个像素属于什么？",
        ),
        shape=(1, 32, 32),
        task="segmentation",
        classes=("ground", "disk", "square", "triangle"),
        num_samples=1200,
    ),
    Entry(
        name="shape_boxes",
        title=Words("Shapes, and where they are", "图形及其位置"),
        summary=Words(
            "The same pictures of disks, squares and triangles: which are there, and within which boxes?",
            "同样的圆盘、正方形和三角形图像：里面有什么，在哪个方框里？",
        ),
        shape=(1, 32, 32),
        task="detection",
        classes=("disk", "square", "triangle"),
        num_samples=1200,
    ),
    Entry(
        name="gate_and",
        title=Words("Gate: AND", "逻辑门：与"),
        summary=Words(
            "The truth table in the order 00, 01, 10, 11; the answer is 1 where both inputs are 1.",
            "按 00、01、10、11 顺序的真值表；两个输入都是 1 时答案是 1。",
        ),
        shape=(2,),
        task="regression",
        num_values=1,
        num_samples=4,
        whole=True,
    ),
    Entry(
        name="gate_or",
        title=Words("Gate: OR", "逻辑门：或"),
        summary=Words(
            "The truth table in the order 00, 01, 10, 11; the answer is 1 where any input is 1.",
            "按 00、01、10、11 顺序的真值表；任一输入是 1 时答案是 1。",
        ),
        shape=(2,),
        task="regression",
        num_values=1,
        num_samples=4,
        whole=True,
    ),
    Entry(
        name="gate_nand",
        title=Words("Gate: NAND", "逻辑门：与非"),
        summary=Words(
            "The truth table in the order 00, 01, 10, 11; the answer is 0 where both inputs are 1.",
            "按 00、01、10、11 顺序的真值表；两个输入都是 1 时答案是 0。",
        ),
        shape=(2,),
        task="regression",
        num_values=1,
        num_samples=4,
        whole=True,
    ),
    Entry(
        name="gate_xor",
        title=Words("Gate: XOR", "逻辑门：异或"),
        summary=Words(
            "The truth table in the order 00, 01, 10, 11; no straight line parts the ones from the zeros.",
            "按 00、01、10、11 顺序的真值表；没有一条直线能把 1 和 0 分开。",
        ),
        shape=(2,),
        task="regression",
        num_values=1,
        num_samples=4,
        whole=True,
    ),
    Entry(
        name="bars",
        title=Words("Bars and stripes", "横条与竖条"),
        summary=Words(
            "The 14 pictures of 3 × 3 that are made of whole rows or of whole columns: a machine has to find the rule.",
            "由整行或整列构成的 14 幅 3 × 3 图像：机器要自己发现规律。",
        ),
        shape=(9,),
        task="reconstruction",
        num_samples=14,
        whole=True,
    ),
    Entry(
        name="memories3",
        title=Words("Three digits to remember", "要记住的三个数字"),
        summary=Words(
            "Pictures of 0, 1 and 2 to be stored, of 64 units each; 60 damaged copies try the memory.",
            "要存入记忆的 0、1、2 三幅图，各 64 个单元；用 60 份损坏的副本来检验记忆。",
        ),
        shape=(64,),
        task="reconstruction",
        num_samples=63,
    ),
    Entry(
        name="memories10",
        title=Words("Ten digits to remember", "要记住的十个数字"),
        summary=Words(
            "A picture of each digit to be stored, of 64 units each; 200 damaged copies try the memory.",
            "每个数字一幅要存入记忆的图，各 64 个单元；用 200 份损坏的副本来检验记忆。",
        ),
        shape=(64,),
        task="reconstruction",
        num_samples=210,
    ),
)
