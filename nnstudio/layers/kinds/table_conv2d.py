"""TableConv2d: a convolution with a table of which input maps feed which output maps."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.images import channels_of, image_of
from nnstudio.layers.lengths import slide
from nnstudio.layers.parameters import Preset, Size, Table
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Settings, Signal, count_elements
from nnstudio.layers.windows import Pair, check_fit, short, size_text, step_text

TITLE = Words("Table convolution", "连接表卷积")

LENET5 = (
    *("XXX...", ".XXX..", "..XXX.", "...XXX", "X...XX", "XX...X"),  # three neighbours in a ring
    *("XXXX..", ".XXXX.", "..XXXX", "X..XXX", "XX..XX", "XXX..X"),  # four neighbours
    *("XX.XX.", ".XX.XX", "X.XX.X"),  # four in two pairs
    "XXXXXX",
)
"""Layer C3 of LeNet-5: table I of LeCun and others, 1998, with a row where the paper has a column."""
_MOST = 256


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (rows of the table, ⌊(H + 2·padding − kernel) / stride⌋ + 1, likewise W)."""
    channels = channels_of(TITLE, x.shape)
    columns = len(p.table[0])
    if columns != channels:
        fixes = []
        if channels <= _MOST:
            fixes.append(ParamFix(tr("Connect all maps with all"), {"table": ("X" * channels,) * len(p.table)}))
        raise LayerError(
            tr(
                "The table needs one column per input map: it has {columns} for {channels}.",
                columns=columns,
                channels=channels,
            ),
            *fixes,
        )
    _, height, width = image_of(TITLE, x.shape)
    added = (2 * p.padding[0], 2 * p.padding[1])
    check_fit((height, width), p.kernel_size, added)
    rows = slide(height, p.kernel_size[0], p.stride[0], added[0])
    return Signal((len(p.table), rows, slide(width, p.kernel_size[1], p.stride[1], added[1])))


def cost(p: Settings, x: Signal) -> Cost:
    """One kernel for each X of the table, and one bias per row; each weight works at every place.

    torch also multiplies the zeros that stand where nothing is linked; they are not counted.
    """
    links, biases = sum(row.count("X") for row in p.table), len(p.table)
    height, width = p.kernel_size
    places = count_elements(shape(p, x).shape[1:])
    return Cost(
        parameters=links * height * width + biases,
        buffers=biases * len(p.table[0]),
        macs=None if places is None else places * links * height * width,
        arithmetic=f"{links}·({height}·{width}) + {biases}",
        connections=None if places is None else places * (links * height * width + biases),
    )


def line(p: Settings) -> str:
    """Maps, kernel and links, and the stride where there is one."""
    links = sum(row.count("X") for row in p.table)
    text = tr("{maps} @ {kernel}, {links} links", maps=len(p.table), kernel=size_text(p.kernel_size), links=links)
    return text if p.stride == (1, 1) else tr("{text}, stride {stride}", text=text, stride=step_text(p.stride))


def module(p: Settings, _x: Signal) -> Call:
    """Construct our own class, saying only what differs from its defaults."""
    said: dict[str, Literal] = {"kernel_size": short(p.kernel_size)}
    if p.stride != (1, 1):
        said["stride"] = short(p.stride)
    if p.padding != (0, 0):
        said["padding"] = short(p.padding)
    return call("own.TableConv2d", p.table, **said)


def window(p: Settings) -> tuple[Pair, Pair]:
    """The kernel and its stride."""
    return p.kernel_size, p.stride


SPEC = LayerSpec(
    kind="TableConv2d",
    title=TITLE,
    family="classic",
    place=4,
    stem="table_conv_",
    summary=Words("A convolution that sees some of the maps only.", "每个输出只看部分输入图的卷积。"),
    help=Words(
        "A convolution whose output maps look at different choices of input maps: a tick in the table means that the "
        "map of the column feeds the map of the row, with a kernel of its own. LeNet-5 had 60 links of 96 in "
        "its layer C3: that saves work, and it keeps the maps from learning the same thing, because each gets "
        "something else to see. Today layers are connected in full, or in groups.",
        "各输出图可以看不同的输入图：表中打勾表示该列的输入图连到该行的输出图，并有自己的卷积核。"
        "LeNet-5 的 C3 层只用了 96 个连接中的 60 个：既节省计算，又使各输出图看到的东西不同，从而学到不同的特征。"
        "如今通常全部连接，或分组连接。",
    ),
    formula=r"Z^{p} = \sum_{d \in T(p)} W^{p,d} \otimes X^{d} + b^{p}",
    source="LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, table I",
    params=(
        Table(
            name="table",
            default=LENET5,
            row=Words("Output map", "输出图"),
            column=Words("Input map", "输入图"),
            presets=(Preset("lenet5", Words("LeNet-5, layer C3", "LeNet-5 的 C3 层"), LENET5),),
            most_rows=_MOST,
            most_columns=_MOST,
            label=Words("Table", "连接表"),
            help=Words(
                "A row for each output map and a column for each input map; a tick links the two.",
                "每行是一张输出图，每列是一张输入图；打勾表示两者相连。",
            ),
        ),
        Size(
            name="kernel_size",
            default=5,
            high=1_000,
            label=Words("Kernel size", "卷积核大小"),
            help=Words("Height and width of the window, in pixels.", "窗口的高和宽，以像素计。"),
        ),
        Size(
            name="stride",
            default=1,
            high=1_000,
            label=Words("Stride", "步幅"),
            help=Words("How far the window moves each time; 2 halves the image.", "窗口每次移动的距离；2 使图像减半。"),
        ),
        Size(
            name="padding",
            default=0,
            low=0,
            high=1_000,
            label=Words("Padding", "填充"),
            help=Words("Zeros added at every edge, in pixels.", "在每条边外补零的像素数。"),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    window=window,
    weights=True,
)
