"""Settings of a form, checked together: those of the data, and those of a recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.layers.parameters import Parameter


def check_settings(fields: Sequence[Parameter], settings: Mapping[str, Value]) -> dict[str, object]:
    """Return a checked value for every field, the default where ``settings`` says nothing.

    Raises:
        ValueError: a setting is unknown or has a value that cannot be; says what was expected and what came.
    """
    names = [field.name for field in fields]
    for name in settings:
        if name not in names:
            raise ValueError(tr("{name}: unknown setting; expected one of {known}", name=name, known=", ".join(names)))
    return {field.name: field.check(settings.get(field.name, field.default)) for field in fields}
