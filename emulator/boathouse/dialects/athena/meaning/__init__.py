"""From Trino's trees to typed DuckDB SQL: one rule a node, scopes and types known. A node without a rule is refused."""
