"""Java's date patterns: what they write, what they read back, and which are refused."""

from datetime import datetime

import pytest

from boathouse.errors import Unsupported
from boathouse.lake.projection.java_time import DatePattern

MOMENT = datetime.fromisoformat("2024-03-07T04:05:06.789")


# documented(https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html)
@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd", "2024-03-07"),
        ("yyyy/MM/dd/HH", "2024/03/07/04"),
        ("yyyyMMdd", "20240307"),
        ("dd-MM-yyyy-HH-mm-ss", "07-03-2024-04-05-06"),
        ("uuuu-M-d", "2024-3-7"),
        ("yyyyMM", "202403"),
        ("yy.MM", "24.03"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2024-03-07T04:05:06.789"),
        ("MMM d yyyy", "Mar 7 2024"),
        ("d MMMM yyyy", "7 March 2024"),
        ("yyyy-DDD", "2024-067"),
        ("HH 'o''clock'", "04 o'clock"),
        ("yyyy''MM", "2024'03"),
    ],
)
def test_formats_and_reads_back(pattern: str, text: str) -> None:
    date_pattern = DatePattern(pattern)
    assert date_pattern.format(MOMENT) == text
    assert date_pattern.format(date_pattern.parse(text)) == text


def test_what_the_pattern_leaves_out_is_the_first() -> None:
    assert DatePattern("yyyyMM").parse("202403") == datetime.fromisoformat("2024-03-01")
    assert DatePattern("yyyy").parse("2024") == datetime.fromisoformat("2024-01-01")


@pytest.mark.parametrize("text", ["2024-3-7", "2024-02-30", "2024-03-07 ", "x", ""])
def test_refuses_what_it_would_not_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"could not be parsed|day is out of range"):
        DatePattern("yyyy-MM-dd").parse(text)


@pytest.mark.parametrize("pattern", ["yyyy-ww", "EEE", "yyyy[-MM]", "hh a", "yyy", "XXX"])
def test_refuses_letters_by_name(pattern: str) -> None:
    with pytest.raises(Unsupported, match="in the date format"):
        DatePattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "finest", "sorts"),
    [
        ("yyyy-MM-dd", "DAYS", True),
        ("yyyy/MM/dd/HH", "HOURS", True),
        ("yyyyMM", "MONTHS", True),
        ("dd-MM-yyyy", "DAYS", False),
        ("yyyy-M-d", "DAYS", False),
        ("MMM yyyy", "MONTHS", False),
        ("yyyy-DDD", "DAYS", False),
        ("yyyy", "YEARS", True),
    ],
)
def test_precision_and_order(pattern: str, finest: str, sorts: bool) -> None:
    assert (DatePattern(pattern).finest, DatePattern(pattern).sorts) == (finest, sorts)
