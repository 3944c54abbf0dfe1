"""Signatures in Trino's own notation, and whether arguments fit them.

``lower(varchar(n)) -> varchar(n)``: a small letter in a type's parentheses stands for its number, a capital alone for
any type, ``T...`` for any number of arguments more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from boathouse.datatypes import UNKNOWN, DataType
from boathouse.dialects.athena.types.coercion import can_coerce, common_type

_WITH_NUMBERS = ("varchar", "char", "decimal", "timestamp", "time")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A type with holes. ``name`` is a type's, or a capital; ``numbers`` are digits or small letters."""

    name: str
    numbers: tuple[str, ...] = ()
    children: tuple["Pattern", ...] = ()

    @property
    def is_variable(self) -> bool:
        return self.name.isupper()


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    parameters: tuple[Pattern, ...]
    variadic: bool
    returns: Pattern


@dataclass(slots=True)
class Binding:
    types: dict[str, DataType] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)


@cache
def signature(text: str) -> Signature:
    call, _, returns = text.partition(" -> ")
    name, _, rest = call.partition("(")
    parts = split(rest.rpartition(")")[0])
    variadic = bool(parts) and parts[-1].endswith("...")
    parameters = tuple(_pattern(part.removesuffix("...")) for part in parts)
    return Signature(name, parameters, variadic, _pattern(returns))


def split(text: str) -> list[str]:
    """At the commas outside parentheses."""
    parts, depth, start = list[str](), 0, 0
    for index, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [*parts, text[start:].strip()] if text.strip() else []


def _pattern(text: str) -> Pattern:
    match = re.fullmatch(r"([A-Za-z][A-Za-z0-9_ ]*?)(?:\((.*)\))?(?: (with time zone))?", text)
    if match is None:
        raise ValueError(f"no type: {text}")
    base, inner = match.group(1), split(match.group(2) or "")
    name = f"{base} {match.group(3)}" if match.group(3) else base
    if base in _WITH_NUMBERS:
        return Pattern(name, numbers=tuple(inner))
    return Pattern(name, children=tuple(map(_pattern, inner)))


def bind(given: Signature, arguments: Sequence[DataType], *, exactly: bool) -> tuple[list[DataType], Binding] | None:
    """The types that the arguments have to become, and what the letters stand for; None where they do not fit."""
    parameters = parameters_of(given, len(arguments))
    if parameters is None:
        return None
    binding = Binding()
    for parameter, argument in zip(parameters, arguments, strict=True):
        if not _collect(parameter, argument, binding, exactly):
            return None
    targets = [filled(parameter, binding) for parameter in parameters]
    fits = all(
        target == argument if exactly and not _is_text(target) else can_coerce(argument, target)
        for target, argument in zip(targets, arguments, strict=True)
    )
    return (targets, binding) if fits else None


def _is_text(given: DataType) -> bool:
    return given.name == "varchar"


def parameters_of(given: Signature, count: int) -> tuple[Pattern, ...] | None:
    """One for each of ``count`` arguments; None where the signature takes another number."""
    if not given.variadic:
        return given.parameters if len(given.parameters) == count else None
    missing = count - len(given.parameters)
    return given.parameters + given.parameters[-1:] * missing if missing >= 0 else None


def _collect(parameter: Pattern, argument: DataType, binding: Binding, exactly: bool) -> bool:
    if parameter.is_variable:
        known = binding.types.get(parameter.name)
        found = argument if known is None else common_type(known, argument)
        if found is None or (exactly and known not in (None, found)):
            return False
        binding.types[parameter.name] = found
        return True
    if argument == UNKNOWN:
        return not exactly
    if parameter.children:
        return (
            parameter.name == argument.name
            and len(parameter.children) == len(argument.children)
            and all(
                _collect(child, given, binding, exactly)
                for child, given in zip(parameter.children, argument.children, strict=True)
            )
        )
    return _collect_numbers(parameter, argument, binding)


def _collect_numbers(parameter: Pattern, argument: DataType, binding: Binding) -> bool:
    """A number that the argument does not have stays open: ``varchar(n)`` of a varchar is a varchar."""
    if not parameter.numbers:
        return True
    given = argument
    if parameter.name == "decimal" and argument.name in ("tinyint", "smallint", "integer", "bigint"):
        given = DataType("decimal", ({"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}[argument.name], 0))
    for letter, number in zip(parameter.numbers, given.parameters, strict=False):
        if not letter.isdigit():
            binding.numbers[letter] = max(number, binding.numbers.get(letter, 0))
    return True


def filled(pattern: Pattern, binding: Binding) -> DataType:
    if pattern.is_variable:
        return binding.types.get(pattern.name, UNKNOWN)
    if pattern.children:
        return DataType(pattern.name, children=tuple(filled(child, binding) for child in pattern.children))
    numbers = [int(number) if number.isdigit() else binding.numbers.get(number) for number in pattern.numbers]
    if any(number is None for number in numbers):
        return DataType(pattern.name, _open(pattern.name))
    return DataType(pattern.name, tuple(number for number in numbers if number is not None))


def _open(name: str) -> tuple[int, ...]:
    """What a letter without a number means: of NULL as a decimal(p, s), of a date as a timestamp(p)."""
    return {"decimal": (1, 0), "timestamp": (3,), "timestamp with time zone": (3,)}.get(name, ())
