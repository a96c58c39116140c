"""What goes wrong with project files, as one exception."""

from __future__ import annotations


class FileError(ValueError):
    """A file that cannot be read or saved; the message is one sentence for the person who chose the file."""
