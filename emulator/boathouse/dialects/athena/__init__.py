"""Athena SQL in, meaning out: Hive's DDL and Trino's queries as typed statements, queries as DuckDB SQL.

It knows schemas and nothing of services, storage or engines. Whatever has no rule is refused by name.
"""

from boathouse.dialects.athena.coverage import Covered, coverage
from boathouse.dialects.athena.errors import SqlRefused
from boathouse.dialects.athena.macros import MACROS
from boathouse.dialects.athena.parsing import parse
from boathouse.dialects.athena.statements import Statement

__all__ = ["MACROS", "Covered", "SqlRefused", "Statement", "coverage", "parse"]
