"""What the example projects are, in words, known without drawing or reading one."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nnstudio.core.words import Words

GROUPS: Mapping[str, Words] = {
    "first": Words("First steps", "入门"),
    "rules": Words("Before back-propagation", "反向传播之前"),
    "images": Words("Images", "图像"),
    "sequences": Words("Sequences", "序列"),
    "codes": Words("Learning a code", "学习编码"),
}
"""Groups in their order, by key."""


class Example(msgspec.Struct, frozen=True):
    """One file of ``resources/examples``.

    Attributes:
        name: of the file, without its suffix.
        group: a key of `GROUPS`.
        title, summary: what the person reads; the summary is one sentence.
        trains: whether the program brings data that it trains on.
    """

    name: str
    group: str
    title: Words
    summary: Words
    trains: bool = True


GALLERY: tuple[Example, ...] = (
    Example(
        "lenet5-digits",
        "first",
        Words("LeNet-5 on digits", "LeNet-5 识别数字"),
        Words("Reads handwritten digits after a few seconds of training.", "训练几秒钟就能识别手写数字。"),
    ),
    Example(
        "moons",
        "first",
        Words("Two moons", "双月"),
        Words("Two hidden layers bend a line around two half circles.", "两个隐藏层把分界线弯过两个半圆。"),
    ),
    Example(
        "xor",
        "first",
        Words("XOR with two hidden units", "两个隐藏单元的异或"),
        Words("The nine parameters that one unit alone cannot do without.", "单个单元做不到，九个参数就够了。"),
    ),
    Example(
        "two-spirals",
        "first",
        Words("Two spirals", "双螺旋"),
        Words("Three layers part two arms that wind around each other.", "三层网络分开两条互相缠绕的螺旋臂。"),
    ),
    Example(
        "sine",
        "first",
        Words("A curve through points", "穿过数据点的曲线"),
        Words("One number in, one out: the curve bends until it fits.", "输入一个数，输出一个数：曲线弯到吻合为止。"),
    ),
    Example(
        "iris",
        "first",
        Words("Iris flowers", "鸢尾花"),
        Words("Tells three species by four lengths.", "用四个长度区分三个品种。"),
    ),
    Example(
        "perceptron-and",
        "rules",
        Words("Perceptron learns AND", "感知器学会“与”"),
        Words("18 mistakes, one at a time, and then none.", "一个一个地犯 18 次错，然后不再犯错。"),
    ),
    Example(
        "perceptron-xor",
        "rules",
        Words("Perceptron fails at XOR", "感知器学不会“异或”"),
        Words("Four mistakes in every epoch, for ever.", "每一轮都犯四次错，永远如此。"),
    ),
    Example(
        "hopfield-digits",
        "rules",
        Words("Hopfield memory of digits", "记住数字的 Hopfield 网络"),
        Words("Stores three digits, and brings damaged ones back.", "存入三个数字，并恢复损坏的数字。"),
    ),
    Example(
        "boltzmann-bars",
        "rules",
        Words("Boltzmann machine of bars", "横竖条的玻尔兹曼机"),
        Words("Finds out what 14 pictures have in common.", "自己发现 14 幅图像的共同规律。"),
    ),
    Example(
        "pretrained-digits",
        "rules",
        Words("Deep network, pretrained", "预训练的深层网络"),
        Words(
            "Five sigmoid layers that gradients alone cannot train.",
            "仅靠梯度无法训练的五个 sigmoid 层。",
        ),
    ),
    Example(
        "lenet5-1998",
        "images",
        Words("LeNet-5 of 1998", "1998 年的 LeNet-5"),
        Words(
            "As in its paper: trained averages, a table of connections, 60,000 parameters.",
            "与论文一致：可训练的下采样、连接表、60,000 个参数。",
        ),
    ),
    Example(
        "residual-digits",
        "images",
        Words("Residual network on digits", "残差网络识别数字"),
        Words("Blocks with a way around them, trained in two seconds.", "带绕行通路的模块，两秒训练完成。"),
    ),
    Example(
        "depth-digits",
        "images",
        Words("How deep can it be?", "能有多深？"),
        Words("Depth and shortcut are one parameter each: sweep them.", "深度与捷径各是一个参数：做一次扫描看看。"),
    ),
    Example(
        "densenet-digits",
        "images",
        Words("DenseNet on digits", "DenseNet 识别数字"),
        Words("Every layer sees all the layers before it.", "每一层都能看到它之前的所有层。"),
    ),
    Example(
        "mobilenet-digits",
        "images",
        Words("MobileNetV2 on digits", "MobileNetV2 识别数字"),
        Words("Inverted residuals: wide inside, narrow between.", "倒残差：内部宽，之间窄。"),
    ),
    Example(
        "alexnet-towers",
        "images",
        Words("AlexNet, two towers", "双塔 AlexNet"),
        Words(
            "As it ran on two graphics cards in 2012; 60,965,224 parameters.",
            "2012 年在两块显卡上运行；60,965,224 个参数。",
        ),
        trains=False,
    ),
    Example(
        "alexnet",
        "images",
        Words("AlexNet", "AlexNet"),
        Words(
            "In one tower, as libraries have it; 61,100,840 parameters.", "单塔版本，与常见库一致；61,100,840 个参数。"
        ),
        trains=False,
    ),
    Example(
        "vgg11",
        "images",
        Words("VGG-11", "VGG-11"),
        Words(
            "Small kernels only, eleven layers deep; 132,863,336 parameters.",
            "只用小卷积核，深十一层；132,863,336 个参数。",
        ),
        trains=False,
    ),
    Example(
        "vgg16",
        "images",
        Words("VGG-16", "VGG-16"),
        Words(
            "Small kernels only, sixteen layers deep; 138,357,544 parameters.",
            "只用小卷积核，深十六层；138,357,544 个参数。",
        ),
        trains=False,
    ),
    Example(
        "googlenet",
        "images",
        Words("GoogLeNet", "GoogLeNet"),
        Words("Nine Inception blocks, each with four ways side by side.", "九个 Inception 模块，每个有四条并行通路。"),
        trains=False,
    ),
    Example(
        "resnet18",
        "images",
        Words("ResNet-18", "ResNet-18"),
        Words("Eight residual blocks; 11,689,512 parameters.", "八个残差块；11,689,512 个参数。"),
        trains=False,
    ),
    Example(
        "resnet34",
        "images",
        Words("ResNet-34", "ResNet-34"),
        Words("Sixteen residual blocks; 21,797,672 parameters.", "十六个残差块；21,797,672 个参数。"),
        trains=False,
    ),
    Example(
        "resnet50",
        "images",
        Words("ResNet-50", "ResNet-50"),
        Words("Sixteen bottlenecks; 25,557,032 parameters.", "十六个瓶颈块；25,557,032 个参数。"),
        trains=False,
    ),
    Example(
        "cifar-resnet20",
        "images",
        Words("ResNet-20 for CIFAR", "用于 CIFAR 的 ResNet-20"),
        Words(
            "The small residual network of the paper, for 32 × 32 colour images.",
            "论文中的小型残差网络，用于 32 × 32 彩色图像。",
        ),
        trains=False,
    ),
    Example(
        "unet",
        "images",
        Words("U-Net finds shapes", "U-Net 分割图形"),
        Words(
            "Says for every pixel what it belongs to: down, up, and bridges between.",
            "说出每个像素属于什么：下行、上行，中间有桥。",
        ),
    ),
    Example(
        "shape-detector",
        "images",
        Words("Detector of shapes", "图形检测器"),
        Words("Draws boxes around disks, squares and triangles, cell by cell.", "逐格画出圆盘、正方形和三角形的方框。"),
    ),
    Example(
        "lstm-memory",
        "sequences",
        Words("LSTM that remembers a letter", "记住字母的 LSTM"),
        Words("Without a memory it would have to guess.", "没有记忆就只能猜。"),
    ),
    Example(
        "transformer-memory",
        "sequences",
        Words("Transformer classifier", "Transformer 分类器"),
        Words("Finds the letter by attention, with a class token.", "用注意力和分类标记找到字母。"),
    ),
    Example(
        "seq2seq-attention",
        "sequences",
        Words("Sequence to sequence with attention", "带注意力的序列到序列"),
        Words(
            "Says a row of digits backwards; the map of attention is a diagonal.",
            "把一串数字倒着说；注意力图是一条对角线。",
        ),
    ),
    Example(
        "parity",
        "sequences",
        Words("Odd or even", "奇数还是偶数"),
        Words(
            "Answers at every place of a sequence; one bit of memory is enough.",
            "在序列的每个位置都作答；一位记忆就够了。",
        ),
    ),
    Example(
        "character-gpt",
        "sequences",
        Words("Character GPT", "字符级 GPT"),
        Words(
            "Two decoder blocks learn a story and say which character comes next.",
            "两个解码块学习一个故事，预测下一个字符。",
        ),
    ),
    Example(
        "poet",
        "sequences",
        Words("LSTM that writes poems", "写诗的 LSTM"),
        Words(
            "Learns 78 quatrains by heart; new verses it can only guess.",
            "把 78 首唐代绝句背下来；新的诗句只能靠猜。",
        ),
    ),
    Example(
        "autoencoder",
        "codes",
        Words("Autoencoder", "自编码器"),
        Words("A digit has to pass through eight numbers.", "一个数字必须通过八个数。"),
    ),
    Example(
        "vae",
        "codes",
        Words("Variational autoencoder", "变分自编码器"),
        Words("The code of a digit is a small cloud in the plane.", "一个数字的编码是平面上的一小团云。"),
    ),
)
"""The examples in the order in which they are offered, those of a group together."""
