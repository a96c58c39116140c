"""The headless door: everything the window does to a drawing can be done from Python.

>>> import nnstudio
>>> b = nnstudio.Builder("tiny")
>>> x = b.input("features", shape=(4,))
>>> b.output(b.add("Linear", x, out_features=3, name="logits"))
>>> c = nnstudio.compile(b.project())
>>> c.shapes["logits"], c.num_parameters, c.macs, c.problems
((3,), 15, 12, ())
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.lint import with_lint
from nnstudio.compiler.memory import check_memory
from nnstudio.compiler.plan import CompileError, Plan, make_plan
from nnstudio.core.problem import Problem
from nnstudio.layers.spec import Shape
from nnstudio.project.builder import BlockBuilder, Builder, Handle
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.store import load
from nnstudio.training.aim import aim_of

if TYPE_CHECKING:
    from torch.fx import GraphModule

__all__ = [
    "BlockBuilder",
    "Builder",
    "CompileError",
    "Compiled",
    "FileError",
    "Handle",
    "Problem",
    "Project",
    "compile",
    "load",
]


class Compiled:
    """What a drawing compiles to. Nothing is allocated before `module` is asked for, and torch is not imported.

    Attributes:
        project: what was compiled.
        analysis: everything known of the drawing, node by node.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        aim = aim_of(project.recipe, project.data)
        self.analysis: Analysis = with_lint(analyse(project.graph, project.blocks_by_name), aim)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the drawing; a problem of severity ``error`` keeps `module` from being built.

        A ``warning`` tells of what compiles and is hardly meant, such as a Softmax before cross-entropy.
        """
        return self.analysis.problems

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shape that leaves each node, by its name and without the batch axis; of several outputs the first.

        A free length is a string, such as ``"T"``. A name is missing where the shape cannot be known.
        """
        facts = self.analysis.facts
        return MappingProxyType(
            {node.name: facts[node.id].outputs[0].shape for node in self.project.graph.nodes if facts[node.id].outputs}
        )

    @property
    def num_parameters(self) -> int:
        """Trained numbers of all layers that lead to an Output and whose shapes are known."""
        return self.analysis.num_parameters

    @property
    def num_buffers(self) -> int:
        """Numbers that are kept but not trained, such as the running means of BatchNorm2d."""
        return self.analysis.num_buffers

    @property
    def macs(self) -> int | None:
        """Multiply-adds of one forward pass of one sample; None where a length is free."""
        return self.analysis.macs

    @cached_property
    def plan(self) -> Plan:
        """The layers in the order of computation.

        Raises:
            CompileError: the drawing has problems of severity ``error``.
        """
        return make_plan(self.project.graph, self.project.blocks_by_name, self.analysis)

    @cached_property
    def module(self) -> GraphModule:
        """The network as a `torch.nn.Module` with fresh weights, drawn from torch's random state on first use.

        Raises:
            CompileError: the drawing has problems of severity ``error``, or weights beyond the memory.
        """
        check_memory(self.plan)  # known before torch is loaded
        from nnstudio.compiler.link import link

        return link(self.plan)

    def load_weights(self, path: str | Path) -> None:
        """Put the weights of a safetensors file into `module`, all or none.

        Raises:
            CompileError: the drawing has problems of severity ``error``.
            ValueError: the file cannot be read, or names and shapes are not those of the drawing; says what differs.
        """
        from nnstudio.compiler.weights import load_weights

        load_weights(self.module, Path(path))

    def source(self) -> str:
        """Return the network as readable Python that needs nothing but torch.

        Raises:
            CompileError: the drawing has problems of severity ``error``.
        """
        from nnstudio.compiler.source import write_source

        return write_source(self.plan, self.project.name)


def compile(project: Project) -> Compiled:
    """Work out shapes, costs and problems of a project; a wrong drawing compiles, too, to its problems.

    Args:
        project: from `Builder.project` or `load`.
    """
    return Compiled(project)
