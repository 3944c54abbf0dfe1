"""What every projected column can say: which values are left, and whether a text in a location is one of them."""

from typing import Protocol

MOST_ENUMERATED = 20_000
"""A column with more values is never enumerated: its locations are found by listing."""


class ProjectedColumn(Protocol):
    """A partition has a value, as SQL sees it, and a text, as its location has it; often they are the same."""

    @property
    def regex(self) -> str:
        """What its texts look like, without groups that capture."""

    def value_of(self, text: str) -> str | None:
        """The value of the partition with this text, None if none is projected or the conditions leave it out."""

    def texts(self, most: int) -> list[str] | None:
        """Those left, None where they are more than ``most`` or too many to enumerate."""

    @property
    def beginning(self) -> str:
        """What all texts left begin with."""
