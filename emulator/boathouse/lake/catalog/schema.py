"""The catalog's SQL tables, and what all of them share: names are folded to lower case, as Glue keeps them.

Partitions carry their location and SerDe as columns of their own, so that a query prunes tens of thousands of them
without reading their documents.
"""

from boathouse.lake.state import State

WITHIN_TABLE = "account=? AND region=? AND database=? AND name=?"


def declare(state: State) -> None:
    state.declare(
        "glue_databases",
        "account TEXT, region TEXT, name TEXT, document TEXT NOT NULL, PRIMARY KEY (account, region, name)",
    )
    state.declare(
        "glue_tables",
        "account TEXT, region TEXT, database TEXT, name TEXT, document TEXT NOT NULL,"
        " PRIMARY KEY (account, region, database, name)",
    )
    state.declare(
        "glue_table_versions",
        "account TEXT, region TEXT, database TEXT, name TEXT, version INTEGER, document TEXT NOT NULL,"
        " PRIMARY KEY (account, region, database, name, version)",
    )
    state.declare(
        "glue_partitions",
        "account TEXT, region TEXT, database TEXT, name TEXT, key TEXT, location TEXT NOT NULL, serde TEXT NOT NULL,"
        " document TEXT NOT NULL, PRIMARY KEY (account, region, database, name, key)",
    )


def folded(name: str) -> str:
    """Glue folds names to lower case when it stores and when it looks up.

    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-databases.html
    """
    return name.lower()
