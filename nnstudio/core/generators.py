"""Who may use torch's random generators: they are one set for the process, but several runs may work at a time."""

from __future__ import annotations

import threading
from typing import Final

GENERATORS: Final = threading.RLock()
"""Held by whoever draws from torch's own generators, or puts other states into them."""
