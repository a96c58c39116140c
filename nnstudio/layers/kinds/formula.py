"""Formula: what a person writes down, computed number by number, with numbers of its own that are trained."""

from __future__ import annotations

from functools import cache

from nnstudio.core.names import name_fault
from nnstudio.core.words import Words, tr
from nnstudio.layers.arithmetic import Minus, Name, Number, Operation, Term, Use, evaluate, names_in, parse
from nnstudio.layers.code import EXPRESSIONS, Call, Expression, Infix, Input, Negative, Part, Weight, call
from nnstudio.layers.parameters import Text
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Settings, Signal

_ONE = {
    name: f"torch.{name}"
    for name in ("sigmoid", "tanh", "exp", "log", "sqrt", "abs", "relu", "sin", "cos", "erf", "sign", "floor")
} | {"softplus": "nn.functional.softplus"}
"""Functions of one number, and what computes them."""
_TWO = {"max": ("torch.maximum", "min"), "min": ("torch.minimum", "max")}
"""Functions of two numbers: what computes them of two tensors, and torch.clamp's argument beside a plain number."""
_SIGNS = ("+", "-", "*", "/", "**")


@cache
def read(text: str) -> Term:
    """Read ``x * sigmoid(beta * x)``, or the same with ``y =`` before it.

    Raises:
        ValueError: it cannot be read, or uses what a formula of a layer does not know.
    """
    head, equals, tail = text.partition("=")
    if equals and head.strip() != "y":
        raise ValueError(tr("expected y = …, got {text}", text=repr(head.strip())))
    term = parse(tail if equals else head)
    _check(term)
    if "x" not in names_in(term):
        raise ValueError(tr("A formula says what becomes of x, which is missing here."))
    for name in names_in(term):
        fault = name_fault(name) if name != "x" else None
        if fault is not None:
            raise ValueError(fault)
    return term


def _check(term: Term) -> None:
    match term:
        case Minus(of):
            _check(of)
        case Operation(sign, left, right):
            if sign not in _SIGNS:
                raise ValueError(tr("{sign!r} has no meaning in a formula.", sign=sign))
            _check(left)
            _check(right)
        case Use(function, args):
            wanted = 1 if function in _ONE else 2 if function in _TWO else 0
            if not wanted:
                known = ", ".join((*_ONE, *_TWO))
                raise ValueError(tr("{name!r} is no function; there is {known}.", name=function, known=known))
            if len(args) != wanted:
                raise ValueError(tr("{name} takes {count} numbers.", name=function, count=wanted))
            for arg in args:
                _check(arg)
        case Name() | Number():
            pass


@cache
def read_values(text: str) -> tuple[tuple[str, float], ...]:
    """Read ``beta = 1, gamma = 0.5``.

    Raises:
        ValueError: it cannot be read.
    """
    found: dict[str, float] = {}
    for part in text.split(",") if text.strip() else ():
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or not name.isidentifier():
            raise ValueError(tr("expected beta = 1, gamma = 0.5 and the like, got {text}", text=repr(part.strip())))
        found[name] = float(evaluate(parse(number), {}))
    return tuple(found.items())


def trained(p: Settings) -> dict[str, float]:
    """Return the trained numbers of a formula with what they start from, in the order of their first use.

    Raises:
        LayerError: a starting value is given for a name that the formula does not use.
    """
    values = dict(read_values(p.values))
    names = [name for name in names_in(read(p.formula)) if name != "x"]
    for name in values:
        if name not in names:
            raise LayerError(tr("The formula has no number called {name!r}.", name=name))
    return {name: values.get(name, 1.0) for name in names}


def shape(p: Settings, x: Signal) -> Signal:
    """The same shape: the formula is worked out for every number by itself."""
    trained(p)
    expression(p)
    return x


def cost(p: Settings, _x: Signal) -> Cost:
    """One parameter for every name but x."""
    count = len(trained(p))
    return Cost(parameters=count, arithmetic=str(count) if count else "")


def line(p: Settings) -> str:
    """The formula itself."""
    formula: str = p.formula
    return formula


def module(p: Settings, _x: Signal) -> Call:
    """The trained numbers, or a module without any."""
    values = trained(p)
    return call("own.Scalars", **values) if values else call("nn.Identity")


def expression(p: Settings) -> Expression:
    """Turn the formula into a tree of torch's functions.

    Raises:
        LayerError: some part of it is no number, such as 1 / 0.
    """
    try:
        made = _made(read(p.formula))
    except ValueError as error:
        raise LayerError(str(error)) from error
    assert isinstance(made, EXPRESSIONS)  # x is in it
    return made


def forward(p: Settings, _x: Signal) -> Expression:
    """The formula, with trained numbers as tensors."""
    return expression(p)


def _made(term: Term) -> Part:
    if not names_in(term):
        return evaluate(term, {}) if _is_plain(term) else _folded(term)
    match term:
        case Name(name):
            return Input(0) if name == "x" else Weight(name)
        case Minus(of):
            return Negative(_tensor(_made(of)))
        case Operation(sign, left, right):
            return Infix(sign, _made(left), _made(right))
        case Use(function, args) if function in _ONE:
            return call(_ONE[function], _made(args[0]))
        case Use(function, args):
            return _larger_or_smaller(function, _made(args[0]), _made(args[1]))
        case _:
            raise TypeError(f"{term!r} has no name in it")


def _larger_or_smaller(function: str, left: Part, right: Part) -> Expression:
    both, bound = _TWO[function]
    if isinstance(left, EXPRESSIONS) and isinstance(right, EXPRESSIONS):
        return call(both, left, right)
    tensor, number = (left, right) if isinstance(left, EXPRESSIONS) else (right, left)
    return call("torch.clamp", tensor, **{bound: number})


def _tensor(part: Part) -> Expression:
    assert isinstance(part, EXPRESSIONS)
    return part


def _is_plain(term: Term) -> bool:
    """Say whether a part without names has no functions that only torch works out."""
    match term:
        case Use(function, args):
            return function in _TWO and all(map(_is_plain, args))
        case Minus(of):
            return _is_plain(of)
        case Operation(_, left, right):
            return _is_plain(left) and _is_plain(right)
        case _:
            return True


def _folded(term: Term) -> Part:
    """Refuse such as exp(2): a number can be written as a number."""
    raise ValueError(tr("A function needs x or a trained number in it; write a plain number as such."))


SPEC = LayerSpec(
    kind="Formula",
    title=Words("Formula", "公式"),
    family="act",
    place=90,
    stem="formula_",
    summary=Words("Computes what you write down.", "按你写下的公式计算。"),
    help=Words(
        "Write what becomes of each number x, such as x * sigmoid(beta * x) or max(x, 0) + a * min(x, 0). There are "
        "+ - * / **, brackets, and the functions sigmoid, tanh, exp, log, sqrt, abs, relu, softplus, sin, cos, erf, "
        "sign, floor, max and min. Every other name is a number that is trained together with the network.",
        "写出每个数 x 变成什么，例如 x * sigmoid(beta * x) 或 max(x, 0) + a * min(x, 0)。可用 + - * / **、括号，"
        "以及函数 sigmoid、tanh、exp、log、sqrt、abs、relu、softplus、sin、cos、erf、sign、floor、max、min。"
        "其余每个名字都是随网络一起训练的数。",
    ),
    formula=r"y = f(x; \beta, \ldots)",
    source="Ramachandran, Zoph, Le: Searching for Activation Functions, 2017 (the formula it starts with)",
    params=(
        Text(
            name="formula",
            default="x * sigmoid(beta * x)",
            read=read,
            label=Words("Formula", "公式"),
            help=Words("What becomes of each number x.", "每个数 x 变成什么。"),
        ),
        Text(
            name="values",
            default="",
            read=read_values,
            label=Words("Starting values", "初始值"),
            help=Words(
                "What trained numbers start from, such as beta = 1, a = 0.25; 1 where nothing is said.",
                "可训练的数从何值开始，例如 beta = 1, a = 0.25；未写的从 1 开始。",
            ),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    forward=forward,
)
