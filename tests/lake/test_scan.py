"""Which prefixes a scan lists, and which objects count."""

import pytest

from boathouse.lake.objects import S3Uri
from boathouse.lake.scan import beginning_of, covering, is_hidden


def test_few_folders_are_listed_each_by_itself() -> None:
    folders = [f"t/dt=2024-01-{day:02}/" for day in range(1, 32)]
    assert covering(folders, 32) == folders


def test_many_folders_are_listed_by_what_they_share() -> None:
    folders = [f"t/dt=2024-01-{day:02}/hour={hour:02}/" for day in range(10, 13) for hour in range(24)]
    assert covering(folders, 32) == [f"t/dt=2024-01-{day}/hour=" for day in (10, 11, 12)]
    assert covering(folders, 2) == ["t/dt=2024-01-1"]


def test_a_folder_within_another_is_not_listed_again() -> None:
    assert covering(["t/", "t/a/", "u/"]) == ["t/", "u/"]


def test_a_whole_bucket() -> None:
    assert covering([""]) == [""]
    assert covering(["", "a/"]) == [""]


@pytest.mark.parametrize(
    ("texts", "beginning"), [((), ""), (("ab", "abc"), "ab"), (("x", "y"), ""), (("abc", "abd", "abde"), "ab")]
)
def test_beginning(texts: tuple[str, ...], beginning: str) -> None:
    assert beginning_of(texts) == beginning


# documented(https://docs.aws.amazon.com/athena/latest/ug/tables-location-format.html): names that begin with _ or .
# client(Trino): folders between the location and the object count too, those of the location itself do not.
@pytest.mark.parametrize(
    ("below", "hidden"),
    [
        ("part-0.parquet", False),
        ("sub/part-0.parquet", False),
        ("_SUCCESS", True),
        (".part.crc", True),
        ("_temporary/0/part-0.parquet", True),
        ("sub/_metadata", True),
        ("sub_$folder$", True),
        ("a_b", False),
    ],
)
def test_hidden_objects(below: str, hidden: bool) -> None:
    assert is_hidden("_x/" + below, len("_x/")) is hidden


def test_uris() -> None:
    assert S3Uri.parse("s3://b/a/c").folder == S3Uri("b", "a/c/")
    assert S3Uri.parse("s3a://b") == S3Uri("b", "")
    assert str(S3Uri("b", "").folder.child("x")) == "s3://b/x"
    assert S3Uri.parse("s3://b/a%20b").key == "a%20b"


@pytest.mark.parametrize("text", ["", "s3://", "b/a", "hdfs://b/a", "s3:/b/a"])
def test_what_is_no_uri(text: str) -> None:
    with pytest.raises(ValueError, match="no s3:// location"):
        S3Uri.parse(text)
