"""A catalog in memory, and a bucket that answers listings as S3 does and remembers what it was asked."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Principal, Scope, root_of
from boathouse.errors import AwsError
from boathouse.lake.access import Access
from boathouse.lake.catalog import Catalog
from boathouse.lake.objects import Objects
from boathouse.lake.state import State

PAGE = 1000


class Bucket:
    """Keys and sizes of one bucket ``lake``, listed through a Call."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.archived: set[str] = set()
        self.listed: list[str] = []
        self.pages = 0
        self.refusal: AwsError | None = None

    def add(self, *keys: str, size: int = 10) -> None:
        self.sizes |= dict.fromkeys(keys, size)

    async def dispatch(self, service: str, operation: str, params: Mapping[str, Any], as_: Principal) -> dict[str, Any]:
        assert (service, operation, params["Bucket"], as_) == ("s3", "ListObjectsV2", "lake", root_of())
        if self.refusal is not None:
            raise self.refusal
        after = params.get("ContinuationToken", "")
        if not after:
            self.listed.append(params["Prefix"])
        self.pages += 1
        keys = sorted(key for key in self.sizes if key.startswith(params["Prefix"]))
        keys = keys[bisect_right(keys, after) :]
        contents = [
            {"Key": key, "Size": self.sizes[key], "StorageClass": "GLACIER" if key in self.archived else "STANDARD"}
            for key in keys[:PAGE]
        ]
        if len(keys) <= PAGE:
            return {"Contents": contents, "IsTruncated": False}
        return {"Contents": contents, "IsTruncated": True, "NextContinuationToken": keys[PAGE - 1]}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scope() -> Scope:
    return root_of().scope


@pytest.fixture
def state() -> Iterator[State]:
    made = State()
    yield made
    made.close()


@pytest.fixture
def catalog(state: State, clock: Clock, scope: Scope) -> Catalog:
    """Empty but for the database ``db``."""
    made = Catalog(state, clock)
    made.databases.create(scope, {"Name": "db"})
    return made


@pytest.fixture
def lake() -> Bucket:
    return Bucket()


@pytest.fixture
def access(catalog: Catalog, lake: Bucket, clock: Clock) -> Access:
    call = Call()
    call.bind(lake.dispatch)
    return Access(catalog, Objects(call), clock)
