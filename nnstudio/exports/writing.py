"""Writing what needs no Qt: code, training scripts, ONNX, .pt2, weights. A file is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

import nnstudio
from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.memory import check_memory
from nnstudio.compiler.plan import Plan, make_plan
from nnstudio.compiler.tracing import LENGTHS, Report, free_lengths
from nnstudio.core.fingerprint import fingerprint
from nnstudio.core.graph import Block, Graph, freeze_params
from nnstudio.core.system import reason
from nnstudio.core.words import tr
from nnstudio.project.errors import FileError
from nnstudio.project.store import write_atomically
from nnstudio.training.recipe import Recipe, recipe_of

if TYPE_CHECKING:
    from torch import nn

    from nnstudio.data.dataset import Dataset
    from nnstudio.project.document import Project

SCRIPT: Final = "train.py"
"""What a training script is called where only a folder was named."""


def export(
    project: Project,
    key: str,
    output: Path,
    *,
    trained: Path | None = None,
    report: Report = lambda _text: None,
) -> tuple[Path, ...]:
    """Write a project in one of `FORMATS`, but for those that are pictures.

    Args:
        project: what to write.
        key: ``python``, ``script``, ``onnx``, ``pt2`` or ``weights``.
        output: the file; for ``script`` also a folder, which is made where it is missing.
        trained: weights to take in place of starting weights, for formats that carry weights.
        report: hears what is being done.

    Returns:
        The files that were written.

    Raises:
        CompileError: the drawing has errors.
        FileError: a file could not be written.
        ValueError: the format cannot hold the network, or the weights do not fit it; one sentence.
    """
    analysis = analyse(project.graph, project.blocks_by_name)
    plan = make_plan(project.graph, project.blocks_by_name, analysis)
    if key == "script":
        return _export_script(project, analysis, plan, output)
    check_target(output)
    if key == "python":
        from nnstudio.compiler.source import write_source

        data = write_source(plan, project.name).encode()
    else:
        data = _network_bytes(project, plan, key, trained, report)
    report(tr("writing {path}", path=output))
    write_atomically(output, data)
    return (output,)


def check_target(path: Path) -> None:
    """Make sure, before long work begins, that a file can be written to a place.

    Raises:
        FileError: it is a folder, or its own folder is missing or closed.
    """
    folder = path.parent
    if path.is_dir():
        detail = tr("it is a folder")
    elif not folder.is_dir():
        detail = tr("there is no such file or folder")
    elif not os.access(path if path.exists() else folder, os.W_OK):
        detail = tr("you have no permission")
    else:
        return
    raise FileError(tr("{path} cannot be saved: {detail}.", path=path, detail=detail))


def notes_of(project: Project) -> dict[str, str]:
    """Return what exported networks and weights say of themselves: the drawing's name and fingerprint, the program."""
    return {
        "name": project.name,
        "drawing": fingerprint(project.graph, project.blocks_by_name),
        "program": f"NN Studio {nnstudio.__version__}",
    }


def _network_bytes(project: Project, plan: Plan, key: str, trained: Path | None, report: Report) -> bytes:
    notes = notes_of(project)
    if key == "onnx":
        from nnstudio.compiler.onnx import check_packages

        check_packages()
    report(tr("loading PyTorch"))
    module = _network(plan, recipe_of(project.recipe), trained, report)
    if key == "onnx":
        from nnstudio.compiler.onnx import write_onnx

        return write_onnx(plan, module, notes, report)
    if key == "pt2":
        from nnstudio.compiler.pt2 import write_pt2

        return write_pt2(plan, module, notes, report)
    assert key == "weights", key
    from nnstudio.compiler.weights import write_weights

    return write_weights(module.state_dict(), notes)


def _network(plan: Plan, recipe: Recipe, trained: Path | None, report: Report) -> nn.Module:
    """Build the network with trained weights, or with those that a run of the recipe starts from."""
    check_memory(plan)  # known before torch is loaded
    from nnstudio.compiler.link import link
    from nnstudio.compiler.weights import load_weights

    report(tr("building the network"))
    module = link(plan, seed=recipe.seed)
    if trained is not None:
        load_weights(module, trained)
    return module


def _export_script(project: Project, analysis: Analysis, plan: Plan, output: Path) -> tuple[Path, ...]:
    from nnstudio.training.script import write_script

    recipe = recipe_of(project.recipe)
    data = _data_for(project, analysis, recipe)
    macs = analysis.macs
    if isinstance(data, str):
        plan, macs = _without_free_lengths(project.graph, project.blocks_by_name, analysis, plan)
    place, data_place = _script_places(output)
    made = write_script(plan, project.name, recipe, data, files=(place.name, data_place.name), macs=macs)
    check_target(place)
    written = []
    if made.data is not None:
        write_atomically(data_place, made.data)
        written.append(data_place)
    write_atomically(place, made.text.encode())
    return (place, *written)


def _script_places(output: Path) -> tuple[Path, Path]:
    """Return where script and data go; a name without suffix, or of a folder, is a folder."""
    place = output
    if output.is_dir() or not output.suffix:
        try:
            output.mkdir(exist_ok=True)
        except OSError as error:
            detail = reason(error)
            raise FileError(tr("{path} cannot be made: {detail}.", path=output, detail=detail)) from error
        place = output / SCRIPT
    return place, place.with_name(f"{place.stem}_data.npz")


def _data_for(project: Project, analysis: Analysis, recipe: Recipe) -> Dataset | str:
    """Load the data the drawing is to learn from; or say why they do not fit it."""
    from nnstudio.data.catalog import DATA_FIELDS, entries, load
    from nnstudio.data.settings import check_settings
    from nnstudio.training.ready import ready

    entry = entries()[str(check_settings(DATA_FIELDS, project.data)["name"])]
    problems = ready(project.graph, analysis, entry, recipe)
    return problems[0].message if problems else load(project.data)


def _without_free_lengths(
    graph: Graph, blocks: Mapping[str, Block], analysis: Analysis, plan: Plan
) -> tuple[Plan, int | None]:
    """Give free lengths a number that the network takes; return plan and multiply-adds of that network."""
    names = free_lengths(plan)
    if not names:
        return plan, analysis.macs
    for length in LENGTHS:
        nodes = []
        for node in graph.nodes:
            shape = node.params.get("shape")
            if node.kind == "Input" and isinstance(shape, tuple):
                known = tuple(length + names.index(axis) if axis in names else axis for axis in shape)
                node = msgspec.structs.replace(node, params=freeze_params({**node.params, "shape": known}))
            nodes.append(node)
        fixed = msgspec.structs.replace(graph, nodes=tuple(nodes))
        known_now = analyse(fixed, blocks)
        if known_now.ok:
            return make_plan(fixed, blocks, known_now), known_now.macs
    raise ValueError(tr("No length was found for {names} that all layers take.", names=", ".join(names)))
