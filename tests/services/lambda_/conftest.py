import io
import zipfile
from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any, Protocol
from uuid import uuid4

import pytest

ROLE = "arn:aws:iam::000000000000:role/tester"


class MakeFunction(Protocol):
    def __call__(self, source: str, **params: Any) -> str: ...


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def package(source: str) -> bytes:
    """A zip whose ``app.py`` is ``source``."""
    return zipped({"app.py": dedent(source)})


@pytest.fixture(scope="session")
def awslambda(client: Callable[..., Any]) -> Any:
    return client("lambda")


@pytest.fixture
def make_function(awslambda: Any) -> Iterator[MakeFunction]:
    """Makes a function of ``app.handler`` and gives its name; functions are deleted after the test."""
    made = list[str]()

    def make(source: str, **params: Any) -> str:
        name = f"function-{uuid4().hex[:12]}"
        settings = {"Runtime": "python3.11", "Role": ROLE, "Handler": "app.handler"} | params
        code = settings.pop("Code", None) or {"ZipFile": package(source)}
        awslambda.create_function(FunctionName=name, Code=code, **settings)
        made.append(name)
        return name

    yield make
    for name in made:
        awslambda.delete_function(FunctionName=name)
