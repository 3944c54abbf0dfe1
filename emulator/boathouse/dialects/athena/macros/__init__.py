"""The helpers that translated SQL calls: DuckDB statements for an engine to run once on every connection.

A macro is text: each mention of a parameter evaluates its argument again, which is why rules give literals where they
can. ``trino_fail`` fails with a message and can be caught by TRY, which DuckDB's own error() cannot.
"""

import re
from functools import cache

from boathouse.dialects.athena.macros import arithmetic, arrays, casts, dates, json, text

_DEFINITIONS = {
    "trino_fail(message)": "[NULL][CAST(message AS TINYINT)]",
    # A gap of ours must not become a NULL: with DuckDB's error(), TRY does not even compile.
    "trino_unsupported(place, what)": (
        "error('NOT_SUPPORTED: emulator: ' || place || ': ' || what || ' is not supported')"
    ),
    **arithmetic.DEFINITIONS,
    **casts.DEFINITIONS,
    **arrays.DEFINITIONS,
    **text.DEFINITIONS,
    **dates.DEFINITIONS,
    **json.DEFINITIONS,
}

MACROS: tuple[str, ...] = (
    "SET TimeZone = 'UTC'",
    *(f"CREATE OR REPLACE TEMP MACRO {head} AS ({body})" for head, body in _DEFINITIONS.items()),
)


def may_refuse(sql: str) -> bool:
    """Whether the SQL calls a macro that may find, while it runs, that a value is not supported."""
    names = set(re.findall(r"trino_\w+|\b(?:decode|from_base64)\b", sql))
    return bool(names & refusing())


@cache
def refusing() -> frozenset[str]:
    """The macros that call trino_unsupported, by themselves or through others, and DuckDB's functions that fail where
    Trino's do not."""
    bodies = {head.partition("(")[0]: body for head, body in _DEFINITIONS.items()}
    found, size = {"trino_unsupported", "decode", "from_base64"}, 0
    while size != len(found):
        size = len(found)
        found |= {name for name, body in bodies.items() if found & set(re.findall(r"trino_\w+", body))}
    return frozenset(found)
