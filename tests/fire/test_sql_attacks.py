"""SQL cannot reach out: neither the machine's files nor its network, nor other accounts, extensions and settings.

Each statement goes to Athena as a user sends it. It must not succeed, or where it may, the secret must not be in its
result; nobody outside is asked, no file appears. The engine behind is attacked in tests/engines/duckdb.
"""

import base64
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.fire
SECRET = "the-secret-7c1f"
ATTACKER, VICTIM = "111122223333", "444455556666"
MINE, THEIRS = "attackers-own", "victims-own"
FUNCTIONS = (
    "read_text", "read_blob", "read_csv", "read_csv_auto", "read_parquet", "parquet_scan", "read_json",
    "read_json_auto", "read_ndjson", "read_duckdb", "glob", "sniff_csv", "parquet_metadata", "parquet_schema",
    "parquet_kv_metadata",
)  # fmt: skip
OF_THE_ENGINE = (
    "duckdb_settings()", "duckdb_secrets()", "duckdb_tables()", "duckdb_tables", "duckdb_extensions()",
    "duckdb_logs", "pragma_version()", "pragma_user_agent()", "pg_catalog.pg_settings", "pg_catalog.pg_tables",
    "sqlite_master", "main.duckdb_tables", "system.main.duckdb_settings", "system.information_schema.tables",
    "query('SELECT 1')", "query_table(['x'])", "which_secret('s3://x', 's3')", "test_all_types()",
    "json_execute_serialized_sql('{{}}')", "repeat(1, 2)", "range(3)", "python_map_function()",
    "arrow_scan(1, 2, 3)", "pandas_scan(1)", "copy_database()",
)  # fmt: skip
WRITTEN_OTHERWISE = (
    "SELECT * FROM '{file}'", 'SELECT * FROM "{file}"', "SELECT * FROM `{file}`", 'TABLE "{file}"', "FROM '{file}'",
    "SELECT * FROM \"read_text\"('{file}')", "SELECT * FROM TABLE(read_text('{file}'))",
    "SELECT read_text('{file}')", "SELECT * FROM UNNEST(read_text('{file}'))",
    "SELECT (SELECT content FROM read_text('{file}'))", "WITH x AS (FROM read_text('{file}')) SELECT * FROM x",
    "WITH x AS (SELECT * FROM read_text('{file}')) SELECT * FROM x", "FROM read_text('{file}')",
    "SELECT * FROM read_text/**/('{file}')", "SELECT * FROM READ_TEXT ('{file}')",
    "SELECT * FROM main.read_text('{file}')", "SELECT * FROM system.main.read_text('{file}')",
    "VALUES (read_text('{file}'))", "SELECT * FROM ｒｅａｄ_ｔｅｘｔ('{file}')",
    "SELECT * FROM read\u200b_text('{file}')",
    "SELECT * FROM U&\"read_text\"('{file}')",
    "SELECT * FROM (SELECT 1) t(x), LATERAL (SELECT * FROM read_text('{file}'))", "SELECT * FROM (TABLE \"{file}\")",
    "SELECT 1 WHERE EXISTS (SELECT * FROM read_text('{file}'))",
    "SELECT array_agg(c) FROM (SELECT read_text('{file}') c)", "SELECT * FROM awsdatacatalog.default.\"{file}\"",
    "SELECT * FROM \"{file}\".x", "SELECT transform(ARRAY['{file}'], f -> read_text(f))",
    "SELECT CASE WHEN true THEN read_text('{file}') END", "/*! SELECT */ FROM '{file}'", "SELECT getenv('HOME')",
    "SELECT current_setting('secret_directory')", "SELECT version()", "SELECT current_database()",
    "SELECT * FROM mine.\"t'; FROM '{file}\"",
)  # fmt: skip
STATEMENTS = (
    "INSTALL httpfs", "INSTALL spatial FROM '{outside}'", "LOAD httpfs", "LOAD '{file}'", "ATTACH '{file}' AS x",
    "ATTACH '{folder}/new.db'", "DETACH memory", "COPY (SELECT 1) TO '{folder}/out'", "COPY x FROM '{file}'",
    "EXPORT DATABASE '{folder}/out'", "IMPORT DATABASE '{folder}'", "SET threads = 1", "SET SESSION a = 1",
    "RESET threads", "RESET ALL", "PRAGMA database_list", "PRAGMA enable_profiling", "CALL duckdb_settings()",
    "CALL system.runtime.kill_query('x')", "CREATE MACRO m() AS 1", "CREATE FUNCTION f() RETURNS int RETURN 1",
    "CREATE SECRET s (TYPE s3)", "CREATE TEMP TABLE x AS SELECT 1",
    "USE memory", "CHECKPOINT", "VACUUM", "ANALYZE",
    "EXECUTE IMMEDIATE 'SELECT 1'", "PREPARE p FROM SELECT * FROM read_text('{file}')", "EXECUTE p",
    "EXPLAIN ANALYZE SELECT 1", "SUMMARIZE '{file}'", "DESCRIBE '{file}'", "SHOW ALL TABLES", "PIVOT '{file}' ON a",
    "BEGIN", "COMMIT", "KILL 1", "GRANT ALL ON x TO y", "INSERT INTO mine.t SELECT 1",
    "UNLOAD (SELECT 1) TO 's3://victims-own/out/' WITH (format = 'PARQUET')",
    "UNLOAD (SELECT 1) TO 'file://{folder}/out' WITH (format = 'PARQUET')",
    "SELECT 1; COPY (SELECT 1) TO '{folder}/out'", "SELECT 1; SELECT 2", "SELECT 1) TO '{folder}/out'; --",
    "SELECT 1 FROM (SELECT 2)) TO '{folder}/out' --",
    "SELECT 1) AS result(c0)) TO '{folder}/out' (FORMAT csv); SELECT * FROM (SELECT 1",
    "SELECT 1 UNION ALL SELECT * FROM read_text('{file}')", "SELECT * FROM vault.secrets",
    "SELECT * FROM awsdatacatalog.vault.secrets", 'SELECT * FROM "444455556666".vault.secrets',
    "SHOW TABLES IN vault", "SELECT * FROM 's3://victims-own/secret/one.json'",
    'SELECT * FROM "s3://victims-own/secret/one.json"', "DESCRIBE vault.secrets", "SHOW CREATE TABLE vault.secrets",
    "DROP TABLE vault.secrets", "MSCK REPAIR TABLE vault.secrets", "ALTER TABLE vault.secrets ADD COLUMNS (b int)",
    "CREATE VIEW mine.v AS SELECT * FROM vault.secrets", "CREATE VIEW mine.w AS SELECT * FROM read_text('{file}')",
)  # fmt: skip
CREATED_ELSEWHERE = (
    "s3://victims-own/made/", "file://{folder}/made/", "{folder}/made/",
    "http://{outside}/made/",
    "s3://", "s3a://victims-own/made/",
)  # fmt: skip
LOCATIONS = (
    "file://{folder}/", "file:{folder}/", "{folder}/", "{file}", "http://{outside}/", "https://{outside}/",
    "s3://victims-own/secret/", "s3a://victims-own/secret/", "s3://attackers-own/../victims-own/secret/",
    "hdfs://{outside}/", "ftp://{outside}/", "memory:",
    "s3://attackers-own/data/?s3_endpoint={outside}&s3_use_ssl=false", "s3://{outside}/data/",
    "s3://user:pass@{outside}/x/", "", "s3://attackers-own/data/'); COPY (SELECT 1) TO '{folder}/out'; --",
)  # fmt: skip
NAMES = (
    "a\"; COPY (SELECT 1) TO '{folder}/out'; --",
    "a'b",
    'a"b',
    "a--b",
    "a/*b",
    "a;b",
    "a)b",
    "a\\b",
    "$path",
    "*",
    "é",
    "select",
)
VALUES = ("it's", "' OR '1'='1", '"; --', "\\", "$$", "%27", "../x", "a=b", "-- x", "é\U0001f6f6")


class Outside(socketserver.ThreadingTCPServer):
    """Somebody who waits to be asked, and hangs up."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def verify_request(self, request: object, client_address: object) -> bool:
        self.asked.append(client_address)
        return False


@dataclass
class Ring:
    """Attacker and victim; ``words`` are what statements may be filled with."""

    client: Callable[..., Any]
    folder: Path
    outside: Outside
    words: dict[str, str] = field(default_factory=dict)

    def attackers(self, service: str) -> Any:
        return self.client(service, account=ATTACKER)

    def ask(self, statement: str, *, account: str = ATTACKER, bucket: str = MINE, **more: Any) -> tuple[str, str]:
        """How the statement ended, or was refused, and all that was answered about it and in it."""
        athena = self.client("athena", account=account)
        where = {"ResultConfiguration": {"OutputLocation": f"s3://{bucket}/results/"}}
        try:
            query = athena.start_query_execution(QueryString=statement, **where, **more)["QueryExecutionId"]
        except ClientError as error:
            return f"REFUSED with {error.response['ResponseMetadata']['HTTPStatusCode']}", str(error)
        while (found := athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"])["State"] in (
            "QUEUED",
            "RUNNING",
        ):
            time.sleep(0.01)
        if found["State"] != "SUCCEEDED":
            return found["State"], found["StateChangeReason"]
        return "SUCCEEDED", json.dumps(athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"])

    def filled(self, text: str) -> str:
        for name, word in self.words.items():
            text = text.replace(f"{{{name}}}", word)
        return text.replace("{{}}", "{}")

    def refused(self, text: str, **more: Any) -> str:
        """Fills and asks; the statement must not succeed, nothing come of it. Returns why."""
        state, told = self.ask(self.filled(text), **more)
        self.check(told)
        assert state in ("REFUSED with 400", "REFUSED with 501", "FAILED"), told
        assert "internal error" not in told
        assert "GENERIC_INTERNAL_ERROR" not in told
        return told

    def check(self, told: str) -> None:
        assert SECRET not in told
        assert self.outside.asked == []
        assert sorted(path.name for path in self.folder.iterdir()) == ["secret.json"]


@pytest.fixture(scope="module")
def ring(client: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    folder = tmp_path_factory.mktemp("machine")
    (folder / "secret.json").write_text(json.dumps({"a": SECRET}) + "\n")
    for account, bucket, database in ((VICTIM, THEIRS, "vault"), (ATTACKER, MINE, "mine")):
        client("s3", account=account).create_bucket(Bucket=bucket)
        client("glue", account=account).create_database(DatabaseInput={"Name": database})
    body = (folder / "secret.json").read_bytes()
    client("s3", account=VICTIM).put_object(Bucket=THEIRS, Key="secret/one.json", Body=body)
    client("s3", account=ATTACKER).put_object(Bucket=MINE, Key="data/one.json", Body=b'{"a": "mine"}\n')
    vault = table("secrets", f"s3://{THEIRS}/secret/")
    client("glue", account=VICTIM).create_table(DatabaseName="vault", TableInput=vault)
    client("glue", account=ATTACKER).create_table(DatabaseName="mine", TableInput=table("t", f"s3://{MINE}/data/"))
    with Outside() as outside:
        address = f"127.0.0.1:{outside.server_address[1]}"
        words = {"file": str(folder / "secret.json"), "folder": str(folder), "outside": address}
        yield Ring(client, folder, outside, words)
        outside.shutdown()


def table(name: str, location: str, *columns: str, **more: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": "string"} for column in columns or ("a",)],
            "Location": location,
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", **more.pop("SerdeInfo", {})},
        },
        **more,
    }


def test_the_ring_is_ready(ring: Ring) -> None:
    """Or else what follows would prove nothing: the attacker can read what is his, the victim what is hers."""
    assert "mine" in ring.ask("SELECT a FROM mine.t")[1]
    assert SECRET in ring.ask("SELECT a FROM vault.secrets", account=VICTIM, bucket=THEIRS)[1]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("path", ["{file}", "{folder}/*", "http://{outside}/x", "s3://victims-own/secret/one.json"])
def test_no_function_reads_a_file(ring: Ring, function: str, path: str) -> None:
    ring.refused(f"SELECT * FROM {function}('{path}')")


@pytest.mark.parametrize("source", OF_THE_ENGINE)
def test_the_engine_says_nothing_of_itself(ring: Ring, source: str) -> None:
    ring.refused(f"SELECT * FROM {source}")


@pytest.mark.parametrize("statement", WRITTEN_OTHERWISE + STATEMENTS)
def test_no_statement_reaches_out(ring: Ring, statement: str) -> None:
    ring.refused(statement)


@pytest.mark.parametrize("location", CREATED_ELSEWHERE)
def test_nothing_is_created_elsewhere(ring: Ring, location: str) -> None:
    quoted = location.replace("'", "''")
    told = ring.refused(f"CREATE TABLE mine.made WITH (external_location = '{quoted}') AS SELECT 1 AS a")
    assert "already exists" not in told
    listed = ring.client("s3", account=VICTIM).list_objects_v2(Bucket=THEIRS, Prefix="made/")
    assert "Contents" not in listed


@pytest.mark.parametrize("location", LOCATIONS)
def test_no_tables_location_leads_elsewhere(ring: Ring, location: str) -> None:
    glue = ring.attackers("glue")
    with_its_own = {"PartitionKeys": [{"Name": "p", "Type": "string"}]}
    made = [table("led", ring.filled(location)), table("led_by_partition", f"s3://{MINE}/none/", **with_its_own)]
    for each in made:
        glue.create_table(DatabaseName="mine", TableInput=each)
    try:
        led = made[0]["StorageDescriptor"]
        glue.create_partition(
            DatabaseName="mine",
            TableName="led_by_partition",
            PartitionInput={"Values": ["1"], "StorageDescriptor": led},
        )
        for each in made:
            state, told = ring.ask(f"SELECT * FROM mine.{each['Name']}")
            ring.check(told)
            assert state != "SUCCEEDED" or "Data" not in told.partition("}]}")[2], told
    finally:
        for each in made:
            glue.delete_table(DatabaseName="mine", Name=each["Name"])


@pytest.mark.parametrize("template", ["file://{folder}/${p}", "http://{outside}/${p}", "s3://victims-own/secret/${p}"])
def test_no_projection_leads_elsewhere(ring: Ring, template: str) -> None:
    projection = {
        "projection.enabled": "true",
        "projection.p.type": "enum",
        "projection.p.values": "one.json,secret.json",
    }
    parameters = projection | {"storage.location.template": ring.filled(template)}
    keys = [{"Name": "p", "Type": "string"}]
    made = table("projected", f"s3://{MINE}/none/", Parameters=parameters, PartitionKeys=keys)
    ring.attackers("glue").create_table(DatabaseName="mine", TableInput=made)
    ring.check(ring.ask("SELECT * FROM mine.projected")[1])
    ring.attackers("glue").delete_table(DatabaseName="mine", Name="projected")


@pytest.mark.parametrize(
    "original", ["SELECT * FROM read_text('{file}')", "SELECT * FROM vault.secrets", "COPY (SELECT 1) TO '{folder}/o'"]
)
def test_no_view_reaches_out(ring: Ring, original: str) -> None:
    described = {
        "originalSql": ring.filled(original),
        "catalog": "awsdatacatalog",
        "schema": "mine",
        "columns": [{"name": "a", "type": "varchar"}],
    }
    text = f"/* Presto View: {base64.b64encode(json.dumps(described).encode()).decode()} */"
    made = table("seen", "") | {
        "TableType": "VIRTUAL_VIEW",
        "ViewOriginalText": text,
        "Parameters": {"presto_view": "true"},
    }
    ring.attackers("glue").create_table(DatabaseName="mine", TableInput=made)
    ring.refused("SELECT * FROM mine.seen")
    ring.attackers("glue").delete_table(DatabaseName="mine", Name="seen")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name(ring: Ring, name: str) -> None:
    """Of a column, of a field, and in a SerDe's mapping: what it holds is found, or it is refused."""
    name = ring.filled(name)
    ring.attackers("s3").put_object(
        Bucket=MINE, Key="named/one.json", Body=json.dumps({name: "found", "s": {name: "x"}}).encode()
    )
    mapping = {"SerdeInfo": {"Parameters": {f"mapping.{name}": name, "paths": name, "case.insensitive": "false"}}}
    for made in (table("named", f"s3://{MINE}/named/", name), table("named", f"s3://{MINE}/named/", name, **mapping)):
        ring.attackers("glue").create_table(DatabaseName="mine", TableInput=made)
        state, told = ring.ask("SELECT * FROM mine.named")
        ring.check(told)
        assert "found" in told if state == "SUCCEEDED" else "internal error" not in told, told
        ring.attackers("glue").delete_table(DatabaseName="mine", Name="named")


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_a_value(ring: Ring, value: str) -> None:
    """Of a partition, of a parameter, and as a literal."""
    keys = [{"Name": "p", "Type": "string"}]
    made = table("valued", f"s3://{MINE}/none/", PartitionKeys=keys)
    glue, quoted = ring.attackers("glue"), value.replace("'", "''")
    glue.create_table(DatabaseName="mine", TableInput=made)
    partition = {"Values": [value], "StorageDescriptor": made["StorageDescriptor"] | {"Location": f"s3://{MINE}/data/"}}
    glue.create_partition(DatabaseName="mine", TableName="valued", PartitionInput=partition)
    expected = json.dumps([{"Data": [{"VarCharValue": "p"}]}, {"Data": [{"VarCharValue": value}]}])
    try:
        assert ring.ask("SELECT p FROM mine.valued") == ("SUCCEEDED", expected)
        assert ring.ask(f"SELECT p FROM mine.valued WHERE p = '{quoted}'") == ("SUCCEEDED", expected)
        bound = ring.ask("SELECT p FROM mine.valued WHERE p = ?", ExecutionParameters=[f"'{quoted}'"])
        assert bound == ("SUCCEEDED", expected)
        assert ring.ask(f"SELECT '{quoted}' AS p") == ("SUCCEEDED", expected)
    finally:
        glue.delete_table(DatabaseName="mine", Name="valued")


@pytest.mark.parametrize(
    "parameter",
    [
        "'x' OR 1=1",
        "'x'; DROP TABLE mine.t",
        "(SELECT a FROM vault.secrets)",
        "read_text('{file}')",
        "'",
        "?",
        "a",
        "'x' --",
        ")",
    ],
)
def test_a_parameter_is_one_value(ring: Ring, parameter: str) -> None:
    """It is refused, or it is a text that no row has."""
    state, told = ring.ask("SELECT a FROM mine.t WHERE a = ?", ExecutionParameters=[ring.filled(parameter)])
    ring.check(told)
    assert state != "SUCCEEDED" or told == '[{"Data": [{"VarCharValue": "a"}]}]'
    assert "mine" in ring.ask("SELECT a FROM mine.t")[1]


@pytest.mark.parametrize(
    "key", ["../victims-own/made/", "it's; COPY (SELECT 1) TO '{folder}/out/", "x?s3_endpoint={outside}/"]
)
def test_a_key_is_a_key(ring: Ring, key: str) -> None:
    """Written as it stands, into the bucket that is named."""
    key, name = ring.filled(key), f"keyed_{sum(map(ord, key))}"
    quoted = f"s3://{MINE}/{key}".replace("'", "''")
    assert (
        ring.ask(f"CREATE TABLE mine.{name} WITH (external_location = '{quoted}') AS SELECT 1 AS a")[0] == "SUCCEEDED"
    )
    assert ring.attackers("s3").list_objects_v2(Bucket=MINE, Prefix=key)["KeyCount"] == 1
    assert "Contents" not in ring.client("s3", account=VICTIM).list_objects_v2(Bucket=THEIRS, Prefix="made/")
    ring.check(ring.ask(f"SELECT a FROM mine.{name}")[1])


def test_an_objects_key_leads_nowhere(ring: Ring) -> None:
    """client(duckdb): parameters in an s3:// URL say which server is asked."""
    key = ring.filled("keyed/one.json?s3_endpoint={outside}&s3_use_ssl=false&s3_url_style=path")
    ring.attackers("s3").put_object(Bucket=MINE, Key=key, Body=b'{"a": "x"}')
    ring.attackers("glue").create_table(DatabaseName="mine", TableInput=table("keyed", f"s3://{MINE}/keyed/"))
    ring.refused("SELECT * FROM mine.keyed")
    ring.attackers("glue").delete_table(DatabaseName="mine", Name="keyed")
