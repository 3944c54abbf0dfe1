"""From files to Bronze: every line of every source put, and found again in the bucket.

What was ingested is written down by source in the bucket, so that a second run does not put it again.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.errors import Refused
from pipelines.lakebucket import LakeBucket
from pipelines.progress import Reporter
from pipelines.settings import Profile
from pipelines.sources import files
from pipelines.sources.arrivals import Arrivals, Outstanding
from pipelines.sources.files import Source
from pipelines.sources.producer import Producer
from pipelines.stack import Stack

RECORDS = "runs/sources/"


@dataclass(frozen=True, slots=True)
class Ingested:
    """A source whose every line is in raw/, in raw-errors/, or was refused as oversize. ``run`` put it."""

    source: str
    name: str
    lines: int
    oversize: int
    days: list[str]
    run: str

    def keep(self, bucket: LakeBucket) -> None:
        bucket.put_json(f"{RECORDS}{self.source}.json", asdict(self))

    @classmethod
    def find(cls, bucket: LakeBucket, source: str) -> "Ingested | None":
        content = bucket.get_json(f"{RECORDS}{source}.json")
        return None if content is None else cls(**content)


def inspect(paths: list[Path], reporter: Reporter) -> list[Source]:
    """Reads every file once, whole, before anything is put. Files of the same content are one source."""
    found: dict[str, Source] = {}
    with reporter.step("read the sources", len(paths)) as step:
        for path in paths:
            source = files.inspect(path)
            if source.id in found:
                step.say(f"{path} holds the same as {found[source.id].path}: read once")
            found.setdefault(source.id, source)
            step.advance()
    return list(found.values())


def ingest(
    profile: Profile, stack: Stack, run: str, sources: list[Source], reporter: Reporter, patience: float
) -> list[Ingested]:
    """Puts what is not there yet and waits until it is. Raises Incomplete after ``patience`` seconds without news."""
    bucket = LakeBucket.of(profile, stack)
    known = {source.id: Ingested.find(bucket, source.id) for source in sources}
    todo = [source for source in sources if known[source.id] is None]
    if todo:
        known |= {done.source: done for done in _put_all(profile, stack, run, todo, reporter, patience)}
    return [done for source in sources if (done := known[source.id]) is not None]


def already_ingested(bucket: LakeBucket, sources: list[Source]) -> list[Ingested]:
    """What earlier runs wrote down of these sources; raises Refused where one has not been ingested."""
    found = [(source, Ingested.find(bucket, source.id)) for source in sources]
    if missing := [source.name for source, done in found if done is None]:
        raise Refused(f"not ingested yet: {', '.join(missing)}. Run `run ingest` or `run all` with them first")
    return [done for _, done in found if done is not None]


def _put_all(
    profile: Profile, stack: Stack, run: str, sources: list[Source], reporter: Reporter, patience: float
) -> list[Ingested]:
    bucket = LakeBucket.of(profile, stack)
    arrivals = Arrivals(bucket, frozenset().union(*(source.days for source in sources)))
    producer = Producer(profile.client("kinesis"), stack.stream_name, bucket.put)
    outstanding, oversize = Outstanding(), dict[str, int]()
    with reporter.step("put into the stream", sum(source.lines for source in sources)) as step:
        for source in sources:

            def sent(ordinals: list[int], source: Source = source) -> None:
                outstanding.put(source.id, ordinals)
                step.advance(len(ordinals))

            oversize[source.id] = producer.put(source, sent)
    with reporter.step("wait until all is in Bronze", outstanding.left) as step:
        arrivals.wait_for(outstanding, {source.id: source.name for source in sources}, patience, step.advance)
    done = [
        Ingested(source.id, source.name, source.lines, oversize[source.id], sorted(source.days), run)
        for source in sources
    ]
    for record in done:
        record.keep(bucket)
    return done
