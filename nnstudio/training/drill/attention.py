"""Shares that add up to 1, and what they mix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from nnstudio.core.words import tr
from nnstudio.training.drill.sheet import Number, Sheet
from nnstudio.training.drill.work import Index, Work, Worker

MOST: Final = 60_000
"""Products that are written out for one number at most."""


def softmax_of(sheet: Sheet, scores: Sequence[Number], wanted: Sequence[int]) -> list[Number]:
    """Return e^(s_i − max) / Σ e^(s_j − max) for each i of ``wanted``; the largest score is taken as it stands."""
    top = sheet.constant(-max(score.value for score in scores))
    powers = [sheet.apply("e", "exp", sheet.total("s", [score, top])) for score in scores]
    part = sheet.apply("r", "reciprocal", sheet.total("Z", powers))
    return [sheet.dot("p", [powers[number]], [part]) for number in wanted]


def softmax(work: Work, index: Index) -> Number:
    """A share of one axis."""
    scores, number = _axis(work, index)
    return softmax_of(work.sheet, scores, [number])[0]


def log_softmax(work: Work, index: Index) -> Number:
    """s_i − log Σ e^(s_j)."""
    scores, number = _axis(work, index)
    return log_share(work.sheet, scores, number)


def log_share(sheet: Sheet, scores: Sequence[Number], number: int) -> Number:
    """Return the logarithm of a softmax' share; the largest score is taken out for safety."""
    highest = max(score.value for score in scores)
    powers = [sheet.apply("e", "exp", sheet.total("s", [score, sheet.constant(-highest)])) for score in scores]
    log = sheet.apply("l", "log", sheet.total("Z", powers))
    minus = sheet.constant(-1.0)
    return sheet.dot(r"\log p", [minus], [log], [scores[number], sheet.constant(-highest)])


def scaled_dot_product(work: Work, index: Index) -> Number:
    """softmax(q·k / √d) v for one place of one query (Vaswani and others 2017)."""
    *head, row, column = index
    keys, width = work.shape(1)[-2], work.shape(1)[-1]
    seen = min(row + 1, keys) if work.options.get("is_causal") else keys
    scale = 1.0 / math.sqrt(width)
    queries = [work.get(0, (*head, row, j)) for j in range(width)]
    rows = [[work.get(1, (*head, s, j)) for j in range(width)] for s in range(seen)]
    values = [work.get(2, (*head, s, column)) for s in range(seen)]
    return _mix(work.sheet, queries, rows, [values], scale)[0]


def multihead(work: Work, index: Index) -> Number:
    """Heads side by side, each on its share of the width, then one dense layer over all of them."""
    row, unit = index
    module, sheet = work.module, work.sheet
    width, heads = module.embed_dim, module.num_heads
    size = width // heads
    keys = work.shape(1)[0]
    causal = type(module).__name__ == "CausalAttention" or work.options.get("is_causal")
    seen = min(row + 1, keys) if causal else keys
    if width * (width + 2 * seen * width) > MOST:
        raise ValueError(
            tr(
                "This attention takes {count} products for one number, too many to write out.",
                count=width * (width + 2 * seen * width),
            )
        )
    mixed: list[Number] = work.memo.get(row, [])
    if not mixed:
        queries = _projected(work, "q", 0, row)
        key_rows = [_projected(work, "k", 1, s) for s in range(seen)]
        value_rows = [_projected(work, "v", 2, s) for s in range(seen)]
        for head in range(heads):
            span = slice(head * size, (head + 1) * size)
            columns = [[row_[j] for row_ in value_rows] for j in range(span.start, span.stop)]
            mixed += _mix(sheet, queries[span], [row_[span] for row_ in key_rows], columns, 1.0 / math.sqrt(size))
        work.memo[row] = mixed
    left = [work.weight("out_proj.weight", (unit, j)) for j in range(width)]
    added = [work.weight("out_proj.bias", (unit,), "b")] if work.kept("out_proj.bias") is not None else []
    return sheet.dot("y", left, mixed, added)


def _projected(work: Work, name: str, position: int, row: int) -> list[Number]:
    """Return q, k or v of one place."""
    module, sheet = work.module, work.sheet
    width = module.embed_dim
    first = "qkv".index(name) * width
    apart = work.kept("in_proj_weight") is None
    key, offset = (f"{name}_proj_weight", 0) if apart else ("in_proj_weight", first)
    given = [work.get(position, (row, j)) for j in range(work.shape(position)[-1])]
    biased = work.kept("in_proj_bias") is not None
    rows = work.memo.get((key, offset))  # every place is multiplied by the same
    if rows is None:
        rows = work.memo[key, offset] = [
            [work.weight(key, (offset + unit, j)) for j in range(len(given))] for unit in range(width)
        ]
    return [
        sheet.dot(
            name,
            rows[unit],
            given,
            [work.weight("in_proj_bias", (first + unit,), "b")] if biased else [],
        )
        for unit in range(width)
    ]


def _mix(
    sheet: Sheet,
    query: Sequence[Number],
    keys: Sequence[Sequence[Number]],
    columns: Sequence[Sequence[Number]],
    scale: float,
) -> list[Number]:
    """Return Σ_s a_s v_s for each column of values, with a = softmax(q·k · scale)."""
    factor = sheet.constant(scale)
    scores = [sheet.dot("s", [factor], [sheet.dot(r"q \cdot k", query, key)]) for key in keys]
    shares = softmax_of(sheet, scores, range(len(scores)))
    return [sheet.dot("m", shares, column) for column in columns]


def _axis(work: Work, index: Index) -> tuple[list[Number], int]:
    dim: Any = work.module.dim
    shape = work.shape(0)
    axis = dim - 1 if dim > 0 else len(shape) + dim
    cells = [work.get(0, (*index[:axis], j, *index[axis + 1 :])) for j in range(shape[axis])]
    return cells, index[axis]


ATTENTION: Final[Mapping[str, Worker]] = {
    "Softmax": softmax,
    "LogSoftmax": log_softmax,
    "scaled_dot_product_attention": scaled_dot_product,
    "MultiheadAttention": multihead,
    "CausalAttention": multihead,
}
