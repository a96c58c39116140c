"""The script for a fresh machine: what it installs, what it leaves alone, what it says."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Machine:
    """A machine on which commands are written down instead of run."""

    def __init__(self, start: ModuleType) -> None:
        self.start = start
        self.commands: list[list[str]] = []
        self.failing: set[str] = set()
        self.folder = ROOT

    def run(self, command: list[str], folder: Path = ROOT) -> int:
        self.commands.append(command)
        self.folder = folder
        return 1 if self.failing & set(command) else 0


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    spec = importlib.util.spec_from_file_location("start", ROOT / "scripts" / "start.py")
    assert spec is not None
    assert spec.loader is not None
    start = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(start)
    made = Machine(start)
    monkeypatch.setattr(start, "run", made.run)
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(start, "STAMP", tmp_path / ".venv" / "stamp.json")
    monkeypatch.setattr(start, "can_load", lambda library: True)
    monkeypatch.setattr(start, "works", lambda python: (tmp_path / ".venv").exists())
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("DISPLAY", raising=False)
    return made


def job(machine: Machine, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["start.py", *words])
    machine.commands.clear()
    status: int = machine.start.main()
    return status


def make_venv(machine: Machine) -> None:
    machine.start.VENV.mkdir()


def test_a_fresh_machine_makes_an_environment_installs_and_runs(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], folder: Path = ROOT) -> int:
        if "venv" in command:
            make_venv(machine)
        return machine.run(command, folder)

    monkeypatch.setattr(machine.start, "run", run)
    assert job(machine, monkeypatch, "demo", "--screenshot", "x.png") == 0
    make, install, demo = machine.commands
    assert make[1:] == ["-m", "venv", "--clear", str(machine.start.VENV)]
    assert install[-2:] == ["--editable", str(ROOT)]
    assert demo[1:] == ["-m", "nnstudio", "demo", "--screenshot", "x.png"]
    assert machine.folder == Path.cwd(), "x.png belongs where the person is"
    assert job(machine, monkeypatch, "window") == 0
    assert [command[1:] for command in machine.commands] == [["-m", "nnstudio"]]


def test_extras_come_when_a_job_needs_them_and_stay(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    make_venv(machine)
    assert job(machine, monkeypatch, "test", "-k", "core") == 0
    assert machine.commands[0][-1] == f"{ROOT}[test]"
    assert machine.commands[1][1:3] == ["-m", "pytest"]
    assert machine.commands[1][-2:] == ["-k", "core"], "what a person says comes last, so that it counts"
    assert job(machine, monkeypatch, "check") == 0
    assert machine.commands[0][-1] == f"{ROOT}[check,test]"
    assert job(machine, monkeypatch, "test") == 0
    assert len(machine.commands) == 1


def test_changed_dependencies_are_installed_anew(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    make_venv(machine)
    machine.start.STAMP.write_text(json.dumps({"project": "an older one", "extras": []}))
    assert job(machine, monkeypatch, "window") == 0
    assert "install" in machine.commands[0]
    for damaged in ("", "[]", "{}", '{"project": 1}'):
        machine.start.STAMP.write_text(damaged)
        assert job(machine, monkeypatch, "window") == 0
        assert "install" in machine.commands[0]


def test_a_failed_installation_is_not_taken_for_done(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_venv(machine)
    machine.failing = {"install"}
    assert job(machine, monkeypatch, "window") == 1
    assert "The installation failed" in capsys.readouterr().err
    assert not machine.start.STAMP.exists()


def test_the_status_of_the_job_is_handed_on(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    make_venv(machine)
    machine.failing = {"pytest"}
    assert job(machine, monkeypatch, "test") == 1


def test_check_runs_every_check_even_after_one_failed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_venv(machine)
    machine.failing = {"--check"}
    assert job(machine, monkeypatch, "check") == 1
    names = [Path(command[0]).name for command in machine.commands[1:]]
    assert names == ["ruff", "ruff", "mypy", "lint-imports"]
    assert "Not all is well: ruff" in capsys.readouterr().err


def test_missing_libraries_are_installed_as_root(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    make_venv(machine)
    monkeypatch.setattr(machine.start, "can_load", lambda library: library not in ("libEGL.so.1", "libGL.so.1"))
    assert job(machine, monkeypatch, "demo") == 0
    assert machine.commands[0] == ["apt-get", "update", "-qq"]
    assert machine.commands[1] == ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "libegl1", "libgl1"]


def test_others_install_through_sudo_or_are_told_how(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_venv(machine)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(machine.start, "can_load", lambda library: library != "libEGL.so.1")
    assert job(machine, monkeypatch, "demo") == 0
    assert machine.commands[0][0] == "sudo"
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    assert job(machine, monkeypatch, "demo") == 1
    assert machine.commands == []
    err = capsys.readouterr().err
    assert "apt-get update -qq && apt-get install -y -qq --no-install-recommends libegl1" in err


def test_a_system_without_apt_is_told_what_is_missing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine.start, "can_load", lambda library: library != "libEGL.so.1")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert job(machine, monkeypatch, "demo") == 1
    assert "libegl1" in capsys.readouterr().err


def test_libraries_of_x11_matter_only_with_a_display(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.start, "can_load", lambda library: "xcb" not in library)
    assert machine.start.missing_packages() == []
    monkeypatch.setenv("DISPLAY", ":0")
    assert "libxcb-cursor0" in machine.start.missing_packages()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert machine.start.missing_packages() == []


def test_an_old_python_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine.start, "OLDEST", (99, 0))
    assert job(machine, monkeypatch, "demo") == 1
    assert capsys.readouterr().err.startswith("start.py: Python 99.0 or newer is needed")
