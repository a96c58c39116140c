"""``nnstudio import``: a network from a .py or an ONNX file becomes a drawing, with its weights and a report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnstudio.compiler.importers.process import LIMIT, import_onnx, import_python
from nnstudio.compiler.importers.report import Imported
from nnstudio.compiler.importers.shapes import read_shape
from nnstudio.core.words import tr
from nnstudio.project.imports import save_import, weights_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("source", metavar="SOURCE", help=tr("MODEL.onnx, or MODULE.py:NAME for a torch module"))
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=tr("the project file to write")
    )
    parser.add_argument(
        "--input",
        action="append",
        default=[],
        type=shape,
        metavar="SHAPE",
        help=tr("shape of one sample, such as 3,224,224 or T,64; once for each input"),
    )
    parser.add_argument("--trust", action="store_true", help=tr("run the .py without asking: it is a program"))
    parser.add_argument(
        "--timeout",
        type=float,
        default=LIMIT,
        metavar="SECONDS",
        help=tr("how long the .py may take (default: {seconds:g})", seconds=LIMIT),
    )


def shape(text: str) -> tuple[int | str, ...]:
    """Read ``3,224,224`` for argparse, which says what is wrong in its own way."""
    try:
        return read_shape(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run(arguments: argparse.Namespace) -> int:
    """Import, write both files, print the report; 1 when some part became a placeholder or differs."""
    imported = read(arguments)
    if imported is None:
        return 1
    save_import(imported, arguments.output)
    report = imported.report
    print("\n".join(report.lines()))
    print(tr("Wrote {path}", path=arguments.output))
    if imported.weights:
        print(tr("Wrote {path}", path=weights_path(arguments.output)))
    return 1 if report.placeholders or report.check == "differs" else 0


def read(arguments: argparse.Namespace) -> Imported | None:
    """Read the source; None where the person would not have it run.

    Raises:
        ValueError: it cannot be read.
    """
    source: str = arguments.source
    if source.lower().endswith(".onnx"):
        return import_onnx(Path(source), arguments.input)
    file, colon, name = source.rpartition(":")
    if not colon or not file.lower().endswith(".py"):
        file, name = source, ""
    path = Path(file)
    if path.suffix.lower() != ".py":
        raise ValueError(tr("{path}: expected a file that ends in .onnx or .py", path=source))
    if not arguments.trust and not may_run(path):
        return None
    return import_python(path, name, arguments.input, limit=arguments.timeout)


def may_run(path: Path) -> bool:
    """Ask whether somebody's program may run.

    Raises:
        ValueError: there is nobody to ask.
    """
    if not path.is_file():
        raise ValueError(tr("{path} cannot be opened: there is no such file.", path=path))
    if not sys.stdin.isatty():
        raise ValueError(tr("Importing {file} runs it as a program. Say --trust if you trust it.", file=path.name))
    print(tr("{file} is a program. Importing it runs it, with everything you are allowed to do.", file=path.name))
    answer = input(tr("Run it? [y/N]") + " ")
    return answer.strip().lower() in ("y", "yes", "是")
