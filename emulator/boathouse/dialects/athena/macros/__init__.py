"""The helpers that translated SQL calls: DuckDB statements for an engine to run once on every connection.

A macro is text: each mention of a parameter evaluates its argument again, which is why rules give literals where they
can. ``trino_fail`` fails with a message and can be caught by TRY, which DuckDB's own error() cannot.
"""

from boathouse.dialects.athena.macros import arithmetic, arrays, casts, dates, json, text

_DEFINITIONS = {
    "trino_fail(message)": "[NULL][CAST(message AS TINYINT)]",
    "trino_unsupported(place, what)": (
        "trino_fail('NOT_SUPPORTED: emulator: ' || place || ': ' || what || ' is not supported')"
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
