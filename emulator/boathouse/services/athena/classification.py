"""What kind of statement a text is that could not be parsed: Athena says so of failed queries too."""

import re

COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
TEXT = "{id}.txt"
QUERY = ("DML", "SELECT", "{id}.csv")
BY_WORDS = {
    "SELECT": QUERY,
    "WITH": QUERY,
    "VALUES": QUERY,
    "TABLE": QUERY,
    "EXPLAIN": ("DML", "EXPLAIN", TEXT),
    "INSERT": ("DML", "INSERT", "{id}"),
    "UPDATE": ("DML", "UPDATE", "{id}.csv"),
    "DELETE": ("DML", "DELETE", "{id}.csv"),
    "MERGE": ("DML", "MERGE", "{id}.csv"),
    "SHOW TABLES": ("UTILITY", "SHOW_TABLES", TEXT),
    "SHOW PARTITIONS": ("UTILITY", "SHOW_PARTITIONS", TEXT),
    "DESCRIBE": ("UTILITY", "DESCRIBE_TABLE", TEXT),
    "CREATE VIEW": ("DDL", "CREATE_VIEW", TEXT),
    "CREATE TABLE": ("DDL", "CREATE_TABLE_AS_SELECT", "tables/{id}"),
    "SHOW": ("UTILITY", "SHOW", TEXT),
}


def classified_by_words(sql: str) -> tuple[str, str, str]:
    """Statement type, substatement type and the result file's name, by the first words outside comments."""
    words = COMMENT.sub(" ", sql).upper().replace("(", " ( ").split()
    for count in (2, 1):
        if (found := BY_WORDS.get(" ".join(words[:count]))) is not None:
            return found
    if words[:1] == ["("]:
        return QUERY
    return "DDL", "_".join(words[:2]), TEXT
