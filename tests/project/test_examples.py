"""The example files are what their drawings say, and each compiles without a problem."""

from __future__ import annotations

import pytest

import nnstudio
from nnstudio.core.resources import resource
from nnstudio.data.catalog import entries
from nnstudio.project.examples import ALL, EXAMPLES, PUBLISHED
from nnstudio.project.gallery import GALLERY, GROUPS
from nnstudio.project.writer import encode
from nnstudio.training.asked import fits
from nnstudio.training.ready import ready
from nnstudio.training.recipe import recipe_of


@pytest.mark.parametrize("name", ALL)
def test_the_file_is_what_the_builder_draws(name: str) -> None:
    path = resource("examples", f"{name}.nns")
    again = ALL[name]()
    assert nnstudio.load(path) == again
    assert path.read_bytes() == encode(again), "run scripts/write_examples.py"


def test_there_are_no_other_files() -> None:
    assert {path.stem for path in resource("examples").glob("*.nns")} == set(ALL)


def test_the_gallery_names_every_example_by_group() -> None:
    assert sorted(example.name for example in GALLERY) == sorted(ALL)
    groups = [example.group for example in GALLERY]
    assert [group for index, group in enumerate(groups) if index == 0 or groups[index - 1] != group] == list(GROUPS)
    assert {example.name for example in GALLERY if example.trains} == set(EXAMPLES)


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_looked_into_compiles_without_a_word_of_warning(name: str) -> None:
    assert nnstudio.compile(PUBLISHED[name]()).problems == ()


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("alexnet-towers", 60_965_224),
        ("alexnet", 61_100_840),
        ("vgg11", 132_863_336),
        ("vgg16", 138_357_544),
        ("googlenet", 6_998_552),
        ("xor", 9),
    ],
)
def test_counts_are_those_of_the_papers(name: str, parameters: int) -> None:
    assert nnstudio.compile(ALL[name]()).num_parameters == parameters


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_compiles_and_fits_its_data(name: str) -> None:
    project = EXAMPLES[name]()
    compiled = nnstudio.compile(project)
    assert compiled.problems == ()
    entry = entries()[str(project.data["name"])]
    nodes = project.graph.nodes
    (entrance,) = [node.name for node in nodes if node.kind == "Input"]
    result = next(node.name for node in nodes if node.kind == "Output")
    assert fits(compiled.shapes[entrance], entry.shape)
    assert fits(compiled.shapes[result], entry.output_shape)
    recipe = recipe_of(project.recipe)
    assert ready(project.graph, compiled.analysis, entry, recipe) == ()
    assert recipe.epochs * entry.num_samples <= 250_000
