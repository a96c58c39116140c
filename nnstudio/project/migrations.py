"""Steps from each format of project file to the next, on plain data as it comes from JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnstudio.project.schema import FORMAT

Step = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: Mapping[int, Step] = {}
"""By the format a step starts from; the step gives a file of the format after it, except for the number itself."""


def migrate(
    data: dict[str, Any], found: int, *, steps: Mapping[int, Step] = STEPS, newest: int = FORMAT
) -> dict[str, Any]:
    """Bring the contents of a file of format ``found`` to the newest format, one step at a time.

    A file of the newest format comes back as it is. ``data`` itself is left alone by every step.
    """
    assert 1 <= found <= newest
    for number in range(found, newest):
        data = {**steps[number](data), "format": number + 1}
    return data
