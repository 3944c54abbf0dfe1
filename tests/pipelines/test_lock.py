"""The publish lock: one run at a time, decided by S3, and not held for ever by the dead."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from pipelines.errors import Incomplete
from pipelines.lakebucket import LakeBucket
from pipelines.lock import KEY, LockLost, PublishLock


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


Lock = Callable[[str], PublishLock]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lock(lake: LakeBucket, clock: Clock) -> Lock:
    return lambda run: PublishLock(lake, run, patience=0, lease=60, now=clock)


def unheard(text: str) -> None:
    raise AssertionError(f"waited: {text}")


def test_a_second_run_says_who_holds_it(lock: Lock) -> None:
    with lock("first").held(unheard), pytest.raises(Incomplete, match="run first holds the lock"):
        lock("second").held(unheard).__enter__()
    with lock("second").held(unheard) as held:
        held.check()


def test_a_second_run_waits_for_the_first(lake: LakeBucket, lock: Lock) -> None:
    heard = threading.Event()
    done: list[str] = []

    def second() -> None:
        waiting = PublishLock(lake, "second", patience=60, lease=60)
        with waiting.held(lambda text: heard.set() if "run first" in text else None):
            done.append("second")

    with PublishLock(lake, "first", patience=0, lease=60).held(unheard):
        thread = threading.Thread(target=second)
        thread.start()
        assert heard.wait(30)
        done.append("first")
    thread.join(30)
    assert done == ["first", "second"]


def test_a_dead_runs_lock_expires_and_is_taken_over(lock: Lock, clock: Clock) -> None:
    dead = lock("dead")
    with dead.held(unheard):
        clock.time += 61
        with lock("next").held(unheard) as held:
            held.check()
            with pytest.raises(LockLost, match="run dead lost the lock"):
                dead.check()
            dead._renew_once()
            held.check()
    with lock("third").held(unheard):  # what the dead run did at its end released nothing of the next one's
        pass


def test_a_run_goes_on_with_its_lock_in_another_process(lock: Lock, clock: Clock) -> None:
    lock("dag").take(unheard)
    with pytest.raises(Incomplete, match="run dag holds the lock"):
        lock("other").take(unheard)
    clock.time += 61  # longer than the lease, and nobody wanted it
    with lock("dag").adopted() as held:
        held.check()
    with pytest.raises(Incomplete, match="run dag holds the lock"):
        lock("other").take(unheard)
    lock("dag").release()
    lock("other").take(unheard)


def test_a_run_that_was_taken_for_dead_goes_on_with_nothing(lock: Lock, clock: Clock) -> None:
    lock("dag").take(unheard)
    clock.time += 61
    lock("other").take(unheard)
    with pytest.raises(LockLost, match="run dag lost the lock"), lock("dag").adopted():
        pass
    lock("dag").release()
    with lock("other").adopted() as held:
        held.check()


class Unheard(LakeBucket):
    """Each answer is lost once, so that the client asks again."""

    def put(self, key: str, body: bytes, **conditions: str) -> dict[str, Any]:
        super().put(key, body, **conditions)
        return super().put(key, body, **conditions)


def test_a_write_whose_answer_was_lost_is_known_again(lake: LakeBucket, lock: Lock) -> None:
    unlucky = PublishLock(Unheard(lake.s3, lake.name, lake.key_arn), "unlucky", patience=0, lease=60)
    with unlucky.held(unheard):
        unlucky._renew_once()
        unlucky.check()
    with lock("next").held(unheard):
        unlucky._renew_once()
        with pytest.raises(LockLost):
            unlucky.check()


class Away(LakeBucket):
    """Nothing answers while ``gone`` is set; ``asked`` is set by whoever tries."""

    gone, asked = threading.Event(), threading.Event()

    def put(self, key: str, body: bytes, **conditions: str) -> dict[str, Any]:
        if self.gone.is_set():
            self.asked.set()
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")
        return super().put(key, body, **conditions)


def test_a_lock_is_held_on_to_while_s3_is_away(lake: LakeBucket) -> None:
    bucket, renewed = Away(lake.s3, lake.name, lake.key_arn), threading.Event()
    with PublishLock(bucket, "patient", patience=0, lease=0.6).held(unheard) as held:
        bucket.gone.set()
        assert bucket.asked.wait(30)
        bucket.gone.clear()
        before = lake.get_json(KEY)
        while lake.get_json(KEY) == before:
            renewed.wait(0.01)
        held.check()


def test_of_many_that_take_a_free_lock_one_gets_it(lake: LakeBucket) -> None:
    start, held, refused = threading.Barrier(8), list[str](), list[str]()

    def take(run: str) -> None:
        lock = PublishLock(lake, run, patience=0, lease=60)
        start.wait()
        try:
            lock.take(unheard)
            held.append(run)
        except Incomplete:
            refused.append(run)

    threads = [threading.Thread(target=take, args=(f"r{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(held), len(refused)) == (1, 7)
    content = lake.get_json(KEY)
    assert content is not None
    assert content["run"] == held[0]
