"""Partition projection: which partitions are projected, where they lie, and how few prefixes are listed for them."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from boathouse.clock import Clock
from boathouse.context import Scope, root_of
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.access import Access
from boathouse.lake.catalog import Catalog
from boathouse.relation import Condition, Read, Relation, TableName
from tests.lake.conftest import Bucket
from tests.lake.test_access import create, storage

DAYS = {
    "projection.enabled": "true",
    "projection.dt.type": "date",
    "projection.dt.range": "2011-02-12,NOW",
    "projection.dt.format": "yyyy-MM-dd",
}
HOURS = {"projection.hour.type": "integer", "projection.hour.range": "0,23", "projection.hour.digits": "2"}
KEYS = {"dt": "string", "hour": "string"}
INTEGER = {"projection.enabled": "TRUE", "projection.n.type": " Integer "}
ENUM = {"projection.enabled": "true", "projection.e.type": "enum", "projection.e.values": "A,B, C,A B"}
INJECTED = {
    "projection.enabled": "true",
    "projection.id.type": "injected",
    "storage.location.template": "s3://lake/devices/${id}/",
}
ABC = {"projection.enabled": "true"} | {
    f"projection.{column}.{key}": value for column in "abc" for key, value in (("type", "integer"), ("range", "1,9"))
}
ABC_KEYS = dict.fromkeys("abc", "int")


class Projected:
    """A table ``db.t`` at s3://lake/t with projection properties, read through Access."""

    def __init__(self, catalog: Catalog, scope: Scope, access: Access, lake: Bucket) -> None:
        self.catalog, self.scope, self.access, self.lake = catalog, scope, access, lake

    def create(self, keys: Mapping[str, str], properties: Mapping[str, str]) -> None:
        create(self.catalog, self.scope, dict(keys), Parameters=dict(properties))

    def cut(self, *conditions: Condition) -> Relation:
        self.lake.listed.clear()
        read = Read("r0", TableName("db", "t"), ("id",), conditions)
        return asyncio.run(self.access.cut(root_of(), [read]))["r0"]

    def partitions(self, *conditions: Condition) -> set[tuple[str | None, ...]]:
        return {file.partition for file in self.cut(*conditions).files}


@pytest.fixture
def projected(catalog: Catalog, scope: Scope, access: Access, lake: Bucket) -> Projected:
    return Projected(catalog, scope, access, lake)


def test_a_query_without_a_filter_takes_one_listing(projected: Projected, lake: Bucket) -> None:
    projected.create(KEYS, DAYS | HOURS)  # 130,000 partitions and more
    lake.add("t/dt=2015-01-01/hour=00/a.gz", "t/dt=2024-06-30/hour=23/b.gz", "t/dt=2024-06-30/hour=23/_c.gz")
    # Beside the projection: out of range, not two digits, no such hour, no such day, another layout.
    lake.add("t/dt=2010-01-01/hour=00/x", "t/dt=2024-06-30/hour=7/x", "t/dt=2024-06-30/hour=24/x", "t/x")
    lake.add("t/dt=2024-02-30/hour=01/x", "t/dt=2999-01-01/hour=01/x", "t/year=2024/hour=01/x")
    assert projected.partitions() == {("2015-01-01", "00"), ("2024-06-30", "23")}
    assert lake.listed == ["t/dt=20"]


@pytest.mark.parametrize(
    ("conditions", "listed"),
    [
        ([Condition("dt", "=", ("2024-06-30",)), Condition("hour", "=", ("23",))], ["t/dt=2024-06-30/hour=23/"]),
        ([Condition("dt", "=", ("2024-06-30",))], [f"t/dt=2024-06-30/hour={hour:02}/" for hour in range(24)]),
        (
            [Condition("dt", "BETWEEN", ("2024-06-28", "2024-06-30"))],
            [f"t/dt=2024-06-{day}/hour=" for day in (28, 29, 30)],
        ),
        ([Condition("dt", ">=", ("2024-01-01",)), Condition("dt", "<", ("2024-03-01",))], ["t/dt=2024-0"]),
        ([Condition("hour", "=", ("23",))], ["t/dt=20"]),
        ([Condition("dt", "=", ("1999-01-01",))], []),
        ([Condition("dt", "IN", ("2024-06-30", "2024-06-29")), Condition("hour", ">", ("22",))],
         ["t/dt=2024-06-29/hour=23/", "t/dt=2024-06-30/hour=23/"]),
    ],
)  # fmt: skip
def test_which_prefixes_are_listed(
    projected: Projected, lake: Bucket, conditions: list[Condition], listed: list[str]
) -> None:
    projected.create(KEYS, DAYS | HOURS)
    projected.cut(*conditions)
    assert sorted(lake.listed) == listed


def test_conditions_hold_for_what_is_found_under_a_shared_prefix(projected: Projected, lake: Bucket) -> None:
    projected.create(KEYS, DAYS | HOURS)
    lake.add(*(f"t/dt=2024-{month:02}-01/hour={hour:02}/a" for month in range(1, 13) for hour in (0, 12)))
    found = projected.partitions(Condition("dt", ">=", ("2024-03-01",)), Condition("hour", "=", ("12",)))
    assert found == {(f"2024-{month:02}-01", "12") for month in range(3, 13)}


# documented(https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html): they count for nothing.
def test_registered_partitions_are_ignored(projected: Projected, lake: Bucket) -> None:
    projected.create({"dt": "string"}, DAYS)
    table = projected.catalog.tables.get(projected.scope, "db", "t")
    other = {"Values": ["2024-01-01"], "StorageDescriptor": storage("s3://lake/elsewhere")}
    projected.catalog.partitions.create(projected.scope, table, other)
    lake.add("elsewhere/a", "t/dt=2024-01-01/b")
    assert [file.uri for file in projected.cut().files] == ["s3://lake/t/dt=2024-01-01/b"]


def test_projection_that_is_not_enabled(projected: Projected, lake: Bucket) -> None:
    projected.create({"dt": "string"}, DAYS | {"projection.enabled": "false"})
    lake.add("t/dt=2024-01-01/b")
    assert projected.cut().files == ()


class TestIntegers:
    """documented(https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html)"""

    @pytest.mark.parametrize(
        ("settings", "folders", "found"),
        [
            ({"range": "1,3"}, "1 2 3 4 01", "1 2 3"),
            ({"range": " 1 , 3 ", "interval": " 2 "}, "1 2 3", "1 3"),
            ({"range": "1,3", "digits": "2"}, "1 01 02 03 04", "01 02 03"),
            ({"range": "-1,1"}, "-2 -1 0 1", "-1 0 1"),
            ({"range": "0001,9999"}, "1 0001 9999", "1 9999"),
            ({"range": "0,9223372036854775807"}, "0 9223372036854775807", "0 9223372036854775807"),
        ],
    )
    def test_values(
        self, projected: Projected, lake: Bucket, settings: dict[str, str], folders: str, found: str
    ) -> None:
        properties = INTEGER | {f"projection.n.{setting}": value for setting, value in settings.items()}
        projected.create({"n": "bigint"}, properties)
        lake.add(*(f"t/n={folder}/a" for folder in folders.split()))
        assert projected.partitions() == {(value,) for value in found.split()}

    def test_a_huge_range_with_a_filter_is_one_listing(self, projected: Projected, lake: Bucket) -> None:
        projected.create({"n": "bigint"}, INTEGER | {"projection.n.range": "0,9223372036854775807"})
        projected.cut(Condition("n", "=", ("7",)))
        assert lake.listed == ["t/n=7/"]
        projected.cut(Condition("n", ">", ("7",)), Condition("n", "<", ("10",)))
        assert lake.listed == ["t/n=8/", "t/n=9/"]
        projected.cut(Condition("n", ">", ("7",)))
        assert lake.listed == ["t/n="]

    @pytest.mark.parametrize(
        ("setting", "value", "message"),
        [
            # documented(https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html)
            ("range", "1-3", 'INVALID_TABLE_PROPERTY: For input string: "1-3"'),
            ("range", "3,1", "INVALID_TABLE_PROPERTY: .*two numbers in order"),
            ("interval", "0", "INVALID_TABLE_PROPERTY: .*must be a positive integer"),
            ("digits", "x", "INVALID_TABLE_PROPERTY: .*must be a positive integer"),
            ("type", "integral", "INVALID_TABLE_PROPERTY: .*must be one of enum, integer, date, injected"),
        ],
    )
    def test_settings_that_are_wrong(self, projected: Projected, setting: str, value: str, message: str) -> None:
        projected.create({"n": "int"}, INTEGER | {"projection.n.range": "1,3"} | {f"projection.n.{setting}": value})
        with pytest.raises(AwsError, match=message):
            projected.cut()


class TestDates:
    """documented(https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html)"""

    @pytest.mark.parametrize(
        ("settings", "folders", "found"),
        [
            ({"range": "201701,201703", "format": "yyyyMM"}, "201612 201701 201703 201704", "201701 201703"),
            ({"range": "2017-01,2017-12", "format": "yyyy-MM", "interval": "2", "interval.unit": "MONTHS"},
             "2017-01 2017-02 2017-03", "2017-01 2017-03"),
            ({"range": "01-01-2010,31-12-2018", "format": "dd-MM-yyyy"}, "31-12-2018 01-01-2019", "31-12-2018"),
            ({"range": "2024-01-01-00-00,2024-12-31-00-00", "format": "yyyy-MM-dd-HH-mm", "interval": "1",
              "interval.unit": "days"}, "2024-01-02-00-00 2024-01-02-01-00", "2024-01-02-00-00"),
            ({"range": "2020,2024", "format": "yyyy", "interval": "1", "interval.unit": "YEARS"},
             "2019 2020 2024", "2020 2024"),
            ({"range": "2024-01-01,2024-02-01", "format": "yyyy-MM-dd", "interval": "1", "interval.unit": "WEEKS"},
             "2024-01-01 2024-01-02 2024-01-08", "2024-01-01 2024-01-08"),
        ],
    )  # fmt: skip
    def test_values(
        self, projected: Projected, lake: Bucket, settings: dict[str, str], folders: str, found: str
    ) -> None:
        properties = {"projection.enabled": "true", "projection.d.type": "date"}
        projected.create({"d": "string"}, properties | {f"projection.d.{key}": settings[key] for key in settings})
        lake.add(*(f"t/d={folder}/a" for folder in folders.split()))
        assert projected.partitions() == {(value,) for value in found.split()}

    @pytest.mark.parametrize(
        ("bounds", "days"),
        [
            ("NOW-2DAYS,NOW", "2024-02-28 2024-02-29 2024-03-01"),
            (" NOW - 1 DAY , NOW + 1 DAY ", "2024-02-29 2024-03-01 2024-03-02"),
            ("NOW-1MONTH,2024-02-03", "2024-02-01 2024-02-02 2024-02-03"),
            ("NOW+1WEEK,NOW+1WEEKS", "2024-03-08"),
            ("NOW-1YEAR,2023-03-02", "2023-03-01 2023-03-02"),
        ],
    )
    def test_now(self, projected: Projected, lake: Bucket, clock: Clock, bounds: str, days: str) -> None:
        clock.advance(datetime(2030, 1, 1, tzinfo=UTC).timestamp() - clock.time())
        clock.advance(datetime(2024, 3, 1, 15, tzinfo=UTC).timestamp() - clock.time())
        projected.create({"dt": "string"}, DAYS | {"projection.dt.range": bounds})
        lake.add(*(f"t/dt={year}-{month:02}-{day:02}/a" for year in (2023, 2024) for month in (1, 2, 3)
                   for day in range(1, 30)))  # fmt: skip
        assert projected.partitions() == {(day,) for day in days.split()}

    def test_a_column_of_type_date_has_isos_values(self, projected: Projected, lake: Bucket) -> None:
        # client(Trino, DateProjection): the format is the location's, the value is the type's.
        template = {"storage.location.template": "s3://lake/logs/${dt}/"}
        projected.create({"dt": "date"}, DAYS | template | {
            "projection.dt.format": "yyyy/MM/dd", "projection.dt.range": "2020/01/01,NOW",
        })  # fmt: skip
        lake.add("logs/2024/01/31/a", "logs/2024/02/01/b")
        assert projected.partitions(Condition("dt", ">=", ("2024-02-01",)), Condition("dt", "<", ("2024-02-03",))) == {
            ("2024-02-01",)
        }
        assert lake.listed == ["logs/2024/02/01/", "logs/2024/02/02/"]

    def test_hours_in_one_column_are_narrowed(self, projected: Projected, lake: Bucket) -> None:
        projected.create({"at": "string"}, {
            "projection.enabled": "true", "projection.at.type": "date", "projection.at.format": "yyyy/MM/dd/HH",
            "projection.at.range": "2011/01/01/00,NOW", "projection.at.interval": "1",
            "projection.at.interval.unit": "HOURS", "storage.location.template": "s3://lake/t/${at}",
        })  # fmt: skip
        lake.add("t/2024/01/01/05/a", "t/2024/01/01/23/b", "t/2024/01/02/00/c")
        between = (Condition("at", ">=", ("2024/01/01/22",)), Condition("at", "<", ("2024/01/02/00",)))
        assert projected.partitions(*between) == {("2024/01/01/23",)}
        assert lake.listed == ["t/2024/01/01/22/", "t/2024/01/01/23/"]
        assert len(projected.partitions()) == 3
        assert lake.listed == ["t/20"]

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"range": "2024-01-01"}, "two dates separated by a comma"),
            ({"range": "2024-01-01,soon"}, "Text 'soon' could not be parsed"),
            ({"range": "2024,NOW", "format": "yyyy"}, "interval.unit are required"),
            ({"interval.unit": "FORTNIGHTS"}, "no unit of time"),
        ],
    )
    def test_settings_that_are_wrong(self, projected: Projected, settings: dict[str, str], message: str) -> None:
        projected.create({"dt": "string"}, DAYS | {f"projection.dt.{key}": settings[key] for key in settings})
        with pytest.raises(AwsError, match=f"INVALID_TABLE_PROPERTY: .*{message}"):
            projected.cut()


class TestEnums:
    def test_white_space_counts(self, projected: Projected, lake: Bucket) -> None:
        # documented(https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html)
        projected.create({"e": "string"}, ENUM)
        lake.add("t/e=A/x", "t/e= C/x", "t/e=C/x", "t/e=A B/x", "t/e=D/x")
        assert projected.partitions() == {("A",), (" C",), ("A B",)}

    def test_values_are_escaped_in_hives_layout(self, projected: Projected, lake: Bucket) -> None:
        # client(Trino, Hive): FileUtils.escapePathName
        projected.create({"e": "string"}, ENUM | {"projection.e.values": "a/b,c:d"})
        lake.add("t/e=a%2Fb/x", "t/e=c%3Ad/x", "t/e=a/b/x")
        assert projected.partitions() == {("a/b",), ("c:d",)}


class TestInjected:
    def test_the_query_names_the_values(self, projected: Projected, lake: Bucket) -> None:
        projected.create({"id": "string"}, INJECTED)
        lake.add("devices/a/x", "devices/b/x", "devices/ab/x")
        assert projected.partitions(Condition("id", "IN", ("a", "b", "c"))) == {("a",), ("b",)}
        assert lake.listed == ["devices/a/", "devices/b/", "devices/c/"]

    @pytest.mark.parametrize(
        "conditions",
        [(), (Condition("id", ">", ("a",)),), (Condition("id", "=", ("a",)), Condition("id", "<>", ("b",)))],
    )
    def test_without_an_equality_condition(self, projected: Projected, conditions: tuple[Condition, ...]) -> None:
        projected.create({"id": "string"}, INJECTED)
        # measured by others: https://github.com/awslabs/aws-athena-query-federation/issues/836
        message = (
            "CONSTRAINT_VIOLATION: Injected projected partition column id must have only (and at least one) equality"
            " conditions in the WHERE clause!"
        )
        with pytest.raises(AwsError) as refused:
            projected.cut(*conditions)
        assert str(refused.value) == message


class TestTemplates:
    """documented(https://docs.aws.amazon.com/athena/latest/ug/partition-projection-setting-up.html)"""

    @pytest.mark.parametrize(
        ("template", "key"),
        [
            ("s3://lake/root/a=${a}/${b}/some_static_subdirectory/${c}/", "root/a=1/2/some_static_subdirectory/3/x"),
            ("s3://lake/root/c=${c}/${b}/static/${a}/${b}/${c}/${c}/", "root/c=3/2/static/1/2/3/3/x"),
            ("s3://lake/root/${A}-${b}${c}", "root/1-23/x"),
        ],
    )
    def test_placeholders_anywhere(self, projected: Projected, lake: Bucket, template: str, key: str) -> None:
        projected.create(ABC_KEYS, ABC | {"storage.location.template": template})
        lake.add(key, key.replace("2", "z"))
        exact = [Condition(column, "=", (value,)) for column, value in (("a", "1"), ("b", "2"), ("c", "3"))]
        for conditions in (exact, exact[:1], []):
            assert [(file.uri, file.partition) for file in projected.cut(*conditions).files] == [
                (f"s3://lake/{key}", ("1", "2", "3"))
            ]

    def test_a_placeholder_that_comes_twice_has_one_value(self, projected: Projected, lake: Bucket) -> None:
        projected.create(ABC_KEYS, ABC | {"storage.location.template": "s3://lake/${a}/${b}/${a}/${c}/"})
        lake.add("1/2/1/3/x", "1/2/9/3/x")
        assert projected.partitions() == {("1", "2", "3")}

    @pytest.mark.parametrize(
        ("template", "message"),
        [
            ("s3://lake/root/a=${a}/${b}/", r"no placeholder for the partition columns \[c\]"),
            ("s3://lake/${a}/${b}/${c}/${d}/", r"placeholders for no partition columns: \[d\]"),
            ("lake/${a}/${b}/${c}/", "no s3:// location"),
        ],
    )
    def test_templates_that_are_wrong(self, projected: Projected, template: str, message: str) -> None:
        projected.create(ABC_KEYS, ABC | {"storage.location.template": template})
        with pytest.raises(AwsError, match=f"INVALID_TABLE_PROPERTY: storage.location.template.*{message}"):
            projected.cut()

    def test_a_placeholder_in_the_bucket(self, projected: Projected, lake: Bucket) -> None:
        template = {"storage.location.template": "s3://${bucket}/x/", "projection.bucket.type": "injected"}
        projected.create({"bucket": "string"}, {"projection.enabled": "true"} | template)
        lake.add("x/a")
        assert projected.partitions(Condition("bucket", "=", ("lake",))) == {("lake",)}

    def test_a_bucket_that_no_condition_names(self, projected: Projected) -> None:
        many = {"type": "integer", "range": "0,1000"}
        properties = {f"projection.n.{key}": many[key] for key in many} | {"projection.enabled": "true"}
        projected.create({"n": "int"}, properties | {"storage.location.template": "s3://lake-${n}/"})
        with pytest.raises(Unsupported, match="the placeholder in the bucket"):
            projected.cut()


@pytest.mark.parametrize("setting", ["type", "range", "format"])
def test_missing_settings(projected: Projected, setting: str) -> None:
    projected.create({"dt": "string"}, {key: DAYS[key] for key in DAYS if key != f"projection.dt.{setting}"})
    with pytest.raises(AwsError) as refused:
        projected.cut()
    # documented(https://docs.aws.amazon.com/athena/latest/ug/partition-projection-setting-up.html)
    assert str(refused.value) == (
        "HIVE_METASTORE_ERROR: Table db.t is configured for partition projection, but the following partition columns"
        " are missing projection configuration: [dt] (table db.t)"
    )
