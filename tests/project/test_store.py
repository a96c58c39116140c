"""Saving and loading: nothing is lost on the way, and nothing when a save goes wrong."""

from __future__ import annotations

import errno
import os
import stat
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from nnstudio.core.graph import Edge, Graph, Node
from nnstudio.project import store
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.reader import decode
from nnstudio.project.store import backups, load, save
from nnstudio.project.writer import encode
from tests.project.strategies import projects

OLD, NEW = Project(name="old"), Project(name="new")
IO_CALLS = ("open", "write", "fsync", "close", "stat", "replace", "link")


@given(projects())
def test_every_project_comes_back_as_it_was(project: Project) -> None:
    data = encode(project)
    again = decode(data)
    assert again == project
    assert encode(again) == data
    assert [type(value) for node in again.graph.nodes for value in node.params.values()] == [
        type(value) for node in project.graph.nodes for value in node.params.values()
    ]


def test_an_unknown_kind_keeps_its_settings_and_wires(tmp_path: Path) -> None:
    nodes = (
        Node(id="a", kind="Input", name="x", params={"shape": (4,)}),
        Node(id="b", kind="QuantumLayer", name="q", params={"qubits": 4, "depth": 2.5, "mode": "fast"}, xy=(10, 20)),
    )
    project = Project(graph=Graph(nodes=nodes, edges=(Edge("a", "output", "b", "left"),)))
    project.save(tmp_path / "q.nns")
    assert load(tmp_path / "q.nns") == project


def test_a_file_has_one_layer_and_one_wire_per_line() -> None:
    nodes = tuple(Node(id=key, kind="ReLU", name=f"relu_{key}") for key in "abc")
    lines = encode(Project(graph=Graph(nodes=nodes, edges=(Edge("a", "output", "b", "input"),)))).decode().splitlines()
    assert '{"id": "a", "kind": "ReLU", "name": "relu_a", "xy": [0.0, 0.0]},' in lines
    assert '["a", "output", "b", "input"]' in lines


def test_saving_keeps_the_last_three_versions(tmp_path: Path) -> None:
    path = tmp_path / "net.nns"
    for number in range(6):
        save(Project(name=f"version {number}"), path)
    assert load(path).name == "version 5"
    assert [load(backup).name for backup in backups(path)] == ["version 4", "version 3", "version 2"]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "net.nns",
        "net.nns.bak1",
        "net.nns.bak2",
        "net.nns.bak3",
    ]


def test_backups_are_kept_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_paths: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    save(OLD, tmp_path / "net.nns")
    save(NEW, tmp_path / "net.nns")
    assert load(tmp_path / "net.nns.bak1") == OLD


class FaultyOs(types.SimpleNamespace):
    """Stands in for `os`: counts what touches the disk, and fails at one call of them."""

    def __init__(self, fail_at: int | None, error: BaseException) -> None:
        super().__init__(**{name: getattr(os, name) for name in dir(os) if not name.startswith("__")})
        self.num_calls = 0
        self.failed: str | None = None
        self._fail_at, self._error = fail_at, error
        for name in IO_CALLS:
            setattr(self, name, self._wrap(name))

    def _wrap(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            number, self.num_calls = self.num_calls, self.num_calls + 1
            if number != self._fail_at:
                return real(*args, **kwargs)
            self.failed = name
            if name == "close":
                real(*args)
            if name == "write":
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            raise self._error

        return call


def count_calls(path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    faulty = FaultyOs(None, OSError())
    monkeypatch.setattr(store, "os", faulty)
    save(NEW, path)
    return faulty.num_calls


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "gone"), KeyboardInterrupt()])
def test_a_fault_at_any_call_leaves_a_whole_file(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "count" / "net.nns"
    first.parent.mkdir()
    save(Project(name="older"), first)
    save(OLD, first)
    total = count_calls(first, monkeypatch)
    assert total >= 10
    for fail_at in range(total):
        path = tmp_path / str(fail_at) / "net.nns"
        path.parent.mkdir()
        monkeypatch.setattr(store, "os", os)
        save(Project(name="older"), path)
        save(OLD, path)
        faulty = FaultyOs(fail_at, error)
        monkeypatch.setattr(store, "os", faulty)
        try:
            save(NEW, path)
        except (FileError, KeyboardInterrupt):
            told = True
        else:
            told = False
        monkeypatch.setattr(store, "os", os)
        assert faulty.failed is not None
        names = {file.name for file in path.parent.iterdir()}
        assert names <= {"net.nns", "net.nns.bak1", "net.nns.bak2"}, f"a rest at call {fail_at}: {names}"
        renamed = load(path) == NEW
        assert renamed or load(path) == OLD
        assert told or (renamed and faulty.failed == "link"), f"the fault at call {fail_at} was hidden"
        kept = {load(place).name for place in (path, *backups(path))}
        assert {"old", "older"} <= kept, f"a version was lost at call {fail_at}"


def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.nns"
    monkeypatch.setattr(store, "os", FaultyOs(1, OSError(errno.ENOSPC, "full")))
    with pytest.raises(FileError) as caught:
        save(NEW, path)
    assert str(caught.value) == f"{path} cannot be saved: the disk is full."
    assert not path.exists()


def test_a_network_drive_that_cannot_sync_folders_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    total = count_calls(tmp_path / "first.nns", monkeypatch)
    faulty = FaultyOs(total - 2, OSError(errno.EINVAL, "what?"))
    monkeypatch.setattr(store, "os", faulty)
    save(NEW, tmp_path / "second.nns")
    assert faulty.failed == "fsync"
    assert load(tmp_path / "second.nns") == NEW


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_saving_keeps_permissions_and_links(tmp_path: Path) -> None:
    real, link = tmp_path / "real.nns", tmp_path / "link.nns"
    save(OLD, real)
    real.chmod(0o640)
    link.symlink_to(real)
    save(NEW, link)
    assert link.is_symlink()
    assert load(real) == NEW
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_write_protected_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.nns"
    save(OLD, path)
    monkeypatch.setattr(os, "access", lambda *_arguments: False)  # root, who may run the tests, could write it
    with pytest.raises(FileError, match="you have no permission"):
        save(NEW, path)
    assert load(path) == OLD
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("broken", "detail"),
    [
        (Project(recipe={"learning_rate": float("nan")}), "a setting in it is no finite number"),
        (Project(recipe={"learning_rate": float("inf")}), "a setting in it is no finite number"),
        (
            Project(graph=Graph(nodes=(Node(id="a", kind="ReLU", name="x", xy=(float("nan"), 0.0)),))),
            "no finite number",
        ),
        (Project(graph=Graph(nodes=(Node(id="a", kind="ReLU", name="x" * 65),))), "length <= 64"),
        (Project(name="\ud800"), "surrogates not allowed"),
        (Project(recipe={"seed": 10**30}), "a number has 31 digits"),
        (Project(graph=Graph(edges=(Edge("a", "output", "b", "input"),))), "'a', which is no layer"),
    ],
)
def test_what_a_file_cannot_hold_is_not_written(broken: Project, detail: str, tmp_path: Path) -> None:
    path = tmp_path / "net.nns"
    save(OLD, path)
    with pytest.raises(FileError) as caught:
        save(broken, path)
    assert str(caught.value).startswith("This project cannot be saved")
    assert detail in str(caught.value)
    assert load(path) == OLD
    assert backups(path) == ()
