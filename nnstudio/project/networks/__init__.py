"""Networks of the field as example projects, drawn with the Builder: one file per kind of task."""

from __future__ import annotations
