"""The .metadata file, byte for byte where a real one was measured by others."""

import re

from boathouse.datatypes import parse
from boathouse.relation import Column
from boathouse.services.athena.columns import column_infos, rows_column, text_columns
from boathouse.services.athena.companion import companion
from tests.services.athena.conftest import Workbench


def test_an_updates_companion() -> None:
    # measured on Athena by others: MERGE of one row, 74 bytes, of which these follow the query's id
    tail = bytes.fromhex("12054d4552474518012222") + (
        b"\n\x04hive\"\x04rows*\x04rows2\x06bigint8\x13@\x00H\x03P\x00"
    )  # fmt: skip
    found = companion("20260920_092735_00027_jemvf", rows_column(), ("MERGE", 1))
    assert found == b"\n\x1b20260920_092735_00027_jemvf" + tail
    assert len(found) == 74


def test_which_numbers_are_there_depends_on_the_type() -> None:
    def numbers(type_: str) -> list[int]:
        body = companion("", column_infos([Column("c", parse(type_))]))
        last = body.index(parse(type_).name.encode()) + len(parse(type_).name)
        fields, rest = [], body[last:]
        while rest:
            fields.append(rest[0] >> 3)
            rest = re.sub(rb"^[\x80-\xff]*[\x00-\x7f]", b"", rest[1:])
        return fields

    # measured on Athena by others: 7 precision, 8 scale, 9 nullable, 10 case sensitive
    assert numbers("bigint") == numbers("varchar(5)") == numbers("timestamp") == [7, 8, 9, 10]
    assert numbers("date") == [8, 9, 10]
    assert numbers("boolean") == [9, 10]
    assert numbers("array(bigint)") == numbers("json") == [9]


def test_what_hive_answers_has_plain_text_columns() -> None:
    # measured on Athena by others: SHOW CREATE TABLE's companion is 88 bytes
    query_id = "00000000-0000-0000-0000-000000000000"
    assert len(companion(query_id, text_columns(["createtab_stmt"]))) == 88


def test_every_result_has_its_companion(workbench: Workbench) -> None:
    select = workbench.run("SELECT 1 AS a")
    assert b"\x01a" in workbench.body(select["ResultConfiguration"]["OutputLocation"] + ".metadata")
    create = workbench.run("CREATE TABLE t AS SELECT 1 AS a")
    assert b"CREATE TABLE" in workbench.body(create["ResultConfiguration"]["OutputLocation"] + ".metadata")
    describe = workbench.run("DESCRIBE t")
    body = workbench.body(describe["ResultConfiguration"]["OutputLocation"] + ".metadata")
    assert len(body) == 152  # measured on Athena by others
    assert describe["QueryExecutionId"].encode() in body
