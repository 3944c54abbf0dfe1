"""maths."""

from boathouse.dialects.athena.functions.rules import Function

FUNCTIONS: tuple[Function, ...] = ()
