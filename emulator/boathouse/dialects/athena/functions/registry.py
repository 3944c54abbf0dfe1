"""All rules by name, and all functions that Trino has, so that a gap of ours and a mistake of the user's differ."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from boathouse.datatypes import DataType
from boathouse.dialects.athena.functions import (
    aggregate,
    arrays,
    date,
    formats,
    json,
    lambdas,
    maths,
    regex,
    text,
    window,
)
from boathouse.dialects.athena.functions.rules import Function
from boathouse.dialects.athena.functions.signatures import bind, signature
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning import conditional
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.value import Value

SPECIAL_FORMS: Mapping[str, Callable[[tree.Call, Env], Value]] = {
    "coalesce": conditional.coalesce,
    "all_match": lambdas.match,
    "any_match": lambdas.match,
    "filter": lambdas.filter_array,
    "greatest": conditional.greatest,
    "if": conditional.if_function,
    "least": conditional.least,
    "none_match": lambdas.match,
    "nullif": conditional.nullif,
    "transform": lambdas.transform,
    "try": conditional.try_function,
    "typeof": conditional.type_of,
}


@cache
def functions() -> Mapping[str, tuple[Function, ...]]:
    found = dict[str, tuple[Function, ...]]()
    for module in (aggregate, arrays, date, formats, json, maths, regex, text, window):
        for function in module.FUNCTIONS:
            found[function.name] = (*found.get(function.name, ()), function)
    return found


@cache
def trinos() -> Mapping[str, tuple[str, ...]]:
    """The signatures of Trino 435 by name: what SHOW FUNCTIONS answers there, with ``...`` where more may follow."""
    found = dict[str, tuple[str, ...]]()
    listed = (files(__package__) / "trino.txt").read_text(encoding="utf-8")
    for line in listed.splitlines():
        _, _, text = line.partition(" ")
        name = text.partition("(")[0]
        found[name] = (*found.get(name, ()), text)
    return found


def overloads(name: str, types: Sequence[DataType]) -> Iterator[list[DataType]]:
    """What each of Trino's functions of this name would make of arguments of these types, where it takes them."""
    for listed in trinos().get(name, ()):
        found = bind(signature(listed), types, exactly=False)
        if found is not None:
            yield found[0]
