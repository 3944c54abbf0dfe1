"""What goes over HTTP, as plain values: no server, no client, no protocol of AWS's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class Headers:
    """A case-insensitive multi-map in wire order. Names are kept in lower case, values are text of latin-1."""

    __slots__ = ("_first", "_items")

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = [(name.lower(), value) for name, value in items]
        self._first = dict(reversed(self._items))

    @classmethod
    def from_raw(cls, raw: Iterable[tuple[bytes, bytes]]) -> "Headers":
        """From the pairs of an ASGI scope."""
        return cls((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)

    def raw(self) -> list[tuple[bytes, bytes]]:
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self._items]

    def get(self, name: str, default: str = "") -> str:
        """The first value of ``name``."""
        return self._first.get(name.lower(), default)

    def all(self, name: str) -> list[str]:
        name = name.lower()
        return [value for key, value in self._items if key == name]

    def items(self) -> list[tuple[str, str]]:
        return list(self._items)

    def __getitem__(self, name: str) -> str:
        return self._first[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._first

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Headers({self._items!r})"


@dataclass(frozen=True, slots=True)
class Head:
    """A request but for its body. ``path`` is as sent, percent-encoded; ``query`` too, without its question mark.

    ``host`` is the Host header with its port: the name that the client knows us by.
    """

    method: str
    path: str
    query: str
    headers: Headers
    scheme: str = "http"
    host: str = ""

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://{self.host}"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request of ours, complete but for scheme, host and signature."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes = b""
