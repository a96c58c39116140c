"""What a run is made of: drawing, recipe and data that fit, or the problems that keep them from it."""

from __future__ import annotations

import msgspec
import pytest
import torch

import nnstudio
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import CompileError
from nnstudio.core.edits import disconnect, replace
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.assembly import assemble


def test_network_data_and_recipe_are_the_project_s() -> None:
    project = EXAMPLES["iris"]()
    project = replace(project, recipe={**project.recipe, "seed": 3, "epochs": 7})
    made = assemble(project)
    assert (made.recipe.seed, made.recipe.epochs) == (3, 7)
    assert made.dataset.shape == (4,)
    first, second = made.network().state_dict(), link(nnstudio.compile(project).plan, seed=3).state_dict()
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_drawing_that_cannot_be_built_is_told_before_its_data() -> None:
    project = EXAMPLES["iris"]()
    loose = replace(project, graph=disconnect(project.graph, project.graph.edges[:1]), data={"name": "no such data"})
    with pytest.raises(CompileError) as told:
        assemble(loose)
    assert [problem.code for problem in told.value.problems] == ["missing_input"]


def test_data_that_do_not_fit_the_drawing_are_told_as_problems() -> None:
    project = msgspec.structs.replace(EXAMPLES["iris"](), data={"name": "moons"})
    with pytest.raises(CompileError, match="One sample of Two moons is 2 numbers") as told:
        assemble(project)
    assert [problem.code for problem in told.value.problems] == ["data_shape", "data_outputs"]


def test_a_recipe_that_cannot_be_is_refused() -> None:
    project = msgspec.structs.replace(EXAMPLES["iris"](), recipe={"epochs": -1})
    with pytest.raises(ValueError, match="epochs: expected"):
        assemble(project)
