"""A platform under attack: what it owns, one of each resource in it, requests of all kinds, judgement of answers."""

import base64
import http.client
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import botocore.session
from botocore.config import Config
from botocore.model import OperationModel
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from boathouse import launch
from boathouse.settings import Settings
from tests.fire.attacks.answers import Answer, Line
from tests.fire.attacks.encoding import ACCOUNT, Request, encoded
from tests.fire.attacks.seeds import Seeds
from tests.fire.attacks.values import Draw, Values
from tests.fire.attacks.wires import mutated

SEED = int(os.environ.get("ATTACK_SEED", "11"))
"""Another one gives other requests."""
SLOW = 20.0
"""Seconds. What takes longer hangs."""
IDLE = 2.0
"""Seconds of silence after which a client that waits has heard all that it will hear."""
LARGEST_HEAD = 16_384
"""Bytes. AWS refuses larger ones before it knows what service they are for; so does the front of ours."""
FRAMING = b"Invalid HTTP request received."
OF_A_CLIENT_THAT_LEFT = "the handler is closed"
"""uvicorn logs so that there is nobody left to answer, where uvloop knows it first."""
SPOKEN = {"cloudwatch": ("json", "query")}
KINDS = ((0, 4), (0, 25), (0, 60), (4, 20), (40, 40))
"""How hostile, and how full, in a hundred."""


class Leaving(Enum):
    """How a client leaves: it says that it has no more to send, or waits for an answer that may not come."""

    ENDS = "ends"
    WAITS = "waits"


@dataclass(frozen=True)
class Target:
    """An operation that is ours."""

    model: OperationModel

    @property
    def service(self) -> str:
        return str(self.model.service_model.service_name)

    @property
    def protocols(self) -> tuple[str, ...]:
        return SPOKEN.get(self.service, (self.model.service_model.resolved_protocol,))

    def __str__(self) -> str:
        return f"{self.service}.{self.model.name}"


class Attack:
    """``struck`` counts the requests that were judged."""

    def __init__(self, platform: launch.Platform, log: Path) -> None:
        self.platform = platform
        self.struck = 0
        self._log = log
        self.host, port = platform.endpoint.removeprefix("http://").split(":")
        self.port = int(port)
        self._line = Line(self.host, self.port)
        self._clients: dict[str, Any] = {}
        self.seeds = Seeds(self.client)

    def close(self) -> None:
        self._line.close()

    def targets(self, service: str) -> list[Target]:
        """The operations of ``service`` that are ours."""
        model = botocore.session.get_session().get_service_model(service)
        return [Target(model.operation_model(name)) for name in self.platform.health["services"][service]["ours"]]

    def client(self, service: str) -> Any:
        if service not in self._clients:
            session = boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="x", region_name="us-east-1")
            options = Config(retries={"total_max_attempts": 1})
            self._clients[service] = session.client(service, endpoint_url=self.platform.endpoint, config=options)
        return self._clients[service]

    def by_values(self, target: Target, examples: int) -> None:
        """Requests of the operation's form with any values."""
        self._strike(target, examples, lambda draw: self._request(draw, target))

    def by_wire(self, target: Target, examples: int) -> None:
        """Requests with good values that something is wrong with beneath them."""

        def request(draw: Draw) -> tuple[Request, str]:
            good, protocol = self._request(draw, target, kinds=((0, 20),))
            return draw(mutated(good)), protocol

        self._strike(target, examples, request, framed=False)

    def _request(self, draw: Draw, target: Target, kinds: Any = KINDS) -> tuple[Request, str]:
        odds, fill = draw(st.sampled_from(kinds))
        shape = target.model.input_shape
        values = Values(self.seeds.names[target.service], odds, fill)
        params = values.structure(draw, shape) if shape is not None else {}
        protocol = draw(st.sampled_from(target.protocols))
        return encoded(target.model, params, protocol), protocol

    def request(self, target: Target) -> Request:
        """One that is good, with the members that the operation must have."""
        good = st.composite(lambda draw: self._request(draw, target, kinds=((0, 0),))[0])
        found: Request = find(good(), lambda _: True, settings=settings(database=None))
        return found

    def _strike(self, target: Target, examples: int, make: Any, framed: bool = True) -> None:
        @seed(SEED)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
            print_blob=False,
        )
        @given(st.data())
        def run(data: st.DataObject) -> None:
            request, protocol = make(data.draw)
            self.judge(request, target if framed else None, target.model, protocol)

        run()

    def judge(self, request: Request, target: Target | None, model: OperationModel, protocol: str) -> None:
        """``target`` None: whatever the request became, no client of the operation reads its answer."""
        began = time.monotonic()
        try:
            answer = self._line.ask(request)
        except (OSError, http.client.HTTPException) as error:
            raise AssertionError(self._report(model, request, f"no answer: {error!r}")) from error
        faults = [] if answer.status < 500 or answer.status == 501 else [f"answered {answer.status}"]
        if (target is not None and not self._is_of_the_front(request, answer)) and not faults:
            faults = answer.faults(model, protocol)
        if (took := time.monotonic() - began) > SLOW:
            faults.append(f"took {took:.1f} s")
        self.struck += 1
        if faults:
            raise AssertionError(self._report(model, request, "; ".join(faults), answer))

    @staticmethod
    def _is_of_the_front(request: Request, answer: Answer) -> bool:
        return len(request.wire()) - len(request.body) > LARGEST_HEAD and answer.body == FRAMING

    def exchange(self, data: bytes, leaving: Leaving) -> bytes:
        """All that is answered to these bytes on a connection of their own. Raises TimeoutError for one that hangs."""
        waits = leaving is Leaving.WAITS
        with socket.create_connection((self.host, self.port), timeout=IDLE if waits else SLOW) as connection:
            answered = b""
            try:
                connection.sendall(data)
                if not waits:
                    connection.shutdown(socket.SHUT_WR)
                while chunk := connection.recv(65_536):
                    answered += chunk
            except TimeoutError:
                if not waits:
                    raise
            except ConnectionError:  # it may hang up on what it will not read
                pass
        return answered

    def answers_still(self) -> bool:
        with urlopen(f"{self.platform.endpoint}/_boathouse/health", timeout=SLOW) as answer:
            healthy: bool = json.loads(answer.read())["status"] == "ok"
        account: str = self.client("sts").get_caller_identity()["Account"]
        return healthy and account == ACCOUNT

    def tracebacks(self) -> list[str]:
        """What the platform logged that nobody foresaw."""
        traces = self._log.read_text(errors="replace").split("Traceback (most recent call last)")[1:]
        return [trace for trace in traces if OF_A_CLIENT_THAT_LEFT not in trace]

    def _report(self, model: OperationModel, request: Request, fault: str, answer: Answer | None = None) -> str:
        wire = request.wire()
        lines = [
            f"{model.service_model.service_name}.{model.name}: {fault} (ATTACK_SEED={SEED})",
            f"request: {wire[:3000]!r}{'…' if len(wire) > 3000 else ''}",
            f"again:   echo {base64.b64encode(wire[:6000]).decode()} | base64 -d | nc -q 5 {self.host} {self.port}",
        ]
        if answer is not None:
            lines.append(f"answer:  {answer.status} {answer.body[:2000]!r}")
            if traces := self.tracebacks():
                lines.append(f"log:     {traces[-1][-3000:]}")
        return "\n".join(lines)


@contextmanager
def attacked(folder: Path) -> Iterator[Attack]:
    """A platform of its own, whose log is read afterwards."""
    log = folder / "platform.log"
    with log.open("wb") as file:
        platform = launch.launch(
            Settings(ephemeral=True, port=launch.free_port(), aws_dir=folder / "aws", hurry=60, workers=0),
            file.fileno(),
        )
    try:
        attack = Attack(platform, log)
        yield attack
        attack.close()
    finally:
        platform.stop()
