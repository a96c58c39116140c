"""The process in which slow exports are written; its words are KEY OUTPUT TRAINED LANGUAGE, its input is the project.

Its output is a line of JSON for each stage, and one at the end. `process` starts it and ends it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from nnstudio.core.words import set_language, tr


def main(words: Sequence[str]) -> int:
    """Export, and tell the other side; return 0 even where it failed, because that is told."""
    from nnstudio.exports.writing import export
    from nnstudio.project.reader import decode

    key, output, trained, speech = words
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(os, "nice"):
        os.nice(5)  # the window goes first where there are few cores
    set_language(speech)
    pipe = _own_output()

    def tell(**message: object) -> None:
        with suppress(OSError):  # nobody is there any more
            os.write(pipe, json.dumps(message).encode() + b"\n")

    try:
        project = decode(sys.stdin.buffer.read())
        place = Path(trained) if trained else None
        written = export(project, key, Path(output), trained=place, report=lambda text: tell(stage=text))
    except (ValueError, OSError) as error:
        tell(fault=str(error))
    except MemoryError:
        tell(fault=tr("There is not enough memory for this export."))
    except Exception as error:  # whatever torch's exporters can bring about; it is told, not hidden
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        tell(fault=tr("The export came upon an error: {error}", error=detail))
    else:
        tell(written=[str(path) for path in written])
    return 0


def _own_output() -> int:
    """Keep the way to the other side for ourselves: what libraries print must not come between our lines."""
    ours = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return ours


def _leave(_number: int, _frame: object) -> NoReturn:
    """Leave in an orderly way, which takes half-written files along."""
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
