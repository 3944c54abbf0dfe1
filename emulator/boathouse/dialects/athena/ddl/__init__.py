"""Hive's DDL as Athena has it: statements read straight into what they mean.

https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html. It knows no catalog: whether a table exists is for
whoever carries the statement out.
"""

from boathouse.dialects.athena.ddl.parsing import parse_ddl

__all__ = ["parse_ddl"]
