"""Whatever hands and keys do, the canvas equals the document, and undo leads back to the start."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.project.document import Project
from tests.ui.canvas.random_editing import STARTS, STEPS, Step, play


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(STARTS, st.lists(STEPS, min_size=50, max_size=50))
def test_the_canvas_equals_the_document_whatever_hands_do(qapp: object, start: Project, plan: list[Step]) -> None:
    play(start, plan)
