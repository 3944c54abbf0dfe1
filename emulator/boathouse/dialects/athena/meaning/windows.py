"""OVER and ORDER BY: partitions, order with NULLs where Trino has them, frames (https://trino.io/docs/435/functions/window.html)."""

from collections.abc import Sequence

from boathouse.dialects.athena.errors import runtime, semantic, unsupported
from boathouse.dialects.athena.functions.window import NEED_ORDER
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


def over_sql(window: tree.Window, function: str, env: Env) -> str:
    window = resolved(window, env)
    if function in NEED_ORDER:
        _check_ordered(window, function)
    parts = list[str]()
    if window.partition_by:
        parts.append(f"PARTITION BY {', '.join(env.translate(key).sql for key in window.partition_by)}")
    if window.order_by:
        parts.append(f"ORDER BY {sorted_by(window.order_by, env)}")
    if window.frame is not None:
        parts.append(_frame(window.frame, window, env))
    return f" OVER ({' '.join(parts)})"


def _check_ordered(window: tree.Window, function: str) -> None:
    if not window.order_by:
        raise semantic("MISSING_ORDER_BY", window.at, f"{function} function requires an ORDER BY window clause")
    if window.frame is not None:
        raise semantic("INVALID_WINDOW_FRAME", window.frame.at, f"Cannot specify window frame for {function} function")


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


_ORDER = ("UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING")


def _frame(frame: tree.Frame, window: tree.Window, env: Env) -> str:
    start, end = frame.start, frame.end
    if start.kind == "UNBOUNDED FOLLOWING":
        raise _invalid(frame, "Window frame start cannot be UNBOUNDED FOLLOWING")
    if end is not None and end.kind == "UNBOUNDED PRECEDING":
        raise _invalid(frame, "Window frame end cannot be UNBOUNDED PRECEDING")
    last = "CURRENT ROW" if end is None else end.kind
    if _ORDER.index(start.kind) > _ORDER.index(last):
        raise _invalid(frame, f"Window frame starting from {start.kind} cannot end with {last}")
    counts = any(bound is not None and bound.offset is not None for bound in (start, end))
    if frame.unit != "ROWS" and counts and not window.order_by:
        sentence = f"Window frame of type {frame.unit} PRECEDING or FOLLOWING requires ORDER BY"
        raise semantic("MISSING_ORDER_BY", frame.at, sentence)
    if end is None:
        return f"{frame.unit} {_bound(start, frame.unit, env)}"
    return f"{frame.unit} BETWEEN {_bound(start, frame.unit, env)} AND {_bound(end, frame.unit, env)}"


def _invalid(frame: tree.Frame, sentence: str) -> Exception:
    return semantic("INVALID_WINDOW_FRAME", frame.at, sentence)


def _bound(bound: tree.FrameBound, unit: str, env: Env) -> str:
    if bound.offset is None:
        return bound.kind
    value = env.translate(bound.offset)
    if unit == "RANGE" or not isinstance(value.constant, int) or value.type.name not in INTEGERS:
        raise unsupported(bound.at, f"a {unit} frame whose offset is no whole number written out")
    if value.constant < 0:
        raise runtime("INVALID_WINDOW_FRAME", bound.at, "Window frame offset value must not be negative or null")
    return f"{value.constant} {bound.kind}"
