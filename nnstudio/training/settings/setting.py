"""A setting of the recipe: a field of a form, the heading it stands under, its formulas, and when it matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from nnstudio.core.graph import Value
from nnstudio.core.words import Words
from nnstudio.layers.parameters import Parameter

Heading = Literal["learner", "loss", "optimizer", "schedule", "regularisation", "run", "machine"]

HEADINGS: Mapping[Heading, Words] = {
    "learner": Words("Learner", "学习方法"),
    "loss": Words("Loss", "损失函数"),
    "optimizer": Words("Optimizer", "优化器"),
    "schedule": Words("Schedule", "学习率计划"),
    "regularisation": Words("Regularisation", "正则化"),
    "run": Words("Run", "训练过程"),
    "machine": Words("Machine", "计算机"),
}
"""The headings of the form, in its order."""


class Formula(msgspec.Struct, frozen=True):
    """TeX that ziamath can draw, and the paper or book it stands in."""

    tex: str
    source: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Its parts, each of which can stand in a line of its own."""
        return tuple(line.strip() for line in self.tex.split(r",\quad"))


class When(msgspec.Struct, frozen=True):
    """A rule: the setting ``name`` has one of these values."""

    name: str
    among: tuple[Value, ...]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the form.

    Attributes:
        field: name, label, help, limits and default.
        heading: where it stands.
        when: rules that must all hold for it to matter; none for what always matters.
        formulas: by the value they belong to; under an empty name, that of every value.
    """

    field: Parameter
    heading: Heading
    when: tuple[When, ...] = ()
    formulas: Mapping[str, Formula] = {}

    @property
    def name(self) -> str:
        """What the recipe calls it."""
        return self.field.name

    def formula(self, value: Value) -> Formula | None:
        """Return the formula that belongs to a value; None where there is none."""
        return self.formulas.get(str(value)) or self.formulas.get("")


GRADIENT = When("learner", ("backprop", "pretraining"))
"""Learners that go down a gradient, and so ask for a loss and an optimizer."""
