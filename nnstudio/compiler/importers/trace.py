"""Tracing: a torch module as an fx graph that leaves known modules whole, and what happens when it runs."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import fx, nn

from nnstudio.compiler.importers.leaves import is_own
from nnstudio.compiler.importers.report import BadImportError
from nnstudio.compiler.importers.values import Recorder, Sample, Trial
from nnstudio.compiler.tracing import quiet
from nnstudio.core.words import tr

BATCHES = (2, 3)
FREE = (12, 9)
"""Two runs that differ in batch size and free lengths show which axis is which."""

_IMAGES = ((224, 224), (32, 32), (28, 28), (64, 64), (96, 96), (128, 128), (256, 256), (299, 299))


class _Tracer(fx.Tracer):
    """Keeps modules of torch.nn and our own whole."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Say whether a module stays whole."""
        return is_own(m) or super().is_leaf_module(m, module_qualified_name)


def trace(module: nn.Module, samples: Sequence[Sample]) -> tuple[fx.GraphModule, str]:
    """Trace a module, symbolically or, where its Python cannot be followed so, by export.

    Returns:
        The traced network and how it was traced, ``fx`` or ``export``.

    Raises:
        BadImportError: neither way works.
    """
    given = {
        name: argument.default
        for number, (name, argument) in enumerate(_arguments(module))
        if number >= len(samples) and argument.default is not argument.empty
    }
    try:
        tracer = _Tracer()
        return fx.GraphModule(module, tracer.trace(module, concrete_args=given or None)), "fx"
    except Exception as error:  # anything may come out of Python that does not expect a proxy
        return _export(module, samples, error), "export"


def _export(module: nn.Module, samples: Sequence[Sample], first: Exception) -> fx.GraphModule:
    free = torch.export.Dim.AUTO
    shapes = tuple(
        {axis: free for axis, length in enumerate(("batch", *sample.shape)) if isinstance(length, str)}
        for sample in samples
    )
    examples = tuple(sample.example(BATCHES[0], FREE[0]) for sample in samples)
    try:
        with quiet():
            traced = torch.export.export(module, examples, dynamic_shapes=shapes).module()
    except Exception as error:  # whatever the network does that export does not follow
        raise BadImportError(
            tr(
                "This network cannot be traced: what it computes depends on its data ({detail}).",
                detail=first_line(error) or first_line(first),
            )
        ) from error
    if not isinstance(traced, fx.GraphModule):
        raise BadImportError(tr("This network cannot be traced: {detail}.", detail=type(traced).__name__))
    return traced


def first_line(error: Exception) -> str:
    """Return the first line of what an error says."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:200].rstrip(
        "."
    )


def run(module: fx.GraphModule, samples: Sequence[Sample], *, careful: bool = False) -> tuple[Trial, Trial]:
    """Run a traced network twice, with unequal batch sizes and free lengths.

    Args:
        module: the network.
        samples: what goes in.
        careful: compute nothing that depends on the inputs, only its size.
    """
    trials = []
    for batch, free in zip(BATCHES, FREE, strict=True):
        recorder = Recorder(module, careful=careful)
        with torch.no_grad():
            recorder.run(*(sample.example(batch, free) for sample in samples))
        trials.append(Trial(batch, free, recorder.values))
    return trials[0], trials[1]


def choose_samples(module: nn.Module, shapes: Sequence[tuple[int | str, ...]]) -> tuple[Sample, ...]:
    """Say what goes into a module: as asked for, or found by trying what its first layers take.

    Args:
        module: the network.
        shapes: of one sample of each input; empty where nothing was said.

    Raises:
        BadImportError: nothing that was tried can be put in.
    """
    limit = min((m.num_embeddings for m in module.modules() if isinstance(m, nn.Embedding)), default=2)
    needed = [name for name, argument in _arguments(module) if argument.default is argument.empty]
    if shapes:
        if len(shapes) < len(needed):
            text = tr(
                "It takes {count} inputs ({names}); say the shape of each.", count=len(needed), names=", ".join(needed)
            )
            raise BadImportError(text)
        candidates = [shapes]
    else:
        candidates = [(shape,) * max(len(needed), 1) for shape in _guesses(module)]
    fault: Exception | None = None
    for candidate in candidates:
        for index in (False, True) if limit <= 2 else (True, False):
            samples = tuple(Sample(tuple(shape), index, limit) for shape in candidate)
            fault = _fault(module, samples) if fault is None else _fault(module, samples) and fault
            if fault is None:
                return _settle(module, samples)
    detail = first_line(fault) if fault is not None else ""
    if shapes:
        raise BadImportError(tr("The network cannot take inputs of that shape: {detail}.", detail=detail))
    raise BadImportError(tr("What shape has one sample? It could not be found out; say it, such as 3,224,224."))


def _settle(module: nn.Module, samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Fix free lengths where the network works with one length only."""
    if any(isinstance(length, str) for sample in samples for length in sample.shape):
        with torch.no_grad():
            try:
                module(*(sample.example(BATCHES[1], FREE[1]) for sample in samples))
            except Exception:  # the network's own; it says that this length does not fit
                return tuple(
                    Sample(
                        tuple(FREE[0] if isinstance(n, str) else n for n in sample.shape), sample.index, sample.limit
                    )
                    for sample in samples
                )
    return samples


def _fault(module: nn.Module, samples: tuple[Sample, ...]) -> Exception | None:
    try:
        with torch.no_grad():
            module(*(sample.example(BATCHES[0], FREE[0]) for sample in samples))
    except Exception as error:  # the network's own, whatever it is
        return error
    return None


def _guesses(module: nn.Module) -> list[tuple[int | str, ...]]:
    """Shapes that the first layer with weights would take."""
    for layer in module.modules():
        match layer:
            case nn.Conv2d() | nn.ConvTranspose2d():
                return [(layer.in_channels, *size) for size in _IMAGES]
            case nn.Conv1d():
                return [(layer.in_channels, length) for length in (128, 1024, 16_000)]
            case nn.Conv3d():
                return [(layer.in_channels, 16, side, side) for side in (32, 112)]
            case nn.Embedding():
                return [("T",)]
            case nn.LSTM() | nn.GRU() | nn.RNN():
                return [("T", layer.input_size)]
            case nn.MultiheadAttention():
                return [("T", layer.embed_dim)]
            case nn.Linear():
                return [(layer.in_features,), ("T", layer.in_features), *_pictures(layer.in_features)]
            case _:
                continue
    return []


def _pictures(count: int) -> list[tuple[int | str, ...]]:
    """Images that have so many numbers, such as 1 × 28 × 28 for 784."""
    sides = [(channels, round((count / channels) ** 0.5)) for channels in (1, 3)]
    return [(channels, side, side) for channels, side in sides if channels * side * side == count]


def _arguments(module: nn.Module) -> list[tuple[str, inspect.Parameter]]:
    found: Mapping[str, inspect.Parameter] = inspect.signature(module.forward).parameters
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [(name, argument) for name, argument in found.items() if argument.kind in plain]


def tensors(value: Any) -> list[torch.Tensor]:
    """Return every tensor in what a network gives, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        return [tensor for item in value.values() for tensor in tensors(item)]
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in tensors(item)]
    return []
