"""An installed program finds its data files as a checkout does."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

SCRIPT = """
import nnstudio
from nnstudio.core.resources import resource, resources_folder
from nnstudio.core.words import set_language, tr
from nnstudio.data.catalog import load
from nnstudio.layers.catalog import catalog

assert resources_folder().parent.name == "nnstudio", resources_folder()
assert resource("icons", "kinds", "Conv2d.svg").is_file()
set_language("zh_CN")
assert tr("Nothing is drawn yet.") != "Nothing is drawn yet."
project = nnstudio.load(resource("examples", "lenet5-digits.nns"))
assert nnstudio.compile(project).num_parameters == 61_706
assert len(load(project.data).inputs) == 1_797
print(nnstudio.__file__)
"""


def test_the_wheel_works_away_from_the_sources(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        assert all(".." not in Path(name).parts for name in archive.namelist())
        for name in archive.namelist():
            archive.extract(name, site)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(site))
