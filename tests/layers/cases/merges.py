"""What layers are tried with that join signals, and dense ones beside Linear."""

from __future__ import annotations

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.spec import Signal
from tests.layers.strategies import ANY_SHAPE, LENGTH, NOT_EMPTY, SMALL, Case, Draw, Line, Working, Wrong


@st.composite
def alike(draw: Draw, most: int = 2) -> Case:
    """Signals of one shape."""
    return {}, (Signal(draw(ANY_SHAPE)),) * draw(st.integers(2, most))


@st.composite
def multiply_(draw: Draw) -> Case:
    """Signals of one shape, or with lengths of 1 in places."""
    params, signals = draw(alike(4))
    if not draw(st.booleans()):
        return params, signals
    shape = signals[0].shape
    short = [tuple(1 if draw(st.booleans()) else length for length in shape) for _ in signals]
    return {"stretch": True}, tuple(map(Signal, short))


@st.composite
def matmul(draw: Draw) -> Case:
    """Two matrices that fit, behind up to two axes that are alike."""
    before = draw(st.lists(LENGTH, max_size=2))
    rows, inner, columns = draw(LENGTH), draw(LENGTH), draw(LENGTH)
    transpose = draw(st.booleans())
    second = (columns, inner) if transpose else (inner, columns)
    return {"transpose": transpose}, (Signal((*before, rows, inner)), Signal((*before, *second)))


@st.composite
def dot_product(draw: Draw) -> Case:
    """Two signals of one shape with at least one axis."""
    return {}, (Signal(draw(NOT_EMPTY)),) * 2


@st.composite
def mean(draw: Draw) -> Case:
    """Some axes, counted from the start or from the end."""
    shape = draw(NOT_EMPTY)
    at = draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    back = len(shape) if draw(st.booleans()) else 0
    return {"axes": tuple(axis - back for axis in at), "keepdim": draw(st.booleans())}, (Signal(shape),)


@st.composite
def bilinear(draw: Draw) -> Case:
    """Two signals that differ on their last axis at most."""
    before = draw(st.lists(LENGTH, max_size=2))
    params: dict[str, Value] = {"out_features": draw(SMALL), "bias": draw(st.booleans())}
    return params, (Signal((*before, draw(SMALL))), Signal((*before, draw(SMALL))))


@st.composite
def embedding_bag(draw: Draw) -> Case:
    """A row of positions."""
    params: dict[str, Value] = {
        "num_embeddings": draw(st.integers(1, 50)),
        "embedding_dim": draw(SMALL),
        "mode": draw(st.sampled_from(["sum", "mean", "max"])),
    }
    return params, (Signal((draw(LENGTH),), "index"),)


WORKING: Working = {
    "Bilinear": bilinear(),
    "DotProduct": dot_product(),
    "EmbeddingBag": embedding_bag(),
    "MatMul": matmul(),
    "Maximum": alike(4),
    "Mean": mean(),
    "Multiply": multiply_(),
    "Subtract": alike(),
}

_IMAGE = Signal((3, 8, 8))
_ROW = Signal((120,))
_STEPS = Signal(("T", 4))

WRONG: list[Wrong] = [
    (
        "Subtract",
        {},
        (_IMAGE, Signal((1, 8, 8))),
        "Subtract needs inputs of one shape; it gets 3 × 8 × 8 and 1 × 8 × 8.",
        [],
    ),
    (
        "Multiply",
        {},
        (_IMAGE, _IMAGE, Signal((3, 1, 1))),
        "Multiply needs inputs of one shape; it gets 3 × 8 × 8 and 3 × 1 × 1.",
        [{"stretch": True}],
    ),
    (
        "Multiply",
        {},
        (_IMAGE, Signal((2, 1, 1))),
        "Multiply needs inputs of one shape; it gets 3 × 8 × 8 and 2 × 1 × 1.",
        [],
    ),
    (
        "Multiply",
        {"stretch": True},
        (_IMAGE, Signal((2, 1, 1))),
        "Only lengths of 1 are stretched; 3 × 8 × 8 and 2 × 1 × 1 differ otherwise.",
        [],
    ),
    (
        "Multiply",
        {"stretch": True},
        (_IMAGE, Signal((3,))),
        "To be stretched, inputs need equally many axes; they are 3 × 8 × 8 and 3: put an Unsqueeze before one of "
        "them.",
        [],
    ),
    ("Maximum", {}, (_STEPS, Signal(("H", 4))), "Maximum needs inputs of one shape; it gets T × 4 and H × 4.", []),
    (
        "MatMul",
        {},
        (_STEPS, _ROW),
        "Matrix product needs two matrices, rows × columns, with equally many axes; it gets T × 4 and 120.",
        [],
    ),
    (
        "MatMul",
        {},
        (_ROW, _ROW),
        "Matrix product needs two matrices, rows × columns, with equally many axes; it gets 120 and 120.",
        [],
    ),
    (
        "MatMul",
        {},
        (_IMAGE, Signal((2, 8, 8))),
        "Before rows and columns, the axes must be alike; they are 3 × 8 × 8 and 2 × 8 × 8.",
        [],
    ),
    (
        "MatMul",
        {},
        (_STEPS, _STEPS),
        "The rows of the first are 4 long and the columns of the second T; they must be equal.",
        [{"transpose": True}],
    ),
    (
        "MatMul",
        {"transpose": True},
        (Signal((2, 3)), Signal((3, 5))),
        "The rows of the first are 3 long and the columns of the second 5; they must be equal.",
        [{"transpose": False}],
    ),
    (
        "MatMul",
        {},
        (Signal((2, 3)), Signal((4, 5))),
        "The rows of the first are 3 long and the columns of the second 4; they must be equal.",
        [],
    ),
    ("DotProduct", {}, (Signal(()), Signal(())), "Dot product needs two vectors; it gets one number.", []),
    ("DotProduct", {}, (_ROW, Signal((4,))), "Dot product needs inputs of one shape; it gets 120 and 4.", []),
    ("Mean", {}, (Signal(()),), "There is no axis 0: a single number has none.", []),
    ("Mean", {"axes": (0, 2)}, (_STEPS,), "There is no axis 2: T × 4 has axes 0 to 1.", []),
    (
        "Bilinear",
        {},
        (_STEPS, _ROW),
        "Bilinear needs two inputs that are alike but for their last axis; it gets T × 4 and 120.",
        [],
    ),
    (
        "Bilinear",
        {},
        (Signal(()), Signal(())),
        "Bilinear needs two inputs that are alike but for their last axis; it gets one number and one number.",
        [],
    ),
    (
        "Bilinear",
        {},
        (_ROW, Signal(("T",))),
        "Bilinear needs a fixed number of features; the last length here is free (T).",
        [],
    ),
    (
        "EmbeddingBag",
        {},
        (Signal((4, 5), "index"),),
        "Embedding bag needs one row of table positions; it gets 4 × 5.",
        [],
    ),
]

LINES: list[Line] = [
    ("Subtract", {}, (_ROW, _ROW), "input minus other"),
    ("Multiply", {}, (_ROW, _ROW), "product of its inputs"),
    ("Multiply", {"stretch": True}, (_ROW, _ROW), "product, stretched"),
    ("MatMul", {"transpose": True}, (_STEPS, _STEPS), "A · Bᵀ"),
    ("MatMul", {}, (_STEPS, Signal((4, 4))), "A · B"),
    ("DotProduct", {}, (_ROW, _ROW), "along the last axis"),
    ("Mean", {}, (_STEPS,), "over axis 0"),
    ("Mean", {"axes": (-2, -1)}, (_IMAGE,), "over axes -2, -1"),
    ("Maximum", {}, (_ROW, _ROW), "largest of its inputs"),
    ("Bilinear", {"out_features": 1}, (_ROW, _ROW), "1 unit"),
    ("Bilinear", {}, (_ROW, _ROW), "16 units"),
    ("EmbeddingBag", {"mode": "max"}, (Signal(("T",), "index"),), "1,000 × 64, Maximum"),
]
