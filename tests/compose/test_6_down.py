"""What is left when all is over."""

from tests.compose.conftest import Platform


def test_nothing_is_left(started: Platform) -> None:
    assert all(started.compose.left().values())
    started.compose.down()
    assert started.compose.left() == {"containers": [], "volumes": [], "networks": []}
