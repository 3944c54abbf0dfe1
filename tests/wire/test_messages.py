"""Headers and heads, as they come from an ASGI server and go back."""

from boathouse.wire import Head, Headers

RAW = [
    (b"host", b"b.localhost:4566"),
    (b"X-Amz-Meta-Name", "Zürich".encode("latin-1")),
    (b"x-dup", b"1"),
    (b"X-Dup", b"2"),
]


def test_names_are_case_insensitive_and_all_values_are_kept() -> None:
    headers = Headers.from_raw(RAW)
    assert headers["HOST"] == "b.localhost:4566"
    assert headers.get("x-amz-meta-name") == "Zürich"
    assert headers.get("absent") == ""
    assert "X-Dup" in headers
    assert headers["x-dup"] == "1"
    assert headers.all("X-dUp") == ["1", "2"]


def test_headers_go_back_as_they_came_in_lower_case() -> None:
    assert Headers.from_raw(RAW).raw() == [(name.lower(), value) for name, value in RAW]


def test_the_endpoint_is_the_name_that_the_client_knows_us_by() -> None:
    assert Head("GET", "/", "", Headers(), "https", "localhost:4567").endpoint == "https://localhost:4567"
