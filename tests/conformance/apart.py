"""A pytest plugin for the clients' own environment, where boathouse is not installed: the fixtures that
clients_reading.py and clients_writing.py ask for, of a platform and a shell that are there already."""

import os
import warnings
from collections.abc import Iterator

import pytest

from tests.e2e.lakehouse import Lakehouse


@pytest.fixture(scope="session")
def lakehouse() -> Lakehouse:
    """The stack, which whoever started this process has deployed."""
    return Lakehouse(dict(os.environ))


@pytest.fixture
def _shell() -> Iterator[None]:
    """This process's environment is that after ``boathouse env``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries beneath the clients
        yield
