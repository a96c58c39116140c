"""What a run of a project is made of: recipe, data and network, found to fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.problem import errors_among

if TYPE_CHECKING:
    from torch import fx

    from nnstudio.compiler.plan import Plan
    from nnstudio.data.dataset import Dataset
    from nnstudio.project.document import Project
    from nnstudio.training.recipe import Recipe


class Assembly(msgspec.Struct, frozen=True, eq=False):
    """All that a run asks for.

    Attributes:
        recipe: how the network is trained.
        dataset: what it learns from.
        plan: the network.
    """

    recipe: Recipe
    dataset: Dataset
    plan: Plan

    def network(self) -> fx.GraphModule:
        """Build the network, with the starting weights of the recipe's seed.

        Raises:
            CompileError: its weights are larger than the memory.
        """
        from nnstudio.compiler.link import link

        return link(self.plan, seed=self.recipe.seed)


def assemble(project: Project) -> Assembly:
    """Compile a project's drawing, read its recipe and load its data; torch is not needed for it.

    Raises:
        CompileError: the drawing cannot be built, or does not fit data and recipe; lists the problems.
        ValueError: recipe or data cannot be as the project has them.
    """
    from nnstudio.compiler.analysis import analyse
    from nnstudio.compiler.plan import CompileError, make_plan
    from nnstudio.data.catalog import load
    from nnstudio.training.ready import ready
    from nnstudio.training.recipe import recipe_of

    blocks = project.blocks_by_name
    analysis = analyse(project.graph, blocks)
    plan = make_plan(project.graph, blocks, analysis)
    recipe, dataset = recipe_of(project.recipe), load(project.data)
    problems = errors_among(ready(project.graph, analysis, dataset, recipe))
    if problems:
        raise CompileError(problems)
    return Assembly(recipe, dataset, plan)
