"""Plan and module to ONNX, the format that other programs run networks from.

Needs the optional packages onnx and onnxscript (``pip install "nnstudio[onnx]"``); `docs/decisions/0007-onnx.md` says
why they are optional. The exporter takes some seconds and holds the interpreter, so the window runs it in a process of
its own (`nnstudio.exports.process`).
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Final

from nnstudio.compiler.plan import Plan
from nnstudio.compiler.tracing import FAULTS, ExportError, Report, axis_names, first_line, free_steps, quiet, trace
from nnstudio.core.words import tr

if TYPE_CHECKING:
    from torch import nn

PRODUCER: Final = "NN Studio"
_PACKAGES: Final = ("onnx", "onnxscript")
_MOST: Final = 2**31 - 1
"""Bytes that one ONNX file can hold, by the rules of its encoding."""
_PRIVATE: Final = ("stack_trace", "fx_node", "graph_signature")
"""What torch notes for those who mend its exporter; it holds paths of the computer that wrote the file."""


def missing_packages() -> tuple[str, ...]:
    """Return which of the packages that writing ONNX needs are not installed."""
    return tuple(name for name in _PACKAGES if importlib.util.find_spec(name) is None)


def check_packages() -> None:
    """Make sure that ONNX can be written here.

    Raises:
        ExportError: packages are missing; says which, and how to get them.
    """
    missing = missing_packages()
    if missing:
        raise ExportError(
            tr(
                'Writing ONNX needs {packages}: install them with pip install "nnstudio[onnx]".',
                packages=", ".join(missing),
            )
        )


def write_onnx(plan: Plan, module: nn.Module, notes: dict[str, str], report: Report = lambda _text: None) -> bytes:
    """Return the bytes of an ONNX file.

    Inputs and outputs bear the drawing's names. The batch is free and called ``batch``; free lengths bear the names
    they have in the drawing. Weights keep the names of the module's ``state_dict`` where the exporter keeps them whole
    (it folds BatchNorm into the convolution before it).

    Args:
        plan: what the module was built from.
        module: holds the weights; it is left in evaluation mode.
        notes: go into the file's metadata.
        report: hears the stages.

    Raises:
        ExportError: packages are missing, the network cannot be expressed, or it is too large for the format.
    """
    check_packages()
    report(tr("tracing the network"))
    program = trace(plan, module)
    report(tr("translating to ONNX"))
    import torch

    try:
        with quiet(), free_steps(plan):
            written = torch.onnx.export(
                program,
                dynamo=True,
                input_names=[name for name, _ in plan.inputs],
                output_names=[name for name, _ in plan.outputs],
                dynamic_shapes=axis_names(plan),
                verbose=False,
            )
            model: Any = written.model_proto if written is not None else None
    except FAULTS as error:
        raise ExportError(tr("This network cannot be said in ONNX: {detail}", detail=first_line(error))) from error
    assert model is not None
    _sign(model, notes)
    if model.ByteSize() > _MOST:
        raise ExportError(tr("An ONNX file holds at most 2 GB, and these weights are more."))
    report(tr("checking the file"))
    import onnx

    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


def _sign(model: Any, notes: dict[str, str]) -> None:
    """Say where the file comes from, and take out what only torch's own people can use."""
    model.producer_name, model.producer_version = PRODUCER, ""
    model.graph.name = notes.get("name") or PRODUCER
    for key, value in notes.items():
        model.metadata_props.add(key=key, value=value)
    graph = model.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        kept = [entry for entry in part.metadata_props if entry.key.rpartition(".")[2] not in _PRIVATE]
        del part.metadata_props[:]
        part.metadata_props.extend(kept)
