"""The example files are what their drawings say, and each compiles without a problem."""

from __future__ import annotations

import pytest

import nnstudio
from nnstudio.core.resources import resource
from nnstudio.data.catalog import entries
from nnstudio.project.examples import ALL, EXAMPLES
from nnstudio.project.writer import encode
from nnstudio.training.recipe import recipe_of


@pytest.mark.parametrize("name", ALL)
def test_the_file_is_what_the_builder_draws(name: str) -> None:
    path = resource("examples", f"{name}.nns")
    again = ALL[name]()
    assert nnstudio.load(path) == again
    assert path.read_bytes() == encode(again), "run scripts/write_examples.py"


def test_there_are_no_other_files() -> None:
    assert {path.stem for path in resource("examples").iterdir()} == set(ALL)


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_compiles_and_fits_its_data(name: str) -> None:
    project = EXAMPLES[name]()
    compiled = nnstudio.compile(project)
    assert compiled.problems == ()
    entry = entries()[str(project.data["name"])]
    nodes = project.graph.nodes
    (entrance,) = [node.name for node in nodes if node.kind == "Input"]
    (result,) = [node.name for node in nodes if node.kind == "Output"]
    assert compiled.shapes[entrance] == entry.shape
    assert compiled.shapes[result] == (entry.num_outputs,)
    assert recipe_of(project.recipe).epochs <= 60
