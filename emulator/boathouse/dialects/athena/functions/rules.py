"""What a rule for a function is, and what its SQL may ask of a call. How to add one: docs/architecture.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from boathouse.datatypes import DataType
from boathouse.dialects.athena.errors import runtime, unsupported
from boathouse.dialects.athena.functions.signatures import Binding
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.value import Value
from boathouse.dialects.athena.types.physical import literal

Kind = Literal["scalar", "aggregate", "window"]


@dataclass(frozen=True, slots=True)
class Arguments:
    """A call's arguments, each of the type that the signature asks for."""

    values: Sequence[Value]
    call: tree.Call
    binding: Binding
    result: DataType

    def sql(self, index: int) -> str:
        return self.values[index].sql

    def text(self, index: int, what: str) -> str:
        """The text of a literal; anything else is refused, since the rule has to read it."""
        constant = self.values[index].constant
        if not isinstance(constant, str) or not self.values[index].is_text:
            raise unsupported(self.values[index].at, f"{self.call.name} with {what} that is no literal")
        return constant

    def refuse(self, index: int, what: str) -> Exception:
        return unsupported(self.values[index].at, what)

    def invalid(self, index: int, sentence: str) -> Exception:
        """What Trino finds out only while it runs: its sentence has no position."""
        return runtime("INVALID_FUNCTION_ARGUMENT", self.values[index].at, sentence)

    @property
    def at(self) -> str:
        """Where the call stands, as a literal: for what can be refused only while it runs."""
        return literal(str(self.call.at))


Emit = str | Callable[[Arguments], str]
Returns = Callable[[Sequence[DataType]], DataType]


@dataclass(frozen=True, slots=True)
class Function:
    """``signature`` is Trino's, ``emit`` DuckDB's SQL: a template, or a function of ``Arguments`` that gives a scalar's
    SQL, an aggregate's template.

    A template has the arguments as ``{0}``, ``{1}``, all of them as ``{all}``, the result's DuckDB type as
    ``{result}``, the call's place as ``{at}`` and the numbers of the signature's small letters as ``{p}``.

    An aggregate's template has ``{over}`` after each DuckDB aggregate (FILTER and OVER go there), ``{distinct}``
    where DISTINCT and ``{order}`` where ORDER BY may stand; one without them refuses both. A window function's has
    ``{over}``, and ``{nulls}`` where IGNORE NULLS may stand. ``returns`` computes a type that the notation cannot say.
    """

    signature: str
    emit: Emit
    page: str
    kind: Kind = "scalar"
    returns: Returns | None = None

    @property
    def name(self) -> str:
        return self.signature.partition("(")[0]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of Trino's documentation, and the rules that follow it."""

    url: str

    def scalar(self, signature: str, emit: Emit, returns: Returns | None = None) -> Function:
        return Function(signature, emit, self.url, "scalar", returns)

    def aggregate(self, signature: str, emit: Emit, returns: Returns | None = None) -> Function:
        return Function(signature, emit, self.url, "aggregate", returns)

    def window(self, signature: str, emit: Emit, returns: Returns | None = None) -> Function:
        return Function(signature, emit, self.url, "window", returns)


def each(names: str, make: Callable[[str], Function]) -> tuple[Function, ...]:
    """The same rule for several names or types, separated by blanks."""
    return tuple(make(name) for name in names.split())
