"""A grouped query on a million rows of Parquet, asked as a client of Athena asks: from the start to the first page.

Beside it the same SQL on the same file by DuckDB alone through httpfs, at the address at which Boathouse's own DuckDB
reads it, and by ministack's Athena, which is DuckDB too, on a ministack by itself.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import duckdb_extensions

from bench import places
from bench.figures import Figure
from bench.places import Place
from boathouse.context import DEFAULT_ACCOUNT, DEFAULT_REGION

ROWS = 1_000_000
TIMES, WARM_UPS = 50, 3
TYPES = 14
BUCKET, DATABASE, TABLE = "bench-query", "bench", "events"
LOCATION = f"s3://{BUCKET}/{TABLE}/"
GROUPED = "SELECT type, count(*) AS events, sum(size) AS bytes FROM {} WHERE hour < 20 GROUP BY type ORDER BY type"
MADE = f"""SELECT range AS id, 'Type' || (range % {TYPES}) AS type, range % 24 AS hour, (range * 7919) % 10007 AS size,
    md5(range::VARCHAR) AS login FROM range({ROWS})"""
COLUMNS = {"id": "bigint", "type": "string", "hour": "bigint", "size": "bigint", "login": "string"}
UNFINISHED = ("QUEUED", "RUNNING")


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="boathouse-bench-") as folder:
        file = Path(folder) / "events.parquet"
        duckdb.execute(f"COPY ({MADE}) TO '{file}' (FORMAT parquet)")
        with places.boathouse() as place:
            put(place, file)
            ours = median(partial(ask, place.client("athena")))
            alone = median(duckdb_alone(place, Path(folder)))
        with places.ministack() as place:
            put(place, file)
            theirs = median(partial(ask, place.client("athena")))
    yield Figure("small query", ours, "ms", "DuckDB alone", alone)
    yield Figure("small query", ours, "ms", "ministack's Athena", theirs)


def put(place: Place, file: Path) -> None:
    s3, glue = place.client("s3"), place.client("glue")
    s3.create_bucket(Bucket=BUCKET)
    s3.upload_file(str(file), BUCKET, f"{TABLE}/{file.name}")
    glue.create_database(DatabaseInput={"Name": DATABASE})
    glue.create_table(DatabaseName=DATABASE, TableInput=table())


def table() -> dict[str, Any]:
    return {
        "Name": TABLE,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet", "EXTERNAL": "TRUE"},
        "StorageDescriptor": {
            "Location": LOCATION,
            "Columns": [{"Name": name, "Type": kind} for name, kind in COLUMNS.items()],
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
        },
    }


def ask(athena: Any) -> None:
    """Polls without a pause, so that what is measured is the service and not the client's patience."""
    started = athena.start_query_execution(
        QueryString=GROUPED.format(TABLE),
        QueryExecutionContext={"Database": DATABASE},
        ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"},
    )
    of = {"QueryExecutionId": started["QueryExecutionId"]}
    while (status := athena.get_query_execution(**of)["QueryExecution"]["Status"])["State"] in UNFINISHED:
        pass
    if status["State"] != "SUCCEEDED":
        raise RuntimeError(f"the query failed: {status}")
    rows = athena.get_query_results(**of)["ResultSet"]["Rows"]
    if len(rows) != 1 + TYPES:
        raise RuntimeError(f"{len(rows)} rows came back")


def duckdb_alone(place: Place, folder: Path) -> Callable[[], None]:
    """A connection that is kept, as Boathouse keeps one; it writes no result."""
    connection = duckdb.connect(config={"extension_directory": str(folder)})
    duckdb_extensions.import_extension("httpfs", con=connection)
    connection.execute("LOAD httpfs")
    connection.execute("SET httpfs_client_implementation='httplib'; SET http_proxy=''")
    address = urlsplit(place.endpoint).netloc
    connection.execute(
        f"CREATE SECRET (TYPE s3, KEY_ID '{DEFAULT_ACCOUNT}', SECRET 'none', REGION '{DEFAULT_REGION}',"
        f" ENDPOINT '{address}', URL_STYLE 'path', USE_SSL false)"
    )
    sql = GROUPED.format(f"'{LOCATION}*.parquet'")

    def run() -> None:
        if len(connection.execute(sql).fetchall()) != TYPES:
            raise RuntimeError("DuckDB found other rows")

    return run


def median(run: Callable[[], None]) -> float:
    """Milliseconds, of ``TIMES``; what the first runs find is not yet what the others find."""
    for _ in range(WARM_UPS):
        run()
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000
