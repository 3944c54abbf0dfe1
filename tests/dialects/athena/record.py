"""Asks a Trino what is right, and writes its answers into the corpus.

``python -m tests.dialects.athena.record URL [VERSION]``

Any Trino that Athena's engine version 3 is close to. The statements and what Boathouse refuses of them stay as they
are; columns, rows and errors are the oracle's, in its own JSON. Only the standard library and YAML.
"""

import json
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

CORPUS = Path(__file__).parent / "corpus"
HEADERS = {
    "X-Trino-User": "recorder",
    "X-Trino-Catalog": "memory",
    "X-Trino-Schema": "default",
    "X-Trino-Time-Zone": "UTC",
    "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
}


def main(url: str, version: str | None = None) -> None:
    """``version`` is for a server that does not know its own."""
    version = version or ask(url, "SELECT node_version FROM system.runtime.nodes")["rows"][0][0]
    for path in sorted(CORPUS.glob("*.yaml")):
        entries = [recorded(url, entry) for entry in yaml.safe_load(path.read_text())]
        head = f"# Recorded from Trino {version}, {datetime.now(UTC):%Y-%m}, by tests/dialects/athena/record.py.\n"
        path.write_text(head + "".join(written(entry) for entry in entries))
        print(f"{path.name}: {len(entries)}")


def recorded(url: str, entry: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: entry[key] for key in ("sql", "refused") if key in entry}
    return {**kept, **ask(url, entry["sql"])}


def written(entry: dict[str, Any]) -> str:
    return str(yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=110, default_flow_style=None))


def ask(url: str, sql: str) -> dict[str, Any]:
    """Columns and rows, or the error with its place, where Trino names one."""
    columns, rows = list[list[str]](), list[list[Any]]()
    page = _fetch(f"{url.rstrip('/')}/v1/statement", sql.encode())
    while True:
        if "error" in page:
            return {"error": _error(page["error"])}
        columns = [[column["name"], _type(column["type"])] for column in page.get("columns", [])] or columns
        rows += page.get("data") or []
        if "nextUri" not in page:
            return {"columns": columns, "rows": rows}
        time.sleep(0.01)
        page = _fetch(page["nextUri"])


def _type(name: str) -> str:
    """The protocol writes the names of intervals in capitals, Trino itself does not."""
    return name.lower() if name.startswith("INTERVAL") else name


def _error(found: dict[str, Any]) -> dict[str, Any]:
    place = found.get("errorLocation")
    at = {"line": place["lineNumber"], "column": place["columnNumber"]} if place else {}
    return {"name": found["errorName"], **at, "message": found["message"].split("\n")[0]}


def _fetch(url: str, body: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(url, data=body, headers=HEADERS)
    with urllib.request.urlopen(request) as response:
        found: dict[str, Any] = json.load(response)
        return found


if __name__ == "__main__":
    main(*sys.argv[1:])
