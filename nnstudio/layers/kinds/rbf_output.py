"""RBFOutput: how far what was found is from the code of each class, as at the end of LeNet-5."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.parameters import Bool, Choice, Int
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Settings, Signal
from nnstudio.layers.vectors import at_every_place, features_of

TITLE = Words("RBF output", "RBF 输出")
_WIDTH, _HEIGHT, _DIGITS = 7, 12, 10


def shape(p: Settings, x: Signal) -> Signal:
    """(…, in) -> (…, out_features)."""
    features = features_of(TITLE, x.shape)
    if p.codes == "digits":
        by_chance = ParamFix(tr("Take random codes"), {"codes": "random"})
        if features != _WIDTH * _HEIGHT:
            raise LayerError(
                tr(
                    "The pictures of digits are {width}×{height} = {wanted} numbers; {count} arrive.",
                    width=_WIDTH,
                    height=_HEIGHT,
                    wanted=_WIDTH * _HEIGHT,
                    count=features,
                ),
                by_chance,
            )
        if p.out_features > _DIGITS:
            raise LayerError(
                tr(
                    "There are pictures of {most} digits only; this layer has {count} classes.",
                    most=_DIGITS,
                    count=p.out_features,
                ),
                ParamFix(tr("Set the classes to {count}", count=_DIGITS), {"out_features": _DIGITS}),
                by_chance,
            )
    return Signal((*x.shape[:-1], p.out_features))


def cost(p: Settings, x: Signal) -> Cost:
    """in·out numbers of codes, kept or trained; one multiply-add for each and every position."""
    features = int(x.shape[-1])
    numbers = p.out_features * features
    return Cost(
        parameters=numbers if p.trained else 0,
        buffers=0 if p.trained else numbers,
        macs=at_every_place(x.shape, numbers),
        arithmetic=f"{p.out_features}·{features}" if p.trained else "",
    )


def line(p: Settings) -> str:
    """How many classes, and what their codes are."""
    classes = tr("1 class") if p.out_features == 1 else tr("{count} classes", count=p.out_features)
    codes = tr("digit codes") if p.codes == "digits" else tr("random codes")
    return f"{classes}, {codes}"


def module(p: Settings, x: Signal) -> Call:
    """Construct our own class, saying only what differs from its defaults."""
    said: dict[str, Literal] = {}
    if p.codes == "random":
        said["seed"] = p.seed
    if p.trained:
        said["trained"] = True
    return call("own.RBFOutput", x.shape[-1], p.out_features, **said)


SPEC = LayerSpec(
    kind="RBFOutput",
    title=TITLE,
    family="classic",
    place=6,
    stem="rbf_",
    summary=Words("Measures the distance to the code of each class.", "计算到各类别编码的距离。"),
    help=Words(
        "Each class has a code of −1 and 1, and the output is the squared distance of the input to it: the smallest "
        "wins. In LeNet-5 the codes are pictures of the ten digits, 7 wide and 12 high, so that digits that look "
        "alike have codes alike; they are fixed, and training moves the input towards the right picture. For "
        "cross-entropy, where the largest must win, let a Formula layer with −x follow. Trained codes need care: "
        "if nothing pushes wrong classes away, all codes and inputs become the same.",
        "每个类别有一个由 −1 和 1 组成的编码，输出是输入到该编码的距离平方：最小者胜出。"
        "LeNet-5 的编码是十个数字的图形，宽 7、高 12，样子相近的数字编码也相近；"
        "编码固定不变，训练使输入靠近正确的图形。"
        "交叉熵要求最大者胜出，可在其后接公式层 −x。编码参与训练时要小心：若没有推开错误类别的力量，"
        "所有编码和输入都会变得一样。",
    ),
    formula=r"y_{i} = \sum_{j} \left( x_{j} - w_{i,j} \right)^{2}",
    source="LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998",
    params=(
        Int(
            name="out_features",
            default=10,
            high=65_536,
            label=Words("Classes", "类别数"),
            help=Words("How many codes there are.", "编码的个数。"),
        ),
        Choice(
            name="codes",
            default="digits",
            options=("digits", "random"),
            titles=(Words("pictures of digits", "数字图形"), Words("random ±1", "随机 ±1")),
            label=Words("Codes", "编码"),
            help=Words(
                "Pictures of digits are for 84 inputs and up to ten classes; random codes for any.",
                "数字图形用于 84 个输入、至多十个类别；随机编码不限。",
            ),
        ),
        Int(
            name="seed",
            default=0,
            low=0,
            high=2**31 - 1,
            label=Words("Seed", "随机种子"),
            help=Words("Which random codes: the same seed gives the same.", "随机编码的种子：种子相同，编码就相同。"),
        ),
        Bool(
            name="trained",
            default=False,
            label=Words("Trained", "参与训练"),
            help=Words("Let training change the codes too.", "训练时也改变编码。"),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
)
