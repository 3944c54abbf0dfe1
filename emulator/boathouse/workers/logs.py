"""One stream of CloudWatch Logs, written the way AWS's own services write it. It knows no service's log format.

Limits: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Principal
from boathouse.errors import AwsError

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
OVERHEAD = 26  # bytes that each event counts for beside its message
LONGEST_EVENT = 262_144 - OVERHEAD
LONGEST_SPAN = 24 * 3600 * 1000


class Event(NamedTuple):
    timestamp: int
    message: str
    size: int


class LogStream:
    """Lines go in by ``write`` and out by ``flush``, in order; what could not be sent is kept for the next flush.

    Group and stream are created by the first flush. Whoever writes faster than they flush looks at ``full``.
    """

    def __init__(self, call: Call, principal: Principal, group: str, stream: str, clock: Clock) -> None:
        self.group = group
        self.stream = stream
        self._call = call
        self._principal = principal
        self._clock = clock
        self._events: deque[Event] = deque()
        self._bytes = 0
        self._last = 0
        self._created = False
        self._sending = asyncio.Lock()

    @property
    def full(self) -> bool:
        """A whole batch waits: flush before writing on, to keep memory bounded."""
        return len(self._events) >= MOST_EVENTS or self._bytes >= MOST_BYTES

    def write(self, text: str) -> None:
        """One line is one event; an overlong one is several. An empty event is not allowed, so a blank line is " "."""
        self._last = max(self._last, self._clock.millis())  # events of a batch must be in order of time
        for piece in _pieces(text or " "):
            event = Event(self._last, piece, len(piece.encode()) + OVERHEAD)
            self._events.append(event)
            self._bytes += event.size

    async def flush(self) -> None:
        """Sends what was written; raises AwsError if CloudWatch Logs refuses, and keeps the lines."""
        async with self._sending:
            while self._events:
                if not self._created:
                    await self._create()
                batch = self._batch()
                await self._send(batch)
                for _ in batch:
                    self._bytes -= self._events.popleft().size

    def _batch(self) -> list[Event]:
        batch = list[Event]()
        size = 0
        for event in self._events:
            size += event.size
            if batch and (
                len(batch) == MOST_EVENTS or size > MOST_BYTES or event.timestamp - batch[0].timestamp > LONGEST_SPAN
            ):
                break
            batch.append(event)
        return batch

    async def _send(self, batch: list[Event]) -> None:
        events = [{"timestamp": event.timestamp, "message": event.message} for event in batch]
        names = {"logGroupName": self.group, "logStreamName": self.stream}
        try:
            answer = await self._put({**names, "logEvents": events})
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            await self._create()  # somebody deleted the group, or the base came back empty
            answer = await self._put({**names, "logEvents": events})
        if rejected := answer.get("rejectedLogEventsInfo"):
            raise AwsError("InvalidParameterException", f"CloudWatch Logs rejected lines of {self.group}: {rejected}")

    async def _put(self, params: dict[str, object]) -> dict[str, object]:
        return await self._call("logs", "PutLogEvents", params, as_=self._principal)

    async def _create(self) -> None:
        for operation, names in (
            ("CreateLogGroup", {"logGroupName": self.group}),
            ("CreateLogStream", {"logGroupName": self.group, "logStreamName": self.stream}),
        ):
            try:
                await self._call("logs", operation, names, as_=self._principal)
            except AwsError as error:
                if error.code != "ResourceAlreadyExistsException":
                    raise
        self._created = True


def _pieces(text: str) -> Iterator[str]:
    if len(text) * 4 <= LONGEST_EVENT:  # no character takes more than four bytes
        yield text
        return
    data = text.encode()
    while data:
        piece = data[:LONGEST_EVENT].decode(errors="ignore")  # a character that the cut would split goes to the next
        yield piece
        data = data[len(piece.encode()) :]
