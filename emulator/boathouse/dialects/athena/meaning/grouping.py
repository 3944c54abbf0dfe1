"""GROUP BY: the keys, the sets that ROLLUP, CUBE and GROUPING SETS make of them, and which query is grouped at all."""

from collections.abc import Sequence

from boathouse.dialects.athena.errors import Position, semantic, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.meaning.calls import is_aggregate
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.value import Value, physical_at


def is_grouped(node: relational.Select, order_by: Sequence[tree.SortItem]) -> bool:
    parts: list[tree.Node] = [*node.items, *order_by]
    if node.having is not None:
        parts.append(node.having)
    return (
        node.group_by is not None
        or node.having is not None
        or any(is_aggregate(found) for part in parts for found in tree.walk(part))
    )


def grouping(node: relational.Select, env: Env) -> tuple[str, frozenset[str]]:
    """GROUP BY in SQL, and the keys by their SQL: an item that has the same SQL is that key."""
    keys, elements = dict[str, None](), list[str]()
    within = env.but(clause="GROUP BY clause")
    for element in node.group_by or ():
        sets = [[_key(item, node, within) for item in given] for given in element.sets]
        keys.update((key.sql, None) for given in sets for key in given)
        listed = [f"({', '.join(key.sql for key in given)})" for given in sets]
        if element.kind == "SIMPLE":
            elements.extend([key.sql for key in sets[0]] or ["()"])
        else:
            words = "GROUPING SETS" if element.kind == "SETS" else element.kind
            elements.append(f"{words} ({', '.join(listed)})")
    return (f" GROUP BY {', '.join(elements)}" if elements else ""), frozenset(keys)


def _key(item: tree.Expression, node: relational.Select, env: Env) -> Value:
    value = env.translate(_at_position(item.value, item.at, node) if isinstance(item, tree.IntegerLiteral) else item)
    physical_at(value.type, item.at)
    return value


def _at_position(position: int, at: Position, node: relational.Select) -> tree.Expression:
    if any(isinstance(given, relational.AllColumns) for given in node.items):
        raise unsupported(at, "GROUP BY a position beside a star")
    if not 1 <= position <= len(node.items):
        raise semantic("INVALID_COLUMN_REFERENCE", at, f"GROUP BY position {position} is not in select list")
    chosen = node.items[position - 1]
    if isinstance(chosen, relational.AllColumns):
        raise unsupported(at, "GROUP BY a star")
    return chosen.expression
