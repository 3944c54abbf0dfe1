"""ApplyMapping: fields renamed, retyped and moved into structs.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-transforms-ApplyMapping.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import Column, DataFrame
from pyspark.sql.functions import col, struct
from pyspark.sql.types import StructType

from awsglue.gaps import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

Mapping = tuple[str, str, str, str]
# Glue's names of types to Spark's; the rest are refused
TYPES = {
    "bigint": "bigint", "binary": "binary", "boolean": "boolean", "byte": "tinyint", "date": "date", "double": "double",
    "float": "float", "int": "int", "integer": "int", "long": "bigint", "short": "smallint", "smallint": "smallint",
    "string": "string", "timestamp": "timestamp", "tinyint": "tinyint",
}  # fmt: skip
Tree = dict[str, Any]


def mapped(frame: DataFrame, mappings: Sequence[Mapping]) -> DataFrame:
    """A source that the frame has not is left out, as it would be of a record that has it not."""
    tree: Tree = {}
    for source, _, target, kind in mappings:
        path = [source] if source in frame.columns else source.split(".")
        if _has(frame.schema, path):
            *parents, name = target.split(".")
            place = tree
            for parent in parents:
                place = place.setdefault(parent, {})
            place[name] = col(".".join(f"`{part}`" for part in path)).cast(_type(kind))
    return frame.select(*_columns(tree))


def _has(schema: StructType, path: Sequence[str]) -> bool:
    kind: Any = schema
    for name in path:
        if not isinstance(kind, StructType) or name not in kind.names:
            return False
        kind = kind[name].dataType
    return True


def _type(kind: str) -> str:
    if kind.startswith("decimal"):
        return kind
    if kind not in TYPES:
        refuse(f"ApplyMapping to the type {kind}")
    return TYPES[kind]


def _columns(tree: Tree) -> list[Column]:
    return [(struct(*_columns(node)) if isinstance(node, dict) else node).alias(name) for name, node in tree.items()]
