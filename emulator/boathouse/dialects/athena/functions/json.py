"""JSON in text. Only paths of keys and indexes, and only answers whose text DuckDB gives as it stands."""

import re

from boathouse.dialects.athena.functions.rules import Arguments, Page
from boathouse.dialects.athena.types.physical import literal

PAGE = Page("https://trino.io/docs/435/functions/json.html")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[\"([^\"\\*]+)\"\]|\[(\d+)\]")


def _steps(given: Arguments) -> list[str]:
    """The path as DuckDB writes its steps: ``."key"`` and ``[0]``."""
    path, found, position = given.text(1, "a path"), list[str](), 1
    if not path.startswith("$"):
        raise given.invalid(1, f"Invalid JSON path: '{path}'")
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise given.refuse(1, f"the JSON path '{path}'")
        plain, quoted, index = match.groups()
        found.append(f"[{index}]" if index is not None else f'."{plain or quoted}"')
        position = match.end()
    if not found:
        raise given.refuse(1, "the JSON path '$'")
    return found


def _extract_scalar(given: Arguments) -> str:
    steps = _steps(given)
    path, text = literal("$" + "".join(steps)), given.sql(0)
    sql = f"trino_json_scalar({text}, {path}, {given.at})"
    keys = [f'{"".join(steps[:i])}."{step[1:-1]}"' for i, step in enumerate(steps) if step.startswith("[")]
    if keys:  # an index is a key too, where it meets an object
        met = " OR ".join(f"json_type({text}, {literal('$' + key)}) IS NOT NULL" for key in keys)
        gap = f"trino_unsupported({given.at}, 'a JSON path whose index meets an object')"
        sql = f"CASE WHEN trino_json_valid({text}) AND ({met}) THEN {gap} ELSE {sql} END"
    return f"({sql})"


FUNCTIONS = (
    PAGE.scalar("json_extract_scalar(varchar(n),varchar) -> varchar(n)", _extract_scalar),
    PAGE.scalar("json_array_length(varchar) -> bigint", "trino_json_array_length({0}, {at})"),
)
