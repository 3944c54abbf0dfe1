"""One run publishes at a time: an object in the bucket that names the run, and expires if the run dies.

A run of one process holds it for a block. A run of several (a DAG's tasks) takes it in the first, adopts it by its name
in each that publishes, and releases it in the last, with a lease that outlasts what lies between them.

S3's conditional writes decide between two runs, not this code
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pipelines.errors import Incomplete
from pipelines.lakebucket import LakeBucket

KEY = "locks/publish.json"
LEASE = 30.0
"""Seconds after which a run that says nothing more counts as dead. It is renewed at a third of that."""
LEASE_ACROSS_TASKS = 180.0
"""Between two tasks nobody renews it, so it outlasts a statement; others wait so long for a run that was killed."""
LOST = ("PreconditionFailed", "ConditionalRequestConflict")
NO_RUN = ""


class LockLost(Incomplete):
    """Another run took over, since this one seemed dead."""


class PublishLock:
    """``patience``: seconds to wait for another run before giving up."""

    def __init__(
        self, bucket: LakeBucket, run: str, *, patience: float, lease: float = LEASE,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._bucket = bucket
        self._run = run
        self._patience = patience
        self._lease = lease
        self._now = now
        self._etag: str | None = None
        self._expires = 0.0
        self._renewing = threading.Lock()

    @contextmanager
    def held(self, say: Callable[[str], None]) -> Iterator["PublishLock"]:
        """Holds the lock for the block. Raises Incomplete, naming the holder, where another run keeps it."""
        self.take(say)
        try:
            with self._renewed():
                yield self
        finally:
            self.release()

    @contextmanager
    def adopted(self) -> Iterator["PublishLock"]:
        """For the block goes on with what this run took in another process, and leaves it taken. Raises LockLost.

        A lease that ended is no loss as long as no other run took over.
        """
        holder, _, etag = self._read()
        if holder != self._run or not self._write(self._run, etag):
            raise self._lost()
        with self._renewed():
            yield self

    def check(self) -> None:
        """Raises LockLost unless this run still holds the lock. Called before everything that readers will see."""
        with self._renewing:
            if self._etag is None or self._expires <= self._now():
                raise self._lost()

    def _lost(self) -> LockLost:
        return LockLost(f"run {self._run} lost the lock s3://{self._bucket.name}/{KEY}; run it again from its start")

    def take(self, say: Callable[[str], None]) -> None:
        """Takes the lock until its lease ends, or ``release``. Raises Incomplete, naming the holder."""
        began, told = self._now(), ""
        while True:
            holder, expires, etag = self._read()
            if holder == NO_RUN or expires <= self._now():
                if self._write(self._run, etag):
                    return
                continue
            left = self._patience - (self._now() - began)
            if left <= 0:
                raise Incomplete(
                    f"run {holder} holds the lock s3://{self._bucket.name}/{KEY} for {expires - self._now():.0f} s"
                    " more. Wait for it, or run again: the lock of a dead run expires by itself"
                )
            if holder != told:
                say(f"waiting for run {holder}, which is publishing")
                told = holder
            time.sleep(min(left, 0.5))

    def _read(self) -> tuple[str, float, str | None]:
        """Holder, when its lease ends, and the object's ETag."""
        try:
            found = self._bucket.s3.get_object(Bucket=self._bucket.name, Key=KEY)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return NO_RUN, 0.0, None
        content: dict[str, Any] = json.loads(found["Body"].read())
        return content["run"], content["expires"], found["ETag"]

    def _write(self, run: str, etag: str | None) -> bool:
        """Writes over exactly the object that had ``etag``, or where none was; False if another run was faster."""
        expires = self._now() + self._lease
        body = json.dumps({"run": run, "expires": expires}).encode()
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        try:
            self._etag = self._bucket.put(KEY, body, **condition)["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] not in LOST:
                raise
            # The client tries again where an answer was lost, and is then refused for what it has written itself.
            *there, there_etag = self._read()
            self._etag = there_etag if there == [run, expires] else None
        if self._etag is None:
            return False
        self._expires = expires
        return True

    @contextmanager
    def _renewed(self) -> Iterator[None]:
        ended = threading.Event()
        heart = threading.Thread(target=self._renew_until, args=(ended,), name="publish-lock", daemon=True)
        heart.start()
        try:
            yield
        finally:
            ended.set()
            heart.join()

    def _renew_until(self, ended: threading.Event) -> None:
        """Where S3 is away for longer than the client tries, the lease ends by itself, and ``check`` tells."""
        while not ended.wait(self._lease / 3):
            try:
                self._renew_once()
            except (BotoCoreError, ClientError):
                continue

    def _renew_once(self) -> None:
        with self._renewing:
            if self._etag is not None:
                self._write(self._run, self._etag)

    def release(self) -> None:
        """Gives back what this run holds, from whichever of its processes; nothing where another run took over."""
        with self._renewing:
            holder, _, etag = self._read()
            if holder == self._run:
                self._write(NO_RUN, etag)
