"""Chance that a seed decides, the same on every Python and machine.

Only Random.random() is drawn on: its sequence is promised not to change, that of other methods is not
(https://docs.python.org/3/library/random.html#notes-on-reproducibility). And no function of libm's.
"""

import random
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Dice:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random  # noqa: S311 no secret

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def below(self, bound: int) -> int:
        return int(self._random() * bound)

    def between(self, low: int, high: int) -> int:
        """From low to high, both possible, low ones far more often than high ones."""
        return low + int(self._random() * self._random() * self._random() * (high - low + 1))

    def pick(self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]

    def hex(self, digits: int) -> str:
        blocks = -(-digits // 13)
        return "".join(f"{int(self._random() * 2**52):013x}" for _ in range(blocks))[:digits]


class Weighted(Generic[T]):
    """Values that come up as often as their weights say."""

    def __init__(self, weights: dict[T, float]) -> None:
        self._values = list(weights)
        self._steps = list(accumulate(weights.values()))

    def roll(self, dice: Dice) -> T:
        at = dice.below(1 << 30) / (1 << 30) * self._steps[-1]
        return next(value for value, step in zip(self._values, self._steps, strict=True) if at < step)


class Crowd(Generic[T]):
    """Keys that come back as GitHub's do: a few very often, most once (Pitman and Yor's process).

    Measured on 2016-01-01: a discount of 0.82 and a strength of 50 give the number of distinct keys within 5 %.
    """

    def __init__(self, dice: Dice, discount: float = 0.82, strength: float = 50.0) -> None:
        self._dice = dice
        self._discount = discount
        self._strength = strength
        self._seen: list[T] = []
        self._counts: dict[T, int] = {}

    def is_new(self) -> bool:
        """Whether the next one is somebody nobody has seen; then the caller makes one and adds it."""
        distinct, total = len(self._counts), len(self._seen)
        return self._dice.chance((self._strength + self._discount * distinct) / (self._strength + total))

    def again(self) -> T:
        """Somebody seen before, the more often the likelier."""
        while True:
            key = self._dice.pick(self._seen)
            if not self._dice.chance(self._discount / self._counts[key]):
                return key

    def add(self, key: T) -> T:
        self._seen.append(key)
        self._counts[key] = self._counts.get(key, 0) + 1
        return key
