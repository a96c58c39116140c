"""``nnstudio export``: every format from the terminal, and what is said where it cannot be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file, save_file

import nnstudio
from nnstudio.cli.main import main
from nnstudio.compiler import onnx
from nnstudio.core.resources import resource
from nnstudio.core.words import set_language
from nnstudio.exports.formats import FORMATS
from nnstudio.project.builder import Builder

IRIS = str(resource("examples", "iris.nns"))
PICTURES = [key for key, entry in FORMATS.items() if entry.is_picture]
BUILT = [key for key, entry in FORMATS.items() if not entry.is_picture]


def broken(folder: Path) -> str:
    b = Builder("Broken")
    b.output(b.add("Conv2d", b.input("v", shape=(4,)), name="conv"))
    path = folder / "broken.nns"
    b.project().save(path)
    return str(path)


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line that was said."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    return captured.err.rstrip("\n")


def weights(folder: Path, seed: int = 7) -> Path:
    from nnstudio.compiler.link import link

    path = folder / "trained.safetensors"
    save_file(link(nnstudio.compile(nnstudio.load(IRIS)).plan, seed=seed).state_dict(), path)
    return path


@pytest.mark.parametrize("key", FORMATS)
def test_every_format_is_written_and_named(
    key: str, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"out{FORMATS[key].suffix}"
    assert main(["export", IRIS, "--to", key, "-o", str(out)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"Wrote {out}\n")
    assert out.stat().st_size > 200
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".nnstudio")]


def test_a_folder_gets_a_script_and_its_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", IRIS, "--to", "script", "-o", str(tmp_path / "study")]) == 0
    assert sorted(path.name for path in (tmp_path / "study").iterdir()) == ["train.py", "train_data.npz"]
    command = [sys.executable, "-I", str(tmp_path / "study" / "train.py"), "--epochs", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(re.findall(r"(?m)^epoch \d/2  loss ", done.stdout)) == 2


def test_trained_weights_go_into_networks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trained = weights(tmp_path)
    x = torch.randn(5, 4)
    compiled = nnstudio.compile(nnstudio.load(IRIS))
    from nnstudio.compiler.weights import load_weights

    load_weights(compiled.module, trained)
    with torch.no_grad():
        expected = compiled.module.eval()(x)
    for key in ("onnx", "pt2", "weights"):
        out = tmp_path / f"net{FORMATS[key].suffix}"
        assert main(["export", IRIS, "--to", key, "-o", str(out), "--trained", str(trained)]) == 0
    from importlib import import_module

    session = import_module("onnxruntime").InferenceSession(str(tmp_path / "net.onnx"))
    (got,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    assert torch.allclose(torch.from_numpy(got), expected, rtol=1e-5, atol=1e-6)
    out_again = load_file(tmp_path / "net.safetensors")
    assert all(torch.equal(out_again[name], value) for name, value in load_file(trained).items())


def test_weights_say_which_drawing_they_belong_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from nnstudio.compiler.weights import read_notes
    from nnstudio.core.fingerprint import fingerprint

    out = tmp_path / "w.safetensors"
    assert main(["export", IRIS, "--to", "weights", "-o", str(out)]) == 0
    project = nnstudio.load(IRIS)
    notes = read_notes(out)
    assert notes["drawing"] == fingerprint(project.graph, project.blocks_by_name)
    assert notes["name"] == project.name
    assert notes["program"] == f"NN Studio {nnstudio.__version__}"


def test_weights_of_another_network_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.safetensors"
    save_file({"dense_9.weight": torch.zeros(2, 2)}, other)
    out = tmp_path / "net.pt2"
    assert main(["export", IRIS, "--to", "pt2", "-o", str(out), "--trained", str(other)]) == 2
    assert told(capsys).startswith(f"nnstudio: {other} does not fit this drawing: ")
    assert not out.exists()


@pytest.mark.parametrize("key", BUILT)
def test_a_drawing_with_errors_is_not_built(key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / f"x{FORMATS[key].suffix}"
    assert main(["export", broken(tmp_path), "--to", key, "-o", str(out)]) == 1
    assert told(capsys).startswith("error: conv: ")
    assert not out.exists()


@pytest.mark.parametrize("key", PICTURES)
def test_a_drawing_with_errors_can_be_pictured(
    key: str, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"x{FORMATS[key].suffix}"
    assert main(["export", broken(tmp_path), "--to", key, "-o", str(out)]) == 0
    assert out.stat().st_size > 200


@pytest.mark.parametrize("key", FORMATS)
def test_a_place_that_cannot_be_is_one_line(
    key: str, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "no" / f"x{FORMATS[key].suffix}"
    assert main(["export", IRIS, "--to", key, "-o", str(out)]) == 2
    assert told(capsys) == f"nnstudio: {out} cannot be saved: there is no such file or folder."


@pytest.mark.parametrize("key", [key for key in FORMATS if key != "script"])
def test_a_folder_in_the_place_of_a_file_is_one_line(
    key: str, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", IRIS, "--to", key, "-o", str(tmp_path)]) == 2
    assert told(capsys) == f"nnstudio: {tmp_path} cannot be saved: it is a folder."


def test_a_closed_folder_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root may write everywhere
    assert main(["export", IRIS, "--to", "onnx", "-o", str(tmp_path / "x.onnx")]) == 2
    assert told(capsys).endswith("cannot be saved: you have no permission.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "onnx", "-o", "-"], "--to onnx writes a file: give its name with -o."),
        (["--to", "script", "-o", "-"], "--to script writes a file: give its name with -o."),
        (
            ["--to", "svg", "-o", "x.svg", "--trained", "w"],
            "--trained goes with onnx, pt2 and weights; svg has no weights.",
        ),
        (
            ["--to", "onnx", "-o", "x", "--theme", "dark"],
            "--theme goes with svg, png, pdf and tikz; onnx has no colours.",
        ),
        (["--to", "svg", "-o", "x.svg", "--theme", "pink"], "argument --theme: invalid choice: 'pink'"),
    ],
)
def test_what_has_no_meaning_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", IRIS, *words]) == 2
    assert told(capsys).startswith(f"nnstudio: {said}")


def test_missing_packages_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx, "_PACKAGES", ("no_such_package",))
    assert main(["export", IRIS, "--to", "onnx", "-o", str(tmp_path / "x.onnx")]) == 2
    said = 'nnstudio: Writing ONNX needs no_such_package: install them with pip install "nnstudio[onnx]".'
    assert told(capsys) == said


def test_an_empty_drawing_has_no_picture(tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.nns"
    nnstudio.Project(name="Empty").save(path)
    assert main(["export", str(path), "--to", "svg", "-o", str(tmp_path / "x.svg")]) == 2
    assert told(capsys) == "nnstudio: There is no picture of an empty drawing."


def test_tikz_can_be_printed(qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", IRIS, "--to", "tikz", "-o", "-"]) == 0
    assert capsys.readouterr().out.rstrip().endswith(r"\end{document}")


def test_themes_colour_pictures(tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    grounds = []
    for words in ([], ["--theme", "light"], ["--theme", "dark"]):
        out = tmp_path / "x.png"
        assert main(["export", IRIS, "--to", "png", "-o", str(out), *words]) == 0
        grounds.append(QImage(str(out)).pixelColor(2, 2).lightness())
    assert grounds[0] == grounds[1] > 200 > 60 > grounds[2]


def test_an_older_file_is_replaced_whole(tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "x.svg"
    out.write_text("x" * 1_000_000)
    assert main(["export", IRIS, "--to", "svg", "-o", str(out)]) == 0
    assert ElementTree.parse(out).getroot().tag.endswith("svg")  # noqa: S314 written just now


def test_the_formats_are_listed_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for language in ("en", "zh_CN"):
        with pytest.raises(SystemExit):
            main(["--lang", language, "export", "--help"])
        out = capsys.readouterr().out
        for key, entry in FORMATS.items():
            assert re.search(rf"(?m)^  {key} +{re.escape(str(entry.summary))}$", out), key
    set_language("en")
