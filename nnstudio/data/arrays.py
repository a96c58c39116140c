"""Names for the arrays that data sets are made of."""

from __future__ import annotations

from typing import Union

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
Array = Union[Numbers, Indices]
