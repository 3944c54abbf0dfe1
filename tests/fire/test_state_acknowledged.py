"""Clients that are answered while everything is killed: each answer holds, twice over."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from tests.conftest import ClientOf, clients_of
from tests.fire.victim import Victim, until

pytestmark = pytest.mark.fire
ENOUGH = 40
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    one = Victim(tmp_path)
    one.up()
    one.client("s3").create_bucket(Bucket="kept")
    one.client("glue").create_database(DatabaseInput={"Name": "lake"})
    yield one
    one.stop()


class Asking:
    """One thing after another is made, until nobody answers; ``answered`` has their names."""

    def __init__(self, make: Callable[[str], Any], prefix: str) -> None:
        self.answered = list[str]()
        self._make = make
        self._prefix = prefix
        self._thread = threading.Thread(target=self._ask, name=prefix)
        self._thread.start()

    def _ask(self) -> None:
        while True:
            name = f"{self._prefix}-{len(self.answered)}"
            try:
                self._make(name)
            except (BotoCoreError, ClientError, HTTPClientError):
                return
            self.answered.append(name)

    def end(self) -> set[str]:
        self._thread.join()
        return set(self.answered)


def asking(client: ClientOf, round_: str) -> list[Asking]:
    secrets, iam, s3, glue = (client(name, config=ONCE) for name in ("secretsmanager", "iam", "s3", "glue"))
    return [
        Asking(lambda name: secrets.create_secret(Name=name, SecretString="x"), f"secret-{round_}"),
        Asking(lambda name: iam.create_user(UserName=name), f"user-{round_}"),
        Asking(lambda name: s3.put_object(Bucket="kept", Key=name, Body=name.encode()), f"object-{round_}"),
        Asking(lambda name: glue.create_table(DatabaseName="lake", TableInput={"Name": name}), f"table-{round_}"),
    ]


def found(client: ClientOf) -> set[str]:
    """All that is there, by name; of objects, those whose bytes are theirs."""
    glue, s3 = client("glue"), client("s3")
    names = {one["Name"] for page in pages(client("secretsmanager"), "list_secrets") for one in page["SecretList"]}
    names |= {one["UserName"] for page in pages(client("iam"), "list_users") for one in page["Users"]}
    names |= {one["Name"] for page in pages(glue, "get_tables", DatabaseName="lake") for one in page["TableList"]}
    keys = [one["Key"] for page in pages(s3, "list_objects_v2", Bucket="kept") for one in page.get("Contents", [])]
    return names | {key for key in keys if s3.get_object(Bucket="kept", Key=key)["Body"].read() == key.encode()}


def pages(client: Any, operation: str, **params: str) -> Any:
    return client.get_paginator(operation).paginate(**params)


def test_whatever_was_answered_is_there(victim: Victim) -> None:
    answered = set[str]()
    for round_ in ("a", "b"):
        clients = asking(clients_of(victim.running), round_)
        until(lambda: all(len(one.answered) >= ENOUGH for one in clients))  # noqa: B023 - called before it changes
        victim.kill()
        answered |= set[str]().union(*(one.end() for one in clients))
        victim.up()
        assert answered - found(clients_of(victim.running)) == set()
    assert len(answered) >= 2 * 4 * ENOUGH
