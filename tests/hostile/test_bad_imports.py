"""Files to import that mean no good, or are none: a clear error, soon, and nothing left running."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstudio.compiler.importers.candidates import candidates
from nnstudio.compiler.importers.process import CancelledError, import_python
from nnstudio.compiler.importers.report import BadImportError

NEVER = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({note!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
class Net: pass
while True: pass
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "net.py"
    path.write_text(text, "utf-8")
    return path


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return False
    return "State:\tZ" not in status


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks the system which processes there are")
def test_a_program_that_never_returns_is_ended_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    path = write(tmp_path, NEVER.format(note=str(note)))
    for limit in (4, 16, 64):  # on a busy machine the file may not be reached in the first of them
        with pytest.raises(BadImportError, match=rf"net.py did not finish within {limit} seconds, so it was ended"):
            import_python(path, "Net", limit=limit)
        if note.exists():
            break
    pids = [int(word) for word in note.read_text("utf-8").split()]
    assert len(pids) == 2
    end = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < end:
        os.sched_yield()
    assert [pid for pid in pids if alive(pid)] == []


def test_an_import_can_be_stopped(tmp_path: Path) -> None:
    answers: Iterator[bool] = iter([False, False, True])
    with pytest.raises(CancelledError):
        import_python(write(tmp_path, "while True: pass"), "Net", cancelled=lambda: next(answers))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0\nNet = 1", "net.py cannot be run: ZeroDivisionError: division by zero (line 1)."),
        ("import sys; sys.exit(3)", "net.py ended the program while it was read."),
        ("import os; os._exit(7)", "net.py ended the process it was read in (status 7)."),
        ("Net = 17", "Net in net.py is no network."),
        ("def Net(): return 17", "Net in net.py is no network."),
        ("class Other: pass", "net.py has no Net; there is: none."),
        ("import nowhere", "net.py cannot be run: ModuleNotFoundError: No module named 'nowhere' (line 1)."),
        ("x = bytearray(2**46)", "There is not enough memory to read this network."),
        (
            "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n      raise ValueError('no\\nway')",
            "net.py cannot be run: ValueError: no way (line 4).",
        ),
    ],
)
def test_what_a_program_does_wrong_is_told_in_a_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadImportError) as caught:
        import_python(write(tmp_path, text), "Net", limit=60)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["class Net(:", "x = '\0'", "(" * 100_000])
def test_what_is_no_python_is_not_run(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadImportError, match=r"net.py is no Python: line 1 cannot be read"):
        import_python(write(tmp_path, text), "Net")


def test_a_program_cannot_pass_off_objects_as_data(tmp_path: Path) -> None:
    text = """
import sys
from pathlib import Path
folder = Path(sys.argv[4])
(folder / "drawing.json").write_bytes(b'{"name": "x", "nodes": [{"id": 17}]}')
(folder / "weights.safetensors").write_bytes(b"cos\\nsystem\\n(S'true'\\ntR.")
import os
os._exit(0)
"""
    with pytest.raises(BadImportError, match="is no drawing"):
        import_python(write(tmp_path, text), "Net", limit=60)


def test_files_beside_it_do_not_stand_in_for_torch(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise SystemExit", "utf-8")
    (tmp_path / "parts.py").write_text("from torch import nn\nclass Part(nn.Linear): pass", "utf-8")
    path = write(tmp_path, "from parts import Part\nfrom torch import nn\nNet = nn.Sequential(Part(3, 2))")
    assert [node.kind for node in import_python(path, "Net", limit=60).graph.nodes] == ["Input", "Linear", "Output"]


def test_candidates_are_found_without_running(tmp_path: Path) -> None:
    text = """
raise SystemExit
from torch import nn
class Part(nn.Module):
    def __init__(self, size): ...
class Net(nn.Module):
    def __init__(self): self.part = Part(3)
class Deeper(Net): ...
model = nn.Sequential(nn.Linear(3, 2))
other = 17
"""
    assert candidates(write(tmp_path, text)) == ("Deeper", "model")
