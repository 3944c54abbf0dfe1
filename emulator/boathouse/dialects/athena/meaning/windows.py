"""OVER and ORDER BY: partitions, order with NULLs where Trino has them, frames (https://trino.io/docs/435/functions/window.html)."""

from collections.abc import Sequence

from boathouse.dialects.athena.errors import semantic, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.value import Value
from boathouse.dialects.athena.types.coercion import INTEGERS


def sorted_by(items: Sequence[tree.SortItem], env: Env) -> str:
    return ", ".join(sort_key(env.translate(item.expression), item) for item in items)


def sort_key(value: Value, item: tree.SortItem, sql: str | None = None) -> str:
    """``sql`` stands in for the value, as a select item's number does."""
    if value.type.children or value.type.name == "unknown":
        # Trino refuses or defines an order of its own for NULLs inside arrays and rows.
        raise unsupported(item.at, f"ORDER BY on the type {value.type}")
    key, direction = sql or value.sql, "DESC" if item.descending else "ASC"
    if not item.nulls_first:
        return f"{key} {direction} NULLS LAST"
    if value.type.name not in ("real", "double"):
        return f"{key} {direction} NULLS FIRST"
    # NULLS FIRST turns NaN round in Trino: the least value, where it is otherwise the greatest.
    nan = f"isnan({value.sql})" if item.descending else f"NOT isnan({value.sql})"
    return f"{nan} ASC NULLS FIRST, {value.sql} {direction} NULLS FIRST"


def over_sql(window: tree.Window, env: Env) -> str:
    window = resolved(window, env)
    parts = list[str]()
    if window.partition_by:
        parts.append(f"PARTITION BY {', '.join(env.translate(key).sql for key in window.partition_by)}")
    if window.order_by:
        parts.append(f"ORDER BY {sorted_by(window.order_by, env)}")
    if window.frame is not None:
        parts.append(_frame(window.frame, env))
    return f" OVER ({' '.join(parts)})"


def resolved(window: tree.Window, env: Env) -> tree.Window:
    """With what the window of the WINDOW clause that it names brings."""
    if window.base is None:
        return window
    base = env.windows.get(window.base.lower())
    if base is None:
        raise semantic("INVALID_WINDOW_REFERENCE", window.at, f"Cannot resolve WINDOW name {window.base}")
    base = resolved(base, env)
    if window.partition_by or (window.order_by and base.order_by) or (base.frame and (window.order_by or window.frame)):
        raise unsupported(window.at, f"a window that changes the window {window.base}")
    return tree.Window(window.at, None, base.partition_by, window.order_by or base.order_by, window.frame or base.frame)


def _frame(frame: tree.Frame, env: Env) -> str:
    if frame.end is None:
        return f"{frame.unit} {_bound(frame.start, frame.unit, env)}"
    return f"{frame.unit} BETWEEN {_bound(frame.start, frame.unit, env)} AND {_bound(frame.end, frame.unit, env)}"


def _bound(bound: tree.FrameBound, unit: str, env: Env) -> str:
    if bound.offset is None:
        return bound.kind
    value = env.translate(bound.offset)
    if unit == "RANGE" or not isinstance(value.constant, int) or value.type.name not in INTEGERS:
        raise unsupported(bound.at, f"a {unit} frame whose offset is no whole number written out")
    if value.constant < 0:
        raise semantic("INVALID_WINDOW_FRAME", bound.at, "Window frame offset value must not be negative or null")
    return f"{value.constant} {bound.kind}"
