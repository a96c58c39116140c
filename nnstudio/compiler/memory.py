"""How much memory there is, and whether a network's weights fit into it, told before anything is allocated."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from nnstudio.compiler.plan import CompileError, Plan
from nnstudio.core.problem import Problem
from nnstudio.core.words import tr

BYTES = 4
"""Of one number in float32."""

_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        ("total", ctypes.c_ulonglong),
        *((f"other_{number}", ctypes.c_ulonglong) for number in range(6)),
    )


def total_memory() -> int:
    """Return the bytes of memory that this process may use at most: the machine's, or less in a container."""
    if sys.platform == "win32":
        status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.total)
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _GROUP_LIMIT.read_text("ascii").strip() if _GROUP_LIMIT.is_file() else "max"
    return min(total, int(limit)) if limit.isdigit() else total


def check_memory(plan: Plan) -> None:
    """Refuse a network whose weights alone are larger than the memory.

    Raises:
        CompileError: they are; names the layer with most of them.
    """
    needed, there = BYTES * sum(step.num_weights for step in plan.steps), total_memory()
    if needed > there:
        largest = max(plan.steps, key=lambda step: step.num_weights)
        text = tr(
            "The weights of {name} take {size}; this computer has {memory} in all.",
            name=largest.name,
            size=bytes_text(BYTES * largest.num_weights),
            memory=bytes_text(there),
        )
        raise CompileError((Problem(largest.name, "memory", text),))


def bytes_text(count: int) -> str:
    """Write a number of bytes as people read it: ``247 kB``, ``1.5 GB``; 1 kB is 1,000 bytes."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    if unit == "bytes":
        return tr("{count} bytes", count=count)
    return f"{size:,.0f} {unit}" if size >= 100 else f"{size:.1f} {unit}"
