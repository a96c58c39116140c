"""``python -m benchmarks [NAME…] [--json]``: run benchmarks, print their rows, exit 1 where a goal is missed."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence

import benchmarks
from benchmarks.common import Row

_COMMON = ("__main__", "bare", "common", "crossings", "drawings", "ours", "peers", "soak", "stage", "twins")


def names() -> list[str]:
    """Return the benchmarks there are."""
    return [found.name for found in pkgutil.iter_modules(benchmarks.__path__) if found.name not in _COMMON]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(names())}")
    parser.add_argument("--json", action="store_true", help="print one JSON object per row")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(names()))
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(names())}")
    good = True
    for name in asked.names or names():
        module = importlib.import_module(f"benchmarks.{name}")
        row: Row
        for row in module.rows():
            print(json.dumps(dataclasses.asdict(row)) if asked.json else line(row), flush=True)
            good = good and row.holds
    return 0 if good else 1


def line(row: Row) -> str:
    """Return what is printed of a row."""
    verdict = "" if not row.goal else "holds" if row.holds else "MISSED"
    return f"{row.benchmark:<20} {row.figure:<58} {row.value:>10.4g}  {row.goal:<10} {verdict}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
