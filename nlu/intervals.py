"""How sure a figure is: 95 % intervals, and whether two models differ on the same rows. Pure numpy, always the same lot."""

from collections.abc import Callable
from math import comb, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Interval = tuple[float, float]

Z = 1.959964
"""The normal deviate of 95 %."""
DRAWS = 1000
_SEED = 12345


def wilson(n_right: int, n: int) -> Interval:
    """The 95 % interval of a share (Wilson 1927); (0, 1) for no rows at all. Holds near 0 and 1 and for small n."""
    if n == 0:
        return (0.0, 1.0)
    share = n_right / n
    middle = share + Z * Z / (2 * n)
    width = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return (max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale))


def bootstrap(n: int, figure: Callable[[Ints], float], *, draws: int = DRAWS) -> Interval:
    """The middle 95 % of a figure over `draws` samples of n rows with replacement; `figure` gets the rows' places.

    Moved so that its middle is the figure itself: of drawn rows some occur twice, which makes a calibration error
    larger and a macro-F1 smaller than they are.
    """
    if n == 0:
        return (0.0, 1.0)
    lot = np.random.default_rng(_SEED)
    found = [figure(lot.integers(0, n, n)) for _ in range(draws)]
    low, middle, high = np.quantile(found, (0.025, 0.5, 0.975))
    shift = figure(np.arange(n)) - float(middle)
    return (float(low) + shift, float(high) + shift)


def mcnemar(first: Bools, second: Bools) -> float:
    """The exact two-sided p of McNemar's test: how likely so uneven a split of the rows that only one got right."""
    b, c = int(np.sum(first & ~second)), int(np.sum(~first & second))
    n = b + c
    if n == 0:
        return 1.0
    tail = sum(comb(n, k) for k in range(min(b, c) + 1))
    return min(1.0, float(2 * tail / 2**n))
