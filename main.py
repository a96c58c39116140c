"""``python main.py``: NN Studio from a checkout, with the same arguments as ``nnstudio``."""

import sys

from nnstudio.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
