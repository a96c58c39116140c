"""``python -m nnstudio.cli``: the command line."""

import sys

from nnstudio.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
