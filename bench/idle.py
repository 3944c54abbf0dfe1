"""What there is before anybody works: how long it takes to start, to the first Athena row, and what it holds."""

import time
from collections.abc import Iterator

from bench import places, processes
from bench.figures import Figure
from bench.places import Place

BUCKET = "bench-first"
STARTS = 3


def measure() -> Iterator[Figure]:
    """The best of a few starts: the first reads the programs from the disk."""
    started, first_row = zip(*(start() for _ in range(STARTS)), strict=True)
    with places.ministack() as alone:
        yield Figure("start of the platform", min(started), "s", "ministack alone", alone.starting)
        least = memory(alone)
    yield Figure("process start to the first row of Athena", min(first_row), "s")
    if processes.can_be_seen():
        with places.boathouse(workers=1) as place:
            places.await_worker(place)
            warm = memory(place)
        with places.boathouse() as place:
            yield Figure("memory when idle", memory(place), "MB", "ministack alone", least)
        yield Figure("memory with a warm Spark", warm, "MB")


def start() -> tuple[float, float]:
    """Seconds until it is ready, and until a client that stands ready has a row."""
    began = time.perf_counter()
    with places.boathouse() as place:
        place.client("s3").create_bucket(Bucket=BUCKET)
        athena = place.client("athena")
        of = {
            "QueryExecutionId": athena.start_query_execution(
                QueryString="SELECT 1", ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/"}
            )["QueryExecutionId"]
        }
        while athena.get_query_execution(**of)["QueryExecution"]["Status"]["State"] in ("QUEUED", "RUNNING"):
            pass
        athena.get_query_results(**of)
        return place.starting, time.perf_counter() - began


def memory(place: Place) -> float:
    return processes.memory(processes.tree(place.pid))
