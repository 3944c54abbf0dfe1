"""Twenty thousand requests that were made from the models to break something: the client's error, never ours.

Each is judged (attacks/attack.py): no 500, no hang, an error that botocore can read. A failure prints the smallest
request that shows it, as Hypothesis found it, how to send it again, and what the platform logged. Other requests:
``ATTACK_SEED=12 make test-fire``.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fire.attacks.answers import Answer, answer_from, answers_in
from tests.fire.attacks.attack import SLOW, Attack, Leaving, Target, attacked
from tests.fire.attacks.wires import misframed

pytestmark = [pytest.mark.fire, pytest.mark.timeout(900)]
SERVICES = ["athena", "cloudformation", "cloudwatch", "firehose", "glue", "kinesis", "lambda", "s3", "sns", "sts"]
BY_VALUES, BY_WIRE = 95, 35
"""Requests for each operation."""
FRAMED_FOR = [("glue", "GetTable"), ("lambda", "Invoke"), ("sts", "GetCallerIdentity"), ("s3", "PutBucketPolicy")]


@pytest.fixture(scope="module")
def attack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attack]:
    with attacked(tmp_path_factory.mktemp("attacked")) as running:
        yield running


def test_every_service_of_ours_is_attacked(attack: Attack) -> None:
    owned = {name: service["ours"] for name, service in attack.platform.health["services"].items()}
    assert [name for name, ours in owned.items() if ours] == SERVICES
    assert (BY_VALUES + BY_WIRE) * sum(map(len, owned.values())) >= 20_000


@pytest.mark.parametrize("service", SERVICES)
def test_no_value_breaks_an_operation(attack: Attack, service: str) -> None:
    strike(attack, service, attack.by_values, BY_VALUES)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_on_the_wire_breaks_an_operation(attack: Attack, service: str) -> None:
    strike(attack, service, attack.by_wire, BY_WIRE)


def strike(attack: Attack, service: str, how: Callable[[Target, int], None], examples: int) -> None:
    """All operations, whatever one of them does; then the platform must answer."""
    failures, targets, before = [], attack.targets(service), attack.struck
    for number, target in enumerate(targets):
        if number % 4 == 0:  # some of what was there may be gone
            attack.seeds.sow()
        try:
            how(target, examples)
        except AssertionError as error:
            failures.append(str(error))
    assert failures == [], "\n\n".join(failures)
    assert attack.struck - before >= examples * len(targets), "Hypothesis ran out of requests"
    assert attack.answers_still()


@pytest.mark.parametrize(("service", "operation"), FRAMED_FOR)
def test_no_breach_of_http_breaks_it(attack: Attack, service: str, operation: str) -> None:
    """Whatever the bytes are: answers, if any, that are whole and no 500, and then the connection's end."""
    attack.seeds.sow()
    (target,) = (target for target in attack.targets(service) if target.model.name == operation)
    cases = [(name, data, how) for name, data in misframed(attack.request(target)).items() for how in Leaving]
    with ThreadPoolExecutor(16) as at_once:
        heard = at_once.map(lambda case: statuses(attack.exchange(case[1], case[2])), cases)
    wrong = {name: found for (name, _, _), found in zip(cases, heard, strict=True) if max(found, default=0) >= 500}
    assert {name: found for name, found in wrong.items() if max(found) != 501} == {}, attack.tracebacks()[-1:]
    assert attack.answers_still()


def statuses(data: bytes) -> list[int]:
    return [answer.status for answer in answers_in(data)]


def test_what_comes_a_byte_at_a_time_holds_nobody_up(attack: Attack) -> None:
    (target,) = (target for target in attack.targets("sts") if target.model.name == "GetCallerIdentity")
    data = attack.request(target).wire()
    lines = [socket.create_connection((attack.host, attack.port), timeout=SLOW) for _ in range(50)]
    try:
        for line in lines[1:]:
            line.sendall(data[: len(data) // 2])
        for byte in data:
            lines[0].sendall(bytes([byte]))
        assert attack.answers_still()
        assert answer_from(lines[0]).status == 200
        for line in lines[1:]:
            line.sendall(data[len(data) // 2 :])
            assert answer_from(line).status == 200
    finally:
        for line in lines:
            line.close()


@pytest.mark.parametrize("size", [300 * 1024 * 1024])
def test_what_is_larger_than_any_body_is_refused(attack: Attack, size: int) -> None:
    """While others are served."""
    (target,) = (target for target in attack.targets("glue") if target.model.name == "GetTable")
    head = attack.request(target).without(b"Content-Length").having(b"Content-Length", str(size).encode())
    refused: list[Answer] = []

    def send() -> None:
        with socket.create_connection((attack.host, attack.port), timeout=60) as connection:
            try:
                connection.sendall(head.wire().partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
                for _ in range(size // 2**20):
                    connection.sendall(b" " * 2**20)
            except ConnectionError:  # it may answer and hang up while we send
                pass
            refused.append(answer_from(connection))

    sending = threading.Thread(target=send)
    sending.start()
    assert attack.answers_still()
    sending.join()
    assert [answer.status for answer in refused] == [413]


def test_a_client_that_is_told_to_continue_does(attack: Attack) -> None:
    (target,) = (target for target in attack.targets("sts") if target.model.name == "GetCallerIdentity")
    request = attack.request(target).having(b"Expect", b"100-continue")
    head, _, body = request.wire().partition(b"\r\n\r\n")
    with socket.create_connection((attack.host, attack.port), timeout=SLOW) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert answer_from(connection).status == 200


def test_nothing_was_logged_that_nobody_foresaw(attack: Attack) -> None:
    """What runs in the background failed in no way of its own, either. Last, since it judges all of the above."""
    assert attack.tracebacks() == []
