"""The command line's door: which command, in which language, and what becomes of errors.

Exit status: 0 fine; 1 the thing asked about is wrong (a drawing with errors, a run that failed); 2 bad input, told in
one line; 130 stopped with Ctrl+C, 143 with SIGTERM, 129 as its terminal was closed. A person never sees a traceback for
what they typed or for a file they chose.
"""

from __future__ import annotations

import argparse
import importlib
import keyword
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from nnstudio.cli import usage
from nnstudio.cli.language import choose_language
from nnstudio.core.system import reason
from nnstudio.core.words import LANGUAGES, set_language, tr

WRONG, BAD_INPUT, SIGNALLED = 1, 2, 128

_WINDOW = "window"
_COMMANDS: Mapping[str, Callable[[], str]] = {
    "demo": lambda: tr("LeNet-5 learns handwritten digits, live"),
    "check": lambda: tr("shapes, parameters, multiply-adds and problems of a drawing"),
    "train": lambda: tr("train a drawing without the window"),
    "sweep": lambda: tr("train a drawing again and again, with one setting varied"),
    "export": lambda: tr("write a drawing as code, ONNX, weights or a picture"),
    "import": lambda: tr("draw a network from a .py or an ONNX file"),
    "screenshot": lambda: tr("draw the window into a picture"),
}
"""What `nnstudio --help` says of each; the command itself is the module of that name, loaded when it is run.

A name that is a word of Python has an underscore behind it there.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line, without the program's name, and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a terminal that lacks a character shows a stand-in instead of failing
            reconfigure(errors="replace")
    try:
        return _dispatch(list(sys.argv[1:] if argv is None else argv))
    except _UsageError as error:
        return _tell(error, BAD_INPUT)
    except KeyboardInterrupt as interrupted:  # brings the signal along where that was noted
        if sys.stderr.isatty():  # no longer where it was closed; what follows is not to stand behind ^C
            print(file=sys.stderr)
        return SIGNALLED + int(interrupted.args[0] if interrupted.args else signal.SIGINT)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG
    except ValueError as error:
        from nnstudio.compiler.plan import CompileError

        if not isinstance(error, CompileError):
            return _tell(error, BAD_INPUT)
        return _tell_problems(error)
    except OSError as error:
        return _tell(reason(error), BAD_INPUT)


def _dispatch(words: list[str]) -> int:
    language = _Parser(prog="nnstudio", add_help=False, allow_abbrev=False)
    language.add_argument("--lang", choices=tuple(LANGUAGES))
    chosen, words = language.parse_known_args(words)
    set_language(choose_language(chosen.lang))
    usage.speak()
    name = words.pop(0) if words and words[0] in _COMMANDS else _WINDOW
    command = importlib.import_module(f"nnstudio.cli.{name}" + "_" * keyword.iskeyword(name))
    parser = _window_parser() if name == _WINDOW else _Parser(prog=f"nnstudio {name}", description=_COMMANDS[name]())
    command.add_arguments(parser)
    arguments = parser.parse_args(words)
    if name == _WINDOW and (arguments.version or arguments.info or arguments.reset):
        return _about(arguments)
    try:
        status: int = command.run(arguments)
    except ModuleNotFoundError:
        raise
    except ImportError as error:  # a library of the system that Qt needs
        from nnstudio.cli.display import missing_library_text

        return _tell(missing_library_text(error), BAD_INPUT)
    return status


def _window_parser() -> argparse.ArgumentParser:
    width = max(map(len, _COMMANDS))
    commands = "\n".join(f"  {name:<{width}}  {text()}" for name, text in _COMMANDS.items())
    parser = _Parser(
        prog="nnstudio",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=tr("Draw a neural network; the drawing is the program."),
        epilog=tr("commands (each has --help):") + "\n" + commands,
    )
    parser.add_argument("--lang", choices=tuple(LANGUAGES), help=tr("language of texts; works with every command"))
    parser.add_argument("--version", action="store_true", help=tr("print the version"))
    parser.add_argument("--info", action="store_true", help=tr("print versions and folders, for a report"))
    parser.add_argument("--reset", action="store_true", help=tr("forget language, theme and window layout"))
    return parser


def _about(arguments: argparse.Namespace) -> int:
    from nnstudio.cli import info

    if arguments.version:
        return info.print_version()
    return info.print_info() if arguments.info else info.reset()


def _tell(message: object, status: int) -> int:
    print(f"nnstudio: {message}", file=sys.stderr)
    return status


def _tell_problems(error: ValueError) -> int:
    from nnstudio.cli.check import problem_line

    for problem in getattr(error, "problems", ()):
        print(problem_line(problem), file=sys.stderr)
    return WRONG


class _UsageError(Exception):
    """The command line cannot be understood."""


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong in one line instead of printing the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise _UsageError(tr("{detail} (see {program} --help)", detail=message, program=self.prog))
