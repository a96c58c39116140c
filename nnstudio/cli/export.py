"""``nnstudio export``: the drawing as code, as a network for other programs, as weights, or as a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnstudio.api import compile, load
from nnstudio.cli.display import go_offscreen
from nnstudio.cli.progress import ProgressBar
from nnstudio.core.words import tr
from nnstudio.exports.formats import FORMATS, Format
from nnstudio.exports.writing import check_target, export
from nnstudio.project.document import Project
from nnstudio.project.store import write_atomically

_THEMES = ("light", "dark", "contrast")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    width = max(map(len, FORMATS))
    lines = [f"  {key:<{width}}  {entry.summary}" for key, entry in FORMATS.items()]
    parser.epilog = "\n".join([tr("formats:"), *lines])
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("a project file (.nns)"))
    parser.add_argument("--to", choices=tuple(FORMATS), required=True, help=tr("what to write"))
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help=tr("the file to write, for a script also a folder; - prints python and tikz"),
    )
    parser.add_argument(
        "--trained",
        type=Path,
        metavar="WEIGHTS.safetensors",
        help=tr("weights for onnx, pt2 and weights; without them they are those that training starts from"),
    )
    parser.add_argument("--theme", choices=_THEMES, help=tr("colours of svg, png, pdf and tikz; light by default"))


def run(arguments: argparse.Namespace) -> int:
    """Write the files."""
    chosen = FORMATS[arguments.to]
    _check(arguments, chosen)
    project = load(arguments.file)
    if arguments.output == "-":
        sys.stdout.write(_text(project, chosen, arguments.theme or "light"))
        return 0
    output = Path(arguments.output)
    if chosen.is_picture:
        check_target(output)
        write_atomically(output, _picture(project, chosen, arguments.theme or "light"))
        written: tuple[Path, ...] = (output,)
    else:
        bar = ProgressBar(sys.stderr)
        try:
            written = export(
                project, chosen.key, output, trained=arguments.trained, report=lambda text: bar.update(0.0, text)
            )
        finally:
            bar.clear()
    for path in written:
        print(tr("Wrote {path}", path=path), file=sys.stderr)
    return 0


def _check(arguments: argparse.Namespace, chosen: Format) -> None:
    """Refuse what has no meaning, before anything is read.

    Raises:
        ValueError: says what was expected.
    """
    if arguments.output == "-" and not chosen.is_text:
        raise ValueError(tr("--to {format} writes a file: give its name with -o.", format=chosen.key))
    if arguments.trained is not None and not chosen.has_weights:
        raise ValueError(tr("--trained goes with onnx, pt2 and weights; {format} has no weights.", format=chosen.key))
    if arguments.theme is not None and not chosen.is_picture:
        raise ValueError(tr("--theme goes with svg, png, pdf and tikz; {format} has no colours.", format=chosen.key))


def _text(project: Project, chosen: Format, theme_name: str) -> str:
    return _picture(project, chosen, theme_name).decode() if chosen.is_picture else compile(project).source()


def _picture(project: Project, chosen: Format, theme_name: str) -> bytes:
    go_offscreen()
    from nnstudio.ui.exports.pictures import render_apart

    return render_apart(project, chosen.key, theme_name)
