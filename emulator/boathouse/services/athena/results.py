"""Result files in S3 as Athena writes them, and the pages that GetQueryResults reads from them.

CSV for queries: every value quoted, NULL an empty field, a header. Text for what Hive answers: one line a row.
"""

import asyncio
import contextlib
import re
from collections.abc import Sequence
from typing import Any

from boathouse.call import Call
from boathouse.context import root_of
from boathouse.engines.duckdb import Written
from boathouse.errors import AwsError
from boathouse.lake.objects import S3Uri, encryption
from boathouse.services.athena.companion import companion
from boathouse.services.athena.failures import PERMISSION, SYSTEM, USER, WRITING_RESULTS, QueryFailed, invalid
from boathouse.services.athena.store import Execution, position_of, token_of
from boathouse.services.athena.uploads import Uploads

FIELD = re.compile(rb'(?:"((?:[^"]|"")*)")?([,\n])')
FIRST_CHUNK = 256 * 1024
CSV_TYPE = {"ContentType": "application/octet-stream"}
TEXT_TYPE = {"ContentType": "binary/octet-stream"}
MISSING = frozenset(("NoSuchKey", "NoSuchBucket", "404"))
Row = dict[str, list[dict[str, str]]]


class Results:
    def __init__(self, call: Call) -> None:
        self._call = call
        self._uploads = Uploads(call)

    async def write_csv(self, execution: Execution, written: Written) -> None:
        header = ",".join('"' + column["Name"].replace('"', '""') + '"' for column in execution.columns) + "\n"
        options = {**options_of(execution), **CSV_TYPE}
        upload = self._uploads.put_file(
            root_of(*execution.scope), S3Uri.parse(execution.output), written.files[0], options, header.encode()
        )
        await asyncio.gather(self._write(execution, upload), self.write_companion(execution, engine_id(execution)))

    async def write_lines(self, execution: Execution, lines: Sequence[str]) -> None:
        await self._put(execution, execution.output, "\n".join(lines).encode(), TEXT_TYPE)
        if execution.columns:
            await self.write_companion(execution, execution.id)

    async def write_failure(self, execution: Execution, reason: str) -> None:
        """What Hive says of a failed statement is its result file (measured on Athena); Trino's queries leave none.

        The query has failed whether or not this can be written.
        """
        if execution.output.endswith(".txt") and reason.startswith("FAILED: "):
            with contextlib.suppress(QueryFailed):
                await self._put(execution, execution.output, reason.encode(), CSV_TYPE)

    async def write_manifest(self, execution: Execution, location: str, files: Sequence[S3Uri]) -> None:
        await self._put(execution, location, "".join(f"{uri}\n" for uri in files).encode(), CSV_TYPE)

    async def write_companion(self, execution: Execution, query_id: str, update: tuple[str, int] | None = None) -> None:
        body = companion(query_id, execution.columns, update)
        await self._put(execution, f"{execution.output}.metadata", body, CSV_TYPE)

    async def _put(self, execution: Execution, location: str, body: bytes, type_: dict[str, str]) -> None:
        options = {**options_of(execution), **type_}
        principal = root_of(*execution.scope)
        await self._write(execution, self._uploads.put(principal, S3Uri.parse(location), body, options))

    async def _write(self, execution: Execution, upload: Any) -> None:
        try:
            await upload
        except AwsError as error:
            raise _unwritable(execution, error) from error

    async def page(self, execution: Execution, token: str | None, limit: int) -> tuple[list[Row], str | None]:
        """Rows, and the token of the next page. Raises InvalidRequestException for a token that is none of ours."""
        if not execution.has_rows:
            return [], None
        try:
            start = 0 if token is None else int(position_of(token))
        except (ValueError, TypeError) as error:
            raise invalid(f"Malformed nextPageToken {token}") from error
        if execution.output.endswith(".csv"):
            return await self._csv_page(execution, start, limit)
        lines = (await self._read(execution, None))[0].decode().split("\n")
        rows: list[Row] = [{"Data": [{"VarCharValue": line}]} for line in lines[start : start + limit]]
        return rows, token_of(start + limit) if start + limit < len(lines) else None

    async def _csv_page(self, execution: Execution, start: int, limit: int) -> tuple[list[Row], str | None]:
        size = FIRST_CHUNK
        while True:
            data, total = await self._read(execution, (start, start + size - 1))
            rows, consumed = read_rows(data, limit)
            if len(rows) == limit or start + len(data) >= total:
                after = start + consumed
                return rows, token_of(after) if after < total else None
            size *= 4

    async def _read(self, execution: Execution, span: tuple[int, int] | None) -> tuple[bytes, int]:
        """Bytes, and the whole object's size."""
        uri = S3Uri.parse(execution.output)
        request = {"Bucket": uri.bucket, "Key": uri.key} | ({"Range": f"bytes={span[0]}-{span[1]}"} if span else {})
        try:
            answer = await self._call("s3", "GetObject", request, as_=root_of(*execution.scope))
        except AwsError as error:
            if error.code in MISSING:
                raise invalid("Could not find results", "RESULT_NOT_FOUND") from error
            raise
        body: bytes = answer["Body"]
        return body, int(str(answer.get("ContentRange", f"/{len(body)}")).rpartition("/")[2])


def read_rows(data: bytes, limit: int) -> tuple[list[Row], int]:
    """Whole rows of a result CSV, at most ``limit``, and how many bytes they took."""
    rows: list[Row] = []
    row: list[dict[str, str]] = []
    position = consumed = 0
    while len(rows) < limit and (field := FIELD.match(data, position)) is not None:
        value, separator = field.groups()
        row.append({} if value is None else {"VarCharValue": value.replace(b'""', b'"').decode()})
        position = field.end()
        if separator == b"\n":
            rows.append({"Data": row})
            row, consumed = [], position
    return rows, consumed


def options_of(execution: Execution) -> dict[str, str]:
    """PutObject's members for the encryption that the execution was given."""
    configuration = execution.query_execution["ResultConfiguration"].get("EncryptionConfiguration") or {}
    return encryption(configuration.get("EncryptionOption"), configuration.get("KmsKey"))


def engine_id(execution: Execution) -> str:
    """A query id in Trino's form, which Athena puts into files that its engine wrote."""
    submitted = execution.status["SubmissionDateTime"].strftime("%Y%m%d_%H%M%S")
    return f"{submitted}_{int(execution.id[:4], 16):05}_{execution.id[-5:]}"


def _unwritable(execution: Execution, error: AwsError) -> QueryFailed:
    if error.code in ("AccessDenied", "403"):
        return QueryFailed(
            f"Access denied when writing output to url: {execution.output} . Please ensure you are allowed to access"
            " the S3 bucket. If you are encrypting query results with KMS key, please ensure you are allowed to access"
            f" your KMS key ({error.message})",
            USER,
            PERMISSION,
        )
    return QueryFailed(f"Unable to write the result to {execution.output}: {error}", SYSTEM, WRITING_RESULTS)
