"""Weighted choices drawn by one uniform number each, so that a draw depends on the seed alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

BELOW_ONE = 1.0 - 1e-9


@dataclass(frozen=True)
class Choice:
    """Rows of weights over the same options, kept as one rising line of cumulative shares."""

    ends: Numbers
    width: int
    possible: Mask

    def pick(self, rows: Indices | int, uniform: Numbers) -> Indices:
        """One option per uniform number, by the weights of its row (0 where a row has none)."""
        at = np.asarray(rows)
        found = np.searchsorted(self.ends, at + uniform * BELOW_ONE, side="right") - at * self.width
        within: Indices = np.clip(found, 0, self.width - 1)
        return within


def choice(weights: Numbers) -> Choice:
    """A Choice from a matrix of weights, one row per situation and one column per option."""
    totals = weights.sum(axis=1, keepdims=True)
    shares = np.cumsum(weights, axis=1) / np.where(totals > 0, totals, 1.0)
    shares[:, -1] = 1.0
    ends = (shares + np.arange(len(weights))[:, None]).ravel()
    return Choice(ends, weights.shape[1], totals.ravel() > 0)


def single(weights: Sequence[float] | Numbers) -> Choice:
    """A Choice of one row."""
    return choice(np.asarray(weights, dtype=float)[None, :])


def vector(weights: Mapping[str, float], options: Sequence[str]) -> Numbers:
    """Weights by name as a vector over the options; raises KeyError for a name that is none."""
    strange = set(weights) - set(options)
    if strange:
        raise KeyError(f"assumptions.toml weighs codes that the code lists lack: {sorted(strange)}")
    return np.array([float(weights.get(option, 0.0)) for option in options])
