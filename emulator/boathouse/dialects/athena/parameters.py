"""The values of a statement's question marks. They take their places as tokens, so that positions stay the text's.

What Athena makes of a value (measured by others): an expression without names is that expression; everything else,
what does not parse among it, is a text.
"""

from collections.abc import Sequence
from dataclasses import replace

from boathouse.dialects.athena.errors import Position, SqlRefused, semantic
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.grammar.cursor import Cursor
from boathouse.dialects.athena.grammar.expressions import parse_expression
from boathouse.dialects.athena.grammar.tokens import Token, trino_tokens
from boathouse.dialects.athena.grammar.words import RESERVED


def bound(tokens: list[Token], values: Sequence[str]) -> list[Token]:
    """``tokens`` with the values in place of the question marks; values of a statement without any are ignored."""
    marks = [token for token in tokens if _is_mark(token)]
    if marks and len(marks) != len(values):
        raise semantic(
            "INVALID_PARAMETER_USAGE",
            Position(1, 1),
            f"Incorrect number of parameters: expected {len(marks)} but found {len(values)}",
        )
    left = iter(values)
    found: list[Token] = []
    for token in tokens:
        found += _in_place(token, next(left)) if _is_mark(token) else [token]
    return found


def _is_mark(token: Token) -> bool:
    return token.kind == "symbol" and token.value == "?"


def _in_place(mark: Token, value: str) -> list[Token]:
    written = value if _is_expression(value) else "'" + value.replace("'", "''") + "'"
    tokens = trino_tokens(f"({written})")[:-1]
    return [replace(token, at=mark.at, start=mark.start, end=mark.end) for token in tokens]


def _is_expression(value: str) -> bool:
    try:
        cursor = Cursor(value, trino_tokens(value), RESERVED)
        expression = parse_expression(cursor)
        cursor.expect_end()
    except SqlRefused as refused:
        return refused.kind != "syntax"
    return not any(isinstance(node, tree.Name | tree.Dereference) for node in tree.walk(expression))
