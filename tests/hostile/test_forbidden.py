"""What the program's code may not contain: ways to run what a file says, and ways to reach the network."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import nnstudio

PACKAGE = Path(nnstudio.__file__).resolve().parent
SOURCES = sorted(PACKAGE.rglob("*.py"))

RUNNERS = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code", "codeop", "runpy"})
REACHING = frozenset({"socket", "socketserver", "ssl", "http", "urllib", "ftplib", "smtplib", "xmlrpc", "requests"})
MODULES = RUNNERS | REACHING | {"subprocess", "webbrowser"}
"""Modules that run what they read, reach the network, or start other programs."""

STARTER = "nnstudio.core.process"
"""Our own module that starts another process."""

ALLOWED = {
    "core/process.py": {"subprocess"},
    "compiler/importers/process.py": {"subprocess", STARTER},
    "exports/process.py": {"subprocess", STARTER},
    "runs/apart/work.py": {"subprocess", STARTER},
    "runs/crew.py": {STARTER},
}
"""The places that start another process: somebody's .py runs there, after the question, and never in this one; so do
torch's exporters, which hold the interpreter for seconds, runs for those who want them apart, and those of a sweep."""

NETWORK = frozenset({"QtNetwork", "QtWebSockets", "QtWebEngineCore"})
BUILTINS = frozenset({"eval", "exec", "__import__"})
CALLS = frozenset({"torch.load", "torch.export.load", "torch.jit.load", "torch.hub.load", "os.system", "os.popen"})
METHODS = frozenset({"extractall", "load_state_dict_from_url"})


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def offences(source: str) -> Iterator[str]:
    """Give every place where the rules are broken, as ``line: what``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names if alias.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            bad = module.partition(".")[0] in MODULES or module == STARTER or module.rpartition(".")[2] in NETWORK
            found = [module] if bad else [alias.name for alias in node.names if alias.name in NETWORK]
        elif isinstance(node, ast.Call):
            name = dotted(node.func)
            found = [name] if name in BUILTINS | CALLS or name.rpartition(".")[2] in METHODS else []
            found += [
                f"{name}({keyword.arg}=…)"
                for keyword in node.keywords
                if keyword.arg in ("allow_pickle", "shell")
                and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
            ]
        else:
            continue
        for what in found:
            yield f"{node.lineno}: {what}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_code_runs_files_or_reaches_the_network(path: Path) -> None:
    allowed = ALLOWED.get(path.relative_to(PACKAGE).as_posix(), set())
    found = list(offences(path.read_text("utf-8")))
    assert [offence for offence in found if offence.partition(": ")[2] not in allowed] == []


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from urllib.request import urlopen",
        "from PySide6 import QtNetwork",
        "from PySide6.QtNetwork import QTcpSocket",
        "eval(text)",
        "torch.load(path)",
        "torch.export.load(path)",
        "archive.extractall()",
        "np.load(path, allow_pickle=True)",
        "run(words, shell=True)",
    ],
)
def test_the_rule_sees_what_it_should(line: str) -> None:
    assert len(list(offences(line))) == 1


def test_the_rule_lets_the_ordinary_through() -> None:
    source = "import json\nmodule.eval()\nnp.load(path, allow_pickle=False)\nstore.load(path)\nre.compile(text)"
    assert list(offences(source)) == []
