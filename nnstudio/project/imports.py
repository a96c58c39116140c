"""An import as a project, and on disk: the drawing in a .nns, its weights in a .safetensors of the same name."""

from __future__ import annotations

from pathlib import Path

from nnstudio.compiler.importers.parcel import weights_bytes
from nnstudio.compiler.importers.report import Imported
from nnstudio.project.document import Project
from nnstudio.project.placement import place
from nnstudio.project.store import save, write_atomically


def project_of(imported: Imported) -> Project:
    """Return an import as a project, laid out from left to right."""
    return Project(name=imported.name, graph=place(imported.graph))


def weights_path(path: Path) -> Path:
    """Return where the weights of a project file lie that came in with it."""
    return path.with_suffix(".safetensors")


def save_import(imported: Imported, path: Path) -> None:
    """Write the weights and then the project.

    Raises:
        FileError: one of them could not be written.
    """
    if imported.weights:
        write_atomically(weights_path(path), weights_bytes(imported))
    save(project_of(imported), path)
