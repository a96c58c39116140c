"""What the README and the guides show runs as written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLES = [
    (page, number, code) for page in PAGES for number, code in enumerate(BLOCK.findall(page.read_text("utf-8")))
]


@pytest.mark.parametrize(
    ("page", "number", "code"), EXAMPLES, ids=[f"{page.name}-{number}" for page, number, _ in EXAMPLES]
)
def test_examples_in_the_docs_run(page: Path, number: int, code: str, tmp_path: Path) -> None:
    if "# nnstudio/" in code.splitlines()[0]:
        pytest.skip(f"{page.name} shows a file of the project here, not a program")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{page.name}, example {number}: {done.stderr}"


def test_the_readme_has_exactly_two_commands_for_a_fresh_machine() -> None:
    commands = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    jobs = [command.split("#")[0].strip() for command in commands]
    assert jobs == ["python3 scripts/start.py demo", "python3 scripts/start.py test"]


def test_pictures_in_the_readme_exist() -> None:
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8")):
        assert (ROOT / picture).is_file(), picture
