"""``nnstudio check``: shapes, parameters, multiply-adds and problems of a drawing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from nnstudio.api import Compiled, compile, load
from nnstudio.compiler.analysis import Facts
from nnstudio.core.graph import Node
from nnstudio.core.problem import Problem
from nnstudio.core.words import tr
from nnstudio.data.catalog import DATA_FIELDS, entries
from nnstudio.data.settings import check_settings
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import shape_text
from nnstudio.training.ready import ready
from nnstudio.training.recipe import recipe_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("a project file (.nns)"))
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object"))


def run(arguments: argparse.Namespace) -> int:
    """Print what is known of the drawing; 1 when something is wrong with it."""
    compiled = compile(load(arguments.file))
    problems = (*compiled.problems, *training_problems(compiled))
    if arguments.json:
        print(json.dumps(_report(compiled, problems), ensure_ascii=False))
    else:
        print("\n".join(_lines(compiled, problems)))
    return 1 if any(problem.severity == "error" for problem in problems) else 0


def training_problems(compiled: Compiled) -> tuple[Problem, ...]:
    """Return what keeps a drawing from being trained as its file says; nothing where no data set is chosen."""
    project = compiled.project
    try:
        recipe = recipe_of(project.recipe)
    except ValueError as error:
        return (Problem(None, "recipe", str(error)),)
    if "name" not in project.data:
        return ()
    try:
        name = check_settings(DATA_FIELDS, project.data)["name"]
    except ValueError as error:
        return (Problem(None, "data", str(error)),)
    return ready(project.graph, compiled.analysis, entries()[str(name)], recipe)


def _report(compiled: Compiled, problems: tuple[Problem, ...]) -> dict[str, object]:
    facts = compiled.analysis.facts
    return {
        "parameters": compiled.num_parameters,
        "buffers": compiled.num_buffers,
        "macs": compiled.macs,
        "nodes": [_node_report(node, facts[node.id]) for node in compiled.project.graph.nodes],
        "problems": [
            {
                "node": problem.node,
                "code": problem.code,
                "message": problem.message,
                "severity": problem.severity,
            }
            for problem in problems
        ],
    }


def _node_report(node: Node, facts: Facts) -> dict[str, object]:
    return {
        "name": node.name,
        "kind": node.kind,
        "shape": facts.outputs[0].shape if facts.outputs else None,
        "parameters": facts.cost.parameters,
        "buffers": facts.cost.buffers,
        "macs": facts.cost.macs,
    }


def _lines(compiled: Compiled, problems: tuple[Problem, ...]) -> list[str]:
    facts = compiled.analysis.facts
    rows = [(tr("layer"), tr("kind"), tr("output shape"), tr("parameters"), tr("multiply-adds"))]
    for node in compiled.project.graph.nodes:
        fact = facts[node.id]
        shape = shape_text(fact.outputs[0].shape) if fact.outputs else "—"
        rows.append((node.name, _title(node), shape, f"{fact.cost.parameters:,}", _count(fact.cost.macs)))
    total = tr(
        "{name}: {parameters} parameters, {buffers} buffers, {macs} multiply-adds for one sample",
        name=compiled.project.name,
        parameters=f"{compiled.num_parameters:,}",
        buffers=f"{compiled.num_buffers:,}",
        macs=_count(compiled.macs),
    )
    return [*_table(rows), "", total, *map(problem_line, problems)]


def _title(node: Node) -> str:
    return tr("{kind}, skipped", kind=_kind(node)) if node.bypassed else _kind(node)


def _kind(node: Node) -> str:
    if node.kind in catalog():
        return node.kind
    repeat = node.params.get("repeat", 1)
    return str(node.params.get("block", node.kind)) + (f" ×{repeat}" if repeat != 1 else "")


def _count(number: int | None) -> str:
    return "—" if number is None else f"{number:,}"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Line columns up: text to the left, the last two, which are numbers, to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = len(widths) - 2
    return [
        "  ".join(
            cell.rjust(width) if index >= numbers else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def problem_line(problem: Problem) -> str:
    """Write a problem as one line."""
    word = tr("error") if problem.severity == "error" else tr("warning")
    place = f"{problem.node}: " if problem.node else ""
    return f"{word}: {place}{problem.message}"
