"""A whole query translated: its SQL, what it reads, and the columns that it answers."""

from boathouse.dialects.athena.grammar import relational
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.expressions import RULES
from boathouse.dialects.athena.meaning.queries import query
from boathouse.dialects.athena.meaning.scopes import Scope
from boathouse.dialects.athena.meaning.work import Work
from boathouse.dialects.athena.statements import Query
from boathouse.relation import Column


def translated(node: relational.Query, work: Work) -> Query:
    return analysed(node, work)[0]


def analysed(node: relational.Query, work: Work) -> tuple[Query, tuple[str | None, ...]]:
    """The query, and its columns' names, None where Trino has none but its ``_col0``."""
    found = query(node, Env(work, RULES, query, Scope(()), {}))
    names = tuple(output.name for output in found.outputs)
    columns = tuple(Column(output.name or f"_col{i}", output.type) for i, output in enumerate(found.outputs))
    return Query(found.sql, tuple(reading.finished() for reading in work.readings), columns), names
