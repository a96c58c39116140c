"""Warming up: what the first run would otherwise wait for, done in the background before it is asked for."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path


def warm_up() -> None:
    """Import torch and take one training step with a tiny network; meant for a background thread.

    The first optimizer of a process takes a second, as torch imports its compiler for it. Import and step hold
    Python's interpreter lock for short times only if the caller keeps the switch interval small and the cyclic
    collector away meanwhile.
    """
    map_libraries()
    import torch
    from torch.nn import functional

    # Zeros, and no layers: these would draw from the random numbers of a run that may have begun meanwhile.
    kernel, weight = torch.zeros(1, 1, 3, 3, requires_grad=True), torch.zeros(2, 4, requires_grad=True)
    optimizer = torch.optim.Adam([kernel, weight], fused=True)
    scores = functional.linear(functional.conv2d(torch.zeros(2, 1, 4, 4), kernel).flatten(1), weight)
    torch.autograd.backward(functional.cross_entropy(scores, torch.zeros(2, dtype=torch.long)))
    optimizer.step()


def map_libraries() -> bool:
    """Load torch's shared libraries while other Python threads go on, so that importing torch finds them loaded.

    An import holds the interpreter lock while the system maps the libraries; a call through ctypes does not. Where
    there is no ``dlopen`` or torch lies elsewhere, nothing is done: the import loads them itself.

    Returns:
        Whether the libraries are loaded now.
    """
    if "torch" in sys.modules:
        return True
    spec = importlib.util.find_spec("torch")
    if sys.platform == "win32" or spec is None or spec.origin is None:
        return False
    suffix = "dylib" if sys.platform == "darwin" else "so"
    library = Path(spec.origin).parent / "lib" / f"libtorch_python.{suffix}"
    if not library.is_file():
        return False
    open_library = ctypes.CDLL(None).dlopen
    open_library.restype, open_library.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
    # This one needs all the others, and the loader finds them beside it.
    return open_library(os.fsencode(library), os.RTLD_NOW | os.RTLD_GLOBAL) is not None
