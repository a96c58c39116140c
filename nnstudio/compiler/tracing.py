"""Plan and module to an exported program of torch, with a free batch: what ONNX and .pt2 files are made of.

Needs torch; it is imported when something is traced.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from nnstudio.compiler.plan import Plan, Value
from nnstudio.compiler.settling import one_loop
from nnstudio.core.words import tr
from nnstudio.layers.code import Call
from nnstudio.layers.spec import Signal

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.export import ExportedProgram

Report = Callable[[str], None]
"""Hears what is being done just now, in words."""

BATCH = 3
"""Samples while tracing: not 1, which torch would take for a fixed length, and seldom the length of another axis."""

LENGTHS = (16, 67, 7, 4, 2)
"""What stands in for a free length, one after the other until the network takes it."""

FAULTS = (RuntimeError, ValueError, TypeError, AssertionError)
"""What torch's exporters raise when they cannot go on."""

_TABLES = ("nn.Embedding", "nn.EmbeddingBag")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_NOISY = ("torch.onnx", "torch.export", "torch.fx", "onnxscript", "onnx_ir")


class ExportError(ValueError):
    """What was drawn cannot be said in the format that was asked for; the message is one sentence."""


def trace(plan: Plan, module: nn.Module) -> ExportedProgram:
    """Trace ``module`` in evaluation mode; batch and free lengths stay free.

    Args:
        plan: what the module was built from.
        module: it is left in evaluation mode.

    Raises:
        ExportError: the network works for one batch size or one length only.
    """
    import torch

    module.eval()
    inputs = _working_inputs(plan, module)

    def export(axes: tuple[Iterable[int], ...]) -> ExportedProgram:
        free = torch.export.Dim.DYNAMIC
        with quiet(), free_steps(plan), one_loop(module):
            return torch.export.export(module, inputs, dynamic_shapes=tuple(dict.fromkeys(of, free) for of in axes))

    names = axis_names(plan)
    try:
        program = export(names)
    except FAULTS as error:
        lengths = free_lengths(plan)
        if lengths and _succeeds(export, tuple((0,) for _ in names)):
            text = tr("{names} cannot stay free in this network: give the Input a number.", names=", ".join(lengths))
            raise ExportError(text) from error
        raise ExportError(tr("This network cannot be traced: {detail}", detail=first_line(error))) from error
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # paths of this computer are nobody's business
    return program


def axis_names(plan: Plan) -> tuple[dict[int, str], ...]:
    """Return the names of the free axes of each input: the batch, and free lengths by the drawing's names."""
    return tuple(
        {axis: length for axis, length in enumerate(("batch", *signal.shape)) if isinstance(length, str)}
        for _, signal in plan.inputs
    )


def free_lengths(plan: Plan) -> tuple[str, ...]:
    """Return the names of lengths that a drawing leaves free, in the order in which they come."""
    axes = (axis for _, signal in plan.inputs for axis in signal.shape if isinstance(axis, str))
    return tuple(dict.fromkeys(axes))


def example_inputs(plan: Plan, batch: int = BATCH, length: int = LENGTHS[0], seed: int = 0) -> tuple[Tensor, ...]:
    """Return random samples ``(batch, …)`` for each input of a plan.

    Args:
        plan: says what the inputs are.
        batch: how many samples.
        length: what a free length is; a second free length is one longer, and so on.
        seed: the same seed gives the same samples.
    """
    import torch

    chance = torch.Generator().manual_seed(seed)
    names = free_lengths(plan)
    sizes = vocabularies(plan)

    def sample(name: str, signal: Signal) -> Tensor:
        shape = (batch, *(length + names.index(axis) if isinstance(axis, str) else axis for axis in signal.shape))
        if signal.element == "index":
            return torch.randint(sizes[name], shape, generator=chance)
        return torch.randn(shape, generator=chance)

    return tuple(sample(name, signal) for name, signal in plan.inputs)


def vocabularies(plan: Plan) -> dict[str, int]:
    """Return how many different table positions each index input may hold: the rows of the smallest table it reaches.

    An input that reaches no table is taken to hold 0 and 1.
    """
    rows: dict[str, int] = {}
    _follow(plan, {Value(name): {name} for name, signal in plan.inputs if signal.element == "index"}, rows)
    return {name: rows.get(name, 2) for name, signal in plan.inputs if signal.element == "index"}


def first_line(error: BaseException) -> str:
    """Return the first line of the cause of an error, as torch wraps what went wrong into advice for programmers."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = (line.strip() for line in _COLOURS.sub("", str(error)).splitlines())
    return next((line for line in lines if line), type(error).__name__)[:300]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep torch's exporters from telling a person of their own affairs; what went wrong they also raise."""
    loggers = [logging.getLogger(name) for name in _NOISY]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


@contextmanager
def free_steps(plan: Plan) -> Iterator[None]:
    """Let LSTM and GRU be traced for any number of steps where a length is free; torch counts those of the example.

    torch's own ONNX exporter does the same while it traces.
    """
    if not free_lengths(plan):
        yield
        return
    import torch
    from torch.export import _patches

    recurrent = (torch.ops.aten.lstm.input, torch.ops.aten.gru.input)
    with _patches.register_lstm_while_loop_decomposition(), _patches.register_gru_while_loop_decomposition():
        for operator in recurrent:  # torch remembers how it took them apart for the network before
            operator._dispatch_cache.clear()
        try:
            yield
        finally:
            for operator in recurrent:
                operator._dispatch_cache.clear()


def _succeeds(export: Callable[[tuple[Iterable[int], ...]], ExportedProgram], axes: tuple[Iterable[int], ...]) -> bool:
    try:
        export(axes)
    except FAULTS:
        return False
    return True


def _working_inputs(plan: Plan, module: nn.Module) -> tuple[Tensor, ...]:
    """Return inputs that the network takes; a free length may have a smallest and a largest value."""
    import torch

    fault: Exception | None = None
    for length in LENGTHS if free_lengths(plan) else LENGTHS[:1]:
        try:
            inputs = example_inputs(plan, length=length)
            with torch.no_grad():
                module(*inputs)
        except (RuntimeError, ValueError, IndexError) as error:
            fault = fault or error
        else:
            return inputs
    assert fault is not None
    raise ExportError(tr("This network cannot be run: {detail}", detail=first_line(fault))) from fault


def _follow(plan: Plan, origins: dict[Value, set[str]], rows: dict[str, int]) -> tuple[set[str], ...]:
    """Follow index inputs to the tables they are looked up in; return which of them reach each output."""
    made: Mapping[str, Call | None] = {step.name: step.module for step in plan.steps}
    for step in plan.steps:
        arriving = [origins.get(value, set()) for value in step.inputs]
        if not any(arriving):
            continue
        reached: tuple[set[str], ...] = ()
        if step.copies:
            for copy in step.copies:
                heads = {Value(name): found for (name, _), found in zip(copy.inputs, arriving, strict=True)}
                arriving = list(_follow(copy, heads, rows))
            reached = tuple(arriving)
        else:
            table = made.get(step.owner)
            if table is not None and table.target in _TABLES and isinstance(table.args[0], int):
                for name in set().union(*arriving):
                    rows[name] = min(rows.get(name, table.args[0]), table.args[0])
            reached = tuple(set().union(*arriving) for _ in step.outputs)
        for index, (signal, found) in enumerate(zip(step.outputs, reached, strict=True)):
            if signal.element == "index":
                origins[Value(step.name, index)] = found
    return tuple(origins.get(value, set()) for _, value in plan.outputs)
