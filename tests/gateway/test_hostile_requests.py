"""A few hundred of the requests that tests/fire/test_requests.py makes by the thousand: some for each operation."""

from collections.abc import Iterator

import pytest

from tests.fire.attacks.attack import Attack, attacked


@pytest.fixture(scope="module")
def attack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attack]:
    with attacked(tmp_path_factory.mktemp("attacked")) as running:
        running.seeds.sow()
        yield running


def test_no_request_breaks_an_operation(attack: Attack) -> None:
    for service, owned in attack.platform.health["services"].items():
        for target in attack.targets(service) if owned["ours"] else ():
            attack.by_values(target, 2)
            attack.by_wire(target, 2)
    assert attack.struck > 600
    assert attack.answers_still()
    assert attack.tracebacks() == []
