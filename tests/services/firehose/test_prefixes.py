import re
from datetime import UTC, datetime

import pytest

from boathouse.errors import Unsupported
from boathouse.services.firehose.prefixes import Prefixes, check, evaluate

MOMENT = datetime(2018, 8, 27, 10, 5, 9, tzinfo=UTC)


# documented(https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html): its table of examples
@pytest.mark.parametrize(
    ("prefix", "error_prefix", "data", "error"),
    [
        (None, None, "2018/08/27/10/", "processing-failed/2018/08/27/10/"),
        ("my/", None, "my/2018/08/27/10/", "my/processing-failed/2018/08/27/10/"),
        ("my/", "bad/!{firehose:error-output-type}/", "my/2018/08/27/10/", "bad/processing-failed/"),
        (
            "y=!{timestamp:yyyy}/m=!{timestamp:MM}/",
            "bad/!{firehose:error-output-type}/!{timestamp:yyyy}/any/!{timestamp:dd}",
            "y=2018/m=08/",
            "bad/processing-failed/2018/any/27",
        ),
        ("!{timestamp:yyyy-MM-dd'T'HH}/", "e/", "2018-08-27T10/", "e/processing-failed/2018/08/27/10/"),
    ],
)
def test_prefixes(prefix: str | None, error_prefix: str | None, data: str, error: str) -> None:
    check(prefix, error_prefix, is_partitioned=False)
    of = Prefixes.of(prefix, error_prefix)
    assert evaluate(of.data, MOMENT) == data
    assert evaluate(of.error, MOMENT, error_type="processing-failed") == error


def test_keys_from_lambda_are_named_and_filled_in() -> None:
    of = Prefixes.of("a=!{partitionKeyFromLambda:a}/b=!{partitionKeyFromLambda:b}/", "e/")
    assert of.partition_keys == ["a", "b"]
    assert evaluate(of.data, MOMENT, keys={"a": "1", "b": "x/y"}) == "a=1/b=x/y/"


def test_a_random_string_is_another_each_time() -> None:
    found = {evaluate("!{firehose:random-string}/", MOMENT) for _ in range(10)}
    assert len(found) == 10
    assert all(re.fullmatch(r"[0-9a-f]{11}/", text) for text in found)


def test_a_pattern_that_we_cannot_write_is_refused() -> None:
    with pytest.raises(Unsupported, match="EEE"):
        check("!{timestamp:EEE}/", "e/", is_partitioned=False)
