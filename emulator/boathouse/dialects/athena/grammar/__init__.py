"""Athena's two languages as they are written: Trino's queries and Hive's DDL, from text to trees with positions.

The grammar is ours because an allow-list begins with it: a general parser takes what Trino refuses (``1 = 1 = true``,
``LIMIT 1 OFFSET 1``, ``ifnull``) and forgets where an operator stood. It knows no types and no tables.
"""
