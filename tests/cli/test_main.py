"""The command line as a person types it: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import nnstudio
from nnstudio.cli.language import choose_language
from nnstudio.cli.main import main
from nnstudio.core.resources import resource
from nnstudio.project.preferences import Preferences, load_preferences, save_preferences
from nnstudio.project.store import save

ROOT = Path(nnstudio.__file__).resolve().parents[1]
LENET, IRIS = (str(resource("examples", f"{name}.nns")) for name in ("lenet5-digits", "iris"))


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def one_line(text: str) -> str:
    assert text.count("\n") == 1, text
    assert text.endswith("\n")
    assert "Traceback" not in text
    return text[:-1]


def wrong_drawing(folder: Path) -> str:
    b = nnstudio.Builder("wrong")
    x = b.input("image", shape=(1, 8, 8))
    b.output(b.add("Conv2d", b.add("Flatten", x, name="flat"), name="conv"))
    save(b.project(), folder / "wrong.nns")
    return str(folder / "wrong.nns")


def unready(folder: Path, **changes: object) -> str:
    project = msgspec.structs.replace(nnstudio.load(IRIS), **changes)
    save(project, folder / "unready.nns")
    return str(folder / "unready.nns")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert one_line(capsys.readouterr().out) == f"NN Studio {nnstudio.__version__}"


def test_info_names_versions_and_folders(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--info"]) == 0
    out = capsys.readouterr().out
    for word in ("NN Studio", "Python 3", "torch 2.13", "PySide6-Essentials 6", "Data files: "):
        assert word in out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    for command in ("demo", "check", "train", "export", "screenshot", "--lang", "--reset"):
        assert command in out


def test_reset_forgets_the_preferences(capsys: pytest.CaptureFixture[str]) -> None:
    save_preferences(Preferences(theme="dark"))
    assert main(["--reset"]) == 0
    assert load_preferences() == Preferences()
    assert "as in the beginning" in one_line(capsys.readouterr().out)


def test_check_shows_the_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", LENET]) == 0
    out = capsys.readouterr().out
    assert "61,706 parameters, 0 buffers, 416,520 multiply-adds" in out
    assert "conv_2     Conv2d     16 × 10 × 10       2,416        240,000" in out


def test_check_tells_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", wrong_drawing(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "error: conv: Conv2d needs channels" in out
    assert "flat      Flatten  64" in out
    assert "conv      Conv2d   —" in out


def test_check_as_json_has_the_documented_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", LENET, "--json"]) == 0
    report = json.loads(one_line(capsys.readouterr().out))
    assert list(report) == ["parameters", "buffers", "macs", "nodes", "problems"]
    assert (report["parameters"], report["buffers"], report["macs"], report["problems"]) == (61_706, 0, 416_520, [])
    conv = {"name": "conv_1", "kind": "Conv2d", "shape": [6, 28, 28], "parameters": 156, "buffers": 0, "macs": 117_600}
    assert report["nodes"][1] == conv
    assert main(["check", "--json", wrong_drawing(tmp_path)]) == 1
    report = json.loads(one_line(capsys.readouterr().out))
    (problem,) = report["problems"]
    assert list(problem) == ["node", "code", "message", "severity"]
    assert (problem["node"], problem["code"], problem["severity"]) == ("conv", "shape", "error")
    assert [node["shape"] for node in report["nodes"]] == [[1, 8, 8], [64], None, None]


def test_check_looks_at_data_and_recipe_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", unready(tmp_path, recipe={"epochs": 0})]) == 1
    assert "error: epochs: expected a whole number from 1 to 100,000, got 0" in capsys.readouterr().out
    assert main(["check", unready(tmp_path, data={"name": "weather"})]) == 1
    assert "error: name: expected one of digits32" in capsys.readouterr().out
    assert main(["check", unready(tmp_path, data={"name": "moons"})]) == 1
    assert "error: flower: One sample of Two moons is 2 numbers" in capsys.readouterr().out
    assert main(["check", unready(tmp_path, data={})]) == 0


@pytest.mark.parametrize("command", ["check", "train", "export", "screenshot"])
def test_a_bad_file_is_one_line_and_exit_2(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.nns"
    path.write_bytes(b"")
    rest = {"export": ["--to", "python", "-o", "-"], "screenshot": ["-o", "x.png"]}.get(command, [])
    assert main([command, str(path), *rest]) == 2
    captured = capsys.readouterr()
    assert one_line(captured.err) == f"nnstudio: {path} cannot be opened: it is empty."
    assert captured.out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check"], "the following arguments are required: FILE (see nnstudio check --help)"),
        (
            ["train", IRIS, "--epochs", "many"],
            "argument --epochs: invalid int value: 'many' (see nnstudio train --help)",
        ),
        (["train", IRIS, "--epochs", "0"], "epochs: expected a whole number from 1 to 100,000, got 0"),
        (["train", IRIS, "--seed", "-1"], "seed: expected a whole number from 0 to 2,147,483,647, got -1"),
        (["export", IRIS, "--to", "pickle", "-o", "x"], "argument --to: invalid choice: 'pickle'"),
        (["screenshot", IRIS, "-o", "x.png", "--size", "big"], "--size: expected 200x200 to 10000x10000, got 'big'"),
        (["screenshot", IRIS, "-o", "x.png", "--size", "1x99999"], "--size: expected 200x200 to 10000x10000"),
        (["--lang", "xx", "check", IRIS], "argument --lang: invalid choice: 'xx'"),
        (["--wrong"], "unrecognized arguments: --wrong (see nnstudio --help)"),
        (["no-such-file.nns"], "no-such-file.nns cannot be opened: there is no such file or folder."),
        (["chekc", IRIS], "chekc cannot be opened: there is no such file or folder."),
    ],
)
def test_bad_input_is_one_line_and_exit_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert one_line(captured.err).startswith(f"nnstudio: {said}")
    assert captured.out == ""


def test_export_writes_code_that_runs(tmp_path: Path) -> None:
    out = tmp_path / "lenet.py"
    assert main(["export", LENET, "--to", "python", "-o", str(out)]) == 0
    code = (
        f"import runpy; names = runpy.run_path({str(out)!r}); print(sum(callable(value) for value in names.values()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 1
    assert out.read_text("utf-8") == nnstudio.compile(nnstudio.load(LENET)).source()


def test_export_prints_to_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", IRIS, "--to", "python", "-o", "-"]) == 0
    assert capsys.readouterr().out == nnstudio.compile(nnstudio.load(IRIS)).source()


def test_export_of_a_wrong_drawing_names_the_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "x.py"
    assert main(["export", wrong_drawing(tmp_path), "--to", "python", "-o", str(out)]) == 1
    assert one_line(capsys.readouterr().err).startswith("error: conv: ")
    assert not out.exists()


def test_export_into_nowhere_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "no" / "x.py"
    assert main(["export", IRIS, "--to", "python", "-o", str(out)]) == 2
    assert one_line(capsys.readouterr().err) == f"nnstudio: {out} cannot be saved: there is no such file or folder."


def test_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", LENET, "--lang", "zh_CN"]) == 0
    assert "61,706 个参数" in capsys.readouterr().out
    assert main(["--lang=zh_CN", "check", str(tmp_path / "no.nns")]) == 2
    assert "没有这个文件或文件夹" in one_line(capsys.readouterr().err)


def test_the_language_follows_the_option_then_the_choice_then_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_language(None) == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert choose_language(None) == "zh_CN"
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert choose_language(None) == "en"
    save_preferences(Preferences(language="zh_CN"))
    assert choose_language(None) == "zh_CN"
    assert choose_language("en") == "en"
    save_preferences(Preferences(language="tlh"))
    assert choose_language(None) == "en"


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m nnstudio check {LENET} | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("layer")


@pytest.mark.parametrize("words", [["-m", "nnstudio"], ["-m", "nnstudio.cli"], ["main.py"]])
def test_every_way_in_is_the_same(words: list[str]) -> None:
    command = [sys.executable, *words, "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"NN Studio {nnstudio.__version__}\n"
