"""What of Trino's functions is translated exactly, and what is refused: data for the coverage page."""

from dataclasses import dataclass

from boathouse.datatypes import BIGINT, DataType, decimal
from boathouse.dialects.athena.functions.registry import SPECIAL_FORMS, functions, trinos
from boathouse.dialects.athena.functions.rules import Function
from boathouse.dialects.athena.functions.signatures import Binding, bind, filled, signature

_FORMS_PAGE = "https://trino.io/docs/435/functions/conditional.html"


@dataclass(frozen=True, slots=True)
class Covered:
    """One function: the signatures (Trino's) that are exact, those that are refused, and the page that rules follow."""

    name: str
    exact: tuple[str, ...]
    refused: tuple[str, ...]
    page: str | None


def coverage() -> tuple[Covered, ...]:
    """Every function of Trino 435, and each form that looks like one, by name."""
    names = sorted({*trinos(), *functions(), *SPECIAL_FORMS})
    return tuple(map(_covered, names))


def _covered(name: str) -> Covered:
    if name in SPECIAL_FORMS:
        return Covered(name, trinos().get(name, (f"{name}(...)",)), (), _FORMS_PAGE)
    rules = functions().get(name, ())
    exact = [text for text in trinos().get(name, ()) if _is_taken(text, rules)]
    refused = [text for text in trinos().get(name, ()) if text not in exact]
    return Covered(name, tuple(exact), tuple(refused), rules[0].page if rules else None)


def _is_taken(text: str, rules: tuple[Function, ...]) -> bool:
    """Whether a rule takes arguments of the types that Trino's signature names."""
    wanted = signature(text)
    binding = Binding(dict.fromkeys(_VARIABLES, BIGINT), dict.fromkeys("nmxyz", 5))
    types = [_concrete(filled(parameter, binding)) for parameter in wanted.parameters]
    return any(bind(signature(rule.signature), types, exactly=False) is not None for rule in rules)


_VARIABLES = ("T", "K", "V", "E", "U", "R", "S", "K1", "V1", "V2", "V3")


def _concrete(given: DataType) -> DataType:
    """A decimal(p, s) without its letters is any decimal."""
    return decimal(12, 3) if given == decimal(1, 0) else given
