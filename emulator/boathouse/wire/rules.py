"""The constraints that a shape puts on its own values, without those on what they contain."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import Shape

MAX_MATCHED = 16_384
"""Longer texts are not matched against patterns: some take time that grows with the square of the length."""
_SURROGATE_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class Rule:
    """``rank`` is a rule's place where AWS lists several in one sentence."""

    text: str
    holds: Callable[[Any], bool]
    rank: int


def rules(shape: Shape) -> list[Rule]:
    """In the order in which AWS reports them."""
    traits = shape.metadata
    measured = "value" if shape.type_name in ("integer", "long", "float", "double") else "length"
    size: Callable[[Any], Any] = len if measured == "length" else _itself
    found = []
    if (pattern := traits.get("pattern")) and shape.type_name == "string" and (matches := _matcher(pattern)):
        found.append(Rule(f"Member must satisfy regular expression pattern: {pattern}", matches, 2))
    if (least := traits.get("min")) is not None:
        text = f"Member must have {measured} greater than or equal to {least}"
        found.append(Rule(text, lambda value: bool(size(value) >= least), 1))
    if (most := traits.get("max")) is not None:
        text = f"Member must have {measured} less than or equal to {most}"
        found.append(Rule(text, lambda value: bool(size(value) <= most), 0))
    if allowed := traits.get("enum"):
        found.append(Rule(f"Member must satisfy enum value set: [{', '.join(allowed)}]", {*allowed}.__contains__, 3))
    return found


def _itself(value: Any) -> Any:
    return value


@cache
def _matcher(pattern: str) -> Callable[[str], bool] | None:
    """AWS's services match the whole value, but for patterns that are anchored at their beginning alone.

    None for what Python's ``re`` cannot read (``\\p{L}`` and other classes of Java's): that is left to the service.
    """
    try:
        compiled = re.compile(_SURROGATE_PAIR.sub(_character, pattern), re.ASCII)
    except (re.error, OverflowError):
        return None
    matched = compiled.match if pattern.startswith("^") and not pattern.endswith("$") else compiled.fullmatch
    return lambda value: len(value) > MAX_MATCHED or matched(value) is not None


def _character(pair: re.Match[str]) -> str:
    """Java spells a character outside the basic plane as two surrogates, Python as one."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"
